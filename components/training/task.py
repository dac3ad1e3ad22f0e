"""The echo task: the network reads a stream of bits in chunks, and says the bit that it read `lag` steps ago.

Only the state can tell what came before the chunk. Three networks learn the task from the same stream. They start with
the same parameters; they differ in the state with which each chunk begins.
"""

import copy
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from components.lstm.build import State, blank
from components.settings import CARRY, HANDED, RESET, SHUFFLED
from components.training.adam import adam_step
from components.training.work import TRAINING, Work

MOST_UNITS = 64  # with more, one update takes so long that other visitors would notice it


@dataclass(frozen=True)
class Task:
    """Everything that the digits of a training depend on."""

    hidden_size: int
    seed: int
    steps: int = 800  # chunks
    lag: int = 3
    chunk: int = 10
    lanes: int = 32  # streams side by side: the batch
    rate: float = 0.03  # of Adam


def at_best(task: Task) -> dict[str, float]:
    """The lowest loss that each way can reach, in nats a bit.

    `CARRY`: 0, because the state holds every bit that is asked for.
    `RESET`: the first `lag` bits of a chunk can only be guessed, and a guess costs ln 2.
    `SHUFFLED`: for these first bits, the state comes from another lane, except for one lane in `lanes`. So the bit that
    it remembers is right half the time. The network cannot tell these bits from the others, because it does not know
    when a chunk begins. Its best choice is one confidence for all bits: the share of bits that are right. The loss is
    then the entropy of this share.
    """
    lost = task.lag / task.chunk  # share of the bits whose answer lies before the chunk
    wrong = lost / 2 * (1 - 1 / task.lanes)
    return {
        CARRY: 0.0,
        RESET: lost * math.log(2),
        SHUFFLED: -wrong * math.log(wrong) - (1 - wrong) * math.log(1 - wrong),
    }


def updates(task: Task) -> Iterator[float]:
    """Yield the loss of each update, computed before the update: for each step, one loss for each way in `HANDED`.

    Raises `ArithmeticError` when a loss is not a finite number, because training cannot recover from that.

    One generator draws everything: the parameters as torch initialises them, then for each step the bits and a
    permutation of the lanes. So an ordinary program that begins with `torch.manual_seed(seed)` gets the same digits.
    """
    generator = torch.Generator().manual_seed(task.seed)
    module, head = blank(nn.LSTM, 1, task.hidden_size), blank(nn.Linear, task.hidden_size, 1)
    bound = 1 / math.sqrt(task.hidden_size)
    with torch.no_grad():
        for parameter in (*module.parameters(), *head.parameters()):
            parameter.uniform_(-bound, bound, generator=generator)
    learners = [Learner(way, copy.deepcopy(module), copy.deepcopy(head), task.rate) for way in HANDED]
    last_bits = torch.zeros(task.lag, task.lanes)  # of the chunk before
    for _ in range(task.steps):
        bits = torch.randint(2, (task.chunk, task.lanes), generator=generator).float()
        order = torch.randperm(task.lanes, generator=generator)
        stream = torch.cat((last_bits, bits))
        target, last_bits = stream[: task.chunk], stream[task.chunk :]
        for learner in learners:
            loss = learner.learn(bits, target, order)
            if not math.isfinite(loss):
                raise ArithmeticError("the loss is not a finite number")
            yield loss


def trained(task: Task) -> Work[float]:
    """The training of a task, as work. A step is one update for each way in `HANDED`; its findings are their losses."""
    return Work(TRAINING, task, task.steps, lambda: updates(task), len(HANDED), store=lambda: array("d"))


class Learner:
    """An `nn.LSTM` with one output, its state between chunks, and the tensors that Adam needs."""

    def __init__(self, way: str, module: nn.LSTM, head: nn.Linear, rate: float) -> None:
        self.way, self.module, self.head, self.rate = way, module, head, rate
        self.state: State | None = None
        self.parameters: list[Tensor] = [*module.parameters(), *head.parameters()]
        self.means = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.squares = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.counts = [torch.zeros(()) for _ in self.parameters]

    def learn(self, bits: Tensor, target: Tensor, order: Tensor) -> float:
        """Read a chunk of bits, (T, B), take one step of Adam, and return the mean cross-entropy before this step."""
        hidden, (h, c) = self.module(bits.unsqueeze(2), self._first_state(order))
        self.state = h.detach(), c.detach()
        loss = nn.functional.binary_cross_entropy_with_logits(self.head(hidden).squeeze(2), target)
        gradients = torch.autograd.grad(loss, self.parameters)
        adam_step(self.parameters, gradients, self.means, self.squares, self.counts, self.rate, fused=True)
        return loss.item()

    def _first_state(self, order: Tensor) -> State | None:
        """The state with which the next chunk begins; None for zeros."""
        if self.state is None or self.way == RESET:
            return None
        h, c = self.state
        return (h[:, order], c[:, order]) if self.way == SHUFFLED else (h, c)
