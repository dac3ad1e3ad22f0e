"""Rooms in the memory of this process. They are gone when it ends."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from components.classroom.room import Room
from components.classroom.store import HERE, IDLE, LIFE


@dataclass
class _Kept:
    room: Room
    until: float
    seen: dict[str, float] = field(default_factory=dict)  # by student, the time of the last sign of life
    answers: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict)  # by lesson and round, by student


class Memory:
    """A store in a dictionary."""

    def __init__(self, idle: float = IDLE, here: float = HERE) -> None:
        self._idle, self._here = idle, here
        self._rooms: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._heard: list[Callable[[str], None]] = []

    def add(self, room: Room, most: int) -> bool:
        """Keep a new room; see `Store`."""
        with self._lock:
            for code in list(self._rooms):
                self._find(code)
            if len(self._rooms) >= most or room.code in self._rooms:
                return False
            self._rooms[room.code] = _Kept(room, self._until(room))
            return True

    def load(self, code: str) -> Room | None:
        """The room, or None."""
        with self._lock:
            kept = self._find(code)
            return kept.room if kept else None

    def swap(self, old: Room, new: Room) -> bool:
        """Put `new` in the place of `old`, if that is still the room."""
        with self._lock:
            kept = self._find(old.code)
            if kept is None or kept.room != old:
                return False
            kept.room, kept.until = new, self._until(new)
            return True

    def remove(self, code: str) -> None:
        """Forget the room."""
        with self._lock:
            self._rooms.pop(code, None)

    def count(self) -> int:
        """The number of rooms."""
        with self._lock:
            return sum(self._find(code) is not None for code in list(self._rooms))

    def enter(self, room: Room, student: str, most: int) -> bool:
        """Note that a student is here."""
        with self._lock:
            kept = self._find(room.code)
            if kept is None or (student not in kept.seen and len(kept.seen) >= most):
                return False
            kept.seen[student], kept.until = time.time(), self._until(room)
            return True

    def leave(self, code: str, student: str) -> None:
        """Note that a student is not here any more."""
        with self._lock:
            if (kept := self._find(code)) and student in kept.seen:
                kept.seen[student] = 0.0

    def here(self, code: str) -> int:
        """The number of students who are here."""
        with self._lock:
            kept = self._find(code)
            return sum(seen > time.time() - self._here for seen in kept.seen.values()) if kept else 0

    def came(self, code: str, student: str) -> bool:
        """Whether the student has ever entered."""
        with self._lock:
            kept = self._find(code)
            return kept is not None and student in kept.seen

    def answer(self, code: str, lesson: str, round: int, student: str, answer: int) -> None:
        """Keep an answer."""
        with self._lock:
            if kept := self._find(code):
                kept.answers.setdefault((lesson, round), {})[student] = answer

    def answers(self, code: str, lesson: str, round: int) -> dict[str, int]:
        """The answers of a round, by student."""
        with self._lock:
            kept = self._find(code)
            return dict(kept.answers.get((lesson, round), {})) if kept else {}

    def tell(self, code: str) -> None:
        """Tell the listeners."""
        for heard in self._heard:
            heard(code)

    def listen(self, heard: Callable[[str], None]) -> None:
        """Call `heard` for each room that is told of."""
        self._heard.append(heard)

    def close(self) -> None:
        """Tell nobody any more."""
        self._heard.clear()

    def _find(self, code: str) -> _Kept | None:
        """The room, if its time is not over. Called with the lock."""
        kept = self._rooms.get(code)
        if kept is not None and kept.until <= time.time():
            del self._rooms[code]
            return None
        return kept

    def _until(self, room: Room) -> float:
        return min(time.time() + self._idle, room.opened + LIFE)
