"""The score on a page: what is drawn and how to read it, the chart and the Step control."""

import streamlit as st

from components.charts.lanes import LANES, window
from components.charts.score import Lane, score, size
from components.lessons.live.score.frames import Scored, scored
from components.lessons.live.score.step.show import step_control
from components.ui.chart import chart
from components.ui.furniture import reads_below, say_reach, section, small, which_shown
from components.ui.jobs import job_text
from components.ui.shell import Page

X_RANGE = 2.5
# Without a number in it: the browser takes a new description for a new chart, and starts it anew.
ALT = (
    "Heat maps, one column a time step: the inputs, the input, forget, cell and output gates, the cell state and the "
    "hidden state of every unit drawn; below them both states as lines. The table below holds the same numbers."
)


def show_score(page: Page) -> Scored:
    """The score of the page's settings, how to read it, and the Step control; returns what is shown."""
    settings, view = page.settings, page.view
    section("The score", "\n\n".join(filter(None, (job_text(settings), small(_reading(page))))))
    with st.container():  # holds the place of what is not always there: a chart that moves is drawn anew
        part = _pager(page)
        run = scored(settings, view.layer, int(view.reverse), view.sample, part)
        say_reach("c", run.c, view.c_range)
        if run.h > 1:
            why = "" if settings.proj_size else " at the start, which is given and not squeezed by tanh"
            st.caption(f"|h| reaches {run.h:.2f}, beyond its range{why}: there lines leave the picture.")
    drawn = size(run.units.last - run.units.first + 1, settings.seq_len)
    bounds = {"x": X_RANGE, "c": float(view.c_range)}
    lanes = {name: Lane(name, bounds.get(name, 1.0), run.rows[name] <= drawn.fits(name)) for name in LANES}
    template = score(
        tuple(lanes.values()),
        drawn,
        (lanes["c"], lanes["h"]),
        run.units.first,
        run.features.first,
    )
    chart(template, alt=ALT, cells=run.cells)
    step_control(run)
    return run


def _reading(page: Page) -> str:
    """How to read the picture, in words that hold for these settings."""
    settings, view = page.settings, page.view
    start = f"t = {settings.seq_len + 1}" if view.reverse else "t = 0"
    words = [
        "To be read like a musical score: one column is one time step, one row is one unit;",
        f"c and h begin with the initial state, at {start}.",
        "i, f and o deepen from 0 to 1. The others are red below zero and teal above, and their shade grows with the",
        "root of the value, so that small ones show. Point at a column, or tap it, to follow it down.",
    ]
    if settings.hidden_size > 5 or settings.seq_len > 18:
        words.append("Where numbers do not fit, move Step, below the picture, to read a column.")
    if view.reverse:
        words.append("The reverse direction reads from the right to the left.")
    words.append(reads_below(page))
    if settings.proj_size:
        words.append(f"h is projected from {settings.hidden_size} to {settings.proj_size} rows.")
    return " ".join(filter(None, (*words, which_shown(page))))


def _pager(page: Page) -> int:
    """Which part of the units is drawn: all of them, or a page of as many as a browser draws at once."""
    settings, view = page.settings, page.view
    reads = settings.input_size
    if view.layer:
        reads = settings.output_size * settings.num_directions
    rows = {"units": settings.hidden_size, "features": reads}
    pages = max(window(settings.seq_len, count).pages for count in rows.values())
    if pages == 1:
        return 0
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.pagination(pages, key="units", bind="query-params") or 1
        shown = {name: window(settings.seq_len, n, chosen - 1) for name, n in rows.items()}
        st.caption(
            "More cells than a browser draws at once. Drawn: "
            + ", ".join(f"{name} {w.first} to {w.last} of {rows[name]}" for name, w in shown.items())
            + "."
        )
    return chosen - 1
