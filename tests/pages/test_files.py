"""Whatever a lesson lets one take along, or shows as a table, is bounded at the largest settings there are."""

import ast
import dataclasses
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
import streamlit as st

from components.lessons.live.numbers.facts import LIMIT, count, fitting, nbytes
from components.lessons.live.numbers.show import too_many
from components.settings import FIELDS, Settings, Whole
from components.ui import files
from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS
from tests import ROOT
from tests.pages.app import assert_stands, linked, texts, visit

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
MOST: dict[str, Any] = {name: f.high for name, f in FIELDS.items() if isinstance(f, Whole) and name != "proj_size"}
LARGEST = Settings(**MOST, bidirectional=True, dtype="float64")
LIVE = SYLLABUS[0]
# The keys of all that is folded away on any page.
FOLDS = sorted(
    {
        key
        for path in (ROOT / "components").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "folded"
        for key in [ast.literal_eval(node.args[1])]
    }
)


@dataclasses.dataclass
class Taken:
    """What a page offered: its files by label, made; and its tables."""

    files: dict[str, bytes]
    tables: list[pd.DataFrame]


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Lesson, Settings], Taken]:
    """Visits a lesson with all folds open, and takes whatever there is to take."""
    monkeypatch.setattr(files, "_hold", lambda *_: None)  # there is no server to hold it

    def take(lesson: Lesson, settings: Settings) -> Taken:
        buttons: dict[str, Any] = {}
        tables: list[pd.DataFrame] = []
        app = visit(lesson, linked(settings, answers=True))
        for fold in FOLDS:
            app.session_state[fold] = True
        with monkeypatch.context() as patched:
            patched.setattr(st, "download_button", lambda label, data, *_, **__: buttons.update({label: data}))
            patched.setattr(st, "dataframe", lambda table, *_, **__: tables.append(table))
            app.run()
        assert_stands(app)
        made = {label: data() if callable(data) else data.encode() for label, data in buttons.items()}
        return Taken(made, tables)

    return take


@pytest.mark.parametrize("lesson", SYLLABUS, ids=lambda lesson: lesson.stem)
def test_files_and_tables_are_bounded(lesson: Lesson, taken: Callable[[Lesson, Settings], Taken]) -> None:
    found = taken(lesson, LARGEST)
    assert {"Python file", "Jupyter notebook"} <= set(found.files)
    for label, file in found.files.items():
        program = label in ("Python file", "Jupyter notebook")
        assert 0 < len(file) <= (50_000 if program else LIMIT * 1.01), label
    for table in found.tables:
        assert table.memory_usage(deep=True).sum() <= 5_000_000


def test_every_lesson_with_a_table_was_looked_at(taken: Callable[[Lesson, Settings], Taken]) -> None:
    """The folds are open: there are tables and large files among what is bounded."""
    found = {lesson.stem: taken(lesson, Settings()) for lesson in SYLLABUS}
    assert {stem for stem, one in found.items() if one.tables} >= {"live", "memory", "weights", "views"}
    assert {"All units as CSV", "All numbers as .npz"} <= set(found["live"].files)
    assert "All parameters as .npz" in found["weights"].files


def test_too_many_numbers_are_refused_with_a_figure(taken: Callable[[Lesson, Settings], Taken]) -> None:
    """No button, but a sentence: how many numbers, how many MB, and what to lower; lowered, the button is there."""
    assert "All numbers as .npz" not in taken(LIVE, LARGEST).files
    app = visit(LIVE, linked(LARGEST))
    app.session_state["table"] = True
    app.run()
    assert any(too_many(LARGEST) in text for text in texts(app, "markdown"))
    said = too_many(LARGEST)
    assert f"{count(LARGEST):,}" in said
    assert f"{nbytes(LARGEST) / 1e6:.0f} MB" in said
    for name, value in fitting(LARGEST):
        assert f"{FIELDS[name].label} to {value}" in said
        lower: dict[str, Any] = {name: value}
        assert "All numbers as .npz" in taken(LIVE, dataclasses.replace(LARGEST, **lower)).files
