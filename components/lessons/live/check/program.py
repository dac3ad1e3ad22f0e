"""A loop and one call as a learner would write them, for any settings and with any mistake of the check.

Every excerpt is a block of `program.py.jinja`. The program prints the digits that the page shows, because it draws the
same numbers in the same order, on one thread and without gradients.
"""

from components.programs.template import Template
from components.settings import Settings

# How the faulty line of each mistake begins.
FAULTY = {
    "zeros": "out, (h, c) =",
    "redraw": "h_0 =",
    "h_only": "c =",
    "as_batch": "output, (h_n, c_n) =",
    "forward_loop": "out, (h, c) =",
}

PROGRAM = Template(__name__)
RAISING = Template(__name__, "raising")


def program(settings: Settings, mistake: str = "none") -> str:
    """The whole program: draw, loop, call, compare, print."""
    return PROGRAM.program(settings=settings, mistake=mistake)


def raising(settings: Settings) -> str:
    """The program that feeds the time axis as the batch axis *with* a state. torch raises an error."""
    return RAISING.program(settings=settings)


def loop(settings: Settings, mistake: str = "none") -> str:
    """The loop, one call for each step. It contains the mistake if that is a mistake of the loop."""
    return PROGRAM.excerpt("loop", settings=settings, mistake=mistake)


def call(settings: Settings, mistake: str = "none") -> str:
    """The single call. It contains the mistake if that is a mistake of the call."""
    return PROGRAM.excerpt("call", settings=settings, mistake=mistake)


def faulty_line(settings: Settings, mistake: str) -> str:
    """The line of `loop` or `call` that makes them differ, without its comment; empty without a mistake."""
    if mistake == "none":
        return ""
    lines = f"{loop(settings, mistake)}\n{call(settings, mistake)}".splitlines()
    return next(line for line in map(str.strip, lines) if line.startswith(FAULTY[mistake])).split("  #")[0]
