"""The cells that do a job, as tensors: their weights, and the inputs made for them.

The inputs of T steps are the first T of any longer sequence with the same seed and batch, and at the first step
something always happens.
"""

import torch
from torch import Tensor

from components.jobs import JOBS
from components.settings import Settings


def weights(settings: Settings) -> dict[str, Tensor]:
    """The parameters of the cell that does `settings.weights`, by name."""
    job, dtype = JOBS[settings.weights], getattr(torch, settings.dtype)
    bias = torch.tensor(job.bias, dtype=dtype)
    return {
        "weight_ih_l0": torch.tensor(job.weight_ih, dtype=dtype),
        "weight_hh_l0": torch.tensor(job.weight_hh, dtype=dtype),
        "bias_ih_l0": bias,
        "bias_hh_l0": torch.zeros_like(bias),
    }


def inputs(settings: Settings, generator: torch.Generator) -> Tensor:
    """The inputs made for the job, (T, B, I), 0, 1 or -1: each sample its own, as the generator decides."""
    steps, batch, dtype = settings.seq_len, settings.batch_size, getattr(torch, settings.dtype)
    if settings.weights == "latch":
        return _presses(steps, batch, generator).to(dtype)
    drawn = torch.rand(steps, batch, 1, generator=generator)
    if settings.weights == "counter":
        made = (drawn < 0.5).to(dtype)
    else:
        made = (drawn < 0.2).to(dtype) - (drawn > 0.8).to(dtype)
    made[0] = 1.0
    return made


def _presses(steps: int, batch: int, generator: torch.Generator) -> Tensor:
    """Set at t = 1; then reset and set in turn, one somewhere in 3..4, 5..8, 9..16, ...; read at t = 2, 5, 8, ...

    So each is held about twice as long as the one before, and short sequences have something to show as well.
    """
    made = torch.zeros(steps, batch, 3)
    made[0, :, 0] = 1.0
    for b in range(batch):
        for k, part in enumerate(torch.rand(7, generator=generator).tolist(), start=1):
            t = 2**k + int(part * 2**k)
            if t < steps:
                made[t, b, k % 2] = 1.0
    made[1::3, :, 2] = 1.0
    return made
