"""The numbers of the score: as a table on the page, and as files."""

import streamlit as st

from components.charts.lanes import LANES
from components.lessons.live.check.facts import both_states, differing
from components.lessons.live.numbers.facts import LIMIT, archive, count, fitting, nbytes
from components.lessons.live.numbers.frames import DIFFERS, compared_frame, slot_csv, table_frame
from components.lessons.live.score.frames import Scored
from components.settings import FIELDS, Settings
from components.ui.files import file_button
from components.ui.furniture import aside
from components.ui.shell import Page


def show_numbers(page: Page, run: Scored) -> None:
    """The shown numbers as a table, and more of them as files."""
    settings, view = page.settings, page.view
    st.dataframe(
        table_frame(run),
        hide_index=True,
        height=320,
        column_config={lane: st.column_config.NumberColumn(lane, format="%.4f") for lane in LANES},
    )
    with st.container(horizontal=True):
        file_button(
            "All units as CSV",
            lambda: slot_csv(settings, view.layer, int(view.reverse), view.sample),
            "unrolled_units.csv",
            "text/csv",
            "Every unit at every step, with all digits, of the layer, direction and sample that is shown.",
        )
        if nbytes(settings) <= LIMIT:
            file_button(
                "All numbers as .npz",
                lambda: archive(settings),
                "unrolled_trace.npz",
                "application/zip",
                "`numpy.load` reads it: x, the gates i, f, g, o and the states c, h of every layer, direction "
                "and sample, each gate as (L, D, T, B, H).",
            )
    if nbytes(settings) > LIMIT:
        aside(too_many(settings))


def show_compared(page: Page, mistake: str, run: Scored) -> None:
    """With a mistake: what the single call and the loop computed, side by side, and where they differ."""
    settings, view = page.settings, page.view
    of = (settings, mistake, view.layer, int(view.reverse), view.sample)
    off = differing(*of)
    table = compared_frame(both_states(*of), off, run.units)
    wrong = sum(int(cells.sum()) for cells in off.values())
    st.markdown(
        f"**One call and the loop, with the mistake.** {DIFFERS} marks a number in which they differ by more than "
        f"rounding: {wrong:,} of {sum(cells.size for cells in off.values()):,} numbers."
    )
    numbers = [column for column in map(str, table.columns) if ", " in column]
    st.dataframe(
        table,
        hide_index=True,
        height=320,
        column_config={column: st.column_config.NumberColumn(column, format="%.4f") for column in numbers},
    )


def too_many(settings: Settings) -> str:
    """That all numbers are too many for a file, how many they are, and which setting to lower."""
    fits = [f"{FIELDS[name].label} to {value}" for name, value in fitting(settings)]
    return (
        f"All numbers as .npz: there are {count(settings):,} of them in all layers, directions and samples, "
        f"{nbytes(settings) / 1e6:.0f} MB. A file holds at most {LIMIT / 1e6:.0f} MB. "
        f"Lower one of these: {', or '.join(fits)}."
    )
