"""Keeps a visitor's answers and finished attempts in the browser's tab, and watches over the page from there.

A session on the server ends at a reload, when the server restarts, or when another server takes over. The settings come
back from the address. The answers and attempts come back from the browser, which gives them to the new session once.
The server stores nothing about a person.

tab.js also shows a message when the server is gone, and reloads a page whose connection broke during a script run. And
it compares the address with the controls: Back, Forward and a late write can change the address after the last script
run has read it.
"""

import secrets
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from components.settings import DEFAULTS, FIELDS, VIEWS
from components.ui import links
from components.ui.component import BUTTON, component, script
from components.ui.syllabus import SYLLABUS

ANSWER = "answer_"  # in the session: this and the stem of a lesson is the key of the visitor's answer, a text
DONE = "_done"  # in the session: the titles of all attempts that are done
KEY, SESSION = "tab", "_session"
LONGEST, MOST = 300, 200  # characters of a text, and number of titles, that are accepted; a page never keeps more

USUAL = {name: field.spelling(DEFAULTS[name]) for name, field in (FIELDS | VIEWS).items()}

_HERE = Path(__file__).parent
_TAB = component(_HERE, BUTTON)
# The values of the controls change often. In a component of their own they travel without the longer scripts. It has
# those for the sizes above the page and for a room too, because each component costs something at every move.
_VALUES = st.components.v2.component("unrolled_tab_values", js=script(_HERE / "values.js"))


def remember(
    mend: Callable[[Collection[str]], None],
    values: Mapping[str, str | None] | None,
    shown: Mapping[str, Any] | None,
    held: Mapping[str, Any],
    room: Mapping[str, Any] | None = None,
) -> None:
    """Send answers, attempts and the values of the controls to the browser, and take over what an earlier session left.

    `values` is what the address must say, by `controls.spelled`. None means: do not compare them now. Otherwise, if the
    address of a page at rest says something else, a script run begins with `mend`. It gets the names of these controls.
    `shown` is what the sizes above the page are told (`sizes.told`), if they are there. `held` is the session. `room`
    is what this script run knew of the visitor's room (`classroom.told`), if there is one.
    """
    answers = {lesson.stem: held.get(f"{ANSWER}{lesson.stem}") for lesson in SYLLABUS}
    # Lists, because Streamlit looks for data frames in a mapping.
    data = [
        st.session_state.setdefault(SESSION, secrets.token_hex(8)),
        {stem: text for stem, text in answers.items() if text},
        sorted(held.get(DONE, ())),
        USUAL,
    ]
    _VALUES(key=f"{KEY}_values", data=[values, shown, room], height="content")
    _TAB(
        key=KEY,
        data=data,
        height="content",
        on_remembered_change=_take_over,
        on_contradicted_change=lambda: mend(_contradicted()),
    )


def _contradicted() -> list[str]:
    """The names that the browser has sent, without anything that is no control."""
    names = getattr(st.session_state.get(KEY), "contradicted", None)
    return [name for name in links.ALL if name in names] if isinstance(names, list) else []


def _take_over() -> None:
    """Put the answers and attempts from the browser into the session. Answers of this session stay."""
    remembered = getattr(st.session_state.get(KEY), "remembered", None)
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
