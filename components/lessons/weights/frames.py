"""Parameters as cells in one picture, their spread as bars, and four libraries' blocks side by side.

All positions are made here, so that the browser computes none: across in ten-thousandths of the width, down in tenths
of a pixel, both as small integers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor

from components.charts.columns import Columns
from components.charts.pages import even_page
from components.kept import kept
from components.lessons.weights.facts import GATES, LIBRARIES, Spread, by_gate, sorted_for, tensors
from components.lstm.build import shared_build
from components.settings import Settings

# The blocks

MAX_UNITS, MAX_COLUMNS = 16, 24  # that are drawn at once, of each gate and of each tensor
HEAD, BLOCK, GAP = 62, 96, 8  # px above the cells, of a gate's rows, and between the gates
HEIGHT = HEAD + 4 * BLOCK + 3 * GAP
FIGURES = 6  # units up to which the rows are high enough for numbers
_WIDE, _BETWEEN = 10_000, 200  # of the picture, and between two tensors
_LEAST = {"weight_ih": 1900, "weight_hh": 1900, "biases": 1500, "weight_hr": 1700}  # widths that hold the headings
STYLES = ("name", "shape", "column", "unit")  # of the words, by their number
# What a column of cells is multiplied with, by its number: the first three are themselves numbered.
READS = X, READ_H, UNIT, BIAS_IH, BIAS_HH = ("x", "h", "unit", "bias_ih", "bias_hh")


@dataclass(frozen=True)
class Part:
    """The rows or columns of a tensor that are drawn: `first` up to but not with `end`, of `count`."""

    first: int
    end: int
    count: int

    @property
    def whole(self) -> bool:
        """Whether that is all of them."""
        return self.end - self.first == self.count

    def words(self, what: str) -> str:
        """As in "units 0 to 15 of 128"."""
        return f"{what} {self.first} to {self.end - 1} of {self.count}"


@dataclass(frozen=True, eq=False)
class Blocks:
    """What the picture of one layer and direction draws."""

    cells: Columns  # x0, x1, y0, y1, shade (hundredths of the bound), value, gate (4: none), unit, reads, at
    outlines: Columns  # gate, x0, x1, y0, y1: a gate's rows in a tensor; gate 4 is none
    gates: Columns  # gate, y0, y1, symbol, name, rows
    words: Columns  # style, x, y, text
    units: Part
    columns: dict[str, Part]  # by tensor
    parts: int  # pictures that it takes to show all
    bound: float  # the deepest shade


def parts(settings: Settings, layer: int) -> int:
    """How many pictures it takes to show every unit and every column."""
    reads = settings.input_size if layer == 0 else settings.output_size * settings.num_directions
    counts = [(settings.hidden_size, MAX_UNITS), (reads, MAX_COLUMNS), (settings.output_size, MAX_COLUMNS)]
    if settings.proj_size:
        counts += [(settings.proj_size, MAX_UNITS), (settings.hidden_size, MAX_COLUMNS)]
    return max(even_page(count, most).pages for count, most in counts)


def part(count: int, most: int, number: int) -> Part:
    """Part `number` (from 0) of even parts of at most `most`; a number beyond the last is the last."""
    shown = even_page(count, most, number)
    return Part(shown.first, shown.last + 1, count)


@kept
def blocks(settings: Settings, layer: int, reverse: bool, number: int, bound: float) -> Blocks:
    """Part `number` of the parameters of one layer and direction, shaded on -bound to bound."""
    found = tensors(shared_build(settings).module, layer, reverse)
    units = part(settings.hidden_size, MAX_UNITS, number)
    columns = {name: part(tensor.shape[1], MAX_COLUMNS, number) for name, tensor in found.items() if tensor.dim() == 2}
    panels = _panels(found, columns, units, number)
    cells: dict[str, list[Any]] = {}
    outlines = []
    words: list[tuple[int, float, float, str]] = []
    for panel, (left, right) in zip(panels, _places(panels), strict=True):
        height, across = panel.values.shape[0] // (4 if panel.gated else 1), panel.values.shape[1]
        edges = np.linspace(left, right, across + 1).round().astype(np.int16)
        for place in range(4 if panel.gated else 1):
            top = (HEAD + place * (BLOCK + GAP)) * 10
            rows = (top + np.linspace(0, BLOCK * 10, height + 1)).round().astype(np.int16)
            values = panel.values[place * height : (place + 1) * height]
            row, column = (axis.ravel() for axis in np.indices(values.shape))
            one = {
                "x0": edges[column],
                "x1": edges[column + 1],
                "y0": rows[row],
                "y1": rows[row + 1],
                "shade": np.clip((values / bound * 100).round(), -100, 100).ravel().astype(np.int8),
                "value": values.ravel().astype(np.float32),
                "gate": np.full(len(row), place if panel.gated else 4, np.uint8),
                "unit": (row + panel.first).astype(np.uint8),
                "reads": np.array([READS.index(name) for name in panel.reads], np.uint8)[column],
                "at": np.array(panel.at, np.uint8)[column],
            }
            for name, numbers in one.items():
                cells.setdefault(name, []).append(numbers)
            outlines.append((place if panel.gated else 4, left, right, top, top + BLOCK * 10))
        words += [(0, left, 100, panel.name), (1, left, 290, panel.shape)]
        fits = -(-across // 8)
        words += [
            (2, (edges[at] + edges[at + 1]) // 2, HEAD * 10 - 110, panel.heads[at]) for at in range(0, across, fits)
        ]
    if units.end - units.first <= 8:
        step = BLOCK * 10 / (units.end - units.first)
        words += [(3, 0, HEAD * 10 - 110, "unit")]
        words += [
            (3, 0, (HEAD + place * (BLOCK + GAP)) * 10 + (unit - units.first + 0.5) * step, str(unit))
            for place in range(4)
            for unit in range(units.first, units.end)
        ]
    return Blocks(
        {name: np.concatenate(parts) for name, parts in cells.items()},
        _small(outlines, "gate x0 x1 y0 y1"),
        _gates(settings, units),
        _small(words, "style x y text"),
        units,
        columns,
        parts(settings, layer),
        bound,
    )


@dataclass(frozen=True, eq=False)
class _Panel:
    """One tensor, or both biases, as drawn."""

    name: str
    shape: str
    values: np.ndarray  # (rows, columns)
    gated: bool  # whether its rows are four gates' units
    first: int  # the number of its first row, in each gate
    reads: list[str]  # what each column is multiplied with, of `READS`
    at: Sequence[int]  # the number of that
    heads: list[str]  # above the columns


def _panels(found: dict[str, Tensor], columns: dict[str, Part], units: Part, number: int) -> list[_Panel]:
    panels = []
    for name, letter in (("weight_ih", X), ("weight_hh", READ_H)):
        tensor, drawn = found[name], columns[name]
        picked = [block[units.first : units.end, drawn.first : drawn.end] for block in by_gate(tensor).values()]
        numbers = range(drawn.first, drawn.end)
        panels.append(
            _Panel(
                name,
                str(tuple(tensor.shape)),
                np.concatenate([block.numpy() for block in picked]),
                True,
                units.first,
                [letter] * len(numbers),
                numbers,
                [f"{letter} {at}" if at == drawn.first else str(at) for at in numbers],
            )
        )
    if "bias_ih" in found:
        both = [found["bias_ih"], found["bias_hh"]]
        pairs = [
            np.stack([by_gate(bias)[gate][units.first : units.end].numpy() for bias in both], axis=1) for gate in GATES
        ]
        shape = f"2 · {tuple(both[0].shape)}"
        panels.append(
            _Panel("biases", shape, np.concatenate(pairs), True, units.first, [BIAS_IH, BIAS_HH], [0, 0], ["ih", "hh"])
        )
    if "weight_hr" in found:
        tensor, drawn = found["weight_hr"], columns["weight_hr"]
        rows = part(tensor.shape[0], MAX_UNITS, number)
        numbers = range(drawn.first, drawn.end)
        panels.append(
            _Panel(
                "weight_hr",
                str(tuple(tensor.shape)),
                tensor[rows.first : rows.end, drawn.first : drawn.end].numpy(),
                False,
                rows.first,
                [UNIT] * len(numbers),
                numbers,
                [f"u {at}" if at == drawn.first else str(at) for at in numbers],
            )
        )
    return panels


def _places(panels: list[_Panel]) -> list[tuple[int, int]]:
    """Left and right edge of each: columns of one width, save where a heading needs more."""
    room = _WIDE - _BETWEEN * (len(panels) - 1)
    wide: dict[str, float] = {}
    rest = {panel.name: panel.values.shape[1] for panel in panels}
    while rest:
        column = (room - sum(wide.values())) / sum(rest.values())
        narrow = next((name for name, count in rest.items() if count * column < _LEAST[name]), None)
        if narrow is None:
            wide |= {name: count * column for name, count in rest.items()}
            break
        wide[narrow] = float(_LEAST[narrow])
        del rest[narrow]
    places, left = [], 0.0
    for panel in panels:
        places.append((round(left), round(left + wide[panel.name])))
        left += wide[panel.name] + _BETWEEN
    return places


def _gates(settings: Settings, units: Part) -> Columns:
    rows = []
    for place, gate in enumerate(GATES):
        top = (HEAD + place * (BLOCK + GAP)) * 10
        first = place * settings.hidden_size
        ends = first + units.first, first + units.end - 1
        words = f"row {ends[0]}" if ends[0] == ends[1] else f"rows {ends[0]}–{ends[1]}"
        name = {"i": "input gate", "f": "forget gate", "g": "cell gate", "o": "output gate"}[gate]
        rows.append((place, top, top + BLOCK * 10, gate, name, words))
    return _small(rows, "gate y0 y1 symbol name rows")


def _small(rows: Iterable[tuple[Any, ...]], names: str) -> Columns:
    """Rows as columns, numbers as small integers."""
    columns: dict[str, Any] = dict(zip(names.split(), zip(*rows, strict=True), strict=True))
    return {
        name: np.array(values, object) if isinstance(values[0], str) else np.array(values).round().astype(np.int16)
        for name, values in columns.items()
    }


def parameter_table(settings: Settings, layer: int, reverse: bool, units: Part) -> pd.DataFrame:
    """Whole rows, those of the units drawn: gate, unit, row, what each number reads, bias_ih, bias_hh."""
    found = tensors(shared_build(settings).module, layer, reverse)
    drawn = range(units.first, units.end)
    chosen = [place * settings.hidden_size + unit for place in range(4) for unit in drawn]
    columns: dict[str, object] = {"gate": np.repeat(list(GATES), len(drawn)), "unit": [*drawn] * 4, "row": chosen}
    for name, letter in (("weight_ih", "x"), ("weight_hh", "h")):
        picked = found[name][chosen].numpy()
        columns |= {f"{letter} {at}": picked[:, at] for at in range(picked.shape[1])}
    columns |= {name: found[name][chosen].numpy() for name in ("bias_ih", "bias_hh") if name in found}
    return pd.DataFrame(columns)


# The spread


def spread_columns(found: Spread) -> Columns:
    """A row a bin: x0 and x1 in units of k, count; and, the same in all rows, expected, low and high.

    `low` and `high` are two standard deviations from what a uniform draw is expected to give.
    """
    bins = len(found.counts)
    edges = np.linspace(-1, 1, bins + 1).astype(np.float32)
    return {
        "x0": edges[:-1],
        "x1": edges[1:],
        "count": np.array(found.counts, np.int32),
        "expected": np.full(bins, found.expected, np.float32),
        "low": np.full(bins, max(found.expected - 2 * found.scatter, 0), np.float32),
        "high": np.full(bins, found.expected + 2 * found.scatter, np.float32),
    }


# Four libraries

PLACES = {"PyTorch": 0, "Keras": 2050, "ONNX": 4100, "TensorFlow 1": 6150}  # left edges
READ_PLACE, STACK = 8300, 1550  # of the rows read unsorted, and how wide a stack is
TOP, CHIP, CHIP_GAP = 50, 38, 6  # px
ORDERS_HEIGHT = TOP + 4 * (CHIP + CHIP_GAP)


@dataclass(frozen=True, eq=False)
class Orders:
    """The blocks of one tensor as four libraries sort them, and as one of them reads PyTorch's, unsorted."""

    chips: Columns  # gate, x0, x1, y0, y1, letter, first, right (0 where a gate is taken for another)
    lines: Columns  # gate, x, x2, y, y2: a gate's way from library to library
    words: Columns  # style, x, y, text


def orders(settings: Settings, layer: int, reverse: bool, library: str, revealed: bool = True) -> Orders:
    """`weight_ih` of one layer and direction: of each block its gate's letter and its first number.

    What another reader takes the blocks for is a question until `revealed`.
    """
    tensor = tensors(shared_build(settings).module, layer, reverse)["weight_ih"]
    chips, lines, words = [], [], []
    for name, left in PLACES.items():
        known = LIBRARIES[name]
        first = by_gate(sorted_for(tensor, known.order)[:, :1])
        words += [(0, left, 100, "TF 1" if name == "TensorFlow 1" else name)]
        for place, (gate, block) in enumerate(zip(known.order, first.values(), strict=True)):
            letter = known.g if gate == "g" else gate
            chips.append((GATES.index(gate), *_chip(left, place), letter, _short(block), 1))
    for (one, left), (other, right) in zip(list(PLACES.items())[:-1], list(PLACES.items())[1:], strict=True):
        for number, gate in enumerate(GATES):
            ends = [
                (TOP + LIBRARIES[name].order.index(gate) * (CHIP + CHIP_GAP) + CHIP / 2) * 10 for name in (one, other)
            ]
            lines.append((number, left + STACK, right, *ends))
    taken = LIBRARIES[library]
    words += [(0, READ_PLACE, 100, "unsorted,"), (1, READ_PLACE, 290, f"read as {library}")]
    for place, (gate, block) in enumerate(by_gate(tensor[:, :1]).items()):
        meant = taken.order[place]
        letter = gate if meant == gate else f"{gate} as {taken.g if meant == 'g' else meant}"
        right = int(meant == gate)
        if not revealed:
            letter, right = f"{gate} as ?", 1
        chips.append((place, *_chip(READ_PLACE, place), letter, _short(block), right))
    return Orders(
        _small(chips, "gate x0 x1 y0 y1 letter first right"),
        _small(lines, "gate x x2 y y2"),
        _small(words, "style x y text"),
    )


def _chip(left: int, place: int) -> tuple[int, int, int, int]:
    top = (TOP + place * (CHIP + CHIP_GAP)) * 10
    return left, left + STACK, top, top + CHIP * 10


def _short(block: Tensor) -> str:
    return f"{block[0, 0].item():.2f} …".replace("-", "−")
