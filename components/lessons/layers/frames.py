"""A module as a grid, with the place of each cell, arrow and word. Time goes across, and layers go up.

Each layer has two rows, one for each direction. Inputs are at the bottom and output is at the top. Between two layers
stands what the upper layer reads: the h of both directions, side by side. The slots of `h_n` stand where each direction
ends: the forward direction at the right, the reverse direction at the left.
"""

from collections.abc import Callable
from itertools import pairwise

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
        return f"{size:.2g}"
    digits, power = f"{size:.0e}".split("e")
    return f"{digits}e−{abs(int(power))}"


class _Places:
    """The places of cells, slots and rows in the grid."""

    def __init__(self, layers: int, steps: int) -> None:
        self.layers, self.steps = layers, steps
        self.roomy = steps <= MOST
        self.wide = max(1.35, steps / 4.4)  # width of a slot in columns
        self.side = self.wide + 0.45
        self.unit = WIDTH / (steps + 2 * self.side)
        self.pitch = 2 * HIGH + BETWEEN + 2 * AIR + JOIN
        self.inputs = TOP + HIGH + layers * self.pitch - JOIN  # upper edge of the inputs
        self.height = self.inputs + HIGH + FOOT

    def x(self, column: float) -> float:
        """The px of a place in columns. Step 1 begins at column 0."""
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


@kept
def structure(layers: int, steps: int) -> Layout:
    """The picture of what feeds what, with the turn in which each h can be computed.

    `cells` have t, value, text and feeds, which has a bit for each slot that the cell feeds. `lines` have feeds and
    least, the width in px that the picture needs to show them. With too many steps for arrows there are no lines.
    """
    turn = turns(layers, 2, steps)
    places, fed = _Places(layers, steps), _bits(layers)
    scene = Scene(places.height, _WORDS, MARGIN)

    def add(
        across: tuple[float, float],
        down: tuple[float, float],
        opacity: float,
        feeding: int,
        step: int,
        value: int,
        text: str = "",
    ) -> None:
        (left, right), (top, bottom) = across, down
        scene.cell(
            left, top, right - left, bottom - top, opacity=opacity, feeds=feeding, t=step, value=value, text=text
        )

    shades = EARLY + (LATE - EARLY) * turn / turn.max()
    if not places.roomy:  # one outline around all cells of a row
        for row, bits in enumerate(fed):
            top = places.row(*divmod(row, 2))
            add((places.x(0), places.x(steps)), (top, top + HIGH), 0, bits, 0, 0)
    for layer, direction, step in np.ndindex(turn.shape):
        number, top = int(turn[layer, direction, step]), places.row(layer, direction)
        opacity, bits = float(shades[layer, direction, step]), fed[2 * layer + direction]
        text = str(number) if places.roomy else ""
        add(places.cell(direction, step), (top, top + HIGH), opacity, bits, step + 1, number, text)
    for layer in range(layers + 1):
        feeding, down = _above(layers, layer), places.read(layer)
        if not places.roomy:
            add((places.x(0), places.x(steps)), down, READ, feeding, 0, 0)
            continue
        # The input, or the h of both directions below, side by side.
        parts = [(FORWARD[0], 0.5), (0.5, REVERSE[1])] if layer else [(FORWARD[0], REVERSE[1])]
        for step in range(steps):
            for direction, (left, right) in enumerate(parts):
                known = int(turn[layer - 1, direction, step]) if layer else 0
                add((places.x(step + left), places.x(step + right)), down, READ, feeding, step + 1, known)
    for row in range(2 * layers):
        layer, direction = divmod(row, 2)
        top, ended = places.row(layer, direction), 1 if direction else steps
        last = int(turn[layer, direction, ended - 1])
        add(places.slot(direction), (top, top + HIGH), SLOT, 1 << row, ended, last, f"h_n[{row}]")
    if places.roomy:
        _add_arrows(scene, places, fed)
    _add_names(scene, places)
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


def _add_rows(
    scene: Scene, sizes: np.ndarray, limit: float, tops: list[float], mark: tuple[int, int] | None = None
) -> None:
    """Cells for sizes (rows, steps), of which rounding explains those up to `limit`.

    `tops` are the rows' upper edges. `mark` is the (row, step) of a marked cell.
    """
    count, steps = sizes.shape
    wide, many = WIDTH / steps, steps > MOST
    if many:  # an empty cell for the outline of each row, below all other cells
        scene.cells(0, np.array(tops), WIDTH, HIGH, opacity=0.0, t=0, value=0.0, text="", mark=0)
    scene.cells(
        x=np.tile(np.arange(steps) * wide, count),
        y=np.repeat(np.array(tops), steps),
        width=wide,
        height=HIGH,
        opacity=shade(sizes.ravel(), limit),
        t=np.tile(np.arange(1, steps + 1), count),
        value=sizes.ravel().astype(np.float32),
        text="" if many else [brief(float(size)) for size in sizes.ravel()],
        mark=np.arange(sizes.size) == (-1 if mark is None else mark[0] * steps + mark[1]),
    )


CLOSE, WIDE = 3, 14  # px between the directions of a layer, and between layers


@kept
def changed(settings: Settings, kind: str, step: int, sample: int) -> Layout:
    """The picture of how much each h changes if a number of the input at `step` is changed.

    Rows stand as in the structure, with x below. `cells` have t, value, text, and mark, which is 1 for the changed x.
    """
    effect = change(settings, kind, step, sample)
    layers, _, steps = effect.h.shape
    pitch = 2 * HIGH + CLOSE + WIDE
    bottom = TOP + layers * pitch
    scene = Scene(bottom + HIGH + FOOT, _WORDS, MARGIN)
    tops: list[float] = []
    for layer in range(layers):
        top = TOP + (layers - 1 - layer) * pitch
        tops += [top, top + HIGH + CLOSE]
        _add_directions(scene, layer, tops[-2], tops[-1])
    scene.label("margin head", 0, bottom + HIGH / 2, "x")
    _add_steps(scene, steps, lambda at: WIDTH * (at + 0.5) / steps, bottom + HIGH + 14)
    sizes = np.concatenate([effect.h.reshape(2 * layers, steps), effect.x[None]])
    _add_rows(scene, sizes, effect.limit, [*tops, bottom], (2 * layers, step - 1))
    return scene.layout()


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
