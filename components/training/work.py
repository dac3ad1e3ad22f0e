"""A piece of work that runs beside the pages. It has steps, and each step gives findings, such as a loss or a time."""

import math
from collections.abc import Callable, Hashable, Iterator, MutableSequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

# The kinds of work. A page shows them in a sentence: "two others are training".
TRAINING, MEASURING = "training", "measuring"

Finding = TypeVar("Finding")


@dataclass(frozen=True)
class Work(Generic[Finding]):
    """Work that a run can carry out.

    Two works are equal when kind, subject, `steps`, `parts`, `seconds` and `stretch` are equal.
    """

    kind: str
    subject: Hashable  # everything that the findings depend on
    steps: int  # at most
    # Gives one finding after another. It may end before `steps` steps, and it may raise.
    start: Callable[[], Iterator[Finding]] = field(compare=False, repr=False)
    parts: int = 1  # findings in one step
    # About the longest time that the steps take. Only the progress bar uses it; `start` has to end by itself.
    seconds: float = math.inf
    # Seconds of work between two pauses. A measurement needs more than 0: after a pause the processor is slower for a
    # moment, and then the first of two short calls would look slower than the second.
    stretch: float = 0.0
    store: Callable[[], MutableSequence[Finding]] = field(default=list, compare=False, repr=False)  # for the findings
