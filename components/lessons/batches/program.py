"""State between batches as programs: a stateful training loop, and two programs in which `backward` raises."""

import dataclasses

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
RAISING = Template(__name__, "raising")
# How many steps late a bit is repeated, how many chunks are trained on, and how many of them pass between two lines.
LAG, UPDATES, SHOWN = 2, 400, 50


def program(settings: Settings, length: int) -> str:
    """The whole program: a training loop that carries, detaches and clips. It repeats bits `LAG` steps late."""
    bits = dataclasses.replace(settings, input_size=1)
    return PROGRAM.program(settings=settings, bits=bits, length=length, lag=LAG, updates=UPDATES, shown=SHOWN)


def loop(settings: Settings, length: int) -> str:
    """The training loop of the program."""
    return PROGRAM.excerpt("loop", length=length, shown=SHOWN)


def chunked(length: int, rate: float | None) -> str:
    """A loop over chunks without `detach`. With a `rate` the graph is kept, and each chunk updates the weights."""
    return RAISING.excerpt("chunked", length=length, rate=rate)


def raising(settings: Settings, length: int, error: str, rate: float | None = None) -> str:
    """The program whose second `backward` reaches into the first chunk. With a `rate` it updates weights between."""
    return RAISING.program(settings=settings, length=length, error=error, rate=rate)
