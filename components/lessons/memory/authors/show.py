"""Who wrote c, on a page: the bars and the triangle, the half-life, and the checks of the altered run."""

from dataclasses import replace

import streamlit as st

from components.lessons.memory.authors.charts import READOUT_EVENT, authors
from components.lessons.memory.facts import Surgery
from components.lessons.memory.frames import Operated, operated
from components.lessons.memory.show import said
from components.ui.chart import chart
from components.ui.figures import NON_BREAKING, figure, scientific
from components.ui.furniture import Attempt, locked, small, verdict
from components.ui.pointer import pointer
from components.ui.shell import Page

ALT = (
    "Above, one signed bar for the initial state and for each step: what each still contributes to one unit's cell "
    "state. Below, a triangle of the same for every time at which c is read: a column is what one step wrote, and "
    "fades or stays on the way down. Read at, below, says the chosen row in words."
)
DENSE = 20  # steps from which on the cells of the triangle have no space between them


def show_authors(page: Page, run: Operated, unit: int) -> None:
    """One bar a step, the triangle of all times, the control that chooses one, and the half-life."""
    terms, steps = run.terms, page.settings.seq_len
    st.markdown(
        f"**Who wrote c of unit {unit}?** "
        r"$c_T = f_1 \cdots f_T\, c_0 + \sum_t f_{t+1} \cdots f_T\; i_t\, g_t$: each step writes i g, and every later "
        f"f keeps a share of that. {_half_life(run, steps)}\n\n{small(_reading(page, run))}",
    )
    chart(authors(1.0 if terms.group == 1 else 2.0, steps > DENSE), alt=ALT, cells=terms.cells, rows=terms.rows)
    pointer("readout", "Read at", READOUT_EVENT, terms.names, terms.said, backwards=True, shown=True)


def _reading(page: Page, run: Operated) -> str:
    bound = 1 if run.terms.group == 1 else 2
    words = [
        "The bars show the outlined row of the triangle: their sum is c at that step. Point at a row, or move Read at.",
        "A column, from top to bottom, shows how much is left of what one step wrote. It ends where less than a "
        "millionth is left.",
        f"The range is −{bound} to {bound}. Length and shade follow the square root of the value, so that small values "
        "can be seen.",
    ]
    if run.terms.group > 1:
        words.append(f"Each column stands for {run.terms.group} steps together, and so does each row.")
    if run.terms.reach > bound:
        words.append(f"The largest reaches {run.terms.reach:.2f} and is shown as the end of the range.")
    if page.view.reverse:
        words.append("The reverse direction begins at the right.")
    return " ".join(words)


def _half_life(run: Operated, steps: int) -> str:
    """How long c_0 and the writings last, from f."""
    if run.open:
        return f"**Half{NON_BREAKING}life: none.** f is 1 at every step, up to rounding. So nothing is lost."
    short, long, never = run.half_lives
    if run.half_life:
        start = f"**Half{NON_BREAKING}life: {_steps(run.half_life)}.** After that, less than half of c_0 is left."
    else:
        start = (
            f"**Half{NON_BREAKING}life: longer than the sequence.** After {steps} steps {run.left:.0%} of c_0 is left."
        )
    if never < steps:
        span = f"{short} to {_steps(long)}" if short < long else _steps(short)
        start += f" Of what a step wrote, less than half is left after {span}" + (
            ", or never before the end." if never else "."
        )
    return start


def _steps(count: int) -> str:
    return f"{count} step" + "s" * (count != 1)


def show_check(page: Page, surgery: Surgery, run: Operated, revealed: bool) -> None:
    """The altered run against torch with altered weights, the bars against c, and c_n against c_0."""
    if not revealed:
        locked()
        return
    proof, terms = run.proof, run.terms
    same, whole = max(proof.h, proof.c) <= proof.tolerance, terms.max_abs_diff <= proof.tolerance
    must_keep = surgery.everywhere("f") == 1 and 0 in (surgery.everywhere("i"), surgery.everywhere("g"))
    good = same and whole and (proof.kept or not must_keep)
    found = (
        f"The last c is c_0, {'bit for bit' if proof.bitwise else f'up to rounding: {scientific(proof.moved)}'}."
        if proof.kept
        else f"The largest difference between the last c and c_0 is {figure(proof.moved)}."
    )
    if good:
        torch = "torch, with altered weights," if surgery.alters else "torch"
        verdict(
            True,
            "The operation does what it says.",
            f"{torch} gives the same numbers, and the sum of the bars is c. {found}",
        )
    else:
        verdict(False, "Something does not hold.", f"See the figures below. {found}")
    ok = {True: ":green[:material/check: yes]", False: ":red[:material/close: no]"}
    gates = "its rows of the weights are 0, its bias gives the value" if surgery.held else "the same weights"
    calls = "one call" if proof.calls == 1 else f"{proof.calls} calls, with the state carried"
    limit = (
        f"Tolerance: {scientific(proof.tolerance)}, for {page.settings.dtype}, times the largest |c| if that is above "
        "1."
    )
    st.markdown(
        "| | largest difference | holds |\n|---|---|---|\n"
        f"| h and c compared with `nn.LSTM`: {gates}; {calls} | {scientific(max(proof.h, proof.c))} | {ok[same]} |\n"
        f"| the sum of the bars compared with c, at every step | {scientific(terms.max_abs_diff)} | {ok[whole]} |\n"
        f"| the last c compared with c_0, all units and samples | {figure(proof.moved)} | "
        + ("bit for bit" if proof.bitwise else "the same, up to rounding" if proof.kept else "not the same")
        + f" |\n\n{small(limit)}"
    )


def two_ways_to_keep(surgery: Surgery, run: Operated) -> Attempt:
    """Make the last c equal c_0 without the input gate."""
    outcome = ""
    if run.proof.kept and surgery.alters and surgery.everywhere("i") != 0:
        outcome = (
            f"With {said(surgery) or 'nothing altered'} the last c is c_0, with a largest difference of "
            f"{figure(run.proof.moved)}. What is written is i ⊙ g: it is 0 if one of them is 0."
        )
    now = "it is" if run.proof.kept else f"they differ by up to {figure(run.proof.moved)}"
    return Attempt(
        "Keep c_0 without touching the input gate",
        "“Keep all” shuts the input gate. Set i back to “free” and set the other gates yourself, so that the last c is "
        f"c_0. Now {now}.",
        outcome,
    )


def outlive_the_sequence(page: Page, surgery: Surgery, run: Operated, unit: int) -> Attempt:
    """Find the smallest forget bias with which c_0 is not halved before the end."""
    outcome, steps = "", page.settings.seq_len
    lasts = surgery.forget_bias > 0 and "f" not in surgery.held and not run.half_life
    if lasts:
        less = replace(surgery, forget_bias=surgery.forget_bias - 1)
        lasts = operated(page.settings, less, page.view.sample, unit).half_life > 0
    if lasts:
        outcome = (
            f"With a forget bias of {surgery.forget_bias:+g}, {run.left:.0%} of c_0 of unit {unit} is left after "
            f"{steps} steps. A bias that is larger by 1 divides what a step forgets by about e. Try a longer sequence, "
            "or another unit."
        )
    now = f"less than half left after {_steps(run.half_life)}" if run.half_life else f"{run.left:.0%} left at the end"
    if page.settings.weights in ("latch", "delay"):
        now += (
            ". In this cell the weights shut f, and no bias here is large enough to open it: set Weights to “sampled”"
        )
    return Attempt(
        "Remember to the end",
        f"Leave f free. Find the smallest forget bias with which at least half of c_0 of unit {unit} is left after "
        f"{steps} steps (*Set the gates yourself*). Now: {now}.",
        outcome,
    )
