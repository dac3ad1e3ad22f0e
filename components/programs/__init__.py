"""Settings to source text: complete programs that print a page's own digits, and the excerpts that a page shows.

Each program is a template, which `template.py` fills in. The lines that all programs share are in `setup.py.jinja`.
"""

from components.programs import setup
from components.programs.template import ENVIRONMENT

# Every template knows these names, besides the values that it is given.
ENVIRONMENT.globals.update(head=setup.head, module=setup.module, dtype=setup.dtype, draw=setup.draw, state=setup.state)
