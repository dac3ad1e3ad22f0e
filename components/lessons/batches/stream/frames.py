"""A stream in lanes and chunks as cells, joins and labels: where each stands, and how far each step's output is off.

All positions are made here, so that the browser computes none. Across, one unit is one time step; down it is pixels:
the stream in one piece, then a row for each row of the batch, and under each of its cells a strip, a piece a step.
"""

from dataclasses import dataclass

import numpy as np

from components.charts.columns import Columns, Label, label_columns
from components.kept import kept
from components.lstm.stream import ZEROS, handed
from components.settings import Settings

STREAM, GAP, HEAD, FOOT = 26, 22, 20, 4  # px: the whole stream, the space below it, the chunks' names, the end
OWN, NOTHING, STRANGER = "own", "zeros", "stranger"
GLYPHS = {OWN: "→", NOTHING: "0", STRANGER: "≠"}
CROWDED = 10  # chunks beyond which what stands between and above them is small
LIGHTEST = 0.14  # share of the hue at the beginning of the stream


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the picture draws. Unless it is revealed there are no signs, and no strip is shaded."""

    cells: Columns  # x0, x1, y0, y1, shade, text, long (the longest text of its kind): the stream's pieces
    steps: Columns  # x0, x1, y0, y1, difference, t: one row a step and row of the batch
    joins: Columns  # x, y, room (share of the width), text, said: what each row of a chunk starts from
    labels: Columns  # kind, x, y, text
    height: int  # px


def pitch(batch: int) -> int:
    """Height of a row of the batch in px, with its strip."""
    return min(40, 288 // batch)


def height(batch: int) -> int:
    """The picture's height in px."""
    return STREAM + GAP + HEAD + batch * pitch(batch) + FOOT


@kept
def drawn(settings: Settings, length: int, way: str, revealed: bool = True) -> Drawn:
    """The picture of the stream read in chunks of `length`, the state handed on as `way` says."""
    found = handed(settings, length)[way]
    steps, batch = settings.seq_len, settings.batch_size
    total, lanes, source = steps * batch, found.lanes.numpy(), found.source.numpy()
    count = len(lanes)
    first = np.arange(count) * length
    last = np.minimum(first + length, steps)
    between = min(0.25 * length, steps / 22)
    left = first + np.arange(count) * between
    right = left + (last - first)
    end = float(right[-1])
    row, down = pitch(batch), STREAM + GAP + HEAD
    cell = row - max(row // 3, 4)  # px of a cell; the rest is its strip and air

    # The stream in one piece, from edge to edge; then (chunk, row) by (chunk, row).
    lane = np.arange(batch)
    top = down + np.tile(lane, count) * row
    begin = lanes * steps + first[:, None]  # places of the stream, from 0
    close = lanes * steps + last[:, None]
    whole = [_span(n * steps, (n + 1) * steps) for n in range(batch)]
    pieces = [_span(a, b) for a, b in zip(begin.ravel().tolist(), close.ravel().tolist(), strict=True)]
    cells = {
        "x0": _floats(lane * end / batch, np.repeat(left, batch)),
        "x1": _floats((lane + 1) * end / batch, np.repeat(right, batch)),
        "y0": _floats(np.zeros(batch), top),
        "y1": _floats(np.full(batch, STREAM), top + cell),
        "shade": _floats(
            LIGHTEST + (1 - LIGHTEST) * (lane + 0.5) / batch,
            LIGHTEST + (1 - LIGHTEST) * (begin + close).ravel() / (2 * total),
        ),
        "text": np.array([*whole, *pieces], object),
        # All of a kind are written, or none.
        "long": np.repeat([max(map(len, whole)), max(map(len, pieces))], [batch, len(pieces)]).astype(np.int8),
    }
    return Drawn(
        cells,
        _steps(found.max_abs_diff.numpy(), left, length, down + cell, row, revealed),
        _joins(begin, source, left - between / 2, between / end, down + cell / 2 + lane * row, steps, revealed),
        _labels(left, right, batch, row, cell),
        height(batch),
    )


def _floats(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate(parts).astype(np.float32)


def _span(begin: int, end: int) -> str:
    """Places of the stream in words, counted from 1."""
    return str(end) if end - begin == 1 else f"{begin + 1}–{end}"


def _steps(apart: np.ndarray, left: np.ndarray, length: int, down: float, row: int, revealed: bool) -> Columns:
    steps, batch = apart.shape
    t = np.arange(steps)
    x0 = left[t // length] + t % length
    top = down + 1 + np.arange(batch) * row
    thick = max(row // 3 - 5, 2)
    flat = apart.astype(np.float32).ravel() if revealed else np.zeros(apart.size, np.float32)
    return {
        "x0": np.repeat(x0, batch).astype(np.float32),
        "x1": np.repeat(x0 + 1, batch).astype(np.float32),
        "y0": np.tile(top, steps).astype(np.int16),
        "y1": np.tile(top + thick, steps).astype(np.int16),
        "difference": flat,
        "t": np.repeat(t + 1, batch).astype(np.int16),
    }


def _joins(
    begin: np.ndarray, source: np.ndarray, x: np.ndarray, room: float, y: np.ndarray, steps: int, revealed: bool
) -> Columns:
    """Between two chunks of a row: what it starts from. Lanes are as long as `steps`, so a place tells its lane."""
    later, came = begin[1:], source[1:]
    kinds = np.where(came == ZEROS, NOTHING, np.where(came == later // steps, OWN, STRANGER)).ravel()
    before = (came * steps + later % steps).ravel()  # the last place that the state has read, counted from 1
    said = [
        f"zeros, then {place + 1}" if kind == NOTHING else f"{have}, then {place + 1}"
        for kind, have, place in zip(kinds, before, later.ravel(), strict=True)
    ]
    return {
        "x": np.repeat(x[1:], len(y)).astype(np.float32),
        "y": np.tile(y, len(later)).astype(np.float32),
        "room": np.full(len(kinds), room, np.float32),
        "text": np.array([GLYPHS[kind] if revealed else "" for kind in kinds], object),
        "said": np.array(said if revealed else [""] * len(kinds), object),
    }


def _labels(left: np.ndarray, right: np.ndarray, batch: int, row: int, cell: int) -> Columns:
    """The names of the stream, of the rows and of the chunks, the latter with the room they have."""
    down = STREAM + GAP + HEAD
    rows: list[Label] = [("row", 0, STREAM / 2, "stream")]
    rows += [("row", 0, down + b * row + cell / 2, f"row {b}") for b in range(batch)]
    word = "chunk " if len(left) <= CROWDED else ""
    middles = enumerate((left + right) / 2, start=1)
    rows += [("chunk", float(x), down - HEAD / 2, f"{word}{k}") for k, x in middles]
    return label_columns(rows)
