"""The oracle: plain, seeded code as a learner would write it. It uses nothing of the app.

The module, the inputs and the initial state are drawn after `torch.manual_seed`. Gates and states come from the six
equations in PyTorch's documentation, step by step.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

LANES = "xifgoch"


@dataclass(frozen=True)
class Drawn:
    """A drawn module with its inputs and initial state, so that `lstm(inputs, (h_0, c_0))` runs."""

    lstm: nn.LSTM
    inputs: Tensor  # (T, B, I), or (B, T, I) under batch_first
    h_0: Tensor  # (L * D, B, P)
    c_0: Tensor  # (L * D, B, H)
    again: tuple[Tensor, Tensor]  # a second h_0 and c_0, drawn after everything else


def draw(
    input_size: int = 3,
    hidden_size: int = 4,
    seq_len: int = 5,
    batch_size: int = 1,
    num_layers: int = 1,
    bidirectional: bool = False,
    proj_size: int = 0,
    bias: bool = True,
    batch_first: bool = False,
    dtype: str = "float32",
    seed: int = 1,
    zeros: bool = False,
    inputs: Tensor | None = None,
) -> Drawn:
    """Draw a module, inputs and initial state; by default those of the app's default settings.

    With `zeros` the initial state is zeros. Inputs that are given are not drawn.
    """
    kind = getattr(torch, dtype)
    slots = num_layers * (2 if bidirectional else 1)

    def state() -> tuple[Tensor, Tensor]:
        make = torch.zeros if zeros else torch.randn
        h_0 = make(slots, batch_size, proj_size or hidden_size, dtype=kind)
        return h_0, make(slots, batch_size, hidden_size, dtype=kind)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        lstm = nn.LSTM(
            input_size,
            hidden_size,
            num_layers=num_layers,
            bias=bias,
            batch_first=batch_first,
            bidirectional=bidirectional,
            proj_size=proj_size,
            dtype=kind,
        )
        if inputs is None:
            steps = [torch.randn(batch_size, input_size, dtype=kind) for _ in range(5)]
            h_0, c_0 = state()
            steps += [torch.randn(batch_size, input_size, dtype=kind) for _ in range(5, seq_len)]
            inputs = torch.stack(steps[:seq_len], dim=1 if batch_first else 0)
        else:
            h_0, c_0 = state()
        return Drawn(lstm, inputs, h_0, c_0, state())


Numbers = dict[int, dict[str, list[float]]]  # t, then lane, then unit


@torch.no_grad()
def numbers(drawn: Drawn, layer: int = 0, direction: int = 0, sample: int = 0) -> Numbers:
    """x, i, f, g, o, c and h of one layer, direction and sample at t = 1..T, and c and h of the initial state.

    The initial state is at t = 0, in the reverse direction at t = T + 1.
    """
    directions = 2 if drawn.lstm.bidirectional else 1
    reads = drawn.inputs
    for below in range(layer):
        reads = torch.cat([_run(drawn, below, d, reads)["h"] for d in range(directions)], dim=2)
    found = {"x": reads} | _run(drawn, layer, direction, reads)
    if layer == drawn.lstm.num_layers - 1:  # check that the equations are those of the module
        width = drawn.lstm.hidden_size
        output = drawn.lstm(drawn.inputs, (drawn.h_0, drawn.c_0))[0]
        torch.testing.assert_close(found["h"], output[..., direction * width : (direction + 1) * width])

    steps, slot = len(reads), layer * directions + direction
    start = {"c": drawn.c_0[slot, sample].tolist(), "h": drawn.h_0[slot, sample].tolist()}
    rows = {t: {lane: found[lane][t - 1, sample].tolist() for lane in LANES} for t in range(1, steps + 1)}
    return rows | {steps + 1 if direction else 0: start}


def _run(drawn: Drawn, layer: int, direction: int, reads: Tensor) -> dict[str, Tensor]:
    """i, f, g, o, c and h, each (T, B, H), from the equations."""
    suffix = f"_l{layer}" + ("_reverse" if direction else "")
    w_ih, w_hh, b_ih, b_hh = (
        getattr(drawn.lstm, f"{name}{suffix}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    slot = layer * (2 if drawn.lstm.bidirectional else 1) + direction
    h, c = drawn.h_0[slot], drawn.c_0[slot]
    found: dict[str, list[Tensor]] = {lane: [] for lane in "ifgoch"}
    for x_t in reads.flip(0) if direction else reads:
        i, f, g, o = (w_ih @ x_t.T + b_ih[:, None] + w_hh @ h.T + b_hh[:, None]).T.chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        for lane, value in zip("ifgoch", (i, f, g, o, c, h), strict=True):
            found[lane].append(value)
    return {lane: torch.stack(steps[::-1] if direction else steps) for lane, steps in found.items()}


def num_parameters(drawn: Drawn) -> int:
    """How many numbers the module learns."""
    return sum(p.numel() for p in drawn.lstm.parameters())


def reach(found: Numbers) -> float:
    """The largest |c|, including the initial state."""
    return max(abs(c) for lanes in found.values() for c in lanes["c"])
