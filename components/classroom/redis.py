"""Rooms in a Redis or Valkey server, so that several processes share them. They outlive a process.

A room has three keys: its JSON, the students who came with the times of their last signs of life, and the answers. They
expire together.
"""

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import redis

from components.classroom.room import Room
from components.classroom.store import HERE, IDLE, LIFE, StoreError

PREFIX = "unrolled:room:"
CODES = "unrolled:rooms"  # a sorted set: the codes of all rooms, by the times at which they end
CHANNEL = "unrolled:changes"
PATIENCE = 2.0  # seconds for an answer of the server, and before another try to listen

# Each is a single step for the server, so no other process can come between.
_ADD = """
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[4])
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[2]) or redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4] + ARGV[3] / 1000, ARGV[5])
return 1
"""
_SWAP = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
"""
_ENTER = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) and redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return 1
"""
_ANSWER = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], redis.call('PTTL', KEYS[1]))
return 1
"""

P = ParamSpec("P")
R = TypeVar("R")


def _reached(ask: Callable[P, R]) -> Callable[P, R]:
    """Raise StoreError if the server cannot be reached."""

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return ask(*args, **kwargs)
        except redis.RedisError as error:
            raise StoreError(str(error)) from error

    return asked


class Redis:
    """A store in the server of a `redis://` URL."""

    def __init__(self, url: str, idle: float = IDLE, here: float = HERE) -> None:
        self._idle, self._here = idle, here
        # Any, because the package's own types fit its asynchronous client too.
        self._redis: Any = redis.Redis.from_url(
            url, decode_responses=True, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        # A listener waits for news without an end.
        self._ears: Any = redis.Redis.from_url(url, decode_responses=True, socket_connect_timeout=PATIENCE)
        self._closed = threading.Event()
        self._add, self._swap, self._enter, self._answer = map(
            self._redis.register_script, (_ADD, _SWAP, _ENTER, _ANSWER)
        )

    @_reached
    def add(self, room: Room, most: int) -> bool:
        """Keep a new room; see `Store`."""
        keys, now = [PREFIX + room.code, CODES], time.time()
        return bool(self._add(keys, [room.written(), most, self._left(room), now, room.code]))

    @_reached
    def load(self, code: str) -> Room | None:
        """The room, or None."""
        text = self._redis.get(PREFIX + code)
        return Room.read(text) if text else None

    @_reached
    def swap(self, old: Room, new: Room) -> bool:
        """Put `new` in the place of `old`, if that is still the room."""
        if not self._swap([PREFIX + old.code], [old.written(), new.written()]):
            return False
        self._renew(new)
        return True

    @_reached
    def remove(self, code: str) -> None:
        """Forget the room."""
        pipe = self._redis.pipeline()
        pipe.delete(*_keys(code))
        pipe.zrem(CODES, code)
        pipe.execute()

    @_reached
    def count(self) -> int:
        """The number of rooms."""
        return int(self._redis.zcount(CODES, time.time(), "+inf"))

    @_reached
    def enter(self, room: Room, student: str, most: int) -> bool:
        """Note that a student is here."""
        key, seen, _ = _keys(room.code)
        if not self._enter([key, seen], [student, time.time(), most]):
            return False
        self._renew(room)
        return True

    @_reached
    def leave(self, code: str, student: str) -> None:
        """Note that a student is not here any more."""
        self._redis.zadd(_keys(code)[1], {student: 0}, xx=True)

    @_reached
    def here(self, code: str) -> int:
        """The number of students who are here."""
        return int(self._redis.zcount(_keys(code)[1], time.time() - self._here, "+inf"))

    @_reached
    def came(self, code: str, student: str) -> bool:
        """Whether the student has ever entered."""
        return self._redis.zscore(_keys(code)[1], student) is not None

    @_reached
    def answer(self, code: str, lesson: str, round: int, student: str, answer: int) -> None:
        """Keep an answer."""
        key, _, answers = _keys(code)
        self._answer([key, answers], [f"{lesson}/{round}/{student}", answer])

    @_reached
    def answers(self, code: str, lesson: str, round: int) -> dict[str, int]:
        """The answers of a round, by student."""
        start = f"{lesson}/{round}/"
        given = self._redis.hgetall(_keys(code)[2])
        return {name.removeprefix(start): int(answer) for name, answer in given.items() if name.startswith(start)}

    @_reached
    def tell(self, code: str) -> None:
        """Tell the listeners of all processes."""
        self._redis.publish(CHANNEL, code)

    def listen(self, heard: Callable[[str], None]) -> None:
        """Call `heard` for each room that is told of, and with "" after a break, in which news may have been missed."""
        ready = threading.Event()
        threading.Thread(target=self._hear, args=(heard, ready), daemon=True, name="rooms").start()
        ready.wait(PATIENCE)

    def close(self) -> None:
        """End what `listen` began."""
        self._closed.set()
        for client in (self._redis, self._ears):
            client.connection_pool.disconnect()

    def _hear(self, heard: Callable[[str], None], ready: threading.Event) -> None:
        while not self._closed.is_set():
            try:
                self._hear_once(heard, ready)
            except (redis.RedisError, OSError, ValueError):
                pass  # the server is gone: another try follows
            except AttributeError:  # `close` has taken the connection away while this thread read from it
                if not self._closed.is_set():
                    raise
            self._closed.wait(PATIENCE)

    def _hear_once(self, heard: Callable[[str], None], ready: threading.Event) -> None:
        """Hear of changes for as long as the connection lives."""
        with self._ears.pubsub(ignore_subscribe_messages=True) as news:
            news.subscribe(CHANNEL)
            if ready.is_set():
                heard("")
            while not self._closed.is_set():
                message = news.get_message(timeout=PATIENCE / 4)
                ready.set()
                if message is not None:
                    heard(message["data"])

    def _renew(self, room: Room) -> None:
        left = self._left(room)
        pipe = self._redis.pipeline()
        for key in _keys(room.code):
            pipe.pexpire(key, left)
        pipe.zadd(CODES, {room.code: time.time() + left / 1000}, xx=True)
        pipe.execute()

    def _left(self, room: Room) -> int:
        """Milliseconds that the room has from now on."""
        return max(1, int(1000 * min(self._idle, room.opened + LIFE - time.time())))


def _keys(code: str) -> tuple[str, str, str]:
    """The keys of a room: itself, its students, its answers."""
    return PREFIX + code, f"{PREFIX}{code}:seen", f"{PREFIX}{code}:answers"
