"""A module as a grid: the place of each cell, arrow and word, and what the cells show.

Time goes across, and layers go up.

Each layer has two rows, one for each direction. Inputs are at the bottom and output is at the top. Between two layers
stands what the upper layer reads: the h of both directions, side by side. The slots of `h_n` stand where each direction
ends: the forward direction at the right, the reverse direction at the left.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from components.charts.scene import WIDTH, Layout, Scene, wide_enough
from components.kept import kept
from components.lessons.layers.facts import change, feeds, mirror, turns
from components.lstm.compare import counts
from components.settings import Settings

MOST = 16  # up to so many steps there are arrows and numbers; with more, cells have no gaps
MARGIN = 88  # px left of the cells
TOP, HIGH, BETWEEN, AIR, JOIN, FOOT = 4, 28, 8, 18, 13, 24  # px
FORWARD, REVERSE = (0.04, 0.58), (0.42, 0.96)  # a cell's place in its column
WAYS = (0.25, 0.75)  # the places of the arrows up, beside the other direction's cell
LEAST, LARGEST = 1e-6, 1.0  # the changes with the palest and the deepest shade, on a logarithmic scale
PALEST, DEEPEST = 0.08, 0.5  # opacities; ink is legible on the deepest
EARLY, LATE, READ = 0.06, 0.42, 0.05  # opacities of the first turn, the last turn, and of what a layer reads
SLOT = 0.3  # opacity of a slot
ARROW = 16  # px; in a narrower column an arrow cannot be seen
LETTER = 6  # least width of a letter in px
_WORDS = ("margin head", "margin faint", "faint step")
# Places that an answer points at
REVERSE_0, LAYER_0, LAYER_1, READ_1 = "reverse of layer 0", "layer 0", "layer 1", "x of layer 1"


def shade(size: np.ndarray, limit: float) -> np.ndarray:
    """Opacities of changes. A change of at most `limit`, which rounding explains, has the opacity 0."""
    with np.errstate(divide="ignore"):
        place = np.log10(np.maximum(size, LEAST) / LEAST) / np.log10(LARGEST / LEAST)
    return np.where(counts(size, limit), PALEST + (DEEPEST - PALEST) * np.minimum(place, 1), 0)


def brief(size: float) -> str:
    """A change as a short text that fits into a cell."""
    if size == 0:
        return "0"
    if size >= 0.0095:
        return f"{size:.2g}" if size >= 0.095 else f"{size:.1g}"
    digits, power = f"{size:.0e}".split("e")
    return f"{digits}e−{abs(int(power))}"


class _Places:
    """The places of cells, slots and rows in the grid."""

    def __init__(self, layers: int, steps: int) -> None:
        self.layers, self.steps = layers, steps
        self.roomy = steps <= MOST
        self.wide = max(1.1, steps / 6)  # width of a slot in columns
        self.side = self.wide + 0.45
        self.unit = WIDTH / (steps + 2 * self.side)
        self.pitch = 2 * HIGH + BETWEEN + 2 * AIR + JOIN
        self.inputs = TOP + HIGH + layers * self.pitch - JOIN  # upper edge of the inputs
        self.height = self.inputs + HIGH + FOOT

    def x(self, column: Any) -> Any:
        """The px of a place in columns, or of an array of places. Step 1 begins at column 0."""
        return (column + self.side) * self.unit

    def row(self, layer: int, direction: int) -> float:
        """Upper edge of a row's cells."""
        top = TOP + HIGH + AIR + (self.layers - 1 - layer) * self.pitch
        return top + direction * (HIGH + BETWEEN)

    def read(self, layer: int) -> tuple[float, float]:
        """Upper and lower edge of what a layer reads. For `layer` = L, this is `output`."""
        if layer == 0:
            return self.inputs, self.inputs + HIGH
        if layer == self.layers:
            return TOP, TOP + HIGH
        lower = self.row(layer - 1, 0) - AIR
        return lower - JOIN, lower

    def cell(self, direction: int, step: int) -> tuple[float, float]:
        """Left and right edge of a row's cell; steps count from 0."""
        left, right = (REVERSE if direction else FORWARD) if self.roomy else (0.0, 1.0)
        return self.x(step + left), self.x(step + right)

    def slot(self, direction: int) -> tuple[float, float]:
        """Left and right edge of a slot."""
        left = -self.side if direction else self.steps + 0.45
        return self.x(left), self.x(left + self.wide)


def _bits(layers: int) -> list[int]:
    """For each row, the slots that it feeds. Each slot is a bit."""
    slots = feeds(layers, 2)
    return [sum(1 << slot for slot, fed in enumerate(slots) if fed[row]) for row in range(2 * layers)]


def _above(layers: int, layer: int) -> int:
    """The slots of `layer` and of all layers above it. Each slot is a bit."""
    return sum(1 << slot for slot in range(2 * layer, 2 * layers))


@dataclass(frozen=True, eq=False)
class _Filling:
    """What the cells of the grid show."""

    h: np.ndarray  # (L, D, T): the number in the cell of each h
    x: np.ndarray  # (T,)
    shade: Callable[[np.ndarray], np.ndarray]  # opacities of numbers
    read: Callable[[np.ndarray], np.ndarray]  # opacities of the same numbers, where a layer reads them
    write: Callable[[float], str]  # the text in a cell
    slot: float | None = None  # opacity of all slots; None: a slot is shaded as the h that it holds
    mark: int = 0  # the step at which x is marked; 0 for none


@kept
def structure(layers: int, steps: int) -> Layout:
    """The picture of what feeds what, with the turn in which each h can be computed.

    `cells` have t, value, text, mark, and feeds, which has a bit for each slot that the cell feeds. `lines` have feeds
    and least, the width in px that the picture needs to show them. With too many steps for arrows there are no lines.
    """
    turn = turns(layers, 2, steps)
    return _grid(
        _Filling(
            turn,
            np.zeros(steps, np.int16),
            lambda number: EARLY + (LATE - EARLY) * number / turn.max(),
            lambda number: np.full(number.shape, READ),
            lambda number: str(int(number)),
            SLOT,
        )
    )


@kept
def reached(settings: Settings, kind: str, step: int, sample: int, revealed: bool) -> Layout:
    """The same picture with how much each h changes if a number of the input at `step` is changed.

    The changed x is marked. Until `revealed` the cells are empty, and their value is -1.
    """
    if not revealed:
        empty = np.full((settings.num_layers, 2, settings.seq_len), -1, np.float32)
        return _grid(_Filling(empty, empty[0, 0], np.zeros_like, np.zeros_like, lambda _: "", mark=step))
    effect = change(settings, kind, step, sample)

    def shaded(size: np.ndarray) -> np.ndarray:
        return shade(size, effect.limit)

    return _grid(_Filling(effect.h, effect.x, shaded, shaded, brief, mark=step))


def _grid(filling: _Filling) -> Layout:
    """The grid of all layers, directions and steps, with arrows if there is room for them."""
    layers, _, steps = filling.h.shape
    places, fed = _Places(layers, steps), _bits(layers)
    scene = Scene(places.height, _WORDS, MARGIN)

    def outline(down: tuple[float, float], feeding: int, opacity: float = 0) -> None:
        """One cell around all cells of a row."""
        left, right = places.x(0), places.x(steps)
        width, height = right - left, down[1] - down[0]
        scene.cell(left, down[0], width, height, opacity=opacity, feeds=feeding, t=0, value=-1.0, text="", mark=0)

    def row(
        parts: tuple[float, float],
        down: tuple[float, float],
        values: np.ndarray,
        opacity: np.ndarray,
        feeding: int,
        texts: bool = False,
        marked: int = 0,
        first: int = 1,
    ) -> None:
        """A cell for each step from `first` on. `parts` are its edges in the column, from 0 to 1."""
        t = np.arange(first, first + len(values))
        scene.cells(
            places.x(t - 1 + parts[0]),
            down[0],
            (parts[1] - parts[0]) * places.unit,
            down[1] - down[0],
            opacity=opacity,
            feeds=feeding,
            t=t,
            value=values.astype(np.float32),
            text=[filling.write(float(value)) for value in values] if texts else "",
            mark=t == marked,
        )

    if not places.roomy:
        for number, bits in enumerate(fed):
            top = places.row(*divmod(number, 2))
            outline((top, top + HIGH), bits)
    shades, reads = filling.shade(filling.h), filling.read(filling.h)
    for number, bits in enumerate(fed):
        layer, direction = divmod(number, 2)
        top = places.row(layer, direction)
        across = (REVERSE if direction else FORWARD) if places.roomy else (0.0, 1.0)
        row(across, (top, top + HIGH), filling.h[layer, direction], shades[layer, direction], bits, places.roomy)
    for layer in range(layers + 1):
        feeding, down = _above(layers, layer), places.read(layer)
        if not places.roomy:
            outline(down, feeding, READ)
        if layer == 0:
            first, end = (1, steps) if places.roomy else (filling.mark, filling.mark)  # without room, only the marked x
            values, across = filling.x[first - 1 : end], (FORWARD[0], REVERSE[1]) if places.roomy else (0.0, 1.0)
            if filling.mark or places.roomy:
                row(across, down, values, filling.read(values), feeding, False, filling.mark, first)
        elif places.roomy:  # the h of both directions below, side by side
            for direction, across in enumerate(((FORWARD[0], 0.5), (0.5, REVERSE[1]))):
                below = layer - 1, direction
                row(across, down, filling.h[below], reads[below], feeding)
    for number in range(2 * layers):
        layer, direction = divmod(number, 2)
        top, ended = places.row(layer, direction), 1 if direction else steps
        last = layer, direction, ended - 1
        left, right = places.slot(direction)
        scene.cells(
            left,
            top,
            right - left,
            HIGH,
            opacity=float(shades[last]) if filling.slot is None else filling.slot,
            feeds=1 << number,
            t=ended,
            value=np.float32(filling.h[last]),
            text=f"h_n[{number}]",
            mark=False,
        )
    if places.roomy:
        _add_arrows(scene, places, fed)
    _add_names(scene, places)
    for name, top, bottom in (
        (REVERSE_0, places.row(0, 1), places.row(0, 1) + HIGH),
        (LAYER_0, places.row(0, 0), places.row(0, 1) + HIGH),
        (LAYER_1, places.row(1, 0), places.row(1, 1) + HIGH),
        (READ_1, *places.read(1)),
    ):
        scene.place(name, places.x(0), top, places.x(steps) - places.x(0), bottom - top)
    return scene.layout()


def _add_names(scene: Scene, places: _Places) -> None:
    """The names in the margin, and the numbers of the steps below."""
    scene.label("margin head", 0, TOP + HIGH / 2, "output")
    scene.label("margin head", 0, places.inputs + HIGH / 2, "x")
    for layer in range(places.layers):
        _add_directions(scene, layer, places.row(layer, 0), places.row(layer, 1))
        if layer:
            scene.label("margin faint", 0, sum(places.read(layer)) / 2, f"x of layer {layer}")
    _add_steps(scene, places.steps, lambda step: places.x(step + 0.5), places.inputs + HIGH + 14)


def _add_directions(scene: Scene, layer: int, forward: float, reverse: float) -> None:
    """The names of a layer's two rows. `forward` and `reverse` are their upper edges."""
    scene.label("margin head", 0, forward + 4, f"layer {layer}")
    scene.label("margin faint", 0, forward + 22, "forward →")
    scene.label("margin faint", 0, reverse + HIGH / 2, "← reverse")


def _add_steps(scene: Scene, steps: int, at: Callable[[int], float], y: float) -> None:
    """The numbers of the steps: the first, the last, and as many others as there is room for."""
    every = 1 if steps <= MOST else 5 if steps <= 50 else 20
    for step in range(steps):
        t = step + 1
        ends, text = t in (1, steps), "t = 1" if step == 0 else str(t)
        if ends or (t % every == 0 and t <= steps - every / 2):
            room = WIDTH if ends else (at(1) - at(0)) * every * 0.42  # with some air around it
            scene.label("faint step", at(step), y, text, least=wide_enough(LETTER * len(text), room))


def _add_arrows(scene: Scene, places: _Places, fed: list[int]) -> None:
    """Arrows along the rows, from what is read up to the cells, and from the cells up to what the next layer reads."""
    least = wide_enough(ARROW, places.unit)

    def add(x: float, y: float, x2: float, y2: float, feeding: int) -> None:
        scene.arrow(x, y, x2, y2, feeds=feeding, least=least)

    for row, bits in enumerate(fed):
        layer, direction = divmod(row, 2)
        top, way = places.row(layer, direction), WAYS[direction]
        middle, bottom = top + HIGH / 2, top + HIGH
        enters, leaves = places.read(layer)[0], places.read(layer + 1)[1]
        order = range(places.steps)[:: -1 if direction else 1]
        sides = [places.cell(direction, step)[:: -1 if direction else 1] for step in order]
        for (_, from_x), (to_x, _) in pairwise(sides):
            add(from_x, middle, to_x, middle, bits)
        add(sides[-1][1], middle, places.slot(direction)[direction], middle, 1 << row)
        for step in range(places.steps):
            x = places.x(step + way)
            add(x, enters, x, bottom, bits)
            add(x, top, x, leaves, bits & _above(places.layers, layer + 1))


# Sizes in cells that stand edge to edge


def _add_rows(scene: Scene, sizes: np.ndarray, limit: float, tops: list[float]) -> None:
    """Cells for sizes (rows, steps), of which rounding explains those up to `limit`.

    `tops` are the rows' upper edges.
    """
    count, steps = sizes.shape
    wide, many = WIDTH / steps, steps > MOST
    if many:  # an empty cell for the outline of each row, below all other cells
        scene.cells(0, np.array(tops), WIDTH, HIGH, opacity=0.0, t=0, value=0.0, text="")
    scene.cells(
        x=np.tile(np.arange(steps) * wide, count),
        y=np.repeat(np.array(tops), steps),
        width=wide,
        height=HIGH,
        opacity=shade(sizes.ravel(), limit),
        t=np.tile(np.arange(1, steps + 1), count),
        value=sizes.ravel().astype(np.float32),
        text="" if many else [brief(float(size)) for size in sizes.ravel()],
    )


@kept
def mirrored(settings: Settings, stage: str, sample: int) -> Layout:
    """The picture of the directions' difference over a palindrome: a row for each layer, the last on top."""
    found = mirror(settings, stage, sample)
    differences = found.max_abs_diff
    layers, steps = differences.shape
    bottom = TOP + layers * (HIGH + BETWEEN)
    scene = Scene(bottom + FOOT - BETWEEN, _WORDS, MARGIN)
    tops: list[float] = [TOP + (layers - 1 - layer) * (HIGH + BETWEEN) for layer in range(layers)]
    for layer, top in enumerate(tops):
        scene.label("margin head", 0, top + HIGH / 2, f"layer {layer}")
    _add_steps(scene, steps, lambda at: WIDTH * (at + 0.5) / steps, bottom + 6)
    _add_rows(scene, differences, found.limit, tops)
    return scene.layout()
