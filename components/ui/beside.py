"""Shows a run of `components/training/` on a page: its buttons, its place in the queue, its progress and its end.

The server works on two script runs at a time (`ui/shell.py`), so each of them must be short. Work that takes seconds
runs in a thread of its own. A fragment, one part of the page that reruns by the clock, shows how far it is.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.lstm.cost import COUNTED
from components.training.registry import Desk, Registry
from components.training.run import DONE, FAILED, RUNNING, WAITING, Run
from components.training.work import MEASURING, Finding, Work
from components.ui import delivery
from components.ui.furniture import aside

_registry = Registry()  # one for the process, because all visitors share its cores


@st.cache_resource(scope="session", on_release=lambda desk: desk.close(), show_spinner=False)
def desk_of(key: str) -> Desk:
    """This visitor's desk for one button. It closes when the tab closes."""
    return Desk(_registry)


@dataclass(frozen=True)
class Words:
    """The words that a page uses for one kind of work."""

    noun: str
    step: str  # the name of one step
    start: str  # the label of the button that starts it
    stop: str  # the label of the button that stops it
    icon: str
    help: str | None = None
    none: str = ""  # shown while this work has no run; if empty, nothing is shown before the first run
    done: str = ""  # shown beside the full progress bar; if empty, the bar disappears at the end


def show(
    key: str,
    work: Work[Finding],
    words: Words,
    result: Callable[[Run[Finding] | None], None],
    setting: Hashable = None,
) -> None:
    """Show the two buttons, the progress, and the result of the run.

    `result` shows the findings. It is called again and again while the run goes on. The run ends when `work` changes,
    and also when `setting` is not the one with which it was started.
    """
    desk = desk_of(key)
    # The button only notes that it was pressed. In its callback the work is the one of the script run before, and a
    # control may have changed since: such a run would end at once.
    if desk.asked:
        desk.begin(work, setting)
    run = desk.turn_to(work, setting)
    state = run.state if run else ""
    live = state in (WAITING, RUNNING)
    # Both buttons are always there: when a button disappears, the keyboard focus is lost.
    with st.container(horizontal=True):
        st.button(words.start, on_click=desk.ask, disabled=live, icon=words.icon, help=words.help, key=key)
        st.button(words.stop, on_click=desk.stop, disabled=not live, icon=":material/stop:", key=f"{key}_stop")
    if desk.run is None and not words.none:
        return  # no run yet: no fragment is needed, and a fragment costs as much as two elements
    # Seconds between two reruns of the fragment. While a run waits, only its place in the queue can change.
    every = {RUNNING: 0.3, WAITING: 1.0}.get(state)
    # The fragment has a container of its own. It may rerun before the server has sent the page that contains it. Then
    # the page arrives without this part, and without the container the next elements would move up to its place.
    with st.container(key=f"{key}_beside"):
        st.fragment(_watch, run_every=every, key=f"{key}_run")(desk, work, words, result, state)


def measure(
    key: str,
    subject: Hashable,
    steps: int,
    start: Callable[[], Iterator[Finding]],
    result: Callable[[list[Finding]], object],
    *,
    button: str,
    help: str,
    seconds: float,
    caption: str,
) -> None:
    """Show a button that measures something in pairs of calls, at most `steps` pairs.

    `start` gives an iterator with a finding for each pair. It has to end by itself after about `seconds`, as `in_turns`
    of `lstm/cost.py` does; the progress bar uses `seconds` too. `key` names the button and the visitor's desk: no other
    button of the app may have the same key. `subject` is everything else that the findings depend on. `result` shows
    the findings when the measurement is done. They stay on this visitor's page until the next measurement. `caption`
    names the settings that were measured.
    """
    # 0.01 s between two pauses: so a pair of short calls usually follows another pair without a pause.
    work = Work(MEASURING, (key, subject), steps, start, seconds=seconds, stretch=0.01)
    words = Words("measurement", "pair", button, "Stop measuring", ":material/timer:", help)

    def show_result(run: Run[Finding] | None) -> None:
        if run is not None and run.state == DONE:
            result([*run.findings])
            aside(f"Measured on this server in {COUNTED}, for {caption}. Times differ from run to run.")

    show(key, work, words, show_result)


def _watch(desk: Desk, work: Work[Any], words: Words, result: Callable[[Run[Any] | None], None], shown: str) -> None:
    """Show progress and result. When the state is not the one `shown`, rerun the page, so that its buttons change."""
    with delivery.send_whole():
        ahead = None
        if (run := desk.of(work)) is not None:
            run.beat()
            ahead = desk.registry.ahead(run)
            if run.state != shown:
                st.rerun()
        with st.container():
            if ahead is not None:
                st.markdown(f":material/hourglass_top: {_queue(*ahead)}")
            elif run is not None:
                _progress(run, words)
            else:
                _no_run(desk.run, words)
        result(run)


def _progress(run: Run[Any], words: Words) -> None:
    """Show how far a run is, or how it ended."""
    if run.state == RUNNING:
        left = f", about {max(1, round(run.left))} s left" if run.step else ""
        st.progress(run.share, f"{words.step.capitalize()} {run.step} of {run.work.steps}{left}.")
    elif run.state == DONE:
        if words.done:
            st.progress(1.0, words.done)
    elif run.state == FAILED:
        st.error(
            f"**The {words.noun} failed** after {run.step} {words.step}s: {run.why}. Only this {words.noun} failed. "
            f"*{words.start}* starts another one.",
            icon=":material/error:",
        )
    else:
        st.markdown(f":material/stop_circle: **Ended** after {_steps_taken(run, words)}: {run.why}.")


def _no_run(last: Run[Any] | None, words: Words) -> None:
    """Show that this work has no run yet, and say so if the desk's `last` run, which had another work, was stopped."""
    sentences = [words.none] if words.none else []
    if last is not None and last.halted:
        sentences.insert(0, f"The last {words.noun} was ended after {_steps_taken(last, words)}: {last.why}.")
    if sentences:
        aside(" ".join(sentences))


def _steps_taken(run: Run[Any], words: Words) -> str:
    return f"{run.step} of {run.work.steps} {words.step}s"


def _queue(kinds: list[str], before: int) -> str:
    """What runs now, and the place in the queue, in one sentence: "**Two others are training: you are next.**"."""
    numbers = {1: ("One other", "is"), 2: ("Two others", "are")}
    busy: list[str] = []
    for kind, count in sorted(Counter(kinds).items(), reverse=True):  # training before measuring
        others, are = numbers.get(count, (f"{count} others", "are"))
        busy.append(f"{others.lower() if busy else others} {are} {kind}")
    place = {0: "you are next", 1: "one other waits before you"}.get(before, f"{before} others wait before you")
    return f"**{' and '.join(busy)}: {place}.** It starts by itself."
