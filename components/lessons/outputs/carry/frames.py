"""Four continuations of a cut sequence, step by step."""

import numpy as np

from components.charts.columns import Columns
from components.lessons.outputs.carry.facts import Continued


def carry_columns(result: Continued, floor: float) -> Columns:
    """t, carried, difference for t = cut + 1 .. T; `drawn` is the difference, or `floor` where it is smaller."""
    names, steps = list(result.per_step), len(next(iter(result.per_step.values())))
    difference = np.array([result.per_step[name] for name in names], np.float32).ravel()
    t = np.arange(result.cut + 1, result.cut + 1 + steps, dtype=np.int16)
    return {
        "t": np.tile(t, len(names)),
        "carried": np.repeat(np.array(names, object), steps),
        "difference": difference,
        "drawn": np.maximum(difference, np.float32(floor)),
    }
