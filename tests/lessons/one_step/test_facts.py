"""One step by its equations gives torch's numbers, for every shape. The check that says so can fail."""

import dataclasses

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples

from components.lessons.one_step import facts as step
from components.lessons.one_step.facts import first_step, held, put_together
from components.lstm.build import build
from components.lstm.trace import trace_direction, trace_directions
from components.settings import Settings
from tests.lstm.equations import equations
from tests.lstm.strategies import LIMITS, any_settings, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")


@examples(max_examples=60)
@given(settings=any_settings())
def test_the_parts_make_the_whole(settings: Settings) -> None:
    result = put_together(settings)
    assert result.same
    assert 0 <= result.difference <= result.tolerance
    assert [row.beside for row in result.rows] == ["c_n", "output", "h_n"]


@pytest.mark.parametrize("name", list("ifgo"))
@pytest.mark.parametrize("wrong", [1e-4, float("nan")])
def test_a_number_that_is_wrong_is_noticed(name: str, wrong: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """If one gate is wrong at one step of one layer, the check fails."""
    settings = Settings(num_layers=2, bidirectional=True, batch_size=2, proj_size=2)
    found = list(trace_directions(*build(settings)))
    bad = getattr(found[-1], name).clone()
    bad[0, 1, 2] += wrong
    found[-1] = dataclasses.replace(found[-1], **{name: bad})
    monkeypatch.setattr(step, "trace_directions", lambda *setup: found)
    result = put_together(settings)
    assert not result.same
    assert not result.difference <= result.tolerance


@given(settings=small_settings(num_layers=2))
def test_f_has_nothing_to_do_at_a_first_step_from_zeros(settings: Settings) -> None:
    """The range of f is that of the equations. If the state starts from zeros, c is i g, up to rounding."""
    direction = settings.num_directions - 1
    found = first_step(settings, 1, direction, 0)
    f = equations(settings, build(settings), 1, direction, 0)["f"][-1 if direction else 0]
    torch.testing.assert_close(torch.tensor([found.lowest, found.highest]), torch.stack([f.min(), f.max()]).float())
    if settings.initial_state == "zeros":
        assert found.idle
    else:
        assert not found.idle


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("steps", [1, 2, 20, 57, 200])
def test_what_a_latch_holds_is_found(steps: int, dtype: str) -> None:
    """The longest run is found. A sequence that is cut at a step of it gives the same c_n, up to rounding."""
    settings = Settings.for_job("latch", seq_len=steps, batch_size=2, dtype=dtype)
    limit = LIMITS[getattr(torch, dtype)]
    module, inputs, hx = build(settings)
    ends = torch.stack([module(inputs[: t + 1], hx)[1][1][0, 1] for t in range(steps)]).tolist()  # (T, H)
    runs = [(0, 0, 0)]
    for unit in range(settings.hidden_size):
        for first in range(steps):
            last = first
            at_first = ends[first][unit]
            while last + 1 < steps and abs(ends[last + 1][unit] - at_first) <= limit < abs(at_first):
                last += 1
            runs.append((last - first, unit, first))
    found = held(settings, 0, 0, 1)
    longest = max(length for length, *_ in runs)
    if found is None:
        assert longest == 0
    else:
        assert found.last - found.first == longest
        assert (longest, found.unit, found.first - 1) in runs
        assert found.limit == limit
        values = [ends[t][found.unit] for t in range(found.first - 1, found.last)]
        assert max(abs(value - found.value) for value in values) <= limit
        assert found.change <= limit
        assert found.f == torch.tensor(40.0).sigmoid().item() == 1
        assert found.i == torch.tensor(-40.0, dtype=getattr(torch, dtype)).sigmoid().item() > 0


def test_rounding_ends_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A c that differs in its last bits stays. A c that drifts away by more than rounding does not."""
    settings = Settings.for_job("latch", seq_len=6)
    run = trace_direction(*build(settings), 0, 0)
    c = torch.zeros(6, 1, settings.hidden_size)
    for ulps, longest in (([1.0, 1 - 6e-8, 1.0, 1 + 1.2e-7, 1.0, 1.0], 5), ([1 + n * 1.5e-6 for n in range(6)], 1)):
        c[:, 0, 0] = torch.tensor(ulps)
        altered = dataclasses.replace(run, c=c.clone())
        monkeypatch.setattr(step, "trace_direction", lambda *_, altered=altered: altered)
        found = held(settings, 0, 0, 0)
        assert found is not None
        assert found.last - found.first == longest
