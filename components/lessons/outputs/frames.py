"""`output`, `h_n` and `c_n` of one sample as cells, marks and words: their places, and which numbers are equal.

From left to right: the steps of output, one column each, then the layers of h_n, then the layers of c_n. Each direction
has a block of rows, one row for each unit.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.charts.scene import WIDTH, Layout, Scene
from components.kept import kept
from components.lessons.outputs.facts import OutputRow, Slot, halves, slots
from components.lstm.returned import returned
from components.settings import Settings

MARGIN = 88  # px left of the cells
MAX_STEPS = 24  # the most columns of output that are shown; half of them are the first steps, half the last
MAX_UNITS = 16  # the most rows of a direction that are shown
HEAD, BETWEEN, FOOT = 60, 24, 58  # px above the cells, between the directions, and below
BLOCK = {1: 240, 2: 142}  # px of the rows of one direction, by the number of directions
HINT = "Point at a slot of h_n or c_n, or move Slot below:\nits numbers light up in output, where they are in it"
GAP, BREAK, EDGE = 0.5, 0.6, 0.03  # empty columns between tensors, where steps are left out, and at both ends
REST = 0.55  # opacity of the outlines of equal numbers while another slot is lit
ASKED = "The shade of a cell is its number. Some numbers\nare in two tensors: your answer outlines them."
LOWER, SHARED = "lower layers", "last layer"  # places: in h_n; in h_n and where output holds the same
NO_SLOT, NEVER_LIT = -1, -2  # stand in the place of a slot's number
_WORDS = ("name", "faint", "faint tick", "faint step", "margin", "small row number", "said")


@dataclass(frozen=True, eq=False)
class Picture:
    """The picture of one sample. If it is not revealed, nothing in it shows which numbers are equal."""

    scene: Layout  # cells: value, slot; marks (outlines around equal rows, and brackets between them): slot, opacity
    names: tuple[str, ...]  # of every slot, as Python
    said: tuple[str, ...]  # for every slot, where its numbers are in output
    steps: int  # shown
    units: int  # shown
    reach: float  # largest |number| shown


def height(directions: int) -> int:
    """The height of the picture in px."""
    return HEAD + directions * BLOCK[directions] + (directions - 1) * BETWEEN + FOOT


@dataclass(frozen=True)
class _Places:
    """The places in the picture. One unit of width is a column of output."""

    settings: Settings

    @property
    def steps(self) -> list[int]:
        """The steps that are shown, from 0: all steps, or as many from the start as from the end."""
        count = self.settings.seq_len
        if count <= MAX_STEPS:
            return list(range(count))
        return [*range(MAX_STEPS // 2), *range(count - MAX_STEPS // 2, count)]

    @property
    def end(self) -> float:
        """The right edge of the picture, in columns."""
        return self.start("c_n", self.settings.num_layers)

    @property
    def unit(self) -> float:
        """Px of a column. There is room for the outlines at both ends."""
        return WIDTH / (self.end + 2 * EDGE)

    def x(self, column: float) -> float:
        """The place of a column, in px."""
        return (column + EDGE) * self.unit

    def column(self, place: int) -> float:
        """The left edge of the shown step number `place`, in columns."""
        left_out = self.settings.seq_len > MAX_STEPS and place >= MAX_STEPS // 2
        return place + (BREAK if left_out else 0)

    @property
    def gap(self) -> float:
        """Columns between two tensors."""
        return max(GAP, len(self.steps) / 30)

    @property
    def wide(self) -> float:
        """Columns that a layer takes. h_n and c_n are each at least a quarter as wide as output, to fit their names."""
        return max(1.0, len(self.steps) / 4 / self.settings.num_layers)

    def start(self, tensor: str, layer: int = 0) -> float:
        """The left edge of a tensor, or of one of its layers, in columns. Layer L of c_n begins at the right end."""
        if tensor == "output":
            return 0.0
        h_n = self.column(len(self.steps) - 1) + 1 + self.gap
        first = h_n if tensor == "h_n" else h_n + self.settings.num_layers * self.wide + self.gap
        return first + layer * self.wide

    def units(self, tensor: str) -> int:
        """The shown rows of one direction of a tensor."""
        return min(self.settings.hidden_size if tensor == "c_n" else self.settings.output_size, MAX_UNITS)

    @property
    def row(self) -> float:
        """The height of a row in px."""
        return BLOCK[self.settings.num_directions] / self.units("c_n")

    def top(self, direction: int) -> float:
        """The upper edge of a direction's rows, in px."""
        return HEAD + direction * (BLOCK[self.settings.num_directions] + BETWEEN)


def row_name(settings: Settings, sample: int, row: OutputRow) -> str:
    """A row of `output` as Python, for these settings."""
    step = "-1" if row.step == settings.seq_len - 1 else str(row.step)
    at = f"{sample}, {step}" if settings.batch_first else f"{step}, {sample}"
    if settings.bidirectional:
        at += f", {settings.output_size}:" if row.direction else f", :{settings.output_size}"
    return f"output[{at}]"


def sentence(settings: Settings, sample: int, slot: Slot) -> str:
    """The sentence that says where the numbers of a slot are in `output`, in two lines."""
    name = f"{slot.tensor}[{slot.index}, {sample}]"
    if slot.same:
        at = slot.same[-1 if slot.direction == 0 else 0]
        first = f"{name} is {row_name(settings, sample, at)},\n"
        first += "bit for bit" if at in slot.bitwise else "up to rounding"
        more = len(slot.same) - 1
        others = f"{more} more steps are" if more > 1 else "one more step is"
        return f"{first}; {others} the same, up to rounding" if more else first
    if slot.nearest is None:
        widths = f"{settings.hidden_size} numbers, a step of it {settings.output_size}"
        return f"{name} is nowhere in output:\nit has {widths}"
    near = row_name(settings, sample, slot.nearest)
    return f"{name} is nowhere in output;\nthe nearest step, {near}, is {slot.distance:.2g} away"


@kept
def outputs_picture(settings: Settings, sample: int, revealed: bool = True) -> Picture:
    """The picture of one sample, for some settings."""
    places, compared = _Places(settings), slots(settings, sample)
    scene = Scene(height(settings.num_directions), _WORDS, MARGIN)
    reach = _add_cells(scene, places, compared, sample, revealed)
    # An invisible mark: the dataset `marks` must exist before there is an answer.
    scene.cell(0, HEAD, WIDTH, 0, "marks", slot=NEVER_LIT, opacity=0.0)
    said = tuple(sentence(settings, sample, slot) for slot in compared)
    _add_names(scene, places)
    _add_places(scene, places)
    if revealed:
        _add_marks(scene, places, compared)
    for number, text in enumerate((HINT, *said) if revealed else (ASKED,), start=NO_SLOT):
        scene.label("said", 0, scene.form.height - 31, text, slot=number)
    return Picture(
        scene.layout(),
        tuple(f"{slot.tensor}[{slot.index}, {sample}]" for slot in compared),
        said,
        len(places.steps),
        places.units("c_n"),
        reach,
    )


def _add_cells(scene: Scene, places: _Places, compared: tuple[Slot, ...], sample: int, revealed: bool) -> float:
    """Add a cell for each number, with the slot to which it belongs or is equal. Returns the largest |number|."""
    settings = places.settings
    output = halves(settings, sample)[places.steps]  # (steps, D, P)
    owner = {row: number for number, slot in reversed(list(enumerate(compared))) for row in slot.same}
    parts = []  # left edge and width in columns, direction, numbers, slot
    for place, step in enumerate(places.steps):
        for direction in range(settings.num_directions):
            number = owner.get(OutputRow(step, direction), NO_SLOT)
            shown = output[place, direction, : places.units("output")]
            parts.append((places.column(place), 1.0, direction, shown, number))
    _, h_n, c_n = returned(settings)
    for number, slot in enumerate(compared):
        state = (h_n if slot.tensor == "h_n" else c_n)[slot.index, sample, : places.units(slot.tensor)].numpy()
        parts.append((places.start(slot.tensor, slot.layer), places.wide, slot.direction, state, number))
    starts, wide, directions, numbers, owners = zip(*parts, strict=True)
    counts = [len(shown) for shown in numbers]
    values = np.concatenate(numbers)
    scene.cells(
        x=np.repeat([places.x(start) for start in starts], counts),
        y=np.repeat([places.top(direction) for direction in directions], counts)
        + np.concatenate([np.arange(count) for count in counts]) * places.row,
        width=np.repeat(np.array(wide) * places.unit, counts),
        height=places.row,
        value=values,
        slot=np.repeat(owners, counts) if revealed else NO_SLOT,
        room=WIDTH / places.end,  # px of a column; a number stands in the first column of its cell
    )
    return float(np.abs(values).max())


def _add_marks(scene: Scene, places: _Places, compared: tuple[Slot, ...]) -> None:
    """Add outlines around the slots and around the rows equal to them, and a bracket below each such pair.

    The opacity is that of a mark whose slot is not lit. It is 0 for a slot that equals no row.
    """
    shown = {step: place for place, step in enumerate(places.steps)}
    for number, slot in enumerate(compared):
        left, wide = places.x(places.start(slot.tensor, slot.layer)), places.wide * places.unit
        high = places.units(slot.tensor) * places.row
        rest = REST * bool(slot.same)
        scene.cell(left, places.top(slot.direction), wide, high, "marks", slot=number, opacity=rest)
        at = [(shown[row.step], row.direction) for row in slot.same if row.step in shown]
        for first, last, direction in _runs(at):
            top, high = places.top(direction), places.units("output") * places.row
            x, x2 = places.x(places.column(first)), places.x(places.column(last) + 1)
            scene.cell(x, top, x2 - x, high, "marks", slot=number, opacity=REST)
            if direction == slot.direction:
                over, back = x2 - places.unit / 2, left + wide / 2
                bottom = top + high
                scene.bracket(over, back, bottom + 6, bottom + 14, "marks", slot=number, opacity=REST)


def _add_places(scene: Scene, places: _Places) -> None:
    """Name what an answer points at: `LOWER`, and `SHARED`, which are two blocks of cells for each direction."""
    last, steps = places.settings.num_layers - 1, len(places.steps)
    start = places.start("h_n")
    for direction in range(places.settings.num_directions):
        top, high = places.top(direction), places.units("h_n") * places.row
        scene.place(LOWER, places.x(start), top, last * places.wide * places.unit, high)
        scene.place(SHARED, places.x(start + last * places.wide), top, places.wide * places.unit, high)
        scene.place(SHARED, places.x(places.column(0 if direction else steps - 1)), top, places.unit, high)


def _runs(at: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """The runs of places that are next to each other in one direction, as (first, last, direction)."""
    runs: list[tuple[int, int, int]] = []
    for place, direction in sorted(at, key=lambda run: (run[1], run[0])):
        if runs and runs[-1][1:] == (place - 1, direction):
            runs[-1] = (runs[-1][0], place, direction)
        else:
            runs.append((place, place, direction))
    return runs


def _add_names(scene: Scene, places: _Places) -> None:
    """Add the names of tensors with their shapes, of steps and layers above the columns, of directions and units."""
    settings = places.settings
    across = places.end - places.wide / 2  # columns up to the name of the last layer

    def above(column: float, text: str, short: str = "", needs: float = 0) -> None:
        """Add a word above a column. It needs `needs` px for each column; with fewer px, `short` stands there."""
        x, least = places.x(column), needs * across
        scene.label("faint step" if needs else "faint tick", x, 45, text, least=least)
        if short:
            scene.label("faint step", x, 45, short, below=least)

    for name, tensor in returned(settings)._asdict().items():
        start = places.start(name)
        scene.label("name", places.x(start), 8, name, slot=NO_SLOT)
        scene.label("faint", places.x(start), 28, str(tuple(tensor.shape)))
        for layer in range(settings.num_layers if name != "output" else 0):
            above(start + (layer + 0.5) * places.wide, f"layer {layer}", str(layer), needs=46)
    for place, step in enumerate(places.steps):
        at_end = step in (0, settings.seq_len - 1)
        above(places.column(place) + 0.5, str(step + 1) if step else "t = 1", needs=0 if at_end else 20)
    if len(places.steps) < settings.seq_len:
        above(places.column(MAX_STEPS // 2) - BREAK / 2, "…")
    for direction in range(settings.num_directions):
        top = places.top(direction)
        if settings.bidirectional:
            scene.label("margin", 0, top + 8, "reverse" if direction else "forward")
        for unit in range(places.units("output") if places.row > 11 else 0):
            index = str(direction * settings.output_size + unit)
            scene.label("small row number", 0, top + (unit + 0.5) * places.row, index)


def returned_frame(settings: Settings, sample: int) -> pd.DataFrame:
    """Every number of one sample, one in each row: tensor, t, layer, direction, unit, value. t or layer is empty."""
    parts = []
    output = halves(settings, sample)
    _, h_n, c_n = returned(settings)
    states = [
        (name, state[:, sample].reshape(settings.num_layers, settings.num_directions, -1).numpy())
        for name, state in (("h_n", h_n), ("c_n", c_n))
    ]
    for name, numbers in (("output", output), *states):
        first, direction, unit = (axis.ravel() for axis in np.indices(numbers.shape))
        of_steps = name == "output"
        nothing = pd.array([pd.NA] * numbers.size, dtype="Int16")
        along = pd.array(first + 1 if of_steps else first, dtype="Int16")
        parts.append(
            pd.DataFrame(
                {
                    "tensor": name,
                    "t": along if of_steps else nothing,
                    "layer": nothing if of_steps else along,
                    "direction": np.where(direction, "reverse", "forward"),
                    "unit": unit,
                    "value": numbers.ravel(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
