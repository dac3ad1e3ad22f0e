"""The numbers of the score as a table, and all numbers of one layer, direction and sample as CSV."""

import time

import numpy as np
import pandas as pd

from components.charts.lanes import places
from components.charts.pages import Window
from components.lessons.live.score.frames import Scored
from components.lstm.build import shared_build
from components.lstm.trace import trace_direction
from components.settings import Settings


def table_frame(run: Scored) -> pd.DataFrame:
    """The cells of the score as a table: t, feature, x, unit, i, f, g, o, c, h.

    `unit` and `feature` are indices in the whole tensors, not on the page.
    """
    cells = pd.DataFrame(run.cells)
    table = cells.rename(columns={"row": "unit"})
    table["unit"] += run.units.first
    table.insert(1, "feature", (cells["row"] + run.features.first).where(cells["x"].notna()).astype("Int16"))
    table.insert(2, "x", table.pop("x"))
    return table


def slot_frame(lanes: dict[str, np.ndarray], direction: int) -> pd.DataFrame:
    """All numbers of one layer, direction and sample, with all digits: one row per (t, unit), columns as `table_frame`.

    If there are more features than units, the unit's columns are empty in the further rows, and the other way round. A
    row without any number is left out.
    """
    steps, rows = len(lanes["c"]), max(lane.shape[1] for lane in lanes.values())
    table = pd.DataFrame(places(1 if direction else 0, np.empty((steps, rows))))
    for name, lane in lanes.items():
        cells = np.full((steps, rows), np.nan, lane.dtype)
        # As in `score_columns`: inputs and gates have no column for the initial state.
        start = 0 if direction else steps - len(lane)
        cells[start : start + len(lane), : lane.shape[1]] = lane
        table[name] = cells.ravel()
    table = table.dropna(subset=list(lanes), how="all")
    table.insert(1, "feature", table["row"].where(table["x"].notna()).astype("Int16"))
    table.insert(2, "x", table.pop("x"))
    table.insert(3, "unit", table.pop("row").where(table["c"].notna()).astype("Int16"))
    return table


def compared_frame(
    both: dict[str, tuple[np.ndarray, np.ndarray]], off: dict[str, np.ndarray], units: Window
) -> pd.DataFrame:
    """The states of the single call beside those of the loop: one row per (t, unit), of the units that are shown.

    `both` has for c and h the numbers of the call and of the loop, (T, units) each; `off` says which of them differ.
    A number that differs has a ≠ beside it. With a projection h has fewer units than c: the rest is empty.
    """
    steps, last = len(both["c"][0]), min(units.last + 1, both["c"][0].shape[1])
    shown = range(units.first, last)
    table = pd.DataFrame({"t": np.repeat(np.arange(1, steps + 1), len(shown)), "unit": np.tile(shown, steps)})
    for name, numbers in both.items():
        for way, values in zip(("one call", "loop"), numbers, strict=True):
            cells = np.full((steps, len(shown)), np.nan, values.dtype)
            part = values[:, units.first : last]
            cells[:, : part.shape[1]] = part
            table[f"{name}, {way}"] = cells.ravel()
        marks = np.full((steps, len(shown)), "", object)
        part = off[name][:, units.first : last]
        marks[:, : part.shape[1]][part] = DIFFERS
        table[f"{name} differs"] = marks.ravel()
    return table


DIFFERS = "≠"
PIECE = 250  # rows of text; pandas takes some 2 ms for them, and blocks all other threads meanwhile


def slot_csv(settings: Settings, layer: int, direction: int, sample: int) -> bytes:
    """`slot_frame` of some settings as CSV.

    After each piece it sleeps for as long as the piece took, so that other threads can work.
    """
    frame = slot_frame(trace_direction(*shared_build(settings), layer, direction).lanes(sample), direction)
    pieces = []
    for first in range(0, len(frame), PIECE):
        began = time.perf_counter()
        pieces.append(frame[first : first + PIECE].to_csv(index=False, header=not first).encode())
        time.sleep(time.perf_counter() - began)
    return b"".join(pieces)
