"""One run of some work: from its place in the queue to its end. The thread it is carried out in leaves room for others.

How it ends is settled once, under a lock: a stop and the last step may come in the same moment, from two threads.
"""

import logging
import math
import time
from collections.abc import MutableSequence
from threading import Lock
from typing import Generic

from components.training.work import Found, Work

WAITING, RUNNING, DONE, STOPPED, FAILED = "waiting", "running", "done", "stopped", "failed"

# s after each update of a training, in which whoever waits for Python's lock gets it. The training takes twice as long
# for it, and the others' pages do not.
PAUSE = 0.001


class Run(Generic[Found]):
    """One run of a work. What it has found so far may be read by anyone at any time."""

    def __init__(self, work: Work[Found], patience: float) -> None:
        self.work = work
        self.state = WAITING
        self.why = ""  # it is stopped or being stopped, or has failed: the rest of a sentence
        self.found: MutableSequence[Found] = work.store()  # all that is left of a run when it has ended
        self.halted = False  # it is stopped, or will be before its next step
        self._patience = patience
        self._lock = Lock()  # of state, why and halted: whoever sees an end sees its `why` too
        self._began = 0.0
        self.beat()

    @property
    def live(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (WAITING, RUNNING)

    @property
    def step(self) -> int:
        """How many steps it has taken whole."""
        return len(self.found) // self.work.parts

    @property
    def left(self) -> float:
        """About how many seconds are left, by the pace so far; infinite before the first step."""
        if not self.step:
            return math.inf
        gone = time.monotonic() - self._began
        return min(gone / self.step * (self.work.steps - self.step), max(0.0, self.work.seconds - gone))

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1: of the steps, or of the time if that ends first."""
        gone = time.monotonic() - self._began if self.step else 0.0
        return min(1.0, max(self.step / self.work.steps, gone / self.work.seconds))

    def beat(self) -> None:
        """Its owner still looks at it."""
        self._seen = time.monotonic()

    @property
    def abandoned(self) -> bool:
        """Whether nobody has looked at it for longer than is waited."""
        return time.monotonic() - self._seen > self._patience

    def start(self) -> None:
        """It has a place and waits no longer."""
        with self._lock:
            if self.state == WAITING:
                self.state = RUNNING

    def stop(self, why: str) -> None:
        """End it, before its next step; `why` is for the visitor. Nothing happens to one that has ended."""
        with self._lock:
            if self.live and not self.halted:
                self.why, self.halted = why, True
                if self.state == WAITING:
                    self.state = STOPPED

    def fail(self, why: str) -> None:
        """It cannot go on. Nothing happens to one that has ended."""
        with self._lock:
            if self.live:
                self.why, self.halted = why, False
                self.state = FAILED

    def _finish(self) -> None:
        with self._lock:
            if self.live:
                self.state = STOPPED if self.halted else DONE

    def carry_out(self) -> None:
        """Go on until it is done, stopped, abandoned or has failed; never raises. Who calls has started it."""
        self._began = rested = time.monotonic()
        try:
            for finding in self.work.start():
                self.found.append(finding)
                if self.abandoned:
                    self.stop("nobody was looking at it")
                if self.halted:
                    break
                if time.monotonic() - rested >= self.work.stretch:
                    time.sleep(PAUSE)
                    rested = time.monotonic()
        except Exception as failure:  # whatever it is, it is this run's alone
            logging.getLogger(__name__).exception("a run failed: %s", self.work.kind)
            self.fail(type(failure).__name__)
        self._finish()
