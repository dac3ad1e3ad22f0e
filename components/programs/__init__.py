"""Settings to source text: complete programs that print a page's own digits, and the excerpts of them a page shows.

A program is a template (`template.py` reads it); what all of them share is in `setup.py.jinja`.
"""

from components.programs import setup
from components.programs.template import ENVIRONMENT

# The names that every template knows besides the values it is given.
ENVIRONMENT.globals.update(head=setup.head, module=setup.module, dtype=setup.dtype, draw=setup.draw, state=setup.state)
