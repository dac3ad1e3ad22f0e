"""What may be done in a room, and by whom. Whatever is not allowed is refused with a sentence.

A student is known by a random id that the browser has made. The teacher is known by the room's secret.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from components.classroom.pace import Pace
from components.classroom.room import (
    ROUNDS,
    STUDENT,
    Poll,
    Room,
    Tally,
    clean_address,
    new_code,
    read_code,
    tally,
)
from components.classroom.store import Store

ROOMS = 100  # at once, in a store
STUDENTS = 400  # that come to a room, in its whole life
CHOICES = 10  # answers to a question
POLLS = 40  # questions of a room
OPENED = (60, 3600.0)  # rooms that one network opens, and the seconds
GUESSES = (60, 60.0)  # wrong codes from one network, and the seconds in which so many more are allowed
ANSWERS = (10, 10.0)  # answers of one student, and the seconds

POLL_ACTIONS: Mapping[str, Mapping[str, Any]] = {
    "show": {"shown": True},
    "hold": {"shown": False},
    "again": {"shown": False, "round": ROUNDS},
}


class RefusedError(Exception):
    """Something is not allowed. The message is a sentence for a person; `status` is the one of HTTP."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


NO_ROOM = "There is no room with this code. Rooms end when the teacher closes them."
NOT_HERE = "You are not in this room. Open its link again."
NOT_LED = "Only the teacher of this room can do that."
CLOSED = "The vote is closed."
TOO_FAST = "That was too fast. Wait a few seconds."
TOO_MANY_GUESSES = "There were too many wrong codes from your network. Wait a minute."
TOO_MANY_ROOMS = "Too many rooms were opened from your network. Wait a few minutes."
NOT_NOW = "The room cannot be reached at the moment."
NO_MORE_ROOMS = f"There are {ROOMS} rooms already, and this server allows no more. Try again later."
NO_MORE_STUDENTS = f"This room is full: {STUDENTS} have come already."
NO_ANSWER = "This is not an answer to the question."
NOT_UNDERSTOOD = "The server did not understand this request."


class Rooms:
    """The rooms in a store. All methods may be called from any thread, and raise StoreError with the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._opened, self._guesses, self._answers = Pace(*OPENED), Pace(*GUESSES), Pace(*ANSWERS)

    def open(self, network: str = "") -> Room:
        """A new room, for somebody with this address."""
        if not self._opened.take(network):
            raise RefusedError(429, TOO_MANY_ROOMS)
        for _ in range(3):  # a code may be taken
            room = Room(new_code(), secrets.token_urlsafe(18), time.time())
            if self.store.add(room, ROOMS):
                return room
        raise RefusedError(503, NO_MORE_ROOMS)

    def find(self, code: str, network: str) -> Room:
        """The room with a code that somebody has typed. Wrong codes from one `network`, an address, are limited."""
        if not self._guesses.may(network):
            raise RefusedError(429, TOO_MANY_GUESSES)
        room = self.load(read_code(code))
        if room is None:
            self._guesses.take(network)
            raise RefusedError(404, NO_ROOM)
        return room

    def load(self, code: str) -> Room | None:
        """The room of somebody who has found it before; None if it has ended."""
        return self.store.load(code) if code else None

    def enter(self, room: Room, student: str) -> None:
        """Let a student in, or note that the student is still here."""
        if not STUDENT.fullmatch(student):
            raise RefusedError(400, NOT_UNDERSTOOD)
        if not self.store.enter(room, student, STUDENTS):
            raise RefusedError(503, NO_MORE_STUDENTS)

    def answer(self, code: str, lesson: str, round: int, student: str, answer: int) -> None:
        """Count a student's answer, by its number from 0. It takes the place of an earlier one of the same round."""
        if not STUDENT.fullmatch(student):
            raise RefusedError(400, NOT_UNDERSTOOD)
        if not self._answers.take(student):
            raise RefusedError(429, TOO_FAST)
        room = self.load(code)
        if room is None:
            raise RefusedError(404, NO_ROOM)
        if not self.store.came(code, student):
            raise RefusedError(403, NOT_HERE)
        poll = room.polls.get(lesson)
        if poll is None or poll.shown or poll.round != round:
            raise RefusedError(409, CLOSED)
        if not 0 <= answer < poll.choices:
            raise RefusedError(400, NO_ANSWER)
        self.store.answer(code, lesson, round, student, answer)
        self.store.tell(code)

    def tally(self, room: Room, lesson: str) -> Tally:
        """What the answers to the question of a lesson add up to."""
        poll = room.polls.get(lesson)
        if poll is None:
            return Tally(())
        rounds: list[Mapping[str, int]] = [
            self.store.answers(room.code, lesson, round) for round in range(1, poll.round + 1)
        ]
        return tally(poll.choices, rounds)

    # What the teacher does

    def lead(self, code: str, secret: str, network: str) -> Room:
        """The room, for who has its secret."""
        room = self.find(code, network)
        if not room.leads(secret):
            self._guesses.take(network)
            raise RefusedError(403, NOT_LED)
        return room

    def ask(self, room: Room, lesson: str, choices: int) -> Room:
        """Ask the question of a lesson, which has so many answers; without a `lesson`, ask none now.

        A question that was asked before goes on as it is.
        """
        if lesson and not 1 <= choices <= CHOICES:
            raise ValueError(f"a question has 1 to {CHOICES} answers, not {choices}")

        def asked(room: Room) -> Room:
            if not lesson or lesson in room.polls or len(room.polls) >= POLLS:
                return replace(room, lesson=lesson)
            return replace(room, lesson=lesson, polls={**room.polls, lesson: Poll(choices)})

        return self._change(room, asked)

    def do(self, room: Room, action: str, value: Any = None) -> Room | None:
        """Do what the teacher's browser asks for; the room, or None if it is closed.

        - `at`, an address: she is there now.
        - `follow`, true or false: whether the students follow her.
        - `show` and `hold`, a lesson: show the result of its question, or hold it back.
        - `again`, a lesson: open the second round of its question.
        - `question`, true or false: whether the pages ask their questions.
        - `close`: end the room.
        """
        if action == "close":
            self.store.remove(room.code)
            self.store.tell(room.code)
            return None
        if action == "at" and isinstance(value, str) and (at := clean_address(value)):
            return self._change(room, lambda room: replace(room, at=at))
        if action == "follow" and isinstance(value, bool):
            return self._change(room, lambda room: replace(room, follow=value))
        if action == "question" and isinstance(value, bool):
            return self._change(room, lambda room: replace(room, quiet=not value))
        if action in POLL_ACTIONS and isinstance(value, str):
            return self._change(room, lambda room: _with_poll(room, value, **POLL_ACTIONS[action]))
        raise RefusedError(400, NOT_UNDERSTOOD)

    def _change(self, room: Room, change: Callable[[Room], Room]) -> Room:
        """Change the room that is in the store now, and tell of it."""
        while True:
            changed = change(room)
            if changed == room:
                return room
            changed = replace(changed, version=room.version + 1)
            if self.store.swap(room, changed):
                self.store.tell(room.code)
                return changed
            now = self.store.load(room.code)
            if now is None:
                raise RefusedError(404, NO_ROOM)
            room = now


def _with_poll(room: Room, lesson: str, **values: Any) -> Room:
    """The room with these values for the question of a lesson, if it is asked."""
    if lesson not in room.polls:
        return room
    return replace(room, polls={**room.polls, lesson: replace(room.polls[lesson], **values)})
