"""A batch of different lengths as a program: four ways to run it, a check of lengths, a training with masks."""

import inspect

from components.lessons.lengths.quoted import checked_lengths
from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
CHECKED = inspect.getsource(checked_lengths).removesuffix("\n")
COLLATE = PROGRAM.excerpt("collate")
FORWARD = PROGRAM.excerpt("forward")
POOLING = PROGRAM.excerpt("pooling")


def program(settings: Settings, lengths: tuple[int, ...]) -> str:
    """The whole program. It prints the page's digits for these lengths, then trains on other lengths."""
    return PROGRAM.program(settings=settings, lengths=list(lengths), checked_lengths=CHECKED)
