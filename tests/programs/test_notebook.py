"""A program as a notebook is valid, loses no line, and prints in a fresh kernel what the program prints."""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from components.lessons.live.check.facts import MISTAKES
from components.lessons.live.check.program import program
from components.programs.notebook import notebook
from components.settings import Settings
from tests import kernel
from tests.fresh import run
from tests.lstm.strategies import GRID, settings_id

EVERYTHING = Settings(
    num_layers=2, bidirectional=True, proj_size=2, batch_first=True, batch_size=2, signal="sine", dtype="float64"
)


def read(text: str) -> Any:
    """A notebook file's text as nbformat sees it."""
    return nbformat.reads(text, as_version=4)


def cells(text: str, kind: str) -> list[str]:
    """The sources of the cells of one kind, in order."""
    return [cell["source"] for cell in read(text)["cells"] if cell["cell_type"] == kind]


@pytest.fixture(scope="module")
def execute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., list[Any]]]:
    """Runs a notebook from top to bottom in a fresh kernel, once, and returns all outputs of its cells."""
    with kernel.folders(tmp_path_factory.mktemp("kernel")):
        yield lru_cache(kernel.execute)


@pytest.mark.parametrize("settings", GRID, ids=settings_id)
def test_it_is_a_valid_notebook(settings: Settings) -> None:
    """nbformat finds nothing wrong, for every program, and every cell has an id of its own."""
    for mistake in MISTAKES:
        document = read(notebook(program(settings, mistake)))
        nbformat.validate(document)
        assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
        assert document["metadata"]["kernelspec"]["name"] == "python3"
        ids = [cell["id"] for cell in document["cells"]]
        assert len(set(ids)) == len(ids)


def test_validation_can_fail() -> None:
    """The validation used above refuses a code cell without outputs."""
    document = json.loads(notebook("import torch"))
    del document["cells"][0]["outputs"]
    with pytest.raises(nbformat.ValidationError):
        nbformat.validate(document)


def test_what_is_no_notebook_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell without outputs, as another nbformat may make it, raises here and not later in a reader's Jupyter."""

    def cell(source: str, **given: Any) -> Any:
        return nbformat.from_dict(
            {"cell_type": "code", "source": source, "metadata": {}, "execution_count": None} | given
        )

    monkeypatch.setattr(nbformat.v4, "new_code_cell", cell)
    with pytest.raises(nbformat.ValidationError, match="'outputs' is a required property"):
        notebook("import torch")


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("settings", [Settings(), EVERYTHING], ids=["defaults", "everything"])
def test_no_line_of_the_program_is_lost(settings: Settings, mistake: str) -> None:
    """The code cells with their titles are the program."""
    source = program(settings, mistake)
    text = notebook(source)
    head, *rest = cells(text, "code")
    titles = [title.removeprefix("## ") for title in cells(text, "markdown")]
    parts = [f"# %% {title}\n{code}" for title, code in zip(titles, rest, strict=True)]
    assert "\n\n".join([head, *parts]) == source


def test_a_title_stands_above_its_cell() -> None:
    """A `# %% Title` line is a heading. A line without a title gives no heading, and an empty part gives no cell."""
    text = notebook("import torch\n\n# %% One\na = 1\n\n# %%\nb = 2\n# %% Empty\n")
    assert [(cell["cell_type"], cell["source"]) for cell in read(text)["cells"]] == [
        ("code", "import torch"),
        ("markdown", "## One"),
        ("code", "a = 1"),
        ("code", "b = 2"),
        ("markdown", "## Empty"),
    ]


@pytest.mark.parametrize("begin", ["# %% One\na = 1", "# %%\na = 1", "a = 1"])
def test_the_first_line_may_begin_a_cell(begin: str) -> None:
    """A program whose first line is a `# %%` line keeps its first cell."""
    assert cells(notebook(begin), "code") == ["a = 1"]


# In a kernel. Warnings are allowed, because the client's own libraries give some.


executed = pytest.mark.parametrize(("settings", "mistake"), [(Settings(), "none"), (EVERYTHING, "redraw")])


@pytest.mark.filterwarnings("default")
@executed
def test_a_fresh_kernel_prints_the_program_s_digits(settings: Settings, mistake: str, execute: Any) -> None:
    """Executed from top to bottom the notebook prints what the program prints, to the last digit.

    One of the kernels starts as a learner's does, and imports everything itself.
    """
    source = program(settings, mistake)
    given = execute(notebook(source), cold=settings == EVERYTHING)
    printed = [output["text"] for output in given if output["output_type"] == "stream"]
    assert "".join(printed) == run(source).stdout


@pytest.mark.filterwarnings("default")
@executed
def test_a_cell_shows_only_what_it_prints(settings: Settings, mistake: str, execute: Any) -> None:
    """No cell warns, and none ends with an expression whose value a notebook would show below it."""
    given = execute(notebook(program(settings, mistake)), cold=settings == EVERYTHING)
    assert [output for output in given if output.get("name") != "stdout"] == []


@pytest.mark.filterwarnings("default")
def test_a_cell_that_fails_is_noticed(execute: Any) -> None:
    """The execution used above raises if a cell raises."""
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(notebook("1 / 0"))
