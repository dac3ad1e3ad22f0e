"""Layers and directions as a program: the slots, what a change reaches, rows, dropout, palindromes, other modules."""

import dataclasses

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)


def program(settings: Settings, step: int, sample: int) -> str:
    """The whole program; `step` is the one at which the input is changed, `sample` whose h are compared."""
    plain = dataclasses.replace(settings, proj_size=0)  # GRU and RNN have no projection
    return PROGRAM.program(settings=settings, plain=plain, step=step, sample=sample)


def rows(settings: Settings) -> str:
    """The right way and the wrong way to a row a sample."""
    return PROGRAM.excerpt("rows", settings=settings)
