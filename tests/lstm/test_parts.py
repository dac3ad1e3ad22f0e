"""One layer of a module: its parameters, what it returns and where it starts are torch's own."""

import pytest
import torch
from hypothesis import given
from torch import Tensor, nn

from components.lstm.parts import FUSED, parameters, run_layer, single, start_of, suffix
from tests.lstm.strategies import Shape, assert_close, by_torch, limit, shapes

KINDS = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN_TANH": nn.RNN}


@given(shapes())
def test_layers_and_directions_share_out_torch_s_names(shape: Shape) -> None:
    """All names, in the order in which torch lists them, and under each the module's own parameter."""
    module = shape.module()
    found = {
        name + suffix(layer, direction): parameter
        for layer in range(shape.num_layers)
        for direction in range(shape.directions)
        for name, parameter in parameters(module, layer, direction).items()
    }
    named = dict(module.named_parameters())
    assert list(found) == list(named)
    assert all(found[name] is parameter for name, parameter in named.items())


def layer_by_layer(module: nn.RNNBase, x: Tensor, states: tuple[Tensor, ...] | None, lengths: Tensor | None = None):
    """`output` and the last states of all layers, from one `run_layer` a layer."""
    directions = 2 if module.bidirectional else 1
    lasts = []
    for layer in range(module.num_layers):
        rows = slice(layer * directions, (layer + 1) * directions)
        state = None if states is None else tuple(part[rows] for part in states)
        x, last = run_layer(module, layer, x, state, lengths)
        lasts.append(last)
    return x, tuple(torch.cat(parts) for parts in zip(*lasts, strict=True))


@given(shapes(batched=True))
def test_the_layers_one_after_another_are_torch_s_call(shape: Shape) -> None:
    """Padded and whole, with and without a start: `output`, h_n and c_n are those of the module."""
    call = shape.call()
    output, h_n, c_n = by_torch(call)
    x = call.inputs.transpose(0, 1) if shape.batch_first else call.inputs
    lengths = None if call.lengths is None else torch.tensor(call.lengths)
    ours, states = layer_by_layer(call.module, x, call.hx, lengths)
    theirs = output.transpose(0, 1) if shape.batch_first else output
    for name, one, other in (("output", ours, theirs), ("h_n", states[0], h_n), ("c_n", states[1], c_n)):
        assert_close(one, other, limit(c_n), name)


@pytest.mark.parametrize("start", [True, False])
@pytest.mark.parametrize("mode", FUSED)
def test_every_kind_of_module_has_its_own_call(mode: str, start: bool) -> None:
    """A GRU and an RNN have one state; without one, each kind starts from zeros, as the module does."""
    module = KINDS[mode](3, 4, num_layers=2, bidirectional=True, dtype=torch.float64)
    x = torch.randn(5, 2, 3, dtype=torch.float64)
    states = tuple(torch.randn(4, 2, 4, dtype=torch.float64) for _ in range(2 if mode == "LSTM" else 1))
    given_state = states if start else None
    output, last = layer_by_layer(module, x, given_state)
    with torch.no_grad():
        hx = (states if mode == "LSTM" else states[0]) if start else None
        expected, ends = module(x, hx)
    ends = ends if mode == "LSTM" else (ends,)
    assert_close(output, expected, 1e-12, mode)
    for ours, theirs in zip(last, ends, strict=True):
        assert_close(ours, theirs, 1e-12, mode)


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("direction", [0, 1])
@pytest.mark.parametrize("time_major", [True, False])
def test_a_single_layer_and_direction_is_a_module_of_its_own(layer: int, direction: int, time_major: bool) -> None:
    """Called alone from its own slots of `hx`, it gives its half of what the module gives."""
    module = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True, dtype=torch.float64)
    hx = (torch.randn(4, 2, 4, dtype=torch.float64), torch.randn(4, 2, 4, dtype=torch.float64))
    x = torch.randn(5, 2, 3, dtype=torch.float64)
    below = x if layer == 0 else run_layer(module, 0, x, (hx[0][:2], hx[1][:2]))[0]
    part = single(module, layer, direction, time_major=time_major)
    assert part.batch_first != time_major
    seen = below.flip(0) if direction else below
    with torch.no_grad():
        output, ends = part(seen if time_major else seen.transpose(0, 1), start_of(module, hx, layer, direction))
        _, (h_n, c_n) = module(x.transpose(0, 1), hx)
    output = output if time_major else output.transpose(0, 1)
    expected = run_layer(module, layer, below, tuple(state[2 * layer : 2 * layer + 2] for state in hx))[0]
    assert_close(output.flip(0) if direction else output, expected.chunk(2, dim=2)[direction], 1e-12, "output")
    for ours, theirs in zip(ends, (h_n, c_n), strict=True):
        assert_close(ours[0], theirs[2 * layer + direction], 1e-12, "the last state")
