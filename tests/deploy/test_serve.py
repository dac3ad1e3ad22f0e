"""`deploy/serve.py` with a real HAProxy. Small servers stand for the replicas, because these tests ask for no page."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from deploy import serve
from tests import ROOT

PATIENCE = 30.0  # seconds
SITE = """
import sys
from deploy import serve
serve.replica = lambda port: [sys.executable, "tests/deploy/replica.py", str(port)]
serve.STEADY, serve.DRAIN = 0.5, 0.1
sys.exit(serve.main(sys.argv[1:]))
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@dataclass
class Site:
    """A running `deploy/serve.py`."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str = "/", cookie: str = "", **headers: str) -> tuple[int, str, str]:
        """Status, text and cookie of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=headers | ({"Cookie": cookie} if cookie else {}))
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, text, (answer.getheader("Set-Cookie") or cookie).split(";")[0]
        finally:
            connection.close()

    def replicas(self) -> set[str]:
        """The process ids of the replicas that answer new visitors now."""
        return {self.get()[1] for _ in range(6)}


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


@contextlib.contextmanager
def serving(*options: str, **environment: str) -> Iterator[Site]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SITE, "--port", str(port), *options],
        cwd=ROOT,
        env={**os.environ, "UNROLLED_REDIS_URL": "redis://nobody.invalid", **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: said(process, "The dashboard is at"))
        yield Site(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def said(process: subprocess.Popen[str], words: str) -> bool:
    """Whether the next line that the program prints has these words."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "it has ended"
    return words in line


@pytest.fixture
def site(haproxy: str) -> Iterator[Site]:
    with serving() as running:
        until(lambda: len(running.replicas()) == 2)
        yield running


def is_running(pid: str) -> bool:
    """Whether a process runs. One that has ended, and that its parent has not noticed yet, does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_visitor_stays_at_one_replica(site: Site) -> None:
    """New visitors are spread. Whoever has the cookie gets the same replica each time."""
    _, first, cookie = site.get()
    assert cookie.startswith("UNROLLED=")
    assert {site.get(cookie=cookie)[1] for _ in range(6)} == {first}


def test_a_killed_replica_loses_no_request_and_comes_back(site: Site) -> None:
    _, first, cookie = site.get()
    os.kill(int(first), signal.SIGKILL)
    for _ in range(20):
        status, text, _ = site.get(cookie=cookie)
        assert status == 200
        assert text != first
    until(lambda: len(site.replicas() - {first}) == 2)


def test_a_rolling_restart_loses_no_request(site: Site) -> None:
    """All replicas are new, and there was an answer all the time."""
    before = site.replicas()
    site.process.send_signal(signal.SIGHUP)
    visitors = [site.get()[2] for _ in range(4)]
    end = time.monotonic() + PATIENCE
    while len(site.replicas() - before) < 2:
        assert time.monotonic() < end
        for number, cookie in enumerate(visitors):
            status, _, visitors[number] = site.get(cookie=cookie)
            assert status == 200
    until(lambda: not any(map(is_running, before)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything(site: Site, number: signal.Signals) -> None:
    pids = site.replicas()
    site.process.send_signal(number)
    assert site.process.wait(PATIENCE) == 0
    assert not any(map(is_running, pids))
    assert serve.free(site.port)


def test_a_file_is_found_wherever_it_is(site: Site) -> None:
    """A file is in the memory of the replica that made it. The other one is asked first half of the time."""
    for pid in site.replicas():
        for _ in range(4):
            assert site.get(f"/media/{pid}")[:2] == (200, pid)
    assert site.get("/media/nowhere")[0] == 404


def test_only_own_pages_open_a_websocket(site: Site) -> None:
    """A page elsewhere does not get to a replica. A program that is no browser says nothing of a page."""
    websocket = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw=="}
    for own in ("http://127.0.0.1:{}", "https://127.0.0.1:{}"):
        assert site.get("/_stcore/stream", Origin=own.format(site.port), **websocket)[0] == 200
    assert site.get("/_stcore/stream", **websocket)[0] == 200
    for other in ("http://127.0.0.1", "https://elsewhere.example", "http://127.0.0.1:{}.elsewhere.example", "null", ""):
        assert site.get("/_stcore/stream", Origin=other.format(site.port), **websocket)[0] == 403
    assert site.get("/", Origin="https://elsewhere.example")[0] == 200  # a link to the dashboard


def test_without_haproxy_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "found", lambda *_: None)
    assert serve.main(["--port", str(free_port())]) == 1
    assert "HAProxy is not installed. On Debian and Ubuntu: apt-get install haproxy." in capsys.readouterr().err


def test_a_port_in_use_is_named(haproxy: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve.main(["--port", str(port)]) == 1
    assert f"127.0.0.1:{port} is in use" in capsys.readouterr().err


@pytest.mark.parametrize("replicas", ["0", "-1", "65", "two"])
def test_a_number_of_replicas_that_cannot_be_is_refused(replicas: str) -> None:
    with pytest.raises(SystemExit):
        serve.main(["--replicas", replicas])


def test_a_process_that_ends_at_once_is_started_less_and_less_often(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The time is that of a clock of our own. The pauses double, up to half a minute."""
    now, starts = 0.0, []
    monkeypatch.setattr(time, "monotonic", lambda: now)
    child = serve.Child("app1", [sys.executable, "-c", ""], {**os.environ})
    start = child.start

    def noted() -> None:
        starts.append(now)
        start()
        assert child._process is not None
        child._process.wait()

    monkeypatch.setattr(child, "start", noted)
    child.start()
    while now < 100:
        child.revive()
        now += 0.5
    pauses = [int(pause) for pause in re.findall(r"starts again in (\d+) s", capsys.readouterr().out)]
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    assert all(
        pause <= after - before <= pause + 1 for pause, (before, after) in zip(pauses, pairwise(starts), strict=False)
    )


def test_replicas_share_a_redis_that_only_they_can_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It listens on loopback alone, asks for a password, and only this user may read the password."""
    monkeypatch.delenv("UNROLLED_REDIS_URL", raising=False)
    monkeypatch.setattr(serve, "found", lambda *_: "/usr/bin/redis-server")
    site = serve.Site(tmp_path, 2, free_port(), "127.0.0.1", "haproxy")
    url = site._replicas[0]._environment["UNROLLED_REDIS_URL"]
    match = re.fullmatch(r"redis://:(\w{32})@127\.0\.0\.1:(\d+)/0", url)
    assert match
    settings = tmp_path / "redis.conf"
    assert settings.stat().st_mode & 0o077 == 0
    assert {f"requirepass {match[1]}", f"port {match[2]}", "bind 127.0.0.1"} <= {*settings.read_text().split("\n")}
    assert site._replicas[1]._environment["UNROLLED_REDIS_URL"] == url
    assert int(match[2]) not in [child.port for child in site._replicas]


@pytest.mark.parametrize(("replicas", "speaks"), [(1, False), (2, True)])
def test_without_redis_it_says_what_that_means(
    replicas: int, speaks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("UNROLLED_REDIS_URL", raising=False)
    monkeypatch.setattr(serve, "found", lambda *_: None)
    serve.Site(tmp_path, replicas, free_port(), "127.0.0.1", "haproxy")
    assert (serve.NO_REDIS in capsys.readouterr().out) is speaks


def test_replicas_have_one_secret_and_the_redis_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNROLLED_REDIS_URL", "redis://elsewhere")
    monkeypatch.delenv("STREAMLIT_SERVER_COOKIE_SECRET", raising=False)
    environments = [
        child._environment for child in serve.Site(tmp_path, 3, free_port(), "127.0.0.1", "haproxy")._replicas
    ]
    secrets = {environment["STREAMLIT_SERVER_COOKIE_SECRET"] for environment in environments}
    assert [len(secret) for secret in secrets] == [64]
    assert {environment["UNROLLED_REDIS_URL"] for environment in environments} == {"redis://elsewhere"}


@pytest.mark.parametrize(("terminals", "ends"), [((True, False), True), ((True, True), False), ((False, False), False)])
def test_a_closed_terminal_ends_it_and_a_hangup_from_elsewhere_does_not(
    terminals: tuple[bool, bool], ends: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A closed terminal sends the signal that else asks for a rolling restart. It was there, and is not any more."""
    monkeypatch.setenv("UNROLLED_REDIS_URL", "redis://elsewhere")
    site = serve.Site(tmp_path, 2, free_port(), "127.0.0.1", "haproxy")
    answers = iter(terminals)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: next(answers))
    with site.listening_to_signals():
        os.kill(os.getpid(), signal.SIGHUP)
    assert (site._ending, site._rolling) == (ends, not ends)


# The configuration


@pytest.fixture
def valid(haproxy: str, tmp_path: Path) -> Callable[[str], str]:
    """What HAProxy says about a configuration, if it is not valid."""

    def check(text: str) -> str:
        file = tmp_path / "haproxy.cfg"
        file.write_text(text, "utf-8")
        checked = subprocess.run([haproxy, "-c", "-f", file], capture_output=True, text=True, timeout=60)
        return checked.stderr if checked.returncode or "[WARNING]" in checked.stderr else ""

    return check


def test_the_configuration_is_valid(valid: Callable[[str], str]) -> None:
    """Both as a container uses it, and with the ports of `make serve`."""
    template = serve.TEMPLATE.read_text("utf-8")
    assert valid(template) == ""
    made = serve.configuration(template, [9001, 9002, 9003])
    assert valid(made) == ""
    assert made.count("\n    server app3 127.0.0.1:9003\n") == 2  # in each backend
    directives = {line.split()[0] for line in made.splitlines() if line.split()}
    assert directives.isdisjoint({"server-template", "resolvers", "parse-resolv-conf", "hold"})
    assert valid(made.replace("balance leastconn", "balance fairly")) != ""


def name_server(addresses: list[str]) -> tuple[socket.socket, int]:
    """A name server on loopback that gives these addresses for each name. It ends when its socket is closed."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                query, sender = server.recvfrom(512)
                question = query[12 : query.index(b"\0", 12) + 5]
                is_a = question[-4:-2] == b"\0\1"
                found = addresses if is_a else []
                records = b"".join(b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton(address) for address in found)
                head = query[:2] + struct.pack(">HHHHH", 0x8580, 1, len(found), 0, 0)
                server.sendto(head + question + records, sender)

    threading.Thread(target=answer, daemon=True).start()
    port: int = server.getsockname()[1]
    return server, port


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all loopback addresses without setting them up")
def test_a_container_finds_the_replicas_by_name(haproxy: str, tmp_path: Path) -> None:
    """The file as it is: two replicas have one name and one port. The third one comes later."""
    port, front, addresses = free_port(), free_port(), ["127.0.0.2", "127.0.0.3"]
    names, dns = name_server(addresses)
    text = serve.TEMPLATE.read_text("utf-8").replace("    parse-resolv-conf\n", f"    nameserver own 127.0.0.1:{dns}\n")
    (tmp_path / "haproxy.cfg").write_text(text, "utf-8")
    environment = {
        **os.environ,
        "UNROLLED_ADMIN": str(tmp_path / "admin.sock"),
        "UNROLLED_BIND": f"127.0.0.1:{front}",
        "UNROLLED_SERVICE": f"app.test:{port}",
    }
    processes = [
        subprocess.Popen([sys.executable, "tests/deploy/replica.py", f"127.0.0.{number}:{port}"], cwd=ROOT)
        for number in (2, 3, 4)
    ]
    proxy = subprocess.Popen([haproxy, "-f", tmp_path / "haproxy.cfg"], env=environment)
    site = Site(proxy, front)  # type: ignore[arg-type]
    try:
        until(lambda: not serve.free(front))
        pids = [str(process.pid) for process in processes]
        until(lambda: site.replicas() == {*pids[:2]})
        _, first, cookie = site.get()
        assert {site.get(cookie=cookie)[1] for _ in range(6)} == {first}
        assert site.get(f"/media/{pids[0]}")[:2] == site.get(f"/media/{pids[0]}")[:2] == (200, pids[0])
        addresses.append("127.0.0.4")
        until(lambda: site.replicas() == {*pids})
    finally:
        for process in [proxy, *processes]:
            process.terminate()
            process.wait()
        names.close()


def test_the_unit_for_systemd_starts_it(tmp_path: Path) -> None:
    """Its command names this program and options that it has; systemd, if it is installed, finds no mistake."""
    unit = (ROOT / "deploy" / "unrolled.service").read_text("utf-8")
    _, program, *options = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)[0].split()
    told = subprocess.run([sys.executable, program, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {option for option in options if option.startswith("--")} <= {*re.findall(r"--\w+", told.stdout)}
    if shutil.which("systemd-analyze"):
        here = unit.replace("/opt/unrolled/.venv/bin/python", sys.executable).replace("/opt/unrolled", str(ROOT))
        file = tmp_path / "unrolled.service"
        file.write_text(here.replace("User=unrolled\n", ""), "utf-8")
        checked = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True, check=False)
        assert "unrolled.service" not in checked.stderr, checked.stderr
