"""Templates on the page."""

import pandas as pd
import streamlit as st

from components.charts.template import Spec, fed


def chart(template: Spec, alt: str, **frames: pd.DataFrame) -> None:
    """Draw a chart template fed with `frames`; `alt` says what is seen to those who cannot see the canvas."""
    st.vega_lite_chart(None, fed(template, **frames), width="stretch", alt=alt)
