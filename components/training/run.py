"""One run of some work, from its place in the queue to its end. Its thread pauses often, so that pages stay quick.

A stop and the last step can come from two threads at the same moment. A lock makes sure that the run ends in one way.
"""

import logging
import math
import time
from collections.abc import MutableSequence
from threading import Lock
from typing import Generic

from components.training.work import Finding, Work

WAITING, RUNNING, DONE, STOPPED, FAILED = "waiting", "running", "done", "stopped", "failed"

# Seconds that the thread sleeps after each update of a training. During the sleep, other threads get Python's lock. So
# the training takes twice as long, but the pages of other visitors do not.
PAUSE = 0.001


class Run(Generic[Finding]):
    """One run of some work. Any thread may read its findings at any time."""

    def __init__(self, work: Work[Finding], patience: float) -> None:
        self.work = work
        self.state = WAITING
        self.why = ""  # why it stops, stopped or failed; "Ended after 3 of 9 steps: " comes before it
        self.findings: MutableSequence[Finding] = work.store()  # they stay when the run has ended
        self.halted = False  # it is stopped, or it stops before its next step
        self._patience = patience  # seconds until a run that nobody looks at is abandoned
        self._lock = Lock()  # for `state`, `why` and `halted`, which change together
        self._began = 0.0
        self.beat()

    @property
    def live(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (WAITING, RUNNING)

    @property
    def step(self) -> int:
        """How many steps are complete."""
        return len(self.findings) // self.work.parts

    @property
    def left(self) -> float:
        """About how many seconds are left, estimated from the steps so far; infinite before the first step."""
        if not self.step:
            return math.inf
        elapsed = time.monotonic() - self._began
        return min(elapsed / self.step * (self.work.steps - self.step), max(0.0, self.work.seconds - elapsed))

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1: the share of the steps or of the time, whichever is larger."""
        elapsed = time.monotonic() - self._began if self.step else 0.0
        return min(1.0, max(self.step / self.work.steps, elapsed / self.work.seconds))

    def beat(self) -> None:
        """Note that its visitor is looking at it now."""
        self._seen = time.monotonic()

    @property
    def abandoned(self) -> bool:
        """Whether nobody has looked at it for longer than its patience."""
        return time.monotonic() - self._seen > self._patience

    def start(self) -> None:
        """Change it from waiting to running."""
        with self._lock:
            if self.state == WAITING:
                self.state = RUNNING

    def stop(self, why: str) -> None:
        """End it before its next step. The visitor reads `why`. A run that has ended stays as it is."""
        with self._lock:
            if self.live and not self.halted:
                self.why, self.halted = why, True
                if self.state == WAITING:
                    self.state = STOPPED

    def fail(self, why: str) -> None:
        """Mark it as failed. A run that has ended stays as it is."""
        with self._lock:
            if self.live:
                self.why, self.halted = why, False
                self.state = FAILED

    def _finish(self) -> None:
        with self._lock:
            if self.live:
                self.state = STOPPED if self.halted else DONE

    def carry_out(self) -> None:
        """Take steps until it is done, stopped, abandoned or has failed. Call `start` before. Never raises."""
        self._began = rested = time.monotonic()
        try:
            for finding in self.work.start():
                self.findings.append(finding)
                if self.abandoned:
                    self.stop("nobody was looking at it")
                if self.halted:
                    break
                if time.monotonic() - rested >= self.work.stretch:
                    time.sleep(PAUSE)
                    rested = time.monotonic()
        except Exception as failure:  # whatever the error is, only this run fails
            logging.getLogger(__name__).exception("a run failed: %s", self.work.kind)
            self.fail(type(failure).__name__)
        self._finish()
