"""Live training on a page: three ways to treat the state between chunks, their curves while they grow, the check."""

from functools import partial

import streamlit as st

from components.lessons.batches.training.charts import training
from components.lessons.batches.training.frames import TOP, curves, final, theory, window_of
from components.settings import CARRY, HANDED, RESET, SHUFFLED, Settings
from components.training.run import DONE, Run
from components.training.task import MOST_UNITS, Task, at_best, trained
from components.ui import beside
from components.ui.chart import chart
from components.ui.figures import figure
from components.ui.furniture import locked, revealed, small, verdict
from components.ui.shell import Page

NEAR = 0.03  # nats: what still counts as the line, with units and steps as few as here
ALT = (
    "Curves of the loss over the training steps, one for each way to treat the state between chunks, and two straight "
    "lines that theory gives. The table below the check holds the last values."
)


def show_training(page: Page) -> None:
    """The echo task: trained on a click, in the visitor's own session, in three ways at the same time."""
    if not revealed(page):
        locked()
        return
    settings = page.settings
    task = Task(min(settings.hidden_size, MOST_UNITS), settings.seed)
    st.markdown(_reading(task, settings))
    words = beside.Words(
        "training",
        "step",
        "Train",
        "Stop",
        ":material/play_arrow:",
        none="Nothing has been trained yet for this hidden size and this seed.",
        done=f"Done: {task.steps} training steps for each network. The same seed gives the same digits.",
    )
    beside.show("train", trained(task), words, partial(_curves, task), settings)


def _reading(task: Task, settings: Settings) -> str:
    """The task, what is trained, and how to read the lines."""
    best = at_best(task)
    lost = f"{task.lag}/{task.chunk}"
    text = (
        f"**The echo task.** {task.lanes} rows of random bits are read in chunks of {task.chunk} steps. At each step "
        f"the network has to say which bit it read {task.lag} steps before. For the first {task.lag} steps of a chunk "
        "that bit is in the chunk before, and only the state can hold it. Three networks start with the same weights "
        "and read the same bits. They differ in the state from which a chunk starts: the last state of its own row "
        "(*carry*), zeros (*reset*), or the last state of another row (*shuffled carry*).\n\n"
        f"**At best.** To guess a bit costs ln 2 = 0.693. With *reset* a network has to guess {task.lag} bits of "
        f"{task.chunk}: {lost} · ln 2 = {best[RESET]:.3f}. With *shuffled carry* these bits are those of another row: "
        "right half the time. The network does not know where a chunk begins, so it can only be less sure of *all* "
        f"bits: {best[SHUFFLED]:.3f}.\n\n"
        "**A curve may go a little below its line.** A line is the mean over all possible bits. A point of a curve is "
        f"the mean of {window_of(task.steps) * task.chunk * task.lanes:,} random bits, sometimes smaller by chance."
    )
    more = (
        f" Hidden size {settings.hidden_size} would make other visitors wait: {task.hidden_size} is used."
        if settings.hidden_size > task.hidden_size
        else ""
    )
    return f"{text}\n\n" + small(
        f"Each network is an nn.LSTM(1, {task.hidden_size}) with a linear layer on top. It is trained by Adam at a "
        f"rate of {task.rate:g}, with {task.steps} training steps; the gradient is cut between chunks.{more} Only "
        "Hidden size and Seed change the numbers of the training. If you change any setting, open another tab or leave "
        "the page, the training ends. The loss is measured in nats: it uses the natural logarithm."
    )


def _curves(task: Task, run: Run[float] | None) -> None:
    """The losses so far, beside those of theory; the check, once it is done."""
    losses = run.findings[:] if run else ()
    best = at_best(task)
    lines = {
        f"reset, at best on average: {best[RESET]:.3f}": best[RESET],
        f"shuffled carry, at best on average: {best[SHUFFLED]:.3f}": best[SHUFFLED],
    }
    with st.container(key="curves"):
        chart(
            training(TOP, HANDED, task.steps), alt=ALT, curves=curves(losses, HANDED, task.steps), theory=theory(lines)
        )
    if run is not None and run.state == DONE:
        _check(task, final(run.findings, HANDED, _last(task)))


def _last(task: Task) -> int:
    return max(1, task.steps // 10)


def _check(task: Task, end: dict[str, float]) -> None:
    """The three ends against the line of theory."""
    line = at_best(task)[RESET]
    wrong = []
    if not end[CARRY] < line - NEAR:
        wrong.append(f"carry ends at {figure(end[CARRY])}, which is not below the line of {line:.3f}")
    if not abs(end[RESET] - line) <= NEAR:
        wrong.append(f"reset ends at {figure(end[RESET])}, not within {NEAR} of the line of {line:.3f}")
    if not end[SHUFFLED] > line + NEAR:
        wrong.append(f"shuffled carry ends at {figure(end[SHUFFLED])}, which is not above the line of {line:.3f}")
    if wrong:
        verdict(
            False,
            "Not what theory predicts.",
            f"{'; '.join(wrong)[:1].upper()}{'; '.join(wrong)[1:]}. A line is what can be reached, not what is "
            "reached. With few units training finds the way slowly or never, and some seeds are unlucky. Try more "
            "units, or another seed.",
        )
    else:
        verdict(
            True,
            "Only what is carried is remembered.",
            f"Carry ends at {figure(end[CARRY])}, below what reset can reach at best, {line:.3f}. Reset ends at "
            f"{figure(end[RESET])}, within {NEAR} of that. Shuffled carry ends at {figure(end[SHUFFLED])}, above it: a "
            "wrong memory is worse than none.",
        )
    best = at_best(task)
    lines = [f"| state between chunks | loss over the last {_last(task)} steps | at best on average |", "|---|---|---|"]
    lines += [f"| {way} | {figure(end[way])} | {figure(best[way])} |" for way in HANDED]
    st.markdown("\n".join(lines))
