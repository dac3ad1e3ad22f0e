"""The lesson on axes: a switch flips only inputs and output, and pointing at a cell outlines its number."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import current, expect_new_pixels, in_address, pixels, settle, success

pytestmark = pytest.mark.browser


def shapes_of(page: Page) -> dict[str, list[str]]:
    """The table of shapes, by name: the shape without `batch_first`, the shape with it, and what is swapped."""
    table = current(page).get_by_role("table").filter(has_text="first two axes")
    rows = table.locator("tbody tr")
    expect(rows.first).to_be_visible()
    cells: list[list[str]] = rows.evaluate_all("all => all.map(row => [...row.cells].map(cell => cell.innerText))")
    return {name: rest for name, *rest in cells}


def test_pointing_costs_nothing_and_one_switch_flips_inputs_and_output_alone(visit):
    """Pointing at a cell moves the outline in both pictures, without a word to the server.

    Switched on, the block is cut the other way and the address has it; the table of all shapes says which tensors swap.
    """
    sent: list[str | bytes] = []
    page = visit("answers=true", path="/shapes", sent=sent)
    before = pixels(page)
    sent.clear()
    canvas = page.get_by_test_id("stVegaLiteChart").locator("canvas").first
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 70)
    page.mouse.move(box["x"] + 0.5 * box["width"] + 3, box["y"] + 72)
    expect_new_pixels(page, before)
    expect(page.locator("#vg-tooltip-element")).to_have_text(re.compile(r"step t.*sample.*feature.*value", re.DOTALL))
    assert sent == []

    page.mouse.move(0, 0)
    expect(success(page, "inputs and output swap their first two axes")).to_be_visible()
    expect(current(page).get_by_text("step t = 1 of every sample")).to_be_visible()
    before = pixels(page)
    switch = page.get_by_role("main").get_by_role("switch", name="batch_first=True")
    switch.press("Space")
    expect(current(page).get_by_text("sample 0, all its steps")).to_be_visible()
    in_address(page, "batch_first=true")
    expect_new_pixels(page, before)
    settle(page)
    expect(switch).to_be_checked()

    page.get_by_role("tab", name="All shapes").click()
    in_address(page, "shapes_topic=All+shapes")
    page.get_by_test_id("stExpander").filter(has_text="The shapes as a table").locator("summary").press("Enter")
    found = shapes_of(page)
    assert {name for name, row in found.items() if row[2] == "swapped"} == {"inputs", "output"}
    assert found["output"][:2] == ["T, B, H = (5, 4, 4)", "B, T, H = (4, 5, 4)"]
    assert found["h_n"] == ["L·D, B, H = (1, 4, 4)", "L·D, B, H = (1, 4, 4)", "as they were"]
    assert found["c_n"] == found["h_n"]
