"""A page that raises an error leaves a visitor with everything that leads on."""

import pytest

from components.settings import MAIN, Settings
from components.ui.syllabus import SYLLABUS
from tests.pages.app import assert_stands, linked, texts, visit

FAILED = "**This page could not be made for these settings.**"


def fail(*_: object) -> None:
    raise ArithmeticError("a fault of the page")


def test_the_controls_stand_whatever_the_page_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a first run and in a later one: the sliders with their values, a sentence, and a page again afterwards."""
    with monkeypatch.context() as faulty:
        faulty.setattr("components.lessons.live.score.show.show_score", fail)
        app = visit(SYLLABUS[0], linked(Settings(seq_len=7)))
        for length in (7, 8):
            assert [app.slider(key=name).value for name in MAIN] == [3, 4, length]
            assert len(texts(app, "exception")) == 1
            assert [text for text in texts(app, "error") if text.startswith(FAILED)]
            app.slider(key="seq_len").set_value(8)
            app.run()
    app.run()
    assert_stands(app)
    assert texts(app, "error") == []
