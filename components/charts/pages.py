"""Pages of rows, for a picture that has no room for all rows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """The rows on one page: `first` to `last`, both included. It is page `page` (from 0) of `pages`."""

    first: int
    last: int
    page: int
    pages: int


def even_page(rows: int, most: int, page: int = 0) -> Window:
    """Page `page` (from 0) of pages that have about the same size, at most `most` rows.

    A page number that is too large gives the last page. `even_page(10, 4, 2)` is rows 8 to 9, the last of three pages.
    """
    pages = _divided(rows, most)
    size = _divided(rows, pages)
    page = min(page, pages - 1)
    return Window(page * size, min((page + 1) * size, rows) - 1, page, pages)


def page_with(row: int, rows: int, most: int) -> Window:
    """The page on which `row` is, of the pages that `even_page` makes."""
    return even_page(rows, most, row // _divided(rows, _divided(rows, most)))


def _divided(count: int, size: int) -> int:
    """`count / size`, rounded up."""
    return -(-count // size)
