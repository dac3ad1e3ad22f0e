"""The Step control: a native range input below a score, which outlines a step and states its numbers.

It runs wholly in the browser. The numbers of every step are sent once, as bytes, and moving costs none.
"""

from pathlib import Path

import streamlit as st

from components.frames import Frame
from components.frames.trace import packed

_HERE = Path(__file__).parent
_STEP = st.components.v2.component(
    "unrolled_step",
    html=(_HERE / "step.html").read_text("utf-8"),
    css=(_HERE / "step.css").read_text("utf-8"),
    js=(_HERE / "step.js").read_text("utf-8"),
)


def step_control(inputs: Frame, units: Frame) -> None:
    """Draw the control for the score that was drawn from these frames."""
    _STEP(key="step_control", data=packed(inputs, units), height="content")
