"""Which part of many rows is shown, where a picture has no room for all of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """The rows that are shown: `first` to `last`, both included, page `page` of `pages`."""

    first: int
    last: int
    page: int
    pages: int


def even_page(rows: int, most: int, page: int = 0) -> Window:
    """Page `page` (from 0) of even pages of at most `most` rows. A page beyond the last is the last.

    Ten rows, at most four a page: `even_page(10, 4, 2)` is rows 8 to 9 of three pages.
    """
    pages = _divided(rows, most)
    size = _divided(rows, pages)
    page = min(page, pages - 1)
    return Window(page * size, min((page + 1) * size, rows) - 1, page, pages)


def page_with(row: int, rows: int, most: int) -> Window:
    """The page that has `row` in it, of the pages that `even_page` makes."""
    return even_page(rows, most, row // _divided(rows, _divided(rows, most)))


def _divided(count: int, size: int) -> int:
    """`count / size`, rounded up."""
    return -(-count // size)
