"""The picture of a page follows a size while it is dragged, and no control changes until it is let go.

The picture is in a fragment. For a value on the way only this fragment runs again, which costs less than half of a
whole script run. sizes/previews.js asks for the next value when the picture of the last one is in the page (a closed
loop), so a busy server gets fewer requests. When the size is let go, a script run of the whole page follows.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from streamlit.errors import StreamlitInvalidLayoutContextError

from components.settings import FIELDS, MAIN, Whole
from components.ui import controls, delivery
from components.ui.component import script
from components.ui.shell import Page, in_part

R = TypeVar("R")

_HERE = Path(__file__).parent
_FOLLOW = st.components.v2.component("unrolled_follow", js=script(_HERE / "follow.js"))
# The last element of the fragment: when the browser has it, it has the picture too.
_SHOWN = st.components.v2.component("unrolled_follow_shown", js=script(_HERE / "shown.js"))

SHOWN = "_followed"  # in the session: the number of the latest preview


def follow(page: Page, draw: Callable[..., R], *rest: Any) -> R:
    """Show `draw(page, *rest)`, and again for each value that a size passes while it is dragged; what it returned.

    `draw` shows elements, and reads no controls of its own: a preview would not know them. It can also fill an
    `st.empty()` outside.
    """
    result: R = _followed(page, draw, *rest)
    return result


@st.fragment
def _followed(page: Page, draw: Callable[..., R], *rest: Any) -> R:
    # Without gaps, because two elements of the fragment are invisible.
    with in_part() as alone, delivery.send_whole(), st.container(gap=None):
        # First: a fragment run that was overtaken by a whole run while it waited for its turn ends here.
        asked = _FOLLOW(key="follow", height="content", on_preview_change=_nothing).preview
        if alone:
            values = controls.remembered(controls.held())
            if values is None or _chosen(page, values) != page:
                # The browser has sent a change of a control together with a preview, and the server took both for a
                # request of this fragment alone.
                st.rerun()
            if (wanted := _wanted(asked)) is not None:
                key, value, number = wanted
                page = _chosen(page, values | {key: value})
                st.session_state[SHOWN] = number
        try:
            result = draw(page, *rest)
        except StreamlitInvalidLayoutContextError:
            if not alone:
                raise
            st.rerun()  # a whole run has begun meanwhile, and Streamlit has dropped the places that it had reserved
        _SHOWN(key="follow_shown", data=st.session_state.get(SHOWN, 0), height="content")
    return result


def _chosen(page: Page, values: controls.Values) -> Page:
    """The page for these values of the controls."""
    chosen = controls.chosen(page.lesson, values)
    return replace(page, settings=chosen.settings, view=chosen.view, raised=chosen.raised)


def _wanted(asked: Any) -> tuple[str, int, int] | None:
    """The size, the value and the number of a preview; None if the browser has sent something else."""
    if not isinstance(asked, Mapping):
        return None
    key, value, number = (asked.get(name) for name in ("key", "value", "number"))
    field = FIELDS.get(key) if key in MAIN else None
    allowed = isinstance(field, Whole) and type(value) is int and field.low <= value <= field.high
    return (str(key), int(value), number) if allowed and type(value) is int and type(number) is int else None


def _nothing() -> None:
    """A component needs a function for each thing that it can send."""
