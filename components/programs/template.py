"""Programs as files: a template reads as the program that it makes, and has excerpts with names.

A template's name ends in `.py.jinja`. `.py` says what it makes. `.jinja` lets editors colour it, and tools that look
for Python skip it. Jinja's tags stand in Python comments, each on a line of its own:

    output, (h_n, c_n) = lstm(inputs, (h_0, c_0))
    # {% block rows %}
    # {% if settings.batch_first %}
    right = h_n.view({{ settings.batch_size }}, -1)
    # {% endif %}
    # {% endblock %}

A tag's whole line is left out of the program, and nothing else. Jinja's own line statements look the same, but they
also remove the empty lines after them. Each block is an excerpt. It is a part of the program, so a page that shows it
shows the program's own lines.
"""

import textwrap
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2 import Template as Compiled
from jinja2.runtime import Context

ENDING = ".py.jinja"
COMPONENTS = Path(__file__).parents[1]  # the folder in which Jinja looks for templates
ENVIRONMENT = Environment(
    block_start_string="# {%",
    comment_start_string="# {#",
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,  # a missing value raises
    loader=FileSystemLoader(COMPONENTS),
    auto_reload=False,  # each template is compiled once in a process
)


class Template:
    """A template in the folder of the module that uses it: `Template(__name__, "raising")` is `raising.py.jinja`.

    Both methods raise `jinja2.UndefinedError` for a value that is missing.
    """

    def __init__(self, module: str, name: str = "program") -> None:
        _, *folders, _ = module.split(".")
        self.path = "/".join([*folders, name + ENDING])

    @cached_property
    def compiled(self) -> Compiled:
        """The template as Jinja compiles it, when it is first needed."""
        return ENVIRONMENT.get_template(self.path)

    def program(self, **values: Any) -> str:
        """The whole program, without a line break at its end."""
        return self._lines(self.compiled.root_render_func, values)

    def excerpt(self, block: str, **values: Any) -> str:
        """The lines of one block, without their common indent. Raises `KeyError` if there is no such block.

        Only the block itself runs, so it does not know what the template sets outside of it.
        """
        lines = self._lines(self.compiled.blocks[block], values)
        return textwrap.dedent(lines) if lines.startswith(" ") else lines

    def _lines(self, function: Callable[[Context], Iterator[str]], values: dict[str, Any]) -> str:
        # As `jinja2.Template.render` does it. But `render` copies all global names one by one at each call, and that
        # took more than half of the time.
        context = self.compiled.new_context(ENVIRONMENT.globals | values, shared=True)
        try:
            return "".join(function(context)).removesuffix("\n")
        except Exception:
            ENVIRONMENT.handle_exception()  # raises the error again, with the template's lines in its traceback
