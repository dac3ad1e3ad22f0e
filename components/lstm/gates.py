"""The values of gates set by hand, open and shut, and what a shut gate still lets into an empty memory."""

from dataclasses import dataclass

import torch

from components.jobs import OPEN, SHARE, SHUT
from components.kept import kept
from components.lstm.build import shared_build
from components.lstm.trace import trace
from components.settings import Settings


@dataclass(frozen=True)
class Ends:
    """The values of gates and of an empty memory, in the dtype of the run."""

    opened: float  # an open gate
    shut: float  # a shut gate
    left: float  # the largest |c| that is smaller than every value a job writes


@kept
def ends(settings: Settings) -> Ends:
    """The values for the settings of a job, over all its samples."""
    opened, shut = torch.tensor([OPEN, SHUT], dtype=getattr(torch, settings.dtype)).sigmoid().tolist()
    reach = trace(*shared_build(settings)).c.abs()
    # A job writes at least a tenth. So a c below half of that was not written: shut gates let it in.
    left = reach.where(reach < SHARE / 2, 0).max().item()
    return Ends(opened, shut, left)
