"""The programs of the lesson on outputs. They print the digits that the page shows."""

import dataclasses

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
RAISING = Template(__name__, "raising")


def program(settings: Settings, pairs: tuple[tuple[str, str], ...], cut: int | None) -> str:
    """The whole program: it calls, compares `pairs` of Python expressions, cuts after `cut` steps and continues."""
    one_way = dataclasses.replace(settings, bidirectional=False)
    plain = dataclasses.replace(one_way, proj_size=0)  # an RNN has no projection
    return PROGRAM.program(settings=settings, pairs=pairs, cut=cut, one_way=one_way, plain=plain)


def raising(settings: Settings, error: str) -> str:
    """The program that gives an LSTM one tensor as its state."""
    return RAISING.program(settings=settings, error=error)
