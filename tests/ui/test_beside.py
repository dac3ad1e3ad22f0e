"""A run on a page: a press returns at once, the page says how far the run is, and each visitor has their own run."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from components.lessons.live.check import show as loop_check
from components.lstm.cost import PAIRS, Cost
from components.settings import Settings
from components.training.registry import Desk
from components.training.run import DONE, FAILED, RUNNING, STOPPED, Run
from components.training.work import MEASURING, TRAINING, Work
from components.ui import beside
from components.ui.syllabus import SYLLABUS
from tests.pages.app import assert_stands, linked, texts, visit
from tests.training.test_registry import PATIENCE, broken, forever, until

LIVE = SYLLABUS[0]
BATCHES = next(lesson for lesson in SYLLABUS if lesson.stem == "batches")
EXAMPLE = Work(MEASURING, "a", 30, forever)
WORDS = beside.Words("measurement", "pair", "Measure it", "Stop measuring", ":material/timer:")


class Measuring:
    """Replaces a measurement: notes for what it was begun, and waits before its second pair until `go_on` is set."""

    def __init__(self) -> None:
        self.begun: list[Settings] = []
        self.go_on = threading.Event()

    def __call__(self, settings: Settings) -> Iterator[Cost]:
        self.begun.append(settings)
        ratio = float(len(self.begun))
        yield Cost(1, ratio, 1.0, ratio, ratio, ratio)
        assert self.go_on.wait(PATIENCE)
        yield Cost(2, ratio, 1.0, ratio, ratio, ratio)


@pytest.fixture
def measuring(desks: dict[str, Desk], monkeypatch: pytest.MonkeyPatch) -> Iterator[Measuring]:
    """Replaces the measurement of the first lesson; the test has desks of its own."""
    measuring = Measuring()
    monkeypatch.setattr(loop_check, "measure", measuring)
    yield measuring
    measuring.go_on.set()


def press(app: AppTest, key: str = "cost") -> AppTest:
    """Press a button of the page."""
    app.button(key=key).click().run()
    assert_stands(app)
    return app


def run_of(desks: dict[str, Desk], key: str = "cost") -> Run[Any]:
    """The run at the desk of this button."""
    run = desks[key].run
    assert run is not None
    return run


def ended(app: AppTest, run: Run[Any]) -> AppTest:
    """The page after the run has ended."""
    until(lambda: not run.live)
    app.run()
    assert_stands(app)
    return app


def figures(app: AppTest) -> list[str]:
    """The figures that the measurement shows on the page."""
    return [match[1] for text in texts(app, "markdown") if (match := re.search(r"takes \*\*([\d.]+) times\*\*", text))]


def buttons(app: AppTest, key: str = "cost") -> tuple[bool, bool]:
    """Whether the start button and the stop button can be pressed."""
    return not app.button(key=key).disabled, not app.button(key=f"{key}_stop").disabled


def test_the_page_is_done_before_the_measurement_is(measuring: Measuring, desks: dict[str, Desk]) -> None:
    """A press starts it and waits for nothing: the script run ends while the second pair is still waiting."""
    app = visit(LIVE, {"live_topic": "Loop and call"})
    assert measuring.begun == []
    assert buttons(app) == (True, False)
    press(app)
    run = run_of(desks)
    assert (run.state, measuring.go_on.is_set()) == (RUNNING, False)
    assert measuring.begun == [Settings()]
    assert figures(app) == []
    until(lambda: run.step == 1)
    app.run()
    assert re.fullmatch(rf"Pair 1 of {PAIRS}, about \d s left\.", app.get("progress")[0].proto.text)
    assert buttons(app) == (False, True)
    measuring.go_on.set()
    ended(app, run)
    assert run.state == DONE
    assert figures(app) == ["1.0"]
    assert buttons(app) == (True, False)
    assert len(app.get("progress")) == 0


def test_a_figure_belongs_to_its_settings_and_a_second_press_measures_again(
    measuring: Measuring, desks: dict[str, Desk]
) -> None:
    """Other settings show no figure. The same settings show the same figure again, until the next press."""
    measuring.go_on.set()
    app = visit(LIVE, {"live_topic": "Loop and call"})
    ended(press(app), run_of(desks))
    assert figures(app) == ["1.0"]
    assert any(
        f"Measured on this server in processor time, for {Settings().caption}." in text
        for text in texts(app, "markdown")
    )
    app.slider(key="seq_len").set_value(9).run()
    assert figures(app) == []
    app.slider(key="seq_len").set_value(Settings().seq_len).run()
    assert (figures(app), len(measuring.begun)) == (["1.0"], 1)
    ended(press(app), run_of(desks))
    assert (figures(app), measuring.begun) == (["2.0"], [Settings()] * 2)


def test_two_visitors_are_two_measurements(
    measuring: Measuring, desks: dict[str, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two visitors measure the same settings: each page shows its own figure."""
    measuring.go_on.set()
    first = visit(LIVE, {"live_topic": "Loop and call"})
    ended(press(first), run_of(desks))
    second_desk = Desk(beside._registry)
    with monkeypatch.context() as patch:
        patch.setattr(beside, "desk_of", lambda key: second_desk if key == "cost" else desks[key])
        second = visit(LIVE, {"live_topic": "Loop and call"})
        assert figures(second) == []
        press(second)
        assert second_desk.run is not None
        ended(second, second_desk.run)
        assert figures(second) == ["2.0"]
    assert figures(first.run()) == ["1.0"]
    assert len(measuring.begun) == 2
    second_desk.close()


def test_the_fragment_has_a_container_of_its_own(measuring: Measuring, desks: dict[str, Desk]) -> None:
    """The fragment may rerun before the server has sent the page. Then nothing else may move to its place."""
    measuring.go_on.set()
    app = press(visit(LIVE, {"live_topic": "Loop and call"}))
    ended(app, run_of(desks))
    (tab,) = [tab for tab in app.tabs if tab.label == "Loop and call"]
    parts = [part for part in tab.children.values() if isinstance(part, Block)]
    buttons = next(n for n, part in enumerate(parts) if any(button.key == "cost" for button in part.button))
    (fragment,) = parts[buttons + 1].children.values()
    assert isinstance(fragment, Block)
    assert len(fragment.children) > 1, "the figure, and the settings that were measured"


def test_stop_and_a_changed_setting_end_a_measurement_with_a_sentence(
    measuring: Measuring, desks: dict[str, Desk]
) -> None:
    """A measurement that was ended shows no figure. The visitor can measure again, for the settings now on screen."""
    app = press(visit(LIVE, {"live_topic": "Loop and call"}))
    run = run_of(desks)
    until(lambda: run.step == 1)
    press(app, "cost_stop")
    assert not measuring.go_on.is_set()
    measuring.go_on.set()
    ended(app, run)
    assert any(f"**Ended** after 2 of {PAIRS} pairs: you stopped it." in text for text in texts(app, "markdown"))
    assert figures(app) == []

    measuring.go_on.clear()
    press(app)
    second = run_of(desks)
    until(lambda: second.step == 1)
    app.slider(key="seq_len").set_value(9).run()
    assert_stands(app)
    assert buttons(app) == (True, False)
    words = "The last measurement was ended after {} of {} pairs: a setting was changed."
    assert any(words.format(1, PAIRS) in text for text in texts(app, "markdown"))
    measuring.go_on.set()
    until(lambda: second.state == STOPPED)
    ended(press(app), run_of(desks))
    assert figures(app) == ["3.0"]
    assert measuring.begun[-1] == Settings(seq_len=9)


def test_a_press_together_with_a_change_measures_the_changed_settings(
    measuring: Measuring, desks: dict[str, Desk]
) -> None:
    """A quick visitor moves a control and presses before the page has changed: the server gets both at once."""
    app = visit(LIVE, {"live_topic": "Loop and call"})
    app.slider(key="seq_len").set_value(9)
    press(app)
    measuring.go_on.set()
    ended(app, run_of(desks))
    assert figures(app) == ["1.0"]
    assert measuring.begun == [Settings(seq_len=9)]


def test_a_measurement_that_fails_says_so(desks: dict[str, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows the kind of error, not its text, which may contain a secret. The visitor can start it again."""
    monkeypatch.setattr(loop_check, "measure", lambda settings: broken())
    app = press(visit(LIVE, {"live_topic": "Loop and call"}))
    run = run_of(desks)
    ended(app, run)
    assert run.state == FAILED
    (error,) = texts(app, "error")
    assert error == (
        "**The measurement failed** after 2 pairs: RuntimeError. Only this measurement failed. *Measure the cost* "
        "starts another one."
    )
    assert buttons(app) == (True, False)


def test_a_training_and_a_measurement_of_one_visitor_run_at_the_same_time(desks: dict[str, Desk]) -> None:
    """On the page that has both buttons, each in a tab, neither button ends the run of the other."""
    app = visit(BATCHES, linked(Settings(), answers=True))
    press(app, "train")
    training = run_of(desks, "train")
    app.session_state["batches_topic"] = "Without detach"
    press(app.run(), "backward")
    until(lambda: not run_of(desks, "backward").live)
    assert run_of(desks, "backward").state == DONE
    assert training.why in ("", "nobody was looking at it")  # its tab is closed


def test_the_page_shows_the_place_in_the_queue(measuring: Measuring, desks: dict[str, Desk]) -> None:
    """A measurement waits behind another measurement and behind trainings. The visitor can leave the queue."""
    app = visit(LIVE, {"live_topic": "Loop and call"})
    others = [Desk(beside._registry) for _ in range(3)]
    others[0].begin(Work(MEASURING, "a", 9, forever), None)
    press(app)

    def page_says(words: str) -> bool:
        return any(f"**{words}.** It starts by itself." in text for text in texts(app.run(), "markdown"))

    assert page_says("One other is measuring: you are next")
    assert buttons(app) == (False, True)
    others[1].begin(Work(TRAINING, "a", 9, forever), None)
    assert page_says("One other is training and one other is measuring: you are next")
    others[0].stop()
    others[1].stop()
    until(lambda: run_of(desks).step == 1)
    press(app.run(), "cost_stop")
    measuring.go_on.set()
    until(lambda: beside._registry.held == 0)
    for other_desk in others:
        other_desk.begin(Work(TRAINING, "a", 9, forever), None)
    press(app.run())
    assert page_says("Two others are training: one other waits before you")
    press(app, "cost_stop")
    assert any(f"**Ended** after 0 of {PAIRS} pairs: you stopped it." in text for text in texts(app, "markdown"))
    for other_desk in others:
        other_desk.close()


def test_each_look_keeps_the_run_alive(desks: dict[str, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    """The fragment tells the run that somebody looks at it."""
    monkeypatch.setattr(beside, "_progress", lambda *_: None)
    desk = beside.desk_of("any")
    desk.begin(EXAMPLE, None)
    run = run_of(desks, "any")
    run._seen -= 4
    before = run._seen
    beside._watch(desk, EXAMPLE, WORDS, lambda run: None, run.state)
    assert run._seen > before + 3


@pytest.mark.parametrize(
    ("kinds", "before", "words"),
    [
        ([TRAINING, TRAINING], 0, "Two others are training: you are next"),
        ([MEASURING], 1, "One other is measuring: one other waits before you"),
        ([MEASURING, TRAINING], 2, "One other is training and one other is measuring: 2 others wait before you"),
        ([TRAINING] * 3, 0, "3 others are training: you are next"),
    ],
)
def test_the_place_in_words(kinds: list[str], before: int, words: str) -> None:
    assert beside._queue(kinds, before) == f"**{words}.** It starts by itself."
