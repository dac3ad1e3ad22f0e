"""Gradients and costs as columns: figures are torch's, and what is exactly 0 has its own place."""

import numpy as np
import pytest

from components.lessons.batches.truncation import frames
from components.lessons.batches.truncation.facts import Growth, Reach, growth, reach
from components.lessons.batches.truncation.frames import CUT, HIGHEST, KEPT, LINES, SCALES, scale
from components.settings import Settings
from tests.charts.tables import tabled

reached = tabled(frames.reached)
growth_columns = tabled(frames.growth_columns)

STREAM = Settings(seq_len=20, batch_size=4)


@pytest.mark.parametrize(("steps", "length", "borders"), [(20, 4, 4), (23, 10, 2), (200, 1, 199)])
def test_each_gradient_stands_at_its_step(steps: int, length: int, borders: int) -> None:
    found = reach(Settings(seq_len=steps, batch_size=4), length)
    columns = reached(found, length)
    for number, gradient in ((LINES.index(KEPT), found.kept), (LINES.index(CUT), found.cut)):
        line = columns.rows[columns.rows["line"] == number]
        assert line["t"].tolist() == list(range(1, steps + 1))
        assert line["gradient"].tolist() == list(gradient)
        assert line["zero"].tolist() == [one == 0 for one in gradient]
    assert len(columns.borders) == borders
    assert columns.borders["at"].iloc[-1] == found.border + 0.5


def test_what_is_0_and_what_is_small_are_not_the_same() -> None:
    """The smallest gradient stands on the scale. Only 0 stands below it."""
    nothing, low, *_ = scale(3)
    columns = reached(Reach(2, (1e-300, 0.0, 1e9), (0.0, 0.0, 0.5), 1, 2, 1e-5), 2).rows
    assert columns["clamped"].tolist() == [low, nothing, HIGHEST, nothing, nothing, 0.5]
    assert nothing < low / 50


@pytest.mark.parametrize("steps", [1, 20, 40, 41, 80, 81, 200])
def test_every_sequence_has_a_scale(steps: int) -> None:
    """Marks go up from 0, and start low enough for all gradients of the default seed that float32 can hold.

    Over 200 steps the smallest may be exactly 0, depending on the seed. It has a place of its own.
    """
    marks = scale(steps)
    assert list(marks) == sorted(marks)
    assert marks[-1] == 1
    assert marks in SCALES.values()
    kept = np.array(reach(Settings(seq_len=max(steps, 2), batch_size=4), 10).kept)
    assert kept[kept > 0].min() > marks[1]


def test_each_cost_stands_at_its_chunk() -> None:
    found = growth(STREAM, 4)
    frame = growth_columns(found)
    assert frame["chunk"].tolist() == [1, 2, 3, 4, 5] * 2
    assert frame["cost"].tolist() == [*found.kept, *found.cut]
    assert frame["line"].tolist() == [0] * 5 + [1] * 5
    assert growth_columns(Growth((1.5,), (0.5,)))["cost"].tolist() == [1.5, 0.5]
