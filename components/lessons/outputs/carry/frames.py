"""The columns of four continuations of a cut sequence."""

import numpy as np

from components.charts.columns import Columns
from components.lessons.outputs.carry.facts import Continued


def carry_columns(result: Continued, floor: float) -> Columns:
    """The columns t, carried, difference and clamped for t = cut + 1 .. T.

    `clamped` is the difference, or `floor` if the difference is smaller.
    """
    names, steps = list(result.per_step), len(next(iter(result.per_step.values())))
    difference = np.array([result.per_step[name] for name in names], np.float32).ravel()
    t = np.arange(result.cut + 1, result.cut + 1 + steps, dtype=np.int16)
    return {
        "t": np.tile(t, len(names)),
        "carried": np.repeat(np.array(names, object), steps),
        "difference": difference,
        "clamped": np.maximum(difference, np.float32(floor)),
    }
