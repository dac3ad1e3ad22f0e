"""The continuations as cells: torch's differences, each in its own row and at its own step."""

import numpy as np
import pytest

from components.lessons.outputs.carry import frames
from components.lessons.outputs.carry.facts import CARRIED, continued
from components.lessons.outputs.carry.frames import (
    DEEPEST,
    FAINTEST,
    MAX_STEPS,
    carry_height,
    carry_table,
)
from components.settings import Settings
from tests.charts.tables import tabled

carry_picture = tabled(frames.carry_picture)


@pytest.mark.parametrize(("steps", "cut"), [(8, 3), (2, 1), (60, 7), (25, 1), (26, 1)])
def test_each_difference_stands_at_its_step(steps: int, cut: int) -> None:
    """A row for each run from top to bottom, a column for each step. Of a long sequence, both ends are shown."""
    result = continued(Settings(num_layers=2, seq_len=steps), cut)
    picture = carry_picture(cut + 1, result.per_step)
    t = list(range(cut + 1, steps + 1))
    if len(t) > MAX_STEPS:
        t = t[: MAX_STEPS // 2] + t[-MAX_STEPS // 2 :]
    tops = []
    for name in CARRIED:
        row = picture.cells[picture.cells["carried"] == name]
        assert row["t"].tolist() == t
        assert row["x"].is_monotonic_increasing
        expected = np.array([result.per_step[name][step - cut - 1] for step in t], np.float32)
        assert row["difference"].tolist() == expected.tolist()
        tops.append(row["y"].unique().item())
    assert tops == sorted(set(tops))
    assert picture.cells["y2"].max() <= carry_height(len(CARRIED)) == picture.form.height
    above = picture.words[picture.words["style"] != "small margin"]
    assert {f"t = {t[0]}", str(t[-1])} - {str(t[0])} <= set(above["text"])
    assert ("…" in set(above["text"])) == (steps - cut > MAX_STEPS)
    assert picture.words[picture.words["style"] == "small margin"]["text"].tolist() == list(CARRIED)


def test_a_larger_difference_has_a_deeper_shade() -> None:
    """The shade follows the logarithm. Nothing below the range has one, and nothing is deeper than its end."""
    differences = (0.0, FAINTEST / 10, FAINTEST, 0.01, DEEPEST, 10 * DEEPEST)
    cells = carry_picture(2, {"one": differences, "other": differences}).cells
    for _, row in cells.groupby("carried"):
        assert row["shade"].tolist() == pytest.approx([0, 0, 0, 0.5, 1, 1])


def test_the_table_has_every_step() -> None:
    """Also those that the picture leaves out."""
    result = continued(Settings(num_layers=2, seq_len=60), 4)
    table = carry_table(5, result.per_step)
    assert table["t"].tolist() == list(range(5, 61))
    for name in CARRIED:
        assert tuple(table[name]) == result.per_step[name]
