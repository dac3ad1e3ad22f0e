"""The oracle for one step: the six equations, one step after another, in double precision, from a module's weights."""

import torch
from torch import Tensor

from components.lstm.build import Setup
from components.settings import Settings

Numbers = dict[str, Tensor]  # x (T, R), the gates (T, H), c (T, H), h (T, P); and c_0 (H,), h_0 (P,)


@torch.no_grad()
def equations(settings: Settings, setup: Setup, layer: int, direction: int, sample: int) -> Numbers:
    """x, i, f, g, o, c, h and the initial state of one layer, direction and sample. Index t is step t of the input."""
    x = (setup.inputs.transpose(0, 1) if settings.batch_first else setup.inputs)[:, sample].double()
    for below in range(layer):
        halves = [_run(settings, setup, below, d, sample, x)["h"] for d in range(settings.num_directions)]
        x = torch.cat(halves, dim=1)
    return _run(settings, setup, layer, direction, sample, x)


def _run(settings: Settings, setup: Setup, layer: int, direction: int, sample: int, x: Tensor) -> Numbers:
    suffix = f"_l{layer}" + ("_reverse" if direction else "")
    weights = {n.removesuffix(suffix): p.double() for n, p in setup.module.named_parameters() if n.endswith(suffix)}
    h_0, c_0 = (state[layer * settings.num_directions + direction, sample].double() for state in setup.hx)
    h, c = h_0, c_0
    found: dict[str, list[Tensor]] = {name: [] for name in "ifgoch"}
    for x_t in x.flip(0) if direction else x:
        before = weights["weight_ih"] @ x_t + weights["weight_hh"] @ h
        if settings.bias:
            before += weights["bias_ih"] + weights["bias_hh"]
        i, f, g, o = before.chunk(4)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        if settings.proj_size:
            h = weights["weight_hr"] @ h
        for name, value in zip("ifgoch", (i, f, g, o, c, h), strict=True):
            found[name].append(value)
    stacked = {name: torch.stack(steps[::-1] if direction else steps) for name, steps in found.items()}
    return {"x": x, "h_0": h_0, "c_0": c_0} | stacked
