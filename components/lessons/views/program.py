"""A line that rearranges, as a complete program that prints what the page states."""

from components.programs.template import Template
from components.settings import Settings

PROGRAM = Template(__name__)


def program(settings: Settings, line: str, error: str = "") -> str:
    """The program for a line that the page has read; `error` names what it raises, if anything."""
    return PROGRAM.program(settings=settings, line=line, error=error)
