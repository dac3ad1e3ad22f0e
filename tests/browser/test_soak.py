"""A short soak: one burst of each habit, always the same, and a test that a lost page is noticed."""

import random

import pytest
from playwright.sync_api import Browser

from components.ui.syllabus import SYLLABUS
from tests.browser.driving import Server
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
def test_no_page_is_lost(browser: Browser, server: Server, habit: str) -> None:
    """After the burst the page agrees with its address, and there is no error."""
    lesson = next(one for one in SYLLABUS if one.stem == LESSONS[habit])
    tally, before = Tally(), len(server.said())
    burst(browser, server.url, habit, lesson, random.Random(habit), tally, haste=0.25)
    assert tally.presses > 1
    assert "Traceback" not in server.said(before)


def test_a_connection_that_is_cut_comes_back(browser: Browser, server: Server) -> None:
    """The connection is cut for a second during a move."""
    with Wire(int(server.url.rsplit(":", 1)[1])) as wire:
        cut_off(browser, wire, 1, SYLLABUS[0], random.Random(1), Tally())


HARM = {
    "document.querySelector('[data-testid=stMain] [data-testid=stCaptionContainer]').remove()": "no settings stand on",
    "document.querySelectorAll('[data-testid=stMain] h2')[1].textContent = 'Something else'": "Something else",
    "document.querySelector('canvas').getContext('2d').fillRect(0, 0, 200, 200)": "pixels",
    "console.error('something is wrong')": "something is wrong",
    "document.body.append(Object.assign(document.createElement('p'), {role: 'dialog', textContent: 'No.'}))": "No.",
    "history.replaceState(null, '', '/?seq_len=9')": "sliders",
}


def test_a_lost_page_is_noticed(browser: Browser, server: Server) -> None:
    """The check finds each kind of fault."""
    with browser.new_context() as context:
        visitor = Visitor(context.new_page(), server.url, SYLLABUS[0], random.Random(0))
        visitor.listen()
        for harm, words in HARM.items():
            visitor.open()
            visitor.complaints.clear()
            look(visitor, again=False)
            visitor.page.evaluate(f"() => {{ {harm} }}")
            with pytest.raises(LostPageError, match=words):
                look(visitor)
