"""What one way of computing costs against another, here and now, as a ratio."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

PAIRS = 30
PATIENCE = 6.0  # s for a whole measurement; the largest settings are stopped early, and `Cost.pairs` says so

# What counts is the time for which this thread has computed. What it waits for does not: others on the processor, and
# Python's lock, for which a loop may have to wait after each of its calls, and a single call once.
# Where a system's clock of that is too coarse for a call, the time that has passed counts.
FINE = time.get_clock_info("thread_time").resolution <= 1e-6
clock = time.thread_time if FINE else time.perf_counter
COUNTED = "processor time" if FINE else "time that passed"


@dataclass(frozen=True)
class Cost:
    """One thing's time against another's, over `pairs` runs of each, taken in turns."""

    pairs: int
    one: float  # s, median
    other: float  # s, median
    ratio: float  # median of the pairs' ratios
    low: float  # first quartile of the ratios
    high: float  # third quartile


def in_turns(
    one: Callable[[], object], other: Callable[[], object], pairs: int = PAIRS, patience: float = PATIENCE
) -> Iterator[Cost]:
    """Time two things in turns, without gradients, and after each pair yield what is known so far.

    What a busy machine slows down it slows down for both of a pair, so their ratio is fair and absolute times are not.
    A generator, so that whoever asks for the next pair may pause before it, or stop. None is begun after `patience` s.
    """
    ones, others = [], []
    start = time.perf_counter()
    for _ in range(pairs):
        with torch.no_grad():
            before = clock()
            one()
            between = clock()
            other()
            after = clock()
        ones.append(between - before)
        others.append(after - between)
        ratios = [a / b for a, b in zip(ones, others, strict=True)]
        low, ratio, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
        yield Cost(len(ratios), statistics.median(ones), statistics.median(others), ratio, low, high)
        if time.perf_counter() - start > patience:
            return
