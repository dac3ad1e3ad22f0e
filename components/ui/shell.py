"""What stands around every page: navigation, the controls, the caption, and what a link asked for.

The entry point calls `run`; every page begins with `open_lesson`. In a process in which nobody has opened the entry
point yet, Streamlit runs a deep-linked page file *without* it, because the folder is called `pages/`. So a page that
finds no shell around it starts the navigation itself and reruns.
"""

import gc
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from components.settings import Settings, View
from components.ui import controls, delivery, links, tab
from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS, named

ICON = Path(__file__).parents[2] / "assets" / "icon.svg"


@dataclass(frozen=True)
class Page:
    """What a page is given: the settings every number depends on, and what of them is shown."""

    lesson: Lesson
    settings: Settings
    view: View
    met: tuple[str, ...] = ()  # a sentence for each setting that the lesson had to raise


# What takes seconds does not come here: it runs beside the pages (`ui/beside.py`). Two cores is what a small host has.
# More reruns at a time would only pass Python's lock among their threads: thirty that wait for a turn are done sooner
# than thirty that push each other aside.
_turns = threading.BoundedSemaphore(2)

# A script run has a thread of its own, and the page that is noted here must not outlive the run.
_shell = threading.local()

_MOMENT = 0.02  # s; Streamlit hands messages on every hundredth of a second


def _navigation(hidden: bool = False) -> Any:
    # Before st.navigation: without an icon of ours Streamlit makes the first menu icon the favicon, and every browser
    # then asks a font host for it.
    st.set_page_config(page_title="Unrolled", page_icon=str(ICON), layout="wide")
    menu: dict[str, list[Any]] = {}
    for lesson in SYLLABUS:
        # A copy: st.navigation marks the page that may run.
        menu.setdefault(lesson.section, []).append(copy(_page(lesson)))
    return st.navigation(menu, position="hidden" if hidden else "top")


@cache
def _page(lesson: Lesson) -> Any:
    """A lesson as Streamlit's page, once a process: it looks for the file and resolves its path each time."""
    return st.Page(
        f"pages/{lesson.stem}.py",
        title=lesson.title,
        url_path=lesson.stem,
        icon=lesson.icon,
        default=lesson is SYLLABUS[0],
    )


def run() -> None:
    """The whole app: navigation, controls, then the page that was asked for."""
    with _turn():
        delivery.begin()
        _run()
        delivery.end()


@contextmanager
def _turn() -> Iterator[None]:
    """Wait while as many reruns are worked on as there are turns, and let the next one in afterwards."""
    _take_turn()
    try:
        yield
    finally:
        _pass_turn()


def _take_turn() -> None:
    """Who has waited a second goes ahead all the same."""
    _shell.taken = _turns.acquire(timeout=1)


def _pass_turn() -> None:
    if _shell.taken:
        _turns.release()


def draw_first() -> None:
    """Let the browser draw what was sent so far before the rest follows: it would look at all of that first.

    For the one picture that a slider moves. Others have the turn meanwhile; the first run of a session goes on at once.
    """
    if not _shell.known:
        return
    _pass_turn()
    time.sleep(_MOMENT)
    _take_turn()


def _run() -> None:
    script = _navigation()
    links.arrive()
    lesson = named(script.url_path) or SYLLABUS[0]  # whose path is empty
    notices = st.container()  # one place for any number of them: what comes below keeps its own
    # Once their values are known the controls can wait: what a move changes is the page, and the browser draws what
    # comes first while the rest is still on its way.
    known = controls.remembered()
    _shell.known = known is not None
    chosen = controls.chosen(lesson, known or controls.sidebar(lesson))
    with notices:
        for sentence in chosen.said:
            st.info(sentence, icon=":material/rule:")
    _shell.page = Page(lesson, chosen.settings, chosen.view, chosen.met)
    failure = None
    try:
        script.run()
    except Exception as raised:  # whatever it is: the controls are the way out
        failure = raised
    finally:
        del _shell.page
    if known:
        controls.sidebar(lesson)
    # A move while the browser goes back has both: the address of then, and the value of the move. The value counts.
    tab.remember(controls.write_address, whole=controls.agree())
    if failure is not None:
        _say_failed()
        raise failure  # Streamlit writes it into the server's log
    links.refill()
    with notices:
        links.remark()
    _freeze(len(sys.modules))


def _say_failed() -> None:
    """What a visitor can do about a page that has raised an error."""
    st.error(
        "**This page could not be made for these settings.** The fault is the page's, not yours. Change a setting in "
        "the sidebar, or choose another lesson in the menu: your settings and answers are kept.",
        icon=":material/error:",
    )


@lru_cache(maxsize=1)
def _freeze(modules: int) -> None:
    """Take what is there out of the garbage collector's walks, whenever `modules`, their number, has changed.

    Torch's and Altair's objects make a walk cost more than a rerun, and none of them will ever be garbage. A lesson is
    imported when it is first opened, so this happens once for each.
    """
    gc.collect()  # what is garbage now would stay for ever
    gc.freeze()


def open_lesson() -> Page:
    """The first line of every page: its lesson, settings and view."""
    if not hasattr(_shell, "page"):
        _navigation(hidden=True)
        st.rerun()
    page: Page = _shell.page
    return page
