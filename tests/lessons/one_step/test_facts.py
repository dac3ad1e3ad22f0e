"""One step by its equations gives torch's numbers, for every shape. The check that says so can fail."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import settings as examples

from components.lessons.one_step import facts as step
from components.lessons.one_step.facts import put_together
from components.lstm.build import build
from components.lstm.trace import trace_directions
from components.settings import Settings
from tests.lstm.strategies import any_settings

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
