"""What one call of `nn.LSTM` returns for some settings."""

from typing import NamedTuple

import torch
from torch import Tensor

from components.kept import kept
from components.lstm.build import shared_build
from components.settings import Settings


class Returned(NamedTuple):
    """The three tensors that `nn.LSTM` returns, unchanged."""

    output: Tensor  # (T, B, D*P), or (B, T, D*P) under batch_first
    h_n: Tensor  # (L*D, B, P)
    c_n: Tensor  # (L*D, B, H)


@kept
def returned(settings: Settings) -> Returned:
    """What one call returns for some settings, without gradients."""
    module, inputs, hx = shared_build(settings)
    with torch.no_grad():
        output, (h_n, c_n) = module(inputs, hx)
    return Returned(output, h_n, c_n)
