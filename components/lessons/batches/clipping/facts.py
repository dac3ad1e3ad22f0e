"""`clip_grad_norm_`: what it returns, and what it does with a gradient that is too long, infinite or NaN.

https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
"""

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from components.kept import kept
from components.lessons.batches.truncation.facts import loss
from components.lstm.build import shared_build
from components.lstm.compare import gradient_tolerance
from components.lstm.refusal import Refusal, refused
from components.settings import Settings

HUGE = {"float32": 1e30, "float64": 1e200}  # its square is larger than the largest number of the type
LONG, SHORT, OVERFLOW, INFINITE, NAN = (
    "longer than `max_norm`",
    "shorter than `max_norm`",
    "finite, but its squares overflow",
    "one number infinite",
    "one number NaN",
)


@dataclass(frozen=True)
class Clipped:
    """What `clip_grad_norm_` did to one gradient."""

    name: str
    max_norm: float
    before: float  # the norm of all gradients together, computed without `clip_grad_norm_`
    returned: float  # by `clip_grad_norm_`
    after: float  # the norm after clipping
    zeros: int  # numbers that are 0 after clipping and were not 0 before
    nans: int  # numbers that are NaN after clipping
    numbers: int  # all numbers
    limit: float  # the largest difference of two norms that rounding explains; 0 if the norm before is not finite

    @property
    def within(self) -> bool:
        """Whether the norm after clipping is at most `max_norm`, up to rounding."""
        return self.after <= self.max_norm + self.limit

    @property
    def unchanged(self) -> bool:
        """Whether clipping leaves the norm as it was, up to rounding."""
        return abs(self.after - self.before) <= self.limit

    @property
    def returns_before(self) -> bool:
        """Whether the returned number is the norm before clipping, up to rounding. Here NaN equals NaN."""
        if math.isfinite(self.before):
            return abs(self.before - self.returned) <= self.limit
        return str(self.before) == str(self.returned)


def norm(gradients: list[Tensor]) -> float:
    """The norm of all gradients together, as if they were one long vector."""
    return float(torch.cat([gradient.flatten() for gradient in gradients]).norm())


@kept
def clipped(settings: Settings, length: int) -> tuple[Clipped, ...]:
    """The gradient of the first chunk's loss, clipped at half and twice its norm, and spoilt in three ways."""
    module, inputs, hx = shared_build(settings)
    with torch.enable_grad():
        output, _ = module(inputs[:length], hx)
        true = torch.autograd.grad(loss(output), tuple(module.parameters()))
    long = norm(list(true))
    huge = HUGE[settings.dtype] / (long or 1.0)
    results = []
    for name, factor, spoilt, max_norm in (
        (LONG, 1.0, None, long / 2),
        (SHORT, 1.0, None, 2 * long),
        (OVERFLOW, huge, None, 1.0),
        (INFINITE, 1.0, math.inf, 1.0),
        (NAN, 1.0, math.nan, 1.0),
    ):
        results.append(_clip(name, [gradient * factor for gradient in true], spoilt, max_norm))
    return tuple(results)


def _clip(name: str, gradients: list[Tensor], spoilt: float | None, max_norm: float) -> Clipped:
    if spoilt is not None:
        gradients[0][0, 0] = spoilt
    before, nonzero = norm(gradients), sum(int((gradient != 0).sum()) for gradient in gradients)
    parameters = [nn.Parameter(torch.empty_like(gradient)) for gradient in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    returned = clip_grad_norm_(parameters, max_norm).item()
    nans = sum(int(gradient.isnan().sum()) for gradient in gradients)
    left = sum(int((gradient != 0).sum()) for gradient in gradients)
    numbers = sum(gradient.numel() for gradient in gradients)
    # A norm adds up the squares of all numbers.
    limit = gradient_tolerance(gradients[0].dtype, before, numbers) if math.isfinite(before) else 0.0
    return Clipped(name, max_norm, before, returned, norm(gradients), max(nonzero - left, 0), nans, numbers, limit)


@cache  # it has no arguments, so the process needs it once
def nonfinite() -> Refusal | None:
    """Torch's error for a norm that is not finite, with `error_if_nonfinite`; None if there is none."""
    parameter = nn.Parameter(torch.zeros(1))
    parameter.grad = torch.full((1,), math.nan)
    return refused(lambda: clip_grad_norm_([parameter], 1.0, error_if_nonfinite=True))
