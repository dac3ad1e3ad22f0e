"""Gradients by distance and what each chunk's backward costs, as rows of two lines each."""

from dataclasses import dataclass

import numpy as np

from components.charts.columns import Columns
from components.lessons.batches.truncation.facts import Growth, Reach

KEPT, CUT = "graph kept", "detached"
LINES = (KEPT, CUT)  # by their number in the column `line`
HIGHEST = 100.0
# By the number of steps up to which it serves: where a gradient of exactly 0 stands, on a line of its own, and then the
# marks of the scale from its least on.
SCALES = {
    40: (1e-12, 1e-10, 1e-5, 1.0),
    80: (1e-24, 1e-20, 1e-10, 1.0),
    200: (1e-58, 1e-50, 1e-40, 1e-30, 1e-20, 1e-10, 1.0),
}


def scale(steps: int) -> tuple[float, ...]:
    """The marks of the gradients' scale: that of exactly 0, that of the smallest that has a place, and so on."""
    return next(marks for most, marks in SCALES.items() if steps <= most)


@dataclass(frozen=True, eq=False)
class Reached:
    """What the chart of gradients draws."""

    rows: Columns  # t, line, gradient, drawn, zero: two lines
    borders: Columns  # at: half a step after each chunk but the last, one that is nowhere if there is none


def reached(found: Reach, length: int) -> Reached:
    """The norm at every step of both lines; `drawn` keeps to the scale, and `zero` says which are exactly 0."""
    steps = len(found.kept)
    gradient = np.array([found.kept, found.cut], np.float64).ravel()
    (nothing, low, *_), zero = scale(steps), gradient == 0
    return Reached(
        {
            "t": np.tile(np.arange(1, steps + 1, dtype=np.int16), 2),
            "line": np.repeat(np.arange(2, dtype=np.int8), steps),
            "gradient": gradient,
            "drawn": np.where(zero, nothing, np.clip(gradient, low, HIGHEST)),
            "zero": zero,
        },
        {"at": np.arange(length, steps, length, dtype=np.float32) + np.float32(0.5)},
    )


def growth_columns(found: Growth) -> Columns:
    """chunk, line, cost: two lines over the chunks, from 1."""
    chunks = np.arange(1, len(found.kept) + 1, dtype=np.int16)
    return {
        "chunk": np.tile(chunks, 2),
        "line": np.repeat(np.arange(2, dtype=np.int8), len(chunks)),
        "cost": np.array([found.kept, found.cut], np.float32).ravel(),
    }
