"""What a gate set by hand is, open and shut, and what a shut one lets into a memory that should be empty."""

from dataclasses import dataclass

import torch

from components.jobs import OPEN, SHARE, SHUT
from components.kept import kept
from components.lstm.build import shared_build
from components.lstm.trace import trace
from components.settings import Settings


@dataclass(frozen=True)
class Ends:
    """An open gate, a shut one, and the largest |c| of a run that is less than any job writes; in the run's dtype."""

    opened: float
    shut: float
    left: float


@kept
def ends(settings: Settings) -> Ends:
    """For the settings of a job, over all its samples."""
    opened, shut = torch.tensor([OPEN, SHUT], dtype=getattr(torch, settings.dtype)).sigmoid().tolist()
    reach = trace(*shared_build(settings)).c.abs()
    # What is written is never less than a tenth; up to half of that it is not c, but what was left.
    left = reach.where(reach < SHARE / 2, 0).max().item()
    return Ends(opened, shut, left)
