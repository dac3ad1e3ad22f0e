"""Serves the dashboard with several processes on one machine, behind HAProxy. `make serve REPLICAS=2` runs this file.

Python computes on one core at a time, so one process carries one class. This program starts as many processes as it is
told (replicas), and HAProxy in front of them. Any replica can serve any visitor: if one ends, the browsers of its
visitors connect to another one, and find their settings and answers there.

- A process that ends is started again.
- SIGHUP restarts the replicas one after another, for example with new code. Nobody loses a page.
- SIGINT (Ctrl-C) and SIGTERM end everything.

It needs the standard library, and `haproxy`. With `redis-server` too, the replicas share what belongs to all visitors.
"""

import argparse
import contextlib
import csv
import functools
import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "deploy" / "haproxy.cfg"
MOST = 64  # replicas
LOOK = 0.2  # seconds between two looks at the processes
WARM = 300.0  # seconds until a replica must be ready; to import torch takes long on a slow or busy machine
LEAVE = 15.0  # seconds until a process must have ended
DRAIN = 1.0  # seconds in which requests that have begun may end, before a replica is stopped
STEADY = 30.0  # a process that ends sooner is started again after a pause
LONGEST = 30.0  # seconds of such a pause at most

NO_HAPROXY = (
    "HAProxy is not installed. On Debian and Ubuntu: apt-get install haproxy. "
    "Without it, `make run` serves one process."
)
NO_REDIS = (
    "redis-server is not installed, so each replica keeps its own classroom rooms: people in one room may not meet. "
    "On Debian and Ubuntu: apt-get install redis-server; or set UNROLLED_REDIS_URL; or use one replica."
)


class _EndedError(Exception):
    """Somebody asked this program to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal ends it; the exit status."""
    parser = argparse.ArgumentParser(prog="deploy/serve.py", description="The dashboard, with several processes.")
    parser.add_argument("--replicas", type=int, default=2, help="processes; each needs a core and 400 to 650 MB")
    parser.add_argument("--port", type=int, default=8501, help="where visitors connect to")
    parser.add_argument("--address", default="127.0.0.1", help="0.0.0.0 lets in visitors from other machines")
    options = parser.parse_args(arguments)
    if not 1 <= options.replicas <= MOST:
        parser.error(f"--replicas must be from 1 to {MOST}")
    haproxy = found("haproxy")
    if haproxy is None:
        return _failed(NO_HAPROXY)
    if not free(options.port, options.address):
        return _failed(f"{options.address}:{options.port} is in use, or no address of this machine. Try another PORT.")
    with tempfile.TemporaryDirectory(prefix="unrolled-") as folder:
        site = Site(Path(folder), options.replicas, options.port, options.address, haproxy)
        with site.listening_to_signals():
            return site.run()


def found(*names: str) -> str | None:
    """The path of the first of these programs that is installed. Debian keeps some where only root looks for them."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    return next((path for name in names if (path := shutil.which(name, path=places))), None)


def free(port: int, address: str = "127.0.0.1") -> bool:
    """Whether a server can listen there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError):
            return False
    return True


def ready(host: str, port: int) -> bool:
    """Whether a replica there, or one behind a proxy there, says that it is ready for visitors."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def configuration(template: str, ports: Sequence[int]) -> str:
    """HAProxy's configuration for replicas on these loopback ports. They have addresses, and need no name server."""
    lines = "\n".join(f"    server app{number} 127.0.0.1:{port}" for number, port in enumerate(ports, 1))
    text = re.sub(r"^resolvers .*\n(?:[ \t]+.*\n)*", "", template, flags=re.MULTILINE)
    return re.sub(r"^ +server-template .*$", lines, text, flags=re.MULTILINE)


def replica(port: int) -> list[str]:
    """The command of a replica."""
    options = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "true",
        "logger.hideWelcomeMessage": "true",  # it would show an address that is not the visitors'
    }
    run = [sys.executable, "-m", "streamlit", "run", "dashboard.py"]
    return run + [f"--{name}={value}" for name, value in options.items()]


class Child:
    """A process that is started again when it ends."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], port: int = 0, is_quiet: bool = False
    ) -> None:
        self.name, self.port = name, port
        self._out = subprocess.DEVNULL if is_quiet else None
        self._command, self._environment = command, environment
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._next = 0.0  # times: of the latest start, and before which there is no other
        self._pause = 0.0  # seconds

    def start(self) -> None:
        """Start the process. It does not get the Ctrl-C of the terminal: this program decides when it ends."""
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def revive(self) -> None:
        """Start the process again, if it has ended. One that ends at once waits longer each time."""
        if self._process is None or self.alive:
            return
        now = time.monotonic()
        if not self._next:
            lived = now - self._started
            self._pause = 0.0 if lived > STEADY else min(max(1.0, 2 * self._pause), LONGEST)
            self._next = now + self._pause
            say(f"{self.name} has ended (status {self._process.returncode}). It starts again in {self._pause:.0f} s.")
        if now >= self._next:
            self._next = 0.0
            self.start()

    def ask_to_end(self) -> None:
        """Ask the process to end."""
        if self._process is not None and self.alive:
            self._process.terminate()

    def stop(self) -> None:
        """End the process, by force if it takes too long. It is not started again until `start`."""
        self.ask_to_end()
        process, self._process, self._next = self._process, None, 0.0
        if process is None:
            return
        try:
            process.wait(LEAVE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def ready(self) -> bool:
        """Whether a replica says that it is ready for visitors."""
        return ready("127.0.0.1", self.port)


class Site:
    """HAProxy, the replicas, and Redis if there is one."""

    def __init__(self, folder: Path, replicas: int, port: int, address: str, haproxy: str) -> None:
        self._folder = folder
        self._admin = folder / "admin.sock"
        host = f"[{address}]" if ":" in address else address
        # Where this machine reaches it.
        self._port, self._own_address = port, {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
        self._ending = self._rolling = False
        environment = {**os.environ, "UNROLLED_ADMIN": str(self._admin), "UNROLLED_BIND": f"{host}:{port}"}
        # All replicas sign cookies with one secret: what one has signed, another must accept.
        environment.setdefault("STREAMLIT_SERVER_COOKIE_SECRET", secrets.token_hex(32))
        self._ports = _free_ports(port + 1)
        self._redis = None if environment.get("UNROLLED_REDIS_URL") else self._make_redis(environment)
        if not environment.get("UNROLLED_REDIS_URL") and replicas > 1:
            say(NO_REDIS)
        ports = [next(self._ports) for _ in range(replicas)]
        self._replicas = [Child(f"app{n}", replica(port), environment, port) for n, port in enumerate(ports, 1)]
        settings = folder / "haproxy.cfg"
        settings.write_text(configuration(TEMPLATE.read_text("utf-8"), ports), "utf-8")
        self._proxy = Child("HAProxy", [haproxy, "-f", str(settings)], environment)

    def _make_redis(self, environment: dict[str, str]) -> Child | None:
        """A Redis in memory only, with a password. Its address goes into `environment`. None if it is not installed."""
        server = found("redis-server", "valkey-server")
        if server is None:
            return None
        port, password = next(self._ports), secrets.token_hex(16)
        settings = self._folder / "redis.conf"  # not in the command, which every user of the machine can read
        settings.touch(0o600)
        settings.write_text(
            f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\nmaxmemory 64mb\n'
            f"maxmemory-policy noeviction\nloglevel warning\ndir {self._folder}\n",
            "utf-8",
        )
        environment["UNROLLED_REDIS_URL"] = f"redis://:{password}@127.0.0.1:{port}/0"
        return Child("Redis", [server, str(settings)], environment, is_quiet=True)

    @property
    def _children(self) -> list[Child]:
        """All processes, in the order in which they start."""
        return [*([self._redis] if self._redis else []), *self._replicas, self._proxy]

    @contextlib.contextmanager
    def listening_to_signals(self) -> Iterator[None]:
        """Let signals end everything, or ask for a rolling restart."""
        has_terminal = sys.stdout.isatty()

        def end(*_: object) -> None:
            self._ending = True

        def roll(*_: object) -> None:
            # When a terminal is closed, its programs get this signal too. Then its output is no terminal any more.
            if has_terminal and not sys.stdout.isatty():
                self._ending = True
            else:
                self._rolling = True

        handlers = {signal.SIGINT: end, signal.SIGTERM: end, signal.SIGHUP: roll}
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def run(self) -> int:
        """Serve until a signal ends it; the exit status."""
        try:
            for child in self._children:
                child.start()
            say(f"Starting, replicas: {len(self._replicas)}. It takes some seconds to load PyTorch.")
            if not self._wait(lambda: ready(self._own_address, self._port), WARM):
                return _failed(f"The dashboard did not answer within {WARM:.0f} s.")
            shown = f"[{self._own_address}]" if ":" in self._own_address else self._own_address
            say(f"The dashboard is at http://{shown}:{self._port}")
            say(f"Ctrl-C ends it. `kill -HUP {os.getpid()}` restarts the replicas one after another.")
            while True:
                self._look()
                if self._rolling:
                    self._rolling = False
                    self._roll()
        except _EndedError:
            return 0
        finally:
            children = self._children[::-1]
            for child in children:
                child.ask_to_end()
            for child in children:
                child.stop()

    def _look(self) -> None:
        """Wait a moment, then start again what has ended."""
        time.sleep(LOOK)
        if self._ending:
            raise _EndedError
        for child in self._children:
            child.revive()

    def _wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so, for at most so long; whether it is so."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                return False
            self._look()
        return True

    def _pause(self, seconds: float) -> None:
        self._wait(lambda: False, seconds)

    def _roll(self) -> None:
        """Restart the replicas one after another. The next one is stopped only when another one takes visitors."""
        for child in self._replicas:
            is_only = len(self._replicas) == 1
            if not is_only and not self._wait(functools.partial(self._has_another, child), WARM):
                say(f"The rolling restart has stopped: no replica but {child.name} takes visitors.")
                return
            say(f"Restarting {child.name}.")
            self._tell(f"set server app/{child.name} state drain")  # no new visitors
            self._pause(DRAIN)
            self._tell(f"set server app/{child.name} state maint")  # its visitors go to others
            child.stop()
            child.start()
            is_ready = self._wait(child.ready, WARM)
            self._tell(f"set server app/{child.name} state ready")
            if not is_ready:
                say(f"The rolling restart has stopped: {child.name} was not ready within {WARM:.0f} s.")
                return
        say("All replicas have been restarted.")

    def _has_another(self, child: Child) -> bool:
        """Whether HAProxy sends new visitors to another replica than this one."""
        table = csv.DictReader(self._tell("show stat").removeprefix("# ").splitlines())
        up = {row["svname"] for row in table if row["pxname"] == "app" and row["status"].startswith("UP")}
        return any(other.name in up for other in self._replicas if other is not child)

    def _tell(self, command: str) -> str:
        """HAProxy's answer to a command; empty if it does not answer."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as admin:
            admin.settimeout(5)
            admin.connect(str(self._admin))
            admin.sendall(f"{command}\n".encode())
            return b"".join(iter(lambda: admin.recv(65536), b"")).decode()
        return ""


def _free_ports(start: int) -> Iterator[int]:
    """Free loopback ports from `start` on. They stay the same, so they are not in the range that others are given."""
    return (port for port in range(start, 65536) if free(port))


def say(words: str) -> None:
    """Print a line. It may be that nobody is there to read it."""
    with contextlib.suppress(OSError):
        print(words, flush=True)


def _failed(words: str) -> int:
    print(words, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
