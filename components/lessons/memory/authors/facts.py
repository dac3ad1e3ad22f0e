"""Who wrote c? Every step t adds i_t g_t to c, and every later step multiplies c by its own f.

So c_s = f_1 ... f_s c_0 + sum over t <= s of f_{t+1} ... f_s i_t g_t: one term for c_0, and one term for each step.
This follows from c_t = f_t c_{t-1} + i_t g_t, if c_{t-1} is replaced by its own equation, and so on down to c_0:
https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
"""

from dataclasses import dataclass

import numpy as np

from components.lstm.trace import DirectionTrace


@dataclass(frozen=True, eq=False)
class Authors:
    """The terms of c of one unit at every step, in float64 and in the order of reading."""

    # (T, T + 1): [s, 0] is what is left of c_0, [s, n] what is left of the n-th step read. It is 0 before that step.
    shares: np.ndarray
    c: np.ndarray  # (T,) c of the run
    kept: np.ndarray  # (T,) f

    @property
    def max_abs_diff(self) -> float:
        """The largest difference between the sum of the terms and c, over all steps."""
        return float(np.abs(self.shares.sum(axis=1) - self.c).max())

    @property
    def half_lives(self) -> np.ndarray:
        """The half-life of what c holds before each step, as the function `half_lives` counts it."""
        return half_lives(self.kept)


def authors(run: DirectionTrace, sample: int, unit: int) -> Authors:
    """The terms of c of one unit, from the gates of a layer and direction."""
    f, i, g, c = (
        (lane.flip(0) if run.direction else lane).double().numpy()
        for lane in (getattr(run, name)[:, sample, unit] for name in "figc")
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
    """How many steps it takes until less than half is left of what c holds before each of T steps: (T,).

    At [n] stands the smallest k with f_{n+1} ... f_{n+k} < 1/2, or 0 if the sequence ends before that. If f is always
    1, it is 0, because nothing is ever lost. If f is 0, it is 1, because the next step removes everything.
    """
    lives = np.zeros(len(f), np.int64)
    left = np.ones(len(f))  # at [n] the product of f over the steps read since n
    for s, kept in enumerate(f.astype(np.float64)):
        left[: s + 1] *= kept
        halved = (left[: s + 1] < 0.5) & (lives[: s + 1] == 0)
        lives[: s + 1][halved] = s + 1 - np.nonzero(halved)[0]
    return lives
