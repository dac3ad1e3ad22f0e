"""The Step control: a native range input below a score, which outlines a step and states its numbers.

It runs wholly in the browser. The numbers of every step are sent once, as bytes, and moving costs none. They come
through a component of their own that draws nothing: a component's code travels again with every change of its data, so
the code that is long has no data, and stays in the browser.
"""

from pathlib import Path

import streamlit as st

from components.lessons.live.score.frames import Scored, packed
from components.ui.component import component, script

_HERE = Path(__file__).parent
_STEP = component(_HERE)
_NUMBERS = st.components.v2.component("unrolled_step_numbers", js=script(_HERE / "numbers.js"))


def step_control() -> None:
    """Show the control for the score above it."""
    _STEP(key="step_control", height="content")


def step_numbers(run: Scored) -> None:
    """Hand the numbers of a score to the control."""
    _NUMBERS(key="step_numbers", data=packed(run), height="content")
