"""Gradients over the steps, and the cost of each chunk's `backward`: columns of two lines each."""

from dataclasses import dataclass

import numpy as np

from components.charts.columns import Columns
from components.lessons.batches.truncation.facts import Growth, Reach

KEPT, CUT = "graph kept", "detached"
LINES = (KEPT, CUT)  # the column `line` has their number
HIGHEST = 100.0  # larger gradients are clamped to it
# The scale for up to so many steps. First comes the place of a gradient of exactly 0, which is below all others. Then
# come the marks of the scale, from the smallest on.
SCALES = {
    40: (1e-12, 1e-10, 1e-5, 1.0),
    80: (1e-24, 1e-20, 1e-10, 1.0),
    200: (1e-58, 1e-50, 1e-40, 1e-30, 1e-20, 1e-10, 1.0),
}


def scale(steps: int) -> tuple[float, ...]:
    """The marks of the gradients' scale: first the one for exactly 0, then those of the scale, the smallest first."""
    return next(marks for most, marks in SCALES.items() if steps <= most)


@dataclass(frozen=True, eq=False)
class Reached:
    """The columns of the chart of gradients."""

    rows: Columns  # t, line, gradient, clamped, zero: two lines
    borders: Columns  # at: half a step after each chunk but the last


def reached(norms: Reach, length: int) -> Reached:
    """The norms at every step, for both lines. `clamped` stays within the scale; `zero` says which are exactly 0."""
    steps = len(norms.kept)
    gradient = np.array([norms.kept, norms.cut], np.float64).ravel()
    (nothing, low, *_), zero = scale(steps), gradient == 0
    return Reached(
        {
            "t": np.tile(np.arange(1, steps + 1, dtype=np.int16), 2),
            "line": np.repeat(np.arange(2, dtype=np.int8), steps),
            "gradient": gradient,
            "clamped": np.where(zero, nothing, np.clip(gradient, low, HIGHEST)),
            "zero": zero,
        },
        {"at": np.arange(length, steps, length, dtype=np.float32) + np.float32(0.5)},
    )


def growth_columns(costs: Growth) -> Columns:
    """chunk (from 1), line, cost: two lines over the chunks."""
    chunks = np.arange(1, len(costs.kept) + 1, dtype=np.int16)
    return {
        "chunk": np.tile(chunks, 2),
        "line": np.repeat(np.arange(2, dtype=np.int8), len(chunks)),
        "cost": np.array([costs.kept, costs.cut], np.float32).ravel(),
    }
