"""One step of `torch.optim.Adam` at its defaults, by torch's own function.

The class itself is not used: at its first step it imports torch._dynamo and sympy. That takes 77 MB, and for a second
the server cannot serve anybody.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.optim.adam import adam


@torch.no_grad()
def adam_step(
    parameters: Sequence[Tensor],
    gradients: Sequence[Tensor],
    means: Sequence[Tensor],
    squares: Sequence[Tensor],
    counts: Sequence[Tensor],
    rate: float,
    *,
    fused: bool,
) -> None:
    """Change the parameters and Adam's own tensors in place. All sequences have the same length.

    `means` and `squares` have the shapes of the parameters, and `counts` are 0-d; all begin at zero. `fused` is another
    implementation of torch, which differs in the last digits.
    """
    adam(
        [*parameters],
        [*gradients],
        [*means],
        [*squares],
        [],
        [*counts],
        foreach=False,
        fused=fused,
        amsgrad=False,
        beta1=0.9,
        beta2=0.999,
        lr=rate,
        weight_decay=0,
        eps=1e-8,
        maximize=False,
    )
