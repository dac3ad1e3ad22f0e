"""Templates read as Python, an excerpt is a part of its program, and a missing value raises."""

import ast
import re
from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from components.programs.template import COMPONENTS, ENDING, ENVIRONMENT, Template
from components.settings import Settings
from tests import fresh

PATHS = sorted(path.relative_to(COMPONENTS).as_posix() for path in COMPONENTS.rglob(f"*{ENDING}"))
VALUES = r"(?:\{\{.*?\}\}|\s*\{\{-.*?\}\})+"  # one or several side by side; `{{-` continues the line before


def as_python(source: str) -> str:
    """A template's text as Python. Each value becomes a name, or nothing if it follows a name, a number or a text.

    Its tags are comments already.
    """
    return re.sub(VALUES, "_", re.sub(rf"(?<=[\w)\]\"']){VALUES}", "", source))


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Template]:
    """Makes a template from a given text."""

    def write(source: str) -> Template:
        monkeypatch.setattr(ENVIRONMENT, "get_template", lambda path: ENVIRONMENT.from_string(source))
        return Template("components.programs.example", "here")

    return write


def test_there_is_a_template_beside_every_program() -> None:
    programs = {path.with_name("program" + ENDING) for path in COMPONENTS.rglob("program.py")}
    assert programs
    assert programs <= {COMPONENTS / path for path in PATHS}


@pytest.mark.parametrize("path", PATHS)
def test_a_template_reads_as_python(path: str) -> None:
    """With a name for each value it is valid Python, and each tag has a line of its own."""
    source = (COMPONENTS / path).read_text(encoding="utf-8")
    ast.parse(as_python(source))
    tags = [line.strip() for line in source.splitlines() if "{%" in line or "{#" in line]
    assert all(re.fullmatch(r"# \{%.*%\}|# \{#.*#\}", tag) for tag in tags)


@pytest.mark.parametrize("source", ["{{ head }}\nfor t in x:\nprint(t)", "a = {{ b }} c", "{% if a %}\nb = 1"])
def test_what_is_no_python_is_noticed(source: str) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(as_python(source))


def test_an_excerpt_is_what_stands_in_the_program(example: Callable[[str], Template]) -> None:
    """It has no tags, no common indent and no line break at its end. Empty lines stay."""
    written = example(
        "a = 1\n\nif a:\n    # {% block b %}\n    b = {{ b }}\n\n    c = 3\n    # {% endblock %}\n\n\nd = 4\n"
    )
    assert written.program(b=2) == "a = 1\n\nif a:\n    b = 2\n\n    c = 3\n\n\nd = 4"
    assert written.excerpt("b", b=2) == "b = 2\n\nc = 3"


def test_what_is_missing_raises(example: Callable[[str], Template]) -> None:
    """A value, a value in a condition, and a block: each raises if it is missing."""
    written = example("# {% block a %}\n{{ a }}\n# {% endblock %}\n# {% if b %}\nb = 1\n# {% endif %}\n")
    with pytest.raises(UndefinedError, match="'a' is undefined"):
        written.excerpt("a")
    with pytest.raises(UndefinedError, match="'b' is undefined"):
        written.program(a=1)
    with pytest.raises(KeyError, match="no_such_block"):
        written.excerpt("no_such_block")


def test_a_template_that_is_not_there_raises() -> None:
    with pytest.raises(TemplateNotFound, match=re.escape("programs/here.py.jinja")):
        Template("components.programs.example", "here").program()


def test_a_value_is_text_and_no_template() -> None:
    """A line that a reader types stands in the program unchanged, even if it looks like Jinja or HTML."""
    line = "x.view(B, -1)  # {{ settings }} # {% if x %} <&>"
    source = Template("components.lessons.views.program").program(settings=Settings(), line=line, error="")
    assert f"\ny = {line}\n" in source


def test_a_template_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is compiled once for all excerpts and all modules that ask for them."""
    compiled = []
    compile_source = ENVIRONMENT.compile

    def noted(source: str, *rest: Any, **named: Any) -> Any:
        compiled.append(source)
        return compile_source(source, *rest, **named)

    monkeypatch.setattr(ENVIRONMENT, "compile", noted)
    assert ENVIRONMENT.cache is not None
    ENVIRONMENT.cache.clear()  # another test may have had it compiled
    for _ in range(2):
        lesson = Template("components.lessons.layers.program")
        assert lesson.excerpt("rows", settings=Settings()) == lesson.excerpt("rows", settings=Settings())
    assert len(compiled) == 1


def test_nothing_of_notebooks_is_loaded_before_one_is_made() -> None:
    """A page that offers a notebook imports `notebook`, but nbformat is loaded only when a notebook is made."""
    source = "import sys\nfrom components.programs.notebook import notebook\nprint('nbformat' in sys.modules)\n"
    done = fresh.run(source + "notebook('import torch')\nprint('nbformat' in sys.modules)")
    assert (done.returncode, done.stdout) == (0, "False\nTrue\n"), done.stderr
