"""The difference between two runs, step by step."""

import numpy as np
import pandas as pd

from components.recurrence.compare import Comparison

FLOOR = 1e-9  # where a difference of exactly 0 stands on a logarithmic scale


def difference_frame(comparison: Comparison) -> pd.DataFrame:
    """t, difference and tolerance for t = 1..T; `drawn` is the difference, or `FLOOR` where it is smaller."""
    difference = np.array(comparison.per_step, dtype=np.float64)
    return pd.DataFrame(
        {
            "t": np.arange(1, len(difference) + 1, dtype=np.int16),
            "difference": difference,
            "drawn": np.maximum(difference, FLOOR),
            "tolerance": comparison.tolerance,
        }
    )
