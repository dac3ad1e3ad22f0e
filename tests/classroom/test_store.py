import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from components.classroom import store as stores
from components.classroom.process import URL, store_for
from components.classroom.redis import Redis
from components.classroom.room import Poll, Room
from components.classroom.store import StoreError

ANN, BEN = "a" * 32, "b" * 32


def new(code="ABCDEF", opened=None):
    return Room(code, "secret", time.time() if opened is None else opened)


def test_a_room_is_kept_until_it_is_removed(store):
    assert store.load("ABCDEF") is None
    assert store.add(new(), 10)
    assert store.load("ABCDEF") == store.load("ABCDEF") is not None
    assert store.count() == 1
    store.remove("ABCDEF")
    assert store.load("ABCDEF") is None
    assert store.count() == 0


def test_a_room_comes_back_as_it_went(store):
    room = replace(new(), at="/views?line=x", polls={"views": Poll(4, 2, True)}, lesson="views")
    store.add(room, 10)
    assert store.load("ABCDEF") == room


def test_a_code_is_given_once(store):
    assert store.add(new(), 10)
    assert not store.add(new(), 10)


def test_there_are_at_most_so_many_rooms(store):
    assert store.add(new("AAAAAA"), 2)
    assert store.add(new("BBBBBB"), 2)
    assert not store.add(new("CCCCCC"), 2)
    store.remove("AAAAAA")
    assert store.add(new("CCCCCC"), 2)


def test_a_change_of_an_older_state_is_refused(store):
    room = new()
    store.add(room, 10)
    assert store.swap(room, replace(room, version=1))
    assert not store.swap(room, replace(room, version=2))
    assert store.load("ABCDEF").version == 1
    assert not store.swap(new("BBBBBB"), new("BBBBBB"))


def test_no_change_is_lost_when_many_change_at_once(store):
    store.add(new(), 10)

    def raise_once(_):
        while True:
            room = store.load("ABCDEF")
            if store.swap(room, replace(room, version=room.version + 1)):
                return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(raise_once, range(40)))
    assert store.load("ABCDEF").version == 40


def test_a_student_is_here_until_leaving_and_has_come_for_good(store):
    room = new()
    store.add(room, 10)
    assert not store.came("ABCDEF", ANN)
    assert store.enter(room, ANN, 10)
    assert store.enter(room, ANN, 10)
    assert store.enter(room, BEN, 10)
    assert store.here("ABCDEF") == 2
    store.leave("ABCDEF", ANN)
    store.leave("ABCDEF", "c" * 32)
    assert store.here("ABCDEF") == 1
    assert store.came("ABCDEF", ANN)
    assert not store.came("ABCDEF", "c" * 32)


def test_a_student_who_gives_no_sign_of_life_is_not_here(make_store):
    store, room = make_store(here=0.2), new()
    store.add(room, 10)
    store.enter(room, ANN, 10)
    assert store.here("ABCDEF") == 1
    time.sleep(0.3)
    assert store.here("ABCDEF") == 0


def test_at_most_so_many_students_come(store):
    room = new()
    store.add(room, 10)
    assert store.enter(room, ANN, 1)
    assert not store.enter(room, BEN, 1)
    assert store.enter(room, ANN, 1), "who has come before may come again"
    store.leave("ABCDEF", ANN)
    assert not store.enter(room, BEN, 1), "a new id does not make room for another"


def test_nobody_enters_a_room_that_is_not_there(store):
    assert not store.enter(new(), ANN, 10)
    assert store.here("ABCDEF") == 0


def test_the_latest_answer_of_a_round_counts(store):
    store.add(new(), 10)
    store.answer("ABCDEF", "live", 1, ANN, 0)
    store.answer("ABCDEF", "live", 1, ANN, 3)
    store.answer("ABCDEF", "live", 2, ANN, 1)
    store.answer("ABCDEF", "views", 1, BEN, 2)
    assert store.answers("ABCDEF", "live", 1) == {ANN: 3}
    assert store.answers("ABCDEF", "live", 2) == {ANN: 1}
    assert store.answers("ABCDEF", "views", 1) == {BEN: 2}
    assert store.answers("ABCDEF", "shapes", 1) == {}


def test_nothing_is_left_of_a_room(store):
    room = new()
    store.add(room, 10)
    store.enter(room, ANN, 10)
    store.answer("ABCDEF", "live", 1, ANN, 0)
    store.remove("ABCDEF")
    store.answer("ABCDEF", "live", 1, ANN, 0)
    store.leave("ABCDEF", ANN)
    store.add(new(), 10)
    assert store.answers("ABCDEF", "live", 1) == {}
    assert not store.came("ABCDEF", ANN)


def test_a_room_without_anybody_ends(make_store):
    store, room = make_store(idle=0.5), new()
    store.add(room, 10)
    store.enter(room, ANN, 10)
    store.answer("ABCDEF", "live", 1, ANN, 0)
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline:  # a sign of life keeps it
        time.sleep(0.1)
        assert store.enter(room, ANN, 10)
    assert store.answers("ABCDEF", "live", 1) == {ANN: 0}
    time.sleep(0.7)
    assert store.load("ABCDEF") is None
    assert store.answers("ABCDEF", "live", 1) == {}
    assert store.count() == 0
    assert store.add(new(), 1)


def test_a_room_ends_after_its_life_whoever_is_in_it(store):
    room = new(opened=time.time() - stores.LIFE + 0.4)
    store.add(room, 10)
    assert store.enter(room, ANN, 10)
    time.sleep(0.5)
    assert store.load("ABCDEF") is None
    assert not store.enter(room, ANN, 10)


def test_listeners_are_told_of_a_room(store):
    heard, came = [], threading.Event()

    def listener(code):
        heard.append(code)
        came.set()

    store.listen(listener)
    store.tell("ABCDEF")
    assert came.wait(5)
    assert heard == ["ABCDEF"]


# What only a server does


def test_two_processes_share_their_rooms(redis_url):
    one, other = Redis(redis_url), Redis(redis_url)
    one._redis.flushdb()
    heard, came = [], threading.Event()

    def listener(code):
        heard.append(code)
        came.set()

    other.listen(listener)
    one.add(new(), 10)
    one.tell("ABCDEF")
    assert other.load("ABCDEF") is not None
    assert came.wait(5)
    assert heard == ["ABCDEF"]
    one.close()
    other.close()


def test_everything_in_redis_has_an_end(redis_url):
    store, room = Redis(redis_url), new()
    store._redis.flushdb()
    store.add(room, 10)
    store.enter(room, ANN, 10)
    store.answer("ABCDEF", "live", 1, ANN, 0)
    keys = store._redis.keys("unrolled:room:*")
    assert len(keys) == 3
    assert all(0 < store._redis.ttl(key) <= stores.IDLE for key in keys)
    store.close()


def test_a_server_that_is_gone_is_one_error():
    store = Redis("redis://127.0.0.1:1/0")
    with pytest.raises(StoreError):
        store.load("ABCDEF")
    store.close()


def test_the_environment_chooses_the_store(redis_url):
    assert type(store_for({})).__name__ == "Memory"
    assert type(store_for({URL: ""})).__name__ == "Memory"
    store = store_for({URL: redis_url})
    assert isinstance(store, Redis)
    store.close()
    with pytest.raises(ValueError, match="scheme"):
        store_for({URL: "nonsense"})
