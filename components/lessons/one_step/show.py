"""One step on a page: the player and how to read it, the check, what to try, and the program for the step shown."""

from pathlib import Path
from typing import Any

import streamlit as st

from components.kept import kept
from components.lessons.one_step.facts import put_together
from components.lessons.one_step.frames import opening, packed
from components.lessons.one_step.player.show import frame, hand
from components.lessons.one_step.program import program
from components.ui import links
from components.ui.component import component
from components.ui.figures import NON_BREAKING, figure, scientific
from components.ui.follow import follow
from components.ui.furniture import aside, locked, reads_below, small, verdict, which_shown
from components.ui.jobs import job_text
from components.ui.shell import Page

_TASKS = component(Path(__file__).parent / "tasks")

checked = kept(put_together)


def show_player(page: Page, revealed: bool, place: Any) -> None:
    """The cell at one step, and in `place` the verdict. Numbers and verdict follow a size while it is dragged."""
    place_of(page)
    with page.picture:
        frame(revealed)
        follow(page, _hand_numbers, revealed, place)


def _hand_numbers(page: Page, revealed: bool, place: Any) -> None:
    view = page.view
    hand(packed(page.settings, view.layer, int(view.reverse), view.sample, view.c_range))
    if revealed:
        with place:
            show_verdict(page)


def show_verdict(page: Page) -> None:
    """Whether every step, put together again from its gates, gives torch's numbers."""
    result = checked(page.settings)
    if result.same:
        rounding = f"The largest difference is {scientific(result.difference)}: that is rounding."
        verdict(
            True,
            "The equations give torch's numbers.",
            "c = f ⊙ (c before) + i ⊙ g and h = o ⊙ tanh(c), at every step and in every unit. "
            + (rounding if result.difference else "Not one bit differs."),
        )
    else:
        verdict(
            False,
            "The equations do not give torch's numbers.",
            f"The largest difference is {figure(result.difference)}.",
        )


def place_of(page: Page) -> tuple[int, int]:
    """The step and the unit that the address names: where the player begins."""
    settings, view = page.settings, page.view
    first = settings.seq_len if view.reverse else 1
    unit = opening(settings, view.layer, int(view.reverse), view.sample)
    return links.place("step", 1, settings.seq_len, first), links.place("unit", 0, settings.hidden_size - 1, unit)


def show_reading(page: Page) -> None:
    """How to read the picture, in words that hold for these settings; before it, what the cell's job is."""
    if words := job_text(page.settings):
        st.markdown(words)
    aside(_reading(page))


def _reading(page: Page) -> str:
    settings, view = page.settings, page.view
    words = [
        "The gauge of a gate is filled as far as the gate is open. The cell gate g has a sign, so its gauge is filled "
        "from the middle.",
        "Arrow keys, Home and End move through time. The space bar plays and pauses.",
        "Choose a unit by its bar below the cell. The length of a bar follows the square root of its number, so that "
        "small numbers can be seen.",
        "Click a number: it shows below what it is made of.",
    ]
    if view.reverse:
        words.append("The reverse direction begins at the last step. For it, the step before t is t + 1.")
    words.append(reads_below(page))
    if settings.proj_size:
        words.append(
            f"The projection makes {settings.proj_size} numbers of h from what {settings.hidden_size} units show."
        )
    if settings.dtype == "float64":
        words.append(
            "The page gets float64 numbers rounded to float32. That is seven digits, and it shows four decimals."
        )
    return " ".join(filter(None, (*words, which_shown(page))))


def show_check(page: Page, revealed: bool) -> None:
    """Every step put together again from its gates, beside what torch returned: the figures of the verdict."""
    if not revealed:
        locked()
        return
    settings = page.settings
    result = checked(settings)
    lines = ["| by the equations | torch's | largest difference |", "|---|---|---|"]
    lines += [f"| {row.name} | `{row.beside}` | {scientific(row.difference)} |" for row in result.rows]
    base = "1e-12" if settings.dtype == "float64" else "2e-6"
    note = f"Tolerance for {settings.dtype}: {base} · max(1, largest |c|), here {scientific(result.tolerance)}."
    st.markdown("\n".join(lines) + f"\n\n{small(note.replace('-', NON_BREAKING))}")


def show_tasks(page: Page, revealed: bool) -> None:
    """What to try in the player, which sees by itself when it is done; and buttons for the settings that it takes."""
    if not revealed:
        return
    settings = page.settings
    with page.coach:
        _TASKS(key="tasks", height="content")
        with st.container(horizontal=True):
            if settings.initial_state != "zeros":
                st.button(
                    "Start from zeros",
                    on_click=lambda: st.session_state.update({"initial_state": "zeros"}),
                    icon=":material/exposure_zero:",
                )
            if settings.weights != "latch":
                steps = max(settings.seq_len, 20)
                st.button(
                    "Take the latch",
                    on_click=lambda: st.session_state.update({"weights": "latch", "seq_len": steps}),
                    icon=":material/lock_clock:",
                )


def program_of(page: Page) -> str:
    """The program for what is shown, at the step and unit of the address."""
    view = page.view
    t, unit = place_of(page)
    return program(page.settings, view.layer, int(view.reverse), view.sample, t, unit)
