"""Live training on a page: on a click and never at load, said at every stage, judged by the losses it ended with."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.recurrence.stream import CARRY, RESET, SHUFFLED, WAYS
from components.settings import Settings
from components.training.registry import Desk
from components.training.run import DONE, TRAINING
from components.training.task import Task, at_best
from components.ui import training
from components.ui.figures import figure
from components.ui.syllabus import SYLLABUS
from tests.pages.app import assert_stands, linked, texts, visit
from tests.training.test_registry import broken, endless, until

BATCHES = next(lesson for lesson in SYLLABUS if lesson.stem == "batches")
SHOWN = BATCHES.shown(Settings())
STEPS = 12


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Trainings of a few steps, at a desk of the test's own: to AppTest all sessions are one."""
    desk = Desk(training._registry)
    monkeypatch.setattr(training, "Task", partial(Task, steps=STEPS))
    monkeypatch.setattr(training, "_desk", lambda: desk)
    yield desk
    desk.close()
    until(lambda: not training._registry.held)


def open_training(settings: Settings | None = None, **view: Any) -> AppTest:
    """A session on the page, with the answers."""
    return visit(BATCHES, linked(settings or Settings(), **{"answers": True} | view))


def buttons(app: AppTest) -> tuple[bool, bool]:
    """Whether Train and Stop can be pressed."""
    return not app.button(key="train").disabled, not app.button(key="stop").disabled


def said(app: AppTest, words: str) -> bool:
    """Whether the page says so."""
    return any(words in text for text in texts(app, "markdown"))


def test_there_is_nothing_before_an_answer() -> None:
    app = open_training(answers=False)
    assert_stands(app)
    assert "train" not in [button.key for button in app.button]
    assert not any("ln 2" in text for text in texts(app, "markdown"))


def test_it_trains_on_a_click_and_judges_the_end(desk: Desk) -> None:
    """At load nothing runs; after the click the page says how far it is, and in the end what the losses say."""
    app = open_training()
    assert_stands(app)
    assert desk.run is None
    assert buttons(app) == (True, False)
    app.button(key="train").click().run()
    assert_stands(app)
    run = desk.run
    assert run is not None
    assert run.task == Task(4, 1, steps=STEPS)
    until(lambda: not run.live)
    app.run()
    assert_stands(app)
    assert run.state == DONE
    assert buttons(app) == (True, False)
    assert [bar.proto.value for bar in app.get("progress")] == [100]
    rows = [row.split(" | ") for text in texts(app, "markdown") for row in text.split("\n") if row.startswith("| ")]
    ends = {row[0].strip("| "): row[1] for row in rows if row[0].strip("| ") in WAYS}
    assert ends == {way: figure(run.losses[3 * STEPS - 3 + place]) for place, way in enumerate(WAYS)}
    assert any(text.startswith("**Not what theory") for text in texts(app, "error"))  # after twelve steps
    app.run()
    assert desk.run is run


def test_stop_ends_it_and_keeps_what_was_found(desk: Desk) -> None:
    app = open_training()
    desk.begin(Task(4, 1, steps=STEPS), SHOWN, endless)
    run = desk.run
    assert run is not None
    until(lambda: run.step > 0)
    app.run()
    assert buttons(app) == (False, True)
    assert re.fullmatch(rf"Step \d+ of {STEPS}, about \d+ s left\.", app.get("progress")[0].proto.text)
    app.button(key="stop").click().run()
    until(lambda: not run.live)
    app.run()
    assert_stands(app)
    assert said(app, f"**Ended** after {run.step} of {STEPS} steps: as you wished.")
    assert buttons(app) == (True, False)


def test_a_changed_setting_ends_it_and_says_so(desk: Desk) -> None:
    """The curves stay while they are this task's; another hidden size has none."""
    app = open_training()
    desk.begin(Task(4, 1, steps=STEPS), SHOWN, endless)
    run = desk.run
    assert run is not None
    app.run()
    assert run.state == TRAINING
    app.slider(key="input_size").set_value(9).run()
    until(lambda: not run.live)
    app.run()
    assert said(app, f"**Ended** after {run.step} of {STEPS} steps: a setting was changed.")
    app.slider(key="hidden_size").set_value(9).run()
    assert_stands(app)
    assert desk.run is None
    assert said(app, f"was ended after {run.step} steps: a setting was changed. Nothing has been trained yet")


def test_a_failed_training_says_so(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """The kind of error, not its words, which may name what is nobody's business; and Train is there again."""
    desk.begin(Task(4, 1, steps=STEPS), SHOWN, broken)
    run = desk.run
    assert run is not None
    until(lambda: not run.live)
    app = open_training()
    assert_stands(app)
    (error,) = texts(app, "error")
    assert error.startswith("**The training failed** after 0 steps: RuntimeError.")
    assert "secret" not in error
    assert buttons(app) == (True, False)


def test_who_waits_is_told_the_place(desk: Desk) -> None:
    others = [Desk(training._registry) for _ in range(3)]
    for other in others:
        other.begin(Task(4, 1, steps=STEPS), SHOWN, endless)
    app = open_training()
    app.button(key="train").click().run()
    assert said(app, "Two others are training: one more waits before you.** It starts by itself.")
    assert buttons(app) == (False, True)
    others[2].close()
    app.run()
    assert said(app, "Two others are training: you are next.** It starts by itself.")
    app.button(key="stop").click().run()
    assert said(app, f"**Ended** after 0 of {STEPS} steps: as you wished.")
    for other in others:
        other.close()
    until(lambda: not training._registry.held)


def test_each_look_keeps_the_run_alive(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The part of the page that runs by the clock is what tells the run that somebody is there."""
    monkeypatch.setattr(training, "_progress", lambda *_: None)
    monkeypatch.setattr(training, "chart", lambda *_, **__: None)
    desk.begin(Task(4, 1, steps=STEPS), SHOWN, endless)
    run = desk.run
    assert run is not None
    run._seen -= 4
    before = run._seen
    training._watch(desk, Task(4, 1, steps=STEPS), run.state)
    assert run._seen > before + 3


def test_more_units_than_can_be_trained_are_said(desk: Desk) -> None:
    app = open_training(Settings(hidden_size=128, seed=5))
    assert any("Hidden size 128 would keep others waiting: 64 is used." in text for text in texts(app, "markdown"))
    app.button(key="train").click().run()
    assert desk.run is not None
    assert (desk.run.task.hidden_size, desk.run.task.seed) == (64, 5)
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
    """Each of the three ends alone turns it, and is named."""
    verdicts: list[tuple[bool, str, str]] = []
    monkeypatch.setattr(training, "verdict", lambda *words: verdicts.append(words))
    monkeypatch.setattr(st, "markdown", lambda text: None)
    training._check(Task(4, 1), GOOD | end)
    ((good, headline, text),) = verdicts
    assert good == (wrong is None)
    assert headline == ("Only what is carried is remembered." if good else "Not what theory leads one to expect.")
    assert text.startswith(wrong or "Carry ends at 0.001, below")


def test_the_chart_is_there_from_the_start_and_its_description_has_no_number() -> None:
    charts = [element.proto for element in open_training().get("vega_lite_chart")]
    (chart,) = [one for one in charts if {dataset.name for dataset in one.datasets} == {"curves", "theory"}]
    assert len(chart.alt) > 40
    assert not re.search(r"\d", chart.alt)
