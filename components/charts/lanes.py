"""The score's lanes: which there are, which of their rows fit, and where their cells stand."""

import numpy as np

from components.charts.pages import Window, even_page

LANES = ("x", "i", "f", "g", "o", "c", "h")


# As many cells as a browser redraws without a pause that is felt, a fifth of a second, on a slow machine: 10 units over
# 100 steps, seven lanes.
MAX_CELLS = 7_000


def window(steps: int, rows: int, page: int = 0, lanes: int = len(LANES)) -> Window:
    """The rows of a lane on page `page` (from 0): as many as `MAX_CELLS` allows for so many lanes over `steps`."""
    return even_page(rows, fitting(steps, lanes), page)


def fitting(steps: int, lanes: int = len(LANES)) -> int:
    """How many rows of each lane there may be at once; one at least."""
    return max(MAX_CELLS // (lanes * steps), 1)


def places(first_t: int, cells: np.ndarray) -> dict[str, np.ndarray]:
    """t and row of every cell of (steps, rows), as small integers: neither goes beyond 255."""
    steps, rows = cells.shape
    return {
        "t": np.repeat(np.arange(first_t, first_t + steps, dtype=np.uint8), rows),
        "row": np.tile(np.arange(rows, dtype=np.uint8), steps),
    }
