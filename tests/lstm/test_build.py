"""`build` draws what plain code draws, bit for bit, and touches no global state."""

import dataclasses
import math
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn

from components.lessons.live.check.facts import MISTAKES, as_batch_words, check
from components.lessons.notebook.facts import replay
from components.lessons.outputs.carry.facts import continued, one_tensor
from components.lessons.outputs.facts import pairs
from components.lessons.shapes.facts import BREAKAGES, flip, nudge, readings, refusal
from components.lstm.axes import time_major
from components.lstm.build import Setup, State, build, build_rnn, redraw, second_start, shared_build
from components.lstm.trace import trace
from components.settings import FIRST_STEPS, SINE_PERIOD, Settings
from tests import fresh, plain
from tests.lstm.strategies import (
    AT_WORK,
    GRID,
    any_settings,
    assert_close,
    limit,
    rows,
    settings_id,
    small_settings,
)

# What the notebook printed.
INPUTS = """
[tensor([[[ 0.0939,  1.2381, -1.3459]]]),
 tensor([[[ 0.5119, -0.6933, -0.1668]]]),
 tensor([[[-0.9999, -1.6476,  0.8098]]]),
 tensor([[[ 0.0554,  1.1340, -0.5326]]]),
 tensor([[[ 0.6592, -1.5964, -0.3769]]])]
"""
OUT = """
tensor([[[-0.2566,  0.1294,  0.0441, -0.5235]],
        [[-0.4444,  0.0762,  0.0304, -0.3889]],
        [[-0.1741,  0.1061, -0.0179, -0.1505]],
        [[-0.1409,  0.1110,  0.0773, -0.2373]],
        [[-0.2308,  0.1164, -0.0115, -0.2423]]], grad_fn=<StackBackward>)
"""
H_N = "tensor([[[-0.2308,  0.1164, -0.0115, -0.2423]]], grad_fn=<StackBackward>)"
C_N = "tensor([[[-0.4093,  0.6065, -0.0288, -0.4107]]], grad_fn=<StackBackward>)"


def figures(printed: str) -> list[str]:
    """The numbers in a printed tensor, as they were printed."""
    return re.findall(r"-?\d+\.\d{4}", printed)


def print_out(tensor: Tensor) -> list[str]:
    """The numbers of `tensor`, in order, to the four digits that torch prints."""
    return [f"{number:.4f}" for number in tensor.flatten().tolist()]


def by_hand(s: Settings) -> plain.Drawn:
    """What plain code draws for these settings, which are those of no job. Inputs that are not random are `build`'s."""
    other = {name: value for name, value in vars(s).items() if name not in ("weights", "initial_state", "signal")}
    given = None if s.signal == "random" else build(s).inputs
    return plain.draw(**other, zeros=s.initial_state == "zeros", inputs=given)


def identical(ours: Tensor, theirs: Tensor) -> bool:
    """Same shape, same type, same bits."""
    return ours.dtype == theirs.dtype and torch.equal(ours, theirs)


def assert_draws_alike(s: Settings) -> None:
    """`build` and `redraw` draw what plain code draws, bit for bit."""
    theirs, ours = by_hand(s), build(s)
    drawn, expected = ours.module.state_dict(), theirs.lstm.state_dict()
    assert list(drawn) == list(expected)
    for name, tensor in expected.items():
        assert identical(drawn[name], tensor), name
    assert identical(ours.inputs, theirs.inputs)
    for name, got, wanted in zip(("h_0", "c_0"), ours.hx, (theirs.h_0, theirs.c_0), strict=True):
        assert identical(got, wanted), name
    for name, got, wanted in zip(("h_0", "c_0"), redraw(s), theirs.again, strict=True):
        assert identical(got, wanted), f"redrawn {name}"


@pytest.mark.parametrize("s", GRID, ids=settings_id)
def test_draws_what_plain_code_draws(s: Settings) -> None:
    """`torch.manual_seed(seed)` and plain code draw the same bits, also for the second start."""
    assert_draws_alike(s)


@given(small_settings())
def test_draws_what_plain_code_draws_for_any_settings(s: Settings) -> None:
    """The same for settings of every shape."""
    assert_draws_alike(s)


@settings(max_examples=5)
@given(small_settings(input_size=64, hidden_size=128, seq_len=200, batch_size=16))
def test_draws_what_plain_code_draws_at_the_limits(s: Settings) -> None:
    """The same at the largest sizes, where torch fills tensors in another way."""
    assert_draws_alike(s)


def test_plain_code_means_the_seed() -> None:
    """Another seed draws other numbers: the comparison above can fail."""
    one, two = build(Settings(seed=1)), build(Settings(seed=2))
    assert not torch.equal(one.inputs, two.inputs)
    assert not torch.equal(*(s.module.get_parameter("weight_ih_l0") for s in (one, two)))
    assert not torch.equal(one.hx[0], two.hx[0])


# A longer sequence


def assert_goes_on(s: Settings, longer: Settings) -> None:
    """The first T steps of the longer sequence are those of `s`: what is drawn bit for bit, what torch makes of it too.

    Torch multiplies the inputs of all steps at once. In another number of steps it may add in another order, so its
    states agree up to rounding. A reverse direction starts at the end, so only forward ones begin alike.
    """
    short, long = build(s), build(longer)
    for name, parameter in short.module.state_dict().items():
        assert identical(long.module.state_dict()[name], parameter), name
    for name, one, other in zip(("h_0", "c_0"), short.hx, long.hx, strict=True):
        assert identical(one, other), name
    x, longer_x = (time_major(setup.inputs, s.batch_first) for setup in (short, long))
    assert identical(longer_x[: s.seq_len], x)

    with torch.no_grad():
        outputs = [time_major(setup.module(setup.inputs, setup.hx)[0], s.batch_first) for setup in (short, long)]
    run, longer_run = trace(*short), trace(*long)
    allowed = limit(run.c)
    if not s.bidirectional:
        assert_close(outputs[1][: s.seq_len], outputs[0], allowed, "output")
    layers = 1 if s.bidirectional else s.num_layers  # the second layer reads both directions
    for name in "ifgoch":
        part, longer_part = (getattr(taken, name)[:layers, 0] for taken in (run, longer_run))
        assert_close(longer_part[:, : s.seq_len], part, allowed, name)


def by(steps: int, s: Settings) -> Settings:
    """These settings with a sequence that is longer by `steps`."""
    return dataclasses.replace(s, seq_len=s.seq_len + steps)


@pytest.mark.parametrize("s", [*GRID, *AT_WORK], ids=settings_id)
def test_a_longer_sequence_goes_on_where_the_shorter_one_ended(s: Settings) -> None:
    """At T + 1, and far beyond, parameters, start, inputs and states of the first T steps are the same."""
    for steps in (1, 40):
        assert_goes_on(s, by(steps, s))


@given(any_settings())
def test_a_longer_sequence_goes_on_for_any_settings(s: Settings) -> None:
    """The same for settings of every shape, and of every job."""
    assert_goes_on(s, by(1, s))


@pytest.mark.parametrize("signal", ["random", "pulse", "sine", "constant"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", [1, 2, 16])
def test_every_length_begins_the_longest(signal: str, dtype: str, batch_size: int) -> None:
    """The inputs of every length are the beginning of 200 steps, bit for bit; the start is the same at all lengths."""
    s = Settings(signal=signal, dtype=dtype, batch_size=batch_size)
    longest = build(dataclasses.replace(s, seq_len=200))
    for seq_len in range(1, 200):
        setup = build(dataclasses.replace(s, seq_len=seq_len))
        assert identical(setup.inputs, longest.inputs[:seq_len]), seq_len
        assert all(identical(a, b) for a, b in zip(setup.hx, longest.hx, strict=True)), seq_len


def test_the_steps_drawn_first_are_those_of_the_notebook() -> None:
    """The default length is that of the notebook. There the order of all draws is the notebook's own."""
    assert Settings().seq_len == FIRST_STEPS


# The notebook


def test_notebook_inputs() -> None:
    """The default settings draw the inputs that the notebook printed, to every printed digit."""
    assert len(figures(INPUTS)) == 15
    assert print_out(build(Settings()).inputs) == figures(INPUTS)


def test_notebook_outputs() -> None:
    """The notebook's single call starts from a state that is drawn again, and gives the printed `out` and `hidden`."""
    module, inputs, _ = build(Settings())
    out, (h_n, c_n) = module(inputs, redraw(Settings()))
    assert (len(figures(OUT)), len(figures(H_N)), len(figures(C_N))) == (20, 4, 4)
    assert print_out(out) == figures(OUT)
    assert print_out(h_n) == figures(H_N)
    assert print_out(c_n) == figures(C_N)


def test_notebook_runs_could_not_agree() -> None:
    """If the call starts from the state of the loop, it gives none of the printed outputs."""
    module, inputs, hx = build(Settings())
    out, _ = module(inputs, hx)
    pairs = zip(print_out(out), figures(OUT), strict=True)
    assert not any(ours == printed for ours, printed in pairs)


# No global state


@given(small_settings())
def test_global_generator_is_left_alone(s: Settings) -> None:
    """Building takes nothing from the global generator and seeds nothing."""
    before = torch.get_rng_state()
    build(s)
    redraw(s)
    second_start(s)
    assert torch.equal(torch.get_rng_state(), before)


def test_global_generator_does_not_matter() -> None:
    """The state of the global generator does not change the numbers."""
    wanted = build(Settings()).module.state_dict()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(123)
        drawn = build(Settings()).module.state_dict()
    assert all(torch.equal(drawn[name], tensor) for name, tensor in wanted.items())


def test_default_dtype_is_left_alone() -> None:
    """float64 settings do not change what other code gets by default."""
    build(Settings(dtype="float64"))
    assert torch.get_default_dtype() == torch.float32


def everything(setup: Setup) -> list[Tensor]:
    """All tensors of a setup."""
    return [*setup.module.state_dict().values(), setup.inputs, *setup.hx]


def test_threads_do_not_meet() -> None:
    """Eight threads build at the same time, and each gets the numbers that a single thread gets."""
    wishes = [Settings(seed=seed, hidden_size=4 + seed % 3, num_layers=2) for seed in range(8)]
    alone = [everything(build(s)) + list(redraw(s)) for s in wishes]
    together = threading.Barrier(8)

    def many(s: Settings) -> list[list[Tensor]]:
        together.wait(timeout=30)
        return [everything(build(s)) + list(redraw(s)) for _ in range(25)]

    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(many, wishes))
    for wanted, repeats in zip(alone, runs, strict=True):
        for drawn in repeats:
            assert all(torch.equal(a, b) for a, b in zip(drawn, wanted, strict=True))


# What is built


@given(small_settings())
def test_setup_fits_the_settings(s: Settings) -> None:
    """Module, inputs and states have the sizes, the type and the options that the settings say."""
    module, inputs, (h_0, c_0) = build(s)
    axes = (s.batch_size, s.seq_len) if s.batch_first else (s.seq_len, s.batch_size)
    slots = s.num_layers * (2 if s.bidirectional else 1)
    assert tuple(inputs.shape) == (*axes, s.input_size)
    assert tuple(h_0.shape) == (slots, s.batch_size, s.proj_size or s.hidden_size)
    assert tuple(c_0.shape) == (slots, s.batch_size, s.hidden_size)
    assert {t.dtype for t in (inputs, h_0, c_0, *module.parameters())} == {getattr(torch, s.dtype)}
    assert module.training
    assert module.dropout == 0
    assert all(p.requires_grad and p.device.type == "cpu" for p in module.parameters())
    assert inputs.is_contiguous()
    assert not inputs.requires_grad
    assert sum(p.numel() for p in module.parameters()) == s.num_parameters
    output, _ = module(inputs, (h_0, c_0))
    assert output.shape[:2] == inputs.shape[:2]


@given(small_settings())
def test_parameters_stay_within_the_bound(s: Settings) -> None:
    """Parameters are uniform on -k..k, k = 1 / sqrt(hidden_size)."""
    bound = 1 / math.sqrt(s.hidden_size)
    for parameter in build(s).module.parameters():
        # k itself rounds to the nearest float32, which may be the one above.
        assert parameter.abs().max().item() <= bound * (1 + 1e-6)


def test_builds_are_apart() -> None:
    """Two builds share no memory: one visitor's training does not move another's weights."""
    one, two = build(Settings()), build(Settings())
    with torch.no_grad():
        one.module.get_parameter("weight_ih_l0").zero_()
        one.inputs.zero_()
    assert two.module.get_parameter("weight_ih_l0").abs().min().item() > 0
    assert two.inputs.abs().min().item() > 0


# Signals


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_constant_is_one_everywhere(dtype: str) -> None:
    """Constant: 1 at every step, in every sample and feature."""
    inputs = build(Settings(signal="constant", batch_size=2, dtype=dtype)).inputs
    assert rows(inputs) == [[[1.0] * 3] * 2] * 5


def test_pulse_is_one_step() -> None:
    """Pulse: sample b holds 1 at step b + 1 (counted from 1) and 0 at all others."""
    inputs = build(Settings(signal="pulse", batch_size=3, input_size=1, seq_len=4)).inputs
    assert rows(inputs.squeeze(2)) == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]


@given(small_settings(signal="pulse", batch_first=False))
def test_pulse_comes_once_a_sample(s: Settings) -> None:
    """Sample b has one pulse, at step b + 1. If the sequence ends before that step, the sample has none."""
    inputs = build(s).inputs
    for b, sample in enumerate(inputs.unbind(1)):
        steps = [t for t, x_t in enumerate(rows(sample), start=1) if x_t == [1.0] * s.input_size]
        assert steps == ([b + 1] if b + 1 <= s.seq_len else [])
        assert sample.sum() == len(steps) * s.input_size
    assert set(inputs.unique().tolist()) <= {0.0, 1.0}


def test_sine_is_one_wave_every_eight_steps() -> None:
    """Sine: it starts near 0, peaks at step 2, and step t + 8 repeats step t."""
    inputs = build(Settings(signal="sine", seq_len=24, dtype="float64")).inputs[:, 0, 0]
    assert SINE_PERIOD == 8
    wanted = [math.sin(2 * math.pi * t / 8) for t in range(1, 25)]
    assert inputs.tolist() == pytest.approx(wanted, abs=1e-12)
    assert inputs[:8].tolist() == pytest.approx(inputs[8:16].tolist(), abs=1e-12)


@given(small_settings(signal="sine", batch_first=False))
def test_sine_is_a_step_ahead_in_each_feature_and_sample(s: Settings) -> None:
    """Every feature and every sample is one step ahead of the one before it."""
    inputs = build(s).inputs
    for ahead in (inputs[:-1, 1:] - inputs[1:, :-1], inputs[:-1, :, 1:] - inputs[1:, :, :-1]):
        assert ahead.numel() == 0 or ahead.abs().max().item() <= 2e-5
    assert inputs.abs().max().item() <= 1


@given(small_settings())
def test_signals_differ_only_in_what_they_feed(s: Settings) -> None:
    """The module is the same under every signal: parameters are drawn first."""
    wanted = build(Settings(**{**vars(s), "signal": "random"})).module.state_dict()
    drawn = build(s).module.state_dict()
    assert all(torch.equal(drawn[name], tensor) for name, tensor in wanted.items())


@given(small_settings(batch_first=False))
def test_batch_first_only_swaps_the_axes(s: Settings) -> None:
    """`batch_first` draws the same numbers: inputs swap two axes, states stay as they are."""
    plain_axes, swapped = build(s), build(Settings(**{**vars(s), "batch_first": True}))
    assert torch.equal(swapped.inputs.transpose(0, 1), plain_axes.inputs)
    assert all(torch.equal(a, b) for a, b in zip(swapped.hx, plain_axes.hx, strict=True))


@given(small_settings(initial_state="zeros"))
def test_zeros_start_at_zero(s: Settings) -> None:
    """With zeros the first and the second start are zero. The inputs that are drawn before do not change."""
    setup = build(s)
    assert not any(tensor.any() for tensor in (*setup.hx, *redraw(s)))
    drawn = build(Settings(**{**vars(s), "initial_state": "sampled"}))
    first, others = (time_major(one.inputs, s.batch_first)[:FIRST_STEPS] for one in (setup, drawn))
    assert torch.equal(first, others)


@pytest.mark.parametrize("again", [redraw, second_start])
@given(s=small_settings(initial_state="sampled"))
def test_another_start_is_a_new_start(again: Callable[[Settings], State], s: Settings) -> None:
    """It has the shapes of the first start, but other numbers."""
    for first, second in zip(build(s).hx, again(s), strict=True):
        assert first.shape == second.shape
        assert first.dtype == second.dtype
        assert not torch.equal(first, second)


@given(small_settings())
def test_the_second_start_is_the_same_at_every_length(s: Settings) -> None:
    """Plain code with the next seed draws the same bits, whatever the sequence length."""
    shapes = [(s.num_layers * s.num_directions, s.batch_size, width) for width in (s.output_size, s.hidden_size)]
    kind = getattr(torch, s.dtype)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(s.seed + 1)
        make = torch.zeros if s.initial_state == "zeros" else torch.randn
        wanted = [make(shape, dtype=kind) for shape in shapes]
    for seq_len in (s.seq_len, s.seq_len + 1):
        assert all(map(identical, second_start(replace(s, seq_len=seq_len)), wanted))


# What a server pays


def test_nothing_heavy_is_imported_and_nothing_is_kept() -> None:
    """In a fresh process: no sympy (50 MB), memory that does not grow with the shapes that have run, no second thread.

    Each run is in a thread of its own, as a server's are.
    """
    program = """
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
import psutil
from components.lstm.build import build
from components.lessons.outputs.carry.facts import rnn_continued
from components.lstm.trace import trace
from components.settings import Settings

threads = []
alone = psutil.Process().num_threads()

def grown(lengths):
    before = psutil.Process().memory_info().rss
    for seq_len in lengths:
        for input_size in (3, 4, 5, 6):
            with ThreadPoolExecutor(1) as pool:
                pool.submit(lambda: trace(*build(Settings(seq_len=seq_len, input_size=input_size)))).result()
                threads.append(psutil.Process().num_threads())
    return (psutil.Process().memory_info().rss - before) / 1e6

grown(range(1, 11))
assert grown(range(11, 71)) < 20, "MB"
# As a rule: one that has just ended may still be counted.
assert statistics.median(threads) == alone + 1, (alone, threads)
rnn_continued(Settings(), 2)
assert "sympy" not in sys.modules
"""
    ran = fresh.alone(program)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "s", [Settings(), Settings(seq_len=1), Settings(proj_size=2, bidirectional=True, num_layers=2)]
)
def test_what_is_shared_is_never_written_to(s: Settings) -> None:
    """After every part of every lesson has used the shared set-up, it equals a new one, bit for bit."""
    for mistake in MISTAKES:
        check(s, mistake)
    trace(*shared_build(s))
    for use in (flip, readings, nudge, pairs):
        use(s)
    for ask in (one_tensor, as_batch_words):
        ask(shared_build(s))
    if s.num_layers == 1:
        replay(s)
    for breakage in BREAKAGES:
        refusal(s, breakage)
    if s.seq_len > 1:
        continued(s, 1)
    kept, new = shared_build(s), build(s)
    for name, parameter in new.module.named_parameters():
        assert torch.equal(kept.module.get_parameter(name), parameter)
        assert kept.module.get_parameter(name).grad is None
    assert torch.equal(kept.inputs, new.inputs)
    assert all(torch.equal(a, b) for a, b in zip(kept.hx, new.hx, strict=True))
    assert kept.module.training == new.module.training


# An RNN of the same sizes


@pytest.mark.parametrize("settings", GRID, ids=settings_id)
def test_an_rnn_is_drawn_as_plain_code_draws_it(settings: Settings) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        plain = nn.RNN(
            settings.input_size,
            settings.hidden_size,
            num_layers=settings.num_layers,
            bias=settings.bias,
            batch_first=settings.batch_first,
            dtype=getattr(torch, settings.dtype),
        )
    ours = build_rnn(settings).state_dict()
    assert list(ours) == list(plain.state_dict())
    assert all(torch.equal(ours[name], tensor) for name, tensor in plain.state_dict().items())


def test_an_rnn_s_draw_touches_nothing_global() -> None:
    state = torch.get_rng_state()
    build_rnn(Settings(seed=7))
    assert torch.equal(torch.get_rng_state(), state)
