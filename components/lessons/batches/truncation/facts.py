"""What is carried is numbers, what is detached is their history: gradients by distance, torch's errors, graph sizes.

Carried without `detach`, a state brings along the graph of every chunk before it. Backpropagation through time
truncated at the borders of chunks (Williams and Peng, 1990, https://doi.org/10.1162/neco.1990.2.4.490) goes no further
back than the last one.
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
from components.lstm.cost import clock
from components.lstm.refusal import Refusal, refused
from components.lstm.stream import chunks
from components.settings import Settings

RATE = 0.1  # of the step taken between two chunks
MOST = 12  # chunks whose graph is walked and timed: a line is seen with fewer than two hundred
TIMES, PATIENCE = 5, 2.0  # each chunk is timed so often at most, in about so many s


def loss(output: Tensor) -> Tensor:
    """What the chunks of this lesson are trained on where the task does not matter: the mean square of `output`."""
    return output.pow(2).mean()


def detached(state: State) -> State:
    """The same numbers without their history."""
    h, c = state
    return h.detach(), c.detach()


@dataclass(frozen=True)
class Reach:
    """How strongly the last step depends on each input: |d sum(output_T) / d x_t| over all samples, t = 1..T."""

    border: int  # the last step before the last chunk
    kept: tuple[float, ...]  # the state carried with its graph
    cut: tuple[float, ...]  # detached at every border
    kept_zeros: int  # steps whose gradient is 0 in every number, with the graph
    cut_zeros: int  # the same detached, among the steps up to the border

    @property
    def exact(self) -> bool:
        """Whether every number beyond the border is exactly 0."""
        return self.cut_zeros == self.border

    @property
    def differ(self) -> float:
        """Within the last chunk: the largest difference between the two, as a share of the larger norm."""
        pairs = zip(self.kept[self.border :], self.cut[self.border :], strict=True)
        return max(abs(a - b) / (max(a, b) or 1.0) for a, b in pairs)


@kept
def reach(settings: Settings, length: int) -> Reach:
    """Differentiate the last step: of one uncut call, and of chunks of `length` whose state is detached between them.

    Carried with its graph through the same chunks, the state gives what the uncut call gives, at several times the
    cost.
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
            # Only of x: the parameters are everybody's.
            (gradient,) = torch.autograd.grad(output[-1].sum(), x)
        # In float64, in which the square of the smallest float32 is not yet 0.
        norms.append(tuple(gradient.double().norm(dim=(1, 2)).tolist()))
        zeros.append((gradient == 0).all(dim=2).all(dim=1))
    kept, cut = norms
    return Reach(border, kept, cut, int(zeros[0].sum()), int(zeros[1][:border].sum()))


def backward_refusal(settings: Settings, length: int, step: bool) -> Refusal | None:
    """What torch says when the next chunk's `backward` reaches into the chunk before; None when it says nothing.

    Without a `step` the graph of the chunk before has been freed. With one it has been kept, but the weights have been
    changed in place by what `optimiser.step()` of plain SGD does.
    """
    # Two chunks are enough, whatever the length of the sequence: so a move of it asks torch nothing anew.
    return _backward_refusal(replace(settings, seq_len=2 * length), length, step)


@kept
def _backward_refusal(settings: Settings, length: int, step: bool) -> Refusal | None:
    return refused(lambda: _never_detached(build(settings), length, step))


def _never_detached(setup: Setup, length: int, step: bool) -> None:
    """Train on chunk after chunk, and carry the state with its history."""
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
    """How many nodes `backward` has to visit from here."""
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
    """What each chunk's `backward` costs: with the graphs of all before it kept, and detached. Chunks count from 1."""

    kept: tuple[float, ...]
    cut: tuple[float, ...]

    @property
    def grows(self) -> bool:
        """Whether every chunk costs more than the one before, and detached none does."""
        return all(a < b for a, b in zip(self.kept, self.kept[1:], strict=False)) and max(self.cut) <= self.cut[0]


def _losses(settings: Settings, length: int, cut: bool) -> list[Tensor]:
    """Each chunk's loss with its graph."""
    module, inputs, state = shared_build(settings)
    losses = []
    with torch.enable_grad():
        for chunk in chunks(inputs, length):
            output, state = module(chunk, detached(state) if cut else state)
            losses.append(loss(output))
    return losses


def whole_chunks(settings: Settings, length: int) -> Settings:
    """The settings with a sequence of whole chunks only, at least one of them and at most `MOST`."""
    count = min(max(settings.seq_len // length, 1), MOST)
    return replace(settings, seq_len=count * length)


def growth(settings: Settings, length: int) -> Growth:
    """The nodes of the graph of each chunk that is whole: the same count every time, on every machine."""
    return _growth(whole_chunks(settings, length), length)


@kept
def _growth(settings: Settings, length: int) -> Growth:
    kept, cut = (tuple(float(graph_size(one)) for one in _losses(settings, length, cut)) for cut in (False, True))
    return Growth(kept, cut)


def timed(settings: Settings, length: int, patience: float = PATIENCE) -> Iterator[Growth]:
    """Milliseconds of each chunk's `backward`, without a step between: after each pair, what is known so far.

    A pair is one chunk's, with the graph kept and detached, one right after the other. Each chunk has one, then as many
    more as `patience` s allow, up to `TIMES`; the least of its times counts. A time not yet known is infinite.
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
            # Not `backward`, which would add to the gradients of weights that all visitors share.
            torch.autograd.grad(losses[chunk], weights, retain_graph=True)
            times[chunk] = min(times[chunk], 1e3 * (clock() - before))
        yield Growth(*map(tuple, best))
        if number + 1 >= count and time.perf_counter() - start > patience:
            return
