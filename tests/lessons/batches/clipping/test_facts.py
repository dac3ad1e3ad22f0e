"""What `clip_grad_norm_` returns and leaves, compared with numbers that are set by hand."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from components.lessons.batches.clipping.facts import (
    INFINITE,
    LONG,
    NAN,
    OVERFLOW,
    SHORT,
    Clipped,
    clipped,
    nonfinite,
    norm,
)
from components.lstm.build import build, shared_build
from components.settings import Settings
from tests.fresh import run
from tests.lstm.strategies import settings_id

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
STREAM = Settings(seq_len=20, batch_size=4)
CASES = [
    STREAM,
    replace(STREAM, dtype="float64", num_layers=2),
    replace(STREAM, hidden_size=1, input_size=1, bias=False, signal="pulse", initial_state="zeros"),
    replace(STREAM, hidden_size=40, proj_size=3),
]
cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)


def test_a_norm_is_of_all_numbers_together() -> None:
    assert norm([torch.tensor([[3.0]]), torch.tensor([4.0, 12.0])]) == 13.0


@cases
def test_it_returns_the_norm_before(settings: Settings) -> None:
    """It returns the norm of the gradient that `backward` leaves. The clipped gradient has the norm `max_norm`."""
    module, inputs, state = build(settings)
    output, _ = module(inputs[:4], state)
    output.pow(2).mean().backward()
    true = math.sqrt(sum(float((one.grad.double() ** 2).sum()) for one in module.parameters() if one.grad is not None))
    long, short, *_ = clipped(settings, 4)
    assert (long.name, short.name) == (LONG, SHORT)
    for one in (long, short):
        assert one.before == pytest.approx(true, rel=1e-5)
        assert one.returned == pytest.approx(true, rel=1e-5)
        assert one.returns_before
    assert long.max_norm == pytest.approx(true / 2, rel=1e-5)
    # torch adds 1e-6 to the norm by which it divides.
    assert long.after == pytest.approx(true * (true / 2) / (true + 1e-6), rel=1e-5)
    assert short.unchanged
    assert not long.unchanged
    assert long.within
    assert 0 < long.limit < 0.01 * true
    assert (long.zeros, long.nans, short.zeros, short.nans) == (0, 0, 0, 0)


@cases
def test_what_is_infinite_and_what_is_not_a_number(settings: Settings) -> None:
    """An infinite norm turns finite numbers into 0 and infinite ones into NaN. A NaN norm turns all into NaN."""
    by_name = {one.name: one for one in clipped(settings, 4)}
    overflow, infinite, nan = (by_name[name] for name in (OVERFLOW, INFINITE, NAN))
    assert overflow.before == overflow.returned == math.inf
    assert (overflow.after, overflow.nans) == (0, 0)
    assert infinite.before == infinite.returned == math.inf
    assert infinite.nans == 1
    assert infinite.zeros <= infinite.numbers - 1
    assert math.isnan(nan.before)
    assert math.isnan(nan.returned)
    assert nan.nans == nan.numbers == settings.num_parameters
    assert all(one.returns_before for one in by_name.values())


@pytest.mark.parametrize(("before", "returned"), [(2.0, 1.0), (2.0, math.nan), (math.inf, 1.0), (math.nan, math.inf)])
def test_another_number_is_noticed(before: float, returned: float) -> None:
    assert not Clipped("", 1.0, before, returned, 1.0, 0, 0, 1, 1e-5).returns_before


def test_the_norm_of_many_numbers_is_rounded_more() -> None:
    """The squares of all numbers are added up, so rounding grows with their count. The verdict stays."""
    for signal in ("random", "constant"):
        settings = Settings(input_size=64, hidden_size=128, seq_len=20, signal=signal)
        found = clipped(settings, 10)
        assert all(one.returns_before for one in found)
        assert found[0].within
        assert not replace(found[0], returned=found[0].after).returns_before


def test_it_can_be_asked_to_mind() -> None:
    refusal = nonfinite()
    assert refusal is not None
    parameter = nn.Parameter(torch.zeros(1))
    parameter.grad = torch.full((1,), math.nan)
    with pytest.raises(RuntimeError) as caught:
        nn.utils.clip_grad_norm_([parameter], 1.0, error_if_nonfinite=True)
    assert (refusal.name, refusal.words) == ("RuntimeError", str(caught.value))


def test_a_shared_module_has_no_gradient_left() -> None:
    clipped(replace(STREAM, seed=9), 4)
    assert all(one.grad is None for one in shared_build(replace(STREAM, seed=9)).module.parameters())


def test_no_optimiser_is_loaded() -> None:
    """The first step of an optimiser imports torch's compiler: one second and 50 MB. No page may do that."""
    done = run(
        "import sys\n"
        "from components.settings import Settings\n"
        "from components.lessons.batches.clipping import facts as clipping\n"
        "from components.lessons.batches.truncation import facts as truncation\n"
        "from components.lstm import stream\n"
        "s = Settings(seq_len=20, batch_size=4)\n"
        "clipping.clipped(s, 4), stream.handed(s, 4), truncation.reach(s, 4), truncation.growth(s, 4)\n"
        "truncation.backward_refusal(s, 4, True), truncation.backward_refusal(s, 4, False), [*truncation.timed(s, 4)]\n"
        "print('torch._dynamo' in sys.modules)"
    )
    assert (done.stdout, done.stderr, done.returncode) == ("False\n", "", 0)
