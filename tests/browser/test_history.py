"""Back and forward: the page shows what the address says."""

import pytest
from playwright.sync_api import expect

from components.ui.syllabus import SYLLABUS
from tests.browser.driving import caption, go_to, in_address, main_slider, settle, title

pytestmark = pytest.mark.browser

LIVE, WEIGHTS = (next(lesson for lesson in SYLLABUS if lesson.stem == stem) for stem in ("live", "weights"))


def test_back_and_forward_show_the_numbers_of_the_address(visit):
    """A setting that was changed on another lesson is as it was on the way back, in slider, address and page."""
    page = visit("seq_len=14")
    go_to(page, WEIGHTS)
    in_address(page, "seq_len=14")
    settle(page)
    for length in (15, 16):
        main_slider(page, "seq_len").press("ArrowRight")
        in_address(page, f"seq_len={length}")
    settle(page)
    for go, lesson, length in ((page.go_back, LIVE, 14), (page.go_forward, WEIGHTS, 16), (page.go_back, LIVE, 14)):
        go()
        expect(title(page)).to_have_text(lesson.question)
        in_address(page, f"seq_len={length}")
        expect(caption(page)).to_contain_text(f"T = {length} ·")
        settle(page)
        expect(main_slider(page, "seq_len")).to_have_value(str(length))
        expect(caption(page)).to_contain_text(f"T = {length} ·")
    page.reload()
    settle(page)
    expect(caption(page)).to_contain_text("T = 14 ·")
