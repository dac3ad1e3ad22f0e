"""Places a chart template on the page."""

import streamlit as st

from components.charts.columns import Columns
from components.charts.template import Spec, fed


def chart(template: Spec, alt: str, **datasets: Columns) -> None:
    """Draw a chart template with these `datasets`. `alt` describes the chart for visitors who cannot see it.

    `alt` must be true for all numbers, like the template. If it changes, the browser builds the whole chart again.
    """
    st.vega_lite_chart(None, fed(template, **datasets), width="stretch", alt=alt)
