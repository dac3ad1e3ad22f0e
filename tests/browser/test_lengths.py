"""The lesson on lengths: a walk highlights three cells and sends nothing, and the line is in the address."""

import re

import pytest
from playwright.sync_api import Page, expect

from components.lessons.lengths import USUAL
from components.lessons.lengths.frames import blocks
from tests.browser.driving import PRINT, alert, current, in_address, main_slider, success

pytestmark = pytest.mark.browser


def blocks_pixels(page: Page) -> str:
    """The pixels of the picture of packing, when they have stopped changing."""
    canvas = page.get_by_role("tabpanel").locator("canvas").first
    canvas.wait_for()
    seen: list[str] = []
    while len(seen) < 4 or len(set(seen[-4:])) > 1:
        page.wait_for_timeout(100)
        seen.append(canvas.evaluate(PRINT))
    return seen[-1]


def test_a_walk_through_data_asks_the_server_nothing(visit):
    """Keyboard and mouse highlight and name each row of data. Not one byte goes to the server."""
    sent: list[str | bytes] = []
    page = visit("answers=true", path="/lengths", sent=sent)
    said = blocks(USUAL).said
    walk = page.get_by_role("slider", name="Walk", exact=True)
    walk.wait_for()
    seen = [blocks_pixels(page)]
    at_start = len(sent)
    walk.focus()
    for number in range(3):
        if number:
            walk.press("ArrowRight")
        expect(page.locator(".st-key-cell_control output")).to_have_text(f"data[{number}]")
        expect(page.locator(".st-key-cell_control [role=status]")).to_have_text(f"{said[number]}.")
        seen.append(blocks_pixels(page))
    walk.press("End")
    expect(page.locator(".st-key-cell_control [role=status]")).to_have_text(f"{said[-1]}.")
    seen.append(blocks_pixels(page))
    assert len(set(seen)) == len(seen)
    page.wait_for_timeout(300)  # time in which a message could be sent
    assert len(sent) == at_start


def test_the_line_decides_and_is_in_the_address(visit):
    """A typed line is in the address, also in a tab. A wrong line gets a remark. *Draw* and *Measure* work."""
    page = visit("answers=true&seq_len=9", path="/lengths")
    sizes = current(page).get_by_text(re.compile("^batch_sizes = "))
    expect(sizes).to_contain_text("= [5, 4, 3, 3, 3, 1, 1]")
    expect(main_slider(page, "seq_len")).to_be_disabled()
    line = page.locator(".st-key-lengths input")
    line.fill("3,0,8")
    line.press("Enter")
    expect(sizes).to_contain_text("= [2, 2, 2, 1, 1, 1, 1, 1]")
    expect(alert(page, "Not all of the line is used.")).to_contain_text("0: left out")
    in_address(page, "lengths=3,0,8".replace(",", "%2C"), "seq_len=9")
    page.locator(".st-key-draw_lengths").get_by_role("button", name="Draw").first.click()
    expect(sizes).to_contain_text("= [8, ")
    expect(alert(page, "Not all of the line is used.")).to_have_count(0)
    expect(success(page, "Packed gives the result of each sequence alone.")).to_be_visible()
    page.get_by_role("tab", name="What padding costs").click()
    in_address(page, "lengths_topic=What+padding+costs")
    page.get_by_role("button", name="Measure packing").click()
    expect(current(page).get_by_role("cell", name="this batch")).to_be_visible()
