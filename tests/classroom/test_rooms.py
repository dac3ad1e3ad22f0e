"""What may be done in a room; and what an attacker tries."""

import contextlib
import secrets
import time

import pytest

from components.classroom import rooms as rules
from components.classroom.pace import Pace
from components.classroom.room import CODE
from components.classroom.rooms import RefusedError, Rooms

ANN, BEN = "a" * 32, "b" * 32


@pytest.fixture
def room(rooms):
    """A room that asks the question of the lesson *live*, which has four answers."""
    return rooms.ask(rooms.open(), "live", 4)


def refused(status, ask, *args):
    """Check that something is refused, and return the sentence."""
    with pytest.raises(RefusedError) as caught:
        ask(*args)
    assert caught.value.status == status
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert sentence[0].isupper()
    return sentence


def test_a_room_is_found_by_its_code(rooms, room):
    assert CODE.fullmatch(room.code)
    assert rooms.find(room.code.lower(), "net") == room
    assert rooms.load(room.code) == room
    assert rooms.load("") is None


def test_a_vote_from_the_first_answer_to_the_result(rooms, room):
    for student in (ANN, BEN):
        rooms.enter(room, student)
    rooms.answer(room.code, "live", 1, ANN, 2)
    rooms.answer(room.code, "live", 1, ANN, 1)
    rooms.answer(room.code, "live", 1, BEN, 1)
    assert rooms.tally(rooms.load(room.code), "live").rounds == ((0, 2, 0, 0),)
    assert rooms.do(room, "again", "live").polls["live"].round == 2
    refused(409, rooms.answer, room.code, "live", 1, ANN, 0)
    rooms.answer(room.code, "live", 2, ANN, 0)
    rooms.answer(room.code, "live", 2, BEN, 1)
    told = rooms.tally(rooms.load(room.code), "live")
    assert told.rounds == ((0, 2, 0, 0), (1, 1, 0, 0))
    assert told.changed == 1
    assert rooms.do(rooms.load(room.code), "show", "live").polls["live"].shown
    refused(409, rooms.answer, room.code, "live", 2, ANN, 1)
    rooms.do(rooms.load(room.code), "hold", "live")
    rooms.answer(room.code, "live", 2, ANN, 1)


def test_a_question_that_comes_again_goes_on_as_it_was(rooms, room):
    rooms.enter(room, ANN)
    rooms.answer(room.code, "live", 1, ANN, 1)
    room = rooms.ask(rooms.do(room, "show", "live"), "views", 3)
    assert room.lesson == "views"
    room = rooms.ask(room, "live", 4)
    assert room.polls["live"].shown
    assert rooms.ask(room, "", 0).lesson == ""
    assert sum(rooms.tally(room, "live").rounds[0]) == 1
    assert rooms.tally(room, "shapes").rounds == ()


def test_a_stop_without_a_question_is_quiet(rooms, room):
    assert rooms.do(room, "question", False).quiet
    assert not rooms.do(rooms.load(room.code), "question", True).quiet


def test_a_change_to_the_room_as_it_was_keeps_what_has_changed_since(rooms, room):
    rooms.do(room, "follow", True)
    now = rooms.do(room, "at", "/views?seq_len=3")
    assert now.follow
    assert now.at == "/views?seq_len=3"
    assert rooms.load(room.code) == now


def test_what_changes_nothing_is_no_change(rooms, room):
    assert rooms.do(room, "hold", "live").version == room.version
    assert rooms.do(room, "show", "no_lesson").version == room.version


def test_a_closed_room_is_gone(rooms, room):
    rooms.enter(room, ANN)
    assert rooms.do(room, "close") is None
    assert rooms.load(room.code) is None
    refused(404, rooms.find, room.code, "net")
    refused(404, rooms.answer, room.code, "live", 1, ANN, 1)
    refused(404, rooms.do, room, "follow", True)


def test_there_are_at_most_so_many_rooms(rooms, monkeypatch):
    monkeypatch.setattr(rules, "ROOMS", 2)
    rooms.open()
    rooms.open()
    refused(503, rooms.open)


def test_a_room_has_room_for_so_many_students(rooms, room, monkeypatch):
    monkeypatch.setattr(rules, "STUDENTS", 1)
    rooms.enter(room, ANN)
    refused(503, rooms.enter, room, BEN)


def test_a_question_without_answers_is_a_fault_of_the_page(rooms, room):
    for choices in (0, 11):
        with pytest.raises(ValueError, match="answers"):
            rooms.ask(room, "views", choices)


def test_a_room_has_so_many_questions(rooms, room, monkeypatch):
    monkeypatch.setattr(rules, "POLLS", 1)
    room = rooms.ask(room, "views", 3)
    assert room.lesson == "views"
    assert set(room.polls) == {"live"}


# As an attacker would


def test_guessing_codes_soon_ends(rooms, room):
    for _ in range(rules.GUESSES[0]):
        refused(404, rooms.find, "AAAAAA", "attacker")
    refused(429, rooms.find, "AAAAAA", "attacker")
    refused(429, rooms.find, room.code, "attacker")
    assert rooms.find(room.code, "school") == room, "others are not kept out"
    assert rooms.load(room.code) == room, "nor is who was in before"


def test_no_network_opens_all_rooms(rooms, monkeypatch):
    monkeypatch.setattr(rules, "ROOMS", 1000)
    for _ in range(rules.OPENED[0]):
        rooms.open("attacker")
    refused(429, rooms.open, "attacker")
    assert rooms.open("school")


def test_right_codes_are_no_guesses(rooms, room):
    for _ in range(3 * rules.GUESSES[0]):
        rooms.find(room.code, "school")


def test_guessing_secrets_soon_ends(rooms, room):
    for _ in range(rules.GUESSES[0]):
        refused(403, rooms.lead, room.code, secrets.token_urlsafe(18), "attacker")
    refused(429, rooms.lead, room.code, room.secret, "attacker")
    assert rooms.lead(room.code, room.secret, "teacher") == room


@pytest.mark.parametrize("secret", ["", "x", "é", "\x00"])
def test_no_other_secret_leads(rooms, room, secret):
    refused(403, rooms.lead, room.code, secret, "net")
    refused(403, rooms.lead, room.code, room.secret[:-1], "net")


def test_a_thousand_answers_a_second_are_one_answer(rooms, room):
    rooms.enter(room, ANN)
    counted, started = 0, time.monotonic()
    for attempt in range(1000):
        with contextlib.suppress(RefusedError):
            rooms.answer(room.code, "live", 1, ANN, attempt % 4)
            counted += 1
    seconds = time.monotonic() - started
    assert counted <= rules.ANSWERS[0] + seconds * rules.ANSWERS[0] / rules.ANSWERS[1] + 1
    assert sum(rooms.tally(rooms.load(room.code), "live").rounds[0]) == 1


@pytest.mark.parametrize("student", ["", "a", "A" * 32, "g" * 32, "a" * 33, "a" * 32 + "\n", "a/1/" + "b" * 28])
def test_forged_ids_do_nothing(rooms, room, student):
    refused(400, rooms.enter, room, student)
    refused(400, rooms.answer, room.code, "live", 1, student, 0)


def test_an_id_that_has_not_entered_does_not_count(rooms, room):
    for _ in range(50):
        refused(403, rooms.answer, room.code, "live", 1, secrets.token_hex(16), 0)
    assert sum(rooms.tally(rooms.load(room.code), "live").rounds[0]) == 0


def test_an_id_counts_in_its_own_room_only(rooms, room):
    other = rooms.ask(rooms.open(), "live", 4)
    rooms.enter(other, ANN)
    refused(403, rooms.answer, room.code, "live", 1, ANN, 0)


@pytest.mark.parametrize("answer", [-1, 4, 10**30])
def test_there_is_no_answer_out_of_range(rooms, room, answer):
    rooms.enter(room, ANN)
    refused(400, rooms.answer, room.code, "live", 1, ANN, answer)


@pytest.mark.parametrize(("lesson", "round"), [("live", 0), ("live", 2), ("views", 1), ("", 1), ("live/1/x", 1)])
def test_only_the_open_vote_takes_answers(rooms, room, lesson, round):
    rooms.enter(room, ANN)
    refused(409, rooms.answer, room.code, lesson, round, ANN, 0)


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("at", "//evil.org"),
        ("at", 7),
        ("at", None),
        ("follow", "yes"),
        ("question", 1),
        ("show", None),
        ("show", ["live"]),
        ("delete", None),
        ("", None),
        ("__class__", "live"),
    ],
)
def test_no_other_action_is_done(rooms, room, action, value):
    refused(400, rooms.do, room, action, value)
    assert rooms.load(room.code) == room


def test_the_pace_comes_back_with_time():
    pace = Pace(2, 0.4)
    assert [pace.take("ann") for _ in range(3)] == [True, True, False]
    assert pace.take("ben")
    time.sleep(0.25)
    assert [pace.take("ann") for _ in range(2)] == [True, False]


def test_the_pace_forgets_the_oldest_keys(monkeypatch):
    monkeypatch.setattr("components.classroom.pace.MOST", 10)
    pace = Pace(1, 60)
    for key in range(100):
        pace.take(str(key))
    assert len(pace._left) == 10
    assert not pace.may("99")


def test_rooms_of_one_store_are_the_same(store, room):
    assert Rooms(store).load(room.code) == room
