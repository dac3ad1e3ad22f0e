"""`clip_grad_norm_`: what it returns, and what it makes of a gradient that is too long, infinite or not a number.

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
from components.lstm.refusal import Refusal, refused
from components.settings import Settings

HUGE = {"float32": 1e30, "float64": 1e200}  # whose square is beyond the largest number of the type
LONG, SHORT, OVERFLOW, INFINITE, NAN = (
    "longer than `max_norm`",
    "shorter than `max_norm`",
    "finite, but its squares overflow",
    "one number infinite",
    "one number NaN",
)


@dataclass(frozen=True)
class Clipped:
    """One gradient, clipped."""

    name: str
    max_norm: float
    before: float  # norm of all gradients together, by hand
    returned: float  # by `clip_grad_norm_`
    after: float
    zeros: int  # numbers that are 0 afterwards and were not before
    nans: int  # numbers that are NaN afterwards
    numbers: int  # all there are

    @property
    def returns_before(self) -> bool:
        """Whether what is returned is the norm before, up to rounding; infinite and NaN are themselves."""
        if math.isfinite(self.before):
            return math.isclose(self.before, self.returned, rel_tol=1e-5)
        return str(self.before) == str(self.returned)


def norm(gradients: list[Tensor]) -> float:
    """The norm of all gradients together, as of one long vector."""
    return float(torch.cat([one.flatten() for one in gradients]).norm())


@kept
def clipped(settings: Settings, length: int) -> tuple[Clipped, ...]:
    """The gradient of the first chunk's loss, clipped: at half and twice its norm, and spoilt in three ways."""
    module, inputs, hx = shared_build(settings)
    with torch.enable_grad():
        output, _ = module(inputs[:length], hx)
        true = torch.autograd.grad(loss(output), tuple(module.parameters()))
    long = norm(list(true))
    huge = HUGE[settings.dtype] / (long or 1.0)
    found = []
    for name, factor, spoilt, max_norm in (
        (LONG, 1.0, None, long / 2),
        (SHORT, 1.0, None, 2 * long),
        (OVERFLOW, huge, None, 1.0),
        (INFINITE, 1.0, math.inf, 1.0),
        (NAN, 1.0, math.nan, 1.0),
    ):
        found.append(_clip(name, [one * factor for one in true], spoilt, max_norm))
    return tuple(found)


def _clip(name: str, gradients: list[Tensor], spoilt: float | None, max_norm: float) -> Clipped:
    if spoilt is not None:
        gradients[0][0, 0] = spoilt
    before, nonzero = norm(gradients), sum(int((one != 0).sum()) for one in gradients)
    parameters = [nn.Parameter(torch.empty_like(one)) for one in gradients]
    for parameter, one in zip(parameters, gradients, strict=True):
        parameter.grad = one
    returned = clip_grad_norm_(parameters, max_norm).item()
    nans = sum(int(one.isnan().sum()) for one in gradients)
    left = sum(int((one != 0).sum()) for one in gradients)
    numbers = sum(one.numel() for one in gradients)
    return Clipped(name, max_norm, before, returned, norm(gradients), max(nonzero - left, 0), nans, numbers)


@cache  # one for the process: it asks for nothing
def nonfinite() -> Refusal | None:
    """What torch says of a norm that is not finite when it is asked to mind; None when it says nothing."""
    parameter = nn.Parameter(torch.zeros(1))
    parameter.grad = torch.full((1,), math.nan)
    return refused(lambda: clip_grad_norm_([parameter], 1.0, error_if_nonfinite=True))
