"""A class in the dashboard: a teacher opens a room and leads, students open its link and follow, answer and vote.

classroom.js holds the tab's connection to the room. News of the room never carries an order for the page: it says how
things stand. The script compares this with what the last script run knew (`told`), and asks for another run if that
differs. So no message can be missed or come too early. To follow the teacher, a browser goes to her address, as it does
for *Back*.

A visitor without a room pays for one small element that never changes.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import segno
import streamlit as st

from components.classroom.memory import Memory
from components.classroom.plan import PlanError, read, ready_made
from components.classroom.process import HUB, ROOMS
from components.classroom.room import Poll, Room, read_code
from components.classroom.rooms import NO_ROOM, NOT_NOW, RefusedError
from components.classroom.store import IDLE, LIFE, StoreError
from components.settings import FIELDS
from components.ui.component import BUTTON, component
from components.ui.lesson import Lesson
from components.ui.links import ROOM
from components.ui.syllabus import MAP, OTHER, SYLLABUS

KEY = "classroom"
# In the session: the code of the room, the teacher's secret, the room as last seen, this student's answers by lesson
# and round, sentences for the visitor, and the code that was last refused.
CODE, SECRET, SEEN, MINE, SAID, TRIED = "_room", "_room_secret", "_room_seen", "_room_mine", "_room_said", "_room_tried"
# The controls, as they were when the sentences were first shown; a sentence goes when the visitor moves one.
SHOWN = "_room_said_at"
# The questions whose results it has seen; and the lesson plan that the browser has sent, or what is wrong with it.
RESULTS, PLAN = "_room_results", "_room_plan"

TITLES = {"/": SYLLABUS[0].title} | {f"/{lesson.stem}": lesson.title for lesson in (*SYLLABUS[1:], MAP)}

ENDED = "The room is closed, and its answers are gone."
KEPT = (
    "What is kept: the teacher's address in the dashboard, and each answer as a number, with a random id that the "
    f"browser has made. No name and no account. It is {{}}. It is gone when the teacher closes the room, "
    f"{IDLE / 3600:.0f} hour after the last one has left, or {LIFE / 3600:.0f} hours after the room was opened."
)

_HERE = Path(__file__).parent
_ROOM = component(_HERE, BUTTON)
_VOTE = component(_HERE / "vote")


@dataclass(frozen=True)
class Seat:
    """A visitor's place in a room: whether it is the teacher's, and the answers that this student has given.

    `mine` has the number of the answer by lesson and round, as `live/1`.
    """

    room: Room
    leads: bool
    mine: Mapping[str, int]


@dataclass(frozen=True)
class Asked:
    """The question of a page as the class is asked it. `poll` has no answers until the teacher's page has them."""

    seat: Seat
    lesson: str
    poll: Poll

    @property
    def shown(self) -> bool:
        """Whether the teacher shows the result."""
        return self.poll.shown

    @property
    def given(self) -> int | None:
        """The number of this student's latest answer; None for the teacher, or without an answer."""
        rounds = range(self.poll.round, 0, -1)
        return next(
            (self.seat.mine[key] for round in rounds if (key := f"{self.lesson}/{round}") in self.seat.mine), None
        )


def arrive() -> Seat | None:
    """Take the visitor's seat, at the begin of a script run; None without a room."""
    asked = st.query_params.get(ROOM, "")
    if asked and asked != st.session_state.get(TRIED) and read_code(asked) != st.session_state.get(CODE):
        _join(asked)
    code = st.session_state.get(CODE)
    if code is None:
        return None
    try:
        room = ROOMS.load(code)
    except StoreError:
        room = st.session_state[SEEN]  # as it was; the line of the room says that there is no connection
    if room is None:
        _leave(ENDED)
        return None
    st.session_state[SEEN] = room
    leads = room.leads(st.session_state.get(SECRET, ""))
    return Seat(room, leads, st.session_state.get(MINE, {}))


def asked(seat: Seat | None, lesson: Lesson) -> Asked | None:
    """The question of this page, if the class is asked it. The teacher's page asks the question that it has."""
    if seat is None:
        return None
    is_other = lesson in OTHER  # it has no question
    if seat.leads and seat.room.lesson and (is_other or seat.room.quiet):
        with suppress(StoreError, RefusedError):
            ROOMS.ask(seat.room, "", 0)
    poll = None if is_other else seat.room.polls.get(lesson.stem)
    if poll is None and seat.leads and not (is_other or seat.room.quiet):
        poll = Poll(0)
    return Asked(seat, lesson.stem, poll) if poll else None


def show(seat: Seat | None) -> None:
    """Show the button that begins a class, or a student's line, or the teacher's bar."""
    where = "in the memory of this server" if isinstance(ROOMS.store, Memory) else "in the memory of a Redis server"
    data: dict[str, Any] = {"mode": "visitor", "kept": KEPT.format(where), "works": HUB.tells}
    if seat is not None:
        data |= {"mode": "student", "code": seat.room.code}
        if seat.leads:
            link = f"{urljoin(st.context.url or '/', '.')}?{ROOM}={seat.room.code}"
            data |= {"mode": "teacher", "secret": seat.room.secret, "link": link, "code_to_scan": _code_to_scan(link)}
            data |= {"titles": TITLES, "plans": ready_made(), "plan": st.session_state.get(PLAN)}
    _ROOM(
        key=KEY,
        data=data,
        height="content",
        width=4000 if data["mode"] == "student" else "content",  # a student's line has a line of its own
        on_opened_change=_open,
        on_joined_change=_take_code,
        on_led_change=_take_secret,
        on_known_change=_take_answers,
        on_planned_change=_take_plan,
        on_ended_change=lambda: _leave(ENDED),
    )


@lru_cache(maxsize=100)
def _code_to_scan(link: str) -> str:
    """A QR code as SVG, black on white in any theme."""
    drawn: str = segno.make(link, error="m").svg_inline(border=2, omitsize=True, dark="#000", light="#fff")
    return drawn


def told(seat: Seat | None, lesson: Lesson) -> dict[str, Any] | None:
    """What this script run knew of the room, for the script in the browser."""
    if seat is None:
        return None
    poll = seat.room.polls.get(lesson.stem)
    mine = {key: answer for key, answer in seat.mine.items() if key.startswith(f"{lesson.stem}/")}
    return {
        "version": seat.room.version,
        "lesson": lesson.stem,
        "path": "/" if lesson is SYLLABUS[0] else f"/{lesson.stem}",
        "quiet": seat.room.quiet,
        "poll": {"round": poll.round, "shown": poll.shown} if poll else None,
        "mine": mine,
    }


def put(asked: Asked, question: str, answers: tuple[str, ...], right: int) -> Poll:
    """Show the answers of a question: a student chooses, and the result has bars. Returns how the vote stands.

    `right` is the number of the right answer. The browser gets it with the result.
    """
    seat, poll = asked.seat, asked.poll
    if seat.leads and not seat.room.quiet:
        room = seat.room
        with suppress(StoreError, RefusedError):
            room = ROOMS.ask(room, asked.lesson, len(answers))
        poll = room.polls.get(asked.lesson, Poll(len(answers)))
    counts: tuple[tuple[int, ...], ...] = ()
    changed = 0
    if poll.shown:
        with suppress(StoreError):
            tally = ROOMS.tally(seat.room, asked.lesson)
            counts, changed = tally.rounds, tally.changed
    data = {
        "lesson": asked.lesson,
        "question": question,
        "answers": answers,
        "round": poll.round,
        "shown": poll.shown,
        "right": right if poll.shown else None,
        "leads": seat.leads,
        "counts": counts,
        "changed": changed,
    }
    _VOTE(key=f"vote_{asked.lesson}", data=data, height="content")
    return poll


def is_news(asked: Asked) -> bool:
    """Whether this session sees the result of a question for the first time. Said once."""
    seen: set[str] = st.session_state.setdefault(RESULTS, set())
    key = f"{asked.seat.room.code}/{asked.lesson}"
    news = key not in seen
    seen.add(key)
    return news


def notices() -> list[str]:
    """Sentences for this visitor. They stay until the visitor moves a control or goes to another page.

    The browser may ask for another script run by itself, so one run is not enough to read them.
    """
    said: list[str] = st.session_state.get(SAID, [])
    if not said:
        return []
    path = urlsplit(st.context.url or "").path
    now = [path, *(st.session_state.get(name) for name in FIELDS)]
    if st.session_state.setdefault(SHOWN, now) != now:
        st.session_state.pop(SAID)
        st.session_state.pop(SHOWN)
        return []
    return said


def _network() -> str:
    return st.context.ip_address or "this machine"


def _join(typed: str) -> None:
    try:
        room = ROOMS.find(typed, _network())
    except RefusedError as refused:
        st.session_state[TRIED] = typed
        _say(str(refused))
        return
    except StoreError:
        _say(NOT_NOW)
        return
    _take_seat(room)


def _take_seat(room: Room, secret: str = "") -> None:
    st.session_state.update({CODE: room.code, SECRET: secret, SEEN: room, MINE: {}})
    for name in (TRIED, SAID, SHOWN):
        st.session_state.pop(name, None)


def _leave(sentence: str) -> None:
    """Give up the seat. The script in the browser takes the room out of the address."""
    code = st.session_state.pop(CODE, None)
    if code is not None:
        st.session_state[TRIED] = code
        _say(sentence)


def _say(sentence: str) -> None:
    """Show a sentence. It takes the place of those that were shown before."""
    if st.session_state.pop(SHOWN, None) is not None:
        st.session_state.pop(SAID, None)
    st.session_state.setdefault(SAID, []).append(sentence)


def _sent(name: str) -> Any:
    """What the script in the browser has sent under a name."""
    return getattr(st.session_state.get(KEY), name, None)


def _open() -> None:
    if st.session_state.get(CODE):
        return
    try:
        room = ROOMS.open(_network())
    except RefusedError as refused:
        _say(str(refused))
    except StoreError:
        _say(NOT_NOW)
    else:
        _take_seat(room, room.secret)


def _take_code() -> None:
    typed = _sent("joined")
    if isinstance(typed, str):
        _join(typed) if read_code(typed) else _say(NO_ROOM)


def _take_secret() -> None:
    """A browser that led this room before, in a session that has ended, or with the teacher's own link."""
    sent = _sent("led")
    if not isinstance(sent, Mapping):
        return
    code, secret = sent.get("code"), sent.get("secret")
    if isinstance(code, str) and isinstance(secret, str):
        try:
            _take_seat(ROOMS.lead(code, secret, _network()), secret)
        except RefusedError as refused:
            _say(str(refused))
        except StoreError:
            _say(NOT_NOW)


def _take_answers() -> None:
    """The student's own answers. They change nothing but this student's page; the room has counted them before."""
    sent = _sent("known")
    mine = sent.get("mine") if isinstance(sent, Mapping) else None
    if isinstance(mine, Mapping):
        given = {key: answer for key, answer in mine.items() if isinstance(key, str) and type(answer) is int}
        st.session_state[MINE] = dict(list(given.items())[:200])


def _take_plan() -> None:
    """A lesson plan from a file or a link. The browser gets it back when it is one, else a sentence."""
    sent = _sent("planned")
    text, count = (sent.get("text"), sent.get("count")) if isinstance(sent, Mapping) else (None, None)
    if not isinstance(text, str) or type(count) is not int:
        return
    try:
        st.session_state[PLAN] = {"count": count, "plan": asdict(read(text, list(TITLES)))}
    except PlanError as wrong:
        st.session_state[PLAN] = {"count": count, "error": str(wrong)}
