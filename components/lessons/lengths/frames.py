"""The pictures of a batch of different lengths: how it is packed, where padding does harm, and what it wastes.

Positions are made here, so that the browser computes none: across in columns of one step, down in pixels.
"""

import math
from dataclasses import dataclass

import numpy as np

from components.charts.columns import Columns, Label, label_columns
from components.kept import kept
from components.lessons.lengths.facts import WAYS, Packed, Way, Ways, packed
from components.lessons.lengths.line.facts import Corpus, Lengths

# How a batch is packed.

MOST_COLUMNS = 50  # with room for an outline; of wrong steps as many are drawn, each of several where there are more
MOST_WALKED = 256  # rows of data that the step control walks through
MOST_ROW = 480  # rows of data that are drawn as a row of their own
HEAD, BELOW = 46, 36  # px above the blocks, and between them and the row of data
SHADES = (0.12, 0.48)  # of the first sample and the last


def is_dense(lengths: Lengths) -> bool:
    """Whether there are so many steps that cells have no room for an outline of their own."""
    return max(lengths) > MOST_COLUMNS


def row_height(rows: int) -> float:
    """Height in px of one of so many rows."""
    return 28.0 if rows <= 6 else 20.0 if rows <= 10 else 15.0


def blocks_height(lengths: Lengths) -> int:
    """The picture's height in px; it has a row of data below the blocks unless that is too long to be seen."""
    blocks = HEAD + int(len(lengths) * row_height(len(lengths))) + BELOW
    return blocks + (60 if sum(lengths) <= MOST_ROW else 0)


@dataclass(frozen=True, eq=False)
class Blocks:
    """What the picture of padding and packing draws, and what is said of each row of `data`."""

    cells: Columns  # x0, x1, y0, y1, k, shade: k is the row of data, -1 for padding
    arrows: Columns  # x0, y0, x1, y1, sample
    labels: Columns  # kind, x, y, text
    names: tuple[str, ...]  # of the rows of data that can be walked through
    said: tuple[str, ...]
    height: int  # px


@kept
def blocks(lengths: Lengths) -> Blocks:
    """The padded block, the packed one, the arrows between them, and `data` as one row."""
    done = packed(lengths)
    count, steps, row = len(lengths), max(lengths), row_height(len(lengths))
    gap = max(2.4, 0.3 * steps)
    right, width = steps + gap, 2 * (steps + gap)
    step, sample = np.array(done.steps), np.array(done.samples)
    place = np.array(done.back)
    k = np.arange(len(step))
    shade = np.linspace(*SHADES, max(count, 2))[sample]
    ends = np.array(lengths)
    short = np.flatnonzero(ends < steps)
    parts = [
        (step, step + 1, HEAD + sample * row, row, k, shade),
        (right + step, right + step + 1, HEAD + place[sample] * row, row, k, shade),
        (
            ends[short],
            np.full(len(short), steps),
            HEAD + short * row,
            row,
            np.full(len(short), -1),
            np.zeros(len(short)),
        ),
    ]
    tall = HEAD + count * row
    labels: list[Label] = [
        ("name", 0, 10, "padded"),
        ("name", right, 10, "packed"),
        ("margin", 0, 36, "sample"),
        ("head", right - 0.06 * gap, 36, "sorted"),
        ("head", width, 36, "back"),
        ("head", right - 0.06 * gap, HEAD + done.batch_sizes[0] * row + 10, "batch_sizes"),
    ]
    if len(k) <= MOST_ROW:
        top = tall + BELOW + 28
        one = width / len(k)
        parts.append((k * one, (k + 1) * one, np.full(len(k), top), row if row > 20 else 20.0, k, shade))
        labels.append(("name", 0, top - 14, "data"))
    for sample_ in range(count):
        y = HEAD + (sample_ + 0.5) * row
        labels.append(("margin", 0, y, f"{sample_}"))
        labels.append(("place", right - 0.2 * gap, y, str(done.order[sample_])))
        labels.append(("place", width - 0.2 * gap, y, str(sample_)))
    for t, size in enumerate(done.batch_sizes):
        kind = "column" if t in (0, steps - 1) else "step"
        for left in (0, right):
            labels.append((kind, left + t + 0.5, 36, str(t + 1)) if t else ("first", left, 36, "t = 1"))
        labels.append((f"size {kind}", right + t + 0.5, HEAD + size * row + 10, str(size)))
    order = np.array(done.order)
    own, at = HEAD + (order + 0.5) * row, HEAD + (np.arange(count) + 0.5) * row
    starts, stops = np.full(count, steps + 0.08 * gap), np.full(count, right - 0.4 * gap)
    arrows = {
        "x0": np.concatenate([starts, starts + right]),
        "y0": np.concatenate([own, at]),
        "x1": np.concatenate([stops, stops + right]),
        "y1": np.concatenate([at, own]),
    }
    walked = range(min(len(k), MOST_WALKED))
    x0, x1, y0, high, k_, shade_ = (
        np.concatenate([np.broadcast_to(p[i], p[0].shape) for p in parts]) for i in range(6)
    )
    return Blocks(
        {
            "x0": x0.astype(np.float32),
            "x1": x1.astype(np.float32),
            "y0": y0.astype(np.float32),
            "y1": (y0 + high).astype(np.float32),
            "k": k_.astype(np.int16),
            "shade": shade_.astype(np.float32),
        },
        {name: values.astype(np.float32) for name, values in arrows.items()},
        label_columns(labels),
        tuple(f"data[{number}]" for number in walked),
        tuple(_said(done, number) for number in walked),
        blocks_height(lengths),
    )


def _said(done: Packed, k: int) -> str:
    step, sample = done.steps[k], done.samples[k]
    return f"data[{k}] is sample {sample} at step {step + 1}, in row {done.back[sample]} of the packed block"


# Where padding does harm.

PANEL_HEAD, PANEL_FOOT = 44, 26  # px above the rows of a panel, and below
RIGHT, PADDING, FAINTEST = 0.26, 0.05, 0.35  # opacity of what is right, of padding, and of the smallest error


def damage_height(settings_rows: int, directions: int) -> int:
    """The picture's height in px, for so many samples."""
    return int(PANEL_HEAD + settings_rows * _panel_row(settings_rows, directions) + PANEL_FOOT)


def _panel_row(samples: int, directions: int) -> float:
    return (26.0 if samples <= 6 else 20.0 if samples <= 10 else 15.0) * (1.35 if directions == 2 else 1)


@dataclass(frozen=True, eq=False)
class Damage:
    """A panel for each way: a row a sample, within it one for each direction."""

    cells: Columns  # x0, x1, y0, y1, wrong, shade, edge, apart, sample: wrong is 1 where it is, apart by how much
    labels: Columns  # kind, x, y, text
    height: int


def damage(found: Ways, lengths: Lengths, worst: tuple[str, ...]) -> Damage:
    """The four ways; `worst` is what stands below each."""
    count, steps = len(lengths), max(lengths)
    directions = found.ways[0].read.shape[1]
    row = _panel_row(count, directions)
    gap = max(1.0, 0.18 * steps)
    rows: list[tuple[float, ...]] = []
    labels: list[Label] = [("margin", 0, PANEL_HEAD - 10, "sample")]
    labels += [("margin", 0, PANEL_HEAD + (sample + 0.5) * row, str(sample)) for sample in range(count)]
    for number, way in enumerate(found.ways):
        left = number * (steps + gap)
        labels.append(("name", left, 10, WAYS[number].replace(", ", "\n", 1).replace("one at a", "one at\na")))
        labels.append(("foot", left, PANEL_HEAD + count * row + 14, worst[number]))
        for sample, length in enumerate(lengths):
            for direction in range(directions):
                high = (row - 3) / directions
                top = PANEL_HEAD + sample * row + direction * high
                bottom = top + high - (1 if directions == 2 else 0)
                rows += _row(found, way, (sample, direction), (left, top, bottom), length, steps)
    x0, x1, y0, y1, wrong, shade, edge, apart, sample_ = np.array(rows, np.float32).T
    return Damage(
        {
            "x0": x0,
            "x1": x1,
            "y0": y0,
            "y1": y1,
            "wrong": wrong.astype(np.int8),
            "shade": shade,
            "edge": edge,
            "apart": apart,
            "sample": sample_.astype(np.int8),
        },
        label_columns(labels),
        damage_height(count, directions),
    )


def _row(
    found: Ways,
    way: Way,
    which: tuple[int, int],
    place: tuple[float, float, float],
    length: int,
    steps: int,
) -> list[tuple[float, ...]]:
    """A sequence in one direction: what is right in one piece, what is wrong step by step, padding, what is read."""
    (sample, direction), (left, top, bottom) = which, place
    apart = way.output[sample, direction, :length].double().numpy()
    rows: list[tuple[float, ...]] = [(left, left + length, top, bottom, 0, RIGHT, 0, float(apart.min()), sample)]
    if length < steps:
        rows.append((left + length, left + steps, top, bottom, 0, PADDING, 0, np.nan, sample))
    several = -(-steps // MOST_COLUMNS)
    for first in range(0, length, several):
        worst = float(apart[first : first + several].max())
        if not found.same(worst):
            last = min(first + several, length)
            rows.append((left + first, left + last, top, bottom, 1, _shade(worst), 0, worst, sample))
    column, read = int(way.columns[sample, direction]), float(way.read[sample, direction])
    good = found.same(read)
    wide = max(1.0, steps / 28)  # to be seen
    x = left + min(column, steps - wide)
    edge = 1 if several > 1 else 2
    rows.append((x, x + wide, top, bottom, int(not good), RIGHT if good else _shade(read), edge, read, sample))
    return rows


def _shade(apart: float) -> float:
    """Opacity of an error: its root, so that small ones show, at most 1."""
    return max(FAINTEST, math.sqrt(min(apart, 1.0)))


# What padding wastes.


def waste_columns(made: Corpus) -> Columns:
    """x, longest, mean, by_length: a row a batch, and one more that ends the last batch's step."""
    parts = []
    for sorted_, batches in enumerate((made.random, made.by_length)):
        whole = [*batches, batches[-1]]
        parts.append([(x, one.longest, one.filled / one.sequences, sorted_) for x, one in enumerate(whole)])
    x, longest, mean, by_length = np.array([row for part in parts for row in part], np.float32).T
    return {
        "x": x.astype(np.uint8),
        "longest": longest.astype(np.uint8),
        "mean": mean,
        "by_length": by_length.astype(np.int8),
    }
