"""What a lesson lets one take along or shows as a table; how large it may be is in test_largest.py."""

import dataclasses
from typing import Any

import pytest
import streamlit as st

from components.lessons.live.numbers.facts import count, fitting, nbytes
from components.lessons.live.numbers.show import too_many
from components.settings import FIELDS, Settings
from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS
from tests.pages.app import ALL_FOLDED, assert_stands, linked, texts, visit
from tests.pages.largest import LARGEST

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
LIVE = SYLLABUS[0]
ALL_NUMBERS = "All numbers as .npz"


def offered(monkeypatch: pytest.MonkeyPatch, lesson: Lesson, settings: Settings, folds: list[str]) -> dict[str, int]:
    """The files by label, and under "tables" how many there are, of a lesson with these folds open; none is made."""
    found = {"tables": 0}

    def button(label: str, *_: Any, **__: Any) -> None:
        found[label] = 1

    def table(*_: Any, **__: Any) -> None:
        found["tables"] += 1

    with monkeypatch.context() as patched:
        patched.setattr(st, "download_button", button)
        patched.setattr(st, "dataframe", table)
        app = visit(lesson, linked(settings, answers=True) | ({"live_topic": "Numbers"} if lesson is LIVE else {}))
        for fold in folds:
            app.session_state[fold] = True
        assert_stands(app.run())
    return found


def test_the_folds_hold_tables_and_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened, on every lesson: there are tables and large files among what is bounded at the largest settings."""
    found = {lesson.stem: offered(monkeypatch, lesson, Settings(), ALL_FOLDED) for lesson in SYLLABUS}
    assert {stem for stem, one in found.items() if one["tables"]} >= {"live", "memory", "weights", "views"}
    assert {"All units as CSV", ALL_NUMBERS} <= set(found["live"])
    assert "All parameters as .npz" in found["weights"]


def test_too_many_numbers_are_refused_with_a_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """No button, but a sentence: how many numbers, how many MB, and what to lower; lowered, the button is there."""
    app = visit(LIVE, linked(LARGEST, live_topic="Numbers"))
    said = too_many(LARGEST)
    assert any(said in text for text in texts(app, "markdown"))
    assert f"{count(LARGEST):,}" in said
    assert f"{nbytes(LARGEST) / 1e6:.0f} MB" in said
    assert ALL_NUMBERS not in offered(monkeypatch, LIVE, LARGEST, [])
    for name, value in fitting(LARGEST):
        assert f"{FIELDS[name].label} to {value}" in said
        lower: dict[str, Any] = {name: value}
        assert ALL_NUMBERS in offered(monkeypatch, LIVE, dataclasses.replace(LARGEST, **lower), [])
