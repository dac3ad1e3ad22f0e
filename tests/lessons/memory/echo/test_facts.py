"""How long an input is heard, compared with two runs by torch, one of them without the input."""

import pytest
import torch
from torch import nn

from components.lessons.memory.echo.facts import echo, first_input, rnn_echo
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
    assert_close(found, difference, 1e-7, "echo")
    if not settings.bidirectional:
        assert not found[: t - 1].any()


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
    assert (shut[1:4] > 0).all()
    silent = echo(setup, Surgery((Hold("f", 0.0), Hold("o", 0.0, None, 1, 1))), 0, 1)
    assert not silent.any()
    assert not echo(setup, Surgery(edits=(Edit("x", 0.0, None, 1, 1),)), 0, 1).any()  # x_1 is 0 already


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
    assert_close(rnn_echo(settings, 0, 0, 1, 2), expected, 1e-7, "rnn")
