"""What a visitor has answered and done, remembered by the browser's tab; and a word when the server is gone.

A session on the server ends with a reload, with a server that is started again, or when another server takes over. The
settings come back with the address. Answers and what was done come back from here: the browser hands them to the new
session once. Nothing about a person is kept on the server. tab.js also opens a page anew whose connection broke in
the middle of a run.
"""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from components.ui.component import BUTTON, component
from components.ui.syllabus import SYLLABUS

ANSWER = "answer_"  # in the session, before the stem of the lesson: the text of the answer that was given
DONE = "_done"  # in the session: the titles of all that was tried and done
KEY, SESSION, ASKS = "tab", "_session", "_asks"
LONGEST, MOST = 300, 200  # characters of a text, and titles, that are taken over: a page never keeps more

_TAB = component(Path(__file__).parent, BUTTON)


def remember(mend: Callable[[], None], whole: bool) -> None:
    """Let the tab remember what there is, and hand over what it remembers of an earlier session.

    Where not all is `whole`, it asks for one more run once the page is at rest, which begins with `mend`.
    """
    if not whole:
        st.session_state[ASKS] = st.session_state.get(ASKS, 0) + 1
    given = {lesson.stem: st.session_state.get(f"{ANSWER}{lesson.stem}") for lesson in SYLLABUS}
    data = {
        "session": st.session_state.setdefault(SESSION, secrets.token_hex(8)),
        "answers": {stem: text for stem, text in given.items() if text},
        "done": sorted(st.session_state.get(DONE, ())),
        "asks": st.session_state.get(ASKS, 0),  # how often it was not whole
    }
    _TAB(key=KEY, data=data, height="content", on_remembered_change=_take_over, on_mend_change=mend)


def _take_over() -> None:
    """Put what the tab remembers into the session. What was answered in the meantime stays."""
    remembered = st.session_state[KEY].remembered
    if not isinstance(remembered, Mapping):
        return
    answers, done = remembered.get("answers"), remembered.get("done")
    given = answers if isinstance(answers, Mapping) else {}
    for lesson in SYLLABUS:
        key, text = f"{ANSWER}{lesson.stem}", given.get(lesson.stem)
        if _is_text(text) and st.session_state.get(key) is None:
            st.session_state[key] = text
    titles = {title for title in done[:MOST] if _is_text(title)} if isinstance(done, list) else set()
    st.session_state[DONE] = st.session_state.get(DONE, set()) | titles


def _is_text(text: Any) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST
