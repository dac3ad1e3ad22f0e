"""`output`, `h_n` and `c_n` of one sample as cells, marks and labels: where each stands, and which are the same.

All positions are made here, so that the browser computes none. Across, one unit is one column: the steps of output,
then the layers of h_n, then those of c_n. Down it is pixels: a block of rows for each direction, one row a unit.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.charts.columns import Columns, Label, label_columns
from components.kept import kept
from components.lessons.outputs.facts import OutputRow, Slot, halves, slots
from components.lstm.returned import returned
from components.settings import Settings

MAX_STEPS = 24  # columns of output that are drawn: the first half of them and the last
MAX_UNITS = 16  # rows that are drawn, a direction
HEAD, BETWEEN, FOOT = 54, 24, 60  # px above the cells, between the directions, and below
BLOCK = {1: 168, 2: 124}  # px of one direction's rows, by the number of directions
HINT = "Point at a slot of h_n or c_n, or move Slot below:\nits numbers light up in output, where they are in it"
GAP, BREAK, EDGE = 0.5, 0.6, 0.03  # columns between the tensors, where steps are left out, and at the ends
REST = 0.55  # opacity of what is the same while something else is lit


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the picture draws. Unless it is revealed, nothing in it tells which numbers are the same."""

    cells: Columns  # x0, x1, y0, y1, value, slot: one row a number
    marks: Columns  # slot, x0, x1, y0, y1, rest: outlines of equal rows, and the lines that join them
    labels: Columns  # kind, x, y, text, slot: names, shapes, steps, layers, units, and what is said of a slot
    names: tuple[str, ...]  # of every slot, as Python
    said: tuple[str, ...]  # of every slot: where its numbers are in output
    steps: int  # drawn
    units: int  # drawn
    reach: float  # largest |number| drawn


def height(directions: int) -> int:
    """The picture's height in px."""
    return HEAD + directions * BLOCK[directions] + (directions - 1) * BETWEEN + FOOT


@dataclass(frozen=True)
class _Places:
    """Where what is drawn stands."""

    settings: Settings

    @property
    def steps(self) -> list[int]:
        """The steps drawn, from 0: all, or as many from the start as from the end."""
        count = self.settings.seq_len
        if count <= MAX_STEPS:
            return list(range(count))
        return [*range(MAX_STEPS // 2), *range(count - MAX_STEPS // 2, count)]

    def column(self, place: int) -> float:
        """Left edge of the place-th column of output."""
        left_out = self.settings.seq_len > MAX_STEPS and place >= MAX_STEPS // 2
        return place + (BREAK if left_out else 0)

    @property
    def gap(self) -> float:
        """Columns between two tensors."""
        return max(GAP, len(self.steps) / 30)

    @property
    def wide(self) -> float:
        """Width of a layer's column: of h_n and c_n it needs at least a quarter of output's, for their names."""
        return max(1.0, len(self.steps) / 4 / self.settings.num_layers)

    def left(self, tensor: str, layer: int = 0) -> float:
        """Left edge of a tensor, or of one of its layers; of c_n's layer L the right edge of all."""
        if tensor == "output":
            return 0.0
        h_n = self.column(len(self.steps) - 1) + 1 + self.gap
        start = h_n if tensor == "h_n" else h_n + self.settings.num_layers * self.wide + self.gap
        return start + layer * self.wide

    def units(self, tensor: str) -> int:
        """Rows drawn of one direction of a tensor."""
        return min(self.settings.hidden_size if tensor == "c_n" else self.settings.output_size, MAX_UNITS)

    @property
    def row(self) -> float:
        """Height of a row in px."""
        return BLOCK[self.settings.num_directions] / self.units("c_n")

    def top(self, direction: int) -> float:
        """Upper edge of a direction's rows."""
        return HEAD + direction * (BLOCK[self.settings.num_directions] + BETWEEN)


def row_name(settings: Settings, sample: int, row: OutputRow) -> str:
    """A row of `output` as Python, for these settings."""
    step = "-1" if row.step == settings.seq_len - 1 else str(row.step)
    at = f"{sample}, {step}" if settings.batch_first else f"{step}, {sample}"
    if settings.bidirectional:
        at += f", {settings.output_size}:" if row.direction else f", :{settings.output_size}"
    return f"output[{at}]"


def sentence(settings: Settings, sample: int, slot: Slot) -> str:
    """Where the numbers of a slot are in `output`, in two lines."""
    name = f"{slot.tensor}[{slot.index}, {sample}]"
    if slot.same:
        first = f"{name} is {row_name(settings, sample, slot.same[-1 if slot.direction == 0 else 0])}"
        more = len(slot.same) - 1
        return f"{first},\nbit for bit" + (f", and so are {more} more rows" if more > 1 else ", and one more" * more)
    if slot.nearest is None:
        widths = f"{settings.hidden_size} numbers, a row of it {settings.output_size}"
        return f"{name} is nowhere in output:\nit has {widths}"
    near = row_name(settings, sample, slot.nearest)
    return f"{name} is nowhere in output;\nthe nearest row, {near}, is {slot.distance:.2g} away"


@kept
def drawn(settings: Settings, sample: int, revealed: bool = True) -> Drawn:
    """The picture of one sample."""
    places, found = _Places(settings), slots(settings, sample)
    cells = _cells(places, found, sample)
    marks = _marks(places, found)
    said = tuple(sentence(settings, sample, slot) for slot in found)
    if not revealed:
        cells = {**cells, "slot": np.full_like(cells["slot"], -1)}
        marks = {name: column[marks["slot"] < 0] for name, column in marks.items()}
    return Drawn(
        cells,
        marks,
        _labels(places, (HINT, *said) if revealed else ()),
        tuple(f"{slot.tensor}[{slot.index}, {sample}]" for slot in found),
        said,
        len(places.steps),
        places.units("c_n"),
        float(np.abs(cells["value"]).max()),
    )


def _cells(places: _Places, found: tuple[Slot, ...], sample: int) -> Columns:
    """Every number drawn; `slot` is the slot it belongs to or equals, -1 for none."""
    settings = places.settings
    output = halves(settings, sample)[places.steps]  # (steps, D, P)
    owner = {row: number for number, slot in reversed(list(enumerate(found))) for row in slot.same}
    parts = []
    for place, step in enumerate(places.steps):
        for direction in range(settings.num_directions):
            numbers = output[place, direction]
            number = owner.get(OutputRow(step, direction), -1)
            parts.append((places.column(place), 1.0, direction, "output", numbers, number))
    _, h_n, c_n = returned(settings)
    for number, slot in enumerate(found):
        state = (h_n if slot.tensor == "h_n" else c_n)[slot.index, sample].numpy()
        left = places.left(slot.tensor, slot.layer)
        parts.append((left, places.wide, slot.direction, slot.tensor, state, number))
    columns: dict[str, list[np.ndarray]] = {name: [] for name in ("x0", "x1", "y0", "value", "slot")}
    for x, wide, direction, tensor, numbers, number in parts:
        rows = np.arange(places.units(tensor))
        columns["x0"].append(np.full(len(rows), x))
        columns["x1"].append(np.full(len(rows), x + wide))
        columns["y0"].append(places.top(direction) + rows * places.row)
        columns["value"].append(numbers[: len(rows)])
        columns["slot"].append(np.full(len(rows), number))
    one = {name: np.concatenate(values).astype(np.float32) for name, values in columns.items()}
    return {
        "x0": one["x0"],
        "x1": one["x1"],
        "y0": one["y0"],
        "y1": one["y0"] + np.float32(places.row),
        "value": one["value"],
        "slot": one["slot"].astype(np.int8),
    }


def _marks(places: _Places, found: tuple[Slot, ...]) -> Columns:
    """Outlines of the slots and of the rows equal to them, and below each such pair a bracket: three thin outlines.

    `rest` is the opacity while nothing is pointed at: a slot that equals no row shows only then.
    """
    # One that is never seen: the outermost outline needs room.
    end = places.left("c_n", places.settings.num_layers)
    rows: list[tuple[float, ...]] = [(-2, -EDGE, end + EDGE, HEAD, HEAD, 0)]
    shown = {step: place for place, step in enumerate(places.steps)}
    for number, slot in enumerate(found):
        left = places.left(slot.tensor, slot.layer)
        right = left + places.wide
        top = places.top(slot.direction)
        rows.append((number, left, right, top, top + places.units(slot.tensor) * places.row, REST * bool(slot.same)))
        at = [(shown[row.step], row.direction) for row in slot.same if row.step in shown]
        for first, last, direction in _runs(at):
            top = places.top(direction)
            bottom = top + places.units("output") * places.row
            x0, x1 = places.column(first), places.column(last) + 1
            rows.append((number, x0, x1, top, bottom, REST))
            if direction == slot.direction:
                under, over, back = bottom + 12, x1 - 0.5, (left + right) / 2
                rows += [(number, x, x, bottom + 4, under, REST) for x in (over, back)]
                rows.append((number, over, back, under, under, REST))
    slot, *places_and_rest = np.array(rows, np.float32).T
    columns = dict(zip(("x0", "x1", "y0", "y1", "rest"), places_and_rest, strict=True))
    return {"slot": slot.astype(np.int8)} | columns


def _runs(at: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Places next to each other in one direction as (first, last, direction)."""
    runs: list[tuple[int, int, int]] = []
    for place, direction in sorted(at, key=lambda one: (one[1], one[0])):
        if runs and runs[-1][1:] == (place - 1, direction):
            runs[-1] = (runs[-1][0], place, direction)
        else:
            runs.append((place, place, direction))
    return runs


def _labels(places: _Places, said: tuple[str, ...]) -> Columns:
    """The names of tensors with their shapes, of steps and layers above the columns, of directions and units.

    `said` is what is said while nothing is lit, then of each slot.
    """
    settings = places.settings
    rows: list[Label] = []
    for name, tensor in returned(settings)._asdict().items():
        left = places.left(name)
        rows += [("name", left, 8, name), ("shape", left, 28, str(tuple(tensor.shape)))]
        if name != "output":
            for layer in range(settings.num_layers):
                for kind, text in (("layer", f"layer {layer}"), ("number", str(layer))):
                    rows.append((kind, left + (layer + 0.5) * places.wide, 45, text))
    for place, step in enumerate(places.steps):
        ends = step in (0, settings.seq_len - 1)
        words = str(step + 1) if step else "t = 1"
        rows.append(("column" if ends else "step", places.column(place) + 0.5, 45, words))
    if len(places.steps) < settings.seq_len:
        rows.append(("column", places.column(MAX_STEPS // 2) - BREAK / 2, 45, "…"))
    for direction in range(settings.num_directions):
        top = places.top(direction)
        if settings.bidirectional:
            rows.append(("side", 0, top + 8, "reverse" if direction else "forward"))
        if places.row > 11:
            for unit in range(places.units("output")):
                index = str(direction * settings.output_size + unit)
                rows.append(("unit", 0, top + (unit + 0.5) * places.row, index))
    rows += [("said", 0, 0, text) for text in said]
    slot = np.full(len(rows), -1, np.int8)
    slot[len(rows) - len(said) :] = np.arange(-1, len(said) - 1)
    return {**label_columns(rows), "slot": slot}


def returned_frame(settings: Settings, sample: int) -> pd.DataFrame:
    """Every number of one sample, one a row: tensor, t, layer, direction, unit, value; t or layer is empty."""
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
