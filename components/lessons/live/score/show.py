"""The score on a page: the chart, the choice of units, and how to read it."""

import streamlit as st

from components.charts.columns import Columns
from components.charts.lanes import LANES, window
from components.charts.score import FEW, Lane, score, stage_size, state_lines
from components.lessons.live.score.frames import Scored, scored
from components.lessons.live.score.step.show import step_numbers
from components.ui.chart import chart
from components.ui.furniture import reads_below, which_shown
from components.ui.shell import Page

X_RANGE = 2.5
# Without a number in it: the browser takes a new description for a new chart, and starts it anew.
ALT = (
    "Heat maps, one column for each time step: the inputs, the input, forget, cell and output gates, the cell state "
    "and the hidden state of every unit that is shown. The table below holds the same numbers."
)
LINES_ALT = "Two line charts above each other, the cell state and the hidden state, with one line for each unit."
H_RANGES = (1.0, 2.0, 4.0, 8.0)  # of the lines


def run_of(page: Page, part: int) -> Scored:
    """The cells of the score for what the page shows, and one part of its units."""
    return scored(page.settings, page.view.layer, int(page.view.reverse), page.view.sample, part)


def show_score(
    page: Page, run: Scored, off: Columns | None = None, differences: Columns | None = None, floor: float | None = None
) -> None:
    """The score of `run`, and its numbers for the Step control.

    `off` are the columns `c_off` and `h_off`: which cells are marked. With `differences` there is a lane of bars.
    """
    cell_size = stage_size(run.units.last - run.units.first + 1, page.settings.seq_len)
    bounds = {"x": X_RANGE, "c": float(page.view.c_range)}
    lanes = tuple(Lane(name, bounds.get(name, 1.0), run.rows[name] <= cell_size.fits(name)) for name in LANES)
    template = score(
        lanes, cell_size, (), run.units.first, run.features.first, off is not None, floor if differences else None
    )
    datasets = {"cells": {**run.cells, **(off or {})}} | ({"differences": differences} if differences else {})
    chart(template, alt=ALT, **datasets)
    step_numbers(run)


def show_lines(page: Page, run: Scored) -> None:
    """Both states as lines, one for each unit. The domain of h holds its initial state, which tanh does not squeeze."""
    rows = run.units.last - run.units.first + 1
    h = next(bound for bound in H_RANGES if bound >= run.h or bound == H_RANGES[-1])
    lanes = (Lane("c", float(page.view.c_range)), Lane("h", h))
    dense = stage_size(rows, page.settings.seq_len).dense
    template = state_lines(lanes, dense, rows <= FEW, run.units.first)
    chart(template, alt=LINES_ALT, cells={name: run.cells[name] for name in ("t", "row", "c", "h")})


def reading(page: Page) -> str:
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


def choose_part(page: Page) -> int:
    """Which part of the units is shown: all of them, or a page of as many as a browser can show at once."""
    settings, view = page.settings, page.view
    place = st.empty()  # always there: a chart that moves is built again
    reads = settings.input_size
    if view.layer:
        reads = settings.output_size * settings.num_directions
    rows = {"units": settings.hidden_size, "features": reads}
    pages = max(window(settings.seq_len, count).pages for count in rows.values())
    if pages == 1:
        return 0
    with place.container(horizontal=True, vertical_alignment="center"):
        chosen = st.pagination(pages, key="units", bind="query-params") or 1
        shown = {name: window(settings.seq_len, n, chosen - 1) for name, n in rows.items()}
        st.caption(
            "These are more cells than a browser can show at once. Shown: "
            + ", ".join(f"{name} {w.first} to {w.last} of {rows[name]}" for name, w in shown.items())
            + "."
        )
    return chosen - 1
