"""A line as a program: it runs, and prints what torch gives here."""

import pytest

from components.lessons.views.facts import parse, positions, rearrange
from components.lessons.views.program import program
from components.lessons.views.storage.facts import shares
from components.settings import Settings
from tests import fresh

SETTINGS = Settings(seq_len=4, batch_size=3, input_size=2)


@pytest.mark.parametrize("line", ["x.transpose(0, 1)", "x.transpose(0, 1).reshape(B, -1)", "x[1:, 0].mT"])
def test_it_prints_what_the_page_states(line: str) -> None:
    """Shape, strides, offset, contiguity, whether memory is shared, and the tensor itself."""
    x = positions((4, 3, 2))
    y = rearrange(x, parse(line, {"T": 4, "B": 3, "I": 2})).result
    done = fresh.run(program(SETTINGS, line))
    assert (done.returncode, done.stderr) == (0, "")
    told, kept, tensor = done.stdout.split("\n", 2)
    assert told == f"{tuple(y.shape)} {y.stride()} {y.storage_offset()} {y.is_contiguous()}"
    assert kept == f"x's memory: {shares(x, y)}"
    assert tensor.strip() == str(y)


def test_it_raises_what_it_says() -> None:
    """A line that torch refuses: the first line names the error, and nothing comes after the line that raises it."""
    source = program(SETTINGS, "x.transpose(0, 1).view(B, -1)", "RuntimeError")
    assert source.startswith("# raises: RuntimeError\nimport torch\n")
    assert source.splitlines()[-1] == "y = x.transpose(0, 1).view(B, -1)"
    done = fresh.run(source)
    assert done.returncode != 0
    assert "\nRuntimeError: view size is not compatible" in done.stderr
