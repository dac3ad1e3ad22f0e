"""The notebook as source text, for its own settings (three sizes and a seed). Each of its two mistakes can be mended.

It keeps the names of the notebook. At the notebook's five steps it keeps the order of its random numbers too; at every
other length h_0 and c_0 stay the same, because the inputs of all further steps are drawn after them. The code is new,
and one cell, which compares, is added. Every excerpt is a block of `program.py.jinja`, and the program prints the
digits that the page shows.
"""

from components.programs.template import Template
from components.settings import FIRST_STEPS, Settings

PROGRAM = Template(__name__)
MENDED = (True, True)
AS_IT_WAS = (False, False)
Mends = tuple[bool, bool]  # whether the name, and whether the start, is mended

SHOW = PROGRAM.excerpt("show")
COMPARE = PROGRAM.excerpt("compare")


def first_cells(settings: Settings) -> str:
    """The cells with the seed, the module, the inputs and the loop. They run as a program of their own."""
    return PROGRAM.excerpt("first_cells", settings=settings, first_steps=FIRST_STEPS)


def statement(mends: Mends = AS_IT_WAS) -> str:
    """The statement that makes one tensor of the sequence. Its mistake: it uses the name that it is about to define."""
    return PROGRAM.excerpt("statement", name_mended=mends[0])


def last_cell(mends: Mends = AS_IT_WAS) -> str:
    """The cell with the single call. Its mistake: its `hidden` is not the state from which the loop started."""
    return PROGRAM.excerpt("last_cell", name_mended=mends[0], start_mended=mends[1])


def program(settings: Settings, mends: Mends = AS_IT_WAS) -> str:
    """The whole notebook, cell by cell. If its name is not mended, it raises an error, and its first line says so."""
    return PROGRAM.program(settings=settings, first_steps=FIRST_STEPS, name_mended=mends[0], start_mended=mends[1])
