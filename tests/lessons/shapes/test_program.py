"""The program on axes prints what the page shows, and what is broken raises what torch raises."""

import pytest
import torch
from hypothesis import given

from components.lessons.shapes.facts import BREAKAGES, nudge, readings, refusal
from components.lessons.shapes.program import arrange, broken, program, two_axes
from components.settings import Settings
from tests.lessons.live.check.test_program import execute
from tests.lstm.strategies import GRID, assert_close, settings_id, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
grid = pytest.mark.parametrize("settings", GRID, ids=settings_id)


@given(settings=small_settings())
def test_the_program_finds_what_the_page_finds(settings: Settings) -> None:
    """Output swapped back and states as they are agree; the nudge moves by the page's numbers."""
    ran = execute(program(settings))
    assert "swapped back, the same output: True" in ran.printed
    assert "as they are, the same states: True" in ran.printed
    for name, found in nudge(settings).items():
        before, after = ran.names["ways"][name]
        hx = (ran.names["h_0"], ran.names["c_0"])
        change = ran.names["lstm"](after, hx)[0] - ran.names["lstm"](before, hx)[0]
        assert_close(change.abs().amax(dim=2).detach(), found.change, 1e-5)


@grid
def test_two_axes_are_read_twice(settings: Settings) -> None:
    """The shapes are the page's, and the first row agrees."""
    ran, read = execute(program(settings)), readings(settings)
    sequence, batch = ran.names["sequence"], ran.names["batch"]
    assert (sequence.shape, batch.shape) == (read.sequence.shape, read.batch.shape)
    assert torch.allclose(sequence[0], batch[0], atol=1e-6)


@grid
def test_excerpts_stand_in_the_program(settings: Settings) -> None:
    """Word for word."""
    plain = program(settings)
    assert arrange(settings) in plain
    assert two_axes(settings) in plain


@pytest.mark.parametrize("breakage", BREAKAGES)
@grid
def test_what_is_broken_raises_torch_s_words(settings: Settings, breakage: str) -> None:
    """The program raises the very error the page quotes, and names its type; or none, and names none."""
    said = refusal(settings, breakage)
    error = said.name if said else ""
    source = broken(settings, breakage, error)
    assert source.startswith(f"# raises: {error}\n") == bool(said)
    if said is None:
        execute(source)
        return
    with pytest.raises((RuntimeError, ValueError)) as caught:
        execute(source)
    assert (type(caught.value).__name__, str(caught.value)) == (said.name, said.words)
