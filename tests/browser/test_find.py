"""The search in a browser: a question, its results, the lesson that shows the answer, and the way back."""

import pytest
from playwright.sync_api import expect

from components.lessons import lengths, shapes
from components.ui.syllabus import FIND
from tests.browser.driving import expect_shell, in_address, main_slider, settle, title
from tests.browser.test_frame import expect_nothing_serious

pytestmark = pytest.mark.browser


def test_a_message_leads_to_the_lesson_and_back(visit):
    """With the keyboard alone, from a lesson. The lesson opens with the settings of the result, without a remark."""
    page = visit("seq_len=9")
    page.get_by_test_id("stTopNav").get_by_role("link", name=FIND.title).press("Enter")
    expect(title(page)).to_have_text(FIND.question)
    settle(page)
    line = page.get_by_role("textbox")
    line.fill("Expected hidden[0] size (2, 7, 64), got [2, 32, 64]")
    line.press("Enter")
    expect(page.get_by_text("This is the message.")).to_be_visible()
    page.get_by_role("link", name="Which shape must h_0 and c_0 have?").press("Enter")
    expect_shell(page, shapes.LESSON.question)
    in_address(page, "breakage=State+of+one+sample")
    expect(page.locator(".st-key-breakage")).to_be_in_viewport()  # it is below the first screen
    expect(page.get_by_text("Expected hidden[0] size").first).to_be_visible()
    expect(page.get_by_test_id("stAlertContentWarning")).to_have_count(0)
    settle(page)
    page.go_back()
    expect(title(page)).to_have_text(FIND.question)
    expect(page.get_by_role("textbox")).to_have_value("Expected hidden[0] size (2, 7, 64), got [2, 32, 64]")
    expect(page.get_by_text("This is the message.")).to_be_visible()
    settle(page)
    expect_nothing_serious(page)
    line = page.get_by_role("textbox")
    line.fill("NaN in padding")
    line.press("Enter")
    page.get_by_role("link", name="Where do the nan in my gradients come from?").press("Enter")
    expect_shell(page, lengths.LESSON.question)
    expect(page.get_by_role("tab", name="NaN in the padding")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tab", name="NaN in the padding")).to_be_in_viewport()
    expect(main_slider(page, "hidden_size")).to_be_visible()
