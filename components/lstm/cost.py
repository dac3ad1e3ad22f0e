"""The time of one computation divided by the time of another, measured on this machine now."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

PAIRS = 30
PATIENCE = 6.0  # s for a whole measurement; the largest settings stop early, and `Cost.pairs` says so

# Only the time in which this thread computes counts. The time in which it waits does not count: it waits for other
# programs and for Python's lock. A loop may wait for the lock after each of its calls, a single call only once.
# On some systems this clock is too coarse for one call. There the time that passed counts.
FINE = time.get_clock_info("thread_time").resolution <= 1e-6
clock = time.thread_time if FINE else time.perf_counter
COUNTED = "processor time" if FINE else "time that passed"


@dataclass(frozen=True)
class Cost:
    """The times of two computations, from `pairs` runs of each, made in turns."""

    pairs: int
    first: float  # s, median of the first computation
    second: float  # s, median of the second computation
    ratio: float  # median of the ratios of the pairs
    low: float  # first quartile of the ratios
    high: float  # third quartile


def in_turns(
    first: Callable[[], object], second: Callable[[], object], pairs: int = PAIRS, patience: float = PATIENCE
) -> Iterator[Cost]:
    """The cost known so far, after each pair of runs. The two computations run in turns, without gradients.

    A busy machine slows down both runs of a pair, so their ratio is fair, but absolute times are not. This is a
    generator, so the caller can pause before the next pair, or stop. No pair begins after `patience` s.
    """
    firsts, seconds = [], []
    start = time.perf_counter()
    for _ in range(pairs):
        with torch.no_grad():
            before = clock()
            first()
            between = clock()
            second()
            after = clock()
        firsts.append(between - before)
        seconds.append(after - between)
        ratios = [a / b for a, b in zip(firsts, seconds, strict=True)]
        low, ratio, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
        yield Cost(len(ratios), statistics.median(firsts), statistics.median(seconds), ratio, low, high)
        if time.perf_counter() - start > patience:
            return
