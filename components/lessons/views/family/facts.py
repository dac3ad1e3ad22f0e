"""`view` compared with `reshape`, and with `transpose`, for many calls. The results are computed, not claimed."""

from dataclasses import dataclass

import torch
from torch import Tensor

from components.lessons.views.facts import parse, rearrange
from components.lessons.views.storage.facts import shares

# The tensors that are viewed: some contiguous, some with gaps, one that repeats cells, some in another order of memory.
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
    """The outcome of each call: `BOTH`, `COPY`, `VIEW` or `NEITHER`."""

    outcomes: tuple[tuple[str, ...], ...]  # a row for each of `STARTS`, a column for each of `TARGETS`
    odd: int  # `reshape` calls that copy although a view exists, or share memory although no view exists

    def count(self, outcome: str) -> int:
        """How many calls have this outcome."""
        return sum(row.count(outcome) for row in self.outcomes)


def family(x: Tensor) -> Family:
    """The outcomes of `view` and `reshape` for each of `STARTS` and each of `TARGETS`. `x` is (T, B, I)."""
    sizes = dict(zip("TBI", x.shape, strict=True))
    outcomes, odd = [], 0
    for line in STARTS:
        start = rearrange(x, parse(line, sizes)).result
        row = []
        for target in TARGETS:
            shape = tuple(sizes.get(size.strip()) or int(size) for size in target.split(","))
            viewed, reshaped = _result(start, "view", shape), _result(start, "reshape", shape)
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


def _result(tensor: Tensor, method: str, shape: tuple[int, ...]) -> Tensor | None:
    try:
        result: Tensor = getattr(tensor, method)(shape)
    except RuntimeError:
        return None
    return result


@dataclass(frozen=True)
class Mixing:
    """`x.view(B, T, I)` compared with `x.transpose(0, 1)`. Both have the same shape."""

    shape: tuple[int, ...]
    view_shape: tuple[int, ...]
    same: int  # places that hold the same number
    total: int
    samples: tuple[int, ...]  # whose numbers are in the first row of the view
    transposed_samples: tuple[int, ...]  # whose numbers are in the first row after the transpose

    @property
    def mixed(self) -> bool:
        """Whether the two differ."""
        return self.same < self.total


def mixing(x: Tensor) -> Mixing:
    """The comparison for an `x` of (T, B, I) in which each number is its place in memory."""
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
    """The samples whose numbers are in `held`, in ascending order. A number is its place in a (T, B, I) in memory."""
    _, batch, features = shape
    return tuple(sorted(set(torch.unique(held // features % batch).tolist())))
