"""A carried state with and without its history: gradients over the steps, torch's errors, graph sizes.

Without `detach`, a carried state keeps the graphs of all chunks before it. With `detach`, only its numbers go on, and
backpropagation stops at the border of a chunk. This is truncated backpropagation through time (Williams and Peng, 1990,
https://doi.org/10.1162/neco.1990.2.4.490).
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from components.kept import kept
from components.lstm.build import Setup, State, build, shared_build
from components.lstm.compare import gradient_tolerance
from components.lstm.cost import clock
from components.lstm.refusal import Refusal, refused
from components.lstm.stream import chunks
from components.settings import Settings

RATE = 0.1  # learning rate of the step between two chunks
MOST = 12  # at most so many chunks are counted and timed; that is enough to see a line
TIMES, PATIENCE = 5, 2.0  # each chunk is timed at most so often, within about so many seconds


def loss(output: Tensor) -> Tensor:
    """The mean square of `output`: the loss of this lesson where the task does not matter."""
    return output.pow(2).mean()


def detached(state: State) -> State:
    """The state with the same numbers, but without its graph."""
    h, c = state
    return h.detach(), c.detach()


@dataclass(frozen=True)
class Reach:
    """How much the last step depends on each input: the norm of d sum(output_T) / d x_t over all samples, t = 1..T."""

    border: int  # the last step before the last chunk
    kept: tuple[float, ...]  # if the state is carried with its graph
    cut: tuple[float, ...]  # if the state is detached at every border
    kept_zeros: int  # how many steps have a gradient of exactly 0 in every number, with the graph
    cut_zeros: int  # the same with the state detached, among the steps up to the border
    limit: float  # the largest `differ` that rounding explains

    @property
    def exact(self) -> bool:
        """Whether, with the state detached, every gradient before the border is exactly 0.

        There the graph has no path to x, so torch adds nothing to the zeros. This is no matter of rounding.
        """
        return self.cut_zeros == self.border

    @property
    def differ(self) -> float:
        """The largest difference between the two within the last chunk, as a share of the largest norm there."""
        kept, cut = self.kept[self.border :], self.cut[self.border :]
        return max(abs(a - b) for a, b in zip(kept, cut, strict=True)) / (max(*kept, *cut) or 1.0)

    @property
    def alike(self) -> bool:
        """Whether both gradients are the same within the last chunk, up to rounding."""
        return self.differ <= self.limit


@kept
def reach(settings: Settings, length: int) -> Reach:
    """The gradients of the last step: of one uncut call, and of chunks of `length` between which the state is detached.

    The uncut call stands for chunks between which the state keeps its graph. These give the same gradients, but cost
    several times as much.
    """
    module, inputs, hx = shared_build(settings)
    border = (settings.seq_len - 1) // length * length
    norms: list[tuple[float, ...]] = []
    zeros = []
    for size in (settings.seq_len, length):
        with torch.enable_grad():
            x, state = inputs.clone().requires_grad_(), hx
            for chunk in chunks(x, size):
                output, state = module(chunk, detached(state))
            # Only for x, because all visitors share the parameters.
            (gradient,) = torch.autograd.grad(output[-1].sum(), x)
        # In float64, because there the square of the smallest float32 is not 0.
        norms.append(tuple(gradient.double().norm(dim=(1, 2)).tolist()))
        zeros.append((gradient == 0).all(dim=2).all(dim=1))
    kept, cut = norms
    # A step back multiplies the gradient by 4H rows and adds them up.
    terms = 4 * settings.hidden_size * (settings.seq_len - border)
    limit = gradient_tolerance(inputs.dtype, 1.0, terms)
    return Reach(border, kept, cut, int(zeros[0].sum()), int(zeros[1][:border].sum()), limit)


def backward_refusal(settings: Settings, length: int, step: bool) -> Refusal | None:
    """Torch's error if the `backward` of a chunk reaches into the chunk before it; None if there is none.

    Without a `step`, the graph of the chunk before was freed. With a `step` that graph is kept, but the weights were
    changed in place, as `optimiser.step()` of plain SGD changes them.
    """
    # Two chunks are enough for any sequence length. So a new sequence length needs no new call of torch.
    return _backward_refusal(replace(settings, seq_len=2 * length), length, step)


@kept
def _backward_refusal(settings: Settings, length: int, step: bool) -> Refusal | None:
    return refused(lambda: _never_detached(build(settings), length, step))


def _never_detached(setup: Setup, length: int, step: bool) -> None:
    """Train on one chunk after another, and carry the state with its graph."""
    module, inputs, state = setup
    with torch.enable_grad():
        for chunk in chunks(inputs, length):
            output, state = module(chunk, state)
            loss(output).backward(retain_graph=step)
            if step:
                _descend(module)


@torch.no_grad()
def _descend(module: nn.Module) -> None:
    for parameter in module.parameters():
        assert parameter.grad is not None, "backward has just filled it"
        parameter.sub_(RATE * parameter.grad)


def graph_size(result: Tensor) -> int:
    """How many nodes of the graph `backward` visits from `result`."""
    seen: set[Any] = set()
    ahead: list[Any] = [result.grad_fn]
    while ahead:
        node = ahead.pop()
        if node is not None and node not in seen:
            seen.add(node)
            ahead += [before for before, _ in node.next_functions]
    return len(seen)


@dataclass(frozen=True)
class Growth:
    """What each chunk's `backward` costs: with the graphs of all chunks before it, and with the state detached."""

    kept: tuple[float, ...]  # a number for each chunk, from chunk 1
    cut: tuple[float, ...]

    @property
    def grows(self) -> bool:
        """Whether each chunk costs more than the one before, and with `detach` none costs more than the first."""
        return all(a < b for a, b in zip(self.kept, self.kept[1:], strict=False)) and max(self.cut) <= self.cut[0]


def _losses(settings: Settings, length: int, cut: bool) -> list[Tensor]:
    """The loss of each chunk, with its graph."""
    module, inputs, state = shared_build(settings)
    losses = []
    with torch.enable_grad():
        for chunk in chunks(inputs, length):
            output, state = module(chunk, detached(state) if cut else state)
            losses.append(loss(output))
    return losses


def whole_chunks(settings: Settings, length: int) -> Settings:
    """The settings with a sequence of whole chunks, at least one and at most `MOST`."""
    count = min(max(settings.seq_len // length, 1), MOST)
    return replace(settings, seq_len=count * length)


def growth(settings: Settings, length: int) -> Growth:
    """The nodes in the graph of each whole chunk. This count is the same every time and on every machine."""
    return _growth(whole_chunks(settings, length), length)


@kept
def _growth(settings: Settings, length: int) -> Growth:
    kept, cut = (
        tuple(float(graph_size(chunk_loss)) for chunk_loss in _losses(settings, length, cut)) for cut in (False, True)
    )
    return Growth(kept, cut)


def timed(settings: Settings, length: int, patience: float = PATIENCE) -> Iterator[Growth]:
    """Milliseconds of each chunk's `backward`, as far as they are known after each pair of measurements.

    A pair is a chunk with the graph kept and then with the state detached. Each chunk has at least one pair, and up to
    `TIMES` pairs within `patience` seconds. The shortest time counts. A time that is not known yet is infinite. No
    weights are changed between chunks.
    """
    settings = whole_chunks(settings, length)
    weights = tuple(shared_build(settings).module.parameters())
    every = [_losses(settings, length, cut) for cut in (False, True)]
    count = len(every[0])
    best = [[math.inf] * count for _ in every]
    start = time.perf_counter()
    for number in range(TIMES * count):
        chunk = number % count
        for losses, times in zip(every, best, strict=True):
            before = clock()
            # Not `backward`, because it would write gradients to the weights, which all visitors share.
            torch.autograd.grad(losses[chunk], weights, retain_graph=True)
            times[chunk] = min(times[chunk], 1e3 * (clock() - before))
        yield Growth(*map(tuple, best))
        if number + 1 >= count and time.perf_counter() - start > patience:
            return
