"""The lanes of the score: their names, which of their rows fit on a page, and the place of each cell."""

import numpy as np

from components.charts.pages import Window, even_page

LANES = ("x", "i", "f", "g", "o", "c", "h")


# On a slow machine a browser redraws this many cells in a fifth of a second, so that nobody feels a pause. It is enough
# for 10 units, 100 steps and seven lanes.
MAX_CELLS = 7_000


def window(steps: int, rows: int, page: int = 0, lanes: int = len(LANES)) -> Window:
    """The rows of a lane on page `page` (from 0). `MAX_CELLS` limits them, for `lanes` lanes of `steps` steps."""
    return even_page(rows, fitting(steps, lanes), page)


def fitting(steps: int, lanes: int = len(LANES)) -> int:
    """How many rows of each lane fit on a page; at least one."""
    return max(MAX_CELLS // (lanes * steps), 1)


def places(first_t: int, cells: np.ndarray) -> dict[str, np.ndarray]:
    """The columns t and row for every cell of (steps, rows), as uint8: both are at most 255."""
    steps, rows = cells.shape
    return {
        "t": np.repeat(np.arange(first_t, first_t + steps, dtype=np.uint8), rows),
        "row": np.tile(np.arange(rows, dtype=np.uint8), steps),
    }
