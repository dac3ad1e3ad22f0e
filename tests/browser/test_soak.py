"""A short soak: one burst of each habit, always the same, and a test that a lost page is noticed."""

import contextlib
import random

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from components.ui.syllabus import SYLLABUS
from tests.browser.conftest import Tabs
from tests.browser.driving import Server, main_slider
from tests.browser.soak import HABITS, LostPageError, Tally, Visitor, Wire, burst, cut_off, look

pytestmark = pytest.mark.browser

# A lesson for each habit. Some habits need the controls of a certain lesson.
LESSONS = {
    "hold keys": "live",
    "click around": "layers",
    "answer": "outputs",
    "change lessons": "weights",
    "back and forward": "memory",
    "reload": "shapes",
    "two tabs": "notebook",
    "type fast": "lengths",
    "train": "batches",
    "tap": "one_step",
}


@pytest.mark.parametrize("habit", HABITS)
def test_no_page_is_lost(browser: Browser, desk: BrowserContext, tabs: Tabs, server: Server, habit: str) -> None:
    """After the burst the page is what its address says, and nobody has complained."""
    lesson = next(one for one in SYLLABUS if one.stem == LESSONS[habit])
    tally, before = Tally(), len(server.said())
    with contextlib.ExitStack() as stack:
        place: Browser | BrowserContext | Page
        if habit == "tap":
            place = browser  # it has a touch screen of its own
        elif habit == "back and forward":
            place = desk  # in a tab that is used again, another visit's history would be behind it
        else:
            place = tabs.take(server)
            stack.callback(tabs.give_back, place, server)
        burst(place, server.url, habit, lesson, random.Random(habit), tally, haste=0.1)
    assert tally.presses  # a tap that would meet a chart, or the edge of the window, is left out
    assert "Traceback" not in server.said(before)


def test_a_connection_that_is_cut_comes_back(desk: BrowserContext, server: Server) -> None:
    """In the middle of a move, for a second."""
    with Wire(int(server.url.rsplit(":", 1)[1])) as wire:
        cut_off(desk, wire, 1, SYLLABUS[0], random.Random(1), Tally())


SIZES = "[...document.querySelectorAll('.st-key-sizes *')].find(one => one.shadowRoot).shadowRoot"
HARM = {
    "document.querySelector('[data-testid=stMain] [data-testid=stCaptionContainer]').remove()": "no settings stand on",
    "document.querySelectorAll('[data-testid=stMain] h3')[0].textContent = 'Something else'": "Something else",
    "document.querySelector('canvas').getContext('2d').fillRect(0, 0, 200, 200)": "pixels",
    "console.error('something is wrong')": "something is wrong",
    "document.body.append(Object.assign(document.createElement('p'), {role: 'dialog', textContent: 'No.'}))": "No.",
    f"{SIZES}.querySelector('.range').value = 33": "sizes",
}


def test_a_lost_page_is_noticed(tabs: Tabs, server: Server) -> None:
    """Whatever is not as it has to be; and before, nothing is."""
    page = tabs.take(server)
    with contextlib.closing(page):  # what was done to it must not be used again
        visitor = Visitor(page, server.url, SYLLABUS[0], random.Random(0))
        visitor.listen()
        visitor.open()
        look(visitor, again=False)
        for harm, words in HARM.items():
            visitor.open()
            main_slider(page, "seq_len").wait_for()
            visitor.complaints.clear()
            page.evaluate(f"() => {{ {harm} }}")
            with pytest.raises(LostPageError, match=words):
                look(visitor)
