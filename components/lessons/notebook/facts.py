"""The notebook's run, replayed: its draws in its order, and its tensors printed as torch prints them.

The order of draws is the module's parameters, one input a step, `(h_0, c_0)` for the loop, and another pair for the
single call. `build` and `redraw` draw just that. Gradients are recorded, as in the notebook: a tensor's printed text
names its `grad_fn`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from components.lstm.build import redraw, shared_build
from components.lstm.compare import Comparison, compare
from components.settings import Settings

WIDTH = 79  # characters in which a notebook shows a list on one line
LINES = 20  # of a printed text that are shown; of a longer one the beginning and the end
LAST = 6  # lines of that end
GAP = "⋮"  # the line that stands for what is left out


@dataclass(frozen=True)
class Replay:
    """One run of the notebook: what its last cell prints, and how far its call is from its loop."""

    shape: str  # of `inputs`
    out: str
    hidden: str
    grad_fn: str  # what torch calls the operation that made `out`
    last_is_h: bool  # whether the last row of `out` is the h of `hidden`, bit for bit
    comparison: Comparison  # the loop against this run's call
    as_it_ran: Comparison  # the loop against a call from the state drawn anew


def replay(settings: Settings, same_start: bool = False) -> Replay:
    """Run the notebook for the sizes and the seed of `settings`, which has one sample, layer and direction.

    With `same_start` the call starts where the loop started; else, as in the notebook, from a state drawn anew.
    Gradients are on, whatever the caller's mode.
    """
    module, x, start = shared_build(settings)
    with torch.enable_grad():
        looped, hidden = [], start
        for x_t in x.split(1):
            out, hidden = module(x_t, hidden)
            looped.append(out.detach())
        loop = (torch.cat(looped), _detached(hidden))
        other = module(x, redraw(settings))
        out, hidden = module(x, start) if same_start else other
    as_it_ran = compare(loop, (other[0].detach(), _detached(other[1])))
    return Replay(
        shape=str(x.shape),
        out=shortened(str(out)),
        hidden=shortened(str(hidden)),
        grad_fn=out.grad_fn.name(),
        last_is_h=torch.equal(out[-1], hidden[0][-1]),
        comparison=compare(loop, (out.detach(), _detached(hidden))) if same_start else as_it_ran,
        as_it_ran=as_it_ran,
    )


def _detached(state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    return state[0].detach(), state[1].detach()


def input_sequence(settings: Settings) -> str:
    """The inputs, one tensor a step, as a notebook displays the list of them."""
    tensors = shared_build(settings).inputs.split(1)
    # What `shortened` leaves of a list lies in its first and its last tensors; printing all takes tens of milliseconds.
    few = tensors if len(tensors) <= LINES else [*tensors[:LINES], *tensors[-LAST:]]
    return shortened(displayed([repr(tensor) for tensor in few]))


def displayed(texts: Sequence[str]) -> str:
    """A list as a notebook displays it, from its items' texts: on one line if it fits, else an item a line."""
    line = f"[{', '.join(texts)}]"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    return "[" + ",\n ".join(text.replace("\n", "\n ") for text in texts) + "]"


def shortened(text: str) -> str:
    """`text`, or where it has more than `LINES` lines its beginning, a line of dots, and its end."""
    lines = text.splitlines()
    if len(lines) <= LINES:
        return text
    return "\n".join([*lines[: LINES - LAST - 1], GAP, *lines[-LAST:]])


def in_a_fresh_kernel(line: str, settings: Settings) -> str:
    """Python's own words when the notebook's last cell begins with `line`, as `NameError: ...`; empty if it runs.

    `line` is one of the project's own statements (`components.programs.replay`), never a visitor's text. It sees what
    the cells above it have made, and nothing that an earlier session has left over.
    """
    names: dict[str, Any] = {"torch": torch, "input_sequence": list(shared_build(settings).inputs.split(1))}
    try:
        exec(line, names)
    except NameError as error:
        return f"{type(error).__name__}: {error}"
    return ""
