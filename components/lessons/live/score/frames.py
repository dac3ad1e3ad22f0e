"""The cells of the score, from a trace, and the same cells as bytes for the Step control."""

from dataclasses import dataclass

import numpy as np

from components.charts.columns import Columns
from components.charts.lanes import LANES, places, window
from components.charts.pages import Window
from components.kept import kept
from components.lstm.build import shared_build
from components.lstm.trace import trace_direction
from components.settings import Settings


@dataclass(frozen=True, eq=False)
class Scored:
    """The cells of a score, the rows that it shows, and the largest values of its states."""

    cells: Columns  # `score_columns`
    units: Window
    features: Window
    height: int  # rows of `cells`: of the units or of the features, whichever are more
    c: float  # largest |c| shown
    h: float  # largest |h| shown; above 1 only in a sampled initial state, or with a projection
    rows: dict[str, int]  # shown, for each lane


@kept
def scored(settings: Settings, layer: int, direction: int, sample: int, page: int) -> Scored:
    """The score for some settings, one layer, direction and sample, and one page of units."""
    lanes = trace_direction(*shared_build(settings), layer, direction).lanes(sample)
    steps = settings.seq_len
    units, features = (window(steps, lanes[lane].shape[1], page) for lane in ("c", "x"))
    cells = score_columns(lanes, direction, units, features)
    shown = {
        name: lane[:, (w := features if name == "x" else units).first : w.last + 1] for name, lane in lanes.items()
    }
    c, h = (float(np.abs(shown[name]).max(initial=0).astype(np.float32)) for name in "ch")
    height = len(cells["t"]) // (steps + 1)
    return Scored(cells, units, features, height, c, h, {name: lane.shape[1] for name, lane in shown.items()})


def score_columns(lanes: dict[str, np.ndarray], direction: int, units: Window, features: Window) -> Columns:
    """The columns t, row, x, i, f, g, o, c, h, one entry for each (t, row). float32; NaN if a lane has no such cell.

    t is 1..T. The initial state, which has only c and h, is at t = 0, or at t = T + 1 in the reverse direction. `row`
    counts from 0 within the window: row r is unit `units.first + r`, or in the lane x feature `features.first + r`.
    """
    steps = len(lanes["x"])
    rows = max(units.last - units.first, features.last - features.first) + 1
    cells = np.full((len(LANES), steps + 1, rows), np.nan, np.float32)
    for values, (name, lane) in zip(cells, lanes.items(), strict=True):
        part = features if name == "x" else units
        shown = lane[:, part.first : part.last + 1]
        # Inputs and gates have no column for the initial state. It is the first column, or the last in the reverse
        # direction.
        start = 0 if direction else len(values) - len(shown)
        values[start : start + len(shown), : shown.shape[1]] = shown
    axes = places(1 if direction else 0, cells[0])
    return axes | dict(zip(LANES, cells.reshape(len(LANES), -1), strict=True))


def off_columns(off: dict[str, np.ndarray], direction: int, units: Window, rows: int) -> Columns:
    """The columns `c_off` and `h_off` beside those of `score_columns`: 1 for a cell that differs, else 0, as uint8.

    `off` has for c and h an array of truth values (steps, units). `rows` is the number of rows of each step in `cells`.
    The initial state, one more step, never differs.
    """
    columns = {}
    for name, cells in off.items():
        shown = cells[:, units.first : units.last + 1]
        start = 0 if direction else 1
        columns[f"{name}_off"] = np.zeros((len(cells) + 1, rows), np.uint8)
        columns[f"{name}_off"][start : start + len(cells), : shown.shape[1]] = shown
    return {name: column.reshape(-1) for name, column in columns.items()}


def packed(run: Scored) -> bytes:
    """The cells of the score as bytes, for a script in the browser. Numbers are whole ten-thousandths: four decimals.

    Little-endian. First come six int32: bytes of a cell, first t, columns, rows, first unit, first feature. Then come
    x, i, f, g, o, c, h, each (column, row). A cell has two bytes, or four if a number is outside -3.2767..3.2767. The
    lowest number of the type stands for no cell.
    """
    cells = run.cells
    columns = len(np.unique(cells["t"]))
    values = np.rint(np.concatenate([cells[lane] for lane in LANES]).astype(np.float64) * 10_000)
    kind = np.dtype("<i2" if np.nanmax(np.abs(values)) < 2**15 else "<i4")
    whole = np.where(np.isnan(values), np.iinfo(kind).min, values).astype(kind)
    layout = [kind.itemsize, cells["t"][0], columns, len(cells["t"]) // columns, run.units.first, run.features.first]
    return np.array(layout, "<i4").tobytes() + whole.tobytes()
