"""Who trains, and who waits: at most so many runs at once in the process, the others in the order they came."""

import threading
from collections.abc import Hashable

from components.training.run import STOPPED, TRAINING, Run, Source
from components.training.task import Task, updates

NAME = "training"  # what the threads' names begin with


class Registry:
    """The runs of a process. Only those that wait or train are held here; one that has ended is its owner's alone."""

    def __init__(self, at_once: int = 2, patience: float = 5.0) -> None:
        self.at_once, self.patience = at_once, patience
        self._lock = threading.Lock()
        self._queue: list[Run] = []
        self._training: list[Run] = []
        self._count = 0

    def enter(self, task: Task, source: Source = updates) -> Run:
        """A new run of the task, which trains as soon as there is room."""
        run = Run(task, self.patience, source)
        with self._lock:
            self._queue.append(run)
            self._fill()
        return run

    def stop(self, run: Run, why: str) -> None:
        """End a run, wherever it is; who waits behind it moves up."""
        with self._lock:
            run.stop(why)
            self._fill()

    def ahead(self, run: Run) -> tuple[int, int]:
        """How many train, and how many wait before this run. Those who have left the queue are not counted."""
        with self._lock:
            self._fill()
            place = self._queue.index(run) if run in self._queue else 0
            return len(self._training), place

    @property
    def held(self) -> int:
        """How many runs are held: those that train and those that wait."""
        with self._lock:
            return len(self._training) + len(self._queue)

    def _fill(self) -> None:
        for run in self._queue:
            if run.abandoned:
                run.stop("nobody was looking at it")
        self._queue = [run for run in self._queue if run.state != STOPPED]
        while self._queue and len(self._training) < self.at_once:
            run = self._queue.pop(0)
            run.state = TRAINING
            self._training.append(run)
            self._count += 1
            # A daemon: a server that is told to end does not wait for it.
            threading.Thread(target=self._carry_out, args=(run,), name=f"{NAME} {self._count}", daemon=True).start()

    def _carry_out(self, run: Run) -> None:
        try:
            run.carry_out()
        finally:
            with self._lock:
                self._training.remove(run)
                self._fill()


class Desk:
    """What one visitor has of a registry: at most one run, which ends with the visit."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.run: Run | None = None
        self.lost = 0  # steps of a run that a change has ended and that is of another task than is looked at
        self._setting: Hashable = None
        self._closed = False

    def turn_to(self, task: Task, setting: Hashable) -> None:
        """The visitor looks at this task, among these settings: a run of others ends, and one of another task goes."""
        if self.run is None:
            return
        self.run.beat()
        if (task, setting) != (self.run.task, self._setting):
            self.registry.stop(self.run, "a setting was changed")
        if task != self.run.task:
            self.lost = self.run.step if self.run.why else 0
            self.run = None

    def begin(self, task: Task, setting: Hashable, source: Source = updates) -> None:
        """Start, or wait to; the run before it ends."""
        self.stop("another one was started")
        if not self._closed:
            self.run, self._setting = self.registry.enter(task, source), setting

    def stop(self, why: str = "as you wished") -> None:
        """End the run, if there is one; what it has found stays."""
        if self.run is not None:
            self.registry.stop(self.run, why)

    def close(self) -> None:
        """The visit is over: the run ends and is forgotten, and no other one begins."""
        self._closed = True
        self.stop("its visitor has left")
        self.run = None
