"""One step on a page: the player and how to read it, the check, what to try, and the program for the step shown."""

from pathlib import Path

import streamlit as st

from components.kept import kept
from components.lessons.one_step.facts import first_step, held, put_together
from components.lessons.one_step.frames import packed
from components.lessons.one_step.player.show import player
from components.lessons.one_step.program import program
from components.lstm.compare import UNCOUNTED
from components.ui import links
from components.ui.component import component
from components.ui.figures import NON_BREAKING, figure, scientific
from components.ui.furniture import Attempt, locked, reads_below, section, small, verdict, which_shown
from components.ui.jobs import job_text
from components.ui.shell import Page

_TRAIL = component(Path(__file__).parent / "trail")

checked = kept(put_together)


def show_player(page: Page, revealed: bool) -> None:
    """The cell at one step, with everything that belongs to it."""
    section("The cell", "\n\n".join(filter(None, (job_text(page.settings), small(_reading(page))))))
    place_of(page)
    view = page.view
    player(packed(page.settings, view.layer, int(view.reverse), view.sample, view.c_range), revealed)


def place_of(page: Page) -> tuple[int, int]:
    """The step and the unit that the address names: where the player begins."""
    settings = page.settings
    first = settings.seq_len if page.view.reverse else 1
    return links.place("step", 1, settings.seq_len, first), links.place("unit", 0, settings.hidden_size - 1, 0)


def _reading(page: Page) -> str:
    """How to read the picture, in words that hold for these settings."""
    settings, view = page.settings, page.view
    words = [
        "A gate is filled as far as it is open. The cell gate g has a sign, so it is filled from its middle. Arrow "
        "keys, Home and End move",
        "through time, the space bar plays and stops. Choose a unit by its bar below the cell. The length of a bar "
        "follows the square root of",
        "its number, so that small numbers can be seen. Click any number: it opens and shows what it is made of.",
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
    """Every step put together again from its gates, beside what torch returned."""
    if not revealed:
        locked()
        return
    settings = page.settings
    result = checked(settings)
    if result.same:
        words = f"That is so at every step, in every unit. The largest difference is {scientific(result.difference)}."
        verdict(True, "The equations give torch's numbers.", words)
    else:
        verdict(
            False, "The equations do not give torch's numbers.", f"The largest difference is {result.difference:.2g}."
        )
    lines = ["| by the equations | torch's | largest difference |", "|---|---|---|"]
    lines += [f"| {row.name} | `{row.beside}` | {scientific(row.difference)} |" for row in result.rows]
    base = "1e-12" if settings.dtype == "float64" else "2e-6"
    note = f"Tolerance for {settings.dtype}: {base} · max(1, largest |c|), here {scientific(result.tolerance)}."
    st.markdown("\n".join(lines) + f"\n\n{small(note.replace('-', NON_BREAKING))}")


def nothing_to_forget(page: Page) -> Attempt:
    """Start from zeros: at the first step the forget gate has nothing to do."""
    settings, view = page.settings, page.view
    outcome = ""
    if settings.initial_state == "zeros" and not settings.job:  # whose gates say nothing about this
        first = first_step(settings, view.layer, int(view.reverse), view.sample)
        outcome = (
            f"At the first step f is between {first.lowest:.2f} and {first.highest:.2f}, and the memory before is 0: "
        )
        outcome += (
            f"f keeps 0 of it, and c is i ⊙ g. The largest difference is {figure(first.max_abs_diff)}. It does not "
            "matter how open f is."
            if first.idle
            else f"c differs from i ⊙ g by {first.max_abs_diff:.2g}."
        )
    return Attempt(
        "When does f not matter?",
        "Set Initial state to zeros (More settings, or the button) and go to the first step: what does f do there?",
        outcome,
    )


def a_memory_that_stays(page: Page) -> Attempt:
    """Take the latch, and find what keeps its memory."""
    settings, view = page.settings, page.view
    outcome = ""
    if settings.weights == "latch":
        found = held(settings, view.layer, int(view.reverse), view.sample)
        outcome = (
            "In so few steps nothing is stored and kept. Make the sequence longer."
            if found is None
            else f"c of unit {found.unit} is {found.value:.4f} from step {found.first} to step {found.last}. Its "
            f"largest change is {figure(found.change)}. {UNCOUNTED.format(scientific(found.limit))} "
            f"f is {found.f:.17g} there and i is {figure(found.i)}. So c is {found.f:.17g} · (c before) + "
            f"{figure(found.i)} · g, and the last "
            "term is smaller than rounding."
        )
    return Attempt(
        "What keeps a memory?",
        "Take the latch, a cell whose weights are set by hand (More settings, or the button). Go through its steps. "
        "What are f and i while c stays the same? Which terms of f shut it?",
        outcome,
    )


def show_buttons(page: Page) -> None:
    """For those who do not look for the settings."""
    settings = page.settings
    with st.container(horizontal=True):
        if settings.initial_state != "zeros":
            st.button(
                "Start from zeros",
                on_click=lambda: st.session_state.update({"initial_state": "zeros"}),
                icon=":material/exposure_zero:",
            )
        if settings.weights != "latch":
            st.button(
                "Take the latch",
                on_click=lambda: st.session_state.update({"weights": "latch", "seq_len": max(settings.seq_len, 20)}),
                icon=":material/lock_clock:",
            )


def program_of(page: Page) -> str:
    """The program for what is shown, at the step and unit of the address."""
    view = page.view
    t, unit = place_of(page)
    return program(page.settings, view.layer, int(view.reverse), view.sample, t, unit)


def show_trail() -> None:
    """What to try in the player, which sees by itself when it is done."""
    _TRAIL(key="trail", height="content")
