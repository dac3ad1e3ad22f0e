"""The difference between two runs at each step, as columns for the bars of a score (`charts/score.py`)."""

from collections.abc import Sequence

import numpy as np

from components.charts.columns import Columns

# A logarithmic scale has no 0. So a difference of 0 stands at the floor, which is smaller than any rounding error.
FLOORS = {"float32": 1e-9, "float64": 1e-14}


def difference_columns(per_step: Sequence[float], tolerance: float, floor: float) -> Columns:
    """The columns t, difference, clamped and tolerance for t = 1..T.

    `clamped` is the difference, or `floor` if the difference is smaller.
    """
    difference = np.array(per_step, dtype=np.float64)
    return {
        "t": np.arange(1, len(difference) + 1, dtype=np.int16),
        "difference": difference,
        "clamped": np.maximum(difference, floor),
        "tolerance": np.full(len(difference), tolerance, np.float64),
    }
