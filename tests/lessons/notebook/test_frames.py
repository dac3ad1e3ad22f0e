"""The cells of the picture: h of both runs at its place, and no number of the call before the answer."""

import numpy as np
import pandas as pd
import pytest

from components.charts.lanes import MAX_CELLS
from components.lessons.notebook.frames import LANES, run_columns, units_shown


@pytest.mark.parametrize(("steps", "units"), [(1, 1), (5, 4), (7, 128), (200, 128)])
def test_each_number_stands_at_its_step_and_unit(steps: int, units: int) -> None:
    """Row r of step t is unit `first + r`. What does not fit is left out, and the cells are limited."""
    call, loop = np.random.default_rng(0).normal(size=(2, steps + 1, units)).astype(np.float32)
    window = units_shown(steps, units)
    table = pd.DataFrame(run_columns(call, loop, window, True))
    assert len(table) * len(LANES) <= MAX_CELLS
    assert len(table) == (steps + 1) * (window.last - window.first + 1)
    for t, row, called, looped in table[["t", "row", *LANES]].itertuples(index=False):
        assert (called, looped) == (call[t, window.first + row], loop[t, window.first + row])


def test_the_call_has_no_cells_before_the_answer() -> None:
    """Then its column is NaN. The loop's column is the same, and so is the place of each cell."""
    call, loop = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)
    hidden, shown = (run_columns(call, loop, units_shown(5, 4), revealed) for revealed in (False, True))
    assert np.isnan(hidden["call"]).all()
    for name in ("t", "row", "loop"):
        assert (hidden[name] == shown[name]).all()
