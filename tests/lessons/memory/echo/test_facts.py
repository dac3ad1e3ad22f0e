"""How long an input is heard, compared with two runs by torch, one of them without the input."""

import pytest
import torch
from torch import nn

from components.lessons.memory.echo.facts import Echo, echo, first_input, rnn_echo
from components.lessons.memory.facts import Edit, Hold, Surgery
from components.lstm.build import build
from components.settings import Settings
from tests.lstm.strategies import assert_close

CASES = [
    Settings(seq_len=9),
    Settings(seq_len=9, batch_size=4, signal="pulse", batch_first=True, num_layers=2),
    Settings(seq_len=7, batch_size=2, dtype="float64", bidirectional=True, num_layers=2),
]


@pytest.mark.parametrize("settings", CASES, ids=["plain", "pulse", "both ways"])
def test_it_is_the_difference_of_two_calls(settings: Settings) -> None:
    """The difference is that of the last layer's h in `output`. Another sample does not change."""
    layer, sample = settings.num_layers - 1, settings.batch_size - 1
    setup = build(settings)
    t = first_input(setup, sample)
    without = build(settings).inputs
    (without[:, t - 1] if settings.batch_first else without[t - 1])[:] = 0
    with torch.no_grad():
        difference = (setup.module(setup.inputs, setup.hx)[0] - setup.module(without, setup.hx)[0]).abs()
    difference = (difference.transpose(0, 1) if settings.batch_first else difference)[
        :, sample, : settings.hidden_size
    ].amax(dim=1)
    found = echo(setup, Surgery(layer=layer), sample, t)
    assert_close(found.change, difference, 1e-7, "echo")
    if not settings.bidirectional:
        assert (found.change[: t - 1] <= found.limit).all()


def test_the_first_input_is_the_pulse() -> None:
    setup = build(Settings(seq_len=9, batch_size=4, signal="pulse"))
    assert [first_input(setup, sample) for sample in range(4)] == [1, 2, 3, 4]
    assert first_input(build(Settings(seq_len=9)), 0) == 1
    assert first_input(build(Settings(seq_len=9, bidirectional=True)), 0, reverse=True) == 9
    setup.inputs.zero_()
    assert (first_input(setup, 0), first_input(setup, 0, reverse=True)) == (1, 9)


def test_with_forget_shut_it_travels_through_h() -> None:
    """With f at 0, c hands nothing on, but later steps still differ. With o at 0 too, no step differs."""
    setup = build(Settings(seq_len=9))
    shut = echo(setup, Surgery((Hold("f", 0.0),)), 0, 1)
    assert (shut.change[1:4] > shut.limit).all()
    assert shut.last() >= 4
    silent = echo(setup, Surgery((Hold("f", 0.0), Hold("o", 0.0, None, 1, 1))), 0, 1)
    assert silent.last() == 0
    assert echo(setup, Surgery(edits=(Edit("x", 0.0, None, 1, 1),)), 0, 1).last() == 0  # x_1 is 0 already


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("holds", [(), (Hold("f", 0.0),)], ids=["as it is", "keep nothing"])
@pytest.mark.parametrize(("hidden_size", "steps"), [(22, 32), (4, 100), (64, 200), (128, 60)])
def test_the_last_step_that_moves_is_that_of_float64(
    hidden_size: int, steps: int, holds: tuple[Hold, ...], reverse: bool
) -> None:
    """In float32 the change ends in rounding of about 1e-8, which never fades. The step before that is found.

    Here the same module runs in float64, which has no such rounding: by `nn.LSTM`, with the forget gate shut by its
    bias. One step more or less is allowed, where the change is as large as the tolerance.
    """
    settings = Settings(hidden_size=hidden_size, seq_len=steps, input_size=12, bidirectional=reverse)
    setup, surgery = build(settings), Surgery(holds, direction=int(reverse))
    t = first_input(setup, 0, reverse)
    found = echo(setup, surgery, 0, t)
    module, inputs, hx = setup.module.double(), setup.inputs.double(), tuple(state.double() for state in setup.hx)
    forget = slice(hidden_size, 2 * hidden_size)
    with torch.no_grad():
        for name, parameter in module.named_parameters() if holds else []:
            parameter[forget] = -torch.inf if name.startswith("bias_ih") else 0
        without = inputs.clone()
        without[t - 1] = 0
        difference = (module(inputs, hx)[0] - module(without, hx)[0]).abs()[:, 0]
    change = difference.chunk(2 if reverse else 1, dim=1)[-1].amax(dim=1)
    moved = (change > found.limit).nonzero().flatten() + 1
    last = int(moved[0] if reverse else moved[-1])
    assert 2e-6 <= found.limit < 1e-5
    assert abs(found.last(reverse) - last) <= 1
    if holds:
        assert last not in (1, steps)
        assert (found.change > 0).sum() > len(moved) + 2  # without a tolerance, rounding would count


def test_rounding_is_not_heard() -> None:
    """Only changes above the limit count, and the last one in the order of reading is taken. A NaN counts."""
    change = torch.tensor([1e-8, 0.5, 3e-6, 1e-8, 2e-6])
    assert (Echo(change, 2e-6).last(), Echo(change, 2e-6).last(reverse=True)) == (3, 2)
    assert Echo(change * 0, 2e-6).last() == 0
    assert Echo(change * torch.nan, 2e-6).last() == 5


def test_the_rnn_is_the_one_plain_code_draws() -> None:
    settings = Settings(seq_len=9, batch_size=2, signal="pulse", proj_size=2)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        rnn = nn.RNN(settings.input_size, settings.hidden_size)
    inputs = build(settings).inputs
    without = inputs.clone()
    without[1] = 0
    with torch.no_grad():
        expected = (rnn(inputs)[0] - rnn(without)[0])[:, 1].abs().amax(dim=1)
    found = rnn_echo(settings, 0, 0, 1, 2)
    assert_close(found.change, expected, 1e-7, "rnn")
    assert found.limit == 2e-6
