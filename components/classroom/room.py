"""What a room is: where its teacher is, which questions it asks, and what the answers add up to."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

# Without I, L, O, 0 and 1, which look alike on a projector. Six letters are 31 ** 6 codes, almost a thousand million.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE = re.compile(f"[{LETTERS}]{{6}}")
STUDENT = re.compile(r"[0-9a-f]{32}")  # a random id that a browser has made
PATH = re.compile(r"/[a-z_]{0,40}")
ROUNDS = 2
LONGEST = 1500  # characters of a teacher's address
PRIVATE = ("room", "teach", "answers", "plan")  # parameters that no student's address gets from the teacher's


@dataclass(frozen=True)
class Poll:
    """The question of one lesson in a room: its number of answers, the round, and whether the result is shown.

    While the result is held back the vote is open: a student can answer, and can change the answer.
    """

    choices: int
    round: int = 1  # 1 or 2
    shown: bool = False


@dataclass(frozen=True)
class Room:
    """A room. `at` is the teacher's address from the path on, empty at first. Students who follow are told of it.

    `lesson` is the stem of the lesson whose question she asks now, empty for none. `polls` has the questions so far.
    While `quiet` is true, no page asks its question: it is a stop of her plan without one.

    `version` counts the changes. `opened` is a time in seconds since 1970. `secret` is the teacher's right to lead.
    """

    code: str
    secret: str
    opened: float
    version: int = 0
    follow: bool = False
    at: str = ""
    lesson: str = ""
    polls: Mapping[str, Poll] = field(default_factory=dict)  # by the stem of a lesson
    quiet: bool = False

    def written(self) -> str:
        """The room as JSON, the same text for the same room."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def read(cls, text: str) -> "Room":
        """The room of `written`. What another version of the app has added is left out."""
        values = {name: value for name, value in json.loads(text).items() if name in cls.__dataclass_fields__}
        values["polls"] = {lesson: Poll(**poll) for lesson, poll in values["polls"].items()}
        return cls(**values)

    def leads(self, secret: str) -> bool:
        """Whether this is the teacher's secret. The time that it takes does not depend on how much of it is right."""
        return secrets.compare_digest(self.secret.encode(), secret.encode())


@dataclass(frozen=True)
class Tally:
    """What the answers add up to: for each round the number of students for each answer.

    `changed` is the number of students whose answer in the second round is not the one of the first. Each counts once.
    """

    rounds: tuple[tuple[int, ...], ...]
    changed: int = 0


def tally(choices: int, rounds: list[Mapping[str, int]]) -> Tally:
    """Count answers. `rounds` has, for each round, the answers by student."""
    counts = tuple(tuple(list(given.values()).count(answer) for answer in range(choices)) for given in rounds)
    changed = 0
    if len(rounds) == ROUNDS:
        first, second = rounds
        changed = sum(first[student] != answer for student, answer in second.items() if student in first)
    return Tally(counts, changed)


def new_code() -> str:
    """A random code for a room."""
    return "".join(secrets.choice(LETTERS) for _ in range(6))


def read_code(text: str) -> str:
    """The code in what somebody typed: in any case, with spaces or hyphens; empty if it is none."""
    code = re.sub(r"[\s-]", "", text[:40]).upper()
    return code if CODE.fullmatch(code) else ""


def clean_address(address: str) -> str:
    """A teacher's address as students get it: a path of this app, and the settings; empty if it is none.

    It has no server and no parameter of the teacher's own, so it leads nobody to another place.
    """
    try:
        parts = urlsplit(address[: LONGEST + 1])
    except ValueError:
        return ""
    if len(address) > LONGEST or parts.scheme or parts.netloc or not PATH.fullmatch(parts.path):
        return ""
    settings = [(name, value) for name, value in parse_qsl(parts.query, True) if name not in PRIVATE]
    return parts.path + (f"?{urlencode(settings)}" if settings else "")
