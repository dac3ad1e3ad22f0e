"""The lesson on the notebook: its mistakes are found, mended by keyboard, and mended in the download."""

import re

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from components.lessons.notebook.facts import replay
from components.lessons.notebook.program import MENDED, program
from components.settings import Settings
from tests.browser.driving import answer, expect_new_pixels, finding, in_address, pixels, success

pytestmark = pytest.mark.browser


def switch(page: Page, which: str) -> Locator:
    """One of the two switches."""
    return page.get_by_role("switch", name=f"Correct the {which} mistake")


def test_each_switch_mends_its_mistake_and_the_address_keeps_it(visit):
    """The first switch removes the error, the second one the difference. The address keeps both."""
    page = visit(path="/notebook")
    expect(switch(page, "first")).to_be_disabled()
    before = pixels(page)
    answer(page, "it raises an error; without that error, it differs from the loop")
    expect(success(page, "Right.")).to_be_visible()
    verdict = finding(page, "It raises an error. Without it, it differs from the loop.")
    expect(verdict).to_contain_text("NameError: name 'inputs' is not defined")
    largest = max(replay(Settings()).comparison.per_step)
    expect(verdict).to_contain_text(f"by up to {largest:.2g}")
    expect_new_pixels(page, before)
    before = pixels(page)

    switch(page, "first").press("Space")
    expect(finding(page, "It runs, but it differs from the loop.")).to_be_visible()
    in_address(page, "mend_first=true", "!mend_second=")
    expect(page.get_by_text("len(input_sequence), 1, -1)").first).to_be_visible()

    switch(page, "second").press("Space")
    expect(success(page, "It runs, and it agrees with the loop.")).to_be_visible()
    in_address(page, "mend_first=true", "mend_second=true")
    expect_new_pixels(page, before)

    other = visit(page.url.partition("?")[2] + "&answers=true&hidden_size=6", path="/notebook")
    expect(success(other, "It runs, and it agrees with the loop.")).to_be_visible()
    expect(other.get_by_text("Inputs shape: torch.Size([5, 1, 3])")).to_be_visible()

    other.locator("summary").filter(has_text="Take it with you").press("Enter")
    with other.expect_download() as download:
        other.get_by_role("button", name="Jupyter notebook").press("Enter")
    assert download.value.suggested_filename == "unrolled_notebook.ipynb"
    notebook = nbformat.reads(download.value.path().read_text("utf-8"), as_version=4)
    nbformat.validate(notebook)
    code = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert code == re.sub(r"# %% .*\n", "", program(Settings(hidden_size=6), MENDED))
