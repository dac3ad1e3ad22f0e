"""The run of the notebook, replayed: random numbers in its order, and tensors printed as torch prints them.

The notebook draws in this order: the parameters of the module, one input for each of its five steps, `(h_0, c_0)` for
the loop, and another pair for the single call. `build` and `redraw` draw exactly these. In a longer sequence the inputs
of the further steps are drawn before the second pair. Gradients are recorded as in the notebook, because the printed
text of a tensor names its `grad_fn`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from components.lstm.build import redraw, shared_build
from components.lstm.compare import Comparison, compare, max_abs_diff, tolerance
from components.settings import Settings

WIDTH = 79  # a notebook shows a list on one line if it has at most this many characters
LINES = 20  # the most lines of a printed text; a longer text is cut in the middle
LAST = 6  # the lines after the cut
GAP = "⋮"  # this line stands for the lines that are left out


@dataclass(frozen=True, eq=False)
class Replay:
    """One run of the notebook: what its last cell prints, and its loop compared with its call. Nobody writes to it."""

    shape: str  # of `inputs`
    out: str
    hidden: str
    grad_fn: str  # torch's name for the operation that made `out`
    last_is_h: bool  # whether the last row of `out` is the h of `hidden`, up to rounding
    comparison: Comparison  # the loop and the call
    loop: np.ndarray  # (T + 1, H): h at t = 0..T
    call: np.ndarray  # the same of the call


def replay(settings: Settings, same_start: bool = False) -> Replay:
    """The run of the notebook for the sizes and the seed of `settings`: one sample, one layer, one direction.

    With `same_start` the call starts from the same state as the loop. Without it, as in the notebook, the call starts
    from a state that is drawn again. Gradients are recorded, whatever mode the caller has set.
    """
    module, x, start = shared_build(settings)
    with torch.enable_grad():
        looped, hidden = [], start
        for x_t in x.split(1):
            out, hidden = module(x_t, hidden)
            looped.append(out.detach())
        loop = (torch.cat(looped), _detached(hidden))
        called = start if same_start else redraw(settings)
        out, hidden = module(x, called)
    return Replay(
        shape=str(x.shape),
        out=shortened(str(out)),
        hidden=shortened(str(hidden)),
        grad_fn=out.grad_fn.name(),
        last_is_h=max_abs_diff(out[-1], hidden[0][-1]) <= tolerance(out.dtype, hidden[1]),
        comparison=compare(loop, (out.detach(), _detached(hidden))),
        loop=_at_every_step(start[0], loop[0]),
        call=_at_every_step(called[0], out.detach()),
    )


def _at_every_step(h_0: Tensor, output: Tensor) -> np.ndarray:
    """h at t = 0..T, (T + 1, H), from (1, 1, H) and (T, 1, H)."""
    h: np.ndarray = torch.cat((h_0, output))[:, 0].numpy()
    return h


def _detached(state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    return state[0].detach(), state[1].detach()


def input_sequence(settings: Settings) -> str:
    """The inputs as text: one tensor for each step, in the form in which a notebook displays their list."""
    tensors = shared_build(settings).inputs.split(1)
    # `shortened` keeps only lines of the first and the last tensors. To print all tensors takes tens of milliseconds.
    few = tensors if len(tensors) <= LINES else [*tensors[:LINES], *tensors[-LAST:]]
    return shortened(displayed([repr(tensor) for tensor in few]))


def displayed(texts: Sequence[str]) -> str:
    """A list as a notebook displays it, from the texts of its items: on one line if it fits, else one line per item."""
    line = f"[{', '.join(texts)}]"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    return "[" + ",\n ".join(text.replace("\n", "\n ") for text in texts) + "]"


def shortened(text: str) -> str:
    """`text`. If it has more than `LINES` lines: its beginning, the line `GAP`, and its end."""
    lines = text.splitlines()
    if len(lines) <= LINES:
        return text
    return "\n".join([*lines[: LINES - LAST - 1], GAP, *lines[-LAST:]])


def in_a_fresh_kernel(line: str, settings: Settings) -> str:
    """The error that Python raises if the notebook's last cell begins with `line`, as `NameError: ...`; empty if none.

    `line` is always a statement of this lesson's own program, never a visitor's text. It can use the names that the
    cells above it define, but no names from an earlier session.
    """
    names: dict[str, Any] = {"torch": torch, "input_sequence": list(shared_build(settings).inputs.split(1))}
    try:
        exec(line, names)
    except NameError as error:
        return f"{type(error).__name__}: {error}"
    return ""
