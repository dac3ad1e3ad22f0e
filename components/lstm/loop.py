"""A sequence run as a loop, one call a time step, carrying `(h, c)` by hand."""

import torch
from torch import Tensor, nn

from components.lstm.axes import time_axis
from components.lstm.build import State
from components.lstm.parts import single, start_of

Result = tuple[Tensor, State]  # output, (h_n, c_n), as `nn.LSTM` returns them


def loop(module: nn.LSTM, inputs: Tensor, hx: State) -> Result:
    """What `module(inputs, hx)` returns, computed with one call for each time step.

    A plain loop is right for several layers, but wrong for two directions: the reverse direction begins at the last
    step, and the layer above needs both directions. So here the loop goes layer by layer, and each direction has its
    own order.
    """
    if not module.bidirectional:
        return forward_loop(module, inputs, hx)
    time = time_axis(module.batch_first)
    below, h_n, c_n = inputs, [], []
    for layer in range(module.num_layers):
        halves = []
        for direction in (0, 1):
            start = start_of(module, hx, layer, direction)
            seen = below.flip(time) if direction else below
            half, (h, c) = forward_loop(single(module, layer, direction), seen, start)
            halves.append(half.flip(time) if direction else half)
            h_n.append(h)
            c_n.append(c)
        below = torch.cat(halves, dim=2)
    return below, (torch.cat(h_n), torch.cat(c_n))


def forward_loop(module: nn.LSTM, inputs: Tensor, hx: State | None) -> Result:
    """What the plain loop returns: it calls the module on t = 1, 2, ... T and hands the state from call to call.

    For a bidirectional module this is a mistake that raises no error: in each call both directions see only one step.
    """
    time = time_axis(module.batch_first)
    outputs = []
    for x_t in torch.split(inputs, 1, dim=time):
        out, hx = module(x_t, hx)
        outputs.append(out)
    assert hx is not None  # a sequence has at least one step
    return torch.cat(outputs, dim=time), hx
