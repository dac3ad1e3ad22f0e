"""Laws of the LSTM, tested on `trace`: what has to hold whatever the weights are."""

from dataclasses import fields

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from components.lstm.build import State
from components.lstm.parts import single
from components.lstm.trace import Trace, trace
from tests.lstm.strategies import Call, Shape, assert_close, by_torch, limit, shapes

GATES = ("i", "f", "g", "o")
INSIDE = (*GATES, "c", "h")
EVERY = tuple(field.name for field in fields(Trace))


def assert_same(
    ours: Trace | dict[str, Tensor],
    theirs: Trace,
    names: tuple[str, ...] = EVERY,
) -> None:
    """Two traces agree in `names` to rounding."""
    for name in names:
        one = ours[name] if isinstance(ours, dict) else getattr(ours, name)
        assert_close(one, getattr(theirs, name), limit(theirs.c), name)


def suffixes(module: nn.LSTM) -> list[str]:
    """_l0, _l0_reverse, _l1, ...: the ends of the parameters' names, in slot order."""
    ends = [""] if not module.bidirectional else ["", "_reverse"]
    return [f"_l{layer}{end}" for layer in range(module.num_layers) for end in ends]


def sample(call: Call, b: int) -> Call:
    """The call for sample `b` alone, cut to its length."""
    module, inputs, hx, lengths = call
    x = inputs[b : b + 1] if module.batch_first else inputs[:, b : b + 1]
    if lengths is not None:
        x = x[:, : lengths[b]] if module.batch_first else x[: lengths[b]]
    alone = None if hx is None else (hx[0][:, b : b + 1], hx[1][:, b : b + 1])
    return Call(module, x, alone, None)


def time_axis(shape: Shape) -> int:
    """Where time is in the inputs."""
    return 1 if shape.batch_first and shape.batch is not None else 0


# Time


@given(shapes(directions=(1,), padded=False, min_steps=2), st.data())
def test_causality(shape: Shape, data: st.DataObject) -> None:
    """An input at step t changes nothing before t, in any layer, bit for bit."""
    call = shape.call()
    t = data.draw(st.integers(1, shape.steps - 1))
    changed = call.inputs.clone()
    changed.narrow(time_axis(shape), t, shape.steps - t).add_(1.0)
    one, two = trace(*call), trace(*call._replace(inputs=changed))
    for name in INSIDE:
        ours, theirs = getattr(one, name), getattr(two, name)
        assert torch.equal(ours[:, :, :t], theirs[:, :, :t]), name
    assert not torch.equal(one.g[0, :, t], two.g[0, :, t])


@given(shapes(directions=(2,), padded=False, min_steps=2), st.data())
def test_causality_from_the_end(shape: Shape, data: st.DataObject) -> None:
    """In the reverse direction of the first layer, an input at step t changes nothing after t."""
    call = shape.call()
    t = data.draw(st.integers(0, shape.steps - 2))
    changed = call.inputs.clone()
    changed.narrow(time_axis(shape), 0, t + 1).add_(1.0)
    one, two = trace(*call), trace(*call._replace(inputs=changed))
    for name in INSIDE:
        ours, theirs = getattr(one, name), getattr(two, name)
        assert torch.equal(ours[0, 1, t + 1 :], theirs[0, 1, t + 1 :]), name
    assert not torch.equal(one.g[0, 1, t], two.g[0, 1, t])


@given(shapes(directions=(1,), padded=False, min_steps=2), st.data())
def test_split_and_carry(shape: Shape, data: st.DataObject) -> None:
    """A sequence cut in two, with (h_n, c_n) carried over the cut, is the sequence in one piece."""
    module, inputs, hx, _ = shape.call()
    cut = data.draw(st.integers(1, shape.steps - 1))
    axis = time_axis(shape)
    whole = trace(module, inputs, hx)
    first = trace(module, inputs.narrow(axis, 0, cut), hx)
    second = trace(module, inputs.narrow(axis, cut, shape.steps - cut), (first.h_n, first.c_n))
    joined = {n: torch.cat([getattr(first, n), getattr(second, n)], dim=2) for n in INSIDE}
    joined["output"] = torch.cat([first.output, second.output], dim=axis)
    joined |= {"h_n": second.h_n, "c_n": second.c_n}
    assert_same(joined, whole, tuple(joined))


def with_directions_swapped(module: nn.LSTM) -> nn.LSTM:
    """A module whose forward direction has the reverse weights and the other way round."""
    swapped = nn.LSTM(
        module.input_size,
        module.hidden_size,
        num_layers=module.num_layers,
        bias=module.bias,
        batch_first=module.batch_first,
        bidirectional=True,
        proj_size=module.proj_size,
        dtype=module.weight_ih_l0.dtype,
    )
    weights = {}
    for name, tensor in module.state_dict().items():
        other = name.removesuffix("_reverse") if "_reverse" in name else f"{name}_reverse"
        if name.startswith("weight_ih") and not name.startswith("weight_ih_l0"):
            # A layer above reads both directions side by side: they change places as well.
            tensor = torch.cat(tensor.chunk(2, dim=1)[::-1], dim=1)
        weights[other] = tensor
    swapped.load_state_dict(weights)
    return swapped


@given(shapes(directions=(2,), padded=False))
def test_time_flip(shape: Shape) -> None:
    """A module with swapped directions, on the reversed sequence, gives the reversed trace."""
    module, inputs, hx, _ = shape.call()
    flipped_hx: State | None = None
    if hx is not None:
        h_0, c_0 = (s.unflatten(0, (-1, 2)).flip(1).flatten(0, 1) for s in hx)
        flipped_hx = (h_0, c_0)
    flipped = inputs.flip(time_axis(shape))
    ours = trace(with_directions_swapped(module), flipped, flipped_hx)
    back = {name: getattr(ours, name).flip(1, 2) for name in INSIDE}
    for name in ("h_n", "c_n"):
        back[name] = getattr(ours, name).unflatten(0, (-1, 2)).flip(1).flatten(0, 1)
    halves = ours.output.flip(time_axis(shape)).chunk(2, dim=-1)
    back["output"] = torch.cat(halves[::-1], dim=-1)
    assert_same(back, trace(module, inputs, hx), tuple(back))


# Axes


@given(shapes(batched=True, batch_first=False))
def test_batch_first_is_a_transpose(shape: Shape) -> None:
    """`batch_first` swaps two axes of inputs and output; states and gates stay as they are."""
    module, inputs, hx, lengths = shape.call()
    other = shape.but(batch_first=True).module()
    other.load_state_dict(module.state_dict())
    ours = trace(other, inputs.transpose(0, 1), hx, lengths)
    theirs = trace(module, inputs, hx, lengths)
    assert_same(ours, theirs, tuple(n for n in EVERY if n != "output"))
    assert_close(ours.output.transpose(0, 1), theirs.output, limit(theirs.c), "output")


@given(shapes(batched=False))
def test_unbatched_is_a_batch_of_one(shape: Shape) -> None:
    """Unbatched equals unsqueeze, run, squeeze, under `batch_first` as well."""
    module, inputs, hx, _ = shape.call()
    ours = trace(module, inputs, hx)
    states = None if hx is None else (hx[0].unsqueeze(1), hx[1].unsqueeze(1))
    axis = 0 if shape.batch_first else 1
    theirs = trace(module, inputs.unsqueeze(axis), states)
    assert_same(ours, theirs, ("x", *INSIDE, "h_0", "c_0"))
    assert_close(ours.output, theirs.output.squeeze(axis), limit(ours.c), "output")
    assert_close(ours.h_n, theirs.h_n.squeeze(1), limit(ours.c), "h_n")
    assert_close(ours.c_n, theirs.c_n.squeeze(1), limit(ours.c), "c_n")


@given(shapes(start=False))
def test_default_start_is_zeros(shape: Shape) -> None:
    """No `hx` is the same as an `hx` of zeros, P wide and H wide under a projection."""
    module, inputs, _, lengths = shape.call()
    drawn = shape.but(start=True).call().hx
    assert drawn is not None
    zeros = (torch.zeros_like(drawn[0]), torch.zeros_like(drawn[1]))
    assert_same(trace(module, inputs, None, lengths), trace(module, inputs, zeros, lengths))
    output, _, c_n = by_torch(Call(module, inputs, None, lengths))
    assert_close(trace(module, inputs, zeros, lengths).output, output, limit(c_n), "output")


@given(shapes(start=True))
def test_start_matters(shape: Shape) -> None:
    """A drawn start is not ignored: without it the first step's cells are others."""
    module, inputs, hx, lengths = shape.call()
    one, two = trace(module, inputs, hx, lengths), trace(module, inputs, None, lengths)
    assert not torch.equal(one.c[:, 0, 0], two.c[:, 0, 0])


@given(shapes())
def test_memory_layout_does_not_matter(shape: Shape) -> None:
    """Inputs and states that are not contiguous give the same numbers as contiguous ones."""
    module, inputs, hx, lengths = shape.call()
    scattered = inputs.repeat_interleave(2, dim=-1)[..., ::2]
    assert torch.equal(scattered, inputs)
    states: State | None = None
    if hx is not None:
        h_0, c_0 = (s.repeat_interleave(2, dim=-1)[..., ::2] for s in hx)
        states = (h_0, c_0)
    ours = trace(module, scattered, states, lengths)
    assert_same(ours, trace(module, inputs, hx, lengths))


# Samples


@given(shapes(batched=True, min_batch=2), st.data())
def test_batch_permutation(shape: Shape, data: st.DataObject) -> None:
    """Samples in another order give the same numbers in that order."""
    module, inputs, hx, lengths = shape.call()
    assert shape.batch is not None
    order = data.draw(st.permutations(range(shape.batch)))
    axis = 0 if shape.batch_first else 1
    states = None if hx is None else (hx[0][:, order], hx[1][:, order])
    sizes = None if lengths is None else [lengths[b] for b in order]
    ours = trace(module, inputs.index_select(axis, torch.tensor(order)), states, sizes)
    theirs = trace(module, inputs, hx, lengths)
    for name in INSIDE:
        wanted = getattr(theirs, name)[:, :, :, order]
        assert_close(getattr(ours, name), wanted, limit(theirs.c), name)
    for name in ("h_n", "c_n"):
        assert_close(getattr(ours, name), getattr(theirs, name)[:, order], limit(theirs.c), name)


@given(shapes(batched=True, padded=False, min_batch=2))
def test_samples_do_not_meet(shape: Shape) -> None:
    """A change in sample 0 changes no other sample, and does change sample 0."""
    call = shape.call()
    changed = call.inputs.clone()
    changed.select(0 if shape.batch_first else 1, 0).add_(1.0)
    one, two = trace(*call), trace(*call._replace(inputs=changed))
    for name in INSIDE:
        ours, theirs = getattr(one, name), getattr(two, name)
        assert torch.equal(ours[:, :, :, 1:], theirs[:, :, :, 1:]), name
    assert not torch.equal(one.g[:, :, :, 0], two.g[:, :, :, 0])


@given(shapes(batched=True, padded=True))
def test_packed_equals_each_alone(shape: Shape) -> None:
    """A padded batch with lengths holds what each sequence gives when it runs alone."""
    call = shape.call()
    ours = trace(*call)
    assert shape.batch is not None
    assert shape.lengths is not None
    for b in range(shape.batch):
        alone = trace(*sample(call, b))
        for name in INSIDE:
            valid = getattr(ours, name)[:, :, : shape.lengths[b], b]
            assert_close(valid, getattr(alone, name)[:, :, :, 0], limit(ours.c), name)
        assert_close(ours.h_n[:, b], alone.h_n[:, 0], limit(ours.c), "h_n")
        assert_close(ours.c_n[:, b], alone.c_n[:, 0], limit(ours.c), "c_n")


@given(shapes(batched=True, padded=False))
def test_full_lengths_change_nothing(shape: Shape) -> None:
    """Packing a batch without padding, and unpacking it, is the identity."""
    module, inputs, hx, _ = shape.call()
    assert shape.batch is not None
    ours = trace(module, inputs, hx, [shape.steps] * shape.batch)
    assert_same(ours, trace(module, inputs, hx))


@given(shapes(batched=True, padded=True), st.sampled_from([float("nan"), float("inf"), 1e30]))
def test_padding_is_never_read(shape: Shape, filler: float) -> None:
    """The values in the padding, even NaN, reach no gate and no state."""
    module, inputs, hx, lengths = shape.call()
    padded = inputs.clone()
    time_major = padded.transpose(0, 1) if shape.batch_first else padded
    for b, length in enumerate(lengths or ()):
        time_major[length:, b] = filler
    ours = trace(module, padded, hx, lengths)
    theirs = trace(module, inputs, hx, lengths)
    assert_same(ours, theirs, tuple(n for n in EVERY if n != "x"))


@pytest.mark.parametrize("shape", [Shape(), Shape(bidirectional=True, num_layers=2)], ids=str)
def test_empty_batch(shape: Shape) -> None:
    """A batch of no samples runs, as it does in nn.LSTM, and every axis but B is there."""
    module = shape.module()
    inputs = torch.zeros(5, 0, 3)
    ours = trace(module, inputs)
    output, (h_n, c_n) = module(inputs)
    assert (ours.output.shape, ours.h_n.shape) == (output.shape, h_n.shape)
    assert ours.c_n.shape == c_n.shape
    assert tuple(ours.i.shape) == (shape.num_layers, shape.directions, 5, 0, 4)


def test_no_step_raises() -> None:
    """A sequence of no steps is refused, as nn.LSTM refuses it."""
    module = Shape().module()
    with pytest.raises(RuntimeError):
        module(torch.zeros(0, 1, 3))
    with pytest.raises(ValueError, match="at least one time step"):
        trace(module, torch.zeros(0, 1, 3))


# Weights


@given(shapes(bias=True))
def test_only_the_sum_of_the_biases_counts(shape: Shape) -> None:
    """Both biases in the first vector and zeros in the second give the same numbers."""
    call = shape.call()
    theirs = trace(*call)
    with torch.no_grad():
        for end in suffixes(call.module):
            second = getattr(call.module, f"bias_hh{end}")
            getattr(call.module, f"bias_ih{end}").add_(second)
            second.zero_()
    assert_same(trace(*call), theirs)


@given(shapes(bias=True))
def test_no_bias_is_a_bias_of_zeros(shape: Shape) -> None:
    """A module without biases is one whose biases are zeros."""
    module, inputs, hx, lengths = shape.call()
    bare = shape.but(bias=False).module()
    with torch.no_grad():
        for end in suffixes(module):
            getattr(module, f"bias_ih{end}").zero_()
            getattr(module, f"bias_hh{end}").zero_()
    bare.load_state_dict({k: v for k, v in module.state_dict().items() if "bias" not in k})
    assert_same(trace(bare, inputs, hx, lengths), trace(module, inputs, hx, lengths))


@given(shapes(projected=False), st.data())
def test_hidden_units_have_no_order(shape: Shape, data: st.DataObject) -> None:
    """Units renumbered in every weight and state give the same numbers, renumbered."""
    module, inputs, hx, lengths = shape.call()
    units, directions = shape.hidden_size, shape.directions
    order = torch.tensor(data.draw(st.permutations(range(units))))
    four = torch.cat([order + gate * units for gate in range(4)])
    both = torch.cat([order + d * units for d in range(directions)])
    renumbered = shape.module()
    weights = {}
    for name, tensor in module.state_dict().items():
        tensor = tensor[four]
        if name.startswith("weight_hh"):
            tensor = tensor[:, order]
        elif name.startswith("weight_ih") and not name.startswith("weight_ih_l0"):
            tensor = tensor[:, both]
        weights[name] = tensor
    renumbered.load_state_dict(weights)
    states = None if hx is None else (hx[0][..., order], hx[1][..., order])
    ours = trace(renumbered, inputs, states, lengths)
    theirs = trace(module, inputs, hx, lengths)
    for name in (*INSIDE, "h_0", "c_0", "h_n", "c_n"):
        assert_close(getattr(ours, name), getattr(theirs, name)[..., order], limit(theirs.c), name)
    assert_close(ours.output, theirs.output[..., both], limit(theirs.c), "output")


@given(shapes(projected=True), st.data())
def test_projected_units_have_no_order(shape: Shape, data: st.DataObject) -> None:
    """With a projection, another order of the cells does not change h."""
    module, inputs, hx, lengths = shape.call()
    units = shape.hidden_size
    order = torch.tensor(data.draw(st.permutations(range(units))))
    four = torch.cat([order + gate * units for gate in range(4)])
    renumbered = shape.module()
    weights = {
        name: tensor[:, order] if name.startswith("weight_hr") else tensor[four]
        for name, tensor in module.state_dict().items()
    }
    renumbered.load_state_dict(weights)
    states = None if hx is None else (hx[0], hx[1][..., order])
    ours = trace(renumbered, inputs, states, lengths)
    theirs = trace(module, inputs, hx, lengths)
    for name in (*GATES, "c", "c_n"):
        assert_close(getattr(ours, name), getattr(theirs, name)[..., order], limit(theirs.c), name)
    assert_same(ours, theirs, ("h", "h_n", "output"))


# Parts


@given(shapes(batched=True, padded=False))
def test_a_module_is_its_parts(shape: Shape) -> None:
    """Each layer and direction is an LSTM of its own, reading the outputs of the layer below."""
    module, inputs, hx, _ = shape.call()
    whole = trace(module, inputs, hx)
    axis = time_axis(shape)
    below = inputs
    for layer in range(shape.num_layers):
        for d in range(shape.directions):
            start = (whole.h_0[layer, d : d + 1], whole.c_0[layer, d : d + 1])
            part = trace(single(module, layer, d), below.flip(axis) if d else below, start)
            for name in INSIDE:
                seen = getattr(part, name)[0, 0]
                wanted = getattr(whole, name)[layer, d]
                assert_close(seen.flip(0) if d else seen, wanted, limit(whole.c), name)
        above = torch.cat(list(whole.h[layer]), dim=2)
        below = above.transpose(0, 1) if shape.batch_first else above


@given(shapes())
def test_parts_share_their_parameters(shape: Shape) -> None:
    """A part is a view: its parameters are the module's own, and so is its mode."""
    module = shape.module().eval()
    total = len(list(module.parameters()))
    for slot, end in enumerate(suffixes(module)):
        part = single(module, *divmod(slot, shape.directions))
        assert not part.training
        assert len(list(part.parameters())) * len(suffixes(module)) == total
        for name, parameter in part.named_parameters():
            assert parameter is getattr(module, name.removesuffix("_l0") + end), name


# Bounds


@given(shapes())
def test_gates_stay_within_their_ranges(shape: Shape) -> None:
    """i, f and o lie within 0..1, g within -1..1."""
    ours = trace(*shape.call())
    for name in ("i", "f", "o"):
        gate = getattr(ours, name)
        assert gate.min().item() >= 0, name
        assert gate.max().item() <= 1, name
    assert ours.g.abs().max().item() <= 1


@given(shapes(projected=False), st.sampled_from([1.0, 30.0, 1000.0]))
def test_hidden_states_stay_within_one(shape: Shape, scale: float) -> None:
    """|h_t| <= 1 for t >= 1, however large the weights and the start, without a projection."""
    call = shape.call()
    with torch.no_grad():
        for parameter in call.module.parameters():
            parameter.mul_(scale)
    hx = None if call.hx is None else (call.hx[0] * scale, call.hx[1] * scale)
    assert trace(*call._replace(hx=hx)).h.abs().max().item() <= 1


def test_projected_states_may_be_larger() -> None:
    """With a projection |h_t| <= 1 does not hold."""
    call = Shape(proj_size=1, steps=20).call()
    with torch.no_grad():
        call.module.get_parameter("weight_hr_l0").fill_(9.0)
        call.module.get_parameter("bias_ih_l0").fill_(3.0)
    assert trace(*call).h.abs().max().item() > 1


@given(shapes(), st.sampled_from([1.0, 30.0, 1000.0]))
def test_cell_states_grow_by_one_a_step(shape: Shape, scale: float) -> None:
    """|c_t| <= |c_0| + t, unit by unit, t counted from where the direction begins."""
    call = shape.call()
    with torch.no_grad():
        for parameter in call.module.parameters():
            parameter.mul_(scale)
    ours = trace(*call)
    for d in range(shape.directions):
        c = ours.c[:, d].flip(1) if d else ours.c[:, d]
        for t in range(shape.steps):
            bound = ours.c_0[:, d].abs() + t + 1
            assert bool((c[:, t].abs() <= bound * (1 + 1e-6)).all())


@given(shapes(bias=True, num_layers=1))
def test_an_open_forget_gate_keeps_the_cell(shape: Shape) -> None:
    """With f at 1 and i at 0 the cell never changes: c_t = c_0 at every step."""
    call = shape.call()
    units = shape.hidden_size
    with torch.no_grad():
        for end in suffixes(call.module):
            bias = getattr(call.module, f"bias_ih{end}")
            bias[:units] = -1000.0
            bias[units : 2 * units] = 1000.0
    ours = trace(*call)
    assert_close(ours.c, ours.c_0.unsqueeze(2).expand_as(ours.c), limit(ours.c), "c")
