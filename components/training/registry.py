"""The queue: a few runs go on at once in the process, and the others wait in order.

Only one measurement runs at a time, because two would disturb each other.
"""

import logging
import threading
from collections.abc import Hashable
from typing import Any

from components.training.run import WAITING, Run
from components.training.work import MEASURING, Finding, Work

NAME = "beside"  # the names of the threads begin with this


class Registry:
    """The runs of a process that wait or go on. When a run has ended, only its desk still holds it."""

    def __init__(self, at_once: int = 2, patience: float = 5.0) -> None:
        self.at_once, self.patience = at_once, patience
        self._lock = threading.Lock()
        self._queue: list[Run[Any]] = []
        self._running: list[Run[Any]] = []
        self._count = 0

    def enter(self, work: Work[Finding]) -> Run[Finding]:
        """A new run of the work. It starts as soon as there is room."""
        run = Run(work, self.patience)
        with self._lock:
            self._queue.append(run)
            self._fill()
        return run

    def stop(self, run: Run[Any], why: str) -> None:
        """End a run, whether it waits or goes on. The runs behind it move up."""
        with self._lock:
            run.stop(why)
            self._fill()

    def ahead(self, run: Run[Any]) -> tuple[list[str], int] | None:
        """The kinds of the runs that go on, and how many runs wait before this one. None if this run does not wait.

        Abandoned runs are not counted.
        """
        with self._lock:
            self._fill()
            if run not in self._queue:
                return None
            return [running.work.kind for running in self._running], self._queue.index(run)

    @property
    def held(self) -> int:
        """How many runs wait or go on."""
        with self._lock:
            return len(self._running) + len(self._queue)

    def _fill(self) -> None:
        """Drop abandoned runs, then start the runs for which there is room. The caller holds the lock."""
        for run in self._queue:
            if run.abandoned:
                run.stop("nobody was looking at it")
        self._queue = [run for run in self._queue if run.state == WAITING]
        for run in [*self._queue]:  # not only the first: a training may pass a measurement that has to wait
            if self._has_room(run):
                self._queue.remove(run)
                self._start(run)

    def _has_room(self, run: Run[Any]) -> bool:
        kinds = [running.work.kind for running in self._running]
        undisturbed = run.work.kind != MEASURING or MEASURING not in kinds
        return undisturbed and len(kinds) < self.at_once

    def _start(self, run: Run[Any]) -> None:
        run.start()
        self._running.append(run)
        self._count += 1
        try:
            # A daemon, so that the server can end without waiting for it.
            threading.Thread(target=self._carry_out, args=(run,), name=f"{NAME} {self._count}", daemon=True).start()
        except Exception:  # too many threads. Without this the run would keep its place for ever
            logging.getLogger(__name__).exception("no thread: %s", run.work.kind)
            self._running.remove(run)
            run.fail("the server has too much to do")

    def _carry_out(self, run: Run[Any]) -> None:
        try:
            run.carry_out()
        finally:
            with self._lock:
                self._running.remove(run)
                self._fill()


class Desk:
    """Holds one visitor's run for one button. There is at most one run, and it ends when the visitor leaves.

    Each button has a desk of its own. So a visitor can measure while a training goes on, and a figure stays
    until the same button measures again.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.run: Run[Any] | None = None  # the latest run, of any work
        self.asked = False  # for a new run, of the work that is shown next
        self._setting: Hashable = None
        self._closed = False

    def turn_to(self, work: Work[Finding], setting: Hashable) -> Run[Finding] | None:
        """The run of this work, if there is one. The visitor now looks at this work with this `setting`.

        If the desk's run has another work or was started with another setting, it ends.
        """
        if self.run is None:
            return None
        self.run.beat()
        if (work, setting) != (self.run.work, self._setting):
            self.registry.stop(self.run, "a setting was changed")
        return self.of(work)

    def of(self, work: Work[Finding]) -> Run[Finding] | None:
        """The desk's run if it has this work, else None."""
        return self.run if self.run is not None and self.run.work == work else None

    def ask(self) -> None:
        """Ask for a run of the work that is shown next."""
        self.asked = True

    def begin(self, work: Work[Finding], setting: Hashable) -> None:
        """End the run before, and put a new one into the queue."""
        self.asked = False
        self.stop("another one was started")
        if not self._closed:
            self.run, self._setting = self.registry.enter(work), setting

    def stop(self, why: str = "you stopped it") -> None:
        """End the run, if there is one. Its findings stay."""
        if self.run is not None:
            self.registry.stop(self.run, why)

    def close(self) -> None:
        """The visitor has left: end and forget the run. After this no run can begin."""
        self._closed = True
        self.stop("its visitor has left")
        self.run = None
