"""Shapes as pictures: where each cell, axis, chip and word stands. Across in thousandths of the width, down in pixels.

Every place is computed here, so that a chart only draws. Samples are known by a mark as well as by a shade: mark b of
sample b, `shade` from pale to deep.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.recurrence.build import build
from components.recurrence.shapes import STATES_AXIS, Flip, Nudged, Readings
from components.settings import Settings

# How much of each axis is drawn.
STEPS, SAMPLES, FEATURES = 6, 4, 4
COLUMNS, ROWS = 8, 6  # of the pictures that compare

AXES = {"T": "time steps", "B": "samples", "I": "features"}


def _shade(sample: int, samples: int) -> float:
    """Opacity of a sample's cells, from .18 to .8: ink stays legible on all."""
    return 0.18 + 0.62 * sample / max(samples - 1, 1)


def _numbers(rows: Iterable[tuple[float, ...]], names: str, floats: str = "") -> pd.DataFrame:
    """Rows as columns of int16, those named in `floats` as float32."""
    table = np.array(list(rows), np.float64).reshape(-1, len(names.split()))
    kinds = {name: np.float32 if name in floats.split() else np.int16 for name in names.split()}
    return pd.DataFrame({name: table[:, at].astype(kind) for at, (name, kind) in enumerate(kinds.items())})


def _words(rows: Iterable[tuple[float, float, str, str]]) -> pd.DataFrame:
    """Words: x, y, text, style."""
    x, y, text, style = zip(*rows, strict=True)
    return pd.DataFrame({"x": np.array(x, np.int16), "y": np.array(y, np.int16), "text": text, "style": style})


# The block


BLOCK_HEIGHT = 518  # px
_FRONT, _TOP, _TALL = 96, 12, 150  # left and top edge of the block, and its height
_DEPTH = 0.66  # of a cell, from a sample to the one behind it
_CELL = 17  # px, height of a cell in the slices


@dataclass(frozen=True, eq=False)
class Block:
    """The inputs as a block of cells, and the same cells cut by time step and by sample."""

    cells: pd.DataFrame  # k, t, b, f, x, x2, y, y2, cx, cy, shade, value; k numbers the (t, b)
    words: pd.DataFrame
    lines: pd.DataFrame  # x, y, x2, y2, axis: the edges that name an axis
    marks: pd.DataFrame  # cx, cy, b: the marks beside a label
    drawn: tuple[int, int, int]  # steps, samples, features


def block(settings: Settings) -> Block:
    """The inputs' first `STEPS` steps, `SAMPLES` samples and `FEATURES` features, with the axes as they lie."""
    inputs = build(settings).inputs
    first = settings.batch_first
    values = (inputs.transpose(0, 1) if first else inputs)[:STEPS, :SAMPLES, :FEATURES].numpy()
    steps, samples, features = values.shape
    cells: list[tuple[float, ...]] = []
    words: list[tuple[float, float, str, str]] = []
    marks: list[tuple[float, float, float]] = []

    def cell(t: int, b: int, f: int, x: float, x2: float, y: float, y2: float) -> None:
        k = t * samples + b
        # A pixel of air below and a little at the right.
        at = (x + 1.5, x2 - 1.5, y + 0.5, y2 - 0.5)
        place = (*at, (x + x2) / 2, (y + y2) / 2)
        cells.append((k, t + 1, b, f, *place, _shade(b, samples), values[t, b, f]))

    # The block itself: sheets, one a sample, the first in front. Of those behind, what it does not hide.
    wide = min(690 / (steps + _DEPTH * (samples - 1)), 150)
    tall = min(_TALL / (features + _DEPTH * (samples - 1)), 30)
    dx, dy = _DEPTH * wide, _DEPTH * tall
    bottom = _TOP + features * tall + (samples - 1) * dy
    for b in range(samples):
        left, top = _FRONT + b * dx, bottom - features * tall - b * dy
        for t, f in np.ndindex(steps, features):
            x, y = left + t * wide, top + f * tall
            if b == 0:
                cell(t, b, f, x, x + wide, y, y + tall)
                continue
            if f == 0:
                cell(t, b, f, x, x + wide, y, y + dy)
            if t == steps - 1:
                cell(t, b, f, x + wide - dx, x + wide, y + (dy if f == 0 else 0), y + tall)
        middle = top + (tall if b == 0 else dy) / 2
        marks.append((left - 22, middle, b))
        words.append((left - 40, middle, str(b), "side"))
    right, far = _FRONT + steps * wide, _FRONT + steps * wide + (samples - 1) * dx
    start = bottom - features * tall
    lines = {
        "T": (_FRONT, bottom + 6, right, bottom + 6),
        "B": (right + 10, bottom + 4, far + 10, bottom + 4 - (samples - 1) * dy),
        "I": (0, start, 0, bottom),
    }
    sizes = {"T": settings.seq_len, "B": settings.batch_size, "I": settings.input_size}
    number = {"T": int(first), "B": int(not first), "I": 2}
    said = {name: (f"{name} = {sizes[name]} {AXES[name]}", f"axis {number[name]}") for name in AXES}
    words.append((_FRONT, bottom + 20, f"{said['T'][0]}, {said['T'][1]}", "name"))
    half = bottom - (samples - 1) * dy / 2
    for at, text in enumerate((f"B = {sizes['B']}", AXES["B"], said["B"][1])):
        words.append((right + 10 + (samples - 1) * dx / 2 + 44, half - 2 + 16 * at, text, "note" if at else "name"))
    middle = (start + bottom) / 2 - 16
    for at, text in enumerate((f"I = {sizes['I']}", AXES["I"], said["I"][1])):
        words.append((0, middle + 16 * at, text, "left" if at else "leftname"))

    # The slices.
    step, one = ("inputs[:, t]", "inputs[b]") if first else ("inputs[t]", "inputs[:, b]")
    shape = tuple(inputs.select(1 if first else 0, 0).shape), tuple(inputs.select(0 if first else 1, 0).shape)
    heads = (
        (218, f"Cut by time step: {step} {shape[0]}", "one step of every sample: what a loop feeds"),
        (366, f"Cut by sample: {one} {shape[1]}", "one sample from start to end: what a person has"),
    )
    for y, head, note in heads:
        words += [(0, y, head, "head"), (0, y + 18, note, "rest")]
    for (y, *_), slabs, rows in ((heads[0], steps, samples), (heads[1], samples, steps)):
        by_step = slabs == steps and rows == samples and y == heads[0][0]
        top, gap = y + 44, 0.8
        wide = min(975 / (slabs * features + gap * (slabs - 1)), 75)
        for slab in range(slabs):
            x = slab * (features + gap) * wide
            title = f"t = {slab + 1}" if by_step else f"sample {slab}"
            words.append((x + features * wide / 2, top - 8, title, "tick"))
            for row, f in np.ndindex(rows, features):
                t, b = (slab, row) if by_step else (row, slab)
                cell(t, b, f, x + f * wide, x + (f + 1) * wide, top + row * _CELL, top + (row + 1) * _CELL)
        for row in range(rows):
            middle = top + (row + 0.5) * _CELL
            if by_step:
                marks.append((-24, middle, row))
            words.append((-40 if by_step else -16, middle, str(row) if by_step else f"t = {row + 1}", "side"))
        if slabs < (settings.seq_len if by_step else settings.batch_size):
            words.append((994, top + rows * _CELL / 2, "…", "tick"))
    table = _numbers(cells, "k t b f x x2 y y2 cx cy shade value", "shade value")
    edges = _numbers(lines.values(), "x y x2 y2").assign(axis=[*lines])
    return Block(table, _words(words), edges, _numbers(marks, "cx cy b"), (steps, samples, features))


# The tape


_SIDES = ((0, 440), (560, 1000))  # without batch_first, with it
_ROW, _CHIP = 40, 33  # px


@dataclass(frozen=True, eq=False)
class Tape:
    """Every tensor's axes as chips, without batch_first at the left, with it at the right; lines join equal axes."""

    chips: pd.DataFrame  # x, x2, y, y2, cx, top, low, letter, size, axis
    lines: pd.DataFrame  # x, y, x2, y2, crosses, axis
    words: pd.DataFrame
    height: int


def tape(flips: tuple[Flip, ...], batch_first: bool) -> Tape:
    """The tape of what `flip` found; the side that `batch_first` names is marked as these settings'."""
    chips: list[tuple[float, ...]] = []
    lines: list[tuple[float, ...]] = []
    letters: list[str] = []
    sizes: list[str] = []
    joined: list[str] = []
    words: list[tuple[float, float, str, str]] = []
    for first, (start, end) in enumerate(_SIDES):
        words.append(((start + end) / 2, 9, f"batch_first={bool(first)}", "title"))
        words += [(x, 46, f"axis {n}", "tick") for n, x in enumerate(_thirds((start, end)))]
        if batch_first == bool(first):
            words.append(((start + end) / 2, 26, "these settings", "tick"))
    y = 58.0
    for flip in flips:
        y += 8 if flip.off.name == "output" or flip.off.name.startswith("weight_ih") else 0
        middle = y + _CHIP / 2
        name, reverse, _ = flip.off.name.partition("_reverse")
        words += [(0, middle - 7, name, "left"), (0, middle + 8, reverse or _role(name), "leftnote")]
        for shape, side in ((flip.off, _SIDES[0]), (flip.on, _SIDES[1])):
            third = (side[1] - side[0]) / 3
            for x, letter, size in zip(_thirds(side), shape.axes, shape.sizes, strict=False):
                edges = (x - third / 2 + 4, x + third / 2 - 4, y, y + _CHIP)
                chips.append((*edges, x, middle - 7, middle + 8))
                letters.append(letter)
                sizes.append(str(size))
        count = len(flip.off.axes)
        for start, letter in enumerate(flip.off.axes):
            end = flip.on.axes.index(letter)
            ends = [middle + (n - (count - 1) / 2) * 12 for n in (start, end)]
            left = _thirds(_SIDES[0])[count - 1] + _SIDES[0][1] / 6
            lines.append((left, ends[0], _SIDES[1][0], ends[1], start != end))
            joined.append(letter)
        y += _ROW
    table = _numbers(chips, "x x2 y y2 cx top low").assign(letter=letters, size=sizes, axis=[*map(_base, letters)])
    edged = _numbers(lines, "x y x2 y2 crosses").assign(axis=[*map(_base, joined)])
    return Tape(table, edged, _words(words), int(y) + 4)


def _thirds(side: tuple[int, int]) -> list[float]:
    return [side[0] + (n + 0.5) * (side[1] - side[0]) / 3 for n in range(3)]


def _role(name: str) -> str:
    if name in ("inputs", "h_0", "c_0"):
        return "goes in"
    return "comes out" if name in ("output", "h_n", "c_n") else "parameter"


def _base(letter: str) -> str:
    """The axis whose size is in `letter`: H of 4H."""
    return letter if letter == STATES_AXIS else letter.lstrip("24")


# Two readings of two axes, and two ways to arrange three


@dataclass(frozen=True, eq=False)
class Grids:
    """Grids of cells side by side, with words."""

    cells: pd.DataFrame
    words: pd.DataFrame
    lines: pd.DataFrame  # x, y, x2, y2
    marks: pd.DataFrame  # cx, cy, b
    rows: int
    columns: int


GRID_HEIGHT = 218  # px, of the readings
_READ = 26  # px, height of a row


def readings_frame(read: Readings) -> Grids:
    """Rows of nn.LSTM's output at the left, chained by arrows; of nn.LSTMCell's at the right, each alone."""
    cells: list[tuple[float, ...]] = []
    lines: list[tuple[float, ...]] = []
    marks: list[tuple[float, ...]] = []
    words: list[tuple[float, float, str, str]] = [
        (0, 10, "nn.LSTM: one sequence", "head"),
        (0, 28, "each row waits for the one above", "rest"),
        (530, 10, "nn.LSTMCell: a batch", "head"),
        (530, 28, "each row stands alone", "rest"),
    ]
    for panel, values in enumerate((read.sequence, read.batch)):
        drawn = values[:ROWS, :COLUMNS].numpy()
        start, wide = panel * 530 + 110, min(360 / drawn.shape[1], 90)
        for row, unit in np.ndindex(*drawn.shape):
            x, y = start + unit * wide, 46 + row * _READ
            place = (x + 1.5, x + wide - 1.5, y + 0.5, y + _READ - 1.5, x + wide / 2, y + _READ / 2)
            cells.append((panel, row, unit, *place, float(drawn[row, unit])))
        for row in range(len(drawn)):
            middle = 46 + (row + 0.5) * _READ
            words.append((start - 40, middle, f"t = {row + 1}" if panel == 0 else str(row), "side"))
            if panel == 0 and row:
                lines.append((start - 18, middle - _READ + 6, start - 18, middle - 6))
            if panel:
                marks.append((start - 22, middle, row))
    rows, columns = (int(size) for size in drawn.shape)
    table = _numbers(cells, "panel row unit x x2 y y2 cx cy value", "value").assign(columns=np.uint8(columns))
    lined = _numbers(lines, "x y x2 y2")
    return Grids(table, _words(words), lined, _numbers(marks, "cx cy b"), rows, columns)


NUDGE_HEIGHT = 390  # px
REACH = 0.5  # a change drawn at full depth


def nudge_frame(nudged: dict[str, Nudged]) -> Grids:
    """For each way to arrange: whose numbers the module reads at (t, b), and below it how far its outputs move."""
    cells: list[tuple[float, ...]] = []
    marks: list[tuple[float, ...]] = []
    words: list[tuple[float, float, str, str]] = []
    for side, (name, found) in enumerate(nudged.items()):
        samples = found.origin.shape[1]
        origin, change = (part[:ROWS, :COLUMNS] for part in (found.origin, found.change))
        left, wide = side * 540, min(400 / origin.shape[1], 90)
        words.append((left, 10, f".{name}(…)", "head"))
        for panel, (top, note) in enumerate(((50, "whose numbers are read"), (234, "which outputs move"))):
            words.append((left, top - 20, note, "rest"))
            for t, b in np.ndindex(*origin.shape):
                x, y = left + 60 + b * wide, top + t * 22
                whose = int(origin[t, b])
                moved = float(change[t, b])
                drawn = moved if moved > found.limit else 0.0
                shade = _shade(whose, samples) if panel == 0 else 0.85 * min(drawn / REACH, 1.0) ** 0.5
                place = (x + 1.5, x + wide - 1.5, y + 0.5, y + 21, x + wide / 2, y + 11)
                cells.append((panel, t + 1, b, *place, whose, shade, drawn))
            for t in range(len(origin)):
                words.append((left + 50, top + (t + 0.5) * 22, f"t = {t + 1}" if t == 0 else str(t + 1), "side"))
            for b in range(origin.shape[1]):
                words.append((left + 60 + (b + 0.5) * wide + 10, top + len(origin) * 22 + 10, str(b), "tick"))
                marks.append((left + 60 + (b + 0.5) * wide - 8, top + len(origin) * 22 + 10, b))
    rows, columns = (int(size) for size in origin.shape)
    table = _numbers(cells, "panel t b x x2 y y2 cx cy whose shade moved", "shade moved")
    table = table.assign(columns=np.uint8(columns))
    return Grids(table, _words(words), _numbers([], "x y x2 y2"), _numbers(marks, "cx cy b"), rows, columns)


def block_table(block: Block) -> pd.DataFrame:
    """The cells of the block as rows: t, sample, feature, value."""
    cells = block.cells.drop_duplicates(["t", "b", "f"])[["t", "b", "f", "value"]]
    return cells.rename(columns={"b": "sample", "f": "feature"})
