"""The whole of an altered run: one layer and direction comes from `operate`, all others from torch."""

import torch
from torch import Tensor

from components.lessons.memory.facts import Surgery, edited, operate
from components.lstm.build import Setup
from components.lstm.parts import single


@torch.no_grad()
def whole(setup: Setup, surgery: Surgery) -> tuple[Tensor, Tensor, Tensor]:
    """`output`, `h_n` and `c_n` as `nn.LSTM` returns them; the layers above read the output of the altered layer."""
    module, inputs, hx = edited(setup, surgery)
    below = inputs.transpose(0, 1) if module.batch_first else inputs
    h_n: list[Tensor] = []
    c_n: list[Tensor] = []
    for layer in range(module.num_layers):
        halves = []
        for direction in range(2 if module.bidirectional else 1):
            if (layer, direction) == (surgery.layer, surgery.direction):
                run = operate(setup, surgery)
                h, last = run.h, 0 if direction else -1
                ends = run.h[last], run.c[last]
            else:
                part = single(module, layer, direction)
                part.batch_first = False
                start = tuple(state[len(h_n)][None] for state in hx)
                h, (h_last, c_last) = part(below.flip(0) if direction else below, start)
                h, ends = h.flip(0) if direction else h, (h_last[0], c_last[0])
            halves.append(h)
            h_n.append(ends[0])
            c_n.append(ends[1])
        below = torch.cat(halves, dim=2)
    return below.transpose(0, 1) if module.batch_first else below, torch.stack(h_n), torch.stack(c_n)
