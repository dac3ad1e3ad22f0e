"""What may be done beside the pages: steps that take seconds together, each of which finds something."""

import math
from collections.abc import Callable, Hashable, Iterator, MutableSequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

# The kinds, by what one is at: "two others are training".
TRAINING, MEASURING = "training", "measuring"

Found = TypeVar("Found")


@dataclass(frozen=True)
class Work(Generic[Found]):
    """Work to be carried out. Two of the same kind, subject and number of steps are the same work."""

    kind: str
    subject: Hashable  # all that decides what is found
    steps: int  # at most
    start: Callable[[], Iterator[Found]] = field(compare=False, repr=False)  # the steps: may stop early, or raise
    parts: int = 1  # this many findings make a step
    seconds: float = math.inf  # about how long the steps take at most: they end by themselves, this is for the progress
    # s it may go on without a pause. A measurement needs some: after a pause the processor is slower for a moment, and
    # in a pair of two short calls the first one pays for that.
    stretch: float = 0.0
    store: Callable[[], MutableSequence[Found]] = field(default=list, compare=False, repr=False)  # for what is found
