"""A module as a grid: layers up, two directions a layer, time across; where each cell, arrow and word stands.

Across, places are ten-thousandths of the width, down pixels, all computed here. Inputs are at the bottom, output at the
top. Between two layers stands what the upper one reads: the h of both directions, side by side. The slots of `h_n`
stand where each direction ended: the forward one at the right, the reverse one at the left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from components.recurrence.layers import Rows, change, feeds, mirror, rows, turns
from components.settings import Settings

MOST = 16  # steps over which there are arrows and numbers; with more, cells stand edge to edge
ACROSS = 10_000
TOP, HIGH, BETWEEN, AIR, JOIN, FOOT = 4, 28, 8, 18, 13, 24  # px
FORWARD, REVERSE = (0.04, 0.58), (0.42, 0.96)  # a cell's place in its column
WAYS = (0.25, 0.75)  # where the ways up run: each beside the other direction's cell
LEAST, LARGEST = 1e-6, 1.0  # changes from the palest to the deepest shade, on a logarithmic scale
PALEST, DEEPEST = 0.08, 0.5  # opacities; ink is legible on the deepest
EARLY, LATE, READ = 0.06, 0.42, 0.05  # opacities by turn, and of what is read
SLOT = 0.3
# How words are written, by number; the chart counts on it.
NAME, SIDE, CENTRE, TITLE = range(4)
EVERYWHERE = 255  # what feeds every slot

Word = tuple[float, float, float, int, str]  # x, y, room (how wide it may be), style, text


@dataclass(frozen=True, eq=False)
class Grid:
    """What the picture draws."""

    cells: pd.DataFrame  # x0, x1, y0, y1, shade, feeds, mark, t, of, value, text; feeds has a bit a slot
    words: pd.DataFrame  # x, y, room, style, text
    lines: pd.DataFrame | None  # x, x2, y, y2, head, feeds, room; None where steps are too many for arrows
    height: int


def shade(size: np.ndarray) -> np.ndarray:
    """Opacities of changes: 0 for an exact zero only."""
    with np.errstate(divide="ignore"):
        place = np.log10(np.maximum(size, LEAST) / LEAST) / np.log10(LARGEST / LEAST)
    return np.where(size > 0, PALEST + (DEEPEST - PALEST) * np.minimum(place, 1), 0)


def brief(size: float) -> str:
    """A change in as few characters as a cell has room for."""
    if size == 0:
        return "0"
    if size >= 0.0095:
        return f"{size:.2g}"
    digits, power = f"{size:.0e}".split("e")
    return f"{digits}e−{abs(int(power))}"


class _Places:
    """Where things stand."""

    def __init__(self, layers: int, steps: int) -> None:
        self.layers, self.steps = layers, steps
        self.roomy = steps <= MOST
        self.wide = max(1.35, steps / 4.4)  # of a slot, in columns
        self.side = self.wide + 0.45
        self.unit = ACROSS / (steps + 2 * self.side)
        self.pitch = 2 * HIGH + BETWEEN + 2 * AIR + JOIN
        self.inputs = TOP + HIGH + layers * self.pitch - JOIN  # upper edge of the inputs
        self.height = self.inputs + HIGH + FOOT

    def x(self, column: float) -> float:
        """A place in columns, 0 where step 1 begins."""
        return (column + self.side) * self.unit

    def row(self, layer: int, direction: int) -> float:
        """Upper edge of a row's cells."""
        top = TOP + HIGH + AIR + (self.layers - 1 - layer) * self.pitch
        return top + direction * (HIGH + BETWEEN)

    def read(self, layer: int) -> tuple[float, float]:
        """Upper and lower edge of what a layer reads; of the one above the last, `output`."""
        if layer == 0:
            return self.inputs, self.inputs + HIGH
        if layer == self.layers:
            return TOP, TOP + HIGH
        lower = self.row(layer - 1, 0) - AIR
        return lower - JOIN, lower

    def cell(self, direction: int, step: int) -> tuple[float, float]:
        """Left and right edge of a row's cell, steps from 0."""
        left, right = (REVERSE if direction else FORWARD) if self.roomy else (0.0, 1.0)
        return self.x(step + left), self.x(step + right)

    def slot(self, direction: int) -> tuple[float, float]:
        """Left and right edge of a slot."""
        left = -self.side if direction else self.steps + 0.45
        return self.x(left), self.x(left + self.wide)


def _bits(layers: int) -> list[int]:
    """For each row the slots it feeds, a bit a slot."""
    found = feeds(layers, 2)
    return [sum(1 << slot for slot, fed in enumerate(found) if fed[row]) for row in range(2 * layers)]


def _above(layers: int, layer: int) -> int:
    """The slots of the layers from `layer` on, a bit a slot."""
    return sum(1 << slot for slot in range(2 * layer, 2 * layers))


class _Cells:
    """Cells as they are collected."""

    def __init__(self) -> None:
        self.numbers: list[tuple[float, ...]] = []
        self.of: list[str] = []
        self.text: list[str] = []

    def add(
        self,
        across: tuple[float, float],
        down: tuple[float, float],
        opacity: float,
        fed: int,
        step: int,
        value: float,
        words: tuple[str, str],
        mark: bool = False,
    ) -> None:
        self.numbers.append((*across, *down, opacity, fed, mark, step, value))
        self.of.append(words[0])
        self.text.append(words[1])

    def frame(self) -> pd.DataFrame:
        """The cells as columns. Equal widths stay equal when they are rounded, so that all numbers fit or none."""
        left, right, *others = np.array(self.numbers, np.float64).T
        columns = (left.round(), left.round() + (right - left).round(), *others)
        kinds = ("int16", "int16", "int16", "int16", "float32", "uint8", "uint8", "uint8", "float32")
        names = ("x0", "x1", "y0", "y1", "shade", "feeds", "mark", "t", "value")
        typed = {name: values.astype(kind) for name, values, kind in zip(names, columns, kinds, strict=True)}
        return pd.DataFrame(typed | {"of": self.of, "text": self.text})


def _words(found: Sequence[Word]) -> pd.DataFrame:
    x, y, room, style, text = zip(*found, strict=True)
    return pd.DataFrame(
        {
            "x": np.array(x).round().astype("int16"),
            "y": np.array(y).round().astype("int16"),
            "room": np.array(room).round().astype("int16"),
            "style": np.array(style, "uint8"),
            "text": text,
        }
    )


SIDES = ("forward", "reverse")


def _row_name(layer: int, direction: int) -> str:
    return f"layer {layer}, {SIDES[direction]}"


@lru_cache(maxsize=64)
def structure(layers: int, steps: int) -> Grid:
    """What feeds what, with the turn in which each h can be computed."""
    turn = turns(layers, 2, steps)
    places, cells, fed = _Places(layers, steps), _Cells(), _bits(layers)
    shades = EARLY + (LATE - EARLY) * turn / turn.max()
    _frame(places, cells)
    for layer, direction, step in np.ndindex(turn.shape):
        row, number = 2 * layer + direction, int(turn[layer, direction, step])
        top = places.row(layer, direction)
        text = str(number) if places.roomy else ""
        name = _row_name(layer, direction)
        cells.add(
            places.cell(direction, step),
            (top, top + HIGH),
            float(shades[layer, direction, step]),
            fed[row],
            step + 1,
            number,
            (name, text),
        )
    for layer in range(layers + 1):
        known = np.zeros(steps, int) if layer == 0 else turn[layer - 1].max(axis=0)
        for step in range(steps):
            _add_read(places, cells, layer, step, (READ, READ), float(known[step]))
    for row in range(2 * layers):
        layer, direction = divmod(row, 2)
        top = places.row(layer, direction)
        ended = 1 if direction else steps
        last = float(turn[layer, direction, ended - 1])
        words = (f"h_n[{row}], c_n[{row}]", f"h_n[{row}]")
        cells.add(places.slot(direction), (top, top + HIGH), SLOT, 1 << row, ended, last, words)
    return Grid(cells.frame(), _named(places), _lines(places, fed) if places.roomy else None, places.height)


def _frame(places: _Places, cells: _Cells) -> None:
    """Where cells stand edge to edge, an empty one for each line of them: the outline of all."""
    if places.roomy:
        return
    across = (places.x(0), places.x(places.steps))
    tops = [places.row(*divmod(row, 2)) for row in range(2 * places.layers)]
    lines = [(top, top + HIGH) for top in tops] + [places.read(layer) for layer in range(places.layers + 1)]
    for down in lines:
        cells.add(across, down, 0, EVERYWHERE, 0, 0, ("", ""))


def _add_read(
    places: _Places,
    cells: _Cells,
    layer: int,
    step: int,
    opacities: tuple[float, float],
    value: float,
    text: str = "",
    mark: bool = False,
) -> None:
    """What a layer reads at a step: the input, or the h of both directions below, side by side."""
    feeding = EVERYWHERE if layer == 0 else _above(places.layers, layer)
    down = places.read(layer)
    name = "x" if layer == 0 else "output" if layer == places.layers else f"read by layer {layer}"
    if layer == 0 or not places.roomy:
        left, right = (FORWARD[0], REVERSE[1]) if places.roomy else (0.0, 1.0)
        across = (places.x(step + left), places.x(step + right))
        cells.add(across, down, max(opacities), feeding, step + 1, value, (name, text), mark)
        return
    for left, right, opacity in ((FORWARD[0], 0.5, opacities[0]), (0.5, REVERSE[1], opacities[1])):
        across = (places.x(step + left), places.x(step + right))
        cells.add(across, down, opacity, feeding, step + 1, value, (name, text), mark)


def _named(places: _Places) -> pd.DataFrame:
    """Names in the margin, and the steps below."""
    found: list[Word] = [
        (0, TOP + HIGH / 2, ACROSS, NAME, "output"),
        (0, places.inputs + HIGH / 2, ACROSS, NAME, "x"),
    ]
    for layer in range(places.layers):
        top = places.row(layer, 0)
        found.append((0, top + 4, ACROSS, NAME, f"layer {layer}"))
        found.append((0, top + 22, ACROSS, SIDE, "forward →"))
        found.append((0, places.row(layer, 1) + HIGH / 2, ACROSS, SIDE, "← reverse"))
        if layer:
            found.append((0, sum(places.read(layer)) / 2, ACROSS, SIDE, f"x of layer {layer}"))
    found += _steps(places.steps, lambda step: places.x(step + 0.5), places.inputs + HIGH + 14)
    return _words(found)


def _steps(steps: int, at: Callable[[int], float], y: float) -> list[Word]:
    """The numbers of the steps, as many as there is room for, the first and the last among them."""
    every = 1 if steps <= MOST else 5 if steps <= 50 else 20
    found: list[Word] = []
    for step in range(steps):
        t = step + 1
        ends = t in (1, steps)
        if ends or (t % every == 0 and t <= steps - every / 2):
            room = ACROSS if ends else (at(1) - at(0)) * every * 0.42  # and some air
            found.append((at(step), y, room, CENTRE, "t = 1" if step == 0 else str(t)))
    return found


def _lines(places: _Places, fed: list[int]) -> pd.DataFrame:
    """Every arrow: along the rows, from what is read into its cells, and from cells into what is read above."""
    found: list[tuple[float, ...]] = []
    for row, bits in enumerate(fed):
        layer, direction = divmod(row, 2)
        top, way = places.row(layer, direction), WAYS[direction]
        middle, bottom = top + HIGH / 2, top + HIGH
        enters, leaves = places.read(layer)[0], places.read(layer + 1)[1]
        order = range(places.steps)[:: -1 if direction else 1]
        sides = [places.cell(direction, step)[:: -1 if direction else 1] for step in order]
        slot = places.slot(direction)[direction]
        towards = 3 if direction else 2
        for (_, from_x), (to_x, _) in pairwise(sides):
            found.append((from_x, to_x, middle, middle, towards, bits))
        found.append((sides[-1][1], slot, middle, middle, towards, 1 << row))
        for step in range(places.steps):
            x = places.x(step + way)
            found.append((x, x, enters, bottom, 1, bits))
            found.append((x, x, top, leaves, 1, bits & _above(places.layers, layer + 1)))
    columns = np.array([(*one, places.unit) for one in found]).T
    kinds = ("int16",) * 4 + ("uint8", "uint8", "int16")
    names = ("x", "x2", "y", "y2", "head", "feeds", "room")
    return pd.DataFrame(
        {name: values.round().astype(kind) for name, values, kind in zip(names, columns, kinds, strict=True)}
    )


@lru_cache(maxsize=64)
def changed(settings: Settings, kind: str, step: int, sample: int) -> Grid:
    """How far each cell moves when a number of the input at `step` is changed."""
    found = change(settings, kind, step, sample)
    h, inputs = found.h, found.x
    layers, _, steps = h.shape
    places, cells, fed = _Places(layers, steps), _Cells(), _bits(layers)
    shades = shade(h)
    _frame(places, cells)
    for layer, direction, at in np.ndindex(h.shape):
        top, size = places.row(layer, direction), float(h[layer, direction, at])
        text = brief(size) if places.roomy else ""
        cells.add(
            places.cell(direction, at),
            (top, top + HIGH),
            float(shades[layer, direction, at]),
            fed[2 * layer + direction],
            at + 1,
            size,
            (_row_name(layer, direction), text),
        )
    for layer in range(layers + 1):
        for at in range(steps):
            sides = (inputs[at], inputs[at]) if layer == 0 else (h[layer - 1, 0, at], h[layer - 1, 1, at])
            opacities = shade(np.array(sides, np.float64))
            text = brief(float(inputs[at])) if layer == 0 and places.roomy else ""
            mark = layer == 0 and at + 1 == step
            _add_read(
                places, cells, layer, at, (float(opacities[0]), float(opacities[1])), float(max(sides)), text, mark
            )
    for row in range(2 * layers):
        layer, direction = divmod(row, 2)
        top, ended = places.row(layer, direction), 1 if direction else steps
        size = float(h[layer, direction, ended - 1])
        words = (f"h_n[{row}]", f"h_n[{row}]")
        opacity = float(shades[layer, direction, ended - 1])
        cells.add(places.slot(direction), (top, top + HIGH), opacity, 1 << row, ended, size, words)
    return Grid(cells.frame(), _named(places), _lines(places, fed) if places.roomy else None, places.height)


# A row a sample

LOW, HEAD, GAP = 22, 44, 0.08  # px of a row and above the rows; the gap between both pictures, as a share


@lru_cache(maxsize=64)
def as_rows(settings: Settings) -> Grid:
    """`h_n` as a row a sample, rightly at the left and wrongly at the right: what moves with the first sample."""
    cells = _Cells()
    found: list[Word] = []
    for side, (one, title) in enumerate(zip(rows(settings), ("right", "wrong: view(B, -1)"), strict=True)):
        left = side * ACROSS * (1 + GAP) / 2
        _add_rows(cells, one, left, ACROSS * (1 - GAP) / 2)
        found.append((left, 10.0, ACROSS / 2, TITLE, title))
    height = HEAD + LOW * settings.batch_size + 4
    for row in range(settings.batch_size):
        found.append((0, HEAD + (row + 0.5) * LOW, ACROSS, SIDE, f"row {row}"))
    found.append((0, 30.0, ACROSS, SIDE, "numbers of sample"))
    return Grid(cells.frame(), _words(found), None, height)


def _add_rows(cells: _Cells, one: Rows, left: float, wide: float) -> None:
    shades = shade(one.change)
    pieces = one.change.shape[1]
    for row, piece in np.ndindex(one.change.shape):
        across = (left + wide * piece / pieces, left + wide * (piece + 1) / pieces)
        top, size = HEAD + row * LOW, float(one.change[row, piece])
        whose = str(one.whose[row, piece])
        cells.add(across, (top, top + LOW), float(shades[row, piece]), 0, row, size, (f"sample {whose}", whose))


# A palindrome


@lru_cache(maxsize=64)
def mirrored(settings: Settings, stage: str, sample: int) -> Grid:
    """How far the two directions are apart over a palindrome: a row a layer, the last one on top."""
    apart = mirror(settings, stage, sample).apart
    layers, steps = apart.shape
    cells, shades = _Cells(), shade(apart)
    found: list[Word] = []
    for layer, step in np.ndindex(apart.shape):
        top, size = TOP + (layers - 1 - layer) * (HIGH + BETWEEN), float(apart[layer, step])
        across = (ACROSS * step / steps, ACROSS * (step + 1) / steps)
        text = brief(size) if steps <= MOST else ""
        cells.add(across, (top, top + HIGH), float(shades[layer, step]), 0, step + 1, size, (f"layer {layer}", text))
    bottom = TOP + layers * (HIGH + BETWEEN)
    for layer in range(layers):
        found.append((0.0, bottom - (layer + 0.5) * (HIGH + BETWEEN) - BETWEEN / 2, ACROSS, NAME, f"layer {layer}"))
    found += _steps(steps, lambda step: ACROSS * (step + 0.5) / steps, bottom + 8)
    return Grid(cells.frame(), _words(found), None, int(bottom + FOOT))
