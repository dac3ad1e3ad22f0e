"""The lesson on the memory: a story is one click, its link opens it, and the readout asks the server nothing."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from components.lessons.memory.authors.charts import HEIGHT, MARGIN, TOP
from components.lessons.memory.facts import Hold, Surgery
from components.lessons.memory.frames import operated
from components.settings import Settings
from tests.browser.driving import PRINT, answer, current, in_address, success

pytestmark = pytest.mark.browser

SETTINGS = Settings(seq_len=12)


def picture(page: Page, place: int) -> Locator:
    """The canvas of a chart: 0 is the score, 1 shows who wrote c."""
    return page.get_by_test_id("stVegaLiteChart").nth(place).locator("canvas").first


def still(page: Page, place: int) -> str:
    """The pixels of a chart, when they have stopped changing."""
    canvas, last, same = picture(page, place), "", 0
    while same < 3:
        page.wait_for_timeout(100)
        now: str = canvas.evaluate(PRINT)
        same, last = (same + 1, last) if now == last else (0, now)
    return last


def test_a_story_is_one_click_and_the_readout_asks_the_server_nothing(visit):
    """With *Keep all*, c_n is c_0 bit for bit, and the address has it. Then keys and mouse read out each step."""
    sent: list[str | bytes] = []
    page = visit("seq_len=12", path="/memory", sent=sent)
    before = still(page, 1)
    page.get_by_role("button", name="Keep all").or_(page.get_by_role("radio", name="Keep all")).first.press("Space")
    in_address(page, "hold_i=0", "hold_f=1")
    expect(current(page).get_by_text(re.compile("Half.life: none"))).to_be_visible()
    carries = success(page, "Even with f held at 0 at every step, h still carries something on.")
    expect(carries).to_have_count(0)
    answer(page, "c keeps nothing, but what was read still reaches later outputs")
    expect(carries).to_be_visible()
    assert still(page, 1) != before

    told = operated(SETTINGS, Surgery((Hold("i", 0.0), Hold("f", 1.0))), 0, 0).terms
    slider = page.get_by_role("slider", name="Read at", exact=True)
    control = page.locator(".st-key-readout")
    expect(control.locator("output")).to_have_text("t = 12")
    last = still(page, 1)
    at_start = len(sent)
    for key, row in (("ArrowLeft", 10), ("Home", 0), ("ArrowRight", 1), ("End", 11)):
        slider.press(key)
        expect(control.locator("output")).to_have_text(told.names[row])
        expect(control.locator("[role=status]")).to_have_text(f"{told.said[row]}.")
    assert still(page, 1) == last
    slider.press("Home")
    first = still(page, 1)
    assert first != last
    slider.press("End")
    assert still(page, 1) == last
    canvas = picture(page, 1)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + MARGIN + 4, box["y"] + TOP + 4, steps=4)  # the first row, where c_0 still is
    page.mouse.move(
        box["x"] + box["width"] - 12, box["y"] + TOP + (HEIGHT - TOP) / 24, steps=8
    )  # a place without anything
    page.mouse.move(box["x"] + box["width"] + 30, box["y"] + TOP + 6)
    assert still(page, 1) == first
    page.wait_for_timeout(300)  # time in which a message could be sent
    assert len(sent) == at_start

    page.get_by_role("tab", name="The check").press("Enter")
    expect(success(page, "The operation does what it says.")).to_contain_text("The last c is c_0, bit for bit.")
    in_address(page, "memory_topic=The+check")

    other = visit(page.url.partition("?")[2], path="/memory", viewport={"width": 390, "height": 844})
    expect(current(other).get_by_text("Altered: i held at 0, f held at 1.")).to_be_visible()
