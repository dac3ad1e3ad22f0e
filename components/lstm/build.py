"""The module, the inputs and the initial state for some settings, drawn without touching any global state.

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
from components.settings import SINE_PERIOD, Settings

State = tuple[Tensor, Tensor]
M = TypeVar("M", bound=nn.Module)
R = TypeVar("R", bound=nn.RNNBase)


class Setup(NamedTuple):
    """What one call of `nn.LSTM` needs: `module(inputs, hx)`."""

    module: nn.LSTM
    inputs: Tensor  # (T, B, I), or (B, T, I) under batch_first
    hx: State  # h_0 (L*D, B, P), c_0 (L*D, B, H)


def build(settings: Settings) -> Setup:
    """The module, the inputs and `(h_0, c_0)` that plain code would draw after `torch.manual_seed(seed)`.

    Number for number: parameters as `nn.LSTM` initialises them (U(-k, k), k = 1/sqrt(hidden_size), in parameter
    order), then the inputs, one `randn(batch_size, input_size)` a step, then h_0, then c_0. What is not drawn (a
    pulse, zeros) takes nothing from the generator.

    For a job the parameters are those set by hand, and the seed decides the inputs alone; the start is zeros.
    """
    return _draw(settings)[0]


# One for all visitors, which nobody may write to: `build` makes one of your own. The parts of a page all ask for the
# settings of the moment; it takes 13 MB at most.
shared_build = kept(build)


def redraw(settings: Settings) -> State:
    """The `(h_0, c_0)` that plain code gets when it draws the initial state a second time, after `build`'s draws.

    Zeros, which every job starts from, are the same zeros again.
    """
    return _state(settings, _draw(settings)[1])


def blank(kind: type[M], *sizes: int, **options: Any) -> M:
    """A module of `kind` whose parameters hold whatever was in memory: to be filled by who asks for it.

    torch's own draw takes from the process-wide generator. (The meta device, where nothing is drawn either, takes three
    times as long, and `to_empty` imports sympy, 50 MB and a second.)
    """
    undrawn = _undrawn(kind)  # type: ignore[arg-type]  # a class is hashable, whatever its own __hash__ is
    module: M = undrawn(*sizes, **options)
    module.__class__ = kind  # all that was different has not happened
    return module


def sized(kind: type[R], settings: Settings) -> R:
    """A `blank` module of the settings' sizes, of any of the three kinds; only an LSTM has their projection."""
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


@cache  # one for each kind of module, of which there are four
def _undrawn(kind: type[nn.Module]) -> Any:
    return type("Undrawn", (kind,), {"reset_parameters": lambda _: None})


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
        inputs = jobs.inputs(settings, generator)
    else:
        fill(module, generator)
        inputs = _inputs(settings, generator)
    inputs = time_major(inputs, settings.batch_first).contiguous()
    return Setup(module, inputs, _state(settings, generator)), generator


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


def _inputs(settings: Settings, generator: torch.Generator) -> Tensor:
    dtype = getattr(torch, settings.dtype)
    steps, batch, features = settings.seq_len, settings.batch_size, settings.input_size
    if settings.signal == "random":
        return torch.stack([torch.randn(batch, features, generator=generator, dtype=dtype) for _ in range(steps)])
    if settings.signal == "constant":
        return torch.ones(steps, batch, features, dtype=dtype)
    if settings.signal == "pulse":
        inputs = torch.zeros(steps, batch, features, dtype=dtype)
        for b in range(batch):
            inputs[b % steps, b] = 1.0
        return inputs
    # Every feature and every sample is one step ahead of the one before it.
    t = torch.arange(steps, dtype=dtype).view(-1, 1, 1)
    ahead = torch.arange(batch).view(1, -1, 1) + torch.arange(features).view(1, 1, -1)
    return torch.sin(2 * math.pi / SINE_PERIOD * (t + 1 + ahead))


def build_rnn(settings: Settings) -> nn.RNN:
    """The `nn.RNN` of the same sizes that plain code draws after `torch.manual_seed(seed)`; one direction."""
    rnn = sized(nn.RNN, replace(settings, bidirectional=False))
    fill(rnn, torch.Generator().manual_seed(settings.seed))
    return rnn
