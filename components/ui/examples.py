"""Examples: settings that are worth seeing, each in one choice of a menu. The last choice goes back to the defaults.

An example is as a link: it sets every setting and what is shown. What it does not name gets its default. It does not
touch reference mode, and no control that is in a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.settings import DEFAULTS
from components.ui import sizes
from components.ui.lesson import Lesson

KEY = "example"
SETS = tuple(name for name in DEFAULTS if name != "answers")


@dataclass(frozen=True)
class Example:
    """One choice of the menu: its label, and the values that are not at their default."""

    label: str
    values: Mapping[str, Any]
    # The setting without which there is nothing to see. A page that has no use for it does not offer the example.
    point: str = ""


# The defaults are the notebook's example, so *Reset* is the way to both.
RESET = Example(":material/restart_alt: Reset: the notebook's example", {})
EXAMPLES = (
    Example("A long run", {"seq_len": 20, "hidden_size": 8}, "seq_len"),
    Example(
        "One pulse, and how it fades",
        {"signal": "pulse", "initial_state": "zeros", "seq_len": 30, "hidden_size": 8},
        "signal",
    ),
    Example("Latch: keeps a bit", {"weights": "latch", "seq_len": 30}, "weights"),
    Example("Counter: counts pulses", {"weights": "counter", "seq_len": 30}, "weights"),
    Example("Delay: repeats the input later", {"weights": "delay", "seq_len": 12}, "weights"),
    Example(
        "Two directions, from the end", {"bidirectional": True, "direction": "reverse", "seq_len": 8}, "bidirectional"
    ),
    RESET,
)


def offered(lesson: Lesson) -> tuple[Example, ...]:
    """The examples that show something on the page of `lesson`, and *Reset*.

    The page does not ignore or decide the point of such an example, and does not need as much anyway.
    """
    taken, needs = {*lesson.idle, *dict(lesson.decides)}, dict(lesson.needs)
    return tuple(
        example
        for example in EXAMPLES
        if example.point not in taken
        and (example.point not in needs or example.values[example.point] > needs[example.point])
    )


def menu(lesson: Lesson) -> None:
    """Show the menu. What is chosen counts in the script run that the choice asks for."""
    st.menu_button(
        "Examples",
        [example.label for example in offered(lesson)],
        key=KEY,
        on_click=_choose,
        icon=":material/auto_awesome:",
    )


def _choose() -> None:
    label = st.session_state[KEY]
    for example in EXAMPLES:
        if example.label == label:
            st.session_state.update({name: example.values.get(name, DEFAULTS[name]) for name in SETS})
            st.session_state[sizes.NEW] = {*SETS}
