"""The downloaded program runs, and prints the digits of the page."""

import re

import nbformat
import pytest
from playwright.sync_api import Page

from tests.fresh import run

pytestmark = pytest.mark.browser


def downloaded(page: Page, button: str) -> tuple[str, str]:
    """Press a download button with Enter; the name and the text of the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).press("Enter")
    return download.value.suggested_filename, download.value.path().read_text("utf-8")


def take_away(page: Page) -> None:
    """Open the part of the page with the program and its files."""
    page.locator("summary").filter(has_text="Take it with you").press("Enter")


def shown(page: Page) -> dict[str, str]:
    """The table of the check: the largest difference of output, h_n and c_n, spelled as the program prints it."""
    rows: list[list[str]] = (
        page.get_by_role("table")
        .filter(has_text="largest difference")
        .locator("tbody")
        .evaluate("body => [...body.rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))")
    )
    return {row[0]: "0.0e+00" if row[1] == "0" else row[1].replace("\u2011", "-") for row in rows}


@pytest.mark.parametrize(
    "query",
    ["answers=true&mistake=New+start", "answers=true&bidirectional=true&num_layers=2&hidden_size=9&batch_size=3"],
)
def test_the_program_prints_the_digits_of_the_page(visit, query):
    """The Python file runs in a new process without a warning, and prints the differences that the page shows."""
    page = visit(f"{query}&live_topic=Loop+and+call")
    take_away(page)
    name, program = downloaded(page, "Python file")
    assert name == "unrolled.py"
    done = run(program)
    assert (done.returncode, done.stderr) == (0, "")
    printed = dict(re.findall(r"^(\w+): .*largest difference (\S+),", done.stdout, re.MULTILINE))
    assert printed == shown(page)
    assert list(printed) == ["output", "h_n", "c_n"]


def test_the_notebook_is_the_program_in_cells(visit):
    """The notebook is valid, and its code cells are the lines of the Python file."""
    page = visit("answers=true")
    take_away(page)
    name, text = downloaded(page, "Jupyter notebook")
    assert name == "unrolled.ipynb"
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    program = downloaded(page, "Python file")[1]
    lines = [line for line in program.splitlines() if line and not line.startswith("# %%")]
    assert [line for line in code.splitlines() if line] == lines
