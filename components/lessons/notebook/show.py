"""The notebook on its page: its last cell with two mistakes, the picture of its two runs, and the other cells."""

from typing import Any

import streamlit as st

from components.charts.difference import FLOORS, difference_columns
from components.charts.score import STAGE_GAP, Lane, Size, score
from components.kept import kept
from components.lessons.notebook import MENDS
from components.lessons.notebook import program as programs
from components.lessons.notebook.facts import GAP, in_a_fresh_kernel, input_sequence, replay
from components.lessons.notebook.frames import run_columns, units_shown
from components.lessons.notebook.program import MENDED, Mends
from components.settings import FIRST_STEPS, Settings
from components.ui import furniture
from components.ui.chart import chart
from components.ui.figures import figure, scientific
from components.ui.follow import follow
from components.ui.furniture import Attempt, aside, attempts, code, finding, printed, refer, revealed, verdict
from components.ui.shell import Page

CUT = f"{GAP} stands for lines that are left out here"
HALVES = [11, 9]  # of the page: code, and what is said of it
BESIDE = [4, 3]  # of the picture's column: the last cell, and its switches
NAMES = {"call": "in one call", "loop": "in the loop"}  # of the lanes
ALT = (
    "Two heat maps, one column for each time step from the initial state on: h of every unit in the call, and below it "
    "h in the loop. Once the question is answered, bars below them show the largest difference at each step, on a "
    "logarithmic scale."
)
READING = (
    "The picture shows h of both runs: `out` holds h at every step. A column is a time step, a row is a unit. Red "
    "is below zero, teal above. Column t = 0 is the initial state; what is beyond ±1 has the colour of the end. "
    "A bar is the largest difference at its step, on a logarithmic scale. The dotted line is the tolerance, and a "
    "red bar is above it."
)
# Whether the cell runs, and whether it agrees with the loop
HEADLINES = {
    (False, False): "It raises an error. Without it, it differs from the loop.",
    (False, True): "It raises an error. Without it, it agrees with the loop.",
    (True, False): "It runs, but it differs from the loop.",
    (True, True): "It runs, and it agrees with the loop.",
}
PRINTED = 5e-5  # half a unit of the fourth decimal, the last that torch prints

replayed = kept(replay)
displayed = kept(input_sequence)
words = kept(in_a_fresh_kernel)


def show_first_cells(page: Page) -> None:
    """The cells before the call: the draws and the loop, then the inputs as the notebook displays them."""
    left, right = st.columns(HALVES, gap="medium")
    with left:
        code(programs.first_cells(page.settings))
    with right:
        st.markdown(
            "**The seed decides every number.** The numbers are sampled in this order: the parameters, the inputs of "
            f"the first {FIRST_STEPS} steps, the state from which the loop starts, then the inputs of all further "
            "steps. So a longer sequence begins with the numbers of a shorter one. If you change another size, "
            "there are more or fewer parameters, and all numbers that are sampled after them change too.\n\n"
            "**`hidden` is two tensors.** A plain RNN carries one, `h`. An LSTM also has a memory, `c`, so its "
            "initial state needs both.\n\n"
            "**The loop writes over `hidden`.** Each call returns the state that the next call takes. After the loop, "
            "`hidden` no longer holds the initial state.\n\n"
            "**Each input has three axes:** sequence, batch, feature. The first two have size 1. `view(1, 1, -1)` "
            "states that shape and changes nothing."
        )
    shown = displayed(page.settings)
    cut = f" ({CUT})" if GAP in shown else ""
    st.markdown(
        f"The next cell is only a name, `{programs.SHOW}`. A notebook shows the value of a cell's last line{cut}:"
    )
    printed(shown)


def show_last_cell(page: Page) -> Mends:
    """The cell with the call on the stage, and which of its two mistakes are mended: after the answer, by switches."""
    hidden = not revealed(page)
    with page.picture:
        left, right = st.columns(BESIDE, gap="small")
    with right, st.container(gap="xsmall"):
        when = "The switches work after your answer." if hidden else "Each switch changes one."
        aside(f"**The last cell** makes the call. Two of its statements are mistakes. {when}")
        name, start = (
            st.toggle(field.label, key=key, bind="query-params", disabled=hidden) for key, field in MENDS.items()
        )
    mends = bool(name), bool(start)
    with left:
        code(programs.last_cell(mends))
    return mends


def show_runs(page: Page, mends: Mends, place: Any) -> None:
    """The picture of the two runs, and in `place` the verdict, again while a size is dragged."""
    with page.picture:
        follow(page, _runs, mends, place)


def _runs(page: Page, mends: Mends, place: Any) -> None:
    settings, shown = page.settings, revealed(page)
    run, floor = replayed(settings, mends[1]), FLOORS[settings.dtype]
    units = units_shown(settings.seq_len, settings.hidden_size)
    rows = units.last - units.first + 1
    lane_size = Size(rows > 8 or settings.seq_len > 30, 72 if rows <= 4 else 100, 0, gap=STAGE_GAP)
    lanes = tuple(Lane(name, 1.0, rows <= lane_size.fits(name), "h", of) for name, of in NAMES.items())
    # The lane of differences is there before the answer too, but empty.
    per_step = run.comparison.per_step if shown else ()
    chart(
        score(lanes, lane_size, floor=floor),
        alt=ALT,
        cells=run_columns(run.call, run.loop, units, shown),
        differences=difference_columns(per_step, run.comparison.tolerance, floor),
    )
    words = "" if shown else "The numbers of the call, and the differences, come with your answer."
    if rows < settings.hidden_size:
        words += f" Shown: units {units.first} to {units.last} of {settings.hidden_size}. The bars are for all units."
    if words:
        aside(words)
    if shown:
        with place:
            _verdict(settings, mends)


def _verdict(settings: Settings, mends: Mends) -> None:
    """Whether the cell runs in a fresh kernel, and whether its outputs are the loop's."""
    raised = words(programs.statement(mends), settings)
    comparison = replayed(settings, mends[1]).comparison
    difference = comparison.rows[0].difference
    sentences = [f"In a fresh kernel Python says `{raised}`."] if raised else []
    if comparison.same:
        sentences.append("Both start from `(h_0, c_0)`." if mends[1] else "That is chance: their starts differ.")
        rounding = f"The largest difference is {scientific(difference)}: that is rounding."
        sentences.append(rounding if difference else "Not one bit differs.")
    else:
        sentences.append(f"The outputs differ by up to {figure(difference)}: compare the two states at t = 0.")
    headline, text = HEADLINES[not raised, comparison.same], " ".join(sentences)
    if raised or not comparison.same:
        finding(headline, text)  # the notebook's mistakes, not the visitor's
    else:
        verdict(True, headline, text)


def show_print(page: Page, mends: Mends) -> None:
    """What the last cell prints, and how to read it."""
    run = replayed(page.settings, mends[1])
    texts = (run.out, run.hidden)
    cut = f" ({CUT})" if GAP in "".join(texts) else ""
    # Not that it prints: whether it does is what the question asks.
    where = (
        "The cell prints"
        if mends[0]
        else "In a session in which the cells have been run before, as in its author's, the cell prints"
    )
    st.markdown(f"{where}{cut}:")
    printed("\n".join((f"Inputs shape: {run.shape}", *texts)))
    same = "is" if run.last_is_h else "is not"
    st.markdown(
        f"**`out` holds `h` at every step.** Its last row {same} the first half of `hidden`. The second half is `c`, "
        "which `out` does not hold. Keep `hidden` if you want to continue the sequence later.\n\n"
        "**`grad_fn` names the operation that made a tensor.** For `out` the notebook's older version of torch said "
        f"`StackBackward`; this version says `{run.grad_fn}`."
    )
    refer("outputs", "Why the state is a tuple, and what `out` shows of it")


def show_comparison() -> None:
    """The cell that the notebook did not have."""
    st.markdown(
        "The notebook prints numbers, but it does not compare them. These two lines would have shown the second "
        "mistake:"
    )
    code(programs.COMPARE)


def try_it(page: Page, mends: Mends) -> None:
    """A sequence so long that a comparison of the last step alone finds nothing."""
    task = (
        "Is it enough to compare the last step? Do not correct the second mistake. Make the sequence longer until the "
        "last outputs of loop and call are the same to four decimals, which is what torch prints."
    )
    outcome = ""
    if mends[1]:
        task += " (For this, turn the second switch off.)"
    elif revealed(page):
        steps = replayed(page.settings, mends[1]).comparison.per_step
        worst = max(steps)
        if steps[-1] < PRINTED:
            outcome = (
                f"At t = {len(steps)} they differ by {scientific(steps[-1])}, at t = {steps.index(worst) + 1} by "
                f"{figure(worst)}. The LSTM forgets where it started. So a comparison of the last step alone would not "
                "have found the mistake."
            )
        else:
            task += f" At t = {len(steps)} they differ by {figure(steps[-1])}."
    attempts(page, Attempt("A mistake that hides", task, outcome))


def take_away(page: Page, mends: Mends) -> None:
    """The notebook as it stands on the page, and with both mistakes mended as a file."""
    program, mended = (programs.program(page.settings, which) for which in (mends, MENDED))
    what = "the notebook as it is above; in the .ipynb both mistakes are corrected"
    furniture.take_away(program, "unrolled_notebook", what, as_notebook=mended)
