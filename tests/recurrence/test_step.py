"""One step by its equations: it is torch's, for every shape, and the check that says so can fail."""

import dataclasses

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples

from components.recurrence import step
from components.recurrence.build import build
from components.recurrence.step import first_step, put_together
from components.recurrence.trace import trace
from components.settings import Settings
from tests.recurrence.equations import equations
from tests.recurrence.strategies import small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")


@examples(max_examples=60)
@given(settings=small_settings())
def test_the_parts_make_the_whole(settings: Settings) -> None:
    result = put_together(settings)
    assert result.same
    assert 0 <= result.difference <= result.tolerance
    assert [row.beside for row in result.rows] == ["c, every step", "c_n", "output", "h_n"]


@pytest.mark.parametrize("name", ["o", "c", "f"])
@pytest.mark.parametrize("wrong", [1e-4, float("nan")])
def test_a_number_that_is_wrong_is_noticed(name: str, wrong: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """One gate or state off at one step of one layer: the parts no longer make the whole."""
    settings = Settings(num_layers=2, bidirectional=True, batch_size=2, proj_size=2)
    run = trace(*build(settings))
    bad = getattr(run, name).clone()
    bad[1, 1, 0, 1, 2] += wrong
    monkeypatch.setattr(step, "trace", lambda *setup: dataclasses.replace(run, **{name: bad}))
    result = put_together(settings)
    assert not result.same
    assert not result.difference <= result.tolerance


@given(settings=small_settings(num_layers=2))
def test_f_has_nothing_to_do_at_a_first_step_from_zeros(settings: Settings) -> None:
    """The range of f is that of the equations; started from zeros, c is i g and not a bit else."""
    direction = settings.num_directions - 1
    found = first_step(settings, 1, direction, 0)
    f = equations(settings, build(settings), 1, direction, 0)["f"][-1 if direction else 0]
    torch.testing.assert_close(torch.tensor([found.lowest, found.highest]), torch.stack([f.min(), f.max()]).float())
    if settings.initial_state == "zeros":
        assert found.apart == 0
    else:
        assert found.apart > 0
