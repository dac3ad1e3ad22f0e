"""Live training on a page: three ways to treat the state between chunks, their curves while they grow, the check."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.charts.training import training
from components.frames.training import TOP, curves, final, theory
from components.recurrence.stream import CARRY, RESET, SHUFFLED, WAYS
from components.settings import Settings
from components.training.registry import Desk, Registry
from components.training.run import DONE, FAILED, TRAINING, WAITING, Run
from components.training.task import MOST_UNITS, Task, at_best
from components.ui.chart import chart
from components.ui.figures import figure
from components.ui.furniture import aside, small, verdict
from components.ui.shell import Page

NEAR = 0.03  # nats: what still counts as the line, with units and steps as few as here
ALT = (
    "Curves of the loss over the steps taken, one for each way to treat the state between "
    "chunks, and two straight lines that theory gives. The table below the check holds the ends."
)

_registry = Registry()  # of the process: its visitors share the cores


@st.cache_resource(scope="session", on_release=lambda desk: desk.close(), show_spinner=False)
def _desk() -> Desk:
    """The visitor's own; closed in the moment in which the tab is."""
    return Desk(_registry)


def show_training(page: Page) -> None:
    """The echo task: trained on a click, in the visitor's own session, in three ways at the same time."""
    settings, desk = page.settings, _desk()
    task = Task(min(settings.hidden_size, MOST_UNITS), settings.seed)
    desk.turn_to(task, settings)
    state = desk.run.state if desk.run else ""
    st.markdown(_reading(task, settings))
    with st.container(horizontal=True):
        st.button(
            "Train",
            on_click=desk.begin,
            args=(task, settings),
            disabled=state in (WAITING, TRAINING),
            icon=":material/play_arrow:",
            key="train",
        )
        st.button(
            "Stop", on_click=desk.stop, disabled=state not in (WAITING, TRAINING), icon=":material/stop:", key="stop"
        )
    # A curve that grows is looked at; who waits only wants to know the place.
    every = {TRAINING: 0.3, WAITING: 1.0}.get(state)
    st.fragment(_watch, run_every=every, key="training")(desk, task, state)


def _reading(task: Task, settings: Settings) -> str:
    """The task, what is trained, and how to read the lines."""
    best = at_best(task)
    lost = f"{task.lag}/{task.chunk}"
    text = (
        f"**The echo task.** {task.lanes} lanes of random bits are read in chunks of {task.chunk} steps; at each step "
        f"the network has to say the bit of {task.lag} steps before. For the first {task.lag} bits of a chunk that bit "
        "is in the chunk before, and only the state can know it. Three networks, alike at the start, read the same "
        "bits. They differ in what each chunk begins with: the state in which its own lane ended (*carry*), zeros "
        "(*reset*), or the lanes' states dealt out anew (*shuffled carry*).\n\n"
        "**What theory says.** Guessing a bit costs ln 2 = 0.693. Whoever resets has to guess "
        f"{task.lag} bits of {task.chunk}: {lost} · ln 2 = {best[RESET]:.3f}, however long it learns. A shuffled state "
        f"is another lane's (but for one lane of {task.lanes}): what it remembers of those bits is right half the "
        "time, and it cannot know when a chunk began. So it can only be less sure of *all* bits, which costs "
        f"{best[SHUFFLED]:.3f} on average. A wrong memory is worse than none."
    )
    more = (
        f" Hidden size {settings.hidden_size} would keep others waiting: {task.hidden_size} is used."
        if settings.hidden_size > task.hidden_size
        else ""
    )
    return f"{text}\n\n" + small(
        f"Each is an nn.LSTM(1, {task.hidden_size}) with a linear layer on top, Adam at a rate of {task.rate:g}, "
        f"{task.steps} steps; the gradient is cut between chunks.{more} Of the sidebar, only Hidden size and "
        "Seed decide its digits; changing anything there, or leaving the page, ends it. Nats are what "
        "the loss is measured in, with the natural logarithm."
    )


def _watch(desk: Desk, task: Task, shown: str) -> None:
    """How far the training is, and its curves; the page runs again as soon as the buttons are to change."""
    run = desk.run
    if run is not None:
        run.beat()
        if run.state != shown:
            _rerun()
    with st.container():
        _progress(run, desk.lost)
    losses = run.losses[:] if run else ()
    best = at_best(task)
    lines = {
        f"reset, at best: {best[RESET]:.3f}": best[RESET],
        f"shuffled carry, at best: {best[SHUFFLED]:.3f}": best[SHUFFLED],
    }
    with st.container(key="curves"):
        chart(training(TOP, WAYS, task.steps), alt=ALT, curves=curves(losses, WAYS, task.steps), theory=theory(lines))
    if run is not None and run.state == DONE:
        _check(task, final(run.losses, WAYS, _last(task)))


def _rerun() -> None:
    """Run the whole page again, with every message sent whole.

    `st.rerun` believes the browser to have what it had when it asked for *this* run. A look is asked for by the clock,
    also while the page runs: when that run ends, the browser forgets what neither it nor the last looks have used, and
    a message that then only names what was forgotten is a "Connection error" to the visitor.
    """
    if (context := get_script_run_ctx()) is not None:
        context.cached_message_hashes = frozenset()
    st.rerun()


def _progress(run: Run | None, lost: int) -> None:
    if run is None:
        ended = f"The training of before was ended after {lost} steps: a setting was changed. " if lost else ""
        aside(f"{ended}Nothing has been trained yet for this hidden size and this seed.")
    elif run.state == WAITING:
        st.markdown(f":material/hourglass_top: {_queue(*_registry.ahead(run))}")
    elif run.state == TRAINING:
        soon = f", about {max(1, round(run.left))} s left" if run.step else ""
        st.progress(run.step / run.task.steps, f"Step {run.step} of {run.task.steps}{soon}.")
    elif run.state == DONE:
        st.progress(1.0, f"Done: {run.step} steps of each. The same seed trains to the same digits.")
    elif run.state == FAILED:
        st.error(
            f"**The training failed** after {run.step} steps: {run.why}. Nobody else's is affected. Train starts "
            "another one.",
            icon=":material/error:",
        )
    else:
        st.markdown(f":material/stop_circle: **Ended** after {run.step} of {run.task.steps} steps: {run.why}.")


def _queue(training: int, before: int) -> str:
    """The place in the queue, in words."""
    others = {1: "One other is", 2: "Two others are"}.get(training, f"{training} others are")
    place = {0: "you are next", 1: "one more waits before you"}.get(before, f"{before} more wait before you")
    return f"**{others} training: {place}.** It starts by itself."


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
            "Not what theory leads one to expect.",
            f"{'; '.join(wrong)[:1].upper()}{'; '.join(wrong)[1:]}. A line is what can be reached, not what is: few "
            "units find the way slowly or never, and a seed can be unlucky. Try more units, or another seed.",
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
    lines = [f"| state between chunks | loss over the last {_last(task)} steps | at best |", "|---|---|---|"]
    lines += [f"| {way} | {figure(end[way])} | {figure(best[way])} |" for way in WAYS]
    st.markdown("\n".join(lines))
