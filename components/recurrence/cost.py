"""What a loop costs against one call, here and now, as a ratio."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from components.recurrence.build import build
from components.recurrence.loop import loop
from components.settings import Settings

PAIRS = 30
PATIENCE = 6.0  # s; the largest settings are stopped early, and `Cost.pairs` says so


@dataclass(frozen=True)
class Cost:
    """The loop's time against the call's, over `pairs` runs of each, taken in turns."""

    pairs: int
    loop: float  # s, median
    call: float  # s, median
    ratio: float  # median of the pairs' ratios
    low: float  # first quartile of the ratios
    high: float  # third quartile


def measure(settings: Settings, pairs: int = PAIRS) -> Iterator[Cost]:
    """Time loop and call in turns, and after each pair yield what is known so far.

    Ratios within a pair are fair on a busy machine, absolute times are not. A generator, so that whoever shows the
    progress gets a chance to stop.
    """
    module, inputs, hx = build(settings)
    loops, calls = [], []
    start = time.perf_counter()
    for _ in range(pairs):
        with torch.no_grad():
            before = time.perf_counter()
            loop(module, inputs, hx)
            between = time.perf_counter()
            module(inputs, hx)
            after = time.perf_counter()
        loops.append(between - before)
        calls.append(after - between)
        ratios = [a / b for a, b in zip(loops, calls, strict=True)]
        low, ratio, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
        yield Cost(len(ratios), statistics.median(loops), statistics.median(calls), ratio, low, high)
        if after - start > PATIENCE:
            return
