"""The pictures of a batch of different lengths: how it is packed, where padding does harm, what padding wastes."""

import math
from dataclasses import dataclass, replace

import numpy as np

from components.charts.columns import Columns
from components.charts.scene import WIDTH, Layout, Scene, wide_enough
from components.kept import kept
from components.lessons.lengths.facts import LAST, OWN, WAYS, Packed, Way, Ways, packed
from components.lessons.lengths.line.facts import Corpus, Lengths

MARGIN = 50  # px left of the cells

# How a batch is packed.

# Up to so many columns have room for outlines. If there are more wrong steps, a red cell stands for several of them.
MOST_COLUMNS = 50
MOST_WALKED = 256  # rows of data that the step control can reach
MOST_ROW = 480  # up to so many rows of data, the picture also shows `data` as one row
HEAD, BELOW = 46, 36  # px above the blocks, and between the blocks and the row of data
SHADES = (0.12, 0.48)  # opacities of the first and the last sample
PADDED = -1  # k of a cell that is padding
_WORDS = ("name", "small margin", "text end", "faint", "faint tick", "faint step", "bold tick", "bold step")


def is_dense(lengths: Lengths) -> bool:
    """Whether there are so many steps that cells have no room for outlines."""
    return max(lengths) > MOST_COLUMNS


def row_height(rows: int) -> float:
    """Height in px of a row, if there are so many rows."""
    return 28.0 if rows <= 6 else 20.0 if rows <= 10 else 15.0


def blocks_height(lengths: Lengths) -> int:
    """The picture's height in px. Below the blocks stands the row of data, unless it has too many cells."""
    blocks = HEAD + int(len(lengths) * row_height(len(lengths))) + BELOW
    return blocks + (60 if sum(lengths) <= MOST_ROW else 0)


@dataclass(frozen=True, eq=False)
class Blocks:
    """The picture of padding and packing, with a name and a sentence for each row of `data`."""

    scene: Layout  # cells: k, the row of data; lines: the arrows between the blocks
    names: tuple[str, ...]  # of the rows of data that the step control can reach
    said: tuple[str, ...]  # a sentence for each of these


@dataclass(frozen=True)
class _Places:
    """The places of the two blocks. The unit is a column, which is one step wide."""

    lengths: Lengths

    @property
    def steps(self) -> int:
        return max(self.lengths)

    @property
    def gap(self) -> float:
        """Columns at the right of each block, for the arrows."""
        return max(2.4, 0.3 * self.steps)

    @property
    def packed(self) -> float:
        """Left edge of the packed block."""
        return self.steps + self.gap

    @property
    def end(self) -> float:
        """Right edge of the picture."""
        return 2 * self.packed

    @property
    def unit(self) -> float:
        """Width of a column in px."""
        return WIDTH / self.end

    @property
    def row(self) -> float:
        """Height of a row in px."""
        return row_height(len(self.lengths))


@kept
def blocks(lengths: Lengths) -> Blocks:
    """The picture: the padded block, the packed block, the arrows between them, and `data` as one row."""
    packing, places = packed(lengths), _Places(lengths)
    scene = Scene(blocks_height(lengths), _WORDS, MARGIN)
    _add_blocks(scene, places, packing)
    _add_arrows(scene, places, packing)
    _add_words(scene, places, packing)
    walked = range(min(sum(lengths), MOST_WALKED))
    return Blocks(
        scene.layout(),
        tuple(f"data[{number}]" for number in walked),
        tuple(_said(packing, number) for number in walked),
    )


def _add_blocks(scene: Scene, places: _Places, packing: Packed) -> None:
    """The steps in the padded block and in the packed block, the padding, and `data` as one row."""
    unit, row = places.unit, places.row
    step, sample, place = np.array(packing.steps), np.array(packing.samples), np.array(packing.back)
    k = np.arange(len(step))
    opacity = np.linspace(*SHADES, max(len(places.lengths), 2))[sample]
    scene.cells(step * unit, HEAD + sample * row, unit, row, opacity=opacity, k=k)
    scene.cells((places.packed + step) * unit, HEAD + place[sample] * row, unit, row, opacity=opacity, k=k)
    ends = np.array(places.lengths)
    short = np.flatnonzero(ends < places.steps)
    padding = (places.steps - ends[short]) * unit
    scene.cells(ends[short] * unit, HEAD + short * row, padding, row, opacity=0.0, k=PADDED)
    if len(k) <= MOST_ROW:
        top, wide = _data_top(places), WIDTH / len(k)
        scene.cells(k * wide, top, wide, row if row > 20 else 20, opacity=opacity, k=k)
        scene.label("name", 0, top - 14, "data")


def _data_top(places: _Places) -> float:
    """Upper edge of the row of data."""
    return HEAD + len(places.lengths) * places.row + BELOW + 28


def _add_arrows(scene: Scene, places: _Places, packing: Packed) -> None:
    """Arrows from each sample to its row in the packed block, and from the row back to the sample."""
    row, order = places.row, np.array(packing.order)
    own, at = HEAD + (order + 0.5) * row, HEAD + (np.arange(len(order)) + 0.5) * row
    start, stop = places.steps + 0.08 * places.gap, places.packed - 0.4 * places.gap
    for left, y, y2 in ((0.0, own, at), (places.packed, at, own)):
        scene.lines((left + start) * places.unit, y, (left + stop) * places.unit, y2)


def _add_words(scene: Scene, places: _Places, packing: Packed) -> None:
    """The blocks' names, the samples beside their rows, the steps above the columns, and `batch_sizes` below."""
    unit, row, gap = places.unit, places.row, places.gap
    starts = (0.0, places.packed * unit)
    for x, name in zip(starts, ("padded", "packed"), strict=True):
        scene.label("name", x, 10, name)
    scene.label("small margin", 0, 36, "sample")
    before = starts[1] - 0.06 * gap * unit
    scene.label("text end", before, 36, "sorted")
    scene.label("text end", WIDTH, 36, "back")
    scene.label("text end", before, HEAD + packing.batch_sizes[0] * row + 10, "batch_sizes")
    for place, sample in enumerate(packing.order):
        y = HEAD + (place + 0.5) * row
        scene.label("small margin", 0, y, str(place))
        scene.label("bold tick", starts[1] - 0.2 * gap * unit, y, str(sample))
        scene.label("bold tick", WIDTH - 0.2 * gap * unit, y, str(place))
    for t, size in enumerate(packing.batch_sizes):
        # All steps have a number if there is room; the first and the last always have one.
        kind, least = ("tick", 0.0) if t in (0, places.steps - 1) else ("step", 20 * places.end)
        for x in starts:
            if t:
                scene.label(f"faint {kind}", x + (t + 0.5) * unit, 36, str(t + 1), least=least)
            else:
                scene.label("faint", x, 36, "t = 1")
        y = HEAD + packing.batch_sizes[0] * row + 10
        scene.label(f"bold {kind}", starts[1] + (t + 0.5) * unit, y, str(size), least=least)


def _said(packing: Packed, k: int) -> str:
    step, sample = packing.steps[k], packing.samples[k]
    return f"data[{k}] is sample {sample} at step {step + 1}, in row {packing.back[sample]} of the packed block"


# Where padding does harm.

RESULT = "h_n"  # the place of what is read in the first panel
PANEL_HEAD, PANEL_FOOT, BETWEEN = 24, 26, 14  # px above the rows of a panel, below, and between two panels
RIGHT, PADDING, FAINTEST = 0.14, 0.03, 0.35  # opacities of right numbers, of padding and of the smallest error


def damage_height(settings_rows: int, directions: int) -> int:
    """The picture's height in px, for so many samples and directions. There are two lines of two panels."""
    return int(2 * _panel_height(settings_rows, directions) + BETWEEN)


def _panel_height(samples: int, directions: int) -> float:
    return PANEL_HEAD + samples * _panel_row(samples, directions) + PANEL_FOOT


def _panel_row(samples: int, directions: int) -> float:
    return (26.0 if samples <= 6 else 20.0 if samples <= 10 else 15.0) * (1.15 if directions == 2 else 1)


def damage(ways: Ways, lengths: Lengths, worst: tuple[str, ...], revealed: bool = True) -> Layout:
    """The picture of the four ways. Each way is a panel, with a row for each sample and direction.

    `worst` has the words below each panel. `cells` have wrong (1 for a wrong number), edge (px of the outline around
    what is read as the result), difference (the largest in the cell) and sample. Until `revealed`, no cell is wrong
    and no difference is a number.
    """
    if not revealed:
        ways = replace(ways, tolerance=math.inf)
    count, steps = len(lengths), max(lengths)
    directions = ways.ways[0].read.shape[1]
    row = _panel_row(count, directions)
    gap = max(1.0, 0.12 * steps)  # columns between two panels
    unit = WIDTH / (2 * steps + gap)
    scene = Scene(damage_height(count, directions), ("head", "foot", "small margin", "faint step"), MARGIN)
    rows: list[tuple[float, ...]] = []
    for number, way in enumerate(ways.ways):
        line, column = divmod(number, 2)
        left, head = column * (steps + gap), line * (_panel_height(count, directions) + BETWEEN)
        top = head + PANEL_HEAD
        scene.label("head", left * unit, head + 10, WAYS[number])
        scene.label("foot", left * unit, top + count * row + 14, worst[number])
        if not column:
            scene.label("small margin", 0, head + 11, "sample")
        for sample, length in enumerate(lengths):
            middle = top + (sample + 0.5) * row
            if not column:
                scene.label("small margin", 0, middle, str(sample))
            free = steps - length - (way.name == LAST)  # columns of padding in which nothing is read
            if free > 0 and way.name in (LAST, OWN):
                needs = wide_enough(56, free * unit)
                scene.label("faint step", (left + length + free / 2) * unit, middle, "padding", least=needs)
        for sample, length in enumerate(lengths):
            for direction in range(directions):
                high = (row - 3) / directions
                place = left, top + sample * row + direction * high, high - (1 if directions == 2 else 0)
                rows += _row(ways, way, (sample, direction), place, length, steps)
    seen = _seen(steps)
    scene.place(RESULT, (steps - seen) * unit, PANEL_HEAD, seen * unit, count * row - 3)
    start, columns, top_, high_, wrong, opacity, edge, difference, sample_ = np.array(rows, np.float64).T
    scene.cells(
        start * unit,
        top_,
        columns * unit,
        high_,
        opacity=opacity,
        wrong=wrong.astype(np.int8),
        edge=edge.astype(np.int8),
        difference=difference if revealed else np.nan,
        sample=sample_.astype(np.int8),
    )
    return scene.layout()


def _row(
    ways: Ways,
    way: Way,
    which: tuple[int, int],
    place: tuple[float, float, float],
    length: int,
    steps: int,
) -> list[tuple[float, ...]]:
    """The cells of a sequence in one direction: its steps, its padding, its wrong steps, and the step that is read.

    A cell is (left edge and width in columns, upper edge and height in px, wrong, opacity, edge, difference, sample).
    """
    (sample, direction), (left, top, high) = which, place
    difference = way.output[sample, direction, :length].double().numpy()
    several = -(-steps // MOST_COLUMNS)
    rows: list[tuple[float, ...]] = []
    if several > 1:  # then the right steps have no cells of their own
        rows.append((left, length, top, high, 0, RIGHT, 0, float(difference.min()), sample))
    if length < steps:
        rows.append((left + length, steps - length, top, high, 0, PADDING, 0, np.nan, sample))
    for first in range(0, length, several):
        worst = float(difference[first : first + several].max())
        wrong, wide = not ways.same(worst), min(several, length - first)
        if wrong or several == 1:
            rows.append(
                (left + first, wide, top, high, int(wrong), _shade(worst) if wrong else RIGHT, 0, worst, sample)
            )
    column, read = int(way.columns[sample, direction]), float(way.read[sample, direction])
    good = ways.same(read)
    seen = _seen(steps)
    x, edge = left + min(column, steps - seen), 1 if several > 1 else 2
    rows.append((x, seen, top, high, int(not good), RIGHT if good else _shade(read), edge, read, sample))
    return rows


def _seen(steps: int) -> float:
    """The columns of the cell that is read. It is wide enough to be seen."""
    return max(1.0, steps / 28)


def _shade(difference: float) -> float:
    """Opacity of an error, at most 1. It is the square root, so that small errors can be seen."""
    return max(FAINTEST, math.sqrt(min(difference, 1.0)))


# What padding wastes.


def waste_columns(sentences: Corpus) -> Columns:
    """x, longest, mean, by_length: a row for each batch, and one more row that ends the last batch's step."""
    parts = []
    for sorted_, batches in enumerate((sentences.random, sentences.by_length)):
        whole = [*batches, batches[-1]]
        parts.append([(x, block.longest, block.filled / block.sequences, sorted_) for x, block in enumerate(whole)])
    x, longest, mean, by_length = np.array([row for part in parts for row in part], np.float32).T
    return {
        "x": x.astype(np.uint8),
        "longest": longest.astype(np.uint8),
        "mean": mean,
        "by_length": by_length.astype(np.int8),
    }
