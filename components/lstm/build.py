"""The module, the inputs and the initial state for some settings. No global state is touched.

A learner writes `torch.manual_seed(1)`, `nn.LSTM(3, 4)`, `torch.randn(...)`. All visitors share one process, so a
global seed set for one would change the numbers of another. Here a generator of our own draws the same numbers.
"""

import math
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from components.kept import kept
from components.lstm import jobs
from components.lstm.axes import time_major
from components.settings import FIRST_STEPS, SINE_PERIOD, Settings

State = tuple[Tensor, Tensor]
M = TypeVar("M", bound=nn.Module)
R = TypeVar("R", bound=nn.RNNBase)


class Setup(NamedTuple):
    """What one call of `nn.LSTM` needs: `module(inputs, hx)`."""

    module: nn.LSTM
    inputs: Tensor  # (T, B, I), or (B, T, I) under batch_first
    hx: State  # h_0 (L*D, B, P), c_0 (L*D, B, H)


def build(settings: Settings) -> Setup:
    """The module, the inputs and `(h_0, c_0)` that plain code draws after `torch.manual_seed(seed)`.

    They agree number for number. The order is: the parameters as `nn.LSTM` initialises them (U(-k, k),
    k = 1/sqrt(hidden_size), in parameter order), then the inputs of the first five steps (one
    `randn(batch_size, input_size)` for each step), then h_0, then c_0, then the inputs of all further steps. A shorter
    sequence draws five inputs too, and uses the first T. A pulse or zeros are not random, so they take nothing from
    the generator.

    So a longer sequence goes on where the shorter one ended: parameters, h_0, c_0 and the inputs of the first T steps
    are the same at T and at T + 1, bit for bit.

    For a job the parameters are set by hand, the seed decides only the inputs, and the start is zeros.
    """
    return _draw(settings)[0]


# All visitors share this set-up, so nobody may write to it. Use `build` for a set-up of your own. It is kept because
# all parts of a page ask for the same settings. It takes 13 MB at most.
shared_build = kept(build)


def second_start(settings: Settings) -> State:
    """Another `(h_0, c_0)`, which plain code draws after `torch.manual_seed(seed + 1)`.

    It has a generator of its own, so it is the same at every sequence length. If the initial state is zeros (as for
    every job), the second one is zeros too.
    """
    return _state(settings, torch.Generator().manual_seed(settings.seed + 1))


def redraw(settings: Settings) -> State:
    """The `(h_0, c_0)` of the notebook's call: plain code draws the state a second time, after all draws of `build`.

    So if the inputs are random and there are more than five steps, each sequence length has another one. If the
    initial state is zeros (as for every job), the second one is zeros too.
    """
    return _state(settings, _draw(settings)[1])


def blank(kind: type[M], *sizes: int, **options: Any) -> M:
    """A module of `kind` with uninitialised parameters: they hold what was in memory. The caller fills them.

    The initialisation of torch would take numbers from the process-wide generator. (The meta device does not
    initialise either, but it takes three times as long, and `to_empty` imports sympy: 50 MB and a second.)
    """
    uninitialised = _uninitialised(kind)  # type: ignore[arg-type]  # a class is hashable, whatever its own __hash__ is
    module: M = uninitialised(*sizes, **options)
    module.__class__ = kind  # the subclass only skips the initialisation, and that is over
    return module


def sized(kind: type[R], settings: Settings) -> R:
    """A `blank` LSTM, GRU or RNN with the sizes of the settings. Only an LSTM gets their projection."""
    options: dict[str, Any] = {"proj_size": settings.proj_size} if kind is nn.LSTM else {}
    return blank(
        kind,
        settings.input_size,
        settings.hidden_size,
        num_layers=settings.num_layers,
        bias=settings.bias,
        batch_first=settings.batch_first,
        bidirectional=settings.bidirectional,
        dtype=getattr(torch, settings.dtype),
        **options,
    )


@cache  # one class for each of the four kinds of module
def _uninitialised(kind: type[nn.Module]) -> Any:
    return type("Uninitialised", (kind,), {"reset_parameters": lambda _: None})


def fill(module: nn.RNNBase, generator: torch.Generator) -> None:
    """Draw the parameters of a `blank` module as torch initialises them: U(-k, k), k = 1/sqrt(H)."""
    bound = 1 / math.sqrt(module.hidden_size)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.uniform_(-bound, bound, generator=generator)


def _draw(settings: Settings) -> tuple[Setup, torch.Generator]:
    generator = torch.Generator().manual_seed(settings.seed)
    module = sized(nn.LSTM, settings)
    if settings.job:
        module.load_state_dict(jobs.weights(settings), assign=True)
        inputs, hx = jobs.inputs(settings, generator), _state(settings, generator)
    else:
        fill(module, generator)
        if settings.signal == "random":
            first = _steps(FIRST_STEPS, settings, generator)
            hx = _state(settings, generator)
            further = _steps(settings.seq_len - FIRST_STEPS, settings, generator)
            inputs = torch.stack((first + further)[: settings.seq_len])
        else:
            inputs, hx = _signal(settings), _state(settings, generator)
    inputs = time_major(inputs, settings.batch_first).contiguous()
    return Setup(module, inputs, hx), generator


def _state(settings: Settings, generator: torch.Generator) -> State:
    slots = settings.num_layers * settings.num_directions
    h_shape = (slots, settings.batch_size, settings.output_size)
    c_shape = (slots, settings.batch_size, settings.hidden_size)
    dtype = getattr(torch, settings.dtype)
    if settings.initial_state == "zeros":
        return torch.zeros(h_shape, dtype=dtype), torch.zeros(c_shape, dtype=dtype)
    h_0 = torch.randn(h_shape, generator=generator, dtype=dtype)
    c_0 = torch.randn(c_shape, generator=generator, dtype=dtype)
    return h_0, c_0


def _steps(count: int, settings: Settings, generator: torch.Generator) -> list[Tensor]:
    step, dtype = (settings.batch_size, settings.input_size), getattr(torch, settings.dtype)
    return [torch.randn(step, generator=generator, dtype=dtype) for _ in range(count)]


def _signal(settings: Settings) -> Tensor:
    dtype = getattr(torch, settings.dtype)
    steps, batch, features = settings.seq_len, settings.batch_size, settings.input_size
    if settings.signal == "constant":
        return torch.ones(steps, batch, features, dtype=dtype)
    if settings.signal == "pulse":
        inputs = torch.zeros(steps, batch, features, dtype=dtype)
        for b in range(min(batch, steps)):
            inputs[b, b] = 1.0
        return inputs
    # Each feature is one step ahead of the feature before it. Each sample is one step ahead of the sample before it.
    t = torch.arange(steps, dtype=dtype).view(-1, 1, 1)
    ahead = torch.arange(batch).view(1, -1, 1) + torch.arange(features).view(1, 1, -1)
    return torch.sin(2 * math.pi / SINE_PERIOD * (t + 1 + ahead))


def build_rnn(settings: Settings) -> nn.RNN:
    """The `nn.RNN` of the same sizes, in one direction, that plain code draws after `torch.manual_seed(seed)`."""
    rnn = sized(nn.RNN, replace(settings, bidirectional=False))
    fill(rnn, torch.Generator().manual_seed(settings.seed))
    return rnn
