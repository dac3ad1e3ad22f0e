"""Programs as files: a template that reads as the program it makes, and excerpts of it by name.

A template ends in `.py.jinja`: the first half says what it makes, the second lets editors colour it as Jinja and keeps
it from the tools that look for Python. Jinja's tags stand in Python comments, each on a line of its own:

    output, (h_n, c_n) = lstm(inputs, (h_0, c_0))
    # {% block rows %}
    # {% if settings.batch_first %}
    right = h_n.view({{ settings.batch_size }}, -1)
    # {% endif %}
    # {% endblock %}

A tag takes its whole line with it and nothing else. Jinja's own line statements would read alike, but they take the
empty lines after them too. A block is an excerpt: it stands in the program word for word because it is part of it.
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
COMPONENTS = Path(__file__).parents[1]  # where templates are looked for
ENVIRONMENT = Environment(
    block_start_string="# {%",
    comment_start_string="# {#",
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,  # a name that is not given raises
    loader=FileSystemLoader(COMPONENTS),
    auto_reload=False,  # compiled once a process
)


class Template:
    """A template in the folder of the module that fills it in: `Template(__name__, "raising")` is `raising.py.jinja`.

    Both methods raise `jinja2.UndefinedError` for a value that is missing.
    """

    def __init__(self, module: str, name: str = "program") -> None:
        _, *folders, _ = module.split(".")
        self.path = "/".join([*folders, name + ENDING])

    @cached_property
    def compiled(self) -> Compiled:
        """Jinja's own of it, made when it is first needed."""
        return ENVIRONMENT.get_template(self.path)

    def program(self, **values: Any) -> str:
        """The whole program, without a line break at its end."""
        return self._lines(self.compiled.root_render_func, values)

    def excerpt(self, block: str, **values: Any) -> str:
        """The lines of one block, from the margin on. Raises `KeyError` if there is no such block.

        Only the block itself is run: what the template sets outside of it is not known in it.
        """
        lines = self._lines(self.compiled.blocks[block], values)
        return textwrap.dedent(lines) if lines.startswith(" ") else lines

    def _lines(self, function: Callable[[Context], Iterator[str]], values: dict[str, Any]) -> str:
        # As `jinja2.Template.render` does, save that it goes through all that every template knows, name by name, at
        # each call: that took more than half of the time.
        context = self.compiled.new_context(ENVIRONMENT.globals | values, shared=True)
        try:
            return "".join(function(context)).removesuffix("\n")
        except Exception:
            ENVIRONMENT.handle_exception()  # raises it anew, with the template's lines in its traceback
