"""The notebook as a program and as a file: the original raises, the mended one runs and prints the page's digits."""

import ast
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from nbclient.exceptions import CellExecutionError

from components.lessons.notebook.facts import input_sequence, replay
from components.lessons.notebook.program import (
    AS_IT_WAS,
    COMPARE,
    MENDED,
    SHOW,
    first_cells,
    last_cell,
    program,
    statement,
)
from components.programs.notebook import notebook
from components.settings import Settings
from tests import kernel
from tests.fresh import run
from tests.lstm.strategies import settings_id

SIZES = [
    Settings(),
    Settings(input_size=2, hidden_size=6, seq_len=4, seed=42),
    Settings(seq_len=9, seed=3),
]
sizes = pytest.mark.parametrize("settings", SIZES, ids=settings_id)


def printed(settings: Settings, same_start: bool) -> str:
    """What the last two cells print for some settings, as the page computes it."""
    done = replay(settings, same_start)
    apart = max(done.comparison.per_step)
    return f"Inputs shape: {done.shape}\n{done.out}\n{done.hidden}\nat most {apart:.1e} apart\n"


@sizes
@pytest.mark.parametrize("same_start", [False, True])
def test_a_program_prints_the_page_s_digits(settings: Settings, same_start: bool) -> None:
    """If its name is mended, it runs in a fresh process without a warning, and prints what the page shows."""
    done = run(program(settings, (True, same_start)))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == printed(settings, same_start)


@pytest.mark.parametrize("same_start", [False, True])
def test_the_name_that_is_not_there_raises(same_start: bool) -> None:
    """The original ends in a fresh process with the error that its first line names."""
    source = program(Settings(), (False, same_start))
    assert source.startswith("# raises: NameError\nimport torch\n")
    done = run(source)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("NameError: name 'inputs' is not defined")


@given(st.sampled_from([(a, b) for a in (False, True) for b in (False, True)]), st.integers(1, 128))
@examples(deadline=None, derandomize=True, max_examples=20)
def test_every_excerpt_stands_in_the_program(mends: tuple[bool, bool], size: int) -> None:
    """Every excerpt is in the program word for word, and the program is Python. A mend changes one statement."""
    settings = Settings(hidden_size=size, seq_len=size)
    source = program(settings, mends)
    ast.parse(source)
    for excerpt in (first_cells(settings), SHOW, statement(mends), last_cell(mends), COMPARE):
        assert excerpt in source
    assert max(map(len, source.splitlines())) < 60
    was, mended = (ast.parse(program(settings, which)).body for which in (AS_IT_WAS, MENDED))
    changed = [ast.unparse(a) for a, b in zip(was, mended, strict=True) if ast.dump(a) != ast.dump(b)]
    assert [line.partition(" =")[0] for line in changed] == ["inputs", "hidden"]


# In a kernel. The warnings there may be are those of the client's own libraries.


@pytest.fixture(scope="module", autouse=True)
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Folders of its own for whatever a kernel writes."""
    with kernel.folders(tmp_path_factory.mktemp("kernel")):
        yield


@pytest.mark.filterwarnings("default")
@sizes
def test_the_mended_notebook_runs_in_a_fresh_kernel(settings: Settings) -> None:
    """Valid, run from top to bottom, it displays the inputs and prints the numbers that the page shows."""
    given = kernel.execute(notebook(program(settings, MENDED)))
    shown = [output["data"]["text/plain"] for output in given if output["output_type"] == "execute_result"]
    assert shown == [input_sequence(settings)]
    streams = [output["text"] for output in given if output.get("name") == "stdout"]
    assert "".join(streams) == printed(settings, same_start=True)
    assert len(given) == len(shown) + len(streams)


@pytest.mark.filterwarnings("default")
def test_the_notebook_as_it_was_does_not() -> None:
    """The test above can fail: with its first mistake the notebook stops, in the words that the page quotes."""
    with pytest.raises(CellExecutionError, match=re.escape("name 'inputs' is not defined")):
        kernel.execute(notebook(program(Settings(), AS_IT_WAS)))
