"""The floor: an app that shows what Streamlit and Altair cost when nothing is computed.

It has the three main sliders of the live page and five charts, made in the ordinary way: each chart is built, validated
and sent again at every rerun. It does not use torch. Its numbers are a fixed wave, and the sliders decide how many
there are, so that a move changes every chart. A ratio against this app says what the dashboard's own work costs, on any
machine.
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
