"""Two replicas behind HAProxy, as `make serve` starts them: nobody loses anything when one is killed or restarted."""

import contextlib
import csv
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from components.ui.syllabus import SYLLABUS
from deploy.serve import found
from tests import ROOT
from tests.browser.driving import (
    PATIENCE,
    Server,
    alert,
    answer,
    caption,
    current,
    expect_shell,
    free_port,
    go_to,
    in_address,
    main_slider,
    settle,
    title,
)
from tests.browser.test_tab import GONE, NO_SERVER, remembered
from tests.deploy.haproxy import MISSING

pytestmark = pytest.mark.browser

LIVE, OTHER = SYLLABUS[0], next(lesson for lesson in SYLLABUS if lesson.stem == "shapes")
ANSWERS = {
    LIVE.stem: "different, and the difference grows with every step",
    OTHER.stem: "inputs only; what the call returns stays as it is",
}
ATTEMPT = "Units are not time steps"
# What the browser says about a connection that breaks, and Streamlit about a move without one.
LOST = f"{NO_SERVER}|Connection lost|status of 503|when disconnected from server"
MOVE = 1.0  # seconds between two moves


@dataclass(frozen=True)
class Site:
    """A running `deploy/serve.py`."""

    server: Server
    process: psutil.Process

    def _running(self, word: str) -> tuple[int, list[str]]:
        """Process id and command of the one process that has this word in its command."""
        found = []
        for child in self.process.children():
            with contextlib.suppress(psutil.Error):  # one that has just ended
                found.append((child.pid, child.cmdline()))
        (only,) = (one for one in found if any(word in part for part in one[1]))
        return only

    @property
    def _folder(self) -> Path:
        """Where HAProxy's configuration and its socket for commands are."""
        return Path(self._running("haproxy.cfg")[1][-1]).parent

    def replicas(self) -> dict[str, int]:
        """The replicas that take visitors, by HAProxy's names for them, with the number of their connections."""
        with socket.socket(socket.AF_UNIX) as admin:
            admin.connect(str(self._folder / "admin.sock"))
            admin.sendall(b"show stat\n")
            told = b"".join(iter(lambda: admin.recv(65536), b"")).decode().removeprefix("# ")
        rows = [row for row in csv.DictReader(told.splitlines()) if row["pxname"] == "app"]
        return {row["svname"]: int(row["scur"]) for row in rows if row["status"] == "UP" and row["svname"] != "BACKEND"}

    def pid(self, name: str) -> int:
        """The process of a replica."""
        port = re.search(rf"server {name} 127\.0\.0\.1:(\d+)", (self._folder / "haproxy.cfg").read_text("utf-8"))
        assert port
        return self._running(f"--server.port={port[1]}")[0]


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if found("haproxy") is None:
        pytest.skip(MISSING)
    port = free_port()
    log = tmp_path_factory.mktemp("replicas") / "log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "deploy/serve.py", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    running = Site(Server(f"http://127.0.0.1:{port}", log), psutil.Process(process.pid))
    try:
        until(lambda: "The dashboard is at" in log.read_text("utf-8"), "a replica")
        yield running
    finally:
        process.terminate()
        process.wait(PATIENCE)


def visited(page: Page) -> None:
    """Answer two lessons, do one attempt by moving two sliders, and stay on the second lesson."""
    answer(page, ANSWERS[LIVE.stem])
    for name, words in (("seq_len", "T = 8"), ("hidden_size", "H = 7")):
        main_slider(page, name).press("ArrowRight")
        expect(caption(page)).to_contain_text(words)
        settle(page)
    go_to(page, OTHER)
    expect(title(page)).to_have_text(OTHER.question.replace("`", ""))
    settle(page)
    answer(page, ANSWERS[OTHER.stem])
    main_slider(page, "input_size").press("ArrowRight")
    expect(caption(page)).to_contain_text("I = 4")
    settle(page)


def expect_all_there(page: Page, seq_len: int) -> None:
    """The page, its settings, both answers and the attempt are there, and no message about the server is."""
    settle(page)
    expect_shell(page, OTHER.question)
    expect(page.get_by_text(GONE)).to_be_hidden()
    expect(page.get_by_role("dialog")).to_have_count(0)
    for name, value in (("seq_len", seq_len), ("hidden_size", 7), ("input_size", 4)):
        expect(main_slider(page, name)).to_have_value(str(value))
    in_address(page, f"seq_len={seq_len}", "hidden_size=7", "input_size=4")
    expect(caption(page)).to_contain_text(f"T = {seq_len}")
    expect(alert(page, "No.")).to_be_visible()
    page.wait_for_function("stem => JSON.parse(sessionStorage.getItem('unrolled')).answers[stem]", arg=LIVE.stem)
    assert remembered(page).keys() == ANSWERS.keys()


def expect_first_lesson(page: Page) -> None:
    """The answer to the first lesson is on its page, and its attempt has a tick."""
    go_to(page, LIVE)
    expect(title(page)).to_have_text(LIVE.question.replace("`", ""))
    settle(page)
    expect(alert(page, "No.")).to_be_visible()
    attempts = current(page).get_by_test_id("stMarkdown").filter(has_text=ATTEMPT)
    expect(attempts.get_by_text("check_circle")).to_have_count(1)


def test_a_killed_replica_loses_nothing(visit, site):
    """The browser goes on by itself at the other replica: same lesson, same settings, same answers, same tick."""
    until(lambda: len(site.replicas()) == 2, "two replicas")
    page = visit("seq_len=7&hidden_size=6", at=site.server, excused=LOST)
    visited(page)
    before = site.replicas()
    (mine,) = (name for name, connections in before.items() if connections)
    (other,) = before.keys() - {mine}
    os.kill(site.pid(mine), signal.SIGKILL)
    until(lambda: site.replicas().get(other, 0) > 0, "the browser at the other replica")
    expect_all_there(page, 8)
    expect_first_lesson(page)
    page.close()


def test_a_rolling_restart_loses_nobody(visit, site):
    """Somebody moves a slider once a second while both replicas are restarted."""
    until(lambda: len(site.replicas()) == 2, "two replicas")
    page = visit("seq_len=7&hidden_size=6", at=site.server, excused=LOST)
    visited(page)
    start, old = len(site.server.said()), {site.pid(name) for name in site.replicas()}
    site.process.send_signal(signal.SIGHUP)
    moves, end = 0, time.monotonic() + 2 * PATIENCE
    while "All replicas have been restarted" not in site.server.said(start) or moves % 2:
        assert time.monotonic() < end
        next_move = time.monotonic() + MOVE
        main_slider(page, "seq_len").press("ArrowLeft" if moves % 2 else "ArrowRight")
        moves += 1
        time.sleep(max(0.0, next_move - time.monotonic()))
    assert moves > 4
    assert old.isdisjoint({site.pid(name) for name in site.replicas()})
    settle(page)
    main_slider(page, "seq_len").press("Home")  # the page works, whatever became of a move without a server
    main_slider(page, "seq_len").press("ArrowRight")
    expect(caption(page)).to_contain_text("T = 2")
    expect_all_there(page, 2)
    expect_first_lesson(page)
    page.close()
