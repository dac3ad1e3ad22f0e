"""The lesson on lengths: a walk highlights three cells and sends nothing, and the line is in the address."""

import pytest
from playwright.sync_api import expect

from components.lessons.lengths import USUAL
from components.lessons.lengths.frames import blocks
from tests.browser.driving import alert, caption, current, in_address, main_slider, pixels, success

pytestmark = pytest.mark.browser


def test_a_walk_through_data_asks_the_server_nothing(visit):
    """Keyboard and mouse highlight and name each row of data. Not one byte goes to the server."""
    sent: list[str | bytes] = []
    page = visit("answers=true", path="/lengths", sent=sent)
    said = blocks(USUAL).said
    walk = page.get_by_role("slider", name="Walk", exact=True)
    walk.wait_for()
    seen = [pixels(page)]
    at_start = len(sent)
    walk.focus()
    for number in range(3):
        if number:
            walk.press("ArrowRight")
        expect(page.locator(".st-key-cell_control output")).to_have_text(f"data[{number}]")
        expect(page.locator(".st-key-cell_control [role=status]")).to_have_text(f"{said[number]}.")
        seen.append(pixels(page))
    walk.press("End")
    expect(page.locator(".st-key-cell_control [role=status]")).to_have_text(f"{said[-1]}.")
    seen.append(pixels(page))
    assert len(set(seen)) == len(seen)
    page.wait_for_timeout(300)  # time in which a message could be sent
    assert len(sent) == at_start


def test_the_line_decides_and_is_in_the_address(visit):
    """A typed line is in the address and in the caption. A wrong line gets a remark. *Draw* and *Measure* work."""
    page = visit("answers=true&seq_len=9", path="/lengths")
    expect(caption(page)).to_contain_text("T = 7 ")
    expect(main_slider(page, "seq_len")).to_be_disabled()
    line = page.locator(".st-key-lengths input")
    line.fill("3,0,8")
    line.press("Enter")
    expect(caption(page)).to_contain_text("T = 8 ")
    expect(caption(page)).to_contain_text("B = 2 ")
    expect(alert(page, "Not all of the line is used.")).to_contain_text("0: left out")
    in_address(page, "lengths=3,0,8".replace(",", "%2C"), "seq_len=9")
    page.get_by_role("button", name="Draw", exact=False).last.click()
    expect(caption(page)).to_contain_text("B = 8 ")
    expect(alert(page, "Not all of the line is used.")).to_have_count(0)
    expect(success(page, "Packed gives the result of each sequence alone.")).to_be_visible()
    page.get_by_role("button", name="Measure packing").click()
    expect(current(page).get_by_role("cell", name="this batch")).to_be_visible()
