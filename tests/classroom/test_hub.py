import asyncio
import json

import pytest

from components.classroom import hub as hubs
from components.classroom.hub import Hub
from components.classroom.memory import Memory
from components.classroom.rooms import RefusedError, Rooms

ANN, BEN = "a" * 32, "b" * 32


@pytest.fixture
def rooms():
    return Rooms(Memory())


@pytest.fixture
def room(rooms):
    room = rooms.ask(rooms.open(), "live", 4)
    for student in (ANN, BEN):
        rooms.enter(room, student)
    return room


async def news(listener):
    return json.loads(await asyncio.wait_for(listener.next(), 5))


def test_students_are_told_nothing_of_the_answers(rooms, room):
    rooms.answer(room.code, "live", 1, ANN, 3)
    students, teacher = map(json.loads, Hub(rooms).states(room.code))
    assert students == {
        "version": room.version,
        "follow": False,
        "at": "",
        "polls": {"live": {"round": 1, "shown": False}},
    }
    assert teacher["counts"] == [[0, 0, 0, 1]]
    assert teacher["here"] == 2
    assert room.secret not in json.dumps([students, teacher])


def test_the_address_is_told_while_the_students_follow(rooms, room):
    hub = Hub(rooms)
    rooms.do(room, "at", "/views")
    assert json.loads(hub.states(room.code)[0])["at"] == ""
    rooms.do(room, "follow", True)
    assert json.loads(hub.states(room.code)[0])["at"] == "/views"


def test_a_change_reaches_every_listener(rooms, room):
    async def scene():
        hub = Hub(rooms)
        hub.start()
        rooms.store.listen(hub.heard)
        ann, teacher = hub.join(room.code, False, ANN), hub.join(room.code, True)
        await asyncio.to_thread(rooms.do, room, "show", "live")
        assert (await news(ann))["polls"]["live"]["shown"]
        assert (await news(teacher))["polls"]["live"]["shown"]
        await asyncio.to_thread(rooms.do, room, "close")
        assert await news(ann) == {"closed": True}

    asyncio.run(scene())


def test_an_answer_is_news_for_the_teacher_alone(rooms, room):
    async def scene():
        hub = Hub(rooms)
        hub.start()
        rooms.store.listen(hub.heard)
        ann, teacher = hub.join(room.code, False, ANN), hub.join(room.code, True)
        ann.give(hub.states(room.code)[0])
        await news(ann)
        await asyncio.to_thread(rooms.answer, room.code, "live", 1, ANN, 2)
        assert (await news(teacher))["counts"] == [[0, 0, 1, 0]]
        assert not ann.changed.is_set()

    asyncio.run(scene())


def test_many_changes_are_a_few_pieces_of_news(rooms, room, monkeypatch):
    made = []
    states = Hub.states

    def counted(self, code):
        made.append(code)
        return states(self, code)

    monkeypatch.setattr(Hub, "states", counted)
    monkeypatch.setattr(hubs, "APART", 0.1)

    async def scene():
        hub = Hub(rooms)
        hub.start()
        listener = hub.join(room.code, False, ANN)
        for _ in range(300):
            hub.heard(room.code)
        await asyncio.sleep(0.05)
        rooms.store.listen(hub.heard)
        await asyncio.to_thread(rooms.do, room, "follow", True)
        await asyncio.sleep(0.4)
        assert json.loads(listener.news)["follow"], "the last state arrives"

    asyncio.run(scene())
    assert len(made) <= 4


def test_after_a_break_every_room_is_looked_at(rooms, room):
    async def scene():
        hub = Hub(rooms)
        hub.start()
        listener = hub.join(room.code, False, ANN)
        hub.heard("")
        assert (await news(listener))["version"] == room.version

    asyncio.run(scene())


def test_a_room_nobody_listens_to_costs_nothing(rooms, room, monkeypatch):
    monkeypatch.setattr(Hub, "states", lambda *_: pytest.fail("made for nobody"))

    async def scene():
        hub = Hub(rooms)
        hub.start()
        listener = hub.join(room.code, False, ANN)
        assert not hub.leave(room.code, listener)
        hub.heard(room.code)
        await asyncio.sleep(0.05)

    asyncio.run(scene())


def test_a_student_with_two_tabs_leaves_with_the_last(rooms, room):
    async def scene():
        hub = Hub(rooms)
        one, other = hub.join(room.code, False, ANN), hub.join(room.code, False, ANN)
        assert hub.leave(room.code, one)
        assert not hub.leave(room.code, other)

    asyncio.run(scene())


def test_a_thousand_sockets_of_one_student_are_too_many(rooms, room, monkeypatch):
    monkeypatch.setattr(hubs, "MOST", 2)
    hub = Hub(rooms)

    async def scene():
        hub.join(room.code, False, ANN)
        hub.join(room.code, False, ANN)
        with pytest.raises(RefusedError):
            hub.join(room.code, False, ANN)

    asyncio.run(scene())


def test_nobody_is_told_without_a_loop(rooms, room):
    hub = Hub(rooms)
    hub.heard(room.code)

    async def scene():
        hub.start()

    asyncio.run(scene())
    hub.heard(room.code)  # its loop has ended
