"""The shell around every page: the navigation, the controls, and remarks on a link.

The entry point `dashboard.py` calls `run`; every page begins with `open_lesson`. Streamlit can run a page file
*without* the entry point, because the folder is called `pages/`. This happens for a link to a page, while nobody in
this process has opened the entry point. So a page that has no shell starts the navigation itself and reruns.
"""

import gc
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from components.settings import Settings, View
from components.ui import cheaper, classroom, controls, delivery, links, loading, sizes, tab
from components.ui.lesson import Lesson
from components.ui.syllabus import MAP, OTHER, SYLLABUS, following, named, number, preceding

ICON = Path(__file__).parents[2] / "assets" / "icon.svg"


@dataclass(frozen=True)
class Page:
    """What a page gets: the settings that every number depends on, and the view, which says what is shown of them."""

    lesson: Lesson
    settings: Settings
    view: View
    raised: tuple[str, ...] = ()  # a sentence on the settings that the lesson had to raise
    # The two places of the stage, as Streamlit's containers: the picture, and beside it the coach.
    picture: Any = field(default=None, compare=False, repr=False)
    coach: Any = field(default=None, compare=False, repr=False)
    asked: classroom.Asked | None = field(default=None, compare=False, repr=False)  # the question, if a class is asked


# A script run waits for one of two turns, because a small host has two cores. With more script runs at once, the
# threads would only take Python's lock from each other: thirty that wait for a turn are done sooner. Work that takes
# seconds needs no turn: it runs beside the pages (`ui/beside.py`).
_turns = threading.BoundedSemaphore(2)
_part = threading.BoundedSemaphore(1)  # of these at most one for a part of a page: a whole page goes first

# One value for each thread, because each script run has a thread of its own. The page is deleted at its end.
_shell = threading.local()

STAGE = (7, 4)  # the widths of the picture and of the coach beside it

TITLED = "_titled"  # in the session: the stem of the lesson whose title the browser's tab has

cheaper.keep_theme()
cheaper.keep_names()

_MOMENT = 0.02  # seconds; Streamlit sends its messages every hundredth of a second


def _navigation(hidden: bool = False) -> Any:
    # Before st.navigation: without this icon, Streamlit uses the first icon of the menu, and every browser then
    # requests that one from a font host.
    st.set_page_config(page_icon=str(ICON), layout="wide")
    menu: dict[str, list[Any]] = {}
    for lesson in (*OTHER, *SYLLABUS):
        # A copy, because st.navigation changes the page that may run.
        menu.setdefault(lesson.section, []).append(copy(_page(lesson)))
    return st.navigation(menu, position="hidden" if hidden else "top")


@cache
def _page(lesson: Lesson) -> Any:
    """A lesson as Streamlit's page. Made once for the process, because Streamlit looks for the file each time."""
    return st.Page(
        f"pages/{lesson.stem}.py",
        title=lesson.title,
        url_path=lesson.stem,
        icon=lesson.icon,
        default=lesson is SYLLABUS[0],
    )


def run() -> None:
    """Run the whole app once: navigation, controls, then the page of the address."""
    with _turn():
        delivery.begin()
        try:
            _run()
            delivery.end()
        finally:
            delivery.finish()


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn, and give it back at the end."""
    _take_turn()
    try:
        yield
    finally:
        _pass_turn()


@contextmanager
def in_part() -> Iterator[bool]:
    """Around the content of a fragment: whether it runs without the rest of the page. Then it gets a turn too."""
    if hasattr(_shell, "page"):
        yield False
        return
    mine = _part.acquire(timeout=1)
    try:
        with _turn():
            yield True
    finally:
        if mine:
            _part.release()


def _take_turn() -> None:
    """Wait for a turn for at most a second, then go on without one."""
    _shell.taken = _turns.acquire(timeout=1)


def _pass_turn() -> None:
    if _shell.taken:
        _turns.release()


def draw_first() -> None:
    """Wait a moment, so that the browser draws the elements that were sent so far before it gets the rest.

    It is meant for the large picture that follows the sliders. Another script run may use the turn meanwhile. The
    first script run of a session does not wait.
    """
    if not _shell.known:
        return
    delivery.release()
    _pass_turn()
    time.sleep(_MOMENT)
    _take_turn()


def _run() -> None:
    script = _navigation()
    first = links.arrive()
    seat = classroom.arrive()
    # The path of the first lesson is empty.
    found = (other for other in OTHER if other.stem == script.url_path)
    lesson = next(found, None) or named(script.url_path) or SYLLABUS[0]
    has_stage = lesson not in OTHER
    _title_tab(lesson)
    _head(lesson, seat)
    notices = st.container()  # one element for any number of notices, so that the elements below keep their places
    if not has_stage:
        picture = coach = st.container(key=lesson.stem)
        place = controls.settings_place(None)
    else:
        left, coach = st.columns(STAGE, gap="medium")
        picture = left.container(key="stage_picture")
        with picture:
            sizes.size_controls()
            loading.wait()
        with coach:
            place = controls.settings_place(lesson)
    # If the values of the controls are known, the page comes first and the controls follow. A move changes the page,
    # and the browser draws the first elements while the rest is still on its way.
    new = st.session_state.pop(sizes.NEW, ())
    held = controls.held()
    known = controls.remembered(held, new)
    _shell.known = known is not None and not first
    values = known or controls.fill(place, lesson, held)
    chosen = controls.chosen(lesson, values)
    with notices:
        for sentence in chosen.changes:
            st.info(sentence, icon=":material/rule:")
        for sentence in classroom.notices():
            st.info(sentence, icon=":material/groups:")
    asked = classroom.asked(seat, lesson)
    _shell.page = Page(lesson, chosen.settings, chosen.view, chosen.raised, picture, coach, asked)
    failure = None
    try:
        script.run()
    except Exception as error:  # any error: the controls must follow, so that the visitor can leave the page
        failure = error
    finally:
        settings = _shell.page.settings
        del _shell.page
    if has_stage:
        with picture:
            controls.state(settings, values["answers"])
    if known:
        values = controls.fill(place, lesson, held)
    shown = sizes.told(controls.sizes(lesson, values, settings)) if has_stage else None
    remarked, held = False, controls.held()
    if failure is None:
        links.refill(held)
        with notices:
            remarked = links.remark()
    # The visitor may move a slider while the browser goes back in its history. Then the address is the old one and
    # the control has the new value. The control counts. But remarks are shown for one script run: none should follow
    # only because of the address.
    spelled = None if remarked else controls.spelled(lesson, held)
    tab.remember(controls.write_address, spelled, shown, held, classroom.told(seat, lesson))
    if failure is not None:
        _say_failed()
        raise failure  # Streamlit writes it into the server's log
    _freeze(len(sys.modules))


def _title_tab(lesson: Lesson) -> None:
    """Give the browser's tab and history the lesson's title. The browser keeps it until another one comes."""
    if st.session_state.get(TITLED) != lesson.stem:
        st.session_state[TITLED] = lesson.stem
        st.set_page_config(page_title=f"{lesson.title} · Unrolled")


def _head(lesson: Lesson, seat: classroom.Seat | None) -> None:
    """Show where the visitor is, with the lessons before and after, in a slim line; and below it the title.

    In a horizontal container a heading has no space around it. It is so wide that it gets a line of its own.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key="where"):
        # Three elements on every page, so that the title keeps its place. Otherwise there were two titles while a page
        # takes the place of another.
        is_lesson = lesson not in OTHER
        _step(f"Lesson {number(lesson)} of {len(SYLLABUS)}" if is_lesson else "", MAP if is_lesson else None)
        _step("Previous", preceding(lesson) if is_lesson else None)
        _step("Next", following(lesson) if is_lesson else None)
        controls.reference_switch()
        classroom.show(seat)
        st.title(lesson.question, anchor=False, width=4000)


def _step(label: str, to: Lesson | None) -> None:
    """A link in the line above the title, or its empty place."""
    if to is None:
        st.empty()
    else:
        st.page_link(_page(to), label=f":small[{label}]", icon="", help=to.title)


def _say_failed() -> None:
    """Show what a visitor can do when a page has raised an error."""
    st.error(
        "**This page could not be made for these settings.** This is a fault of the page, not yours. Change a setting "
        "above the picture, or choose another lesson in the menu. Your settings and answers are kept.",
        icon=":material/error:",
    )


@lru_cache(maxsize=1)
def _freeze(modules: int) -> None:
    """Tell the garbage collector to skip all objects that exist now. Call it with the number of imported modules.

    A collection that walks through the objects of torch and Altair takes longer than a script run, and these objects
    never become garbage. A lesson is imported when it is first opened. Then the number of modules changes, and this
    happens again.
    """
    gc.collect()  # garbage that is frozen would stay for ever
    gc.freeze()


def decide(page: Page, settings: Settings) -> Page:
    """The page with settings that a control in it decides. The sizes above the picture and the caption show them."""
    decided = replace(page, settings=settings)
    if hasattr(_shell, "page"):  # not in the run of a fragment alone: there the sizes stay
        _shell.page = decided
    return decided


def open_lesson() -> Page:
    """The lesson, settings and view of the page. Every page calls it in its first line."""
    if not hasattr(_shell, "page"):
        _navigation(hidden=True)
        st.rerun()
    page: Page = _shell.page
    return page
