"""A loop and one call, as a learner would write them, for any settings and with any of the check's mistakes.

Every excerpt is a block of `program.py.jinja`. The program prints the digits the page shows: it draws the same numbers
in the same order, on one thread and without gradients, as the page does.
"""

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
RAISING = Template(__name__, "raising")


def program(settings: Settings, mistake: str = "none") -> str:
    """The whole program: draw, loop, call, compare, print."""
    return PROGRAM.program(settings=settings, mistake=mistake)


def raising(settings: Settings) -> str:
    """The program in which the time axis is fed as the batch axis *with* a state: torch refuses it."""
    return RAISING.program(settings=settings)


def loop(settings: Settings, mistake: str = "none") -> str:
    """The loop, one call a step, with the mistake made in it if it is one of the loop's."""
    return PROGRAM.excerpt("loop", settings=settings, mistake=mistake)


def call(settings: Settings, mistake: str = "none") -> str:
    """The single call, with the mistake made in it if it is one of the call's."""
    return PROGRAM.excerpt("call", settings=settings, mistake=mistake)
