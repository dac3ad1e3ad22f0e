"""Templates on the page."""

import streamlit as st

from components.charts.columns import Columns
from components.charts.template import Spec, fed


def chart(template: Spec, alt: str, **datasets: Columns) -> None:
    """Draw a chart template fed with `datasets`; `alt` says what is seen to those who cannot see the canvas.

    `alt` holds for all numbers, as the template does: where it changes, the browser starts the chart anew.
    """
    st.vega_lite_chart(None, fed(template, **datasets), width="stretch", alt=alt)
