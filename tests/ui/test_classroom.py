"""A page in a room, without a browser: what a student sees of a question, and what the session believes."""

from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st

from components.classroom.memory import Memory
from components.classroom.rooms import Rooms
from components.classroom.store import StoreError
from components.ui import classroom
from components.ui.syllabus import MAP, SYLLABUS
from tests.pages.app import answers_of, assert_stands, texts, visit

LESSON = next(lesson for lesson in SYLLABUS if lesson.stem == "live")
ANN = "a" * 32


@pytest.fixture(autouse=True)
def rooms(monkeypatch):
    """Rooms of this test alone."""
    rooms = Rooms(Memory())
    monkeypatch.setattr(classroom, "ROOMS", rooms)
    return rooms


@pytest.fixture
def room(rooms):
    """A room that asks this lesson's question."""
    room = rooms.ask(rooms.open(), "live", 4)
    rooms.enter(room, ANN)
    return room


def sit(app, room, **values):
    """Go on in a room, as the teacher or a student would after their browser has said so."""
    app.session_state[classroom.CODE] = room.code
    app.session_state[classroom.SEEN] = room
    app.session_state[classroom.MINE] = {}
    for name, value in values.items():
        app.session_state[getattr(classroom, name)] = value
    return app.run()


def is_vote(app):
    """Whether the page has the answers of a class in the place of the usual ones."""
    return not answers_of(app)


def test_a_page_without_a_room_has_one_element_more():
    app = visit(LESSON)
    assert_stands(app)
    assert answers_of(app)
    mine = [each for each in app.get("bidi_component") if each.proto.id.endswith(classroom.KEY)]
    assert len(mine) == 1
    assert '"visitor"' in mine[0].proto.json


def test_the_link_of_a_room_leads_into_it(room):
    app = visit(LESSON, {"room": room.code.lower(), "seq_len": "7"})
    assert_stands(app)
    assert is_vote(app)
    assert not texts(app, "warning"), "the room is no setting, so there is no remark on the link"
    assert app.session_state["seq_len"] == 7
    assert app.session_state[classroom.CODE] == room.code


def test_nothing_of_the_result_is_sent_before_it_is_shown(rooms, room):
    """Not even the number of the right answer, and the switch for reference changes nothing."""
    rooms.answer(room.code, "live", 1, ANN, 2)
    app = visit(LESSON, {"room": room.code, "answers": "true"})
    assert is_vote(app)
    assert not [text for text in texts(app, "markdown") if "The answer" in text]
    (vote,) = [each.proto.json for each in app.get("bidi_component") if "vote_live" in each.proto.id]
    assert '"right":null' in vote.replace(" ", "")
    assert '"counts":[]' in vote.replace(" ", "")
    assert room.secret not in "".join(each.proto.json for each in app.get("bidi_component"))


def test_the_result_has_the_student_s_own_feedback(rooms, room):
    app = visit(LESSON, {"room": room.code})
    rooms.do(rooms.load(room.code), "show", "live")
    sit(app, room, MINE={"live/1": 1})
    assert any(text.startswith("**No.** You chose: different: in one call") for text in texts(app, "warning"))
    sit(app, room, MINE={"live/1": 1, "live/2": 0})
    assert any(text.startswith("**No.**") for text in texts(app, "warning")), (
        "an answer of a round that was never open is none"
    )
    sit(app, room, MINE={})
    assert any(text.startswith("**The answer:**") for text in texts(app, "info"))
    rooms.do(rooms.load(room.code), "hold", "live")
    app.run()
    assert not texts(app, "warning")


def test_the_result_sets_what_the_question_asks_about_once(rooms):
    """In *Surgery on the memory* the picture then shows *Keep nothing*."""
    lesson = next(lesson for lesson in SYLLABUS if lesson.stem == "memory")
    room = rooms.ask(rooms.open(), "memory", 4)
    app = visit(lesson, {"room": room.code})
    before = app.session_state["hold_f"]
    assert before != "0"
    rooms.do(room, "show", "memory")
    app.run()
    assert_stands(app)
    assert app.session_state["hold_f"] == "0"
    app.session_state["hold_f"] = before
    app.run()
    assert app.session_state["hold_f"] == before


@pytest.mark.parametrize("mine", [{"live/1": 99}, {"live/1": -1}])
def test_an_answer_that_is_none_is_no_answer(rooms, room, mine):
    app = visit(LESSON, {"room": room.code})
    rooms.do(rooms.load(room.code), "show", "live")
    sit(app, room, MINE=mine)
    assert_stands(app)
    assert any(text.startswith("**The answer:**") for text in texts(app, "info"))


def test_a_lesson_that_the_teacher_has_not_asked_is_as_usual(room):
    app = visit(SYLLABUS[3], {"room": room.code})
    assert answers_of(app)


def test_the_teacher_s_page_asks_its_question(rooms):
    room = rooms.open()
    app = sit(visit(LESSON), room, SECRET=room.secret)
    asked = rooms.load(room.code)
    assert asked.lesson == "live"
    assert asked.polls["live"].choices == 4
    app.switch_page(f"pages/{MAP.stem}.py").run()
    assert rooms.load(room.code).lesson == "", "the map has no question"


def test_the_wrong_secret_is_a_student_s(rooms):
    room = rooms.open()
    app = sit(visit(LESSON), room, SECRET="x")
    assert rooms.load(room.code).polls == {}
    assert answers_of(app), "nothing is asked"


def test_a_room_that_has_ended_is_said_until_the_visitor_moves_a_control(rooms, room):
    app = visit(LESSON, {"room": room.code})
    rooms.do(room, "close")
    app.run()
    assert [text for text in texts(app, "info") if "The room is closed" in text]
    assert answers_of(app)
    app.run()
    assert [text for text in texts(app, "info") if "The room is closed" in text], "the browser asked for another run"
    app.session_state["seq_len"] = 9
    app.run()
    assert not [text for text in texts(app, "info") if "The room is closed" in text]
    app.run()
    assert not [text for text in texts(app, "info") if "The room is closed" in text]


def test_a_room_takes_the_place_of_a_refusal(room):
    app = visit(LESSON, {"room": "AAAAAA"})
    assert [text for text in texts(app, "info") if "There is no room" in text]
    app.query_params["room"] = room.code
    app.run()
    assert app.session_state[classroom.CODE] == room.code
    assert not [text for text in texts(app, "info") if "There is no room" in text]


def test_a_wrong_code_is_refused_once(rooms):
    app = visit(LESSON, {"room": "AAAAAA"})
    assert [text for text in texts(app, "info") if "There is no room" in text]
    asked = []
    rooms.find = lambda *args: asked.append(args)
    app.run()
    assert not asked
    assert not texts(app, "warning"), "it is no setting, so no remark on the link"


def test_a_store_that_is_gone_leaves_the_page_as_it_was(rooms, room, monkeypatch):
    app = visit(LESSON, {"room": room.code})

    def gone(*_):
        raise StoreError

    monkeypatch.setattr(rooms, "load", gone)
    app.run()
    assert_stands(app)
    assert is_vote(app)


@pytest.mark.parametrize("sent", [None, 7, "x", {"mine": 7}, {"mine": {"live/1": "1", 3: 1, "live/2": True}}])
def test_nonsense_from_a_browser_is_no_answer(monkeypatch, sent):
    state = {classroom.KEY: SimpleNamespace(known=sent, joined=sent, led=sent)}
    monkeypatch.setattr(st, "session_state", state)
    classroom._take_answers()
    classroom._take_secret()
    assert not state.get(classroom.MINE)
    assert classroom.CODE not in state


def test_a_session_opens_one_room(rooms, monkeypatch):
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(classroom, "_network", lambda: "net")
    classroom._open()
    classroom._open()
    assert rooms.store.count() == 1
    assert rooms.load(state[classroom.CODE]).leads(state[classroom.SECRET])
