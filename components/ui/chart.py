"""Templates on the page."""

import streamlit as st

from components.charts.template import Spec, fed
from components.frames import Frame


def chart(template: Spec, alt: str, **frames: Frame) -> None:
    """Draw a chart template fed with `frames`; `alt` says what is seen to those who cannot see the canvas.

    `alt` holds for all numbers, as the template does: where it changes, the browser starts the chart anew.
    """
    st.vega_lite_chart(None, fed(template, **frames), width="stretch", alt=alt)
