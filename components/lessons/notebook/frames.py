"""The cells of the picture: the outputs of the call and of the loop, one column for each time step."""

import numpy as np

from components.charts.columns import Columns
from components.charts.lanes import places, window
from components.charts.pages import Window

LANES = ("call", "loop")


def units_shown(steps: int, units: int) -> Window:
    """The units that are shown of two runs of `steps` steps: all of them, or as many as a browser can show."""
    return window(steps + 1, units, lanes=len(LANES))


def run_columns(call: np.ndarray, loop: np.ndarray, units: Window, revealed: bool) -> Columns:
    """The columns t, row, call and loop, one entry for each (t, row). float32.

    `call` and `loop` are (T + 1, H): h at t = 0..T. Row r is unit `units.first + r`. Until the result is `revealed`,
    `call` is NaN, which is no cell.
    """
    runs = [run[:, units.first : units.last + 1].astype(np.float32) for run in (call, loop)]
    if not revealed:
        runs[0] = np.full_like(runs[0], np.nan)
    return places(0, runs[1]) | {name: run.reshape(-1) for name, run in zip(LANES, runs, strict=True)}
