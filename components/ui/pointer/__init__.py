"""A native range input below a picture, for what can also be pointed at: it lights one thing and says what it is.

It runs wholly in the browser: what is said of everything is sent once, and moving costs nothing.
"""

from collections.abc import Sequence
from pathlib import Path

from components.ui.component import component

_POINTER = component(Path(__file__).parent)


def pointer(
    key: str, label: str, event: str, names: Sequence[str], said: Sequence[str], backwards: bool = False
) -> None:
    """Draw the control for things called `names`, of which `said` is told.

    The number of the one pointed at goes to the window as `event`; `backwards` counts from the last, where it begins.
    """
    data = {"label": label, "event": event, "names": names, "said": said, "backwards": backwards}
    _POINTER(key=key, data=data, height="content")
