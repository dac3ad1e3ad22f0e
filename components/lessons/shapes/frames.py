"""Shapes as pictures: the place of each cell, axis, chip and word."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.charts.scene import WIDTH, Layout, Scene
from components.lessons.shapes.facts import STATES_AXIS, Flip, Nudged, Readings
from components.lstm.build import shared_build
from components.settings import Settings

MARGIN, NARROW = 104, 62  # px left of the pictures
AIR = 1.5  # px left and right of a cell

# How much of each axis is shown: of the block, then of the pictures that compare.
STEPS, SAMPLES, FEATURES = 8, 4, 4
ROWS, COLUMNS = 5, 8
READ = 4  # rows that are read twice; enough to see that they become different

AXES = {"T": "time steps", "B": "samples", "I": "features"}
LETTERS = ("T", "B", "I", "H", "P", STATES_AXIS)  # a column holds an axis as its index in here
MARKS = "●▲■◆✚▼►◄"  # of the samples, in the order of the shapes in the chart


def sample_name(sample: int) -> str:
    """The number of a sample, and its mark."""
    return f"{sample} {MARKS[sample % len(MARKS)]}"


# The block


BLOCK_HEIGHT = 266  # px
_FRONT, _TOP, _TALL = 96, 6, 98  # px: the left and the top edge of the block, and its height
_DEPTH = 0.66  # the distance from a sample to the sample behind it, in cells
SLICES = 148  # px: the top of the row of slices
_SLICE_ROW, _SLICE_TALL = 17, 76  # px: the most of a row, and of a slice
_BLOCK_WORDS = ("head", "text", "note", "bold margin", "small margin", "tick", "text end")


@dataclass(frozen=True, eq=False)
class Block:
    """The inputs as a block of cells, and the same cells cut along the first axis."""

    scene: Layout  # cells: t, b, f, value; lines (the edges that name an axis): axis
    counts: tuple[int, int, int]  # of the shown steps, samples and features


def block(settings: Settings) -> Block:
    """The first `STEPS` steps, `SAMPLES` samples and `FEATURES` features of the inputs, with named axes."""
    inputs = shared_build(settings).inputs
    first = settings.batch_first
    values = (inputs.transpose(0, 1) if first else inputs)[:STEPS, :SAMPLES, :FEATURES].numpy()
    scene = Scene(BLOCK_HEIGHT, _BLOCK_WORDS, NARROW)
    _add_stack(scene, values, settings)
    part, shape = f"inputs[{'b' if first else 't'}]", tuple(inputs[0].shape)
    scene.label("head", 0, SLICES, f"Cut along axis 0: each {part} is {shape}")
    note = "one sample from its first step to its last" if first else "one step of every sample: what a loop feeds"
    scene.label("text", 0, SLICES + 17, note)
    _add_slices(scene, values, not first, SLICES + 42)
    if (settings.batch_size > SAMPLES) if first else (settings.seq_len > STEPS):
        scene.label("tick", 994, SLICES + 60, "…")
    steps, samples, features = values.shape
    return Block(scene.layout(), (steps, samples, features))


def _add_cell(
    scene: Scene, values: np.ndarray, which: tuple[int, int, int], at: tuple[float, float], size: tuple[float, float]
) -> None:
    """Add the cell of a step, sample and feature, with empty space around it."""
    (t, b, f), (x, y), (width, height) = which, at, size
    value = values[which]
    scene.cell(x + AIR, y + 0.5, width - 2 * AIR, height - 1, t=t + 1, b=b, f=f, value=value)


def _add_stack(scene: Scene, values: np.ndarray, settings: Settings) -> None:
    """Add the block and its axes. Each sample is a sheet, the first is in front. Hidden cells are left out."""
    steps, samples, features = values.shape
    wide = min(690 / (steps + _DEPTH * (samples - 1)), 150)
    tall = min(_TALL / (features + _DEPTH * (samples - 1)), 30)
    dx, dy = _DEPTH * wide, _DEPTH * tall
    deep = (samples - 1) * dx, (samples - 1) * dy  # from the first sheet to the last
    bottom = _TOP + features * tall + deep[1]
    for b in range(samples):
        left, top = _FRONT + b * dx, bottom - features * tall - b * dy
        for t, f in np.ndindex(steps, features):
            x, y = left + t * wide, top + f * tall
            if b == 0:
                _add_cell(scene, values, (t, b, f), (x, y), (wide, tall))
                continue
            if f == 0:
                _add_cell(scene, values, (t, b, f), (x, y), (wide, dy))
            if t == steps - 1:
                hidden = dy if f == 0 else 0
                _add_cell(scene, values, (t, b, f), (x + wide - dx, y + hidden), (dx, tall - hidden))
        scene.label("text end", left - 14, top + (dy if b else tall) / 2, sample_name(b))
    right, start = _FRONT + steps * wide, bottom - features * tall
    scene.line(_FRONT, bottom + 6, right, bottom + 6, axis=LETTERS.index("T"))
    scene.line(right + 10, bottom + 4, right + 10 + deep[0], bottom + 4 - deep[1], axis=LETTERS.index("B"))
    scene.line(0, start, 0, bottom, axis=LETTERS.index("I"))

    def name(letter: str, size: int, axis: int) -> tuple[str, str, str]:
        return f"{letter} = {size}", AXES[letter], f"axis {axis}"

    size, what, axis = name("T", settings.seq_len, int(settings.batch_first))
    scene.label("head", _FRONT, bottom + 20, f"{size} {what}, {axis}")
    batch = name("B", settings.batch_size, int(not settings.batch_first))
    x, y = right + deep[0] / 2 + 54, bottom - deep[1] / 2 + 10
    for line, (style, text) in enumerate(zip(("head", "note", "note"), batch, strict=True)):
        scene.label(style, x, y + 16 * line, text)
    features_ = name("I", settings.input_size, 2)
    for line, (style, text) in enumerate(zip(("bold margin", "small margin", "small margin"), features_, strict=True)):
        scene.label(style, 0, (start + bottom) / 2 - 16 + 16 * line, text)


def _add_slices(scene: Scene, values: np.ndarray, by_step: bool, top: float) -> None:
    """Add the block cut along one axis: matrices side by side, with a title above each, and names beside the rows."""
    steps, samples, features = values.shape
    slabs, rows = (steps, samples) if by_step else (samples, steps)
    gap = 0.8  # cells
    high = min(_SLICE_TALL / rows, _SLICE_ROW)
    wide = min(975 / (slabs * features + gap * (slabs - 1)), 75)
    for slab in range(slabs):
        x = slab * (features + gap) * wide
        title = f"t = {slab + 1}" if by_step else f"sample {slab}"
        scene.label("tick", x + features * wide / 2, top - 8, title)
        for row, f in np.ndindex(rows, features):
            t, b = (slab, row) if by_step else (row, slab)
            _add_cell(scene, values, (t, b, f), (x + f * wide, top + row * high), (wide, high))
    for row in range(rows):
        name = sample_name(row) if by_step else f"t = {row + 1}"
        if high > 12 or row in (0, rows - 1):
            scene.label("text end", -14, top + (row + 0.5) * high, name)


def block_table(block: Block) -> pd.DataFrame:
    """The cells of the block as a table: t, sample, feature, value."""
    names = {"t": "t", "b": "sample", "f": "feature", "value": "value"}
    cells = pd.DataFrame({name: block.scene.columns["cells"][column] for column, name in names.items()})
    return cells.drop_duplicates(["t", "sample", "feature"])


# The tape


_SIDES = ((0, 440), (560, WIDTH))  # px: the side without batch_first, and the side with it
_THIRD = 440 / 3
_TAPE_ROW, CHIP = 40, 33  # px, in the picture of all tensors
_TAPE_WORDS = ("small margin", "margin note", "title", "tick")
ASKED = ("inputs", "output", "h_n", "c_n")  # the tensors of the question
ASKED_ROW, ASKED_CHIP = 29, 24  # px
# Places that an answer points at: runs of rows, each from its first to its last
SWAPPED, STATES, OUTPUT, OTHERS = "swapped", "states", "output", "inputs and h_n"
_PLACES = {SWAPPED: ((0, 1),), STATES: ((2, 3),), OUTPUT: ((1, 1),), OTHERS: ((0, 0), (2, 2))}
ASKED_HEIGHT = 46 + 4 * ASKED_ROW  # px


def tape(flips: tuple[Flip, ...], batch_first: bool) -> Layout:
    """The axes of every tensor as chips: without batch_first at the left, with it at the right. Lines join equal axes.

    In the dataset `axes` each axis of a tensor has three rows with the column `axis`: a chip at the left, a chip at the
    right, and a line. The text of a chip is the letter and the size; the text of a line is empty. The side of these
    settings' `batch_first` is marked.
    """
    rows: list[tuple[float, Flip]] = []  # the upper edge of each
    y = 58.0
    for flip in flips:
        # There is space between the tensors that go in, the parameters, and the tensors that come out.
        y += 8 if flip.off.name.startswith(("output", "weight_ih")) else 0
        rows.append((y, flip))
        y += _TAPE_ROW
    scene = Scene(y + 4, _TAPE_WORDS, MARGIN)
    _add_sides(scene, batch_first, (9, 26, 46))
    for top, flip in rows:
        _add_tensor(scene, top, flip, CHIP, "{}\n{}")
    return scene.layout()


def asked_tape(flips: tuple[Flip, ...], batch_first: bool, revealed: bool) -> Layout:
    """The tape of the tensors in `ASKED`. Before it is revealed, only `inputs` has its axes; all others have "?"."""
    found = {flip.off.name: flip for flip in flips}
    scene = Scene(ASKED_HEIGHT, _TAPE_WORDS, NARROW)
    _add_sides(scene, batch_first, (8, 22, 37))
    for row, name in enumerate(ASKED):
        known = "{} = {}" if revealed or name == "inputs" else ""
        _add_tensor(scene, 46 + row * ASKED_ROW, found[name], ASKED_CHIP, known)
    for place, runs in _PLACES.items():
        for first, last in runs:
            scene.place(place, 4, 46 + first * ASKED_ROW, WIDTH - 8, (last - first) * ASKED_ROW + ASKED_CHIP)
    return scene.layout()


def _add_sides(scene: Scene, batch_first: bool, lines: tuple[float, float, float]) -> None:
    """Add what is above the chips: the title of a side, the mark of these settings' side, the numbers of the axes."""
    title, mark, axis = lines
    for side, (start, end) in enumerate(_SIDES):
        scene.label("title", (start + end) / 2, title, f"batch_first={bool(side)}")
        for place in range(3):
            scene.label("tick", start + (place + 0.5) * _THIRD, axis, f"axis {place}")
        if batch_first == bool(side):
            scene.label("tick", (start + end) / 2, mark, "these settings")


def _add_tensor(scene: Scene, top: float, flip: Flip, chip: float, says: str) -> None:
    """Add the name of a tensor, its chips at both sides, and the lines between them.

    `says` is the text of a chip, with a place for the letter and one for the size. If it is empty, the axes are not
    told: then all chips have "?" and the colour of text, and there are no lines.
    """
    name, reverse, _ = flip.off.name.partition("_reverse")
    middle = top + chip / 2
    scene.label("small margin", 0, middle - 7, name)
    scene.label("margin note", 0, middle + 7, reverse or _role(name))
    count = len(flip.off.axes)
    for place, (letter, size) in enumerate(zip(flip.off.axes, flip.off.sizes, strict=True)):
        there = flip.on.axes.index(letter) if says else place
        for (start, _), at in zip(_SIDES, (place, there), strict=True):
            left, axis = start + at * _THIRD + 4, _axis(letter if says else STATES_AXIS)
            scene.cell(left, top, _THIRD - 8, chip, "axes", axis=axis, text=says.format(letter, size) or "?")
        if not says:
            continue
        ends = [middle + (at - (count - 1) / 2) * chip / 3 for at in (place, there)]
        # Lines are in the same dataset, without a text. A second dataset would cost as many bytes as twenty rows.
        scene.line(_SIDES[0][0] + count * _THIRD, ends[0], _SIDES[1][0], ends[1], "axes", axis=_axis(letter), text="")


def _role(name: str) -> str:
    if name in ("inputs", "h_0", "c_0"):
        return "goes in"
    return "comes out" if name in ("output", "h_n", "c_n") else "parameter"


def _axis(letter: str) -> int:
    """The index in `LETTERS` of the axis in `letter`: H for 4H."""
    return LETTERS.index(letter.lstrip("24"))


# Two readings of two axes, and two ways to arrange three


@dataclass(frozen=True, eq=False)
class Grids:
    """Grids of cells side by side. Each has so many rows and columns."""

    scene: Layout
    rows: int
    columns: int


READINGS_HEIGHT = 46 + 26 * READ  # px


def readings(read: Readings) -> Grids:
    """The two readings as grids: nn.LSTM's rows at the left, with arrows between them, nn.LSTMCell's at the right.

    The columns of the cells are row, unit, value.
    """
    scene = Scene(READINGS_HEIGHT, ("head", "text", "title", "text end"), heights={"cells": 24.5})
    names = (
        ("nn.LSTM: one sequence", "each row waits for the one above"),
        ("nn.LSTMCell: a batch", "each row stands alone"),
    )
    for panel, (values, (name, note)) in enumerate(zip((read.sequence, read.batch), names, strict=True)):
        scene.label("head", panel * 530, 10, name)
        scene.label("text", panel * 530, 28, note)
        shown = values[:READ, :COLUMNS].numpy()
        rows, columns = shown.shape
        left, wide = panel * 530 + 110, min(360 / columns, 90)
        row, unit = (axis.ravel() for axis in np.indices(shown.shape))
        scene.cells(
            left + unit * wide + AIR, 46 + row * 26, wide - 2 * AIR, 24.5, row=row, unit=unit, value=shown.ravel()
        )
        for number in range(rows):
            y = 46 + number * 26
            scene.label("text end", left - 40, y + 13, sample_name(number) if panel else f"t = {number + 1}")
            if number and not panel:
                scene.label("title", left - 20, y, "↓")
    return Grids(scene.layout(), rows, columns)


NUDGE_HEIGHT = 352  # px
NUDGE_BELOW = 170  # px, from the upper grid to the lower


def nudges(nudged: dict[str, Nudged]) -> Grids:
    """Two grids for each way to arrange: whose numbers the module reads at (t, b), and how far its outputs move.

    The columns of the cells are t, b, whose, moved. Their places are those of the upper grid; the lower grid is
    `NUDGE_BELOW` px below. A change that rounding explains is 0.
    """
    scene = Scene(NUDGE_HEIGHT, ("head", "text", "tick", "text end"), heights={"cells": 20.5})
    for side, (name, result) in enumerate(nudged.items()):
        origin, change = (part[:ROWS, :COLUMNS].numpy() for part in (result.origin, result.change))
        rows, columns = origin.shape
        left, wide = side * 540 + 60, min(400 / columns, 90)
        scene.label("head", left - 60, 10, f".{name}(…)")
        t, b = (axis.ravel() for axis in np.indices(origin.shape))
        moved = np.where(change > result.limit, change, 0).ravel().astype(np.float32)
        x, y = left + b * wide + AIR, 50 + t * 22
        scene.cells(x, y, wide - 2 * AIR, 20.5, t=t + 1, b=b, whose=origin.ravel(), moved=moved)
        for top, note in ((50, "whose numbers are read"), (50 + NUDGE_BELOW, "which outputs move")):
            scene.label("text", left - 60, top - 20, note)
            for step in range(rows):
                scene.label("text end", left - 10, top + step * 22 + 11, str(step + 1) if step else "t = 1")
            for sample in range(columns):
                scene.label("tick", left + (sample + 0.5) * wide, top + rows * 22 + 10, sample_name(sample))
    return Grids(scene.layout(), rows, columns)
