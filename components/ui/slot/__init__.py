"""The Slot control: a native range input below the picture of what comes back; it lights a slot and says where it is.

It runs wholly in the browser: what is said of every slot is sent once, and moving costs nothing.
"""

from pathlib import Path

import streamlit as st

from components.frames.outputs import Drawn

_HERE = Path(__file__).parent
_SLOT = st.components.v2.component(
    "unrolled_slot",
    html=(_HERE / "slot.html").read_text("utf-8"),
    css=(_HERE / "slot.css").read_text("utf-8"),
    js=(_HERE / "slot.js").read_text("utf-8"),
)


def slot_control(picture: Drawn) -> None:
    """Draw the control for the slots of `picture`."""
    _SLOT(key="slot_control", data={"names": picture.names, "said": picture.said}, height="content")
