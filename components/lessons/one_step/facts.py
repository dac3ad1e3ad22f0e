"""One step by its equations: c and h computed from the gates, and what one step does with a memory."""

from dataclasses import dataclass

import torch

from components.lstm.axes import time_major
from components.lstm.build import shared_build
from components.lstm.compare import counts, max_abs_diff, tolerance
from components.lstm.trace import DirectionTrace, trace_direction, trace_directions
from components.settings import Settings


@dataclass(frozen=True)
class Compared:
    """A tensor that the equations give, the tensor of torch's that it should equal, and their largest difference."""

    name: str  # by the equations
    beside: str  # by torch
    difference: float


@dataclass(frozen=True)
class Check:
    """The tensors compared, and the largest difference that rounding explains."""

    rows: tuple[Compared, ...]
    tolerance: float

    @property
    def difference(self) -> float:
        """The largest difference of all rows; NaN if one of them is NaN."""
        return max((row.difference for row in self.rows), key=lambda d: (d != d, d))

    @property
    def same(self) -> bool:
        """Whether all differences are within the tolerance; NaN never is."""
        return all(row.difference <= self.tolerance for row in self.rows)


def put_together(settings: Settings) -> Check:
    """c = f c_before + i g and h = o tanh(c), computed from the gates, compared with what torch returns.

    Every layer, direction and sample is compared. c starts at c_0, and the equation alone carries it from step to step.
    Torch returns h of the last layer at every step (`output`), and the last h and c of every layer (`h_n`, `c_n`).
    """
    setup = shared_build(settings)
    # The parameters come in the order of the layers and directions.
    weights = [p.detach().T for name, p in setup.module.named_parameters() if name.startswith("weight_hr")]
    if len(weights) > 1 and settings.seq_len > 1:
        # The last bit of a product depends on how its factors lie in memory. Here they lie as they would in one product
        # of all layers and directions, and give the same digits. That product takes 300 MB at the largest settings.
        weights = [weight.contiguous() for weight in weights]
    c_ends, h_ends, top, largest = [], [], [], []
    with torch.no_grad():
        output, (h_n, c_n) = setup.module(*setup[1:])
        for number, run in enumerate(trace_directions(*setup)):
            c = _carried(run)
            h = run.o * c.tanh()  # (T, B, H)
            if settings.proj_size:
                h = h @ weights[number][None]
            last = 0 if run.direction else -1
            c_ends.append(c[last].clone())  # a view would keep all of c in memory
            h_ends.append(h[last].clone())
            top += [h] if run.layer == settings.num_layers - 1 else []
            largest.append(run.c.abs().max())
        h_top = time_major(torch.cat(top, dim=2), settings.batch_first)
        rows = (
            Compared("c, last step", "c_n", max_abs_diff(torch.stack(c_ends), c_n)),
            Compared("o ⊙ tanh(c)", "output", max_abs_diff(h_top, output)),
            Compared("o ⊙ tanh(c), last step", "h_n", max_abs_diff(torch.stack(h_ends), h_n)),
        )
        return Check(rows, tolerance(output.dtype, torch.stack(largest)))


def _carried(run: DirectionTrace) -> torch.Tensor:
    """c at every step by its equation, starting from c_0: (T, B, H)."""
    written = run.i * run.g
    c, cells = run.c_0, []
    steps = range(len(written))
    for step in reversed(steps) if run.direction else steps:
        c = run.f[step] * c + written[step]
        cells.append(c)
    return torch.stack(cells[::-1] if run.direction else cells)


@dataclass(frozen=True)
class FirstStep:
    """The forget gate at the first step that a layer and direction reads, over all units of a sample."""

    lowest: float  # the smallest f
    highest: float  # the largest f
    max_abs_diff: float  # largest |c - i g|, which is what f times the initial state adds
    limit: float  # rounding explains a difference up to this

    @property
    def idle(self) -> bool:
        """Whether f times the initial state adds no more than rounding."""
        return self.max_abs_diff <= self.limit


def first_step(settings: Settings, layer: int, direction: int, sample: int) -> FirstStep:
    """How open f is at the first step, and how much that changes c."""
    run = trace_direction(*shared_build(settings), layer, direction)
    i, f, g, c = (gate[-1 if direction else 0, sample] for gate in (run.i, run.f, run.g, run.c))
    limit = tolerance(c.dtype, run.c, run.c_0)
    return FirstStep(f.min().item(), f.max().item(), max_abs_diff(c, i * g), limit)


@dataclass(frozen=True)
class Held:
    """A memory that does not change: from step `first` to step `last`, c of `unit` is `value`, up to rounding.

    `f` is the smallest forget gate and `i` the largest input gate at the steps after `first`.
    """

    unit: int
    value: float
    first: int
    last: int
    f: float
    i: float
    change: float  # the largest difference from `value` at these steps
    limit: float  # rounding explains a difference up to this


def held(settings: Settings, layer: int, direction: int, sample: int) -> Held | None:
    """The longest run of steps over which a c that is not 0 differs from its first value by no more than rounding.

    None if no c stays the same for two steps.
    """
    run = trace_direction(*shared_build(settings), layer, direction)
    i, f, c = run.i[:, sample], run.f[:, sample], run.c[:, sample]  # (T, H)
    limit = tolerance(c.dtype, run.c, run.c_0)
    longest, kept = 0, (0, 0, 0)
    for first in range(len(c)):
        # How many steps after `first` the c of each unit stays; 0 if it is 0 at `first`.
        changed = counts((c[first:] - c[first]).abs(), limit).cummax(dim=0).values
        after = ((~changed).sum(dim=0) - 1) * counts(c[first].abs(), limit)
        unit = int(after.argmax())
        if after[unit] > longest:
            longest = int(after[unit])
            kept = unit, first, first + longest
    if not longest:
        return None
    unit, first, last = kept
    least, most = f[first + 1 : last + 1, unit].min().item(), i[first + 1 : last + 1, unit].max().item()
    value = c[first, unit]
    change = max_abs_diff(c[first : last + 1, unit], value.expand(longest + 1))
    return Held(unit, value.item(), first + 1, last + 1, least, most, change, limit)
