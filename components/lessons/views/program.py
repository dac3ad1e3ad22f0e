"""The program of a typed line. It prints what the page states."""

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)


def program(settings: Settings, line: str, error: str = "") -> str:
    """The program for a line in the grammar. `error` is the name of the error it raises, empty if it raises none."""
    return PROGRAM.program(settings=settings, line=line, error=error)
