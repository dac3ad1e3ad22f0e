"""Layers and directions as a program: slots, what a change reaches, rows, dropout, palindromes, other modules."""

import dataclasses

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)


def program(settings: Settings, step: int, sample: int) -> str:
    """The whole program. It changes the input at `step`, and compares the h of `sample`."""
    plain = dataclasses.replace(settings, proj_size=0)  # GRU and RNN have no projection
    return PROGRAM.program(settings=settings, plain=plain, step=step, sample=sample)


def rows(settings: Settings) -> str:
    """The right and the wrong way to make one row for each sample."""
    return PROGRAM.excerpt("rows", settings=settings)
