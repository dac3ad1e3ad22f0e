"""A loop compared with one call, five mistakes that make the check fail, and the cost of the loop."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from components.kept import kept
from components.lstm.axes import time_axis
from components.lstm.build import Setup, State, build, second_start, shared_build
from components.lstm.compare import Comparison, compare, tolerance
from components.lstm.cost import PAIRS, Cost, in_turns
from components.lstm.loop import Result, forward_loop, loop
from components.lstm.refusal import refused
from components.lstm.trace import trace_direction
from components.settings import Settings


@dataclass(frozen=True)
class Mistake:
    """A real mistake: what it does, and for which settings it does no harm."""

    sentence: str
    run: Callable[[Settings, Setup], tuple[Result, Result]]  # the results of the loop and of the call
    harmless: Callable[[Settings], str]  # why it makes no difference for these settings; empty if it makes one


def _right(settings: Settings, setup: Setup) -> tuple[Result, Result]:
    module, inputs, hx = setup
    return loop(module, inputs, hx), module(inputs, hx)


def _zeros(settings: Settings, setup: Setup) -> tuple[Result, Result]:
    module, inputs, hx = setup
    time = time_axis(settings.batch_first)
    outs = [module(x_t) for x_t in torch.split(inputs, 1, dim=time)]
    return (torch.cat([out for out, _ in outs], dim=time), outs[-1][1]), module(inputs, hx)


def _redraw(settings: Settings, setup: Setup) -> tuple[Result, Result]:
    module, inputs, hx = setup
    return loop(module, inputs, hx), module(inputs, second_start(settings))


def _h_only(settings: Settings, setup: Setup) -> tuple[Result, Result]:
    module, inputs, hx = setup
    time = time_axis(settings.batch_first)
    h, c = hx
    outputs = []
    for x_t in torch.split(inputs, 1, dim=time):
        out, (h, last) = module(x_t, (h, c))
        outputs.append(out)
        c = torch.zeros_like(last)
    return (torch.cat(outputs, dim=time), (h, last)), module(inputs, hx)


def _as_batch(settings: Settings, setup: Setup) -> tuple[Result, Result]:
    module, inputs, hx = setup
    output, states = module(inputs.transpose(0, 1))
    return loop(module, inputs, hx), (output.transpose(0, 1), states)


def _forward(settings: Settings, setup: Setup) -> tuple[Result, Result]:
    module, inputs, hx = setup
    return forward_loop(module, inputs, hx), module(inputs, hx)


def why_harmless(settings: Settings, mistake: str, result: Comparison) -> str:
    """Why `mistake` makes no difference in `result`: the settings make it harmless, or its effect fades."""
    return MISTAKES[mistake].harmless(settings) or (
        f"Here its effect fades: the largest difference, {result.difference:.1e}, is within the tolerance."
    )


def as_batch_words(setup: Setup) -> str:
    """The error message of torch if the time axis is fed as the batch axis *with* `hx`; empty if there is no error."""
    module, inputs, hx = setup
    refusal = refused(lambda: module(inputs.transpose(0, 1), hx))
    return refusal.words if refusal else ""


def _one_zero_step(settings: Settings) -> str:
    if settings.seq_len == 1 and settings.initial_state == "zeros":
        return "There is only one step, and it starts from zeros anyway: nothing is lost."
    return ""


MISTAKES: dict[str, Mistake] = {
    "none": Mistake("", _right, lambda settings: ""),
    "zeros": Mistake(
        "The loop does not hand `(h, c)` on. So every step starts from zeros and knows nothing of the steps before.",
        _zeros,
        _one_zero_step,
    ),
    "redraw": Mistake(
        "Before the single call, `h_0, c_0` are sampled a second time. So the two runs start from different states. It "
        "happens easily: you run one line twice.",
        _redraw,
        lambda settings: (
            "The initial state is zeros: there is nothing to sample again, so both runs start alike."
            if settings.initial_state == "zeros"
            else ""
        ),
    ),
    "h_only": Mistake(
        "The loop hands `h` on, but after each step it sets `c` to zero. So the cell's memory is lost between two "
        "calls.",
        _h_only,
        lambda settings: (
            "There is only one step: no state is handed on to another one."
            if settings.seq_len == 1
            else "The delay's forget gates are shut: no step keeps anything of the c before it. It only needs h."
            if settings.weights == "delay"
            else ""
        ),
    ),
    "as_batch": Mistake(
        "In the single call the first two axes are swapped. It reads each time step as a sequence of its own. It also "
        "starts from zeros, because it is given no state.",
        _as_batch,
        lambda settings: (
            "There is only one step and one sample: to swap two axes of size 1 changes nothing, and both runs start "
            "from zeros."
            if settings.seq_len == settings.batch_size == 1 and settings.initial_state == "zeros"
            else ""
        ),
    ),
    "forward_loop": Mistake(
        "A plain forward loop calls both directions with one step at a time. So the reverse direction never reads the "
        "steps that come after.",
        _forward,
        lambda settings: (
            "There is only one direction, and for that the forward loop is right."
            + ("" if settings.job else " Turn Bidirectional on.")
            if not settings.bidirectional
            else "There is only one step: both directions read the whole sequence."
            if settings.seq_len == 1
            else ""
        ),
    ),
}


def check(settings: Settings, mistake: str = "none") -> Comparison:
    """The comparison of loop and call for `settings`, with one of `MISTAKES`. No gradients are recorded."""
    setup = shared_build(settings)
    with torch.no_grad():
        looped, called = MISTAKES[mistake].run(settings, setup)
        return compare(looped, called, settings.batch_first)


@cache
def rounding_example() -> tuple[Settings, float] | None:
    """Settings for which loop and call differ by rounding on this machine, and the largest difference; or None.

    Which sizes these are depends on the processor, because torch adds up in another order on another one.
    """
    for size in (16, 64, 8, 32, 63):
        settings = Settings(input_size=size, hidden_size=size)
        result = check(settings)
        if result.same and result.difference > 0:
            return settings, result.difference
    return None


States = tuple[Tensor, Tensor]  # of every step: c (T, B, H) and h (T, B, P) of one layer and direction

# What each loop with a mistake hands from call to call.
HANDED_ON: dict[str, Callable[[State], State | None]] = {
    "zeros": lambda state: None,
    "h_only": lambda state: (state[0], torch.zeros_like(state[1])),
    "forward_loop": lambda state: state,
}


def looped_states(settings: Settings, mistake: str, layer: int, direction: int) -> States:
    """The states of the loop after each step. A loop without a mistake has those of the call, up to rounding."""
    module, inputs, hx = shared_build(settings)
    if mistake not in HANDED_ON:
        return called_states(settings, "none", layer, direction)
    slot = layer * settings.num_directions + direction
    state: State | None = None if mistake == "zeros" else hx
    steps = []
    with torch.no_grad():
        for x_t in torch.split(inputs, 1, dim=time_axis(settings.batch_first)):
            _, (h, c) = module(x_t, state)
            steps.append((c[slot], h[slot]))
            state = HANDED_ON[mistake]((h, c))
    c, h = (torch.stack(states) for states in zip(*steps, strict=True))
    return c, h


def called_states(settings: Settings, mistake: str, layer: int, direction: int) -> States:
    """The states of the single call after each step."""
    module, inputs, hx = shared_build(settings)
    if mistake == "as_batch":  # without a state, and each step is a sequence of its own
        traced = trace_direction(module, inputs.transpose(0, 1), None, layer, direction)
        return traced.c.transpose(0, 1), traced.h.transpose(0, 1)
    start = second_start(settings) if mistake == "redraw" else hx
    traced = trace_direction(module, inputs, start, layer, direction)
    return traced.c, traced.h


@kept
def both_states(
    settings: Settings, mistake: str, layer: int, direction: int, sample: int
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """c (T, H) and h (T, P) of a sample, each by the single call and by the loop, in one layer and direction."""
    called = called_states(settings, mistake, layer, direction)
    looped = looped_states(settings, mistake, layer, direction)
    pairs = zip("ch", called, looped, strict=True)
    return {name: (a[:, sample].numpy(), b[:, sample].numpy()) for name, a, b in pairs}


@kept
def differing(settings: Settings, mistake: str, layer: int, direction: int, sample: int) -> dict[str, np.ndarray]:
    """Which numbers of c (T, H) and h (T, P) of a sample differ between loop and call, in one layer and direction.

    A difference within the tolerance of the check does not count.
    """
    looped = looped_states(settings, mistake, layer, direction)
    called = called_states(settings, mistake, layer, direction)
    limit = tolerance(called[0].dtype, called[0])
    return {name: ((a - b)[:, sample].abs() > limit).numpy() for name, a, b in zip("ch", looped, called, strict=True)}


def measure(settings: Settings, pairs: int = PAIRS) -> Iterator[Cost]:
    """The cost of the loop compared with the call, after each pair of runs."""
    module, inputs, hx = build(settings)
    return in_turns(lambda: loop(module, inputs, hx), lambda: module(inputs, hx), pairs)
