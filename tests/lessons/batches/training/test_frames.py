"""Curves of a training: means over whole windows, in order, and never more than `POINTS` points."""

import numpy as np
import pytest

from components.lessons.batches.training import frames
from components.lessons.batches.training.frames import POINTS, TOP, final
from tests.charts.tables import tabled

curves = tabled(frames.curves)
theory = tabled(frames.theory)

WAYS = ("carry", "reset")


@pytest.mark.parametrize(("taken", "points"), [(0, 0), (1, 0), (7, 0), (8, 1), (17, 2), (800, 100)])
def test_a_point_is_the_mean_of_a_whole_window(taken: int, points: int) -> None:
    """800 steps give 100 windows of 8 steps. A point stands at a window's last step; a part of a window has none."""
    losses = np.random.default_rng(1).random(2 * taken + 1).tolist()  # and one way is an update ahead
    frame = curves(losses, WAYS, 800)
    assert list(frame.columns) == ["step", "way", "loss"]
    assert len(frame) == 2 * points
    for place, way in enumerate(WAYS):
        curve = frame[frame["way"] == way]
        assert curve["step"].tolist() == [8 * (window + 1) for window in range(points)]
        means = [np.mean(losses[place::2][8 * window : 8 * window + 8]) for window in range(points)]
        assert curve["loss"].tolist() == pytest.approx(means)


@pytest.mark.parametrize("steps", [1, 99, 100, 101, 1200])
def test_points_are_bounded(steps: int) -> None:
    frame = curves([0.5] * 2 * steps, WAYS, steps)
    assert 0 < len(frame) <= 2 * POINTS
    assert frame["step"].max() <= steps


def test_an_empty_frame_has_the_columns_types_of_a_full_one() -> None:
    """Otherwise the browser would give the first numbers another type."""
    empty, full = (frames.curves(losses, WAYS, 800) for losses in ([], [0.5] * 1600))
    assert [column.dtype for column in empty.values()] == [column.dtype for column in full.values()]
    assert all(column.dtype != object for column in empty.values())  # whose type Arrow sees in what is there


def test_words_stand_beside_their_lines() -> None:
    """The words of the lower line stand below it, those of the upper line above. The curves run between them."""
    frame = theory({"lower": 0.2, "upper": 0.4})
    assert frame["text"].tolist() == ["lower", "upper"]
    assert frame["loss"].tolist() == pytest.approx([0.2, 0.4])
    assert 0 < frame["at"][0] < 0.2 < 0.4 < frame["at"][1] < TOP


def test_the_end_is_the_mean_of_the_last_steps() -> None:
    assert final([9, 9, 1, 2, 3, 4], WAYS, 2) == {"carry": 2, "reset": 3}
    assert final([1, 2], WAYS, 80) == {"carry": 1, "reset": 2}
