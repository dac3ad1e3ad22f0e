"""The live page's picture, which follows the sliders, and its two experiments, whose outcomes the page confirms."""

from dataclasses import asdict
from typing import Any

import streamlit as st

from components.charts.difference import FLOORS, difference_columns
from components.lessons.live.check.facts import differing
from components.lessons.live.check.show import checked, show_verdict
from components.lessons.live.numbers import show as numbers
from components.lessons.live.score import show as score
from components.lessons.live.score.frames import Scored, off_columns
from components.lessons.live.score.step.show import step_control
from components.lstm.compare import AGREED, Comparison
from components.settings import FIELDS, Settings
from components.ui import furniture
from components.ui.figures import figure, parameter_formula
from components.ui.follow import follow
from components.ui.furniture import Attempt, equations, revealed, say_reach, small
from components.ui.jobs import job_text
from components.ui.shell import Page

# What the number of parameters depends on, beside the hidden size.
COUNTED = ("input_size", "num_layers", "bidirectional", "proj_size", "bias")


def show_picture(page: Page, mistake: str, place: Any) -> Scored:
    """The score, and in `place` the verdict, again while a size is dragged; below them the Step control."""
    with page.picture:
        part = score.choose_part(page)
        run = follow(page, _picture, mistake, part, place)
        step_control()
        with st.container():  # holds the place of what is not always there
            say_reach("c", run.c, page.view.c_range)
    return run


def ask(page: Page, text: str) -> None:
    """Show a text on what the page is about, and what the job is if the weights are set for one."""
    furniture.ask(page, text, job_text(page.settings))


def show_equations(page: Page) -> None:
    """The equations, and how to read the picture."""
    equations(page, small(score.reading(page)))


def show_numbers(page: Page, run: Scored, mistake: str) -> None:
    """What a mistake changes; both states as lines, and the shown numbers as a table and as files."""
    with st.container():  # holds the place of what is not always there
        if mistake != "none" and revealed(page):
            numbers.show_compared(page, mistake, run)
    score.show_lines(page, run)
    numbers.show_numbers(page, run)


def _picture(page: Page, mistake: str, part: int, place: Any) -> Scored:
    settings, view = page.settings, page.view
    run = score.run_of(page, part)
    if not revealed(page):
        score.show_score(page, run)
        return run
    result, floor = checked(settings, mistake), FLOORS[settings.dtype]
    off = None
    if mistake != "none":
        found = differing(settings, mistake, view.layer, int(view.reverse), view.sample)
        off = off_columns(found, int(view.reverse), run.units, run.height)
    score.show_score(
        page,
        run,
        off,
        difference_columns(result.per_step, result.tolerance, floor),
        floor,
    )
    with place:
        show_verdict(settings, mistake)
    return run


def units_are_not_steps(page: Page) -> Attempt:
    """Raise Sequence length, then Hidden size: only the second adds parameters."""
    found = _watched(page.settings)
    outcome = ""
    if len(found) == 2:
        steps, units = found["seq_len"], found["hidden_size"]
        outcome = (
            f"Sequence length {steps[0].seq_len} → {steps[1].seq_len}: "
            f"{steps[1].seq_len - steps[0].seq_len} more columns, "
            f"{steps[1].num_parameters - steps[0].num_parameters} more parameters. "
            f"Hidden size {units[0].hidden_size} → {units[1].hidden_size}: "
            f"{units[1].hidden_size - units[0].hidden_size} more rows, "
            f"{units[1].num_parameters - units[0].num_parameters} more parameters. "
            "Every step uses the same weights."
        )
    done = [f"{FIELDS[name].label} raised" for name in found]
    if page.settings.job and not outcome:
        done.append(f"{page.settings.job.title} fixes Hidden size: for this, set Weights to “sampled”")
    return Attempt(
        "Units are not time steps",
        "Raise Sequence length alone, then Hidden size alone. Watch the number of parameters, gates · units · (inputs "
        f"+ units + biases): **{parameter_formula(page.settings)}**" + (f" ({', '.join(done)})" if done else ""),
        outcome,
    )


def _watched(settings: Settings) -> dict[str, tuple[Settings, Settings]]:
    """For each of the two sliders, the settings before and after it was last raised alone.

    A module of another formula than the one on the page does not count.
    """
    raised: dict[str, tuple[Settings, Settings]] = st.session_state.get("_raised", {})
    found = {name: pair for name, pair in raised.items() if _formula_of(pair[1]) == _formula_of(settings)}
    before: Settings = st.session_state.get("_before", settings)
    st.session_state["_before"] = settings
    for name in ("seq_len", "hidden_size"):
        value = getattr(settings, name)
        # As mappings, because a job does not allow every size.
        if value > getattr(before, name) and asdict(before) | {name: value} == asdict(settings):
            found[name] = (before, settings)
    st.session_state["_raised"] = found
    return found


def _formula_of(settings: Settings) -> list[object]:
    return [getattr(settings, name) for name in COUNTED]


def start_is_forgotten(page: Page, mistake: str) -> Attempt:
    """Two runs from different states: the first step at which they agree."""
    settings = page.settings
    task = (
        "Choose the mistake “New start”. Then make the sequence longer until the two runs differ by at most "
        f"{AGREED:g}. Find the first step at which they differ by no more than that."
    )
    outcome = ""
    if mistake == "redraw":
        result = checked(settings, mistake)
        step = first_agreement(result)
        if settings.job:
            task += f" {settings.job.title} starts from zeros: for this, set Weights (More settings) to “sampled”."
        elif settings.initial_state == "zeros":
            task += " For this, set Initial state (More settings) to “sampled”."
        elif step is None:
            task += f" At step {settings.seq_len} they still differ by {figure(result.per_step[-1])}."
        else:
            outcome = (
                f"At t = {step} the outputs differ by {figure(result.per_step[step - 1])}, which is at most "
                f"{AGREED:g}: the start is forgotten."
            )
            if settings.bidirectional and result.per_step[-1] > AGREED:
                outcome += " Towards the end they differ again, because the reverse direction starts there."
            if not settings.bidirectional:
                outcome += " A longer sequence gives the same step."
            outcome += " Try another seed, or more units."
    return Attempt("How long is the start remembered?", task, outcome)


def first_agreement(result: Comparison) -> int | None:
    """The first step t at which the outputs differ by no more than `AGREED`; None if there is none."""
    return next((t for t, d in enumerate(result.per_step, start=1) if d <= AGREED), None)
