"""The score's lanes: which there are, which of their rows fit, and where their cells stand."""

from dataclasses import dataclass

import numpy as np

LANES = ("x", "i", "f", "g", "o", "c", "h")


# As many cells as a browser redraws without a pause that is felt, a fifth of a second, on a slow machine: 10 units over
# 100 steps, seven lanes.
MAX_CELLS = 7_000


@dataclass(frozen=True)
class Window:
    """The rows of a lane that are drawn: `first` to `last`, both included, page `page` of `pages`."""

    first: int
    last: int
    page: int
    pages: int


def window(steps: int, rows: int, page: int = 0) -> Window:
    """Page `page` (from 0, clamped) of even pages, each of no more rows than `MAX_CELLS` allows over `steps`."""
    fit = max(MAX_CELLS // (len(LANES) * steps), 1)
    pages = -(-rows // fit)
    size = -(-rows // pages)
    page = min(page, pages - 1)
    return Window(page * size, min((page + 1) * size, rows) - 1, page, pages)


def places(first_t: int, cells: np.ndarray) -> dict[str, np.ndarray]:
    """t and row of every cell of (steps, rows), as small integers: neither goes beyond 255."""
    steps, rows = cells.shape
    return {
        "t": np.repeat(np.arange(first_t, first_t + steps, dtype=np.uint8), rows),
        "row": np.tile(np.arange(rows, dtype=np.uint8), steps),
    }
