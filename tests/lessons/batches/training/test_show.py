"""Live training on a page: it starts on a click only, the page reports each stage, and the last losses decide."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.lessons.batches.training import show as training
from components.lessons.batches.training.frames import window_of
from components.settings import CARRY, HANDED, RESET, SHUFFLED, Settings
from components.training.registry import Desk
from components.training.run import DONE, RUNNING, Run
from components.training.task import Task, at_best, trained
from components.ui import beside
from components.ui.figures import figure
from components.ui.syllabus import SYLLABUS
from tests.pages.app import assert_stands, linked, texts, visit
from tests.training.test_registry import broken, forever, until

BATCHES = next(lesson for lesson in SYLLABUS if lesson.stem == "batches")
SHOWN = BATCHES.shown(Settings())
STEPS = 12


@pytest.fixture(autouse=True)
def desk(desks: dict[str, Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Trainings of a few steps, at a desk of their own."""
    monkeypatch.setattr(training, "Task", partial(Task, steps=STEPS))
    return beside.desk_of("train")


def begin(desk: Desk, start: Callable[[], Iterator[float]]) -> Run[float]:
    """A run of the page's own work that ends as `start` does."""
    desk.begin(replace(trained(Task(4, 1, steps=STEPS)), start=start), SHOWN)
    assert desk.run is not None
    return desk.run


def open_training(settings: Settings | None = None, **view: Any) -> AppTest:
    """A session on the page, with the answers."""
    return visit(BATCHES, linked(settings or Settings(), **{"answers": True} | view))


def buttons(app: AppTest) -> tuple[bool, bool]:
    """Whether the buttons Train and Stop are enabled."""
    return not app.button(key="train").disabled, not app.button(key="train_stop").disabled


def said(app: AppTest, words: str) -> bool:
    """Whether the page says this."""
    return any(words in text for text in texts(app, "markdown"))


def test_there_is_nothing_before_an_answer() -> None:
    app = open_training(answers=False)
    assert_stands(app)
    assert "train" not in [button.key for button in app.button]
    assert not any("ln 2" in text for text in texts(app, "markdown"))


def test_how_far_a_curve_scatters_is_said(desk: Desk) -> None:
    """A point below its line is explained: of how many bits it is the mean, for this number of training steps."""
    bits = window_of(STEPS) * 10 * 32
    assert said(open_training(), f"A point of a curve is the mean of {bits:,} random bits")


def test_it_trains_on_a_click_and_judges_the_end(desk: Desk) -> None:
    """Nothing runs at load. After the click the page shows the progress, and in the end the verdict on the losses."""
    app = open_training()
    assert_stands(app)
    assert desk.run is None
    assert buttons(app) == (True, False)
    app.button(key="train").click().run()
    assert_stands(app)
    run = desk.run
    assert run is not None
    assert run.work == trained(Task(4, 1, steps=STEPS))
    until(lambda: not run.live)
    app.run()
    assert_stands(app)
    assert run.state == DONE
    assert buttons(app) == (True, False)
    assert [bar.proto.value for bar in app.get("progress")] == [100]
    rows = [row.split(" | ") for text in texts(app, "markdown") for row in text.split("\n") if row.startswith("| ")]
    ends = {row[0].strip("| "): row[1] for row in rows if row[0].strip("| ") in HANDED}
    assert ends == {way: figure(run.findings[3 * STEPS - 3 + place]) for place, way in enumerate(HANDED)}
    assert any(text.startswith("**Not what theory") for text in texts(app, "error"))  # after twelve steps
    app.run()
    assert desk.run is run


def test_stop_ends_it_and_keeps_what_was_found(desk: Desk) -> None:
    app = open_training()
    run = begin(desk, forever)
    until(lambda: run.step > 0)
    app.run()
    assert buttons(app) == (False, True)
    assert re.fullmatch(rf"Step \d+ of {STEPS}, about \d+ s left\.", app.get("progress")[0].proto.text)
    app.button(key="train_stop").click().run()
    until(lambda: not run.live)
    app.run()
    assert_stands(app)
    assert said(app, f"**Ended** after {run.step} of {STEPS} steps: you stopped it.")
    assert buttons(app) == (True, False)


def test_a_changed_setting_ends_it_and_says_so(desk: Desk) -> None:
    """The curves stay while the task is the same. Another hidden size has no curves yet."""
    app = open_training()
    run = begin(desk, forever)
    app.run()
    assert run.state == RUNNING
    app.slider(key="input_size").set_value(9).run()
    until(lambda: not run.live)
    app.run()
    assert said(app, f"**Ended** after {run.step} of {STEPS} steps: a setting was changed.")
    app.slider(key="hidden_size").set_value(9).run()
    assert_stands(app)
    ended = f"The last training was ended after {run.step} of {STEPS} steps: a setting was changed."
    assert said(app, f"{ended} Nothing has been trained yet")
    assert buttons(app) == (True, False)
    app.slider(key="hidden_size").set_value(4).run()  # back again: its curves are true of this task
    assert said(app, f"**Ended** after {run.step} of {STEPS} steps: a setting was changed.")


def test_a_failed_training_says_so(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """The page names the kind of error, but not its words, which may hold private details. Train is enabled again."""
    run = begin(desk, broken)
    until(lambda: not run.live)
    app = open_training()
    assert_stands(app)
    (error,) = texts(app, "error")
    assert error.startswith("**The training failed** after 0 steps: RuntimeError.")
    assert "secret" not in error
    assert buttons(app) == (True, False)


def test_more_units_than_can_be_trained_are_said(desk: Desk) -> None:
    app = open_training(Settings(hidden_size=128, seed=5))
    assert any("Hidden size 128 would make other visitors wait: 64 is used." in text for text in texts(app, "markdown"))
    app.button(key="train").click().run()
    assert desk.run is not None
    assert desk.run.work == trained(Task(64, 5, steps=STEPS))
    assert not any("would keep" in text for text in texts(open_training(Settings(hidden_size=64)), "markdown"))


LINE = at_best(Task(4, 1))[RESET]
GOOD = {CARRY: 0.001, RESET: LINE + 0.02, SHUFFLED: 0.42}


@pytest.mark.parametrize(
    ("end", "wrong"),
    [
        ({}, None),
        ({CARRY: LINE}, "Carry ends at 0.21, which is not below"),
        ({RESET: LINE + 0.04}, "Reset ends at 0.25, not within"),
        ({RESET: LINE - 0.04}, "Reset ends at 0.17, not within"),
        ({SHUFFLED: LINE + 0.01}, "Shuffled carry ends at 0.22, which is not above"),
    ],
)
def test_the_verdict_can_fail(monkeypatch: pytest.MonkeyPatch, end: dict[str, float], wrong: str | None) -> None:
    """Each of the three final losses alone can turn the verdict, and the page names it."""
    verdicts: list[tuple[bool, str, str]] = []
    monkeypatch.setattr(training, "verdict", lambda *words: verdicts.append(words))
    monkeypatch.setattr(st, "markdown", lambda text: None)
    training._check(Task(4, 1), GOOD | end)
    ((good, headline, text),) = verdicts
    assert good == (wrong is None)
    assert headline == ("Only what is carried is remembered." if good else "Not what theory predicts.")
    assert text.startswith(wrong or "Carry ends at 0.001, below")


def test_the_chart_is_there_from_the_start_and_its_description_has_no_number() -> None:
    charts = [element.proto for element in open_training().get("vega_lite_chart")]
    (chart,) = [one for one in charts if {dataset.name for dataset in one.datasets} == {"curves", "theory"}]
    assert len(chart.alt) > 40
    assert not re.search(r"\d", chart.alt)
