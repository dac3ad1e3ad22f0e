"""The sizes above a page: what they show on each lesson, and what they take over from the browser."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.jobs import JOBS
from components.settings import DEFAULTS, FIELDS, MAIN
from components.ui import controls, sizes
from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS
from tests.pages.app import assert_stands, visit

lessons = pytest.mark.parametrize("lesson", SYLLABUS, ids=lambda lesson: lesson.stem)


@lessons
@pytest.mark.parametrize("own", [1, 3, 40])
def test_a_size_shows_the_value_in_use(lesson: Lesson, own: int) -> None:
    """The value that the page uses, also where the lesson raises or decides it, and a note if it is another."""
    values = DEFAULTS | dict.fromkeys(MAIN, own)
    used = controls.chosen(lesson, values).settings
    shown = controls.sizes(lesson, values, used)
    assert list(shown) == list(MAIN)
    for name, size in shown.items():
        assert size.value == getattr(used, name)
        assert size.low <= size.value
        assert size.fixed == (name in {*dict(lesson.decides), *lesson.idle})
        assert size.value == own or size.note
        if not size.fixed:
            assert size.low == dict(lesson.needs).get(name, 1)


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_what_a_job_fixes_cannot_be_moved(job: Any) -> None:
    """Its sizes are shown as fixed, by the name of the job; the visitor's own values stay in the controls."""
    values = DEFAULTS | {"weights": next(key for key, value in JOBS.items() if value is job), "hidden_size": 50}
    used = controls.chosen(SYLLABUS[0], values).settings
    for name, size in controls.sizes(SYLLABUS[0], values, used).items():
        assert size.fixed == (name in job.fixed)
        if size.fixed:
            assert size.value == job.fixed[name]
            assert job.title.lower() in size.note


def taking(chosen: Any) -> dict[str, Any]:
    """What is in the session after the browser has sent `chosen`."""

    def script() -> None:
        from types import SimpleNamespace

        import streamlit as st

        from components.ui import sizes

        st.session_state[sizes.KEY] = SimpleNamespace(chosen=st.session_state["sent"])
        sizes._take_over()

    app = AppTest.from_function(script)
    app.session_state["sent"] = chosen
    app.run()
    assert not app.exception
    return {key: app.session_state[key] for key in (*MAIN, sizes.COUNT, sizes.NEW) if key in app.session_state}


def test_a_size_from_the_browser_is_set() -> None:
    """Its value, the number of the change, and that the address has the old value."""
    assert taking({"seq_len": 7, "count": 3}) == {"seq_len": 7, sizes.COUNT: 3, sizes.NEW: {"seq_len"}}


@pytest.mark.parametrize(
    "chosen",
    [
        None,
        7,
        "seq_len",
        ["seq_len"],
        {"seq_len": 0},
        {"seq_len": 201},
        {"seq_len": "7"},
        {"seq_len": 7.0},
        {"seq_len": True},
        {"seed": 7},
        {"count": "3"},
    ],
)
def test_anything_else_from_the_browser_changes_nothing(chosen: Any) -> None:
    """A script in a browser can be changed by whoever sits before it."""
    assert taking(chosen) == {}


@lessons
def test_the_controls_in_settings_are_made_when_they_are_needed(lesson: Lesson) -> None:
    """While *Settings* is closed a control at its default costs nothing; one that the address names is there."""
    kept = {slider.key for slider in visit(lesson).slider} & set(FIELDS)
    assert kept == set(controls.KEPT)
    app = visit(lesson, {"num_layers": "2", "bidirectional": "true"})
    assert_stands(app)
    assert "num_layers" in {slider.key for slider in app.slider}
    assert "bidirectional" in {toggle.key for toggle in app.toggle}
