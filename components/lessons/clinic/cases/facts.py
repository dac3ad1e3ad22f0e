"""What the probes must know of each case's program, beyond its net, its data and its loss."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

Hooks = dict[str, Any]  # arguments of a `Subject`


def _begins(x: Tensor, row: int, step: int) -> Tensor:
    """The lamp's data, with a new episode in one row at one step."""
    begun = x.clone()
    begun[row, step, 1] = 1
    return begun


def _note_by_note(net: Any, x: Tensor) -> Tensor:
    """The scores of each next note, when the net has only the notes before it."""
    return torch.stack([net(x[:, :t])[:, -1] for t in range(1, x.shape[1])], 1)


def _one_by_one(net: Any, x: Tensor) -> Tensor:
    """The predictions, when each sample comes by itself, as in use."""
    return torch.cat([net(sample) for sample in x.split(1)])


HOOKS: dict[str, Callable[[SimpleNamespace], Hooks]] = {
    "River": lambda its: {},
    "Bakery": lambda its: {"answer": _one_by_one},
    "Echo": lambda its: {"each_step": True},
    "Peaks": lambda its: {"each_step": True},
    "Doorbell": lambda its: {},
    "Marker": lambda its: {"answer": _one_by_one},
    "Boiler": lambda its: {},
    "Moods": lambda its: {},
    "Counter": lambda its: {"each_step": True, "causal": False, "evaluate": its.evaluate},
    "Lamp": lambda its: {"each_step": True, "restart": _begins},
    "Listener": lambda its: {"each_step": True, "predict": lambda net, x: net(x)["level"], "stream": its.listen},
    "Melody": lambda its: {"each_step": True, "targets": lambda x: x[:, 1:], "answer": _note_by_note},
    "Letters": lambda its: {"pad": lambda x, n: nn.functional.pad(x, (0, n))},
}
