"""The routes, over real requests, with a room that asks a question with four answers."""

import json
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from components.classroom import routes
from components.classroom.hub import Hub
from components.classroom.store import StoreError

ANN, BEN = "a" * 32, "b" * 32
OURS = {"origin": "http://testserver"}


@pytest.fixture
def client(rooms) -> Iterator[TestClient]:
    hub = Hub(rooms)

    @asynccontextmanager
    async def lifespan(_app):
        async with routes.telling(rooms, hub):
            yield

    with TestClient(Starlette(routes=routes.routes(rooms, hub), lifespan=lifespan), headers=OURS) as client:
        yield client


@pytest.fixture
def room(rooms):
    return rooms.ask(rooms.open(), "live", 4)


@contextmanager
def live(client, room, **hello):
    """A websocket of a room that has sent its first message."""
    with client.websocket_connect(f"/class/{room.code}/live") as socket:
        socket.send_text(json.dumps(hello))
        yield socket


def answer(client, room, **values):
    body = {"student": ANN, "lesson": "live", "round": 1, "answer": 0} | values
    return client.post(f"/class/{room.code}/answer", json=body)


def lead(client, room, do, value=None, secret=None):
    return client.post(
        f"/class/{room.code}/lead", json={"secret": room.secret if secret is None else secret, "do": do, "value": value}
    )


def until(socket, wanted):
    """The first state that fits."""
    for _ in range(10):
        state = socket.receive_json()
        if wanted(state):
            return state
    raise AssertionError(f"the last state was {state}")


def test_a_class_votes_and_is_shown_the_result(client, room):
    with live(client, room, secret=room.secret) as teacher:
        with live(client, room, student=ANN) as ann:
            assert ann.receive_json()["polls"] == {"live": {"round": 1, "shown": False}}
            until(teacher, lambda state: state["here"] == 1)
            assert answer(client, room, answer=2).status_code == 200
            assert until(teacher, lambda state: state["counts"] != [[0, 0, 0, 0]])["counts"] == [[0, 0, 1, 0]]
            assert lead(client, room, "again", "live").status_code == 200
            until(ann, lambda state: state["polls"]["live"]["round"] == 2)
            assert answer(client, room, round=2, answer=1).status_code == 200
            assert until(teacher, lambda state: state["changed"])["counts"] == [[0, 0, 1, 0], [0, 1, 0, 0]]
            assert lead(client, room, "show", "live").status_code == 200
            until(ann, lambda state: state["polls"]["live"]["shown"])
        until(teacher, lambda state: state["here"] == 0)


def test_who_comes_late_is_told_what_is_on_now(client, room):
    assert lead(client, room, "at", "/?seq_len=9").status_code == 200
    assert lead(client, room, "follow", True).status_code == 200
    with live(client, room, student=ANN) as ann:
        assert ann.receive_json()["at"] == "/?seq_len=9"
        assert lead(client, room, "at", "/views").status_code == 200
        until(ann, lambda state: state["at"] == "/views")


def test_a_closed_room_says_so_and_ends_the_sockets(client, room):
    with live(client, room, student=ANN) as ann:
        ann.receive_json()
        assert lead(client, room, "close").status_code == 200
        until(ann, lambda state: state.get("closed"))
        with pytest.raises(WebSocketDisconnect) as end:
            ann.receive_json()
        assert end.value.code == routes.ENDED


# As an attacker would


def refused_socket(client, code, text, **options):
    with client.websocket_connect(f"/class/{code}/live", **options) as socket:
        if isinstance(text, str):
            socket.send_text(text)
        else:
            socket.send_bytes(text)
        with pytest.raises(WebSocketDisconnect) as end:
            socket.receive_json()
    return end.value


def test_a_page_of_another_site_may_ask_nothing(client, room):
    for origin in ("https://evil.org", "http://testserver.evil.org", "null", ""):
        headers = {"origin": origin}
        body = {"secret": room.secret, "do": "follow", "value": True}
        assert client.post(f"/class/{room.code}/lead", json=body, headers=headers).status_code == 403
        assert client.post(f"/class/{room.code}/answer", json={}, headers=headers).status_code == 403
        end = refused_socket(client, room.code, json.dumps({"student": ANN}), headers=headers)
        assert end.code == routes.REFUSED


def test_a_request_that_says_not_where_it_comes_from_is_refused(client, room):
    del client.headers["origin"]
    assert lead(client, room, "follow", True).status_code == 403
    assert refused_socket(client, room.code, json.dumps({"student": ANN})).code == routes.REFUSED


def test_the_wrong_secret_leads_nothing(client, room, rooms):
    for secret in ("", "x", room.secret + "x", room.code):
        response = lead(client, room, "follow", True, secret)
        assert response.status_code == 403
        assert response.json() == {"error": "Only the teacher of this room can do that."}
    assert refused_socket(client, room.code, json.dumps({"secret": "x"})).code == routes.REFUSED
    assert rooms.load(room.code) == room


def test_guessing_codes_soon_ends(client):
    codes = [refused_socket(client, "AAAAAA", json.dumps({"student": ANN})).code for _ in range(65)]
    assert codes[0] == routes.ENDED
    assert codes[-1] == routes.REFUSED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '{"student": 7}',
        '{"secret": {}}',
        "{}",
        "[" * 4000,
        '{"student":"' + "a" * 9000 + '"}',
        b"\x00\xff",
    ],
)
def test_no_nonsense_opens_a_socket(client, room, text):
    assert refused_socket(client, room.code, text).code == routes.REFUSED


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 4000, b'{"answer": NaN}', b"7"])
def test_malformed_json_is_refused_with_a_sentence(client, room, body):
    for what in ("answer", "lead"):
        response = client.post(f"/class/{room.code}/{what}", content=body)
        assert response.status_code == 400
        assert response.json()["error"].endswith(".")


def test_a_huge_body_is_not_read(client, room):
    read = 0

    def endless():
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"x" * 1000

    assert client.post(f"/class/{room.code}/answer", content=endless()).status_code == 413


@pytest.mark.parametrize(
    "values",
    [
        {"answer": True},
        {"answer": "1"},
        {"answer": 1.0},
        {"answer": None},
        {"answer": 4},
        {"answer": -1},
        {"round": True},
        {"round": "1"},
        {"lesson": None},
        {"lesson": ["live"]},
        {"student": 7},
        {"student": "x"},
    ],
)
def test_no_other_answer_counts(client, room, rooms, values):
    rooms.enter(room, ANN)
    response = answer(client, room, **values)
    assert response.status_code == 400
    assert response.json()["error"].endswith(".")
    assert sum(rooms.tally(rooms.load(room.code), "live").rounds[0]) == 0


def test_who_has_not_come_has_no_vote(client, room):
    assert answer(client, room, student=BEN).status_code == 403


def test_a_flood_of_answers_is_refused(client, room, rooms):
    rooms.enter(room, ANN)
    said = [answer(client, room, answer=n % 4).status_code for n in range(60)]
    assert said[0] == 200
    assert said.count(429) > 30
    assert sum(rooms.tally(rooms.load(room.code), "live").rounds[0]) == 1


def test_codes_are_not_paths(client):
    for code in ("..", "%2e%2e", "AAAAA*", "A" * 5000):
        assert client.post(f"/class/{code}/answer", json={}).status_code in {400, 404, 405}


def test_only_posts_change_a_room(client, room):
    for what in ("answer", "lead"):
        assert client.get(f"/class/{room.code}/{what}").status_code == 405


def test_a_store_that_is_gone_is_a_sentence(client, room, rooms, monkeypatch):
    def gone(*_):
        raise StoreError

    monkeypatch.setattr(rooms.store, "load", gone)
    assert answer(client, room).status_code == 503
    assert lead(client, room, "follow", True).json()["error"] == "The room cannot be reached at the moment."
    assert refused_socket(client, room.code, json.dumps({"student": ANN})).code == routes.LATER


def test_the_process_has_routes_of_its_own():
    paths = {getattr(route, "path", "") for route in routes.routes()}
    assert paths == {f"/class/{{code}}/{end}" for end in ("answer", "lead", "live")}


def test_a_student_who_gets_news_all_the_time_stays_here(client, room, rooms, monkeypatch):
    monkeypatch.setattr(routes, "SIGN", 0.3)
    signs = []
    enter = type(rooms.store).enter

    def noted(self, *args):
        signs.append(args)
        return enter(self, *args)

    monkeypatch.setattr(type(rooms.store), "enter", noted)
    with live(client, room, student=ANN) as ann:
        for step in range(8):
            lead(client, room, "follow", step % 2 == 0)
            ann.receive_json()
            time.sleep(0.1)
    assert len(signs) > 2
