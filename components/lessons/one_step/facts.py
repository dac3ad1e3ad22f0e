"""One step, by its equations: c and h put together from the gates, and what a step does with a memory."""

from dataclasses import dataclass

import torch

from components.lstm.axes import time_major
from components.lstm.build import shared_build
from components.lstm.compare import max_abs_diff, tolerance
from components.lstm.trace import DirectionTrace, trace_direction, trace_directions
from components.settings import Settings


@dataclass(frozen=True)
class Made:
    """A tensor made by the equations: what of torch's it stands beside, and how far it is from it at most."""

    name: str
    beside: str
    difference: float


@dataclass(frozen=True)
class Check:
    """The tensors compared, and the largest difference that rounding explains."""

    rows: tuple[Made, ...]
    tolerance: float

    @property
    def difference(self) -> float:
        """The largest of all; NaN if one is."""
        return max((row.difference for row in self.rows), key=lambda d: (d != d, d))

    @property
    def same(self) -> bool:
        """Whether all are within the tolerance; NaN never is."""
        return all(row.difference <= self.tolerance for row in self.rows)


def put_together(settings: Settings) -> Check:
    """c = f c_before + i g and h = o tanh(c), from the gates of every layer, direction and sample, beside torch's own.

    c goes on from (h_0, c_0) by the equation alone, step after step. Torch returns h of the last layer (`output`), and
    of every layer the last h and c (`h_n`, `c_n`): these are what is compared.
    """
    setup = shared_build(settings)
    # In the order of the parameters, which is that of the rows.
    weights = [p.detach().T for name, p in setup.module.named_parameters() if name.startswith("weight_hr")]
    if len(weights) > 1 and settings.seq_len > 1:
        # The last bit of a product depends on how its factors lie in memory. So they lie as in one product of all rows,
        # which would be 300 MB at the largest settings, and give its digits.
        weights = [one.contiguous() for one in weights]
    c_ends, h_ends, top, largest = [], [], [], []
    with torch.no_grad():
        output, (h_n, c_n) = setup.module(*setup[1:])
        for number, run in enumerate(trace_directions(*setup)):
            c = _carried(run)
            h = run.o * c.tanh()  # (T, B, H)
            if settings.proj_size:
                h = h @ weights[number][None]
            last = 0 if run.direction else -1
            c_ends.append(c[last].clone())  # a view would hold on to all of c
            h_ends.append(h[last].clone())
            top += [h] if run.layer == settings.num_layers - 1 else []
            largest.append(run.c.abs().max())
        made = time_major(torch.cat(top, dim=2), settings.batch_first)
        found = (
            Made("c, last step", "c_n", max_abs_diff(torch.stack(c_ends), c_n)),
            Made("o ⊙ tanh(c)", "output", max_abs_diff(made, output)),
            Made("o ⊙ tanh(c), last step", "h_n", max_abs_diff(torch.stack(h_ends), h_n)),
        )
        return Check(found, tolerance(output.dtype, torch.stack(largest)))


def _carried(run: DirectionTrace) -> torch.Tensor:
    """c by its equation, from c_0 on: (T, B, H)."""
    written = run.i * run.g
    c, found = run.c_0, []
    steps = range(len(written))
    for step in reversed(steps) if run.direction else steps:
        c = run.f[step] * c + written[step]
        found.append(c)
    return torch.stack(found[::-1] if run.direction else found)


@dataclass(frozen=True)
class FirstStep:
    """What f does at the first step that a layer and direction reads, over all units of a sample."""

    lowest: float  # f
    highest: float
    max_abs_diff: float  # largest |c - i g|: what f times the initial state adds


def first_step(settings: Settings, layer: int, direction: int, sample: int) -> FirstStep:
    """How open f is at the first step, and what that changes in c."""
    run = trace_direction(*shared_build(settings), layer, direction)
    i, f, g, c = (gate[-1 if direction else 0, sample] for gate in (run.i, run.f, run.g, run.c))
    return FirstStep(f.min().item(), f.max().item(), max_abs_diff(c, i * g))


@dataclass(frozen=True)
class Held:
    """A memory that stays as it is: c of `unit` is `value`, bit for bit, from step `first` to step `last`.

    `f` is the least and `i` the largest of the gates that kept it, at the steps after `first`.
    """

    unit: int
    value: float
    first: int
    last: int
    f: float
    i: float


def held(settings: Settings, layer: int, direction: int, sample: int) -> Held | None:
    """The longest run of steps over which a c that is not 0 stays, bit for bit; None where none lasts two steps."""
    run = trace_direction(*shared_build(settings), layer, direction)
    i, f, c = run.i[:, sample], run.f[:, sample], run.c[:, sample]  # (T, H)
    stays = (c[1:] == c[:-1]) & (c[1:] != 0)
    longest, kept = 0, (0, 0, 0)
    for unit in range(c.shape[1]):
        first = 0
        for step in range(1, len(c)):
            if not stays[step - 1, unit]:
                first = step
            elif step - first > longest:
                longest, kept = step - first, (unit, first, step)
    if not longest:
        return None
    unit, first, last = kept
    least, most = f[first + 1 : last + 1, unit].min().item(), i[first + 1 : last + 1, unit].max().item()
    return Held(unit, c[last, unit].item(), first + 1, last + 1, least, most)
