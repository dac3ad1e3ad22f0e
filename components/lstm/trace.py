"""Every gate and state of an `nn.LSTM` call, at nearly the cost of the call.

`nn.LSTM` returns h_t of its last layer and the final states, but not the gates. No Python loop over the cell is needed
to compute them. One fused call gives every h_t of a layer. Then every h_{t-1} is known, and *one* matrix product,
W_ih x_t + W_hh h_{t-1} + b, gives every pre-activation at once. Only c_t = f_t c_{t-1} + i_t g_t needs a loop over
time, and it is elementwise.

Equations: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from components.lstm.axes import time_major
from components.lstm.build import State
from components.lstm.parts import parameters, run_layer


@dataclass(frozen=True, eq=False)
class Trace:
    """Every gate and state of one call. It is always time-major and batched: unbatched inputs have B = 1.

    Index t of every tensor is step t of the input, for the reverse direction too (it *ends* at t = 0). At the padded
    steps of a shorter sequence f = 1 and i = g = o = 0, so c does not change and h is 0.
    """

    x: Tensor  # (T, B, I) the inputs; shares their memory, and h_0 and c_0 share the memory of `hx`
    i: Tensor  # (L, D, T, B, H) input gate, 0..1
    f: Tensor  # (L, D, T, B, H) forget gate, 0..1
    g: Tensor  # (L, D, T, B, H) cell gate, -1..1
    o: Tensor  # (L, D, T, B, H) output gate, 0..1
    c: Tensor  # (L, D, T, B, H) cell state
    h: Tensor  # (L, D, T, B, P) hidden state
    h_0: Tensor  # (L, D, B, P) the initial state of each layer and direction
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
    """Every gate and state of `module(inputs, hx)`, and what it returns.

    `inputs` is (T, B, I), (B, T, I) under `batch_first`, or (T, I) unbatched. `hx` is `(h_0, c_0)` as the module takes
    it; without it the run starts from zeros. `lengths` holds the length of each sequence of a padded batch, in any
    order; then `output` is padded with zeros to T steps. The module does not change, and no graph is recorded.

    Raises `ValueError` if shapes, types or lengths do not fit (the message states both sides), and if dropout is on:
    then a second call would give other numbers.
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
        layers = list(_layers(module, x, h_0, c_0, sizes))
        rows = [row for layer in layers for row in _rows(module, layer, sizes)]
        i, f, g, o, c, h = (_stacked([getattr(row, name) for row in rows], h_0.shape[:2]) for name in "ifgoch")
        output, h_n, c_n = (
            layers[-1].above,
            torch.cat([layer.h_n for layer in layers]),
            torch.cat([layer.c_n for layer in layers]),
        )
    if not batched:
        output, h_n, c_n = output.squeeze(1), h_n.squeeze(1), c_n.squeeze(1)
    else:
        output = time_major(output, module.batch_first)
    return Trace(x, i, f, g, o, c, h, h_0, c_0, output, h_n, c_n)


def _stacked(tensors: list[Tensor], layers_directions: torch.Size) -> Tensor:
    """One tensor (L, D, ...) from the tensors of all rows, in PyTorch's order: layer * D + direction."""
    # A single tensor is not copied. Its h shares the memory of `output`, but nobody writes to that.
    return (torch.stack(tensors) if len(tensors) > 1 else tensors[0]).view(*layers_directions, *tensors[0].shape)


@dataclass(frozen=True, eq=False)
class DirectionTrace:
    """One layer in one direction of a `Trace`. A call has up to eight of them, and a page shows one.

    It is time-major and batched. Index t is step t of the input.
    """

    layer: int
    direction: int
    x: Tensor  # (T, B, R) what it reads: the inputs, or the h of the layer below, both directions side by side
    i: Tensor  # (T, B, H)
    f: Tensor  # (T, B, H)
    g: Tensor  # (T, B, H)
    o: Tensor  # (T, B, H)
    c: Tensor  # (T, B, H)
    h: Tensor  # (T, B, P)
    h_0: Tensor  # (B, P)
    c_0: Tensor  # (B, H)

    def lanes(self, sample: int) -> dict[str, np.ndarray]:
        """x, i, f, g, o, c, h of a sample as arrays (steps, units), in ascending time.

        c and h also have the initial state, as one more step: the first step, or the last in the reverse direction.
        """
        lanes = {name: getattr(self, name)[:, sample] for name in "xifgoch"}
        for name, start in (("c", self.c_0), ("h", self.h_0)):
            initial = start[sample][None]
            lanes[name] = torch.cat([lanes[name], initial] if self.direction else [initial, lanes[name]])
        return {name: lane.numpy() for name, lane in lanes.items()}


def trace_direction(module: nn.LSTM, inputs: Tensor, hx: State | None, layer: int, direction: int) -> DirectionTrace:
    """One layer (from 0) in one direction (1: reverse) of `trace(module, inputs, hx)`, bit for bit.

    The layers below are run, but their gates are not computed.
    """
    x, batched = _time_major(module, inputs)
    with torch.no_grad():
        layers = _layers(module, x, *_initial(module, hx, x, batched), None)
        return _row(module, next(islice(layers, layer, None)), direction, None)


def trace_directions(module: nn.LSTM, inputs: Tensor, hx: State | None) -> Iterator[DirectionTrace]:
    """Every layer and direction of `trace(module, inputs, hx)`, one after another, to save memory."""
    x, batched = _time_major(module, inputs)
    for layer in _layers(module, x, *_initial(module, hx, x, batched), None):
        yield from _rows(module, layer, None)


def lanes_of(trace: Trace, layer: int, direction: int, sample: int) -> dict[str, np.ndarray]:
    """`DirectionTrace.lanes` of one layer and direction of a whole trace."""
    below = trace.x if layer == 0 else torch.cat(list(trace.h[layer - 1]), dim=2)
    inside = (getattr(trace, name)[layer, direction] for name in ("i", "f", "g", "o", "c", "h", "h_0", "c_0"))
    return DirectionTrace(layer, direction, below, *inside).lanes(sample)


class _Layer(NamedTuple):
    """One layer of a call: what it reads and what it returns."""

    number: int
    below: Tensor  # (T, B, R)
    above: Tensor  # (T, B, D*P)
    h_0: Tensor  # (D, B, P)
    c_0: Tensor  # (D, B, H)
    h_n: Tensor
    c_n: Tensor


def _layers(module: nn.LSTM, x: Tensor, h_0: Tensor, c_0: Tensor, lengths: Tensor | None) -> Iterator[_Layer]:
    """The layers, from the first to the last. Each fused call is made only when its layer is asked for."""
    for number, start in enumerate(zip(h_0, c_0, strict=True)):
        above, last = run_layer(module, number, x, start, lengths)
        yield _Layer(number, x, above, *start, *last)
        x = above


def _rows(module: nn.LSTM, layer: _Layer, lengths: Tensor | None) -> Iterator[DirectionTrace]:
    return (_row(module, layer, direction, lengths) for direction in range(len(layer.h_0)))


@torch.no_grad()
def _row(module: nn.LSTM, layer: _Layer, direction: int, lengths: Tensor | None) -> DirectionTrace:
    """The gates and states of one direction of a layer. The layer was called, so every h_t is known."""
    weights = parameters(module, layer.number, direction)
    x, h = layer.below, layer.above.chunk(len(layer.h_0), dim=2)[direction]
    h_0, c_0 = layer.h_0[direction], layer.c_0[direction]
    h_prev = torch.cat([h[1:], h_0[None]] if direction else [h_0[None], h[:-1]])
    if direction and lengths is not None:  # the reverse direction begins at the last step of each sequence
        h_prev[lengths - 1, torch.arange(len(lengths))] = h_0
    columns = torch.cat([weights["weight_ih"], weights["weight_hh"]], dim=1)
    bias = weights["bias_ih"] + weights["bias_hh"] if "bias_ih" in weights else None
    before = nn.functional.linear(torch.cat([x, h_prev], dim=2), columns, bias)
    i, f, g, o = before.chunk(4, dim=2)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    if lengths is not None:
        steps = torch.arange(len(x)).unsqueeze(1)
        valid = (steps < lengths).unsqueeze(2)  # (T, B, 1): whether step t is part of the sequence
        i, g, o = (gate.where(valid, 0) for gate in (i, g, o))
        f = f.where(valid, 1)
    return DirectionTrace(layer.number, direction, x, i, f, g, o, _cells(f, i * g, c_0, bool(direction)), h, h_0, c_0)


def _cells(f: Tensor, written: Tensor, c_0: Tensor, reverse: bool) -> Tensor:
    """c_t = f_t c_{t-1} + written_t for every t, (T, B, H)."""
    c = torch.empty_like(written)
    # numpy works on the same memory. For many operations on few numbers it takes a third of torch's time.
    steps = zip(f.numpy(), written.numpy(), c.numpy(), strict=True)
    previous = c_0.numpy()
    for f_t, written_t, c_t in reversed(list(steps)) if reverse else steps:
        np.multiply(f_t, previous, out=c_t)
        c_t += written_t
        previous = c_t
    return c


def _time_major(module: nn.LSTM, inputs: Tensor) -> tuple[Tensor, bool]:
    """`inputs` as (T, B, I), and whether they had a batch axis. Raises `ValueError` if they do not fit."""
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
    x = time_major(inputs.detach(), module.batch_first) if batched else inputs.detach().unsqueeze(1)
    if x.shape[0] == 0:
        raise ValueError(f"inputs have shape {shape}: a sequence needs at least one time step")
    return x, batched


def _initial(module: nn.LSTM, hx: Any, x: Tensor, batched: bool) -> tuple[Tensor, Tensor]:
    """h_0 (L, D, B, P) and c_0 (L, D, B, H); zeros without `hx`. Raises `ValueError` if `hx` does not fit."""
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
    """`lengths` as an int64 tensor (B,), each within 1..T; None for an empty batch: there is nothing to pack."""
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
