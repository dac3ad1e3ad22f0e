"""What comes back, and why the state is a tuple, as programs that print a page's own digits."""

import dataclasses

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
RAISING = Template(__name__, "raising")


def program(settings: Settings, pairs: tuple[tuple[str, str], ...], cut: int | None) -> str:
    """The whole program: call, compare `pairs` of Python expressions, cut after `cut` steps and continue."""
    one_way = dataclasses.replace(settings, bidirectional=False)
    plain = dataclasses.replace(one_way, proj_size=0)  # an RNN has no projection
    return PROGRAM.program(settings=settings, pairs=pairs, cut=cut, one_way=one_way, plain=plain)


def raising(settings: Settings, error: str) -> str:
    """The program in which an LSTM is given one tensor for its state."""
    return RAISING.program(settings=settings, error=error)
