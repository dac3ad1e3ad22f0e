"""A module as a grid: layers up, two directions a layer, time across; where each cell, arrow and word stands.

Across, places are ten-thousandths of the width, down pixels, all computed here. Inputs are at the bottom, output at the
top. Between two layers stands what the upper one reads: the h of both directions, side by side. The slots of `h_n`
stand where each direction ended: the forward one at the right, the reverse one at the left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from components.charts.columns import Columns
from components.kept import kept
from components.lessons.layers.facts import change, feeds, mirror, turns
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
NAME, SIDE, CENTRE = range(3)

Word = tuple[float, float, float, int, str]  # x, y, room (how wide it may be), style, text


@dataclass(frozen=True, eq=False)
class Grid:
    """What the picture draws."""

    cells: Columns  # x0, x1, y0, y1, shade, t, value, text; and feeds, a bit a slot, or mark
    words: Columns  # x, y, room, style, text
    lines: Columns | None  # x, x2, y, y2, head, feeds, room; None where steps are too many for arrows
    height: int


def shade(size: np.ndarray) -> np.ndarray:
    """Opacities of changes: 0 for an exact zero only."""
    with np.errstate(divide="ignore"):
        place = np.log10(np.maximum(size, LEAST) / LEAST) / np.log10(LARGEST / LEAST)
    return np.where(size > 0, PALEST + (DEEPEST - PALEST) * np.minimum(place, 1), 0)


def _levels(opacity: np.ndarray) -> np.ndarray:
    """Opacities in 255ths, one byte each; the palest is twenty of them."""
    return np.round(opacity * 255).astype("uint8")


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
        self.text: list[str] = []

    def add(
        self,
        across: tuple[float, float],
        down: tuple[float, float],
        opacity: float,
        fed: int,
        step: int,
        value: int,
        text: str = "",
    ) -> None:
        self.numbers.append((*across, *down, opacity, fed, step, value))
        self.text.append(text)

    def columns(self) -> Columns:
        """The cells as columns. Equal widths stay equal when they are rounded, so that all numbers fit or none."""
        left, right, top, bottom, opacity, *others = np.array(self.numbers, np.float64).T
        columns = (left.round(), left.round() + (right - left).round(), top, bottom, _levels(opacity), *others)
        names = ("x0", "x1", "y0", "y1", "shade", "feeds", "t", "value")
        kinds = ("int16",) * 4 + ("uint8", "uint8", "uint8", "int16")
        typed = {name: values.astype(kind) for name, values, kind in zip(names, columns, kinds, strict=True)}
        return typed | {"text": np.array(self.text, object)}


def _words(found: Sequence[Word]) -> Columns:
    x, y, room, style, text = zip(*found, strict=True)
    return {
        "x": np.array(x).round().astype("int16"),
        "y": np.array(y).round().astype("int16"),
        "room": np.array(room).round().astype("int16"),
        "style": np.array(style, "uint8"),
        "text": np.array(text, object),
    }


@kept
def structure(layers: int, steps: int) -> Grid:
    """What feeds what, with the turn in which each h can be computed."""
    turn = turns(layers, 2, steps)
    places, cells, fed = _Places(layers, steps), _Cells(), _bits(layers)
    shades = EARLY + (LATE - EARLY) * turn / turn.max()
    if not places.roomy:  # the outline of all of a row's cells
        for row, bits in enumerate(fed):
            top = places.row(*divmod(row, 2))
            cells.add((places.x(0), places.x(steps)), (top, top + HIGH), 0, bits, 0, 0)
    for layer, direction, step in np.ndindex(turn.shape):
        number, top = int(turn[layer, direction, step]), places.row(layer, direction)
        opacity, bits = float(shades[layer, direction, step]), fed[2 * layer + direction]
        text = str(number) if places.roomy else ""
        cells.add(places.cell(direction, step), (top, top + HIGH), opacity, bits, step + 1, number, text)
    for layer in range(layers + 1):
        _add_read(places, cells, layer, turn)
    for row in range(2 * layers):
        layer, direction = divmod(row, 2)
        top, ended = places.row(layer, direction), 1 if direction else steps
        last = int(turn[layer, direction, ended - 1])
        cells.add(places.slot(direction), (top, top + HIGH), SLOT, 1 << row, ended, last, f"h_n[{row}]")
    return Grid(cells.columns(), _named(places), _lines(places, fed) if places.roomy else None, places.height)


def _add_read(places: _Places, cells: _Cells, layer: int, turn: np.ndarray) -> None:
    """What a layer reads at every step: the input, or the h of both directions below, side by side."""
    feeding = _above(places.layers, layer)
    down = places.read(layer)
    if not places.roomy:
        cells.add((places.x(0), places.x(places.steps)), down, READ, feeding, 0, 0)
        return
    parts = [(FORWARD[0], 0.5), (0.5, REVERSE[1])] if layer else [(FORWARD[0], REVERSE[1])]
    for step in range(places.steps):
        for direction, (left, right) in enumerate(parts):
            known = int(turn[layer - 1, direction, step]) if layer else 0
            cells.add((places.x(step + left), places.x(step + right)), down, READ, feeding, step + 1, known)


def _named(places: _Places) -> Columns:
    """Names in the margin, and the steps below."""
    found: list[Word] = [
        (0, TOP + HIGH / 2, ACROSS, NAME, "output"),
        (0, places.inputs + HIGH / 2, ACROSS, NAME, "x"),
    ]
    for layer in range(places.layers):
        found += _directions(layer, places.row(layer, 0), places.row(layer, 1))
        if layer:
            found.append((0, sum(places.read(layer)) / 2, ACROSS, SIDE, f"x of layer {layer}"))
    found += _steps(places.steps, lambda step: places.x(step + 0.5), places.inputs + HIGH + 14)
    return _words(found)


def _directions(layer: int, forward: float, reverse: float) -> list[Word]:
    """The names of a layer's two rows, whose upper edges these are."""
    return [
        (0, forward + 4, ACROSS, NAME, f"layer {layer}"),
        (0, forward + 22, ACROSS, SIDE, "forward →"),
        (0, reverse + HIGH / 2, ACROSS, SIDE, "← reverse"),
    ]


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


def _lines(places: _Places, fed: list[int]) -> Columns:
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
    return {name: values.round().astype(kind) for name, values, kind in zip(names, columns, kinds, strict=True)}


# Sizes in cells that stand edge to edge


def _sized(
    left: np.ndarray, wide: np.ndarray, top: np.ndarray, high: int, sizes: np.ndarray, step: np.ndarray, text: list[str]
) -> Columns:
    """A cell a size, all in one order; equal widths stay equal when they are rounded."""
    x0 = left.round()
    places = {"x0": x0, "x1": x0 + np.round(wide), "y0": top, "y1": top + high}
    typed = {name: place.astype("int16") for name, place in places.items()}
    return typed | {
        "shade": _levels(shade(sizes)),
        "t": step.astype("uint8"),
        "value": sizes.astype("float32"),
        "text": np.array(text, object),
    }


def _rows(sizes: np.ndarray, tops: list[float]) -> Columns:
    """Sizes (rows, steps), each row with its upper edge."""
    count, steps = sizes.shape
    left, top = np.tile(np.arange(steps) * (ACROSS / steps), count), np.repeat(np.array(tops), steps)
    wide, step = np.full(left.shape, ACROSS / steps), np.tile(np.arange(1, steps + 1), count)
    if steps <= MOST:
        return _sized(left, wide, top, HIGH, sizes.ravel(), step, [brief(float(size)) for size in sizes.ravel()])
    # The outline of each row comes first, an empty cell below all others.
    parts = [np.zeros(count), left], [np.full(count, ACROSS), wide], [np.array(tops), top]
    left, wide, top = map(np.concatenate, parts)
    sizes, step = np.concatenate([np.zeros(count), sizes.ravel()]), np.concatenate([np.zeros(count), step])
    return _sized(left, wide, top, HIGH, sizes, step, [""] * len(sizes))


CLOSE, APART = 3, 14  # px between the directions of a layer, and between layers


@kept
def changed(settings: Settings, kind: str, step: int, sample: int) -> Grid:
    """How far each h moves when a number of the input at `step` is changed: rows as in the structure, x below."""
    found = change(settings, kind, step, sample)
    layers, _, steps = found.h.shape
    tops, words = _change_places(layers, steps)
    cells = _rows(np.concatenate([found.h.reshape(2 * layers, steps), found.x[None]]), tops)
    mark = np.zeros(len(cells["t"]), "uint8")
    mark[step - 1 - steps] = 1
    return Grid({**cells, "mark": mark}, words, None, int(tops[-1]) + HIGH + FOOT)


@kept
def _change_places(layers: int, steps: int) -> tuple[list[float], Columns]:
    """The upper edges of all rows, those of layer 0 first and x last, and the words beside them."""
    pitch = 2 * HIGH + CLOSE + APART
    tops: list[float] = []
    words: list[Word] = []
    for layer in range(layers):
        top = TOP + (layers - 1 - layer) * pitch
        tops += [top, top + HIGH + CLOSE]
        words += _directions(layer, tops[-2], tops[-1])
    bottom = TOP + layers * pitch
    words.append((0, bottom + HIGH / 2, ACROSS, NAME, "x"))
    words += _steps(steps, lambda at: ACROSS * (at + 0.5) / steps, bottom + HIGH + 14)
    return [*tops, bottom], _words(words)


@kept
def mirrored(settings: Settings, stage: str, sample: int) -> Grid:
    """How far the two directions are apart over a palindrome: a row a layer, the last one on top."""
    apart = mirror(settings, stage, sample).max_abs_diff
    layers, steps = apart.shape
    tops: list[float] = [TOP + (layers - 1 - layer) * (HIGH + BETWEEN) for layer in range(layers)]
    words: list[Word] = [(0, top + HIGH / 2, ACROSS, NAME, f"layer {layer}") for layer, top in enumerate(tops)]
    bottom = TOP + layers * (HIGH + BETWEEN)
    words += _steps(steps, lambda at: ACROSS * (at + 0.5) / steps, bottom + 6)
    return Grid(_rows(apart, tops), _words(words), None, bottom + FOOT - BETWEEN)
