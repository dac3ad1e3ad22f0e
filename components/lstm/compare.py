"""The check: whether a loop and one call compute the same numbers, and which differences are only rounding.

All lessons take from here what counts as a change. A lesson has no threshold of its own.
"""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from components.lstm.axes import time_major
from components.lstm.loop import Result

Numbers = TypeVar("Numbers", Tensor, np.ndarray)

TOLERANCE = {torch.float32: 2e-6, torch.float64: 1e-12}
# The rule in words. A page puts the tolerance into the braces.
UNCOUNTED = "A change of at most {} is rounding and is not counted."


def tolerance(dtype: torch.dtype, *c: Tensor) -> float:
    """The largest difference that rounding explains: 2e-6 (float32) or 1e-12 (float64), times max(1, max|c|).

    `c` are the cell states of the compared runs. A module without c gives its h.
    """
    largest = max(state.abs().max().item() for state in c)
    # An infinite c would make the tolerance infinite, so it counts as 1.
    return TOLERANCE[dtype] * (max(1.0, largest) if math.isfinite(largest) else 1.0)


def gradient_tolerance(dtype: torch.dtype, largest: float, terms: int = 1) -> float:
    """The largest difference of two gradients that rounding explains: a share of the `largest` number of them.

    The share is 2e-6 (float32) or 1e-12 (float64), times the square root of `terms`, the count of numbers that are
    added up to make one. There is no floor of 1 as for h and c. These are made from numbers near 1, so their rounding
    has a size of its own. A gradient has the scale of its loss: if the loss is a million times smaller, the gradient
    and its rounding are, too. A small gradient is not rounding: it is a product, and a product keeps its digits. But a
    sum of terms that cancel does not. So the difference is compared with the largest number, not with the number
    itself. The roundings of many terms are independent, so they grow with the square root of their count.
    """
    return TOLERANCE[dtype] * math.sqrt(terms) * largest


def counts(change: Numbers, limit: float) -> Numbers:
    """Which changes are more than rounding, as truth values of the same shape. `limit` is the tolerance.

    A NaN counts.
    """
    counted: Numbers = ~(change <= limit)
    return counted


@dataclass(frozen=True)
class Compared:
    """The comparison of one tensor: the loop's and the call's."""

    name: str
    difference: float  # largest |a - b|; NaN if the shapes differ
    within: bool  # of the tolerance
    bitwise: bool
    shapes: tuple[tuple[int, ...], tuple[int, ...]]  # the loop's, the call's


@dataclass(frozen=True)
class Comparison:
    """A loop compared with one call. They are the `same` if all three rows are within `tolerance`."""

    rows: tuple[Compared, ...]  # output, h_n, c_n
    per_step: tuple[float, ...]  # largest |difference| of output at t = 1..T
    tolerance: float

    @property
    def same(self) -> bool:
        """Whether every row is within the tolerance."""
        return all(row.within for row in self.rows)

    @property
    def difference(self) -> float:
        """The largest difference of all rows whose shapes agree; NaN if there is no such row."""
        return max((row.difference for row in self.rows if not math.isnan(row.difference)), default=math.nan)


def max_abs_diff(a: Tensor, b: Tensor) -> float:
    """The largest difference between two tensors; NaN if their shapes differ."""
    return (a - b).abs().max().item() if a.shape == b.shape else math.nan


def compare(looped: Result, called: Result, batch_first: bool = False) -> Comparison:
    """The comparison of what a loop returned with what one call returned, number by number.

    `output` is (T, B, D*P), or (B, T, D*P) under `batch_first`, and has the same shape in both. If the shapes of a
    state differ, its row states both and is not within the tolerance. A NaN is never within the tolerance.
    """
    (output_a, states_a), (output_b, states_b) = looped, called
    limit = tolerance(output_b.dtype, states_b[1])
    rows = []
    for name, a, b in zip(("output", "h_n", "c_n"), (output_a, *states_a), (output_b, *states_b), strict=True):
        shapes = (tuple(a.shape), tuple(b.shape))
        difference = max_abs_diff(a, b)
        rows.append(Compared(name, difference, difference <= limit, torch.equal(a, b), shapes))
    return Comparison(tuple(rows), differences(output_a, output_b, batch_first), limit)


def differences(a: Tensor, b: Tensor, batch_first: bool = False) -> tuple[float, ...]:
    """The largest |difference| of two outputs at each step t = 1..T; both are (T, B, D*P), or both (B, T, D*P)."""
    return tuple(time_major(a - b, batch_first).abs().amax(dim=(1, 2)).tolist())


AGREED = 0.01  # if two runs differ by at most this, they have forgotten their starts
