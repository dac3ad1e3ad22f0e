"""Nothing is lost with a session: answers come back, and without a server the page says what to do."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from components.ui.syllabus import SYLLABUS
from tests.browser import driving
from tests.browser.driving import alert, caption, expect_shell, free_port, main_slider, serve, settle

pytestmark = pytest.mark.browser

WRONG = "different, and the difference grows with every step"
GONE = "The server cannot be reached."
NO_SERVER = "server is not responding|No response received|Failed to load resource|WebSocket connection"


def answer(page: Page) -> None:
    """Give a wrong answer to the question of the first lesson."""
    driving.answer(page, WRONG)
    expect(alert(page, "No.")).to_be_visible()


def remembered(page: Page) -> dict[str, str]:
    """The answers that the browser's tab keeps, by lesson."""
    page.wait_for_function("sessionStorage.getItem('unrolled') !== null")
    answers: dict[str, str] = page.evaluate("JSON.parse(sessionStorage.getItem('unrolled')).answers")
    return answers


def test_an_answer_survives_a_reload(visit):
    """After the reload the session is new, but the answer and its feedback are there."""
    page = visit()
    assert remembered(page) == {}
    answer(page)
    page.wait_for_function("JSON.parse(sessionStorage.getItem('unrolled')).answers.live")
    page.reload()
    settle(page)
    expect(alert(page, "No.")).to_be_visible()
    assert remembered(page) == {"live": WRONG}


UNTRUE = [
    "no JSON",
    "[1, 2]",
    json.dumps({"session": 1, "answers": [3], "done": {"a": 1}}),
    json.dumps({"session": 1, "answers": {"live": "no such answer", "views": 7, "nowhere": "x"}, "done": [None, 3]}),
    json.dumps({"session": 1, "answers": {"live": "x" * 100_000}, "done": ["y" * 100_000, *["z"] * 100_000]}),
]


def test_what_a_tab_has_kept_is_not_trusted(visit):
    """Anything may stand in a browser's storage. The page stands, and its question is open."""
    page = visit("live_topic=Loop+and+call")
    for words in UNTRUE:
        remembered(page)
        page.evaluate("words => sessionStorage.setItem('unrolled', words)", words)
        page.reload()
        settle(page)
        expect_shell(page, SYLLABUS[0].question)
        expect(alert(page, "Answer the question")).to_be_visible()


def test_a_server_that_comes_back_finds_everything_as_it_was(visit, tmp_path: Path):
    """Without a server the page says what to do. Afterwards settings, numbers and the answer are there again."""
    port = free_port()
    with serve(tmp_path / "log", port) as first:
        page = visit("seq_len=9&hidden_size=6", at=first, excused=NO_SERVER)
        answer(page)
        shown = caption(page).inner_text()
    expect(page.get_by_text(GONE)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's own dialog would cover the button
    page.get_by_role("button", name="Reload the page").click(trial=True)
    with serve(tmp_path / "log", port):
        expect(page.get_by_text(GONE)).to_be_hidden()
        settle(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        for reloaded in (False, True):
            if reloaded:
                page.reload()
                settle(page)
            expect_shell(page, SYLLABUS[0].question)
            expect(caption(page)).to_have_text(shown)
            expect(main_slider(page, "seq_len")).to_have_value("9")
            expect(alert(page, "No.")).to_be_visible()
        page.close()
