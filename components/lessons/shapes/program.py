"""The programs of the lesson on axes: the flip, two readings of two axes, two ways to arrange, and each error."""

import dataclasses

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
BROKEN = Template(__name__, "broken")
BREAKAGES = ("features", "axes", "state", "state_first")


def program(settings: Settings) -> str:
    """The whole program. It prints what the page shows."""
    plain, flipped = (dataclasses.replace(settings, batch_first=first) for first in (False, True))
    return PROGRAM.program(settings=plain, flipped=flipped)


def two_axes(settings: Settings) -> str:
    """The excerpt that gives one tensor with two axes to nn.LSTM and to nn.LSTMCell."""
    return PROGRAM.excerpt("two_axes", settings=settings)


def arrange(settings: Settings) -> str:
    """The excerpt with the right and the wrong way from (B, T, I) to (T, B, I)."""
    return PROGRAM.excerpt("arrange", settings=settings)


def broken(settings: Settings, breakage: str, error: str) -> str:
    """The program that makes one of the mistakes. `error` is the type of the error, empty if torch raises none.

    Raises `KeyError` for an unknown breakage.
    """
    if breakage not in BREAKAGES:
        raise KeyError(breakage)
    return BROKEN.program(settings=settings, breakage=breakage, error=error)
