"""What keeps the rooms: one small interface for two stores, the memory of this process and a Redis server.

A store does not judge. What is allowed is decided in `rooms.py`.
"""

from collections.abc import Callable
from typing import Protocol

from components.classroom.room import Room

LIFE = 8 * 3600.0  # seconds from opening a room to its end
IDLE = 3600.0  # seconds after which a room ends if nobody was in it
HERE = 45.0  # seconds: a student counts as here so long after the last sign of life
SIGN = 15.0  # seconds between two signs of life


class StoreError(Exception):
    """The store cannot be reached at the moment."""


class Store(Protocol):
    """Keeps rooms, the students who came, and their answers. Every method may be called from any thread.

    All methods raise StoreError if the store cannot be reached.
    """

    def add(self, room: Room, most: int) -> bool:
        """Keep a new room. False if there are `most` rooms, or if its code is taken."""

    def load(self, code: str) -> Room | None:
        """The room, or None if there is none with this code."""

    def swap(self, old: Room, new: Room) -> bool:
        """Put `new` in the place of `old`. False if the room has changed meanwhile."""

    def remove(self, code: str) -> None:
        """Forget the room, with all students and answers."""

    def count(self) -> int:
        """The number of rooms."""

    def enter(self, room: Room, student: str, most: int) -> bool:
        """Note that a student is here, and that the room is in use. False if `most` others have come before."""

    def leave(self, code: str, student: str) -> None:
        """Note that a student is not here any more. The answers stay."""

    def here(self, code: str) -> int:
        """The number of students who are here."""

    def came(self, code: str, student: str) -> bool:
        """Whether the student has ever entered."""

    def answer(self, code: str, lesson: str, round: int, student: str, answer: int) -> None:
        """Keep an answer in the place of an earlier one of the same student in the same round."""

    def answers(self, code: str, lesson: str, round: int) -> dict[str, int]:
        """The answers of a round, by student."""

    def tell(self, code: str) -> None:
        """Tell the listeners of all processes that something in this room has changed."""

    def listen(self, heard: Callable[[str], None]) -> None:
        """Call `heard` with the code of each room that is told of, until `close`. It is called in any thread.

        The code is empty if news may have been missed: then any room may have changed.
        """

    def close(self) -> None:
        """End what `listen` began."""
