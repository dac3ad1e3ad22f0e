"""Who wrote c, on a page: the bars and the triangle, the half-life, and the checks of the altered run."""

import streamlit as st

from components.lessons.memory.authors.charts import READOUT_EVENT, authors
from components.lessons.memory.facts import Surgery
from components.lessons.memory.frames import Operated
from components.lessons.memory.show import said
from components.ui.chart import chart
from components.ui.figures import NON_BREAKING, figure, scientific
from components.ui.furniture import Attempt, locked, section, small, verdict
from components.ui.pointer import pointer
from components.ui.shell import Page

ALT = (
    "Above, one signed bar for the initial state and for each step: what each still contributes to one unit's cell "
    "state. Below, a triangle of the same for every time at which c is read: a column is one writing, and fades or "
    "stays on the way down. Read at, below, says the chosen row in words."
)
DENSE = 20  # steps from which on the cells of the triangle have no space between them


def show_authors(page: Page, surgery: Surgery, run: Operated, unit: int) -> None:
    """One bar a step, the triangle of all times, the control that chooses one, and the half-life."""
    terms, steps = run.terms, page.settings.seq_len
    section(
        f"Who wrote c of unit {unit}",
        r"$c_T = f_1 \cdots f_T\, c_0 + \sum_t f_{t+1} \cdots f_T\; i_t\, g_t$: each step writes, and every later f "
        f"keeps its share of that. {_half_life(run, steps)}\n\n{small(_reading(page, run))}",
    )
    chart(authors(1.0 if terms.group == 1 else 2.0, steps > DENSE), alt=ALT, cells=terms.cells, rows=terms.rows)
    pointer("readout", "Read at", READOUT_EVENT, terms.names, terms.said, backwards=True, shown=True)


def _reading(page: Page, run: Operated) -> str:
    bound = 1 if run.terms.group == 1 else 2
    words = [
        "The bars show the row that is outlined: their sum is c then. Point at a row, or move Read at.",
        "A column, from top to bottom, is one writing on its way through time. It ends where less than a millionth is "
        "left.",
        f"From −{bound} to {bound}; length and shade grow with the root of the value, so that small ones show.",
    ]
    if run.terms.group > 1:
        words.append(f"A column is {run.terms.group} steps together, and so is a row.")
    if run.terms.reach > bound:
        words.append(f"The largest reaches {run.terms.reach:.2f} and is drawn as the end of the range.")
    if page.view.reverse:
        words.append("The reverse direction begins at the right.")
    return " ".join(words)


def _half_life(run: Operated, steps: int) -> str:
    """How long c_0 and the writings last, from f."""
    if run.left == 1:
        return f"**Half{NON_BREAKING}life: none.** f is 1 at every step, so nothing is ever lost."
    short, long, never = run.half_lives
    if run.half_life:
        start = f"**Half{NON_BREAKING}life: {_steps(run.half_life)}.** Then less than half of c_0 is left."
    else:
        start = f"**Half{NON_BREAKING}life: beyond the sequence.** After {steps} steps {run.left:.0%} of c_0 is left."
    if never < steps:
        span = f"{short} to {_steps(long)}" if short < long else _steps(short)
        start += f" What a step wrote is halved {span} later" + (", or not before the end." if never else ".")
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
    found = "The last c is c_0, bit for bit." if proof.kept else f"The last c is up to {figure(proof.moved)} from c_0."
    if good:
        torch = "torch, with altered weights," if surgery.alters else "torch"
        verdict(True, "The operation is what it says.", f"{torch} agrees, and the bars add up. {found}")
    else:
        verdict(False, "Something does not hold.", f"See the figures below. {found}")
    ok = {True: ":green[:material/check: yes]", False: ":red[:material/close: no]"}
    gates = "rows of the weights set to 0, and in the bias what gives the value" if surgery.held else "the same call"
    calls = "one call" if proof.calls == 1 else f"{proof.calls} calls, with the state handed on"
    limit = f"Within {scientific(proof.tolerance)}: {page.settings.dtype}, times the largest |c| if above 1."
    st.markdown(
        "| | largest difference | holds |\n|---|---|---|\n"
        f"| h and c beside `nn.LSTM`: {gates}; {calls} | {scientific(max(proof.h, proof.c))} | {ok[same]} |\n"
        f"| the bars' sum beside c, at every step | {scientific(terms.max_abs_diff)} | {ok[whole]} |\n"
        f"| the last c beside c_0, all units and samples | {figure(proof.moved)} | "
        + ("bit for bit" if proof.kept else "not the same")
        + f" |\n\n{small(limit)}"
    )


def two_ways_to_keep(surgery: Surgery, run: Operated) -> Attempt:
    """Make the last c equal c_0 without the input gate."""
    outcome = ""
    if run.proof.kept and surgery.alters and surgery.everywhere("i") != 0:
        outcome = (
            f"With {said(surgery) or 'nothing altered'} the last c is c_0, bit for bit. What is written is i g: either "
            "factor can make it 0."
        )
    return Attempt(
        "Keep c_0 without touching the input gate",
        "“Keep all” shuts the input gate. With your own hands, leave i free and make the last c equal c_0, bit "
        f"for bit. {'Now it does.' if run.proof.kept else f'Now it is up to {figure(run.proof.moved)} away.'}",
        outcome,
    )


def outlive_the_sequence(page: Page, surgery: Surgery, run: Operated, unit: int) -> Attempt:
    """Find the forget bias with which c_0 is not halved before the end."""
    outcome = ""
    steps = page.settings.seq_len
    if surgery.forget_bias > 0 and "f" not in surgery.held and not run.half_life:
        outcome = (
            f"With a forget bias of {surgery.forget_bias:+g}, {run.left:.0%} of c_0 of unit {unit} is left after "
            f"{steps} steps. One more divides what a step forgets by about e. Try a longer sequence, or another unit."
        )
    now = f"halved after {_steps(run.half_life)}" if run.half_life else f"{run.left:.0%} left at the end"
    if page.settings.weights in ("latch", "delay"):
        now += ". In this cell f is shut by weights that no bias here outweighs: choose drawn ones"
    return Attempt(
        "Outlive the sequence",
        f"Find the least forget bias, with f left free, with which more than half of c_0 of unit {unit} is left after "
        f"{steps} steps. Now: {now}.",
        outcome,
    )
