"""The lesson on views: a write shows where memory is shared, and pointing sends nothing to the server."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import current, expect_new_pixels, in_address, pixels, settle

pytestmark = pytest.mark.browser


def remark(page: Page, text: str) -> None:
    """Wait until the page has this remark on the line."""
    expect(current(page).get_by_test_id("stMarkdownContainer").filter(has_text=text).first).to_be_visible()


def test_pointing_sends_nothing_and_one_write_shows_where_memory_is_shared(visit):
    """The pointer outlines the number wherever it stands: the pixels change, and not one frame is sent.

    Written through `transpose`, the -1 is in x; through `reshape`, which copied, it is not; the address keeps it.
    """
    sent: list[str | bytes] = []
    page = visit("", path="/views", sent=sent)
    before = pixels(page)
    asked = len(sent)
    canvas = page.get_by_test_id("stVegaLiteChart").locator("canvas").first
    canvas.scroll_into_view_if_needed()
    canvas.hover(position={"x": 130, "y": 36})
    expect_new_pixels(page, before)
    assert len(sent) == asked

    page.mouse.move(0, 0)
    before = pixels(page)
    page.locator(".st-key-write").get_by_text("Write").click()
    expect_new_pixels(page, before)
    in_address(page, "write=true")
    remark(page, "Shared: if −1 is written into its first cell, it shows in y, and also in x, in place of 0.")
    before = pixels(page)
    page.get_by_role("button", name="reshape after it", exact=True).or_(
        page.get_by_role("radio", name="reshape after it", exact=True)
    ).first.click()
    expect_new_pixels(page, before)
    expect(page.get_by_role("textbox", name="y =")).to_have_value("x.transpose(0, 1).reshape(-1)")
    expect(page).to_have_url(re.compile(r"line=x\.transpose"))
    remark(page, "Not shared: if −1 is written into its first cell, it shows in y, but x still holds 0.")


def test_a_typed_line_is_carried_out_or_refused_in_words(visit):
    """What torch refuses is shown with the reason, its words in the table. A line that is no call gets a sentence.

    The picture stays.
    """
    page = visit("", path="/views")
    pixels(page)
    field = page.get_by_role("textbox", name="y =")
    field.fill("x.transpose(0, 1).view(-1)")
    field.press("Enter")
    remark(page, ".view(-1) raises RuntimeError. Axis 0 of the result would need one stride")
    expect(page.get_by_role("table")).to_contain_text("view size is not compatible")
    field.fill("x.cuda()")
    field.press("Enter")
    remark(page, "This page cannot use the line. .cuda is not among the methods")
    settle(page)
    pixels(page)
