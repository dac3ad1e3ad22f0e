"""A slider below a picture that points at one thing in the picture, highlights it, and says what it is.

So the keyboard can do what the mouse pointer does. It runs wholly in the browser: all sentences are sent once, and
moving the slider needs no server. The sentences come through a small component of their own. So the browser keeps the
longer script of the slider when the sentences change.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from components.ui.component import component, script

_HERE = Path(__file__).parent
_POINTER = component(_HERE)
_WORDS = st.components.v2.component("unrolled_pointer_words", js=script(_HERE / "words.js"))


def pointer(
    key: str,
    label: str,
    event: str,
    names: Sequence[str],
    sentences: Sequence[str],
    backwards: bool = False,
    shown: bool = False,
) -> None:
    """Show the slider. It has a position for each name in `names`, with a sentence from `sentences`.

    At each move the window gets an `event` with the position, counted from the first name; with `backwards` counted
    from the last one, and the slider starts there. With `shown` the sentence is visible; otherwise only screen readers
    get it, because the picture shows the same words.
    """
    _POINTER(key=key, data={"label": label, "event": event, "backwards": backwards, "shown": shown}, height="content")
    _WORDS(key=f"{key}_words", data={"event": event, "names": names, "sentences": sentences}, height="content")
