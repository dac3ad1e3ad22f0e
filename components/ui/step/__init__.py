"""The Step control: a native range input below a score, which outlines a step and states its numbers.

It runs wholly in the browser. The numbers of every step are sent once, as bytes, and moving costs none.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from components.frames.trace import LANES

_HERE = Path(__file__).parent
_STEP = st.components.v2.component(
    "unrolled_step",
    html=(_HERE / "step.html").read_text("utf-8"),
    css=(_HERE / "step.css").read_text("utf-8"),
    js=(_HERE / "step.js").read_text("utf-8"),
)


def packed(frames: dict[str, pd.DataFrame]) -> bytes:
    """The score's frames as float32: six numbers of layout, x (step, feature), then i, f, g, o, c, h (step, unit)."""
    inputs, units = frames["inputs"], frames["units"]
    columns = units["t"].nunique()
    head = [
        units["t"].iloc[0],
        columns,
        len(units) // columns,
        units["row"].iloc[0],
        len(inputs) // (columns - 1),
        inputs["row"].iloc[0],
    ]
    lanes = [units[lane].to_numpy() for lane in LANES if lane != "x"]
    return np.concatenate([head, inputs["x"], *lanes]).astype(np.float32).tobytes()


def step_control(frames: dict[str, pd.DataFrame]) -> None:
    """Draw the control for the score that was drawn from `frames`."""
    _STEP(key="step_control", data=packed(frames), height="content")
