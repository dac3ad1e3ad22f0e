"""The lesson on the notebook: its mistakes are found, mended by keyboard, and mended in the download."""

import re

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from components.lessons.notebook.facts import replay
from components.lessons.notebook.program import MENDED, program
from components.settings import Settings
from tests.browser.driving import alert, failure, in_address, settle, success

pytestmark = pytest.mark.browser


def switch(page: Page, which: str) -> Locator:
    """One of the two switches."""
    return page.get_by_role("switch", name=f"Correct the {which} mistake")


def difference(page: Page) -> str:
    """The pixels of the difference chart."""
    canvas = page.get_by_test_id("stVegaLiteChart").locator("canvas")
    expect(canvas).to_have_count(1)
    settle(page)
    drawn: str = canvas.evaluate("canvas => canvas.toDataURL()")
    return drawn


def test_each_switch_mends_its_mistake_and_the_address_keeps_it(visit):
    """The first switch removes the error, the second one the difference. The address keeps both."""
    page = visit(path="/notebook")
    expect(alert(page, "Predict first, above")).to_be_visible()
    expect(switch(page, "first")).to_be_disabled()
    page.get_by_role("radio", name="it raises an error; without that error, it differs from the loop").press("Space")
    expect(success(page, "Right.")).to_be_visible()
    expect(failure(page, "It raises an error.")).to_contain_text("NameError: name 'inputs' is not defined")
    apart = max(replay(Settings()).comparison.per_step)
    expect(failure(page, "Not the same.")).to_contain_text(f"call is {apart:.2g}.")
    before = difference(page)

    switch(page, "first").press("Space")
    expect(success(page, "It runs.")).to_be_visible()
    expect(failure(page, "Not the same.")).to_be_visible()
    in_address(page, "mend_first=true", "!mend_second=")
    expect(page.get_by_text("len(input_sequence), 1, -1)").first).to_be_visible()

    switch(page, "second").press("Space")
    expect(success(page, "The same.")).to_be_visible()
    expect(failure(page, "Not the same.")).to_have_count(0)
    in_address(page, "mend_first=true", "mend_second=true")
    assert difference(page) != before

    other = visit(page.url.partition("?")[2] + "&answers=true&hidden_size=6", path="/notebook")
    expect(success(other, "It runs.")).to_be_visible()
    expect(success(other, "The same.")).to_be_visible()
    expect(other.get_by_text("Inputs shape: torch.Size([5, 1, 3])")).to_be_visible()

    other.locator("summary").filter(has_text="Take it with you").press("Enter")
    with other.expect_download() as download:
        other.get_by_role("button", name="Jupyter notebook").press("Enter")
    assert download.value.suggested_filename == "unrolled_notebook.ipynb"
    notebook = nbformat.reads(download.value.path().read_text("utf-8"), as_version=4)
    nbformat.validate(notebook)
    code = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert code == re.sub(r"# %% .*\n", "", program(Settings(hidden_size=6), MENDED))
