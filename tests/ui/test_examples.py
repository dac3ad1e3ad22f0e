"""Examples: each gives the settings that it names and no others, and is offered where it shows something."""

import pytest

from components.settings import DEFAULTS, FIELDS, VIEWS, Settings
from components.ui import controls
from components.ui.examples import EXAMPLES, KEY, RESET, SETS, Example, offered
from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS, named
from tests.pages.app import assert_stands, held, linked, texts, visit

MESSY = {"hidden_size": "9", "dtype": "float64", "layer": "1", "num_layers": "2", "batch_size": "3", "seed": "7"}
each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.label)


@each
def test_an_example_gives_the_settings_that_it_names(example: Example) -> None:
    """All others get their defaults, whatever was chosen before. The page then says what a link with them says."""
    app = visit(link=MESSY)
    app.menu_button(key=KEY).click(example.label).run()
    assert_stands(app)
    assert {name: held(app, name) for name in DEFAULTS} == DEFAULTS | dict(example.values)
    settings = {name: value for name, value in example.values.items() if name in FIELDS}
    job = settings.pop("weights", DEFAULTS["weights"])
    wanted = Settings(**settings) if job == DEFAULTS["weights"] else Settings.for_job(job, **settings)
    assert wanted.caption in texts(app, "caption")
    view = {name: value for name, value in example.values.items() if name in VIEWS}
    link = linked(Settings(**settings), **view) | ({} if job == DEFAULTS["weights"] else {"weights": job})
    assert texts(app, "caption") == texts(visit(link=link), "caption")


def test_reset_keeps_reference_mode() -> None:
    """It is no setting: who has chosen it has not chosen it for one example."""
    app = visit(link={"answers": "true", "seq_len": "9"})
    app.menu_button(key=KEY).click(RESET.label).run()
    assert (held(app, "answers"), held(app, "seq_len")) == (True, DEFAULTS["seq_len"])


@each
def test_an_example_is_within_the_limits(example: Example) -> None:
    """Nothing in it has to be changed, and its point is one of its values."""
    chosen = controls.chosen(named("live"), DEFAULTS | dict(example.values))  # type: ignore[arg-type]
    assert chosen.changes == ()
    assert {*example.values} <= {*SETS}
    assert example is RESET or example.point in example.values


@pytest.mark.parametrize("lesson", SYLLABUS, ids=lambda lesson: lesson.stem)
def test_what_a_lesson_offers_changes_its_page(lesson: Lesson) -> None:
    """Each example but *Reset* gives other settings on the page than the defaults do, by its point."""
    usual = controls.chosen(lesson, DEFAULTS).settings
    assert RESET in offered(lesson)
    for example in offered(lesson):
        if example is not RESET:
            settings = controls.chosen(lesson, DEFAULTS | dict(example.values)).settings
            assert getattr(settings, example.point) == example.values[example.point] != getattr(usual, example.point)


def test_a_lesson_without_jobs_does_not_offer_them() -> None:
    """And the lesson that has two directions anyway does not offer those."""
    labels = {stem: {example.point for example in offered(named(stem))} for stem in ("live", "layers", "views")}  # type: ignore[arg-type]
    assert labels == {
        "live": {"seq_len", "signal", "weights", "bidirectional", ""},
        "layers": {"seq_len", "signal", ""},
        "views": {"seq_len", ""},
    }
