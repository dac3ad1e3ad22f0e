"""Every step by its equations: c and h computed from the gates."""

from dataclasses import dataclass

import torch

from components.lstm.axes import time_major
from components.lstm.build import shared_build
from components.lstm.compare import max_abs_diff, tolerance
from components.lstm.trace import DirectionTrace, trace_directions
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
