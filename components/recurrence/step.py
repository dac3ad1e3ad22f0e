"""One step, by its equations: c and h put together from the gates, and what a step does with a memory."""

from dataclasses import dataclass

import torch

from components.recurrence.build import built
from components.recurrence.compare import apart, tolerance
from components.recurrence.trace import Trace, trace
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
    setup = built(settings)
    with torch.no_grad():
        output, (h_n, c_n) = setup.module(*setup[1:])
        run = trace(*setup)
        c = torch.stack([_carried(run, d) for d in range(settings.num_directions)], dim=1)
        h = run.o * c.tanh()  # (L, D, T, B, H)
        if settings.proj_size:
            # In the order of the parameters: layers, then directions.
            weights = [p.detach() for name, p in setup.module.named_parameters() if name.startswith("weight_hr")]
            h = h @ torch.stack(weights).unflatten(0, h.shape[:2]).mT[:, :, None]
        made = torch.cat(list(h[-1]), dim=2)
        if settings.batch_first:
            made = made.transpose(0, 1)
        rows = (
            Made("c, last step", "c_n", apart(_ends(c), c_n)),
            Made("o ⊙ tanh(c)", "output", apart(made, output)),
            Made("o ⊙ tanh(c), last step", "h_n", apart(_ends(h), h_n)),
        )
        return Check(rows, tolerance(output.dtype, run.c))


def _carried(run: Trace, direction: int) -> torch.Tensor:
    """c of one direction by its equation, from c_0 on: (L, T, B, H)."""
    f, written = run.f[:, direction], run.i[:, direction] * run.g[:, direction]
    c, found = run.c_0[:, direction], []
    steps = range(f.shape[1])
    for step in reversed(steps) if direction else steps:
        c = f[:, step] * c + written[:, step]
        found.append(c)
    return torch.stack(found[::-1] if direction else found, dim=1)


def _ends(states: torch.Tensor) -> torch.Tensor:
    """(L, D, T, B, n) at each direction's last step, as (L*D, B, n)."""
    return torch.stack([states[:, d, 0 if d else -1] for d in range(states.shape[1])], dim=1).flatten(0, 1)


@dataclass(frozen=True)
class FirstStep:
    """What f does at the first step that a layer and direction reads, over all units of a sample."""

    lowest: float  # f
    highest: float
    apart: float  # largest |c - i g|: what f times the initial state adds


def first_step(settings: Settings, layer: int, direction: int, sample: int) -> FirstStep:
    """How open f is at the first step, and what that changes in c."""
    run = trace(*built(settings))
    i, f, g, c = (gate[layer, direction, -1 if direction else 0, sample] for gate in (run.i, run.f, run.g, run.c))
    return FirstStep(f.min().item(), f.max().item(), apart(c, i * g))


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
    run = trace(*built(settings))
    i, f, c = (lane[layer, direction, :, sample] for lane in (run.i, run.f, run.c))  # (T, H)
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
