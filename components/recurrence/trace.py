"""Every gate and state of an `nn.LSTM` call, at nearly the cost of the call.

`nn.LSTM` returns h_t for its last layer and the final states; the gates stay inside. They can be had without a
Python loop over the cell: one fused call gives every h_t of a layer, and with every h_{t-1} known, *one* matrix
product, W_ih x_t + W_hh h_{t-1} + b, gives every pre-activation at once. Only c_t = f_t c_{t-1} + i_t g_t is left
to scan, elementwise.

Equations: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from components.recurrence.build import State


@dataclass(frozen=True, eq=False)
class Trace:
    """What happened inside one call. Time-major always, and batched: unbatched inputs keep B = 1.

    Index t of every tensor is the input's own step t, for the reverse direction too (it *ends* at t = 0). At the
    padded steps of a shorter sequence nothing happens: f = 1, i = g = o = 0, so c stays as it is and h is 0.
    """

    x: Tensor  # (T, B, I) the inputs; shares their memory, as h_0 and c_0 share that of `hx`
    i: Tensor  # (L, D, T, B, H) input gate, 0..1
    f: Tensor  # (L, D, T, B, H) forget gate, 0..1
    g: Tensor  # (L, D, T, B, H) cell gate, -1..1
    o: Tensor  # (L, D, T, B, H) output gate, 0..1
    c: Tensor  # (L, D, T, B, H) cell state
    h: Tensor  # (L, D, T, B, P) hidden state
    h_0: Tensor  # (L, D, B, P) where each layer and direction starts
    c_0: Tensor  # (L, D, B, H)
    output: Tensor  # as `nn.LSTM` returns it for this call: (T, B, D*P), (B, T, D*P) or (T, D*P)
    h_n: Tensor  # as `nn.LSTM` returns it: (L*D, B, P) or (L*D, P)
    c_n: Tensor  # as `nn.LSTM` returns it: (L*D, B, H) or (L*D, H)


def trace(
    module: nn.LSTM,
    inputs: Tensor,
    hx: State | None = None,
    lengths: Sequence[int] | Tensor | None = None,
) -> Trace:
    """Run `module(inputs, hx)` and keep everything.

    `inputs` is (T, B, I), (B, T, I) under `batch_first`, or (T, I) unbatched; `hx` is `(h_0, c_0)` as the module
    takes it, zeros if left out; `lengths` gives the length of each sequence of a padded batch, in any order, and
    then `output` is padded with zeros to T steps. The module is left as it is, and no graph is recorded.

    Raises `ValueError` for shapes, types or lengths that do not fit (it states both sides), and for a module whose
    dropout is on: its layers would see numbers that no second call can give again.
    """
    if module.training and module.dropout > 0 and module.num_layers > 1:
        raise ValueError(
            f"dropout is {module.dropout} and the module is in training mode, so two calls differ: "
            "call module.eval() first"
        )
    x, batched = _time_major(module, inputs)
    h_0, c_0 = _initial(module, hx, x, batched)
    sizes = None if lengths is None else _lengths(lengths, x.shape[0], x.shape[1], batched)
    with torch.no_grad():
        return _trace(module, x, h_0, c_0, sizes, batched)


def lanes_of(trace: Trace, layer: int, direction: int, sample: int) -> dict[str, np.ndarray]:
    """Each lane as (steps, rows), time ascending; c and h have the initial state as one more step."""
    below = trace.x if layer == 0 else torch.cat(list(trace.h[layer - 1]), dim=2)
    lanes = {"x": below[:, sample]}
    lanes |= {name: getattr(trace, name)[layer, direction, :, sample] for name in "ifgo"}
    for name, start in (("c", trace.c_0), ("h", trace.h_0)):
        states = getattr(trace, name)[layer, direction, :, sample]
        initial = start[layer, direction, sample][None]
        lanes[name] = torch.cat([states, initial] if direction else [initial, states])
    return {name: lane.numpy() for name, lane in lanes.items()}


def _trace(module: nn.LSTM, x: Tensor, h_0: Tensor, c_0: Tensor, lengths: Tensor | None, batched: bool) -> Trace:
    # (T, B, 1): whether step t belongs to the sequence; None when all do.
    valid = None
    if lengths is not None:
        valid = (torch.arange(x.shape[0]).unsqueeze(1) < lengths).unsqueeze(2)
    directions = h_0.shape[1]
    slots, h_n, c_n = [], [], []  # in PyTorch's order: layer * D + direction
    below = x
    for layer in range(module.num_layers):
        parameters = _weights(module, layer)
        above, h_last, c_last = _layer(module, parameters, below, h_0[layer], c_0[layer], lengths)
        halves = zip(parameters, above.chunk(directions, dim=2), strict=True)
        for d, (weights, h) in enumerate(halves):
            start = (h_0[layer, d], c_0[layer, d])
            slots.append(_inside(weights, below, h, start, lengths, valid, reverse=d == 1))
        h_n.append(h_last)
        c_n.append(c_last)
        below = above
    i, f, g, o, c, h = (
        # One slot alone is not copied: its h is the memory of `output`, which nobody writes to.
        (torch.stack(tensors) if len(tensors) > 1 else tensors[0]).view(
            module.num_layers, directions, *tensors[0].shape
        )
        for tensors in zip(*slots, strict=True)
    )
    output, h_last, c_last = below, torch.cat(h_n), torch.cat(c_n)
    if not batched:
        output, h_last, c_last = output.squeeze(1), h_last.squeeze(1), c_last.squeeze(1)
    elif module.batch_first:
        output = output.transpose(0, 1)
    return Trace(x, i, f, g, o, c, h, h_0, c_0, output, h_last, c_last)


def _weights(module: nn.LSTM, layer: int) -> list[dict[str, Tensor]]:
    """The parameters of one layer, a dict a direction, by their names without the layer's suffix."""
    suffixes = [f"_l{layer}", f"_l{layer}_reverse"][: 2 if module.bidirectional else 1]
    kinds = ["weight_ih", "weight_hh"]
    kinds += ["bias_ih", "bias_hh"] if module.bias else []
    kinds += ["weight_hr"] if module.proj_size else []
    return [{kind: getattr(module, kind + suffix) for kind in kinds} for suffix in suffixes]


def _layer(
    module: nn.LSTM,
    parameters: list[dict[str, Tensor]],
    x: Tensor,
    h_0: Tensor,
    c_0: Tensor,
    lengths: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor]:
    """h_t of one layer, directions side by side (T, B, D*P), and its h_n, c_n: the fused call `nn.LSTM` makes."""
    flat = [w for weights in parameters for w in weights.values()]
    rest = (flat, module.bias, 1, 0.0, False, module.bidirectional)
    if lengths is None:
        return torch.lstm(x, (h_0, c_0), *rest, False)
    packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
    order, back = packed.sorted_indices, packed.unsorted_indices
    assert order is not None, "enforce_sorted=False always gives both orders"
    assert back is not None
    data, h_n, c_n = torch.lstm(packed.data, packed.batch_sizes, (h_0[:, order], c_0[:, order]), *rest)
    output, _ = pad_packed_sequence(packed._replace(data=data), total_length=x.shape[0])
    return output, h_n[:, back], c_n[:, back]


def _inside(
    weights: dict[str, Tensor],
    x: Tensor,
    h: Tensor,
    start: State,
    lengths: Tensor | None,
    valid: Tensor | None,
    reverse: bool,
) -> tuple[Tensor, ...]:
    """i, f, g, o, c (each (T, B, H)) and h of one direction whose every h_t is already known."""
    h_0, c_0 = start
    h_prev = torch.cat([h[1:], h_0[None]] if reverse else [h_0[None], h[:-1]])
    if reverse and lengths is not None:  # it begins at each sequence's own last step
        h_prev[lengths - 1, torch.arange(len(lengths))] = h_0
    columns = torch.cat([weights["weight_ih"], weights["weight_hh"]], dim=1)
    bias = weights["bias_ih"] + weights["bias_hh"] if "bias_ih" in weights else None
    before = nn.functional.linear(torch.cat([x, h_prev], dim=2), columns, bias)
    i, f, g, o = before.chunk(4, dim=2)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    if valid is not None:
        i, g, o = (gate.where(valid, 0) for gate in (i, g, o))
        f = f.where(valid, 1)
    return i, f, g, o, _cells(f, i * g, c_0, reverse), h


def _cells(f: Tensor, written: Tensor, c_0: Tensor, reverse: bool) -> Tensor:
    """c_t = f_t c_{t-1} + written_t for every t, (T, B, H)."""
    c = torch.empty_like(written)
    # numpy on the same memory: a third of the cost of torch for so many operations on so few numbers.
    steps = zip(f.numpy(), written.numpy(), c.numpy(), strict=True)
    previous = c_0.numpy()
    for f_t, written_t, c_t in reversed(list(steps)) if reverse else steps:
        np.multiply(f_t, previous, out=c_t)
        c_t += written_t
        previous = c_t
    return c


def _time_major(module: nn.LSTM, inputs: Tensor) -> tuple[Tensor, bool]:
    """`inputs` as (T, B, I), and whether they had a batch axis."""
    axes = {2: "(seq_len, input_size)", 3: "(seq_len, batch_size, input_size)"}
    if module.batch_first:
        axes[3] = "(batch_size, seq_len, input_size)"
    shape = tuple(inputs.shape)
    if inputs.dim() not in axes or shape[-1] != module.input_size:
        raise ValueError(
            f"inputs have shape {shape}, but with input_size {module.input_size} this module reads "
            f"{axes[3]} or {axes[2]}"
        )
    dtype = module.weight_ih_l0.dtype
    if inputs.dtype != dtype:
        raise ValueError(f"inputs are {inputs.dtype}, but the module's parameters are {dtype}")
    batched = inputs.dim() == 3
    x = inputs.detach() if batched else inputs.detach().unsqueeze(1)
    if batched and module.batch_first:
        x = x.transpose(0, 1)
    if x.shape[0] == 0:
        raise ValueError(f"inputs have shape {shape}: a sequence needs at least one time step")
    return x, batched


def _initial(module: nn.LSTM, hx: Any, x: Tensor, batched: bool) -> tuple[Tensor, Tensor]:
    """h_0 (L, D, B, P) and c_0 (L, D, B, H); zeros without `hx`."""
    directions = 2 if module.bidirectional else 1
    slots, batch = module.num_layers * directions, x.shape[1]
    widths = {"h_0": module.proj_size or module.hidden_size, "c_0": module.hidden_size}
    if hx is None:
        hx = (x.new_zeros(slots, batch, widths["h_0"]), x.new_zeros(slots, batch, widths["c_0"]))
    elif not (isinstance(hx, tuple | list) and len(hx) == 2):
        given = f"{len(hx)} of them" if isinstance(hx, tuple | list) else type(hx).__name__
        raise ValueError(f"hx must be the two tensors (h_0, c_0), not {given}")
    else:
        for (name, width), state in zip(widths.items(), hx, strict=True):
            if not isinstance(state, Tensor):
                raise ValueError(f"{name} is of type {type(state).__name__}, expected a tensor")
            expected = (slots, batch, width) if batched else (slots, width)
            if tuple(state.shape) != expected:
                raise ValueError(f"{name} has shape {tuple(state.shape)}, expected {expected}")
            if state.dtype != x.dtype:
                raise ValueError(f"{name} is {state.dtype}, but the inputs are {x.dtype}")
    h_0, c_0 = (
        state.detach().reshape(module.num_layers, directions, batch, width)
        for state, width in zip(hx, widths.values(), strict=True)
    )
    return h_0, c_0


def _lengths(lengths: Any, steps: int, batch: int, batched: bool) -> Tensor | None:
    """`lengths` as an int64 tensor (B,), each within 1..T; None for an empty batch, which has nothing to pack."""
    if not batched:
        raise ValueError("lengths need inputs with a batch axis, these have none")
    given = lengths.tolist() if isinstance(lengths, Tensor) else lengths
    if not isinstance(given, Iterable):
        raise ValueError(f"lengths is {given!r}, expected one length for each of the {batch} sequences")
    given = list(given)
    if len(given) != batch:
        raise ValueError(f"{len(given)} lengths were given for a batch of {batch}")
    for length in given:
        if isinstance(length, bool) or not isinstance(length, Integral) or not 1 <= int(length) <= steps:
            raise ValueError(f"length {length!r} is not a whole number from 1 to {steps}")
    return torch.tensor([int(length) for length in given]) if batch else None
