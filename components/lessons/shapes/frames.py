"""Shapes as pictures: where each cell, axis, chip and word stands. Across in thousandths of the width, down in pixels.

Every place is computed here, so that a chart only draws. Columns travel to the browser at every move, so a place has
two bytes, and whatever is small has one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from components.charts.columns import Columns
from components.lessons.shapes.facts import STATES_AXIS, Flip, Nudged, Readings
from components.lstm.axes import time_major
from components.lstm.build import shared_build
from components.settings import Settings

# How much of each axis is drawn: of the block, and of the pictures that compare.
STEPS, SAMPLES, FEATURES = 5, 4, 4
ROWS, COLUMNS = 5, 8
READ = 4  # rows that are read twice: enough to see them part

AXES = {"T": "time steps", "B": "samples", "I": "features"}
LETTERS = ("T", "B", "I", "H", "P", STATES_AXIS)  # in a column an axis is its place in here
# A word's style is its place in here too; bold ones stand at multiples of three, and the chart counts on it.
STYLES = ("head", "rest", "note", "margin head", "margin", "margin note", "title", "tick", "", "", "side")
MARKS = "●▲■◆✚▼►◄"  # of the samples, in the order of the chart's shapes

Cell = tuple[float, ...]
Word = tuple[float, float, str, str]  # x, y, text, style


def sample_name(sample: int) -> str:
    """A sample's number and its mark."""
    return f"{sample} {MARKS[sample % len(MARKS)]}"


_KINDS = dict.fromkeys(("x", "x2", "y", "y2", "left", "there", "line", "line_2"), "int16") | {
    "value": "float32",
    "moved": "float32",
}


def _numbers(rows: Iterable[Cell], names: str, texts: Sequence[str] = ()) -> Columns:
    """Rows as columns: places as int16, what is measured as float32, everything else as uint8; `text` beside them."""
    columns = names.split()
    table = np.array(list(rows), np.float64).reshape(-1, len(columns))
    typed: dict[str, Any] = {name: table[:, at].astype(_KINDS.get(name, "uint8")) for at, name in enumerate(columns)}
    return typed | ({"text": np.array(texts, object)} if texts else {})


def _words(words: list[Word]) -> Columns:
    """x, y, text, style."""
    x, y, texts, styles = zip(*words, strict=True)
    return _numbers(zip(x, y, map(STYLES.index, styles), strict=True), "x y style", texts)


# The block


BLOCK_HEIGHT = 497  # px
_FRONT, _TOP, _TALL = 96, 12, 150  # left and top edge of the block, and its height
_DEPTH = 0.66  # of a cell, from a sample to the one behind it
_SLICES = {"step": 218, "sample": 366}  # px, where the two rows of slices begin
_SLICE_ROW = 17  # px


@dataclass(frozen=True, eq=False)
class Block:
    """The inputs as a block of cells, and the same cells cut by time step and by sample."""

    cells: Columns  # t, b, f, x, x2, y, y2, value
    words: Columns  # x, y, style, text
    lines: Columns  # x, y, x2, y2, axis: the edges that name an axis
    drawn: tuple[int, int, int]  # steps, samples, features


def block(settings: Settings) -> Block:
    """The inputs' first `STEPS` steps, `SAMPLES` samples and `FEATURES` features, with the axes as they lie."""
    inputs = shared_build(settings).inputs
    first = settings.batch_first
    values = time_major(inputs, first)[:STEPS, :SAMPLES, :FEATURES].numpy()
    cells, words, lines = _stack(values, settings)
    step, sample = ("inputs[:, t]", "inputs[b]") if first else ("inputs[t]", "inputs[:, b]")
    shapes = [tuple(inputs.select(axis, 0).shape) for axis in ((1, 0) if first else (0, 1))]
    for kind, head, note in (
        ("step", f"Cut by time step: {step} {shapes[0]}", "one step of every sample: what a loop feeds"),
        ("sample", f"Cut by sample: {sample} {shapes[1]}", "one sample from start to end: what a person has"),
    ):
        y = _SLICES[kind]
        words += [(0, y, head, "head"), (0, y + 18, note, "rest")]
        more_cells, more_words = _slices(values, kind == "step", y + 44)
        cells += more_cells
        words += more_words
        if (settings.seq_len > STEPS) if kind == "step" else (settings.batch_size > SAMPLES):
            words.append((994, y + 70, "…", "tick"))
    steps, samples, features = values.shape
    return Block(
        _numbers(cells, "t b f x x2 y y2 value"),
        _words(words),
        _numbers(lines, "x y x2 y2 axis"),
        (steps, samples, features),
    )


def _cell(values: np.ndarray, t: int, b: int, f: int, edges: Cell) -> Cell:
    x, x2, y, y2 = edges
    air = (x + 1.5, x2 - 1.5, y + 0.5, y2 - 0.5)
    return (t + 1, b, f, *air, float(values[t, b, f]))


def _stack(values: np.ndarray, settings: Settings) -> tuple[list[Cell], list[Word], list[Cell]]:
    """The block: sheets, one a sample, the first in front; of those behind, what it does not hide. Its axes."""
    steps, samples, features = values.shape
    wide = min(690 / (steps + _DEPTH * (samples - 1)), 150)
    tall = min(_TALL / (features + _DEPTH * (samples - 1)), 30)
    dx, dy = _DEPTH * wide, _DEPTH * tall
    deep = (samples - 1) * dx, (samples - 1) * dy  # from the first sheet to the last
    bottom = _TOP + features * tall + deep[1]
    cells: list[Cell] = []
    words: list[Word] = []
    for b in range(samples):
        left, top = _FRONT + b * dx, bottom - features * tall - b * dy
        for t, f in np.ndindex(steps, features):
            x, y = left + t * wide, top + f * tall
            if b == 0:
                cells.append(_cell(values, t, b, f, (x, x + wide, y, y + tall)))
                continue
            if f == 0:
                cells.append(_cell(values, t, b, f, (x, x + wide, y, y + dy)))
            if t == steps - 1:
                begin = y + dy if f == 0 else y
                cells.append(_cell(values, t, b, f, (x + wide - dx, x + wide, begin, y + tall)))
        words.append((left - 14, top + (dy if b else tall) / 2, sample_name(b), "side"))
    right, start = _FRONT + steps * wide, bottom - features * tall
    lines: list[Cell] = [
        (_FRONT, bottom + 6, right, bottom + 6, LETTERS.index("T")),
        (right + 10, bottom + 4, right + 10 + deep[0], bottom + 4 - deep[1], LETTERS.index("B")),
        (0, start, 0, bottom, LETTERS.index("I")),
    ]
    sizes = {"T": settings.seq_len, "B": settings.batch_size, "I": settings.input_size}
    axis = {"T": int(settings.batch_first), "B": int(not settings.batch_first), "I": 2}
    words.append((_FRONT, bottom + 20, f"T = {sizes['T']} {AXES['T']}, axis {axis['T']}", "head"))
    for line, name in enumerate(("B", "I")):
        across, down = ((right + deep[0] / 2 + 54, bottom - deep[1] / 2 + 10), (0, (start + bottom) / 2 - 16))[line]
        for at, text in enumerate((f"{name} = {sizes[name]}", AXES[name], f"axis {axis[name]}")):
            style = ("margin" if at else "margin head") if line else ("note" if at else "head")
            words.append((across, down + 16 * at, text, style))
    return cells, words, lines


def _slices(values: np.ndarray, by_step: bool, top: float) -> tuple[list[Cell], list[Word]]:
    """The block cut along one axis: matrices side by side, a title above each, and names beside the rows."""
    steps, samples, features = values.shape
    slabs, rows = (steps, samples) if by_step else (samples, steps)
    gap = 0.8  # cells
    wide = min(975 / (slabs * features + gap * (slabs - 1)), 75)
    cells: list[Cell] = []
    words: list[Word] = []
    for slab in range(slabs):
        x = slab * (features + gap) * wide
        title = f"t = {slab + 1}" if by_step else f"sample {slab}"
        words.append((x + features * wide / 2, top - 8, title, "tick"))
        for row, f in np.ndindex(rows, features):
            t, b = (slab, row) if by_step else (row, slab)
            down = top + row * _SLICE_ROW
            cells.append(_cell(values, t, b, f, (x + f * wide, x + (f + 1) * wide, down, down + _SLICE_ROW)))
    for row in range(rows):
        name = sample_name(row) if by_step else f"t = {row + 1}"
        words.append((-14, top + (row + 0.5) * _SLICE_ROW, name, "side"))
    return cells, words


def block_table(block: Block) -> pd.DataFrame:
    """The cells of the block as rows: t, sample, feature, value."""
    names = {"t": "t", "b": "sample", "f": "feature", "value": "value"}
    cells = pd.DataFrame({name: block.cells[column] for column, name in names.items()})
    return cells.drop_duplicates(["t", "sample", "feature"])


# The tape


RIGHT = 560
_SIDES = ((0, 440), (RIGHT, 1000))  # without batch_first, with it
_THIRD = 440 / 3
CHIP_WIDTH = 139  # a little less than a third
_TAPE_ROW, CHIP = 40, 33  # px


@dataclass(frozen=True, eq=False)
class Tape:
    """Every tensor's axes as chips, without batch_first at the left, with it at the right; lines join equal axes.

    A row of `axes` is an axis of a tensor: its chip's left edge at either side, its top, its line, its letter and size.
    """

    axes: Columns  # x and there, its two places; y; left, line, line_2: where its line runs; axis; text
    words: Columns  # x, y, style, text
    height: int


def tape(flips: tuple[Flip, ...], batch_first: bool) -> Tape:
    """The tape of what `flip` found; the side that `batch_first` names is marked as these settings'."""
    axes: list[Cell] = []
    texts: list[str] = []
    words: list[Word] = []
    for flag, (start, end) in enumerate(_SIDES):
        words.append(((start + end) / 2, 9, f"batch_first={bool(flag)}", "title"))
        words += [(start + (n + 0.5) * _THIRD, 46, f"axis {n}", "tick") for n in range(3)]
        if batch_first == bool(flag):
            words.append(((start + end) / 2, 26, "these settings", "tick"))
    y = 58
    for flip in flips:
        name, reverse, _ = flip.off.name.partition("_reverse")
        y += 8 if name == "output" or name.startswith("weight_ih") else 0  # between what goes in, stays, comes out
        middle = y + CHIP / 2
        words += [(0, middle - 7, name, "margin"), (0, middle + 8, reverse or _role(name), "margin note")]
        count = len(flip.off.axes)
        for place, (letter, size) in enumerate(zip(flip.off.axes, flip.off.sizes, strict=True)):
            there = flip.on.axes.index(letter)
            ends = [middle + (n - (count - 1) / 2) * 12 for n in (place, there)]
            chips = _SIDES[0][0] + place * _THIRD, _SIDES[1][0] + there * _THIRD
            axes.append((*chips, y, _SIDES[0][0] + count * _THIRD, *ends, _axis(letter)))
            texts.append(f"{letter}\n{size}")
        y += _TAPE_ROW
    table = _numbers(axes, "x there y left line line_2 axis", texts)
    return Tape(table, _words(words), y + 4)


def _role(name: str) -> str:
    if name in ("inputs", "h_0", "c_0"):
        return "goes in"
    return "comes out" if name in ("output", "h_n", "c_n") else "parameter"


def _axis(letter: str) -> int:
    """The axis whose size is in `letter`, as its place in `LETTERS`: H of 4H."""
    return LETTERS.index(letter.lstrip("24"))


# Two readings of two axes, and two ways to arrange three


@dataclass(frozen=True, eq=False)
class Grids:
    """Grids of cells side by side, of so many rows and columns each."""

    cells: Columns
    words: Columns  # x, y, style, text
    rows: int
    columns: int


READINGS_HEIGHT = 46 + 26 * READ  # px


def readings(read: Readings) -> Grids:
    """Rows of nn.LSTM's output at the left, chained by arrows; of nn.LSTMCell's at the right, each alone.

    The cells have row, unit, x, x2, y, value; y is the upper edge.
    """
    cells: list[Cell] = []
    words: list[Word] = [
        (0, 10, "nn.LSTM: one sequence", "head"),
        (0, 28, "each row waits for the one above", "rest"),
        (530, 10, "nn.LSTMCell: a batch", "head"),
        (530, 28, "each row stands alone", "rest"),
    ]
    for panel, values in enumerate((read.sequence, read.batch)):
        drawn = values[:READ, :COLUMNS].numpy()
        rows, columns = drawn.shape
        left, wide = panel * 530 + 110, min(360 / columns, 90)
        for row, unit in np.ndindex(rows, columns):
            x, y = left + unit * wide, 46 + row * 26
            cells.append((row, unit, x + 1.5, x + wide - 1.5, y, float(drawn[row, unit])))
        for row in range(rows):
            y = 46 + row * 26
            words.append((left - 40, y + 13, sample_name(row) if panel else f"t = {row + 1}", "side"))
            if row and not panel:
                words.append((left - 20, y, "↓", "title"))
    return Grids(_numbers(cells, "row unit x x2 y value"), _words(words), rows, columns)


NUDGE_HEIGHT = 352  # px
NUDGE_BELOW = 170  # px, from the upper grid to the lower


def nudges(nudged: dict[str, Nudged]) -> Grids:
    """For each way to arrange: whose numbers the module reads at (t, b), and below it how far its outputs move.

    The cells have t, b, x, x2, y, whose, moved; y is the upper edge in the upper grid, `NUDGE_BELOW` px above that in
    the lower one; a change within rounding is 0.
    """
    cells: list[Cell] = []
    words: list[Word] = []
    for side, (name, found) in enumerate(nudged.items()):
        origin, change = (part[:ROWS, :COLUMNS].numpy() for part in (found.origin, found.change))
        rows, columns = origin.shape
        left, wide = side * 540 + 60, min(400 / columns, 90)
        words.append((left - 60, 10, f".{name}(…)", "head"))
        for t, b in np.ndindex(rows, columns):
            x = left + b * wide
            moved = float(change[t, b]) if change[t, b] > found.limit else 0.0
            cells.append((t + 1, b, x + 1.5, x + wide - 1.5, 50 + t * 22, int(origin[t, b]), moved))
        for top, note in ((50, "whose numbers are read"), (50 + NUDGE_BELOW, "which outputs move")):
            words.append((left - 60, top - 20, note, "rest"))
            words += [(left - 10, top + t * 22 + 11, str(t + 1) if t else "t = 1", "side") for t in range(rows)]
            foot = top + rows * 22 + 10
            words += [(left + (b + 0.5) * wide, foot, sample_name(b), "tick") for b in range(columns)]
    return Grids(_numbers(cells, "t b x x2 y whose moved"), _words(words), rows, columns)
