"""One training: from its place in the queue to its end. It is carried out in a thread that leaves room for others."""

import logging
import math
import time
from array import array
from collections.abc import Callable, Iterator
from threading import Event

from components.recurrence.stream import WAYS
from components.training.task import Task, updates

WAITING, TRAINING, DONE, STOPPED, FAILED = "waiting", "training", "done", "stopped", "failed"

# s after each update, in which whoever waits for Python's lock gets it. The training takes twice as long for it, and
# the others' pages do not.
PAUSE = 0.001

Source = Callable[[Task], Iterator[float]]


class Run:
    """One training of a task. What it has found so far may be read by anyone at any time."""

    def __init__(self, task: Task, patience: float, source: Source = updates) -> None:
        self.task = task
        self.state = WAITING
        self.why = ""  # it was stopped, or failed: the rest of a sentence
        self.losses = array("d")  # of each of WAYS in turn; all that is left of a run when it has ended
        self._source, self._patience = source, patience
        self._halt = Event()
        self._began = 0.0
        self.beat()

    @property
    def live(self) -> bool:
        """Whether it waits or trains."""
        return self.state in (WAITING, TRAINING)

    @property
    def step(self) -> int:
        """How many steps all of the ways have taken."""
        return len(self.losses) // len(WAYS)

    @property
    def left(self) -> float:
        """About how many seconds are left, by the pace so far; infinite before the first step."""
        if not self.step:
            return math.inf
        return (time.monotonic() - self._began) / self.step * (self.task.steps - self.step)

    def beat(self) -> None:
        """Its owner still looks at it."""
        self._seen = time.monotonic()

    @property
    def abandoned(self) -> bool:
        """Whether nobody has looked at it for longer than is waited."""
        return time.monotonic() - self._seen > self._patience

    def stop(self, why: str) -> None:
        """End it, before its next update; `why` is for the visitor. Nothing happens to one that has ended."""
        if not self._halt.is_set() and self.live:
            self.why = why
            self._halt.set()
            if self.state == WAITING:
                self.state = STOPPED

    def carry_out(self) -> None:
        """Train until it is done, stopped, abandoned or has failed; never raises. Who calls has set `state`."""
        self._began, end = time.monotonic(), DONE
        try:
            for loss in self._source(self.task):
                if not math.isfinite(loss):
                    raise ArithmeticError("the loss is no finite number")
                self.losses.append(loss)
                if self.abandoned:
                    self.stop("nobody was looking at it")
                if self._halt.is_set():
                    end = STOPPED
                    break
                time.sleep(PAUSE)
        except Exception as failure:  # whatever it is, it is this run's alone
            logging.getLogger(__name__).exception("a training failed")
            self.why, end = type(failure).__name__, FAILED
        self.state = end
