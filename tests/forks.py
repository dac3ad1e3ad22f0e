"""A process that has imported what is slow to import, and forks for whoever asks: a child is fresh and there at once.

One fork server serves all processes of a test run, and ends with it. It has a process for each kind of child:

- `program`: has imported torch, and nothing else. A warning is an error, as in `python -W error`.
- `server`: has imported torch, Streamlit and Altair, and nothing of this project. The child is `streamlit run`.
- `kernel`: has imported torch and ipykernel. The child is a kernel of Jupyter.

A child shares no name, no module of this project and no state with another one. What a child cannot show is how an
import goes: tests of this start a process of their own.
"""

import atexit
import contextlib
import fcntl
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

AVAILABLE = sys.platform == "linux"  # elsewhere a process cannot be split safely
FOLDER = "UNROLLED_FORK_SERVER"  # in the environment: where the fork server of this test run is
OWNER = "UNROLLED_FORK_SERVER_OWNER"  # the process with which it ends
KINDS = {
    "program": ("torch",),
    "server": ("pandas", "altair", "streamlit.web.cli", "streamlit.web.bootstrap"),
    "kernel": ("ipykernel.kernelapp", "ipykernel.ipkernel"),
}
START = 120.0  # s, for all imports
LIMIT = 120  # s, for one program


# The side of the tests


class Child:
    """A process that the fork server has made."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("r")
        self.pid = int(self._lines.readline())

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return not select.select([self._connection], [], [], 0)[0]

    def wait(self, timeout: float | None = None) -> int:
        """The code that it ended with, as `subprocess` gives it. After `timeout` s it is killed: TimeoutError."""
        self._connection.settimeout(timeout)
        try:
            return int(self._lines.readline())
        finally:
            self._lines.close()
            self._connection.close()  # the fork server kills the child of a closed connection

    def terminate(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)


def child(kind: str, argv: list[str], out: Path, complaints: Path | None = None) -> Child:
    """A new child: a `program` gets its file, a `server` or a `kernel` its command line. It writes to `out`.

    It runs in the root of the project, with the environment of this process.
    """
    home = folder()
    with (home / "lock").open("w") as lock:  # one of all that ask makes it
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _there(home / "program"):
            command = [sys.executable, "-W", "error", __file__, str(home), os.environ[OWNER]]
            log = (os.POSIX_SPAWN_OPEN, 1, str(home / "log"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            streams = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), log, (os.POSIX_SPAWN_DUP2, 1, 2)]
            os.posix_spawn(sys.executable, command, os.environ, file_actions=streams, setsid=True)
            _wait_for(home, "program")
        if not _there(home / kind):
            _ask(home / "program", {"kind": kind}).close()
            _wait_for(home, kind)
    request = {"argv": argv, "streams": [str(out), str(complaints or out)], "environment": dict(os.environ)}
    return Child(_ask(home / kind, request | {"folder": str(Path(__file__).parents[1])}))


@contextlib.contextmanager
def of_this_run() -> Iterator[None]:
    """Let this process and all it starts share one fork server, made when it is needed. It ends with the block."""
    with tempfile.TemporaryDirectory(prefix="forks", ignore_cleanup_errors=True) as folder:
        os.environ |= {FOLDER: folder, OWNER: str(os.getpid())}
        try:
            yield
        finally:
            del os.environ[FOLDER], os.environ[OWNER]
            for kind in KINDS:
                if _there(Path(folder, kind)):
                    _ask(Path(folder, kind), {"end": True}).close()


@cache
def folder() -> Path:
    """Where the processes of this test run can share files, too."""
    if FOLDER not in os.environ:  # outside of pytest: until this process ends
        stack = contextlib.ExitStack()
        stack.enter_context(of_this_run())
        atexit.register(stack.close)
    return Path(os.environ[FOLDER])


def _ask(path: Path, request: Mapping[str, Any]) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))
    connection.sendall(json.dumps(request).encode() + b"\n")
    return connection


def _there(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return False
        return True


def _wait_for(home: Path, kind: str) -> None:
    deadline = time.monotonic() + START
    while not _there(home / kind):
        if time.monotonic() > deadline:
            raise RuntimeError(f"The fork server did not start. It said:\n{(home / 'log').read_text('utf-8')}")
        time.sleep(0.02)


# The side of the fork server


def serve(kind: str, home: Path, owner: int) -> None:
    """Import what the children need, and make them until the owner of the test run is gone. A child returns."""
    if kind != "program":  # as Python starts without -W error
        sys.warnoptions.clear()
        warnings.resetwarnings()
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
        warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")
    for name in KINDS[kind]:
        importlib.import_module(name)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(home / kind))
    listener.listen(64)
    ended, note = socket.socketpair()
    ended.setblocking(False)
    note.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(note.fileno(), warn_on_full_buffer=False)
    children: dict[int, socket.socket | None] = {}
    while os.path.exists(f"/proc/{owner}"):
        waiting = {connection: pid for pid, connection in children.items() if connection}
        ready = select.select([listener, ended, *waiting], [], [], 2)[0]
        if ended in ready:
            ended.recv(4096)
            for pid in [*children]:
                if (found := os.waitpid(pid, os.WNOHANG)) != (0, 0) and (connection := children.pop(pid)):
                    with connection, contextlib.suppress(OSError):
                        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(found[1]))
        for connection, pid in waiting.items():
            if connection in ready and pid in children:  # whoever asked for it is gone
                connection.close()
                children[pid] = None
                os.kill(pid, signal.SIGKILL)
        if listener in ready:
            connection, _ = listener.accept()
            with connection.makefile("r") as lines:
                request = json.loads(lines.readline() or "{}")
            if request.get("end"):
                break
            if not request:  # somebody looked whether this kind is there
                connection.close()
                continue
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for one in (listener, ended, note, connection, *waiting):
                    one.close()
                return _become(kind, request, home, owner)
            if "kind" in request:
                connection.close()
                children[pid] = None
            else:
                connection.sendall(b"%d\n" % pid)
                children[pid] = connection
    for pid, connection in children.items():
        if connection:
            os.kill(pid, signal.SIGKILL)
    os._exit(0)


def _become(kind: str, request: dict[str, Any], home: Path, owner: int) -> None:
    """Be what was asked for."""
    if "kind" in request:
        return serve(request["kind"], home, owner)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ |= request["environment"]
    for number, path in enumerate(request["streams"], start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), number)
    sys.argv = request["argv"]
    if kind == "program":
        sys.path[0] = ""
        signal.alarm(LIMIT)
        source = Path(sys.argv[0]).read_text("utf-8")
        exec(compile(source, "<stdin>", "exec"), {"__name__": "__main__"})
    elif kind == "server":
        sys.path[0] = request["folder"]
        from streamlit.web.cli import main

        main(prog_name="streamlit")
    else:
        sys.path[0] = request["folder"]
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance()
    return None


if __name__ == "__main__":
    if sys.argv[1] == "relay":  # a process that lives as long as the child, for those who want one of their own
        sys.exit(child(sys.argv[2], sys.argv[2:], Path(os.devnull)).wait())
    sys.path[0] = ""  # not the folder of the tests
    serve("program", Path(sys.argv[1]), int(sys.argv[2]))
