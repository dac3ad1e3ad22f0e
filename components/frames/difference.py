"""The difference between two runs, step by step."""

import numpy as np

from components.frames import Columns
from components.recurrence.compare import Comparison

# Where a difference of exactly 0 stands on a logarithmic scale: below anything that rounding leaves.
FLOORS = {"float32": 1e-9, "float64": 1e-14}


def difference_columns(comparison: Comparison, floor: float, earlier: Comparison | None = None) -> Columns:
    """t, difference and tolerance for t = 1..T; `drawn` is the difference, or `floor` where it is smaller.

    With an `earlier` comparison of as many steps its column `earlier` is, likewise, what is drawn of that one.
    """
    difference = np.array(comparison.per_step, dtype=np.float64)
    columns: dict[str, np.ndarray] = {
        "t": np.arange(1, len(difference) + 1, dtype=np.int16),
        "difference": difference,
        "drawn": np.maximum(difference, floor),
        "tolerance": np.full(len(difference), comparison.tolerance, np.float64),
    }
    if earlier is not None:
        columns["earlier"] = np.maximum(earlier.per_step, floor)
    return columns
