"""Sites of several processes behind HAProxy, started as `make serve` starts them, and visitors who never rest.

The visitors share the machine's cores with what they measure. So the processor time of both is measured too: it
says how many moves a second the same processes would serve if the visitors were on machines of their own.
"""

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Self

import psutil

from benchmarks.server import ROOT, free_port
from benchmarks.sessions import LostSessionError, Session

PATIENCE = 120  # seconds until all replicas must be ready


class Site:
    """`deploy/serve.py` with `replicas` replicas, as a context manager."""

    def __init__(self, replicas: int) -> None:
        self.replicas = replicas
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8")
        command = [sys.executable, "deploy/serve.py", "--replicas", str(self.replicas), "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )
        end = time.monotonic() + PATIENCE
        while self._said(" is UP, ") < self.replicas:  # HAProxy, of each replica
            if self._process.poll() is not None or time.monotonic() > end:
                self._log.seek(0)
                said = self._log.read()
                self.__exit__()
                raise RuntimeError(f"the site did not start: {said}")
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(60)
        self._log.close()

    def _said(self, words: str) -> int:
        self._log.seek(0)
        return self._log.read().count(words)

    def tracebacks(self) -> int:
        """How many tracebacks the replicas have logged so far."""
        return self._said("Traceback (most recent call last)")

    def cpu(self) -> tuple[float, float]:
        """The processor time that all replicas have used so far, and that of the proxy, in seconds."""
        used = [0.0, 0.0]
        for child in psutil.Process(self._process.pid).children():
            times, command = child.cpu_times(), " ".join(child.cmdline())
            if "dashboard.py" in command:
                used[0] += times.user + times.system
            elif "haproxy.cfg" in command:
                used[1] += times.user + times.system
        return used[0], used[1]


@dataclass
class Work:
    """Moves that were served, in how many seconds, and the processor time in seconds that they took."""

    moves: int = 0
    seconds: float = 0
    replicas: float = 0
    proxy: float = 0
    visitors: float = 0
    times: list[float] = field(default_factory=list)  # ms of each move
    errors: int = 0
    lost: int = 0

    @property
    def rate(self) -> float:
        """Moves a second."""
        return self.moves / self.seconds

    @property
    def cores(self) -> float:
        """How many cores were busy with all of it."""
        return (self.replicas + self.proxy + self.visitors) / self.seconds

    def add(self, work: "Work") -> None:
        """Add another round."""
        for name, value in vars(work).items():
            setattr(self, name, getattr(self, name) + value)


def press(site: Site, visitors: int, seconds: float, round_number: int) -> Work:
    """Let visitors move sliders for so long, each as soon as the last move is answered. No settings repeat."""
    work = Work()

    async def visit(number: int, start: asyncio.Barrier) -> None:
        session = Session(site, seq_len=11, hidden_size=4, input_size=1 + number)
        try:
            async with session:
                await session.rerun(seq_len=12)
                await start.wait()
                if number == 0:
                    begin()
                for move in itertools.count():
                    if time.monotonic() > end:
                        break
                    hidden_size = 5 + 10 * (round_number % 8) + move // 20 % 10
                    work.times.append(await session.rerun(seq_len=12 + move % 20, hidden_size=hidden_size))
        except (LostSessionError, OSError, asyncio.BrokenBarrierError):
            work.lost += 1
            await start.abort()
        work.errors += session.errors

    began, end, before = 0.0, float("inf"), (0.0, 0.0, 0.0)

    def begin() -> None:
        nonlocal began, end, before
        began = time.monotonic()
        end, before = began + seconds, (*site.cpu(), time.process_time())

    async def all_of_them() -> None:
        start = asyncio.Barrier(visitors)
        await asyncio.gather(*(visit(number, start) for number in range(visitors)))

    asyncio.run(all_of_them())
    work.moves, work.seconds = len(work.times), time.monotonic() - began
    used = (*site.cpu(), time.process_time())
    work.replicas, work.proxy, work.visitors = (after - first for after, first in zip(used, before, strict=True))
    return work


def cores() -> int:
    """The cores of this machine."""
    return os.cpu_count() or 1
