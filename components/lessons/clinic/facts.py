"""Runs the programs of the clinic: the text that the page shows is what is executed.

A program draws with `torch.randn` and its like, as programs do, and seeds torch in its last part. On a server all
visitors share torch's random state, so here nothing is seeded. `Draws` hands a generator to every function that draws.
The digits are those of the program run by itself; a test compares them.
"""

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import dropout
from torch.overrides import TorchFunctionMode

import components.lstm  # noqa: F401 (sets the threads of torch)
from components.kept import kept
from components.lessons.clinic.cases.facts import HOOKS
from components.lessons.clinic.quoted import PROBES, Finding, Subject, more_than_zero, plain
from components.training.adam import adam_step
from components.training.run import PAUSE
from components.training.work import TRAINING, Work

__all__ = ["PROBES", "Finding", "more_than_zero", "plain"]  # the probes themselves are in the file to take home

# What the programs draw with. A module's own start comes from `kaiming_uniform_`, `uniform_` and `normal_` of nn.init.
DRAWING = {"randn", "rand", "randint", "randperm", "normal_", "uniform_", "kaiming_uniform_"}


class Draws(TorchFunctionMode):
    """While it is on, in this thread alone, everything that draws uses its generator. It makes small calls slower."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call a function of torch, with the generator if it draws."""
        kwargs, name = kwargs or {}, getattr(function, "__name__", "")
        if name in DRAWING:
            kwargs = kwargs | {"generator": self.generator}
        elif function is dropout:
            return self._dropout(*args, **kwargs)
        return function(*args, **kwargs)

    def _dropout(self, values: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
        """As `dropout`, from the generator."""
        if not training:
            return values
        kept = torch.empty_like(values).bernoulli_(1 - p, generator=self.generator)
        return values * kept.div_(1 - p)


class Adam:
    """`torch.optim.Adam` at its defaults, as programs use it, without what the class imports (`training/adam.py`)."""

    def __init__(self, parameters: Iterable[Tensor], lr: float) -> None:
        self.parameters, self.rate = list(parameters), lr
        self.moments: dict[int, tuple[Tensor, Tensor, Tensor]] = {}

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        """Move each parameter that has a gradient."""
        moved = [parameter for parameter in self.parameters if parameter.grad is not None]
        for parameter in moved:
            if id(parameter) not in self.moments:
                zeros = torch.zeros_like(parameter), torch.zeros_like(parameter)
                self.moments[id(parameter)] = (*zeros, torch.zeros(()))
        means, squares, counts = ([self.moments[id(one)][place] for one in moved] for place in range(3))
        gradients = [parameter.grad for parameter in moved if parameter.grad is not None]
        adam_step(moved, gradients, means, squares, counts, self.rate, fused=False)


class _Gentle(Adam):
    """It pauses after each step, as a run does between its findings: a probe takes many steps for one finding."""

    def step(self) -> None:
        super().step()
        time.sleep(PAUSE)


@lru_cache(maxsize=64)
def _compiled(source: str) -> CodeType:
    return compile(source, "<program>", "exec")


class Program:
    """A program of the clinic that has been read, and is not yet run. Its functions draw from `draws`.

    `source` is always one of the house's own programs, never a visitor's text.
    """

    def __init__(self, source: str, seed: int) -> None:
        names: dict[str, Any] = {"__name__": "program"}
        exec(_compiled(source), names)
        self.its = SimpleNamespace(**names)
        self.draws = Draws(seed)
        with self.draws:
            self.x, self.y, self.x_new, self.y_new = self.its.data()
            self.net = self.its.Net()

    def train(self) -> Iterator[float]:
        """Train its net as its own last part does, and yield the loss before each step."""
        net = self.net.train()
        losses = self.its.train(net, self.x, self.y, Adam(net.parameters(), lr=self.its.RATE))
        while True:
            with self.draws:
                loss = next(losses, None)
            if loss is None:
                return
            if not math.isfinite(loss):
                raise ArithmeticError("the loss is not a finite number")
            yield loss

    def report(self) -> dict[str, float]:
        """What its author sees at the end: figures by their names."""
        with self.draws:
            return {
                name: float(figure) for name, figure in self.its.report(self.net.eval(), self.x_new, self.y_new).items()
            }

    def subject(self, case: str) -> Subject:
        """The program as a subject of the probes."""
        its = self.its
        hooks = HOOKS[case](its)
        return Subject(its.Net, self.x, self.y, its.loss_of, steps=its.STEPS, rate=its.RATE, optimiser=_Gentle, **hooks)


Probed = tuple[Finding, Finding]  # of a program as it is, and mended
Sources = tuple[str, str]  # of the same two programs


@kept
def probed(source: str, case: str, seed: int, name: str) -> Finding:
    """What a probe finds in a program of this case, whose numbers come from a generator with this seed."""
    program = Program(source, seed)
    with program.draws:
        return PROBES[name](program.subject(case))


def probing(case: str, sources: Sources, seed: int, names: tuple[str, ...]) -> Work[tuple[str, Finding]]:
    """The work of some probes. A step is a probe; its findings are that of the program, and that of the mended one."""

    def start() -> Iterator[tuple[str, Finding]]:
        for name in names:
            for source in sources:
                yield name, probed(source, case, seed, name)

    return Work(TRAINING, ("probes", case, seed, names), len(names), start, parts=2)


def probing_all(sources: Mapping[str, Sources], seed: int) -> Work[tuple[str, str, Finding]]:
    """The work of all probes on all cases. A step is a case."""

    def start() -> Iterator[tuple[str, str, Finding]]:
        for case, both in sources.items():
            for name in PROBES:
                for source in both:
                    yield case, name, probed(source, case, seed, name)

    return Work(TRAINING, ("all probes", seed), len(sources), start, parts=2 * len(PROBES))


@dataclass(frozen=True)
class Ran:
    """A training step, or the end of a program: then it has a `report`, and the loss is the last one."""

    mended: bool
    loss: float
    report: Mapping[str, float] | None = None


def running(case: str, sources: Sources, seed: int, both: bool) -> Work[Ran]:
    """The work of running a program, or `both`: first as it is, then mended. A finding is a step, or its end."""
    which = (False, True) if both else (False,)

    def start() -> Iterator[Ran]:
        for mended in which:
            program = Program(sources[mended], seed)
            loss = math.nan
            for loss in program.train():
                yield Ran(mended, loss)
            yield Ran(mended, loss, program.report())

    return Work(TRAINING, ("run", case, seed, both), len(which) * (steps(sources[0]) + 1), start)


@kept
def steps(source: str) -> int:
    """How many training steps a program takes."""
    names: dict[str, Any] = {"__name__": "program"}
    exec(_compiled(source), names)
    return int(names["STEPS"])
