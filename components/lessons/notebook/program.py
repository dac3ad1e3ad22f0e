"""The notebook as source text, for its own settings (three sizes and a seed), with either of its mistakes mended.

Its names and its draws are kept, in their order; the code is written anew, with one cell added that compares. Every
excerpt is a block of `program.py.jinja`, and that prints the digits the page shows.
"""

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)
MENDED = (True, True)
AS_IT_WAS = (False, False)
Mends = tuple[bool, bool]  # whether the name, and whether the start, is mended

SHOW = PROGRAM.excerpt("show")
COMPARE = PROGRAM.excerpt("compare")


def first_cells(settings: Settings) -> str:
    """The seed, the module, the inputs and the loop: a program of its own."""
    return PROGRAM.excerpt("first_cells", settings=settings)


def statement(mends: Mends = AS_IT_WAS) -> str:
    """What makes one tensor of the sequence; its mistake is a name that this very statement is to make."""
    return PROGRAM.excerpt("statement", name_mended=mends[0])


def last_cell(mends: Mends = AS_IT_WAS) -> str:
    """The single call; its mistake is a `hidden` that is not the one the loop began with."""
    return PROGRAM.excerpt("last_cell", name_mended=mends[0], start_mended=mends[1])


def program(settings: Settings, mends: Mends = AS_IT_WAS) -> str:
    """The whole notebook, cell by cell. Unless its name is mended it raises, and its first line says so."""
    return PROGRAM.program(settings=settings, name_mended=mends[0], start_mended=mends[1])
