"""The programs of the clinic: each as its author wrote it, and mended. Both come from one template.

`program.py.jinja` is the frame that all cases share. A case's template in `cases/` fills it. The wrong line and its
mend stand side by side there, in an `if`: so the two programs cannot differ anywhere else.
"""

import difflib

from components.lessons.clinic import CASES
from components.programs.template import Template

TEMPLATES = {case: Template("components.lessons.clinic.cases.program", case.lower()) for case in CASES}


def program(case: str, mended: bool = False, seed: int = 1) -> str:
    """The whole program of a case, which runs as it is."""
    return TEMPLATES[case].program(mended=mended, seed=seed)


def wrong_lines(case: str) -> list[int]:
    """The numbers, from 1, of the lines that the mend changes or removes."""
    broken, mended = (program(case, which).splitlines() for which in (False, True))
    blocks = difflib.SequenceMatcher(None, broken, mended, autojunk=False).get_opcodes()
    return [line + 1 for tag, first, last, _, _ in blocks if tag != "equal" for line in range(first, last)]


def mend(case: str) -> str:
    """The mend as a unified diff, with one line around it."""
    broken, mended = (program(case, which).splitlines() for which in (False, True))
    return "\n".join([*difflib.unified_diff(broken, mended, "broken.py", "mended.py", lineterm="", n=1)][2:])


def line(case: str, number: int) -> str:
    """A line of the program, as it stands there, without its indent and its comment."""
    return program(case).splitlines()[number - 1].partition("  #")[0].strip()


def marked(source: str, number: int) -> str:
    """The program with a comment at the end of a line, which says that this line is wrong. The numbers begin at 1."""
    lines = source.splitlines()
    lines[number - 1] += "  # <- this line is wrong"
    return "\n".join(lines)


def number_of(case: str, start: str) -> int:
    """The number, from 1, of the one line that begins so. Raises `ValueError` if there is none, or more than one."""
    (number,) = (n for n, text in enumerate(program(case).splitlines(), start=1) if text.strip().startswith(start))
    return number
