"""A native range input below a picture, for what can also be pointed at: it lights one thing and says what it is.

It runs wholly in the browser: what is said of everything is sent once, and moving costs nothing. As with the Step
control, that comes through a component of its own, so that the code, which is longer, stays in the browser.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from components.ui.component import component

_HERE = Path(__file__).parent
_POINTER = component(_HERE)
_TOLD = st.components.v2.component("unrolled_pointer_told", js=(_HERE / "told.js").read_text("utf-8"))


def pointer(
    key: str,
    label: str,
    event: str,
    names: Sequence[str],
    said: Sequence[str],
    backwards: bool = False,
    shown: bool = False,
) -> None:
    """Draw the control for things called `names`, of which `said` is told.

    The number of the one pointed at goes to the window as `event`; `backwards` counts from the last, where it begins.
    What is told is `shown` too, unless the picture does that, or else only spoken.
    """
    _POINTER(key=key, data={"label": label, "event": event, "backwards": backwards, "shown": shown}, height="content")
    _TOLD(key=f"{key}_told", data={"event": event, "names": names, "said": said}, height="content")
