"""The loops of a learner are right for every module for which they are said to be right."""

import torch
from hypothesis import given

from components.lstm.loop import Result, forward_loop, loop
from tests.lstm.strategies import Call, Shape, assert_close, by_torch, limit, parts, shapes


def assert_as_torch(result: Result, call: Call) -> None:
    """Shapes, types and numbers of `result` are those of nn.LSTM's own call."""
    wanted = by_torch(call)
    for (name, ours), theirs in zip(parts(result).items(), wanted, strict=True):
        assert_close(ours, theirs, limit(wanted[2]), name)


@given(shapes(batched=True, padded=False, start=True))
def test_loop_returns_what_nn_lstm_returns(shape: Shape) -> None:
    """Shapes, types and numbers of `loop` are nn.LSTM's, whatever the module."""
    call = shape.call()
    assert call.hx is not None
    with torch.no_grad():
        assert_as_torch(loop(call.module, call.inputs, call.hx), call)


@given(shapes(batched=True, padded=False, directions=(1,)))
def test_forward_loop_is_right_in_one_direction(shape: Shape) -> None:
    """With one direction the plain loop equals the call, also from zeros if there is no `hx`."""
    call = shape.call()
    with torch.no_grad():
        assert_as_torch(forward_loop(call.module, call.inputs, call.hx), call)
