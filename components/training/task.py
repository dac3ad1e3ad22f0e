"""The echo task: say the bit that was read `lag` steps ago, of a stream that is read in chunks.

What came before the chunk is in the state alone. Three networks, alike at the start, learn it from the same stream;
they differ in what each chunk begins with.
"""

import copy
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim.adam import adam

from components.lstm.build import State, blank
from components.settings import CARRY, HANDED, RESET, SHUFFLED
from components.training.work import TRAINING, Work

MOST_UNITS = 64  # with more, one update takes longer than others on the server should wait


@dataclass(frozen=True)
class Task:
    """What decides every digit of a training."""

    hidden_size: int
    seed: int
    steps: int = 800  # chunks
    lag: int = 3
    chunk: int = 10
    lanes: int = 32
    rate: float = 0.03


def at_best(task: Task) -> dict[str, float]:
    """The loss, in nats a bit, that each way cannot better; `SHUFFLED`: where it cannot tell when a chunk begins.

    Reset, the first `lag` bits of a chunk can only be guessed, and a guess costs ln 2. Shuffled, what is remembered of
    them is another lane's, but for one lane in `lanes`, and right half the time. One who cannot tell these bits from
    the others is best served with one confidence for all, the share that is right, and pays the entropy of it.
    """
    lost = task.lag / task.chunk
    wrong = lost / 2 * (1 - 1 / task.lanes)
    return {
        CARRY: 0.0,
        RESET: lost * math.log(2),
        SHUFFLED: -wrong * math.log(wrong) - (1 - wrong) * math.log(1 - wrong),
    }


def updates(task: Task) -> Iterator[float]:
    """The loss of each update, before it is made: of each of `HANDED` in turn, `steps` times.

    Raises `ArithmeticError` at a loss that is no finite number: there is no way back from it.

    All is drawn from one generator: the parameters as torch initialises them, then for each step the bits and a
    permutation of the lanes. So an ordinary program that begins with `torch.manual_seed(seed)` gets the same digits.
    """
    generator = torch.Generator().manual_seed(task.seed)
    module, head = blank(nn.LSTM, 1, task.hidden_size), blank(nn.Linear, task.hidden_size, 1)
    bound = 1 / math.sqrt(task.hidden_size)
    with torch.no_grad():
        for parameter in (*module.parameters(), *head.parameters()):
            parameter.uniform_(-bound, bound, generator=generator)
    learners = [Learner(way, copy.deepcopy(module), copy.deepcopy(head), task.rate) for way in HANDED]
    heard = torch.zeros(task.lag, task.lanes)
    for _ in range(task.steps):
        bits = torch.randint(2, (task.chunk, task.lanes), generator=generator).float()
        order = torch.randperm(task.lanes, generator=generator)
        stream = torch.cat((heard, bits))
        target, heard = stream[: task.chunk], stream[task.chunk :]
        for learner in learners:
            loss = learner.learn(bits, target, order)
            if not math.isfinite(loss):
                raise ArithmeticError("the loss is no finite number")
            yield loss


def trained(task: Task) -> Work[float]:
    """The training of a task, as work: a step is one update of each of `HANDED`, and finds their losses in turn."""
    return Work(TRAINING, task, task.steps, lambda: updates(task), len(HANDED), store=lambda: array("d"))


class Learner:
    """An `nn.LSTM` with one output, its state between chunks, and its optimiser."""

    def __init__(self, way: str, module: nn.LSTM, head: nn.Linear, rate: float) -> None:
        self.way, self.module, self.head, self.rate = way, module, head, rate
        self.state: State | None = None
        self.parameters: list[Tensor] = [*module.parameters(), *head.parameters()]
        self.means = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.squares = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.counts = [torch.zeros(()) for _ in self.parameters]

    def learn(self, bits: Tensor, target: Tensor, order: Tensor) -> float:
        """Read a chunk, (steps, lanes), and take a step of Adam against its mean cross-entropy, which is returned."""
        hidden, (h, c) = self.module(bits.unsqueeze(2), self._begin(order))
        self.state = h.detach(), c.detach()
        loss = nn.functional.binary_cross_entropy_with_logits(self.head(hidden).squeeze(2), target)
        gradients = torch.autograd.grad(loss, self.parameters)
        # What `torch.optim.Adam(fused=True)` calls at each step. The class itself imports torch._dynamo and sympy when
        # it first steps: 77 MB, and a second in which nobody on this server is served.
        with torch.no_grad():
            adam(
                self.parameters,
                list(gradients),
                self.means,
                self.squares,
                [],
                self.counts,
                fused=True,
                amsgrad=False,
                beta1=0.9,
                beta2=0.999,
                lr=self.rate,
                weight_decay=0,
                eps=1e-8,
                maximize=False,
            )
        return loss.item()

    def _begin(self, order: Tensor) -> State | None:
        if self.state is None or self.way == RESET:
            return None
        h, c = self.state
        return (h[:, order], c[:, order]) if self.way == SHUFFLED else (h, c)
