"""A Streamlit server for a measurement: it is started on loopback, tells its CPU time and memory, and is stopped."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

ROOT = Path(__file__).resolve().parent.parent
FLOOR = ROOT / "benchmarks" / "floor.py"


def free_port() -> int:
    """A free loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Server:
    """`streamlit run app` as a context manager, with the settings in the app's own folder.

    The command adds only what a measurement needs, so that the app is measured as it is shipped. Its own settings
    decide about the file watcher. The floor has no settings, so the command switches its watcher off. A watcher would
    slow down the floor, and the app would look better than it is.
    """

    def __init__(self, app: Path) -> None:
        self.app = app
        self.options = {"server.fileWatcherType": "none"} if app == FLOOR else {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def command(self) -> list[str]:
        """The command that starts the server."""
        options = {
            "server.address": "127.0.0.1",
            "server.port": self.port,
            "server.headless": "true",
            "browser.gatherUsageStats": "false",
            **self.options,
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        return [sys.executable, "-m", "streamlit", "run", str(self.app), *arguments]

    def __enter__(self) -> Self:
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")
        # In the app's own folder, where Streamlit finds the app's settings.
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            self.command,
            cwd=self.app.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        try:
            self._wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def cpu(self) -> float:
        """The CPU time that the process has used so far, in ms."""
        pid = self.process.pid
        if sys.platform == "linux":
            # The CPU clock of the process, see clock_getcpuclockid(3). It counts nanoseconds, and it includes threads
            # that have ended. /proc counts in steps of 10 ms, which is half of a fast rerun.
            return time.clock_gettime((~pid << 3) | 2) * 1e3
        times = psutil.Process(pid).cpu_times()
        return (times.user + times.system) * 1e3

    def memory(self) -> float:
        """The resident memory of the process, in MB (10^6 bytes)."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6

    def threads(self) -> int:
        """How many threads the process has."""
        return int(psutil.Process(self.process.pid).num_threads())

    def tracebacks(self) -> int:
        """How many tracebacks the server has logged so far."""
        self.log.seek(0)
        return self.log.read().count("Traceback (most recent call last)")

    def _wait(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        self.log.seek(0)
        raise RuntimeError(f"{self.app.name} did not start:\n{self.log.read()}")

    def _stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
