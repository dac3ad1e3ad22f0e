"""The Slot control: a native range input below the picture of what comes back; it lights a slot and says where it is.

It runs wholly in the browser: what is said of every slot is sent once, and moving costs nothing.
"""

from pathlib import Path

from components.frames.outputs import Drawn
from components.ui.component import component

_SLOT = component(Path(__file__).parent)


def slot_control(picture: Drawn) -> None:
    """Draw the control for the slots of `picture`."""
    _SLOT(key="slot_control", data={"names": picture.names, "said": picture.said}, height="content")
