"""Who wrote c? Every step adds i_t g_t to it, and every later step multiplies what it finds by its own f.

Written out, c_s = f_1 ... f_s c_0 + sum over t <= s of f_{t+1} ... f_s i_t g_t: one term for where the sequence started
and one a step. That is c_t = f_t c_{t-1} + i_t g_t, put into itself until nothing but c_0 is left:
https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
"""

from dataclasses import dataclass

import numpy as np

from components.lstm.trace import DirectionTrace


@dataclass(frozen=True, eq=False)
class Authors:
    """The terms of one unit's c, at every step, in float64 and in the order in which the direction reads."""

    shares: (
        np.ndarray
    )  # (T, T + 1): at [s, 0] what is left of c_0, at [s, n] of the n-th step read; 0 before it is read
    c: np.ndarray  # (T,) as the run has it
    kept: np.ndarray  # (T,) f

    @property
    def max_abs_diff(self) -> float:
        """How far the sum of the terms is from c, at the step where it is farthest."""
        return float(np.abs(self.shares.sum(axis=1) - self.c).max())

    @property
    def half_lives(self) -> np.ndarray:
        """`half_lives` of what stands in c before each step."""
        return half_lives(self.kept)


def authors(run: DirectionTrace, sample: int, unit: int) -> Authors:
    """The terms of c of one unit, from a row's gates."""
    f, i, g, c = (
        (one.flip(0) if run.direction else one).double().numpy()
        for one in (getattr(run, name)[:, sample, unit] for name in "figc")
    )
    shares = np.zeros((len(f), len(f) + 1))
    row = np.zeros(len(f) + 1)
    row[0] = float(run.c_0[sample, unit])
    for n, (kept, written) in enumerate(zip(f, i * g, strict=True)):
        row *= kept
        row[n + 1] = written
        shares[n] = row
    return Authors(shares, c, f)


def half_lives(f: np.ndarray) -> np.ndarray:
    """For what stands in c before each of T steps: how many steps until less than half of it is left.

    At [n] the least k with f_{n+1} ... f_{n+k} < 1/2, and 0 where the sequence ends before that: with f = 1 always, for
    nothing is ever lost. With f = 0 it is 1, the least there is: the next step takes everything.
    """
    lives = np.zeros(len(f), np.int64)
    left = np.ones(len(f))  # at [n] the product of f over the steps read since n
    for s, kept in enumerate(f.astype(np.float64)):
        left[: s + 1] *= kept
        halved = (left[: s + 1] < 0.5) & (lives[: s + 1] == 0)
        lives[: s + 1][halved] = s + 1 - np.nonzero(halved)[0]
    return lives
