"""State between batches as programs: a stateful training loop, and two in which `backward` refuses to go on."""

import dataclasses

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
RAISING = Template(__name__, "raising")
LAG, UPDATES, SHOWN = 2, 400, 50  # steps back that are asked for, chunks trained on, chunks between two lines printed
ON = PROGRAM.excerpt("on")


def program(settings: Settings, length: int) -> str:
    """A training loop that carries, detaches and clips: it learns to repeat a stream of bits, `LAG` steps late."""
    bits = dataclasses.replace(settings, input_size=1)
    return PROGRAM.program(settings=settings, bits=bits, length=length, lag=LAG, updates=UPDATES, shown=SHOWN)


def loop(settings: Settings, length: int) -> str:
    """The loop itself."""
    return PROGRAM.excerpt("loop", length=length, shown=SHOWN)


def chunked(length: int, rate: float | None) -> str:
    """A loop over chunks without `detach`; with a `rate` the graph is kept and the weights are moved after each."""
    return RAISING.excerpt("chunked", length=length, rate=rate)


def raising(settings: Settings, length: int, error: str, rate: float | None = None) -> str:
    """The program whose second `backward` reaches into the first chunk; with a `rate` weights are moved between."""
    return RAISING.program(settings=settings, length=length, error=error, rate=rate)
