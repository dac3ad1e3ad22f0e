"""A lesson plan: the stops of a class, each a lesson with settings, with its question or without.

A plan is kept as JSON, in a file or in a link:
`{"title": …, "stops": [{"at": "/one_step?step=3", "question": true, "minutes": 5, "note": …}]}`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from components.classroom.room import clean_address

MOST = 60  # stops
LONGEST = 200  # characters of a title or a note
LARGEST = 40_000  # characters of a file
READY = Path(__file__).parent / "plans"


class PlanError(ValueError):
    """A text is no plan. The message is a sentence that says what is wrong."""


@dataclass(frozen=True)
class Stop:
    """A page that the class looks at: its address, whether its question is asked, and for about how long."""

    at: str
    question: bool = True
    minutes: int = 0  # 0: no time is planned
    note: str = ""  # what the teacher wants to do


@dataclass(frozen=True)
class Plan:
    """A title, and the stops in their order."""

    title: str
    stops: tuple[Stop, ...]

    def written(self) -> str:
        """The plan as JSON."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def read(text: str, lessons: Sequence[str]) -> Plan:
    """The plan in a text. `lessons` are the paths of the pages that there are, such as `/one_step`.

    Raises PlanError.
    """
    if len(text) > LARGEST:
        raise PlanError("This file is too large for a lesson plan.")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise PlanError("This is not a lesson plan: it is not JSON.") from None
    stops = found.get("stops") if isinstance(found, dict) else None
    if not isinstance(stops, list) or not stops:
        raise PlanError("This is not a lesson plan: it has no stops.")
    if len(stops) > MOST:
        raise PlanError(f"A lesson plan has at most {MOST} stops, and this one has {len(stops)}.")
    return Plan(_words(found.get("title", "")), tuple(_stop(n, stop, lessons) for n, stop in enumerate(stops, 1)))


def _stop(number: int, found: object, lessons: Sequence[str]) -> Stop:
    if not isinstance(found, dict):
        raise PlanError(f"Stop {number} of this lesson plan is not a stop.")
    at, question, minutes = found.get("at"), found.get("question", True), found.get("minutes", 0)
    clean = clean_address(at) if isinstance(at, str) else ""
    if not clean or clean.partition("?")[0] not in lessons:
        raise PlanError(f"Stop {number} of this lesson plan leads to no page of this dashboard.")
    if not isinstance(question, bool) or type(minutes) is not int or not 0 <= minutes <= 600:
        raise PlanError(f"Stop {number} of this lesson plan has a question or a time that is none.")
    return Stop(clean, question, minutes, _words(found.get("note", "")))


def _words(text: object) -> str:
    """A short text in one line; empty for anything that is none."""
    return " ".join(text.split())[:LONGEST] if isinstance(text, str) else ""


@cache
def ready_made() -> tuple[str, ...]:
    """The plans that come with the dashboard, as JSON, the shortest first."""
    return tuple(path.read_text("utf-8") for path in sorted(READY.glob("*.json")))
