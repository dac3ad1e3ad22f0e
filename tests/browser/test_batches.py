"""The lesson on state between batches: its pictures, its choices in the address, and the measurement on a button."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import alert, answer, chart, current, expect_new_pixels, finding, in_address, pixels, success

pytestmark = pytest.mark.browser


def test_ways_and_chunks_change_the_picture_and_the_address(visit):
    """Each way has its own picture and verdict, in the same canvas. The key of the chunk is in the address."""
    page = visit("answers=true&batches_topic=What+detach+cuts", path="/batches")
    expect(success(page, "The carried state is right: the outputs are those of one call.")).to_be_visible()
    before = pixels(page)
    chart(page).evaluate("canvas => canvas.dataset.mark = 'first'")
    for way, verdict in (("reset", "Zeros are wrong here"), ("shuffled carry", "Shuffled rows are wrong here")):
        page.get_by_role("radio", name=way, exact=True).click()
        expect(finding(page, verdict)).to_be_visible()
        expect_new_pixels(page, before)
        before = pixels(page)
        in_address(page, f"handed={way.replace(' ', '+')}")
    page.locator(".st-key-chunk").get_by_role("slider").press("ArrowRight")
    in_address(page, "chunk=5", "batches_topic=What+detach+cuts")
    expect_new_pixels(page, before)
    assert chart(page).evaluate("canvas => canvas.dataset.mark") == "first"
    expect(alert(page, "Before the last detach the gradient is exactly 0.")).to_be_visible()


def test_an_answer_opens_the_lesson_and_a_button_measures(visit):
    """Before an answer there is one picture. After it each tab has its own, and a button measures."""
    page = visit(path="/batches")
    charts = current(page).get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(1)
    before = pixels(page)
    answer(page, "the state, detached, row for row")
    expect(success(page, "Right.")).to_be_visible()
    expect_new_pixels(page, before)
    expect(charts).to_have_count(2)
    page.get_by_role("tab", name="Without detach").click()
    in_address(page, "batches_topic=Without+detach")
    expect(success(page, "With the graph kept")).to_be_visible()
    expect(charts).to_have_count(2)
    page.get_by_role("button", name="Measure the time").click()
    expect(charts).to_have_count(3)
    expect(current(page).get_by_text("Measured on this server")).to_be_visible()
