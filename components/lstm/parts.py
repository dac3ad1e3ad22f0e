"""One layer of a module: its parameters by name, what it computes, and one direction of it as a module.

The parameters of layer 1 in the reverse direction are `weight_ih_l1_reverse`, `weight_hh_l1_reverse`, ...:
https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from components.lstm.build import State, blank

FUSED: dict[str, Any] = {"LSTM": torch.lstm, "GRU": torch.gru, "RNN_TANH": torch.rnn_tanh}  # by `module.mode`


def suffix(layer: int, direction: int = 0) -> str:
    """The suffix of a layer's parameter names: `_l0`, or `_l0_reverse` for the reverse direction (1)."""
    return f"_l{layer}_reverse" if direction else f"_l{layer}"


def parameters(module: nn.RNNBase, layer: int, direction: int = 0) -> dict[str, nn.Parameter]:
    """The parameters of one layer in one direction, by their names without the suffix, in torch's order.

    weight_ih is (4H, I) in the first layer and (4H, D*P) above it; weight_hh is (4H, P). If the module has biases,
    bias_ih and bias_hh are (4H,). If it has a projection, weight_hr is (P, H). A GRU has 3H rows instead of 4H, an RNN
    has H.
    """
    names = ["weight_ih", "weight_hh"]
    names += ["bias_ih", "bias_hh"] if module.bias else []
    names += ["weight_hr"] if module.proj_size else []
    return {name: getattr(module, name + suffix(layer, direction)) for name in names}


@torch.no_grad()
def run_layer(
    module: nn.RNNBase,
    layer: int,
    x: Tensor,
    state: tuple[Tensor, ...] | None = None,
    lengths: Tensor | None = None,
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """`output` (T, B, D*P) and the last state of one layer of an LSTM, a GRU or an RNN, in all its directions.

    This is the same fused call that the module makes. `x` is time-major: (T, B, width). `state` is (D, B, P), for an
    LSTM also (D, B, H); without it the layer starts from zeros. With `lengths`, (B,), the layer reads the sequences
    packed, and `output` is 0 after the end of each sequence. No graph is recorded.
    """
    directions = 2 if module.bidirectional else 1
    if state is None:
        widths = (module.proj_size or module.hidden_size, module.hidden_size)[: 2 if module.mode == "LSTM" else 1]
        state = tuple(x.new_zeros(directions, x.shape[1], width) for width in widths)
    flat = [weight for d in range(directions) for weight in parameters(module, layer, d).values()]
    rest = (flat, module.bias, 1, 0.0, False, module.bidirectional)
    fused = FUSED[module.mode]
    if lengths is None:
        output, *last = fused(x, state if len(state) > 1 else state[0], *rest, False)
        return output, tuple(last)
    packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
    order, back = packed.sorted_indices, packed.unsorted_indices
    assert order is not None, "enforce_sorted=False always gives both orders"
    assert back is not None
    start = tuple(part[:, order] for part in state)
    data, *last = fused(packed.data, packed.batch_sizes, start if len(start) > 1 else start[0], *rest)
    output, _ = pad_packed_sequence(packed._replace(data=data), total_length=x.shape[0])
    return output, tuple(part[:, back] for part in last)


def start_of(module: nn.RNNBase, hx: State, layer: int, direction: int) -> State:
    """The part of the module's `hx` in which one layer and direction starts: (1, B, P) and (1, B, H), for `single`."""
    slot = layer * (2 if module.bidirectional else 1) + direction
    return hx[0][slot : slot + 1], hx[1][slot : slot + 1]


def single(module: nn.LSTM, layer: int, direction: int = 0, *, time_major: bool = False) -> nn.LSTM:
    """Layer `layer` of `module` in one direction (1: reverse) as a module of its own. It shares the parameters.

    It reads (T, B, width), or (B, T, width) if `module` is `batch_first` and `time_major` is off. The width is I for
    the first layer and D*P above it.
    """
    own = parameters(module, layer, direction)
    part = blank(
        nn.LSTM,
        own["weight_ih"].shape[1],
        module.hidden_size,
        bias=module.bias,
        batch_first=module.batch_first and not time_major,
        proj_size=module.proj_size,
    )
    part.load_state_dict({name + suffix(0): parameter for name, parameter in own.items()}, assign=True)
    return part.train(module.training)
