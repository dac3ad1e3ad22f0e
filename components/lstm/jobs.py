"""The cells that do a job, as tensors: their weights, and the inputs made for them.

A shorter sequence is the beginning of a longer one, if seed and batch are the same. At the first step there is always
a pulse.
"""

import torch
from torch import Tensor

from components.jobs import JOBS
from components.settings import Settings


def weights(settings: Settings) -> dict[str, Tensor]:
    """The parameters of the cell that does the job `settings.weights`, by name."""
    job, dtype = JOBS[settings.weights], getattr(torch, settings.dtype)
    bias = torch.tensor(job.bias, dtype=dtype)
    return {
        "weight_ih_l0": torch.tensor(job.weight_ih, dtype=dtype),
        "weight_hh_l0": torch.tensor(job.weight_hh, dtype=dtype),
        "bias_ih_l0": bias,
        "bias_hh_l0": torch.zeros_like(bias),
    }


def inputs(settings: Settings, generator: torch.Generator) -> Tensor:
    """The inputs made for the job: (T, B, I), each 0, 1 or -1. The generator decides; each sample has its own."""
    steps, batch, dtype = settings.seq_len, settings.batch_size, getattr(torch, settings.dtype)
    if settings.weights == "latch":
        return _presses(steps, batch, generator).to(dtype)
    chances = torch.rand(steps, batch, 1, generator=generator)
    if settings.weights == "counter":
        pulses = (chances < 0.5).to(dtype)
    else:
        pulses = (chances < 0.2).to(dtype) - (chances > 0.8).to(dtype)
    pulses[0] = 1.0
    return pulses


def _presses(steps: int, batch: int, generator: torch.Generator) -> Tensor:
    """The presses of set, reset and read: (T, B, 3).

    Set comes at t = 1. Then reset and set take turns: one of them somewhere in 3..4, in 5..8, in 9..16, and so on. So
    each value is held about twice as long as the value before it, and a short sequence has presses too. Read comes at
    t = 2, 5, 8, ...
    """
    presses = torch.zeros(steps, batch, 3)
    presses[0, :, 0] = 1.0
    for b in range(batch):
        for k, part in enumerate(torch.rand(7, generator=generator).tolist(), start=1):
            t = 2**k + int(part * 2**k)
            if t < steps:
                presses[t, b, k % 2] = 1.0
    presses[1::3, :, 2] = 1.0
    return presses
