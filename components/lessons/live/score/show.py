"""The score on a page: what is shown and how to read it, the chart and the Step control."""

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
    "Heat maps, one column for each time step: the inputs, the input, forget, cell and output gates, the cell state "
    "and the hidden state of every unit that is shown; below them both states as lines. The table below holds the "
    "same numbers."
)


def show_score(page: Page) -> Scored:
    """The score of the page's settings, how to read it, and the Step control; returns what is shown."""
    settings, view = page.settings, page.view
    section("The score", "\n\n".join(filter(None, (job_text(settings), small(_reading(page))))))
    with st.container():  # holds the place of what is not always there: a chart that moves is built again
        part = _pager(page)
        run = scored(settings, view.layer, int(view.reverse), view.sample, part)
        say_reach("c", run.c, view.c_range)
        if run.h > 1:
            why = "" if settings.proj_size else " (an initial state is given, tanh does not squeeze it)"
            st.caption(
                f"|h| reaches {run.h:.2f}, which is more than its range{why}: there the lines leave the picture."
            )
    cell_size = size(run.units.last - run.units.first + 1, settings.seq_len)
    bounds = {"x": X_RANGE, "c": float(view.c_range)}
    lanes = {name: Lane(name, bounds.get(name, 1.0), run.rows[name] <= cell_size.fits(name)) for name in LANES}
    template = score(
        tuple(lanes.values()),
        cell_size,
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
        "Read it like a musical score: one column is one time step, one row is one unit.",
        f"c and h begin with the initial state, at {start}.",
        "The colour of i, f and o gets stronger from 0 to 1. The others are red below zero and teal above zero.",
        "Their shade follows the square root of the value, so that small values can be seen. Point at a column, or "
        "tap it, to mark its step everywhere.",
    ]
    if settings.hidden_size > 5 or settings.seq_len > 18:
        words.append("Where the numbers do not fit, use Step below the picture: it shows the numbers of one step.")
    if view.reverse:
        words.append("The reverse direction reads from right to left.")
    words.append(reads_below(page))
    if settings.proj_size:
        words.append(f"The projection makes {settings.proj_size} numbers of h from {settings.hidden_size} units.")
    return " ".join(filter(None, (*words, which_shown(page))))


def _pager(page: Page) -> int:
    """Which part of the units is shown: all of them, or a page of as many as a browser can show at once."""
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
            "These are more cells than a browser can show at once. Shown: "
            + ", ".join(f"{name} {w.first} to {w.last} of {rows[name]}" for name, w in shown.items())
            + "."
        )
    return chosen - 1
