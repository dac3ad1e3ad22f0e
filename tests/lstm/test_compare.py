"""The comparison: rounding is tolerated but shown, a larger difference is not, and NaN is never the same."""

import copy
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from components.lstm.build import build
from components.lstm.compare import (
    TOLERANCE,
    compare,
    counts,
    differences,
    gradient_tolerance,
    max_abs_diff,
    tolerance,
)
from components.lstm.loop import Result
from components.settings import Settings
from tests.lstm.strategies import limit, parts, small_settings


def called(s: Settings) -> Result:
    """One call of `nn.LSTM` for `s`."""
    module, inputs, hx = build(s)
    with torch.no_grad():
        output, (h_n, c_n) = module(inputs, hx)
    return output, (h_n, c_n)


def copied(result: Result) -> Result:
    """The same numbers in other memory."""
    output, (h_n, c_n) = result
    output, h_n, c_n = (t.clone(memory_format=torch.contiguous_format) for t in (output, h_n, c_n))
    return output, (h_n, c_n)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_tolerance(dtype: torch.dtype) -> None:
    """2e-6 or 1e-12, times the largest |c| once that is above 1."""
    base = {torch.float32: 2e-6, torch.float64: 1e-12}[dtype]
    assert TOLERANCE[dtype] == base
    assert tolerance(dtype, torch.tensor([0.5, -0.25], dtype=dtype)) == base
    assert tolerance(dtype, torch.zeros(2, dtype=dtype)) == base
    assert tolerance(dtype, torch.tensor([0.5, -8.0], dtype=dtype)) == pytest.approx(8 * base)
    assert tolerance(dtype, torch.zeros(2, dtype=dtype), torch.tensor([4.0], dtype=dtype)) == pytest.approx(4 * base)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_a_gradient_s_tolerance_is_a_share(dtype: torch.dtype) -> None:
    """It follows the largest gradient, also below 1, and the square root of the count of terms."""
    base = {torch.float32: 2e-6, torch.float64: 1e-12}[dtype]
    for largest in (0.0, 1e-30, 0.5, 8.0):
        assert gradient_tolerance(dtype, largest) == pytest.approx(base * largest, rel=1e-12, abs=0)
        assert gradient_tolerance(dtype, largest, 100) == pytest.approx(10 * base * largest, rel=1e-12, abs=0)


@pytest.mark.parametrize("scale", [1e-12, 1.0])
def test_a_loss_of_any_scale_has_the_same_verdict(scale: float) -> None:
    """The gradients of one loss in float32 and float64 are the same, up to rounding, and not those of another loss."""
    module, inputs, hx = build(Settings(hidden_size=32, seq_len=20, input_size=8))
    exact = copy.deepcopy(module).double()
    gradients = []
    for one, x, state, power in (
        (module, inputs, hx, 2.0),
        (exact, inputs.double(), (hx[0].double(), hx[1].double()), 2.0),
        (exact, inputs.double(), (hx[0].double(), hx[1].double()), 2.001),
    ):
        loss = one(x, state)[0].abs().pow(power).mean() * scale
        gradients.append(torch.autograd.grad(loss, one.get_parameter("weight_hh_l0"))[0].double())
    found, right, wrong = gradients
    limit = gradient_tolerance(torch.float32, right.abs().max().item(), 20)
    assert not counts((found - right).abs(), limit).any()
    assert counts((found - wrong).abs(), limit).any()


@pytest.mark.parametrize("of", [torch.tensor, np.array])
def test_what_counts_is_above_the_tolerance(of: Any) -> None:
    """Rounding does not count, and a difference at the tolerance does not. A NaN does."""
    change = of([0.0, 7.5e-9, 2e-6, 2.1e-6, 0.5, math.inf, math.nan])
    found = counts(change, 2e-6)
    assert type(found) is type(change)
    assert found.tolist() == [False] * 3 + [True] * 4


@given(small_settings())
def test_a_result_is_itself(s: Settings) -> None:
    """The same numbers in other memory differ by nothing and are bitwise equal."""
    result = called(s)
    comparison = compare(copied(result), result, s.batch_first)
    assert comparison.same
    assert comparison.difference == 0
    assert all(row.bitwise for row in comparison.rows)
    assert comparison.per_step == (0.0,) * s.seq_len
    assert comparison.tolerance == tolerance(getattr(torch, s.dtype), result[1][1])


@given(small_settings(), st.sampled_from(["output", "h_n", "c_n"]), st.data())
def test_one_number_too_far_off_is_caught(s: Settings, name: str, data: st.DataObject) -> None:
    """A single number nudged by three tolerances turns its row red, and only its row."""
    result = called(s)
    nudged = copied(result)
    tensor = parts(nudged)[name]
    place = data.draw(st.integers(0, tensor.numel() - 1))
    step = 3 * limit(result[1][1])
    tensor.view(-1)[place] += step
    comparison = compare(nudged, result, s.batch_first)
    assert not comparison.same
    assert [row.name for row in comparison.rows if not row.within] == [name]
    assert comparison.difference == pytest.approx(step, rel=0.2)
    worst = max(range(s.seq_len), key=lambda t: comparison.per_step[t])
    axis = 1 if s.batch_first else 0
    if name == "output":
        at = int(torch.unravel_index(torch.tensor(place), tensor.shape)[axis])
        assert worst == at
        assert comparison.per_step[at] == comparison.difference
    else:
        assert set(comparison.per_step) == {0.0}


@given(small_settings(), st.sampled_from(["output", "h_n", "c_n"]), st.data())
def test_one_ulp_is_seen_and_forgiven(s: Settings, name: str, data: st.DataObject) -> None:
    """A number that differs in its last bit is within the tolerance, but not bitwise equal."""
    result = called(s)
    nudged = copied(result)
    flat = parts(nudged)[name].view(-1)
    place = data.draw(st.integers(0, flat.numel() - 1))
    flat[place] = torch.nextafter(flat[place], torch.full_like(flat[place], math.inf))
    comparison = compare(nudged, result, s.batch_first)
    assert comparison.same
    assert [row.name for row in comparison.rows if not row.bitwise] == [name]
    assert all(row.bitwise or row.difference > 0 for row in comparison.rows)


@given(small_settings(), st.sampled_from(["output", "h_n", "c_n"]), st.booleans(), st.data())
def test_nan_is_never_the_same(s: Settings, name: str, in_both: bool, data: st.DataObject) -> None:
    """A NaN on one side, or in one place on both sides, is not within any tolerance."""
    result = called(s)
    one, two = copied(result), copied(result)
    place = data.draw(st.integers(0, parts(one)[name].numel() - 1))
    for side in (one, two) if in_both else (one,):
        parts(side)[name].view(-1)[place] = math.nan
    for comparison in (compare(one, two, s.batch_first), compare(two, one, s.batch_first)):
        assert not comparison.same
        row = {row.name: row for row in comparison.rows}[name]
        assert math.isnan(row.difference)
        assert not row.within
        assert not row.bitwise
        assert math.isfinite(comparison.difference)


def filled(value: float) -> Result:
    """A result of two steps, every number of it `value`."""
    return torch.full((2, 1, 3), value), (
        torch.full((1, 1, 3), value),
        torch.full((1, 1, 3), value),
    )


def test_nothing_but_nan_has_no_difference() -> None:
    """If no row can be compared, the verdict is red and the difference is NaN."""
    comparison = compare(filled(math.nan), filled(math.nan))
    assert not comparison.same
    assert math.isnan(comparison.difference)


def test_infinity_excuses_nothing() -> None:
    """An infinite cell state does not make the tolerance infinite."""
    zeros, (h_n, c_n) = filled(0.0)
    comparison = compare((zeros + 9, (h_n, c_n)), (zeros, (h_n, torch.full_like(c_n, math.inf))))
    assert not comparison.same


def test_comparison_keeps_no_tensor() -> None:
    """A comparison holds plain numbers, so it can be kept, cached and printed."""
    result = called(Settings())
    comparison = compare(copied(result), result)
    values: list[Any] = [*comparison.per_step, comparison.tolerance, comparison.difference]
    values += [row.difference for row in comparison.rows]
    assert all(type(value) is float for value in values)
    assert {type(flag) for row in comparison.rows for flag in (row.within, row.bitwise)} == {bool}
    assert type(comparison.same) is bool


def test_the_largest_difference_is_nan_where_shapes_differ() -> None:
    a, b = torch.tensor([[1.0, -2.0], [0.0, 4.0]]), torch.tensor([[1.0, 1.0], [0.5, 4.0]])
    assert max_abs_diff(a, b) == 3.0
    assert math.isnan(max_abs_diff(a, b[0]))


@pytest.mark.parametrize("batch_first", [False, True])
def test_differences_are_torch_s_own_step_by_step(batch_first: bool) -> None:
    """For two calls from different states, each entry is the largest difference of torch's outputs at that step."""
    module = nn.LSTM(3, 4, batch_first=batch_first)
    inputs = torch.randn(2, 2, 3)  # as many samples as steps: no shape tells the axes apart
    with torch.no_grad():
        one, _ = module(inputs)
        other, _ = module(inputs, (torch.ones(1, 2, 4), torch.ones(1, 2, 4)))
    steps = zip(one.unbind(int(batch_first)), other.unbind(int(batch_first)), strict=True)
    assert differences(one, other, batch_first) == tuple((a - b).abs().max().item() for a, b in steps)
