"""The lesson on one step: products stay hidden until an answer, the player gets torch's numbers, few bytes travel."""

import dataclasses
import math
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.lessons.one_step.facts import put_together
from components.lessons.one_step.frames import packed
from components.lessons.one_step.player.show import script
from components.lstm.build import build
from components.settings import Settings
from components.ui import links
from components.ui.figures import scientific
from components.ui.syllabus import SYLLABUS
from tests.pages.app import answer, answers_of, assert_stands, linked, take_along, texts, visit

LESSON = next(lesson for lesson in SYLLABUS if lesson.stem == "one_step")
DEEP = Settings(num_layers=2, bidirectional=True, batch_size=2, seq_len=9)
RIGHT = "nine tenths of it stay"
# Without a unit in the address: that of the largest |c_0|, whose flow can be seen.
OPENING = int(build(Settings()).hx[1][0, 0].abs().argmax())
REVERSED = int(build(Settings(bidirectional=True)).hx[1][1, 0].abs().argmax())


def sent(app: AppTest) -> dict[str, Any]:
    """The message that each component of the page was sent, by the component's key."""
    keys = ("player_hand", "player", "tasks")
    return {
        next(key for key in keys if key in element.proto.id): element.proto
        for element in app.get("bidi_component")
        if any(key in element.proto.id for key in keys)
    }


def test_products_wait_for_an_answer() -> None:
    """Before an answer the player hides two products and the check is locked. An answer opens both; numbers stay."""
    app = visit(LESSON)
    before = sent(app)
    assert "false" in before["player"].json
    assert len(texts(app, "info")) == 1
    assert not any("The equations" in text for text in texts(app, "success"))
    answer(app, RIGHT)
    assert texts(app, "info") == []
    after = sent(app)
    assert "true" in after["player"].json
    assert after["player_hand"].bytes == before["player_hand"].bytes
    result = put_together(Settings())
    (verdict,) = [text for text in texts(app, "success") if text.startswith("**The equations give torch's numbers.**")]
    assert scientific(result.difference) in verdict


def test_each_wrong_answer_is_explained() -> None:
    for given in answers_of(visit(LESSON)):
        app = answer(visit(LESSON), given)
        assert_stands(app)
        wrong = [text for text in texts(app, "warning") if text.startswith("**No.** ")]
        assert len(wrong) == (0 if given == RIGHT else 1)


def test_parts_that_do_not_make_the_whole_turn_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    import components.lessons.one_step.show as ui

    right = put_together(Settings())
    for wrong in (0.5, math.nan):
        rows = (*right.rows[:-1], dataclasses.replace(right.rows[-1], difference=wrong))
        monkeypatch.setattr(ui, "checked", lambda settings, rows=rows: dataclasses.replace(right, rows=rows))
        app = visit(LESSON, {"answers": "true"})
        (verdict,) = texts(app, "error")
        assert verdict.startswith("**The equations do not give torch's numbers.**")
        assert f"{wrong:.2g}" in verdict


def test_the_player_is_sent_what_is_shown() -> None:
    """It gets the chosen layer, direction, sample and range of c. A move sends only numbers, not the script again."""
    app = visit(LESSON, linked(DEEP, layer=1, direction="reverse", sample=1, c_range=5))
    first = sent(app)
    assert first["player_hand"].bytes == packed(DEEP, 1, 1, 1, 5)
    assert first["player"].js_content == script()
    app.slider(key="seq_len").set_value(10).run()
    second = sent(app)
    assert second["player_hand"].bytes == packed(dataclasses.replace(DEEP, seq_len=10), 1, 1, 1, 5)
    assert second["player"].SerializeToString() == first["player"].SerializeToString()


@pytest.mark.parametrize(
    ("settings", "most"),
    [(Settings(), 10_000), (Settings(seq_len=200, hidden_size=128, input_size=64), 1_500_000)],
    ids=["defaults", "largest"],
)
def test_the_numbers_are_small_on_the_wire(settings: Settings, most: int) -> None:
    """A move sends the player's numbers as float32 bytes, with the short code that hands them on."""
    proto = sent(visit(LESSON, linked(settings)))["player_hand"]
    assert len(proto.SerializeToString()) < most
    assert not proto.json


@pytest.mark.parametrize(
    ("link", "place", "remarks"),
    [
        ({}, (1, OPENING), []),
        ({"step": "3", "unit": "2"}, (3, 2), []),
        ({"step": "0"}, (1, OPENING), ["`step=0` does not fit here; `1` is used instead."]),
        (
            {"step": "9", "unit": "4"},
            (5, 3),
            ["`step=9` does not fit here; `5` is used instead.", "`unit=4` does not fit"],
        ),
        (
            {"step": "x", "unit": "1e0"},
            (1, OPENING),
            ["`step=x` is not a whole number", "`unit=1e0` is not a whole number"],
        ),
        ({"step": "201"}, (1, OPENING), ["`step=201` is not a whole number from 0 to 200; `1` is used instead."]),
        ({"step": ["2", "3"]}, (1, OPENING), ["`step` is given 2 times; `1` is used."]),
        ({"bidirectional": "true", "direction": "reverse"}, (5, REVERSED), []),
    ],
)
def test_a_link_s_step_and_unit(link: dict[str, Any], place: tuple[int, int], remarks: list[str]) -> None:
    """The program is about them. The page names a value that cannot be used, and the value that it uses instead."""
    app = take_along(visit(LESSON, link))
    first = visit(LESSON, link)
    assert_stands(app)
    assert (app.session_state[links.PLACED]["step"], app.session_state[links.PLACED]["unit"]) == place
    (program,) = texts(app, "code")
    assert f"\nt = {place[0]}\n" in program
    assert f"\nunit = {place[1]}\n" in program
    said = "".join(texts(first, "warning"))
    assert said.count("\n- ") == len(remarks)
    assert all(remark in said for remark in remarks)


def test_what_to_try_comes_with_the_answer() -> None:
    """The tasks and their buttons come with the result. A button sets what a task needs, and only that."""
    app = visit(LESSON)
    assert "tasks" not in sent(app)
    answer(app, RIGHT)
    assert "tasks" in sent(app)
    for label, expected in (
        ("Start from zeros", Settings(initial_state="zeros")),
        ("Take the latch", Settings.for_job("latch", seq_len=20)),
    ):
        (button,) = [button for button in app.button if button.label == label]
        button.click().run()
        assert_stands(app)
        assert not [button for button in app.button if button.label == label]
        assert sent(app)["player_hand"].bytes == packed(expected, 0, 0, 0, 2)
    assert any("**Latch.**" in text for text in texts(app, "markdown"))
