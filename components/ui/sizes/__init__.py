"""The sizes of the module, above every page: a slider, a number to type and two buttons for each main setting.

A native slider of Streamlit answers only when it is let go, and 32 px of it are 27 time steps. This one has a scale
that is fine where small numbers are, and tells the page's picture of every value on the way (`ui/follow/`).

The native controls in *Settings* stay the source of truth, because Streamlit binds them to the address. A new size sets
their value before a script run, as a visitor would. sizes.js asks for the next value when the page has the last one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from components.settings import DEFAULTS, FIELDS, MAIN, Whole
from components.ui.component import component

KEY = "sizes"
COUNT = "_sizes_count"  # in the session: the number of the latest change that the browser has sent
NEW = "_sizes_new"  # in the session: the controls that this script run has changed; the address has the old values

_HERE = Path(__file__).parent
_SIZES = component(_HERE, "", _HERE / "previews.js")


@dataclass(frozen=True)
class Size:
    """What one control shows: the value in use, the least value that the page can use, and a note below it."""

    value: int
    low: int
    fixed: bool = False  # the page or a job decides the value
    note: str = ""


def size_controls() -> None:
    """Show the controls. Their values follow at the end of the script run, with `told`."""
    # A list, because Streamlit looks for data frames in a mapping.
    data = [
        {
            "name": name,
            "label": field.label,
            "symbol": field.symbol,
            "high": field.high,
            "usual": DEFAULTS[name],
            "help": field.help,
        }
        for name, field in ((name, FIELDS[name]) for name in MAIN)
        if isinstance(field, Whole)
    ]
    _SIZES(key=KEY, data=data, height="content", on_chosen_change=_take_over)


def told(sizes: Mapping[str, Size]) -> dict[str, Any]:
    """What `tab.remember` hands to the controls: the sizes of this script run, and which change it answers."""
    return {name: vars(size) for name, size in sizes.items()} | {"count": st.session_state.get(COUNT, 0)}


def _take_over() -> None:
    """Set the native controls to the sizes that the browser has sent. Values that are not allowed are left out."""
    # While another lesson opens, Streamlit may have no values of the component. The browser then sends them again.
    chosen = getattr(st.session_state.get(KEY), "chosen", None)
    if not isinstance(chosen, Mapping):
        return
    for name in MAIN:
        value, field = chosen.get(name), FIELDS[name]
        if isinstance(field, Whole) and type(value) is int and field.low <= value <= field.high:
            st.session_state[name] = value
            st.session_state[NEW] = {*st.session_state.get(NEW, ()), name}
    if type(chosen.get("count")) is int:
        st.session_state[COUNT] = chosen["count"]
