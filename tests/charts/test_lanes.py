"""The score's lanes: every row is on one page, no page is too large, and every cell has its step and row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.charts.lanes import LANES, MAX_CELLS, places, window
from components.charts.pages import Window

steady = examples(deadline=None, derandomize=True, max_examples=60)


@steady
@given(steps=st.integers(1, 200), rows=st.integers(1, 256))
def test_every_row_is_on_exactly_one_page(steps: int, rows: int) -> None:
    """The pages of a lane together hold each of its rows once."""
    pages = window(steps, rows).pages
    shown = [window(steps, rows, page) for page in range(pages)]
    assert [row for w in shown for row in range(w.first, w.last + 1)] == list(range(rows))
    assert [w.page for w in shown] == list(range(pages))
    assert {w.pages for w in shown} == {pages}


@steady
@given(steps=st.integers(1, 200), rows=st.integers(1, 256), page=st.integers(0, 300))
def test_no_page_is_larger_than_a_browser_draws(steps: int, rows: int, page: int) -> None:
    """Seven lanes of a page have no more than `MAX_CELLS` cells, and there is no more than one page if all fit."""
    w = window(steps, rows, page)
    assert len(LANES) * steps * (w.last - w.first + 1) <= MAX_CELLS
    assert (w.pages == 1) == (len(LANES) * steps * rows <= MAX_CELLS)


@steady
@given(steps=st.integers(1, 200), rows=st.integers(1, 256), beyond=st.integers(0, 300))
def test_a_page_beyond_the_last_is_the_last(steps: int, rows: int, beyond: int) -> None:
    """A page that does not exist is the last one, so a link made for other settings shows something."""
    pages = window(steps, rows).pages
    assert window(steps, rows, pages - 1 + beyond) == window(steps, rows, pages - 1)


def test_windows_by_hand() -> None:
    """10 units fit over 100 steps; 128 units over 200 steps are 26 pages of 5."""
    assert window(100, 10) == Window(0, 9, 0, 1)
    assert window(100, 11).pages == 2
    assert window(200, 128, 3) == Window(15, 19, 3, 26)


@pytest.mark.parametrize(("first", "steps", "rows"), [(1, 1, 1), (1, 3, 2), (0, 201, 4), (1, 5, 256)])
def test_every_cell_has_its_step_and_row(first: int, steps: int, rows: int) -> None:
    """Cells in order of time, and of rows within a step; the numbers are as small as can be."""
    columns = places(first, np.zeros((steps, rows)))
    wanted = [(first + t, row) for t in range(steps) for row in range(rows)]
    assert list(zip(columns["t"].tolist(), columns["row"].tolist(), strict=True)) == wanted
    assert {column.dtype for column in columns.values()} == {np.dtype(np.uint8)}
