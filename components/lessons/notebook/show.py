"""The notebook on its page: its cells with what they print, its two mistakes, and what correcting them changes."""

import streamlit as st

from components.charts.difference import FLOORS, difference, difference_columns
from components.kept import kept
from components.lessons.notebook import MENDS
from components.lessons.notebook import program as programs
from components.lessons.notebook.facts import GAP, in_a_fresh_kernel, input_sequence, replay
from components.lessons.notebook.program import MENDED, Mends
from components.settings import FIRST_STEPS
from components.ui import furniture
from components.ui.chart import chart
from components.ui.figures import scientific
from components.ui.furniture import Attempt, attempts, code, locked, printed, refer, verdict
from components.ui.shell import Page

CUT = f"{GAP} stands for lines that are left out here"
HALVES = [11, 9]  # of the page: code, and what is said of it
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
            "**The seed decides every number.** The numbers are drawn in this order: the parameters, the inputs of "
            f"the first {FIRST_STEPS} steps, the state from which the loop starts, then the inputs of all further "
            "steps. So a longer sequence begins with the numbers of a shorter one. If you change another size, "
            "there are more or fewer parameters, and all numbers that are drawn after them change too.\n\n"
            "**`hidden` is two tensors.** A plain RNN hands on one, `h`. An LSTM also has a memory, `c`, so its "
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


def choose_mends(revealed: bool) -> Mends:
    """Which of the two mistakes are mended; to be changed once `revealed`."""
    with st.container(horizontal=True):
        name, start = (
            st.toggle(field.label, key=key, bind="query-params", disabled=not revealed) for key, field in MENDS.items()
        )
    return bool(name), bool(start)


def show_last_cell(page: Page, mends: Mends, revealed: bool) -> None:
    """The cell with the call, as mended, and once `revealed` how far its outputs are from the loop's."""
    code(programs.last_cell(mends))
    if not revealed:
        return
    st.markdown("The largest difference between the outputs of loop and call, at each time step:")
    settings = page.settings
    run = replayed(settings, mends[1])
    floor = FLOORS[settings.dtype]
    chart(
        difference(floor, before="before the correction"),
        alt="Two lines over the time steps, on a logarithmic scale: the largest difference between the outputs of "
        "loop and call, now and before the initial state was corrected.",
        differences=difference_columns(
            run.comparison.per_step, run.comparison.tolerance, floor, run.as_it_ran.per_step
        ),
    )


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


def show_verdicts(page: Page, mends: Mends, revealed: bool) -> None:
    """What a fresh kernel says, and whether loop and call agree, once `revealed`."""
    if not revealed:
        locked()
        return
    settings = page.settings
    if raised := words(programs.statement(mends), settings):
        verdict(
            False,
            "It raises an error.",
            f"In a fresh kernel Python says `{raised}`. `len(inputs)` needs a name that this statement is only about "
            "to make. In the author's session an earlier run had made it.",
        )
    else:
        verdict(True, "It runs.", "`input_sequence` exists already. The statement needs nothing from an earlier run.")
    run = replayed(settings, mends[1])
    difference = run.comparison.rows[0].difference
    if run.comparison.same:
        figure = (
            f"The largest difference is {scientific(difference)}: that is rounding."
            if difference
            else "Not one bit differs."
        )
        start = "Loop and call start from `(h_0, c_0)`."
        verdict(True, "The same." if mends[1] else "The same, by chance.", f"{start} {figure}" if mends[1] else figure)
    else:
        verdict(
            False,
            "Not the same.",
            f"The largest difference between loop and call is {difference:.2g}. The call starts from a `hidden` that "
            "is drawn again: it has the loop's name, but other numbers.",
        )


def show_comparison(page: Page, mends: Mends, revealed: bool) -> None:
    """The cell that the notebook did not have, and a sequence so long that the last step alone says nothing."""
    left, right = st.columns(HALVES, gap="medium")
    with left:
        st.markdown(
            "The notebook prints numbers, but it does not compare them. These two lines would have shown the second "
            "mistake:"
        )
        code(programs.COMPARE)
    with right:
        _mistake_hides(page, mends, revealed)


def _mistake_hides(page: Page, mends: Mends, revealed: bool) -> None:
    task = (
        "Is it enough to compare the last step? Do not correct the second mistake. Make the sequence longer until the "
        "last outputs of loop and call are the same to four decimals, which is what torch prints."
    )
    outcome = ""
    if revealed and mends[1]:
        task += " (For this, turn the second switch off.)"
    elif revealed:
        steps = replayed(page.settings, mends[1]).comparison.per_step
        worst = max(steps)
        if steps[-1] < PRINTED:
            outcome = (
                f"At t = {len(steps)} they differ by {scientific(steps[-1])}, at t = {steps.index(worst) + 1} by "
                f"{worst:.2g}. The LSTM forgets where it started. So a comparison of the last step alone would not "
                "have found the mistake."
            )
        else:
            task += f" At t = {len(steps)} they differ by {steps[-1]:.2g}."
    attempts(Attempt("A mistake that hides", task, outcome))


def take_away(page: Page, mends: Mends) -> None:
    """The notebook as it stands on the page, and with both mistakes mended as a file."""
    program, mended = (programs.program(page.settings, which) for which in (mends, MENDED))
    what = "the notebook as it is above; in the .ipynb both mistakes are corrected"
    furniture.take_away(program, "unrolled_notebook", what, as_notebook=mended)
