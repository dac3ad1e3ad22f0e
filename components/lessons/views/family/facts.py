"""`view` against `reshape`, and `view` against `transpose`, over whole families of calls: computed, not claimed."""

from dataclasses import dataclass

import torch
from torch import Tensor

from components.lessons.views.facts import parse, rearrange
from components.lessons.views.storage.facts import shares

# What a view is asked of. Each is contiguous, has gaps, repeats a cell, or walks memory in another order.
STARTS = (
    "x",
    "x.transpose(0, 1)",
    "x.permute(2, 0, 1)",
    "x[:, 0]",
    "x[1:]",
    "x[:, :1].expand(T, B, I)",
    "x.transpose(0, 1).contiguous()",
)
TARGETS = ("-1", "T, -1", "I, -1")
BOTH, COPY, VIEW, NEITHER = "both", "copy", "view", "neither"


@dataclass(frozen=True)
class Family:
    """For each start, what came of each target, one of `BOTH`, `COPY`, `VIEW`, `NEITHER`."""

    outcomes: tuple[tuple[str, ...], ...]  # a row a start, a column a target
    odd: int  # calls of `reshape` that did not give the view where there is one, or shared memory where there is none

    def count(self, outcome: str) -> int:
        """How many of the family end like this."""
        return sum(row.count(outcome) for row in self.outcomes)


def family(x: Tensor) -> Family:
    """Ask each of `STARTS` for each of `TARGETS`, as a view and as a reshape; `x` is (T, B, I)."""
    sizes = dict(zip("TBI", x.shape, strict=True))
    outcomes, odd = [], 0
    for line in STARTS:
        start = rearrange(x, parse(line, sizes)).result
        row = []
        for target in TARGETS:
            shape = tuple(sizes.get(size.strip()) or int(size) for size in target.split(","))
            viewed, reshaped = _taken(start, "view", shape), _taken(start, "reshape", shape)
            row.append(
                {(True, True): BOTH, (False, True): COPY, (True, False): VIEW}.get(
                    (viewed is not None, reshaped is not None), NEITHER
                )
            )
            if reshaped is not None:
                alike = viewed is not None and viewed.stride() == reshaped.stride()
                odd += shares(reshaped, start) != alike
        outcomes.append(tuple(row))
    return Family(tuple(outcomes), odd)


def _taken(tensor: Tensor, method: str, shape: tuple[int, ...]) -> Tensor | None:
    try:
        taken: Tensor = getattr(tensor, method)(shape)
    except RuntimeError:
        return None
    return taken


@dataclass(frozen=True)
class Mixing:
    """`x.view(B, T, I)` against `x.transpose(0, 1)`: one shape, but which numbers?"""

    shape: tuple[int, ...]
    view_shape: tuple[int, ...]
    same: int  # places that hold the same number
    total: int
    samples: tuple[int, ...]  # whose numbers are in the view's first row
    transposed_samples: tuple[int, ...]

    @property
    def mixed(self) -> bool:
        """Whether the two differ."""
        return self.same < self.total


def mixing(x: Tensor) -> Mixing:
    """Compare the two for an `x` of (T, B, I) that holds its own places in memory."""
    steps, batch, features = x.shape
    viewed, transposed = x.view(batch, steps, features), x.transpose(0, 1)
    return Mixing(
        tuple(transposed.shape),
        tuple(viewed.shape),
        int((viewed == transposed).sum()),
        x.numel(),
        samples(viewed[0], x.shape),
        samples(transposed[0], x.shape),
    )


def samples(held: Tensor, shape: torch.Size) -> tuple[int, ...]:
    """The samples whose numbers `held` holds, ascending; numbers are places in a contiguous tensor of (T, B, I)."""
    _, batch, features = shape
    return tuple(sorted(set(torch.unique(held // features % batch).tolist())))
