"""The benchmark measures the app with its own settings, and counts lost visitors."""

import asyncio
import json

import pytest
from websockets.asyncio.server import serve

from benchmarks.replicas import Work
from benchmarks.rooms import SLOWEST, START, Measured, Student, Teacher, processes, settings_in
from benchmarks.rows import ROWS, Figure, of_room
from benchmarks.server import FLOOR, ROOT, Server
from benchmarks.sessions import Load, Session, opening

# The options that a server needs for a measurement: an address, a port, and no questions at the start.
OWN = {"server.address", "server.port", "server.headless", "browser.gatherUsageStats"}


def options(server: Server) -> set[str]:
    """The names of the options in the command. They override the app's own settings."""
    return {word.removeprefix("--").partition("=")[0] for word in server.command if word.startswith("--")}


def test_the_app_is_started_with_its_own_settings() -> None:
    """No option in the command changes what is measured."""
    assert options(Server(ROOT / "dashboard.py")) == OWN


def test_the_floor_has_no_file_watcher() -> None:
    """A watcher would slow down the floor, and the app would look better than it is."""
    assert options(Server(FLOOR)) == OWN | {"server.fileWatcherType"}


def test_a_visitor_who_does_not_get_the_page_is_lost() -> None:
    """Without a server all three visitors are lost, and no time is noted."""
    assert asyncio.run(opening(Server(FLOOR), 3, seed=1)) == Load(times=[], lost=3)


def test_rounds_are_counted_together() -> None:
    both = Load(times=[1.0], errors=1)
    both.add(Load(times=[2.0], errors=2, lost=3))
    assert both == Load(times=[1.0, 2.0], errors=3, lost=3)


def test_rounds_of_visitors_who_never_rest_are_counted_together() -> None:
    both = Work(moves=10, seconds=2, replicas=1, proxy=0.5, visitors=0.5, times=[1.0])
    both.add(Work(moves=20, seconds=4, replicas=2, proxy=1, visitors=1, times=[2.0], errors=1, lost=1))
    assert (both.rate, both.cores) == (5, 1)
    assert (both.times, both.errors, both.lost) == ([1.0, 2.0], 1, 1)


def test_every_row_is_described() -> None:
    """The README's table has every row, by its name."""
    text = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    assert [name for name in ROWS if f"\n| `{name}` |" not in text] == []


def test_a_figure_over_its_bar_is_said_to_be() -> None:
    assert [Figure("", value, 2).verdict for value in (1, 2, 3, None)] == ["ok", "ok", "over", "missing"]


def test_a_student_runs_the_script_once_for_each_address_of_the_teacher(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same address again is no change, and neither is one with the student's own settings."""
    heard, asked = [], []

    async def room(socket) -> None:
        heard.append((socket.request.path, socket.request.headers["Origin"], json.loads(await socket.recv())))
        for at in ("", "/?seq_len=9", "/?seq_len=12", "/?seq_len=12", "/?hidden_size=4&seq_len=13"):
            await socket.send(json.dumps({"at": at}))

    async def ask(session: Student, message) -> float:
        asked.append((message.rerun_script.is_history_navigation, dict(session.settings)))
        session._shown = {"seq_len": 12, "hidden_size": 8}
        return 1.0

    monkeypatch.setattr(Session, "_ask", ask)
    server = Server(FLOOR)

    async def run() -> tuple[Student, list[bool]]:
        student = Student(server, "ABCDEF", seq_len=9, hidden_size=8)
        ends: asyncio.Queue[float | None] = asyncio.Queue()
        async with serve(room, "127.0.0.1", server.port):
            await student.follow("a" * 32, asyncio.Event(), ends)
        return student, [ends.get_nowait() is None for _ in range(ends.qsize())]

    student, lost = asyncio.run(run())
    assert heard == [("/class/ABCDEF/live", server.url, {"student": "a" * 32})]
    assert asked == [(True, {"seq_len": 12, "hidden_size": 8}), (True, {"seq_len": 13, "hidden_size": 4})]
    assert lost == [False, False, True]  # after the last one the room closed the connection
    assert student.wrong == 1  # the second page still had the settings of the first


def test_a_student_without_a_room_is_lost() -> None:
    async def end() -> float | None:
        ends: asyncio.Queue[float | None] = asyncio.Queue()
        await Student(Server(FLOOR), "ABCDEF", **START).follow("a" * 32, asyncio.Event(), ends)
        return ends.get_nowait()

    assert asyncio.run(end()) is None


def test_students_read_the_settings_that_the_teacher_sends() -> None:
    assert settings_in(Teacher(Server(FLOOR), "", **START).at) == START
    assert settings_in("") == {}


def test_the_processes_for_a_room_have_a_core_each() -> None:
    """Two hundred students of 7.5 ms take as long as one process has; one more student needs another process."""
    assert [processes(students, SLOWEST / 200) for students in (1, 200, 201)] == [1, 1, 2]


def test_only_a_room_of_thirty_has_bars_for_its_times() -> None:
    """Lost students and errors have a bar in every room."""
    found = Measured(2, votes=[1], times=[2000, 2000], own=[20], server=30, clients=10, until_all=60, lost=1)
    assert (found.each, found.share, found.cores) == (15, 0.25, 0.5)
    verdicts = {bars: [figure.verdict for figure in of_room(found, bars)] for bars in (True, False)}
    assert verdicts[True] == ["", "", "over", "over", "", "ok", "over"]
    assert verdicts[False] == ["", "", "", "", "", "ok", "over"]


def test_a_room_in_which_nobody_has_followed_is_missing() -> None:
    assert [figure.verdict for figure in of_room(Measured(2, votes=[1], lost=2), bars=False)] == ["missing"]
