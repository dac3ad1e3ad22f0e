"""The floor: what Streamlit and Altair cost when nothing is computed.

The live page's three main sliders and five charts, drawn the ordinary way: each chart is built,
validated and sent anew on every rerun. No torch; the numbers are a fixed wave whose amount follows
the sliders, so that a move changes every chart. Ratios against this app say what the dashboard's
own work costs, whatever machine they were taken on.
"""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

st.set_page_config(page_title="Floor", layout="wide")

with st.sidebar:
    input_size = st.slider("Input size", 1, 64, 3, key="input_size", bind="query-params")
    hidden_size = st.slider("Hidden size", 1, 128, 8, key="hidden_size", bind="query-params")
    seq_len = st.slider("Sequence length", 1, 200, 20, key="seq_len", bind="query-params")

st.caption(f"T = {seq_len} · H = {hidden_size} · I = {input_size}")

steps, units = np.mgrid[1 : seq_len + 1, :hidden_size]
wave = np.sin(0.3 * steps + units)
states = pd.DataFrame({"t": steps.ravel(), "unit": units.ravel(), "h": wave.ravel(), "c": 1.5 * wave.ravel()})
gates = pd.concat(
    pd.DataFrame({"t": steps.ravel(), "unit": units.ravel(), "gate": gate, "value": np.sin(wave + phase).ravel()})
    for phase, gate in enumerate("ifgo")
)


def heatmap(frame: pd.DataFrame, column: str) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(frame, title=f"{column} of every unit")
        .mark_rect()
        .encode(
            x=alt.X("t:O", title="step t"),
            y=alt.Y("unit:O", title="unit"),
            color=alt.Color(column, type="quantitative", scale=alt.Scale(domainMid=0)),
            tooltip=["t", "unit", column],
        )
    )
    return chart


def lines(column: str) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(states, title=f"{column} of every unit over time")
        .mark_line()
        .encode(
            x=alt.X("t:Q", title="step t"),
            y=alt.Y(column, type="quantitative"),
            color=alt.Color("unit:N"),
            tooltip=["t", "unit", column],
        )
    )
    return chart


left, right = st.columns(2)
left.altair_chart(heatmap(states, "h"))
right.altair_chart(heatmap(states, "c"))
left.altair_chart(lines("h"))
right.altair_chart(lines("c"))
st.altair_chart(heatmap(gates, "value").properties(height=80).encode(row="gate:N"))
