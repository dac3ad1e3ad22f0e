"""The map of the lessons: every lesson has a card, with what the visitor has done in it."""

from typing import Any

from streamlit.testing.v1 import AppTest

from components.settings import DEFAULTS
from components.ui.furniture import SHOW_ME
from components.ui.syllabus import MAP, SYLLABUS
from components.ui.tab import ANSWER, DONE
from tests.pages.app import held, texts, visit


def cards(app: AppTest) -> dict[str, str]:
    """What the card of each lesson says, by the lesson's stem."""
    said = [text for text in texts(app, "markdown") if " min" in text and text.startswith(":small[")]
    return dict(zip((lesson.stem for lesson in SYLLABUS), said, strict=True))


def opened(link: dict[str, Any] | None = None) -> AppTest:
    app = visit(MAP, link)
    assert texts(app, "exception") == []
    assert texts(app, "title") == [MAP.question]
    return app


def test_every_lesson_has_a_card_and_a_link() -> None:
    """In the order of the syllabus, with the question, the time it takes, and the numbers of what it builds on."""
    app = opened()
    links = [link.proto.page for link in app.get("page_link")]
    assert links == ["", *(lesson.stem for lesson in SYLLABUS[1:])]
    found = cards(app)
    for lesson in SYLLABUS:
        assert lesson.question in found[lesson.stem]
        assert f"{lesson.minutes} min" in found[lesson.stem]
    assert "builds on 4 and 7" in found["batches"]
    assert texts(app, "warning") == []


def test_a_card_says_what_was_done() -> None:
    """An answer, a look at the answer, and attempts. One goes on at the first open question."""
    app = opened()
    assert [stem for stem, said in cards(app).items() if "Begin here" in said] == ["live"]
    app.session_state[f"{ANSWER}live"] = "the same, up to rounding"
    app.session_state[f"{ANSWER}notebook"] = SHOW_ME
    app.session_state[DONE] = {"Units are not time steps", "no task of today"}
    found = cards(app.run())
    assert "answered, 1 of 2 tasks" in found["live"]
    assert "looked up" in found["notebook"]
    assert [stem for stem, said in found.items() if "Go on here" in said] == ["shapes"]
    total = sum(len(lesson.tasks) for lesson in SYLLABUS)
    wanted = (f"**1 of {len(SYLLABUS)}** questions", f"**1 of {total}** tasks")
    assert any(all(words in said for words in wanted) for said in texts(app, "markdown"))


def test_settings_pass_through_the_map() -> None:
    """Its controls have what the link says, and so has the lesson that is opened from it."""
    app = opened({"hidden_size": "7", "dtype": "float64", "answers": "true"})
    assert (held(app, "hidden_size"), held(app, "dtype"), held(app, "answers")) == (7, "float64", True)
    assert app.get("vega_lite_chart") == []
    app.switch_page(f"pages/{SYLLABUS[0].stem}.py").run()
    assert (held(app, "hidden_size"), held(app, "dtype"), held(app, "answers")) == (7, "float64", True)
    app.switch_page(f"pages/{MAP.stem}.py").run()
    assert held(app, "hidden_size") == 7
    app.session_state["settings"] = True
    app.run()
    assert texts(app, "exception") == []
    assert {held(app, name) for name in ("seq_len", "seed")} == {DEFAULTS["seq_len"], DEFAULTS["seed"]}
