"""The player: a cell taken apart at one step, which walks through time and opens every number to its arithmetic.

It runs wholly in the browser. The run and its weights are sent once, as bytes, through a component that draws nothing:
a component's code travels again with every change of its data, so the code that is long has none that a slider changes.

`cell.js` is the arithmetic and knows no page, `player.js` draws. They are one script in the browser, where an import
of a file beside it would find nothing.
"""

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent


def script() -> str:
    """The arithmetic and the drawing as one module."""
    return "\n".join((_HERE / name).read_text("utf-8") for name in ("cell.js", "player.js"))


_PLAYER = st.components.v2.component(
    "unrolled_player",
    html=(_HERE / "player.html").read_text("utf-8"),
    css=(_HERE / "player.css").read_text("utf-8"),
    js=script(),
)
_HAND = st.components.v2.component("unrolled_player_hand", js=(_HERE / "hand.js").read_text("utf-8"))


def frame(revealed: bool) -> None:
    """Draw the player; two products are hidden until `revealed`. It waits for the numbers of `hand`."""
    _PLAYER(key="player", data={"revealed": revealed}, height="content")


def hand(numbers: bytes) -> None:
    """Hand the player what `packed` of `one_step/frames.py` packed. It may come again, without the player."""
    _HAND(key="player_hand", data=numbers, height="content")
