"""`trace` against `nn.LSTM`, and against the equations written out in float64."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn

from components.lstm import trace as traces
from components.lstm.trace import Trace, lanes_of, trace, trace_direction, trace_directions
from tests.lstm.strategies import Call, Shape, assert_close, by_torch, limit, shapes

Array = npt.NDArray[np.float64]
NAMES = ("i", "f", "g", "o", "c", "h")
GRID = [
    Shape(),
    Shape(dtype="float64"),
    Shape(steps=1),
    Shape(start=False),
    Shape(bias=False),
    Shape(hidden_size=1, input_size=1),
    Shape(batch=None),
    Shape(batch=None, batch_first=True, bidirectional=True, num_layers=2, proj_size=2),
    Shape(batch=None, start=False),
    Shape(batch=3, batch_first=True),
    Shape(proj_size=2, batch=2),
    Shape(num_layers=3, batch=2),
    Shape(bidirectional=True, batch=2),
    Shape(bidirectional=True, num_layers=3, batch=2, proj_size=3, dtype="float64"),
    Shape(batch=3, lengths=(5, 3, 1)),
    Shape(batch=3, lengths=(1, 3, 2), batch_first=True),
    Shape(batch=3, lengths=(2, 5, 4), bidirectional=True, num_layers=2),
    Shape(batch=3, lengths=(2, 4, 4), bidirectional=True, num_layers=2, proj_size=1, start=False),
    Shape(batch=1, lengths=(2,), bias=False, bidirectional=True, dtype="float64"),
]


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^-x)."""
    result: Array = 1 / (1 + np.exp(-x))
    return result


def equations(call: Call) -> dict[str, Array]:
    """Every gate and state by the equations in nn.LSTM's documentation, one sample at a time.

    Float64 throughout and no batch, no padding, no fused call: each sequence is read alone, from
    its own first step, or from its own last step in the reverse direction. Steps beyond its length
    hold what `Trace` promises for them.
    """
    module, inputs, hx, lengths = call
    x = inputs.double().numpy()
    if inputs.dim() == 2:
        x = x[:, None]
    elif module.batch_first:
        x = x.transpose(1, 0, 2)
    steps, batch, _ = x.shape
    layers, units = module.num_layers, module.hidden_size
    directions = 2 if module.bidirectional else 1
    width = module.proj_size or units
    weights = {name: p.detach().double().numpy() for name, p in module.named_parameters()}
    h_0 = np.zeros((layers * directions, batch, width))
    c_0 = np.zeros((layers * directions, batch, units))
    if hx is not None:
        h_0 = hx[0].double().numpy().reshape(h_0.shape)
        c_0 = hx[1].double().numpy().reshape(c_0.shape)
    inside = (layers, directions, steps, batch, units)
    found = {name: np.zeros(inside) for name in ("i", "f", "g", "o", "c")}
    found["f"] += 1
    found["h"] = np.zeros((layers, directions, steps, batch, width))
    found["h_n"], found["c_n"] = np.empty_like(h_0), np.empty_like(c_0)
    below = x
    for layer in range(layers):
        for d in range(directions):
            slot, end = layer * directions + d, f"_l{layer}" + ("_reverse" if d else "")
            for b in range(batch):
                h, c = h_0[slot, b], c_0[slot, b]
                length = lengths[b] if lengths is not None else steps
                found["c"][layer, d, length:, b] = c  # a reverse direction waits there
                for t in range(length)[::-1] if d else range(length):
                    a = weights["weight_ih" + end] @ below[t, b] + weights["weight_hh" + end] @ h
                    if module.bias:
                        a = a + weights["bias_ih" + end] + weights["bias_hh" + end]
                    i, f = sigmoid(a[:units]), sigmoid(a[units : 2 * units])
                    g, o = np.tanh(a[2 * units : 3 * units]), sigmoid(a[3 * units :])
                    c = f * c + i * g
                    h = o * np.tanh(c)
                    if module.proj_size:
                        h = weights["weight_hr" + end] @ h
                    for name, value in zip(NAMES, (i, f, g, o, c, h), strict=True):
                        found[name][layer, d, t, b] = value
                found["h_n"][slot, b], found["c_n"][slot, b] = h, c
                if not d:
                    found["c"][layer, d, length:, b] = c
        below = np.concatenate(list(found["h"][layer]), axis=2)
    found["output"] = below
    return found


def assert_as_torch(call: Call) -> Trace:
    """output, h_n and c_n as `nn.LSTM` returns them: same shapes, types and numbers."""
    ours = trace(*call)
    output, h_n, c_n = by_torch(call)
    atol = limit(c_n)
    assert_close(ours.output, output, atol, "output")
    assert_close(ours.h_n, h_n, atol, "h_n")
    assert_close(ours.c_n, c_n, atol, "c_n")
    return ours


def assert_as_equations(call: Call) -> None:
    """Every gate and state as the equations give it, at every step, padded ones included."""
    ours, theirs = trace(*call), equations(call)
    for name in NAMES:
        expected = torch.from_numpy(theirs[name])
        assert_close(getattr(ours, name).double(), expected, limit(ours.c), name)


def assert_shaped(shape: Shape, ours: Trace) -> None:
    """Every tensor has the shape that `Trace` documents, and the module's type."""
    layers, directions = shape.num_layers, shape.directions
    steps, batch = shape.steps, shape.batch or 1
    units, width = shape.hidden_size, shape.width
    inside: tuple[int, ...] = (layers, directions, steps, batch, units)
    sizes = dict.fromkeys(("i", "f", "g", "o", "c"), inside)
    sizes["x"] = (steps, batch, shape.input_size)
    sizes["h"] = (layers, directions, steps, batch, width)
    sizes["h_0"] = (layers, directions, batch, width)
    sizes["c_0"] = (layers, directions, batch, units)
    middle = (batch,) if shape.batch is not None else ()
    axes = (batch, steps) if middle and shape.batch_first else (steps, *middle)
    sizes["output"] = (*axes, directions * width)
    sizes["h_n"] = (layers * directions, *middle, width)
    sizes["c_n"] = (layers * directions, *middle, units)
    for name, size in sizes.items():
        tensor: Tensor = getattr(ours, name)
        assert tuple(tensor.shape) == size, name
        assert tensor.dtype == getattr(torch, shape.dtype), name
        assert not tensor.requires_grad, name
        assert tensor.grad_fn is None, name


# One row of it


@given(shapes())
def test_a_row_is_the_trace_s_bit_for_bit(shape: Shape) -> None:
    """One layer and direction, computed alone or one after another, is that of the whole trace, bit for bit."""
    module, inputs, hx, _ = shape.but(lengths=None).call()
    whole = trace(module, inputs, hx)
    every = list(trace_directions(module, inputs, hx))
    assert [(row.layer, row.direction) for row in every] == list(np.ndindex(shape.num_layers, shape.directions))
    for row in every:
        at = row.layer, row.direction
        below = whole.h[row.layer - 1].movedim(0, 2).flatten(2) if row.layer else whole.x
        expected = {"x": below} | {
            name: getattr(whole, name)[at] for name in ("i", "f", "g", "o", "c", "h", "h_0", "c_0")
        }
        alone = trace_direction(module, inputs, hx, *at)
        for name, tensor in expected.items():
            assert torch.equal(getattr(row, name), tensor), (at, name)
            assert torch.equal(getattr(alone, name), tensor), (at, name)
        lanes = lanes_of(whole, *at, sample=0)
        for name, lane in alone.lanes(0).items():
            assert np.array_equal(lane, lanes[name]), (at, name)
            start = 0 if name in "xifgo" or row.direction else 1
            assert np.array_equal(lane[start : start + len(whole.x)], expected[name][:, 0].numpy()), (at, name)


def test_a_row_takes_the_layers_below_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """For one row, the layers above are not called, only its gates are computed, and no graph is recorded."""
    calls = []

    def noted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            calls.append(real.__name__)
            return real(*args)

        return call

    for name in ("run_layer", "_row"):
        monkeypatch.setattr(traces, name, noted(getattr(traces, name)))
    module, inputs, hx, _ = Shape(num_layers=4, bidirectional=True).call()
    assert trace_direction(module, inputs, hx, 1, 1).c.grad_fn is None
    assert calls == ["run_layer", "run_layer", "_row"]
    assert torch.is_grad_enabled()


# Against nn.LSTM


@pytest.mark.parametrize("shape", GRID, ids=str)
def test_returns_what_nn_lstm_returns(shape: Shape) -> None:
    """output, h_n and c_n are nn.LSTM's, and every tensor has its documented shape."""
    assert_shaped(shape, assert_as_torch(shape.call()))


@settings(max_examples=100)
@given(shapes())
def test_returns_what_nn_lstm_returns_in_every_shape(shape: Shape) -> None:
    """The same for modules and inputs of every shape, with lengths or without."""
    assert_shaped(shape, assert_as_torch(shape.call()))


@given(shapes(padded=True, min_batch=2))
def test_returns_what_nn_lstm_returns_for_packed_sequences(shape: Shape) -> None:
    """With lengths, in any order, it returns what nn.LSTM gives for the packed batch, unpacked."""
    call = shape.call()
    assert_as_torch(call)
    assert_as_torch(call._replace(lengths=sorted(call.lengths or [], reverse=True)))


@given(shapes(padded=True))
def test_lengths_may_be_a_tensor(shape: Shape) -> None:
    """Lengths are taken as a list, a tuple or an integer tensor alike."""
    module, inputs, hx, lengths = shape.call()
    assert lengths is not None
    wanted = trace(module, inputs, hx, lengths)
    for same in (tuple(lengths), torch.tensor(lengths), torch.tensor(lengths, dtype=torch.int32)):
        ours = trace(module, inputs, hx, same)
        for name in vars(wanted):
            assert torch.equal(getattr(ours, name), getattr(wanted, name)), name


def test_a_long_wide_call() -> None:
    """The numbers hold at the largest sizes the controls offer, not in small tensors only."""
    shape = Shape(input_size=64, hidden_size=128, steps=200, batch=2, num_layers=2, seed=3)
    for dtype in ("float32", "float64"):
        call = shape.but(dtype=dtype, bidirectional=True).call()
        ours = assert_as_torch(call)
        assert_close(ours.o * ours.c.tanh(), ours.h, limit(ours.c), "h")


# Against the equations


@pytest.mark.parametrize("shape", GRID, ids=str)
def test_gates_follow_the_equations(shape: Shape) -> None:
    """i, f, g, o, c and h are what the equations give, computed without torch."""
    assert_as_equations(shape.call())


@settings(max_examples=100)
@given(shapes())
def test_gates_follow_the_equations_in_every_shape(shape: Shape) -> None:
    """The same for modules and inputs of every shape, with lengths or without."""
    assert_as_equations(shape.call())


@given(shapes(padded=True, directions=(2,), min_batch=2))
def test_reverse_gates_of_padded_batches_follow_the_equations(shape: Shape) -> None:
    """The reverse direction of a padded batch begins at each sequence's own last step."""
    assert_as_equations(shape.call())


@given(shapes())
def test_equations_agree_with_nn_lstm(shape: Shape) -> None:
    """The oracle itself is right: its outputs and final states are those of nn.LSTM."""
    call = shape.call()
    theirs, (output, h_n, c_n) = equations(call), by_torch(call)
    wanted = theirs["output"]
    if shape.batch is None:
        wanted = wanted[:, 0]
    elif shape.batch_first:
        wanted = wanted.transpose(1, 0, 2)
    atol = limit(c_n)
    assert_close(output.double(), torch.from_numpy(np.ascontiguousarray(wanted)), atol, "output")
    assert_close(h_n.double(), torch.from_numpy(theirs["h_n"]).reshape(h_n.shape), atol, "h_n")
    assert_close(c_n.double(), torch.from_numpy(theirs["c_n"]).reshape(c_n.shape), atol, "c_n")


@given(shapes(directions=(1,), num_layers=1, projected=False, batched=True, padded=False))
def test_states_are_those_of_an_lstm_cell(shape: Shape) -> None:
    """`nn.LSTMCell` with the same weights goes through the same h and c, step by step."""
    call = shape.call()
    ours = trace(*call)
    dtype = call.inputs.dtype
    cell = nn.LSTMCell(shape.input_size, shape.hidden_size, bias=shape.bias, dtype=dtype)
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in call.module.state_dict().items()})
    state = (ours.h_0[0, 0], ours.c_0[0, 0])
    with torch.no_grad():
        for t in range(shape.steps):
            state = cell(ours.x[t], state)
            assert_close(ours.h[0, 0, t], state[0], limit(ours.c), f"h at {t}")
            assert_close(ours.c[0, 0, t], state[1], limit(ours.c), f"c at {t}")


# What a trace says of itself


def before(ours: Trace, name: str, shape: Shape, d: int) -> Tensor:
    """The states that direction `d` had one step earlier, (L, T, B, H)."""
    states, start = getattr(ours, name)[:, d], getattr(ours, f"{name}_0")[:, d].unsqueeze(1)
    kept = [states[:, 1:], start] if d else [start, states[:, :-1]]
    return torch.cat(kept, dim=1)


@given(shapes())
def test_cell_states_are_the_scan_of_the_gates(shape: Shape) -> None:
    """c_t = f_t c_{t-1} + i_t g_t in the direction's own order, and the last one is c_n."""
    ours = trace(*shape.call())
    for d in range(shape.directions):
        wanted = ours.f[:, d] * before(ours, "c", shape, d) + ours.i[:, d] * ours.g[:, d]
        assert_close(ours.c[:, d], wanted, limit(ours.c), "c")
        last = ours.c[:, d, 0 if d else -1]
        c_n = ours.c_n.reshape(ours.c_0.shape)[:, d]
        assert_close(last, c_n, limit(ours.c), "c_n")


@given(shapes(projected=False))
def test_hidden_states_are_the_gated_cells(shape: Shape) -> None:
    """h_t = o_t tanh(c_t), at padded steps too; the last layer's, side by side, are `output`."""
    ours = trace(*shape.call())
    assert_close(ours.o * ours.c.tanh(), ours.h, limit(ours.c), "h")
    output = torch.cat(list(ours.h[-1]), dim=2)
    if shape.batch is None:
        output = output.squeeze(1)
    elif shape.batch_first:
        output = output.transpose(0, 1)
    assert torch.equal(output, ours.output)


@given(shapes(projected=True))
def test_hidden_states_are_the_projected_cells(shape: Shape) -> None:
    """With a projection h_t = W_hr (o_t tanh(c_t))."""
    call = shape.call()
    ours = trace(*call)
    for layer in range(shape.num_layers):
        for d in range(shape.directions):
            weight = getattr(call.module, f"weight_hr_l{layer}" + ("_reverse" if d else ""))
            gated = ours.o[layer, d] * ours.c[layer, d].tanh()
            assert_close(gated @ weight.detach().T, ours.h[layer, d], limit(ours.c), "h")


@given(shapes(padded=False))
def test_last_hidden_states_are_h_n(shape: Shape) -> None:
    """h_n is the state after the last step; the reverse direction ends at index 0."""
    ours = trace(*shape.call())
    h_n = ours.h_n.reshape(ours.h_0.shape)
    for d in range(shape.directions):
        assert torch.equal(ours.h[:, d, 0 if d else -1], h_n[:, d])


@given(shapes(padded=True))
def test_nothing_happens_at_padded_steps(shape: Shape) -> None:
    """Beyond a sequence's length f = 1, i = g = o = 0, h = 0, and c stays as it is."""
    ours = trace(*shape.call())
    assert shape.lengths is not None
    c_n = ours.c_n.reshape(ours.c_0.shape)
    for b, length in enumerate(shape.lengths):
        assert bool((ours.f[:, :, length:, b] == 1).all())
        for name in ("i", "g", "o", "h"):
            assert not getattr(ours, name)[:, :, length:, b].any(), name
        for d in range(shape.directions):
            kept = ours.c_0[:, d, b] if d else c_n[:, d, b]
            padded = ours.c[:, d, length:, b]
            assert_close(padded, kept.unsqueeze(1).expand_as(padded), limit(ours.c), "c")


@given(shapes())
def test_starts_are_the_given_ones(shape: Shape) -> None:
    """x is the input, time-major; h_0 and c_0 are `hx` by layer and direction, or zeros."""
    call = shape.call()
    ours = trace(*call)
    x = call.inputs if shape.batch is not None else call.inputs.unsqueeze(1)
    swapped = shape.batch_first and shape.batch is not None
    assert torch.equal(ours.x, x.transpose(0, 1) if swapped else x)
    for number, state in enumerate((ours.h_0, ours.c_0)):
        if call.hx is None:
            assert not state.any()
        else:
            for slot in range(shape.num_layers * shape.directions):
                layer, d = divmod(slot, shape.directions)
                given_state = call.hx[number][slot].reshape(state[layer, d].shape)
                assert torch.equal(state[layer, d], given_state)


# What it leaves alone


@given(shapes())
def test_module_and_inputs_are_left_as_they_are(shape: Shape) -> None:
    """Weights, flags, gradients, inputs, states and the global generator are untouched."""
    call = shape.call()
    module, inputs, hx, _ = call
    weights = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    places = [p.data_ptr() for p in module.parameters()]
    kept = [t.clone() for t in (inputs, *(hx or ()))]
    generator = torch.get_rng_state()
    trace(*call)
    assert all(torch.equal(tensor, weights[k]) for k, tensor in module.state_dict().items())
    assert [p.data_ptr() for p in module.parameters()] == places
    assert all(p.requires_grad and p.grad is None for p in module.parameters())
    assert all(torch.equal(a, b) for a, b in zip((inputs, *(hx or ())), kept, strict=True))
    assert torch.equal(torch.get_rng_state(), generator)


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("grad", [True, False], ids=["grad", "no_grad"])
def test_modes_are_left_as_they_are(training: bool, grad: bool) -> None:
    """The training flag and the grad mode are what they were."""
    call = Shape(num_layers=2, batch=3, lengths=(2, 5, 1)).call()
    call.module.train(training)
    with torch.set_grad_enabled(grad):
        trace(*call)
        assert torch.is_grad_enabled() is grad
    assert call.module.training is training


def test_grad_mode_is_restored_after_a_refusal() -> None:
    """A refused call leaves the grad mode on as well."""
    module = Shape().module()
    with pytest.raises(ValueError, match="shape"):
        trace(module, torch.zeros(5, 1, 2))
    assert torch.is_grad_enabled()


@given(shapes())
def test_no_graph_is_recorded(shape: Shape) -> None:
    """Inputs and states that require gradients are read without a graph."""
    module, inputs, hx, lengths = shape.call()
    inputs.requires_grad_()
    for state in hx or ():
        state.requires_grad_()
    ours = trace(module, inputs, hx, lengths)
    assert not any(tensor.requires_grad for tensor in vars(ours).values())
    assert_shaped(shape, ours)


# What it refuses


def words(*both: object) -> str:
    """A pattern that finds all of `both`, in any order."""
    return "(?s)" + "".join(f"(?=.*{re.escape(str(part))})" for part in both)


H0, C0 = torch.zeros(1, 2, 4), torch.zeros(1, 2, 4)
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[object, ...]]] = {
    "inputs-too-wide": ({}, {"inputs": torch.zeros(5, 2, 7)}, ("(5, 2, 7)", "input_size 3")),
    "inputs-1-D": ({}, {"inputs": torch.zeros(3)}, ("(3,)", "(seq_len, batch_size, input_size)")),
    "inputs-4-D": ({}, {"inputs": torch.zeros(1, 5, 2, 3)}, ("(1, 5, 2, 3)", "input_size 3")),
    "inputs-scalar": ({}, {"inputs": torch.tensor(1.0)}, ("()", "input_size 3")),
    "inputs-batch-first": (
        {"batch_first": True},
        {"inputs": torch.zeros(2, 5, 4)},
        ("(2, 5, 4)", "(batch_size, seq_len, input_size)"),
    ),
    "inputs-float64": (
        {},
        {"inputs": torch.zeros(5, 2, 3, dtype=torch.float64)},
        ("torch.float64", "torch.float32"),
    ),
    "inputs-int": (
        {},
        {"inputs": torch.zeros(5, 2, 3, dtype=torch.int64)},
        ("torch.int64", "torch.float32"),
    ),
    "no-step": ({}, {"inputs": torch.zeros(0, 2, 3)}, ("(0, 2, 3)", "at least one")),
    "h_0-batch": ({}, {"hx": (torch.zeros(1, 3, 4), C0)}, ("h_0", "(1, 3, 4)", "(1, 2, 4)")),
    "c_0-batch": ({}, {"hx": (H0, torch.zeros(1, 3, 4))}, ("c_0", "(1, 3, 4)", "(1, 2, 4)")),
    "h_0-layers": (
        {"num_layers": 2},
        {"hx": (H0, C0)},
        ("h_0", "(1, 2, 4)", "(2, 2, 4)"),
    ),
    "h_0-directions": (
        {"bidirectional": True},
        {"hx": (H0, C0)},
        ("h_0", "(1, 2, 4)", "(2, 2, 4)"),
    ),
    "h_0-not-projected": ({"proj_size": 2}, {"hx": (H0, C0)}, ("h_0", "(1, 2, 4)", "(1, 2, 2)")),
    "c_0-projected": (
        {"proj_size": 2},
        {"hx": (torch.zeros(1, 2, 2), torch.zeros(1, 2, 2))},
        ("c_0", "(1, 2, 2)", "(1, 2, 4)"),
    ),
    "h_0-unbatched": (
        {},
        {"hx": (torch.zeros(1, 4), torch.zeros(1, 4))},
        ("h_0", "(1, 4)", "(1, 2, 4)"),
    ),
    "h_0-batched-for-unbatched": (
        {},
        {"inputs": torch.zeros(5, 3), "hx": (H0, C0)},
        ("h_0", "(1, 2, 4)", "(1, 4)"),
    ),
    "h_0-float64": ({}, {"hx": (H0.double(), C0)}, ("h_0", "torch.float64", "torch.float32")),
    "c_0-float64": ({}, {"hx": (H0, C0.double())}, ("c_0", "torch.float64", "torch.float32")),
    "hx-h-alone": ({}, {"hx": H0}, ("(h_0, c_0)", "Tensor")),
    "hx-one": ({}, {"hx": (H0,)}, ("(h_0, c_0)", "1 of them")),
    "hx-three": ({}, {"hx": (H0, C0, C0)}, ("(h_0, c_0)", "3 of them")),
    "hx-dict": ({}, {"hx": {"h": H0, "c": C0}}, ("(h_0, c_0)", "dict")),
    "length-0": ({}, {"lengths": [5, 0]}, ("length 0", "1 to 5")),
    "length-negative": ({}, {"lengths": [-1, 5]}, ("length -1", "1 to 5")),
    "length-too-long": ({}, {"lengths": [6, 5]}, ("length 6", "1 to 5")),
    "length-3.9": ({}, {"lengths": [3.9, 5]}, ("length 3.9", "1 to 5")),
    "length-3.0": ({}, {"lengths": [3.0, 5]}, ("length 3.0", "1 to 5")),
    "length-True": ({}, {"lengths": [True, 5]}, ("length True", "1 to 5")),
    "length-word": ({}, {"lengths": ["3", 5]}, ("length '3'", "1 to 5")),
    "lengths-float-tensor": ({}, {"lengths": torch.tensor([3.5, 5])}, ("length 3.5", "1 to 5")),
    "lengths-bool-tensor": ({}, {"lengths": torch.tensor([True, True])}, ("True", "1 to 5")),
    "lengths-too-few": ({}, {"lengths": [5]}, ("1 lengths", "batch of 2")),
    "lengths-too-many": ({}, {"lengths": torch.tensor([5, 4, 3])}, ("3 lengths", "batch of 2")),
    "lengths-none": ({}, {"lengths": []}, ("0 lengths", "batch of 2")),
    "lengths-unbatched": (
        {},
        {"inputs": torch.zeros(5, 3), "hx": None, "lengths": [5]},
        ("lengths", "batch axis"),
    ),
}


@pytest.mark.parametrize(("shape", "given_", "both"), REFUSED.values(), ids=list(REFUSED))
def test_refuses_what_does_not_fit(
    shape: dict[str, Any],
    given_: dict[str, Any],
    both: tuple[object, ...],
) -> None:
    """What does not fit is a ValueError that states what was given and what was expected."""
    module = Shape(**shape).module()
    inputs = torch.zeros(2, 5, 3) if module.batch_first else torch.zeros(5, 2, 3)
    with pytest.raises(ValueError, match=words(*both)):
        trace(module, **{"inputs": inputs, **given_})


@pytest.mark.parametrize(
    "given_",
    [{"lengths": 3}, {"lengths": torch.tensor(3)}, {"hx": (None, None)}, {"hx": (0.0, 0.0)}],
    ids=["one-length", "scalar-length", "hx-of-None", "hx-of-numbers"],
)
def test_refuses_other_types_in_words(given_: dict[str, Any]) -> None:
    """A wrong type is a ValueError with words of its own too, not an error from deep inside."""
    with pytest.raises(ValueError, match=r"length|h_0"):
        trace(Shape().module(), torch.zeros(5, 2, 3), **given_)


def test_what_it_refuses_torch_may_take() -> None:
    """Lengths are checked here because torch packs 3.9 as 3 without a word."""
    x = torch.zeros(5, 2, 3)
    packed = nn.utils.rnn.pack_padded_sequence(x, [5, 3.9])  # type: ignore[list-item]
    assert packed.batch_sizes.tolist() == [2, 2, 2, 1, 1]


# Dropout


def test_dropout_in_training_is_refused() -> None:
    """Between layers in training mode dropout draws anew each call; the message says what to do."""
    module = nn.LSTM(3, 4, num_layers=2, dropout=0.5)
    with pytest.raises(ValueError, match=r"dropout is 0\.5.*training.*module\.eval\(\)"):
        trace(module, torch.zeros(5, 1, 3))


@given(shapes(num_layers=2))
def test_dropout_in_eval_changes_nothing(shape: Shape) -> None:
    """In eval mode a module with dropout is traced like any other."""
    call = shape.call()
    call.module.dropout = 0.5
    call.module.eval()
    assert_as_torch(call)
    assert_as_equations(call)


def test_dropout_of_one_layer_changes_nothing() -> None:
    """There is nothing above a single layer: its dropout does nothing, in training too."""
    call = Shape().call()
    call.module.dropout = 0.5
    assert call.module.training
    assert_as_torch(call)


def test_the_comparison_can_fail() -> None:
    """A weight nudged between the two calls is noticed."""
    call = Shape().call()
    wanted = by_torch(call)
    with torch.no_grad():
        call.module.get_parameter("weight_hh_l0")[0, 0] += 1e-3
    with pytest.raises(AssertionError, match="apart"):
        assert_close(trace(*call).output, wanted[0], limit(wanted[2]), "output")
