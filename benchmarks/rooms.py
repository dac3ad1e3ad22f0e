"""A room without browsers: a teacher who leads, and students who follow her and vote.

Each of them is a Streamlit session and a websocket of the room, as a browser has them. A student who hears of another
address of the teacher runs the script with the settings in it, as `components/ui/classroom/classroom.js` does.
"""

import asyncio
import json
import math
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from benchmarks.server import Server
from benchmarks.sessions import PATIENCE, Host, LostSessionError, Session
from components.classroom.store import SIGN

# The bars for thirty students, in ms: from the teacher's release of a slider to the end of a student's script run.
MEDIAN, SLOWEST = 1000, 1500
REST = 1.0  # seconds between two changes of the teacher
APART = 0.02  # seconds between two votes: what the server does after its answer counts too
VOTES = 200
START = {"seq_len": 11, "hidden_size": 8, "input_size": 3}  # for everybody, as the lesson's link would give them


@dataclass
class Measured:
    """What a room of `students` cost, and how long they took. Processor time is in ms, and so are all other times."""

    students: int
    empty: float = 0  # the server's processor time for each second, with the teacher alone, who does nothing
    idle: float = 0  # the same with all students
    votes: list[float] = field(default_factory=list)  # the server's processor time for each vote, with its news
    times: list[float] = field(default_factory=list)  # from the teacher's release to the end of a student's script run
    own: list[float] = field(default_factory=list)  # from her release to the end of her own script run
    until_all: float = 0  # from her release until the last one has followed, all changes together
    server: float = 0  # processor time in that time, for all script runs and all news
    clients: float = 0  # processor time that the students and the teacher took in that time
    errors: int = 0  # exceptions on a page, and pages that did not get her settings
    lost: int = 0  # students without a connection or an answer, and votes that were not counted

    @property
    def each(self) -> float:
        """The server's processor time for one student who follows once, with a share of the teacher's own run."""
        return self.server / len(self.times)

    @property
    def cores(self) -> float:
        """How much of a core the server had while the students followed. A process of Python can use one."""
        return self.server / self.until_all

    @property
    def share(self) -> float:
        """The clients' share of all processor time while the students followed."""
        return self.clients / (self.clients + self.server)


def processes(students: int, each: float) -> int:
    """How many processes let so many students follow in time, at `each` ms of processor time: one core for each."""
    return math.ceil(students * each / SLOWEST)


def settings_in(at: str) -> dict[str, int]:
    """The settings in an address of the teacher, such as `/?seq_len=9`."""
    return {name: int(value) for name, value in parse_qsl(urlsplit(at).query)}


def post(host: Host, path: str, **body: object) -> None:
    """Ask the server as one of its own pages does. Raises OSError if it refuses."""
    headers = {"Content-Type": "application/json", "Origin": host.url}
    request = urllib.request.Request(f"{host.url}/{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=PATIENCE):
        pass


class Member(Session):
    """Somebody in a room, when it has a `code`."""

    def __init__(self, host: Host, code: str, **settings: int) -> None:
        super().__init__(host, **settings)
        self.code = code
        self.wrong = 0  # script runs that did not end with this visitor's settings
        self._shown: dict[str, int] = {}

    @asynccontextmanager
    async def listen(self, **hello: str) -> AsyncIterator[ClientConnection]:
        """The room's websocket, when it has been told who this is."""
        url = f"ws://127.0.0.1:{self.server.port}/class/{self.code}/live"
        # A browser sends no pings.
        async with connect(url, origin=Origin(self.server.url), compression=None, ping_interval=None) as socket:
            await socket.send(json.dumps(hello))
            yield socket

    async def _ask(self, message: BackMsg) -> float:
        taken = await super()._ask(message)
        self.wrong += self._shown != self.settings
        return taken

    def _query(self) -> str:
        return f"{super()._query()}&room={self.code}" if self.code else super()._query()

    def _read(self, message: ForwardMsg) -> None:
        super()._read(message)
        component = message.delta.new_element.bidi_component
        if component.id.endswith("-tab_values"):
            sizes = json.loads(component.mixed.json or component.json)[1]
            self._shown = {name: sizes[name]["value"] for name in self.settings}


class Teacher(Member):
    """Opens a room, and leads it."""

    secret = ""
    answered = 0  # students who have answered, as the room tells her
    _component = ""  # the id of the component that opens a room

    async def open(self) -> None:
        """Open a room. The page then asks its question."""
        pressed = BackMsg()
        events = pressed.rerun_script.widget_states.widgets.add(
            id=f"$$STREAMLIT_INTERNAL_KEY_{self._component}__events"
        )
        events.json_trigger_value = json.dumps({"event": "opened", "value": True})
        await self._ask(pressed)
        if not self.secret:
            raise LostSessionError("no room was opened")
        await self.rerun()

    async def lead(self, action: str, value: object) -> None:
        """Do something in the room, such as `follow`."""
        await asyncio.to_thread(
            post, self.server, f"class/{self.code}/lead", secret=self.secret, do=action, value=value
        )

    async def hear(self) -> None:
        """Keep what the room tells her, until it is cancelled."""
        async with self.listen(secret=self.secret) as socket:
            async for text in socket:
                self.answered = sum(map(sum, json.loads(text)["counts"]))

    @property
    def at(self) -> str:
        """Her address, as a browser sends it."""
        return f"/?{urlencode(sorted(self.settings.items()))}"

    def _read(self, message: ForwardMsg) -> None:
        super()._read(message)
        component = message.delta.new_element.bidi_component
        if component.id.endswith("-classroom"):
            self._component = component.id
            told = json.loads(component.mixed.json or component.json)
            self.code, self.secret = told.get("code", ""), told.get("secret", "")


class Student(Member):
    """Follows the teacher."""

    async def follow(self, identity: str, ready: asyncio.Event, ends: "asyncio.Queue[float | None]") -> None:
        """Follow until it is cancelled. Puts the time when each script run ended, and None if it is lost."""
        with suppress(LostSessionError, WebSocketException, OSError):
            async with self.listen(student=identity) as socket:
                async for text in socket:
                    ready.set()
                    settings = self.settings | settings_in(json.loads(text).get("at", ""))
                    if settings != self.settings:
                        self.settings = settings
                        moved = BackMsg()
                        moved.rerun_script.is_history_navigation = True
                        await self._ask(moved)
                        ends.put_nowait(time.perf_counter())
        ready.set()
        ends.put_nowait(None)


async def hold(server: Server, students: int, changes: int, seconds: float = SIGN) -> Measured:
    """Hold a class. For `seconds` nobody does anything. Then there are VOTES votes, and then the teacher's changes.

    In SIGN seconds each student gives one sign of life.
    """
    found = Measured(students)
    ends: asyncio.Queue[float | None] = asyncio.Queue()
    tasks = []
    async with AsyncExitStack() as stack:
        teacher = await stack.enter_async_context(Teacher(server, "", **START))
        await teacher.open()
        await teacher.lead("at", teacher.at)
        await teacher.lead("follow", True)
        members: list[Member] = [teacher]
        try:
            tasks.append(asyncio.create_task(teacher.hear()))
            found.empty = await _rest(server, seconds)
            for name in names(students):
                student = await stack.enter_async_context(Student(server, teacher.code, **START))
                members.append(student)
                ready = asyncio.Event()
                tasks.append(asyncio.create_task(student.follow(name, ready, ends)))
                await ready.wait()
            found.idle = await _rest(server, seconds)
            await _vote(server, teacher, found)
            await _lead(server, teacher, found, changes, ends)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    found.errors = sum(member.errors + member.wrong for member in members)
    return found


def names(students: int) -> list[str]:
    """Ids as browsers make them."""
    return [f"{number:032x}" for number in range(students)]


async def _rest(server: Server, seconds: float) -> float:
    """The server's processor time for each second in which nobody does anything, in ms."""
    await asyncio.sleep(REST)
    before = server.cpu()
    await asyncio.sleep(seconds)
    return (server.cpu() - before) / seconds


async def _vote(server: Server, teacher: Teacher, found: Measured) -> None:
    """Let the students vote one after another on the question of the teacher's page."""
    voters = names(found.students)
    for number in range(VOTES):
        before = server.cpu()
        vote = {"lesson": "live", "round": 1, "student": voters[number % len(voters)], "answer": number % 2}
        await asyncio.to_thread(post, server, f"class/{teacher.code}/answer", **vote)
        await asyncio.sleep(APART)
        found.votes.append(server.cpu() - before)
    await asyncio.sleep(REST)
    found.lost += min(VOTES, len(voters)) - teacher.answered


async def _lead(
    server: Server, teacher: Teacher, found: Measured, changes: int, ends: "asyncio.Queue[float | None]"
) -> None:
    """Let the teacher change her settings. The first change is not counted, as in the other rows."""
    following = found.students
    for number in range(changes + 1):
        await asyncio.sleep(REST)
        before, used = server.cpu(), time.process_time()
        began = time.perf_counter()
        own = await teacher.rerun(seq_len=START["seq_len"] + 1 + number)  # settings that the server has not seen
        await teacher.lead("at", teacher.at)
        times: list[float] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while len(times) < following:
                    end = await ends.get()
                    if end is None:
                        following -= 1
                    else:
                        times.append((end - began) * 1e3)
        if number:
            found.own.append(own)
            found.times += times
            found.until_all += (time.perf_counter() - began) * 1e3
            found.server += server.cpu() - before
            found.clients += (time.process_time() - used) * 1e3
        if len(times) < following:
            break  # the time is up, and who has not followed is lost
    found.lost += found.students - len(times)
