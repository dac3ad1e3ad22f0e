"""A cut sequence goes on with both parts of the state, and with no less; an RNN with its one tensor."""

from dataclasses import replace

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from components.lessons.outputs.carry.facts import CARRIED, continued, one_tensor, rnn_continued
from components.lstm.build import build
from components.settings import Settings
from tests.lstm.strategies import GRID, limit, settings_id, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
grid = pytest.mark.parametrize("settings", GRID, ids=settings_id)


@given(settings=small_settings(bidirectional=False), data=st.data())
def test_both_continue_it(settings: Settings, data: st.DataObject) -> None:
    """If (h, c) is carried, only rounding remains, wherever the cut is."""
    assume(settings.seq_len > 1)
    cut = data.draw(st.integers(1, settings.seq_len - 1))
    result = continued(settings, cut)
    assert result.same("(h, c)")
    assert list(result.per_step) == list(CARRIED)
    assert all(len(difference) == settings.seq_len - cut for difference in result.per_step.values())


@pytest.mark.parametrize("settings", [Settings(), Settings(num_layers=2), Settings(batch_first=True, batch_size=3)])
@pytest.mark.parametrize("cut", [1, 2, 4])
def test_each_continuation_is_torch_s(settings: Settings, cut: int) -> None:
    """Step by step the differences are those of the calls a learner would write."""
    module, inputs, hx = build(settings)
    time = 1 if settings.batch_first else 0
    first, rest = inputs.narrow(time, 0, cut), inputs.narrow(time, cut, settings.seq_len - cut)
    with torch.no_grad():
        whole, (_, c_n) = module(inputs, hx)
        h, c = module(first, hx)[1]
        zero = torch.zeros_like(h)
        states = {"(h, c)": (h, c), "h alone": (h, zero), "c alone": (zero, c), "neither": None}
        for name, state in states.items():
            difference = module(rest, state)[0] - whole.narrow(time, cut, settings.seq_len - cut)
            expected = [step.abs().max().item() for step in difference.unbind(time)]
            assert continued(settings, cut).per_step[name] == pytest.approx(expected, abs=1e-9), name
    assert continued(settings, cut).tolerance == limit(c_n)


@pytest.mark.parametrize("name", ["h alone", "c alone", "neither"])
def test_less_does_not(name: str) -> None:
    assert not continued(Settings(num_layers=2), 1).same(name)


def test_two_directions_cannot_be_cut() -> None:
    """The reverse direction of the first part has not read the steps after the cut."""
    assert not continued(Settings(num_layers=2, bidirectional=True), 2).same("(h, c)")


@pytest.mark.parametrize("cut", [0, 5, -1, 99])
def test_there_is_a_step_on_either_side(cut: int) -> None:
    for run in (continued, rnn_continued):
        with pytest.raises(ValueError, match=f"cut is {cut}, not a step from 1 to 4"):
            run(Settings(), cut)


@given(settings=small_settings(), data=st.data())
def test_one_tensor_continues_an_rnn(settings: Settings, data: st.DataObject) -> None:
    """The h of an RNN is its whole state: only rounding remains, wherever the cut is."""
    assume(settings.seq_len > 1)
    difference = rnn_continued(settings, data.draw(st.integers(1, settings.seq_len - 1)))
    assert max(difference) <= limit(torch.zeros(1, dtype=getattr(torch, settings.dtype)))


def test_nothing_global_is_touched() -> None:
    state = torch.get_rng_state()
    rnn_continued(Settings(seed=7), 2)
    assert torch.equal(torch.get_rng_state(), state)


@grid
def test_torch_s_own_words(settings: Settings) -> None:
    """Given h_0 alone torch raises; the error's name and words are its own."""
    deep = replace(settings, num_layers=max(settings.num_layers, 2))
    for one in (settings, deep):
        refusal = one_tensor(build(one))
        assert refusal
        module, inputs, (h_0, _) = build(one)
        with pytest.raises((RuntimeError, IndexError)) as caught:
            module(inputs, h_0)
        assert (refusal.name, refusal.words) == (type(caught.value).__name__, str(caught.value))
        assert refusal.name == ("RuntimeError" if len(h_0) > 1 else "IndexError")
