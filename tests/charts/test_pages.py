"""Pages of rows: each row is on exactly one page, and no page is too large."""

from hypothesis import given
from hypothesis import strategies as st

from components.charts.pages import Window, even_page, page_with

COUNTS = st.integers(1, 300)


@given(rows=COUNTS, most=COUNTS)
def test_the_pages_share_out_all_rows(rows: int, most: int) -> None:
    pages = even_page(rows, most).pages
    shown = [even_page(rows, most, page) for page in range(pages)]
    assert [row for window in shown for row in range(window.first, window.last + 1)] == list(range(rows))
    assert max(window.last - window.first + 1 for window in shown) <= most
    assert [window.page for window in shown] == list(range(pages))
    assert pages == 1 or (pages - 1) * most < rows  # no page more than it takes


@given(rows=COUNTS, most=COUNTS, beyond=st.integers(0, 400))
def test_a_page_beyond_the_last_is_the_last(rows: int, most: int, beyond: int) -> None:
    last = even_page(rows, most).pages - 1
    assert even_page(rows, most, last + beyond) == even_page(rows, most, last)


@given(most=COUNTS, data=st.data())
def test_a_row_is_on_its_page(most: int, data: st.DataObject) -> None:
    rows = data.draw(COUNTS)
    row = data.draw(st.integers(0, rows - 1))
    found = page_with(row, rows, most)
    assert found.first <= row <= found.last
    assert found == even_page(rows, most, found.page)


def test_pages_are_even() -> None:
    assert even_page(10, 4, 2) == Window(8, 9, 2, 3)
    assert even_page(10, 10) == Window(0, 9, 0, 1)
    assert even_page(11, 10, 1) == Window(6, 10, 1, 2)
