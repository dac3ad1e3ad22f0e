"""The parameters as columns: cells in one picture, their spread as bars, and the blocks of four libraries."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor

from components.charts.columns import Columns
from components.charts.pages import even_page
from components.charts.scene import WIDTH, Layout, Scene
from components.kept import kept
from components.lessons.weights.facts import GATES, LIBRARIES, Library, Spread, by_gate, sorted_for, tensors
from components.lstm.build import shared_build
from components.settings import Settings

# The blocks

MARGIN = 100  # px left of the cells, for the gates' names and the units
MAX_UNITS, MAX_COLUMNS = 8, 24  # units of each gate, and columns of each tensor, in one picture: each row can be read
HEAD, BLOCK, GAP = 56, 72, 7  # px above the cells, height of a gate's rows, space between two gates
HEIGHT = HEAD + 4 * BLOCK + 3 * GAP
FIGURES = 5  # with up to so many units, rows are high enough for numbers
NO_GATE = 4  # the number of rows that belong to no gate; gates have 0 to 3
_BETWEEN = 20  # px between two tensors
TAKEN = 100  # px, width of the chips with the gates that a reader takes the rows for
CHIPS, MISREAD = "chips", "misread blocks"  # places that an answer points at
BIASES = "biases"  # the name of the two biases together
_LEAST = {
    "weight_ih": 190,
    "weight_hh": 190,
    BIASES: 150,
    "weight_hr": 170,
}  # least width in px, so that the headings fit
_WORDS = (
    "small code",
    "faint",
    "faint tick",
    "row number",
    "gate symbol",
    "gate name",
    "gate rows",
    "text end",
    "head",
    "letter alone",
)
# What a column of cells is multiplied with. The column `reads` holds its number; the first three also have an index.
READS = X, READ_H, UNIT, BIAS_IH, BIAS_HH = ("x", "h", "unit", "bias_ih", "bias_hh")


@dataclass(frozen=True)
class Part:
    """The rows or columns of a tensor that are shown: from `first` up to but not including `end`, of `count`."""

    first: int
    end: int
    count: int

    @property
    def whole(self) -> bool:
        """Whether these are all of them."""
        return self.end - self.first == self.count

    def words(self, what: str) -> str:
        """The part in words, such as "units 0 to 15 of 128"."""
        return f"{what} {self.first} to {self.end - 1} of {self.count}"


@dataclass(frozen=True, eq=False)
class Blocks:
    """The picture of one layer and direction, and which part of the parameters it shows."""

    # cells: shade (hundredths of the bound), value, gate, unit, reads, at; outlines: gate; chips: gate, the reader's
    scene: Layout
    units: Part
    columns: dict[str, Part]  # by tensor
    parts: int  # how many pictures it takes to show all
    bound: float  # the number with the deepest shade


def parts(settings: Settings, layer: int) -> int:
    """How many pictures it takes to show every unit and every column."""
    reads = settings.input_size if layer == 0 else settings.output_size * settings.num_directions
    counts = [(settings.hidden_size, MAX_UNITS), (reads, MAX_COLUMNS), (settings.output_size, MAX_COLUMNS)]
    if settings.proj_size:
        counts += [(settings.proj_size, MAX_UNITS), (settings.hidden_size, MAX_COLUMNS)]
    return max(even_page(count, most).pages for count, most in counts)


def part(count: int, most: int, number: int) -> Part:
    """Part `number`, from 0, of even parts of at most `most`. A number beyond the last part gives the last part."""
    shown = even_page(count, most, number)
    return Part(shown.first, shown.last + 1, count)


@kept
def blocks(
    settings: Settings,
    layer: int,
    reverse: bool,
    number: int,
    bound: float,
    library: str = "PyTorch",
    revealed: bool = True,
) -> Blocks:
    """The picture of part `number` of the parameters of one layer and direction. Shades go from -bound to bound.

    At the right, a chip beside each block has the gate that `library` takes these rows for. Until `revealed`, the chips
    have question marks.
    """
    named = tensors(shared_build(settings).module, layer, reverse)
    units = part(settings.hidden_size, MAX_UNITS, number)
    columns = {name: part(tensor.shape[1], MAX_COLUMNS, number) for name, tensor in named.items() if tensor.dim() == 2}
    panels = _panels(named, columns, units, number)
    scene = Scene(HEIGHT, _WORDS, MARGIN)
    for panel, (left, width) in zip(panels, _places(panels), strict=True):
        _add_panel(scene, panel, left, width, bound)
        if panel.gated:
            for gate in (1, 2, 3):  # f, g and o: ONNX takes their rows for those of o, f and g
                scene.place(MISREAD, left, _top(gate), width, BLOCK)
    _add_units(scene, units)
    _add_gates(scene, settings, units)
    _add_taken(scene, LIBRARIES[library], revealed)
    return Blocks(scene.layout(), units, columns, parts(settings, layer), bound)


def _top(gate: Any) -> Any:
    """Upper edge of the rows of a gate, or of an array of gates. `NO_GATE` has the place of the first gate."""
    return HEAD + gate % NO_GATE * (BLOCK + GAP)


def _add_panel(scene: Scene, panel: "_Panel", left: float, width: float, bound: float) -> None:
    """A tensor's cells, the outlines around the rows of each gate, and the words above."""
    gates = np.arange(4) if panel.gated else np.array([NO_GATE])
    across = panel.values.shape[1]
    height = len(panel.values) // len(gates)
    wide, high = width / across, BLOCK / height
    gate, row, column = (axis.ravel() for axis in np.indices((len(gates), height, across)))
    scene.cells(
        x=left + column * wide,
        y=_top(gate) + row * high,
        width=wide,
        height=high,
        shade=np.clip((panel.values / bound * 100).round(), -100, 100).ravel().astype(np.int8),
        value=panel.values.ravel(),
        gate=gates[gate],
        unit=row + panel.first,
        reads=np.array([READS.index(name) for name in panel.reads])[column],
        at=np.array(panel.at)[column],
    )
    scene.cells(left, _top(gates), width, BLOCK, "outlines", gate=gates)
    scene.label("small code" if panel.name != BIASES else "head", left, 10, panel.name)
    scene.label("faint", left, 29, panel.shape)
    for place in range(0, across, -(-across // 8)):
        scene.label("faint tick", left + (place + 0.5) * wide, HEAD - 11, panel.heads[place])


def _add_units(scene: Scene, units: Part) -> None:
    """The numbers of the units, beside their rows; of every second unit if rows are low."""
    scene.label("row number", 0, HEAD - 11, "unit")
    high = BLOCK / (units.end - units.first)
    for gate in range(4):
        for unit in range(units.first, units.end, 1 if units.end - units.first <= FIGURES else 2):
            scene.label("row number", 0, _top(gate) + (unit - units.first + 0.5) * high, str(unit))


def _add_gates(scene: Scene, settings: Settings, units: Part) -> None:
    """The symbol, the name and the rows of each gate, in the margin."""
    names = {"i": "input gate", "f": "forget gate", "g": "cell gate", "o": "output gate"}
    for place, gate in enumerate(GATES):
        top, first = _top(place), place * settings.hidden_size
        ends = first + units.first, first + units.end - 1
        scene.label("gate symbol", 0, top + 18, gate, gate=place)
        scene.label("gate name", 0, top + 42, names[gate], gate=place)
        words = f"row {ends[0]}" if ends[0] == ends[1] else f"rows {ends[0]}–{ends[1]}"
        words = words.removeprefix("rows ") if ends[1] >= 100 else words  # for want of room
        scene.label("gate rows", 0, top + 60, words)


def _add_taken(scene: Scene, reader: Library, revealed: bool) -> None:
    """The chips with the reader's own letters for the gates, in its order, and its name above."""
    left = WIDTH - TAKEN
    scene.label("text end", WIDTH, 10, _short(reader.name))
    scene.label("text end", WIDTH, 29, "reads")
    for place, gate in enumerate(reader.order):
        hue = GATES.index(gate) if revealed else NO_GATE
        scene.cell(left, _top(place), TAKEN, BLOCK, "chips", gate=hue)
        letter = (reader.g if gate == "g" else gate) if revealed else "?"
        scene.label("letter alone", left + TAKEN / 2, _top(place) + BLOCK / 2, letter)
    scene.place(CHIPS, left, _top(0), TAKEN, _top(3) + BLOCK - _top(0))


def _short(library: str) -> str:
    return "TF 1" if library == "TensorFlow 1" else library


@dataclass(frozen=True, eq=False)
class _Panel:
    """One tensor, or both biases, as the picture shows it."""

    name: str
    shape: str
    values: np.ndarray  # (rows, columns)
    gated: bool  # whether its rows belong to four gates
    first: int  # the number of the first row, in each gate
    reads: list[str]  # what each column is multiplied with, one of `READS`
    at: Sequence[int]  # the index of that
    heads: list[str]  # words above the columns


def _panels(named: dict[str, Tensor], columns: dict[str, Part], units: Part, number: int) -> list[_Panel]:
    panels = []
    for name, letter in (("weight_ih", X), ("weight_hh", READ_H)):
        tensor, shown = named[name], columns[name]
        picked = [block[units.first : units.end, shown.first : shown.end] for block in by_gate(tensor).values()]
        numbers = range(shown.first, shown.end)
        panels.append(
            _Panel(
                name,
                str(tuple(tensor.shape)),
                np.concatenate([block.numpy() for block in picked]),
                True,
                units.first,
                [letter] * len(numbers),
                numbers,
                [f"{letter} {at}" if at == shown.first else str(at) for at in numbers],
            )
        )
    if "bias_ih" in named:
        both = [named["bias_ih"], named["bias_hh"]]
        pairs = [
            np.stack([by_gate(bias)[gate][units.first : units.end].numpy() for bias in both], axis=1) for gate in GATES
        ]
        shape = f"2 · {tuple(both[0].shape)}"
        panels.append(
            _Panel(BIASES, shape, np.concatenate(pairs), True, units.first, [BIAS_IH, BIAS_HH], [0, 0], ["ih", "hh"])
        )
    if "weight_hr" in named:
        tensor, shown = named["weight_hr"], columns["weight_hr"]
        rows = part(tensor.shape[0], MAX_UNITS, number)
        numbers = range(shown.first, shown.end)
        panels.append(
            _Panel(
                "weight_hr",
                str(tuple(tensor.shape)),
                tensor[rows.first : rows.end, shown.first : shown.end].numpy(),
                False,
                rows.first,
                [UNIT] * len(numbers),
                numbers,
                [f"u {at}" if at == shown.first else str(at) for at in numbers],
            )
        )
    return panels


def _places(panels: list[_Panel]) -> list[tuple[float, float]]:
    """Left edge and width of each panel in px. The chips stand right of them.

    All columns have one width, except where a heading needs more room.
    """
    room = WIDTH - TAKEN - _BETWEEN * len(panels)
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
        places.append((left, wide[panel.name]))
        left += wide[panel.name] + _BETWEEN
    return places


def parameter_table(settings: Settings, layer: int, reverse: bool, units: Part) -> pd.DataFrame:
    """The whole rows of the units shown: gate, unit, row, a column for each x and h, bias_ih, bias_hh."""
    named = tensors(shared_build(settings).module, layer, reverse)
    shown = range(units.first, units.end)
    chosen = [place * settings.hidden_size + unit for place in range(4) for unit in shown]
    columns: dict[str, object] = {"gate": np.repeat(list(GATES), len(shown)), "unit": [*shown] * 4, "row": chosen}
    for name, letter in (("weight_ih", "x"), ("weight_hh", "h")):
        picked = named[name][chosen].numpy()
        columns |= {f"{letter} {at}": picked[:, at] for at in range(picked.shape[1])}
    columns |= {name: named[name][chosen].numpy() for name in ("bias_ih", "bias_hh") if name in named}
    return pd.DataFrame(columns)


# The spread


def spread_columns(found: Spread) -> Columns:
    """x0 and x1 in units of k, count, expected, low, high: a row for each bin. The last three are equal in all rows.

    `low` and `high` are two standard deviations below and above the expected count of a uniform draw.
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

PLACES = {"PyTorch": 0, "Keras": 205, "ONNX": 410, "TensorFlow 1": 615}  # px, left edges
READ_PLACE, STACK = 830, 155  # px: left edge of the unsorted stack, and width of a stack
TOP, CHIP, CHIP_GAP = 50, 38, 6  # px
ORDERS_HEIGHT = TOP + 4 * (CHIP + CHIP_GAP)
_ROOMY = 560  # in a picture wider than this many px, a chip has room for a number beside its letter
_CHIP_WORDS = ("code", "faint", "letter", "letters", "letter alone", "letters alone", "first number")


def orders(settings: Settings, layer: int, reverse: bool, library: str, revealed: bool = True) -> Layout:
    """`weight_ih` in the order of four libraries, and PyTorch's unsorted blocks as `library` reads them.

    Each order is a stack of `chips` with the letter and the first number of each gate's block. `lines` lead each gate
    from library to library. Until `revealed`, a question mark hides as which gate the library reads each block.
    """
    tensor = tensors(shared_build(settings).module, layer, reverse)["weight_ih"]
    scene = Scene(ORDERS_HEIGHT, _CHIP_WORDS)
    for name, left in PLACES.items():
        known = LIBRARIES[name]
        scene.label("code", left, 10, _short(name))
        first = by_gate(sorted_for(tensor, known.order)[:, :1])
        for place, (gate, block) in enumerate(zip(known.order, first.values(), strict=True)):
            _add_chip(scene, (left, place), gate, known.g if gate == "g" else gate, block)
    for (before, left), (after, right) in pairwise(PLACES.items()):
        for number, gate in enumerate(GATES):
            ends = [_chip_top(LIBRARIES[name].order.index(gate)) + CHIP / 2 for name in (before, after)]
            scene.line(left + STACK, ends[0], right, ends[1], gate=number)
    reader = LIBRARIES[library]
    scene.label("code", READ_PLACE, 10, "unsorted,")
    scene.label("faint", READ_PLACE, 29, f"read as {library}")
    for place, (gate, block) in enumerate(by_gate(tensor[:, :1]).items()):
        meant = reader.order[place]
        letter = gate if meant == gate else f"{gate} as {reader.g if meant == 'g' else meant}"
        _add_chip(
            scene, (READ_PLACE, place), gate, letter if revealed else f"{gate} as ?", block, meant != gate and revealed
        )
    return scene.layout()


def _chip_top(place: int) -> int:
    return TOP + place * (CHIP + CHIP_GAP)


def _add_chip(scene: Scene, at: tuple[int, int], gate: str, letter: str, block: Tensor, mistaken: bool = False) -> None:
    """A chip at the stack's left edge and its place in the stack, with a letter and, if there is room, a number.

    If the block is `mistaken` for that of another gate, the letters are smaller.
    """
    left, place = at
    y, style = _chip_top(place) + CHIP / 2, "letters" if mistaken else "letter"
    scene.cell(left, _chip_top(place), STACK, CHIP, "chips", gate=GATES.index(gate))
    scene.label(style, left, y, letter, least=_ROOMY)
    scene.label(f"{style} alone", left + STACK / 2, y, letter, below=_ROOMY)
    first = f"{block[0, 0].item():.2f} …".replace("-", "−")
    scene.label("first number", left + STACK, y, first, least=_ROOMY)
