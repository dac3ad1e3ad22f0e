"""Keeps a visitor's answers and finished attempts in the browser's tab, and shows a message when the server is gone.

A session on the server ends at a reload, when the server restarts, or when another server takes over. The settings come
back from the address. The answers and attempts come back from the browser, which gives them to the new session once.
The server stores nothing about a person. tab.js also reloads a page whose connection broke during a script run.
"""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from components.ui.component import BUTTON, component
from components.ui.syllabus import SYLLABUS

ANSWER = "answer_"  # in the session: this and the stem of a lesson is the key of the visitor's answer, a text
DONE = "_done"  # in the session: the titles of all attempts that are done
KEY, SESSION, ASKS = "tab", "_session", "_asks"
LONGEST, MOST = 300, 200  # characters of a text, and number of titles, that are accepted; a page never keeps more

_TAB = component(Path(__file__).parent, BUTTON)


def remember(mend: Callable[[], None], whole: bool) -> None:
    """Send answers and attempts to the browser, and take over those that it has from an earlier session.

    If the address and the controls do not agree (`whole` is False), the browser asks for one more script run when the
    page is at rest. This script run begins with `mend`.
    """
    if not whole:
        st.session_state[ASKS] = st.session_state.get(ASKS, 0) + 1
    answers = {lesson.stem: st.session_state.get(f"{ANSWER}{lesson.stem}") for lesson in SYLLABUS}
    data = {
        "session": st.session_state.setdefault(SESSION, secrets.token_hex(8)),
        "answers": {stem: text for stem, text in answers.items() if text},
        "done": sorted(st.session_state.get(DONE, ())),
        "asks": st.session_state.get(ASKS, 0),  # how many more script runs were asked for
    }
    _TAB(key=KEY, data=data, height="content", on_remembered_change=_take_over, on_mend_change=mend)


def _take_over() -> None:
    """Put the answers and attempts from the browser into the session. Answers of this session stay."""
    remembered = st.session_state[KEY].remembered
    if not isinstance(remembered, Mapping):
        return
    answers, done = remembered.get("answers"), remembered.get("done")
    texts = answers if isinstance(answers, Mapping) else {}
    for lesson in SYLLABUS:
        key, text = f"{ANSWER}{lesson.stem}", texts.get(lesson.stem)
        if _is_text(text) and st.session_state.get(key) is None:
            st.session_state[key] = text
    titles = {title for title in done[:MOST] if _is_text(title)} if isinstance(done, list) else set()
    st.session_state[DONE] = st.session_state.get(DONE, set()) | titles


def _is_text(text: Any) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST
