"""The lesson on axes as a program: the flip, the two readings of two axes, the two ways to arrange, and what raises."""

import dataclasses

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
BROKEN = Template(__name__, "broken")
BREAKAGES = ("features", "axes", "state", "state_first")


def program(settings: Settings) -> str:
    """The whole program, which prints what the page shows."""
    plain, flipped = (dataclasses.replace(settings, batch_first=first) for first in (False, True))
    return PROGRAM.program(settings=plain, flipped=flipped)


def two_axes(settings: Settings) -> str:
    """One tensor with two axes, handed to nn.LSTM and to nn.LSTMCell."""
    return PROGRAM.excerpt("two_axes", settings=settings)


def arrange(settings: Settings) -> str:
    """The right and the wrong way from (B, T, I) to (T, B, I)."""
    return PROGRAM.excerpt("arrange", settings=settings)


def broken(settings: Settings, breakage: str, error: str) -> str:
    """The program that makes one of the mistakes; `error` is the type it raises, empty if it raises none.

    Raises `KeyError` for a breakage that there is not.
    """
    if breakage not in BREAKAGES:
        raise KeyError(breakage)
    return BROKEN.program(settings=settings, breakage=breakage, error=error)
