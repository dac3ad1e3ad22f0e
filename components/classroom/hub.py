"""Tells the browsers of this process what has changed in their rooms.

News is a state, not an event: each listener gets the newest one, and misses nothing if it is slow. The states of a room
are made once for all its listeners, at most a few times a second: thirty answers at once are one piece of news.
"""

import asyncio
import json
from typing import Any

from components.classroom.room import Room
from components.classroom.rooms import NO_MORE_STUDENTS, STUDENTS, RefusedError, Rooms
from components.classroom.store import StoreError

MOST = 2 * STUDENTS  # listeners of a room: some students have two tabs
APART = 0.2  # seconds between two pieces of news of one room

CLOSED = json.dumps({"closed": True})


class Listener:
    """One browser. `news` is what it has not been sent yet; `changed` is set while there is any."""

    def __init__(self, leads: bool, student: str) -> None:
        self.leads, self.student = leads, student
        self.changed = asyncio.Event()
        self.news = ""
        self._known = ""

    def give(self, text: str) -> None:
        """Offer the newest state. The same state again is no news."""
        if text != self._known:
            self._known = self.news = text
            self.changed.set()

    async def next(self) -> str:
        """Wait for news, and take it."""
        await self.changed.wait()
        self.changed.clear()
        return self.news


class Hub:
    """The listeners of one event loop. All methods but `heard` are called on the loop."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[str, set[Listener]] = {}  # by the code of the room
        self._planned: dict[str, bool] = {}  # rooms whose news is being told, and whether there is more since
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def tells(self) -> bool:
        """Whether it tells of changes. If a host runs the app as a plain script, there are no routes, so no rooms."""
        return self._loop is not None

    def start(self) -> None:
        """Begin to tell on the running loop."""
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        """Tell nobody any more."""
        self._loop = None

    def join(self, code: str, leads: bool, student: str = "") -> Listener:
        """A new listener in a room. Raises RefusedError if there are too many."""
        if len(self._listeners.get(code, ())) >= MOST:
            raise RefusedError(503, NO_MORE_STUDENTS)
        listener = Listener(leads, student)
        self._listeners.setdefault(code, set()).add(listener)
        return listener

    def leave(self, code: str, listener: Listener) -> bool:
        """Forget a listener; whether another one of this process belongs to the same student."""
        others = self._listeners.get(code, set())
        others.discard(listener)
        if not others:
            self._listeners.pop(code, None)
        return any(other.student == listener.student for other in others)

    def heard(self, code: str) -> None:
        """Something has changed in a room, or with an empty code in any room. Called from any thread."""
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(self._plan, code)
        except RuntimeError:  # the loop has ended meanwhile
            return

    def _plan(self, code: str) -> None:
        for each in [code] if code else list(self._listeners):
            if each not in self._listeners:
                continue
            if each in self._planned:
                self._planned[each] = True  # again, when its time has come
            else:
                self._planned[each] = False
                task = asyncio.get_running_loop().create_task(self._spread(each))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _spread(self, code: str) -> None:
        """Give the newest state to all listeners of a room, and again if there is news when the pause is over."""
        try:
            again = True
            while again:
                self._planned[code] = False
                for_students, for_teacher = await asyncio.to_thread(self.states, code)
                for listener in self._listeners.get(code, ()):
                    listener.give(for_teacher if listener.leads else for_students)
                await asyncio.sleep(APART)
                again = self._planned[code]
        except StoreError:
            return  # the next sign of life of a browser asks again
        finally:
            del self._planned[code]

    def states(self, code: str) -> tuple[str, str]:
        """What the students of a room are told of it, and what its teacher is told, as JSON.

        It asks the store. Raises StoreError.
        """
        room = self._rooms.load(code)
        if room is None:
            return CLOSED, CLOSED
        students = _for_students(room)
        told = self._rooms.tally(room, room.lesson)
        teacher = students | {
            "at": room.at,
            "lesson": room.lesson,
            "quiet": room.quiet,
            "here": self._rooms.store.here(code),
            "counts": told.rounds,
            "changed": told.changed,
        }
        return json.dumps(students), json.dumps(teacher)


def _for_students(room: Room) -> dict[str, Any]:
    polls = {lesson: {"round": poll.round, "shown": poll.shown} for lesson, poll in room.polls.items()}
    return {"version": room.version, "follow": room.follow, "at": room.at if room.follow else "", "polls": polls}
