"""Shapes as frames: cells hold the numbers of the tensors, no cell hides another, and no picture has too many cells."""

import dataclasses
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.charts.scene import WIDTH
from components.lessons.shapes import frames
from components.lessons.shapes.facts import flip, nudge, readings
from components.lessons.shapes.frames import (
    ASKED,
    ASKED_HEIGHT,
    BLOCK_HEIGHT,
    COLUMNS,
    FEATURES,
    LETTERS,
    MARKS,
    NUDGE_BELOW,
    NUDGE_HEIGHT,
    READ,
    READINGS_HEIGHT,
    ROWS,
    SAMPLES,
    SLICES,
    STEPS,
    block_table,
)
from components.lstm.build import build
from components.settings import Settings
from tests.charts.tables import tabled
from tests.lstm.strategies import GRID, settings_id, small_settings

block = tabled(frames.block)
tape = tabled(frames.tape)
asked_tape = tabled(frames.asked_tape)
read_grids = tabled(frames.readings)
nudged_grids = tabled(frames.nudges)

grid = pytest.mark.parametrize("settings", GRID, ids=settings_id)
LARGE = Settings(seq_len=200, hidden_size=128, input_size=64, batch_size=16)


def assert_no_overlap(cells: pd.DataFrame) -> None:
    """No two rectangles overlap."""
    x, x2, y, y2 = (cells[name].to_numpy(float) for name in ("x", "x2", "y", "y2"))
    across = (x[:, None] < x2[None] - 2) & (x[None] < x2[:, None] - 2)
    down = (y[:, None] < y2[None] - 1) & (y[None] < y2[:, None] - 1)
    meet = across & down
    np.fill_diagonal(meet, False)
    assert not meet.any(), cells[meet.any(axis=1)]


@given(settings=small_settings())
def test_the_block_holds_the_inputs(settings: Settings) -> None:
    """Every cell has the number of its step, sample and feature. The cut shows each that the window has."""
    picture = block(settings)
    inputs = build(dataclasses.replace(settings, batch_first=False)).inputs.float().numpy()
    cells = picture.scene.cells
    assert (inputs[cells["t"] - 1, cells["b"], cells["f"]] == cells["value"]).all()
    shown = min(settings.seq_len, STEPS), min(settings.batch_size, SAMPLES), min(settings.input_size, FEATURES)
    assert picture.counts == shown
    assert len(block_table(frames.block(settings))) == np.prod(shown)
    cut = cells[cells["y"] > SLICES]
    assert not cut.duplicated(["t", "b", "f"]).any()
    assert len(cut) == np.prod(shown)
    along = "b" if settings.batch_first else "t"  # what is side by side in the cut
    edges = cut.groupby(along)[["x", "x2"]].agg({"x": "min", "x2": "max"})
    assert (edges["x"].to_numpy()[1:] > edges["x2"].to_numpy()[:-1]).all()
    assert_no_overlap(cells)
    assert cells[["x", "y"]].min().min() >= 0
    assert cells["x2"].max() <= WIDTH
    assert cells["y2"].max() <= BLOCK_HEIGHT


@pytest.mark.parametrize("batch_first", [False, True])
def test_the_axes_are_named_with_their_sizes(batch_first: bool) -> None:
    """T, B and I with the tensor's sizes and the numbers of their axes; the cut along the first axis as in Python."""
    settings = Settings(seq_len=9, batch_size=7, input_size=5, batch_first=batch_first)
    picture = block(settings)
    said = " | ".join(picture.scene.words["text"])
    shape = build(settings).inputs.shape
    for name, axis, size in (("T", int(batch_first), 9), ("B", int(not batch_first), 7), ("I", 2, 5)):
        assert shape[axis] == size
        assert f"{name} = {size}" in said
        assert re.search(rf"{name} = {size}[^=]*axis {axis}", said)
    assert ("inputs[b] is (9, 5)" in said, "inputs[t] is (7, 5)" in said) == (batch_first, not batch_first)
    assert [LETTERS[at] for at in picture.scene.lines["axis"]] == ["T", "B", "I"]
    assert said.count("…") == 1


def test_nothing_is_left_out_without_a_sign() -> None:
    """If everything is shown there is no "…"."""
    for first in (False, True):
        full = Settings(seq_len=STEPS, batch_size=SAMPLES, batch_first=first)
        assert "…" not in set(block(full).scene.words["text"])


@grid
@pytest.mark.parametrize("batch_first", [False, True])
def test_the_tape_is_the_flip(settings: Settings, batch_first: bool) -> None:
    """Each axis has its letter and size. Lines cross exactly where axes change places, and one side is marked."""
    flips = flip(settings)
    picture = tape(flips, batch_first)
    pairs = [(letter, size) for row in flips for letter, size in zip(row.off.axes, row.off.sizes, strict=True)]
    chips, lines = picture.axes[picture.axes["text"] != ""], picture.axes[picture.axes["text"] == ""]
    left, right = chips.iloc[::2], chips.iloc[1::2]
    for side in (left, right):
        assert list(side["text"]) == [f"{letter}\n{size}" for letter, size in pairs]
        assert [LETTERS[at] for at in side["axis"]] == [letter.lstrip("24") for letter, _ in pairs]
    assert list(lines["axis"]) == list(left["axis"])
    moved = [letter != other for row in flips for letter, other in zip(row.off.axes, row.on.axes, strict=True)]
    assert list(lines["y"] != lines["y2"]) == moved
    assert sum(moved) == 4
    here = [place for row in flips for place in range(len(row.off.axes))]
    there = [row.on.axes.index(letter) for row in flips for letter in row.off.axes]
    assert list((left["x"] / (440 / 3)).round()) == here
    assert list(((right["x"] - 560) / (440 / 3)).round()) == there
    assert (left["x2"] <= lines["x"].to_numpy()).all()
    assert (lines["x2"].to_numpy() <= right["x"]).all()
    (marked,) = picture.words.loc[picture.words["text"] == "these settings", "x"]
    assert (marked > 500) == batch_first
    assert picture.words["y"].max() < picture.form.height


@grid
@pytest.mark.parametrize("batch_first", [False, True])
def test_the_tape_on_the_stage_tells_nothing_before_an_answer(settings: Settings, batch_first: bool) -> None:
    """First only the axes of `inputs` are told. Then those of all four tensors are, in the same places."""
    flips = {row.off.name: row for row in flip(settings)}
    shut, open_ = (asked_tape(tuple(flips.values()), batch_first, revealed) for revealed in (False, True))
    assert shut.form == open_.form
    assert shut.words.equals(open_.words)
    texts = [
        [f"{letter} = {size}" for letter, size in zip(shape.axes, shape.sizes, strict=True)]
        for name in ASKED
        for shape in (flips[name].off, flips[name].on)
    ]
    for picture, told in ((shut, texts[:2]), (open_, texts)):
        axes, chips = picture.axes, picture.axes[picture.axes["text"] != ""]
        rows = [side for _, row in chips.groupby("y") for side in (row[row["x"] < 500], row[row["x"] > 500])]
        assert [side.sort_values("x")["text"].tolist() for side in rows] == told + (8 - len(told)) * [["?"] * 3]
        assert (axes["text"] == "").sum() == 3 * len(told) / 2
        assert len(set(chips[chips["text"] == "?"]["axis"])) <= 1
        assert chips["y2"].max() <= ASKED_HEIGHT


@grid
def test_the_readings_are_shown(settings: Settings) -> None:
    """The two grids hold the numbers of the two readings, as many as fit."""
    read = readings(settings)
    grids = read_grids(read)
    scene = grids.scene
    halves = np.split(scene.cells["value"].to_numpy(), 2)
    for half, values in zip(halves, (read.sequence, read.batch), strict=True):
        assert (half == values[:READ, :COLUMNS].float().numpy().ravel()).all()
    assert list(scene.words[scene.words["style"] == "title"]["text"]) == ["↓"] * (grids.rows - 1)
    assert scene.cells["y2"].max() <= READINGS_HEIGHT
    assert_no_overlap(scene.cells)


@given(settings=small_settings(), batch=st.integers(2, 16))
def test_the_nudge_is_shown(settings: Settings, batch: int) -> None:
    """The grids hold whose numbers are read and the changes. A change that rounding explains is 0."""
    settings = dataclasses.replace(settings, batch_size=batch)
    found = nudge(settings)
    grids = nudged_grids(found)
    cells = grids.scene.cells
    halves: Any = np.split(cells[["t", "b", "whose", "moved"]].to_numpy(), 2)
    for half, nudged in zip(halves, found.values(), strict=True):
        for t, b, whose, moved in half:
            change = float(nudged.change[int(t) - 1, int(b)])
            assert whose == nudged.origin[int(t) - 1, int(b)]
            assert moved == (np.float32(change) if change > nudged.limit else 0)
    assert cells["x2"].max() <= WIDTH
    assert cells["y2"].max() + NUDGE_BELOW < NUDGE_HEIGHT
    assert cells["y2"].max() < cells["y"].min() + NUDGE_BELOW  # the lower grid is below the upper one
    assert_no_overlap(cells)


def test_what_is_shown_is_bounded() -> None:
    """At the largest settings no picture has more than a few hundred cells."""
    pictures = block(LARGE), read_grids(readings(LARGE)), nudged_grids(nudge(LARGE))
    assert [len(picture.scene.cells) for picture in pictures] == [
        STEPS * SAMPLES * FEATURES + STEPS * FEATURES + (SAMPLES - 1) * (STEPS + FEATURES),
        2 * READ * COLUMNS,
        2 * ROWS * COLUMNS,
    ]


def test_marks_are_as_many_as_there_is_room_for() -> None:
    """No two samples of a picture share a mark."""
    assert len(set(MARKS)) == len(MARKS) >= max(COLUMNS, SAMPLES)
