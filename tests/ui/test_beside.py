"""What runs beside the pages, on a page: its place in line, and a look that keeps it alive."""

from typing import Any

import pytest

from components.settings import Settings
from components.training.registry import Desk
from components.training.run import Run
from components.training.work import MEASURING, TRAINING, Work
from components.ui import beside
from components.ui.syllabus import SYLLABUS
from tests.pages.app import linked, texts, visit
from tests.training.test_registry import forever, until

BATCHES = next(lesson for lesson in SYLLABUS if lesson.stem == "batches")
EXAMPLE = Work(MEASURING, "a", 30, forever)
WORDS = beside.Words("measurement", "pair", "Measure it", "Stop measuring", ":material/timer:")


def run_of(desks: dict[str, Desk], key: str) -> Run[Any]:
    """The run at the desk of a button."""
    run = desks[key].run
    assert run is not None
    return run


def test_who_waits_is_told_the_place(desks: dict[str, Desk]) -> None:
    """Two run and one more waits; who leaves the line lets the others move up."""
    others = [Desk(beside._registry) for _ in range(3)]
    for other in others:
        other.begin(Work(TRAINING, "a", 9, forever), None)
    app = visit(BATCHES, linked(Settings(), answers=True))
    app.button(key="train").click().run()

    def said(words: str) -> bool:
        return any(words in text for text in texts(app.run(), "markdown"))

    assert said("Two others are training: one more waits before you.** It starts by itself.")
    others[2].close()
    assert said("Two others are training: you are next.** It starts by itself.")
    app.button(key="train_stop").click().run()
    assert said("**Ended** after 0 of 800 steps: as you wished.")
    for other in others:
        other.close()
    until(lambda: beside._registry.held == 0)


def test_each_look_keeps_the_run_alive(desks: dict[str, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    """The part of the page that runs by the clock is what tells the run that somebody is there."""
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
        ([MEASURING], 1, "One other is measuring: one more waits before you"),
        ([MEASURING, TRAINING], 2, "One other is training and one other is measuring: 2 more wait before you"),
        ([TRAINING] * 3, 0, "3 others are training: you are next"),
    ],
)
def test_the_place_in_words(kinds: list[str], before: int, words: str) -> None:
    assert beside._queue(kinds, before) == f"**{words}.** It starts by itself."
