"""What runs beside the pages, as a page shows it: the buttons, the place in line, how far it is, how it ended.

A script run has one of few turns, in which pages are served. What takes seconds is carried out in a thread of its own
(`components/training/`), and one part of the page, a fragment, looks at it by the clock.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.lstm.cost import COUNTED
from components.training.registry import Desk, Registry
from components.training.run import DONE, FAILED, RUNNING, WAITING, Run
from components.training.work import MEASURING, Found, Work
from components.ui import delivery
from components.ui.furniture import aside

_registry = Registry()  # of the process: its visitors share the cores


@st.cache_resource(scope="session", on_release=lambda desk: desk.close(), show_spinner=False)
def desk_of(key: str) -> Desk:
    """The visitor's own, for one button; closed in the moment in which the tab is."""
    return Desk(_registry)


@dataclass(frozen=True)
class Words:
    """What is said of one kind of work."""

    noun: str
    step: str  # what one of its steps is called
    start: str  # on the buttons
    stop: str
    icon: str
    help: str | None = None
    none: str = ""  # while there is no run of this work; without it nothing is drawn before the first one
    done: str = ""  # beside a full bar; without it no bar is left


def show(
    key: str,
    work: Work[Found],
    words: Words,
    result: Callable[[Run[Found] | None], None],
    setting: Hashable = None,
) -> None:
    """Two buttons and what became of them; `result` draws what was found, and is asked again while more is found.

    A run ends when the work changes, or else the `setting` in which it was started.
    """
    desk = desk_of(key)
    run = desk.turn_to(work, setting)
    state = run.state if run else ""
    live = state in (WAITING, RUNNING)
    # Both are there at all times: a button that goes takes the keyboard's focus along.
    with st.container(horizontal=True):
        st.button(
            words.start,
            on_click=desk.begin,
            args=(work, setting),
            disabled=live,
            icon=words.icon,
            help=words.help,
            key=key,
        )
        st.button(words.stop, on_click=desk.stop, disabled=not live, icon=":material/stop:", key=f"{key}_stop")
    if desk.run is None and not words.none:
        return  # nothing to look at yet, and a fragment costs as much as two elements
    # What grows is looked at; who waits only wants to know the place.
    every = {RUNNING: 0.3, WAITING: 1.0}.get(state)
    # In a place of its own. A look may begin before the page that was just made has left the server: then the page goes
    # without this part, everything behind it moves up in the browser, and the look takes the place of what came next.
    with st.container(key=f"{key}_beside"):
        st.fragment(_watch, run_every=every, key=f"{key}_run")(desk, work, words, result, state)


def measure(
    key: str,
    subject: Hashable,
    steps: int,
    start: Callable[[], Iterator[Found]],
    result: Callable[[list[Found]], object],
    *,
    button: str,
    told: str,
    seconds: float,
    caption: str,
) -> None:
    """Something to measure on a `button`: `steps` pairs of it at most.

    `start` gives an iterator of what each pair finds; it ends by itself after about `seconds`, as `in_turns` of
    `lstm/cost.py` does, and the progress bar is told. `key` names the button and its place at the visitor's desk:
    no other button of the app may have it. `subject` is all that decides what is found, beside the key. `result` draws
    what was found when it is done. It stays until it is measured again, here and for this visitor alone; `caption` says
    what it was measured for.
    """
    # A hundredth of a second without a pause: then a pair of short calls as a rule follows right after another pair.
    work = Work(MEASURING, (key, subject), steps, start, seconds=seconds, stretch=0.01)
    words = Words("measurement", "pair", button, "Stop measuring", ":material/timer:", told)

    def draw(run: Run[Found] | None) -> None:
        if run is not None and run.state == DONE:
            result([*run.found])
            aside(f"Measured on this server in {COUNTED}, for {caption}. Times differ from run to run.")

    show(key, work, words, draw)


def _watch(desk: Desk, work: Work[Any], words: Words, result: Callable[[Run[Any] | None], None], shown: str) -> None:
    """How far it is, and what was found; the page runs again as soon as the buttons are to change."""
    with delivery.send_whole():
        waits = None
        if (run := desk.of(work)) is not None:
            run.beat()
            waits = desk.registry.ahead(run)
            if run.state != shown:
                st.rerun()
        with st.container():
            if waits is not None:
                st.markdown(f":material/hourglass_top: {_queue(*waits)}")
            elif run is not None:
                _progress(run, words)
            else:
                _nothing(desk.run, words)
        result(run)


def _progress(run: Run[Any], words: Words) -> None:
    """How far a run is, or how it ended."""
    if run.state == RUNNING:
        soon = f", about {max(1, round(run.left))} s left" if run.step else ""
        st.progress(run.share, f"{words.step.capitalize()} {run.step} of {run.work.steps}{soon}.")
    elif run.state == DONE:
        if words.done:
            st.progress(1.0, words.done)
    elif run.state == FAILED:
        st.error(
            f"**The {words.noun} failed** after {run.step} {words.step}s: {run.why}. Nobody else's is affected. "
            f"*{words.start}* starts another one.",
            icon=":material/error:",
        )
    else:
        st.markdown(f":material/stop_circle: **Ended** after {_far(run, words)}: {run.why}.")


def _nothing(before: Run[Any] | None, words: Words) -> None:
    """There is no run of this work: what became of the one before it, which was of another."""
    said = [words.none] if words.none else []
    if before is not None and before.halted:
        said.insert(0, f"The last {words.noun} was ended after {_far(before, words)}: {before.why}.")
    if said:
        aside(" ".join(said))


def _far(run: Run[Any], words: Words) -> str:
    return f"{run.step} of {run.work.steps} {words.step}s"


def _queue(kinds: list[str], before: int) -> str:
    """What runs, and the place in the queue, in words."""
    numbers = {1: ("One other", "is"), 2: ("Two others", "are")}
    busy: list[str] = []
    for kind, count in sorted(Counter(kinds).items(), reverse=True):  # training before measuring
        who, are = numbers.get(count, (f"{count} others", "are"))
        busy.append(f"{who.lower() if busy else who} {are} {kind}")
    place = {0: "you are next", 1: "one more waits before you"}.get(before, f"{before} more wait before you")
    return f"**{' and '.join(busy)}: {place}.** It starts by itself."
