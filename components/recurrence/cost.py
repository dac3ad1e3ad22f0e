"""What one way of computing costs against another, here and now, as a ratio."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from components.recurrence.build import build
from components.recurrence.loop import loop
from components.settings import Settings

PAIRS = 30
PATIENCE = 6.0  # s; the largest settings are stopped early, and `Cost.pairs` says so


@dataclass(frozen=True)
class Cost:
    """One thing's time against another's, over `pairs` runs of each, taken in turns."""

    pairs: int
    one: float  # s, median
    other: float  # s, median
    ratio: float  # median of the pairs' ratios
    low: float  # first quartile of the ratios
    high: float  # third quartile


def measure(settings: Settings, pairs: int = PAIRS) -> Iterator[Cost]:
    """Time loop and call in turns."""
    module, inputs, hx = build(settings)
    return in_turns(lambda: loop(module, inputs, hx), lambda: module(inputs, hx), pairs)


def in_turns(one: Callable[[], object], other: Callable[[], object], pairs: int = PAIRS) -> Iterator[Cost]:
    """Time two things in turns, without gradients, and after each pair yield what is known so far.

    Ratios within a pair are fair on a busy machine, absolute times are not. A generator, so that whoever shows the
    progress gets a chance to stop.
    """
    ones, others = [], []
    start = time.perf_counter()
    for _ in range(pairs):
        with torch.no_grad():
            before = time.perf_counter()
            one()
            between = time.perf_counter()
            other()
            after = time.perf_counter()
        ones.append(between - before)
        others.append(after - between)
        ratios = [a / b for a, b in zip(ones, others, strict=True)]
        low, ratio, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
        yield Cost(len(ratios), statistics.median(ones), statistics.median(others), ratio, low, high)
        if after - start > PATIENCE:
            return
