"""What runs beside the pages, and what waits: at most so many runs at once in the process, the others in their order.

Of measurements there is one at a time: two would disturb each other.
"""

import logging
import threading
from collections.abc import Hashable
from typing import Any

from components.training.run import WAITING, Run
from components.training.work import MEASURING, Found, Work

NAME = "beside"  # what the threads' names begin with


class Registry:
    """The runs of a process. Only those that wait or run are held here; one that has ended is its owner's alone."""

    def __init__(self, at_once: int = 2, patience: float = 5.0) -> None:
        self.at_once, self.patience = at_once, patience
        self._lock = threading.Lock()
        self._queue: list[Run[Any]] = []
        self._running: list[Run[Any]] = []
        self._count = 0

    def enter(self, work: Work[Found]) -> Run[Found]:
        """A new run of the work, which begins as soon as there is room."""
        run = Run(work, self.patience)
        with self._lock:
            self._queue.append(run)
            self._fill()
        return run

    def stop(self, run: Run[Any], why: str) -> None:
        """End a run, wherever it is; who waits behind it moves up."""
        with self._lock:
            run.stop(why)
            self._fill()

    def ahead(self, run: Run[Any]) -> tuple[list[str], int] | None:
        """The kinds of those that run, and how many wait before this run; None if it does not wait (any more).

        Those who have left the queue are not counted.
        """
        with self._lock:
            self._fill()
            if run not in self._queue:
                return None
            return [one.work.kind for one in self._running], self._queue.index(run)

    @property
    def held(self) -> int:
        """How many runs are held: those that run and those that wait."""
        with self._lock:
            return len(self._running) + len(self._queue)

    def _fill(self) -> None:
        for run in self._queue:
            if run.abandoned:
                run.stop("nobody was looking at it")
        self._queue = [run for run in self._queue if run.state == WAITING]
        for run in [*self._queue]:  # a measurement that has to wait does not keep those behind it waiting
            if self._has_room(run):
                self._queue.remove(run)
                self._start(run)

    def _has_room(self, run: Run[Any]) -> bool:
        kinds = [one.work.kind for one in self._running]
        undisturbed = run.work.kind != MEASURING or MEASURING not in kinds
        return undisturbed and len(kinds) < self.at_once

    def _start(self, run: Run[Any]) -> None:
        run.start()
        self._running.append(run)
        self._count += 1
        try:
            # A daemon: a server that is told to end does not wait for it.
            threading.Thread(target=self._carry_out, args=(run,), name=f"{NAME} {self._count}", daemon=True).start()
        except Exception:  # there is a limit to threads; without one nobody would ever give the place back
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
    """What one visitor has of a registry, for one button: at most one run, which ends with the visit.

    One for each button, not one for all: whoever measures while a training goes on wants both, and a figure stays
    until the same thing is measured again.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.run: Run[Any] | None = None  # the last one, whatever its work
        self._setting: Hashable = None
        self._closed = False

    def turn_to(self, work: Work[Found], setting: Hashable) -> Run[Found] | None:
        """The visitor looks at this work, among these settings: the run of it, if there is one; one of others ends."""
        if self.run is None:
            return None
        self.run.beat()
        if (work, setting) != (self.run.work, self._setting):
            self.registry.stop(self.run, "a setting was changed")
        return self.of(work)

    def of(self, work: Work[Found]) -> Run[Found] | None:
        """The run, if it is one of this work."""
        return self.run if self.run is not None and self.run.work == work else None

    def begin(self, work: Work[Found], setting: Hashable) -> None:
        """Start, or wait to; the run before it ends."""
        self.stop("another one was started")
        if not self._closed:
            self.run, self._setting = self.registry.enter(work), setting

    def stop(self, why: str = "you stopped it") -> None:
        """End the run, if there is one; what it has found stays."""
        if self.run is not None:
            self.registry.stop(self.run, why)

    def close(self) -> None:
        """The visit is over: the run ends and is forgotten, and no other one begins."""
        self._closed = True
        self.stop("its visitor has left")
        self.run = None
