"""The check: right loops pass it, every mistake fails it or says why not; it can fail."""

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from components.lessons.live import LABELS
from components.lessons.live.check.facts import MISTAKES, as_batch_words, check, why_harmless
from components.lstm.build import build
from components.lstm.compare import TOLERANCE, compare, differences, max_abs_diff, tolerance
from components.lstm.loop import Result, forward_loop, loop
from components.settings import Settings
from tests.lstm.strategies import (
    AT_WORK,
    GRID,
    Call,
    Shape,
    any_settings,
    assert_close,
    by_torch,
    job_settings,
    limit,
    settings_id,
    shapes,
    small_settings,
)

WRONG = [name for name in MISTAKES if name != "none"]


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


def parts(result: Result) -> dict[str, Tensor]:
    """The three tensors of a result by name."""
    return {"output": result[0], "h_n": result[1][0], "c_n": result[1][1]}


def assert_as_torch(result: Result, call: Call) -> None:
    """Shapes, types and numbers of `result` are those of nn.LSTM's own call."""
    wanted = by_torch(call)
    for (name, ours), theirs in zip(parts(result).items(), wanted, strict=True):
        assert_close(ours, theirs, limit(wanted[2]), name)


# Loops


@pytest.mark.parametrize("s", GRID, ids=settings_id)
def test_loop_is_the_call(s: Settings) -> None:
    """One call a step, the state carried, computes what one call for the sequence computes."""
    comparison = check(s)
    assert comparison.same
    assert comparison.difference <= comparison.tolerance
    assert [row.name for row in comparison.rows] == ["output", "h_n", "c_n"]


@settings(max_examples=80)
@given(any_settings())
def test_loop_is_the_call_for_any_settings(s: Settings) -> None:
    """The same for settings of every shape."""
    comparison = check(s)
    assert comparison.same, comparison


@given(shapes(batched=True, padded=False, start=True))
def test_loop_returns_what_nn_lstm_returns(shape: Shape) -> None:
    """Shapes, types and numbers of `loop` are nn.LSTM's, whatever the module."""
    call = shape.call()
    assert call.hx is not None
    with torch.no_grad():
        assert_as_torch(loop(call.module, call.inputs, call.hx), call)


@given(shapes(batched=True, padded=False, directions=(1,)))
def test_forward_loop_is_right_in_one_direction(shape: Shape) -> None:
    """With one direction the plain loop is the call, from zeros too when there is no `hx`."""
    call = shape.call()
    with torch.no_grad():
        assert_as_torch(forward_loop(call.module, call.inputs, call.hx), call)


def test_check_records_no_graph() -> None:
    """A check leaves the grad mode on and no gradient behind."""
    s = Settings(bidirectional=True)
    setup = build(s)
    looped, single_call = MISTAKES["none"].run(s, setup)
    assert looped[0].requires_grad
    assert single_call[0].requires_grad
    assert check(s).same
    assert torch.is_grad_enabled()


# Mistakes


def fades(s: Settings) -> bool:
    """Whether the layers may damp all signal below the tolerance: no bias and no start."""
    return not s.bias and s.initial_state == "zeros" and s.num_layers > 1


def assert_verdict(s: Settings, name: str) -> None:
    """The verdict is red and has a difference, or it is green and the mistake says why."""
    comparison = check(s, name)
    reason = MISTAKES[name].harmless(s)
    assert comparison.same == bool(reason) or (comparison.same and fades(s)), (name, reason, comparison)
    if comparison.same:
        assert comparison.difference <= comparison.tolerance
        said = why_harmless(s, name, comparison)
        assert said.endswith(".")
        assert said == reason or f"{comparison.difference:.1e}" in said
    else:
        # The numbers are apart, or a state has another shape; `output` always can be compared.
        odd = [row for row in comparison.rows if row.shapes[0] != row.shapes[1]]
        assert comparison.difference > comparison.tolerance or odd
        assert not all(row.bitwise for row in comparison.rows)
        assert not math.isnan(comparison.rows[0].difference)


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("s", [*GRID, *AT_WORK], ids=settings_id)
def test_every_mistake_shows_or_says_why_not(s: Settings, name: str) -> None:
    """`harmless` has a reason exactly where the verdict is 'same'."""
    assert_verdict(s, name)


@pytest.mark.parametrize("name", WRONG)
@given(s=any_settings())
def test_every_mistake_shows_or_says_why_not_for_any_settings(s: Settings, name: str) -> None:
    """The same for settings of every shape."""
    assert_verdict(s, name)


@pytest.mark.parametrize("name", WRONG)
@given(s=st.one_of(small_settings(seq_len=1), job_settings(seq_len=1)))
def test_one_step_is_no_exception(s: Settings, name: str) -> None:
    """The same where there is one step only: most mistakes are harmless there, some are not."""
    assert_verdict(s, name)


@pytest.mark.parametrize("name", WRONG)
def test_every_mistake_can_be_shown(name: str) -> None:
    """Each mistake does harm at the defaults or with two directions: there is something to see."""
    assert not check(Settings(bidirectional=name == "forward_loop"), name).same


@pytest.mark.parametrize("name", ["zeros", "h_only", "as_batch"])
def test_harm_below_the_tolerance_has_a_reason(name: str) -> None:
    """Four narrow layers without bias damp a pulse below the tolerance; then that is said."""
    s = Settings(
        input_size=1,
        hidden_size=2,
        seq_len=2 if name == "as_batch" else 50,
        batch_size=2,
        num_layers=4,
        proj_size=1,
        bias=False,
        initial_state="zeros",
        signal="pulse",
        seed=0,
    )
    assert fades(s)
    assert check(s, name).same
    assert_verdict(s, name)


def test_mistakes_are_explained() -> None:
    """Every mistake has a label of its own and a sentence; making none needs no sentence."""
    assert list(LABELS) == list(MISTAKES)
    assert len(set(LABELS.values())) == len(MISTAKES)
    assert MISTAKES["none"].sentence == ""
    assert all(MISTAKES[name].sentence.endswith(".") for name in WRONG)


@given(small_settings())
def test_making_no_mistake_is_always_fine(s: Settings) -> None:
    """The right loop needs no excuse."""
    assert MISTAKES["none"].harmless(s) == ""


@pytest.mark.parametrize("seed", range(6))
def test_redraw_is_forgotten(seed: int) -> None:
    """Two starts grow alike: in a long sequence the last step differs far less than the first."""
    comparison = check(Settings(seq_len=100, seed=seed), "redraw")
    assert not comparison.same
    assert comparison.per_step[-1] < comparison.per_step[0] / 1000
    assert max(comparison.per_step[50:]) < max(comparison.per_step[:10]) / 100


def test_redraw_of_the_notebook() -> None:
    """In the notebook's five steps the two runs stay apart at every step."""
    comparison = check(Settings(), "redraw")
    assert len(comparison.per_step) == 5
    assert min(comparison.per_step) > 0.1


def test_zeros_each_step_ignores_the_past() -> None:
    """Starting from zeros each step, a constant signal gives every step the same output."""
    s = Settings(signal="constant")
    with torch.no_grad():
        (output, _), _ = MISTAKES["zeros"].run(s, build(s))
    assert torch.equal(output, output[:1].expand_as(output))


def test_h_only_is_right_for_one_step() -> None:
    """Carrying h alone goes wrong at the second step, not at the first."""
    comparison = check(Settings(), "h_only")
    assert comparison.per_step[0] <= comparison.tolerance < comparison.per_step[1]


def test_forward_loop_is_right_where_directions_agree() -> None:
    """A forward loop over both directions gets the forward half right, the reverse half wrong."""
    s = Settings(bidirectional=True)
    with torch.no_grad():
        (looped, _), (wanted, _) = MISTAKES["forward_loop"].run(s, build(s))
    assert (looped - wanted)[..., :4].abs().max().item() <= 2e-6
    assert (looped - wanted)[:-1, :, 4:].abs().amin(dim=(1, 2)).min().item() > 2e-6


def test_as_batch_changes_the_shape_of_the_states() -> None:
    """Time fed as batch gives a state per time step: rows show both shapes, and no number."""
    output, h_n, c_n = check(Settings(), "as_batch").rows
    assert output.shapes == ((5, 1, 4), (5, 1, 4))
    assert h_n.shapes == c_n.shapes == ((1, 1, 4), (1, 5, 4))
    for row in (h_n, c_n):
        assert math.isnan(row.difference)
        assert not row.within
        assert not row.bitwise


@given(small_settings())
def test_as_batch_words_are_torch_s_own(s: Settings) -> None:
    """With `hx` torch refuses time fed as batch, in its own words, unless T equals B."""
    setup = build(s)
    spoken = as_batch_words(setup)
    assert bool(spoken) == (s.seq_len != s.batch_size)
    if spoken:
        with pytest.raises(RuntimeError) as refusal:
            setup.module(setup.inputs.transpose(0, 1), setup.hx)
        assert spoken == str(refusal.value)
        assert str(s.seq_len) in spoken
        assert str(s.batch_size) in spoken


# The comparison itself


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_tolerance(dtype: torch.dtype) -> None:
    """2e-6 or 1e-12, times the largest |c| once that is above 1."""
    base = {torch.float32: 2e-6, torch.float64: 1e-12}[dtype]
    assert TOLERANCE[dtype] == base
    assert tolerance(dtype, torch.tensor([0.5, -0.25], dtype=dtype)) == base
    assert tolerance(dtype, torch.zeros(2, dtype=dtype)) == base
    assert tolerance(dtype, torch.tensor([0.5, -8.0], dtype=dtype)) == pytest.approx(8 * base)


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
    """A number off by its last bit is within the tolerance and no longer bitwise equal."""
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
    """Where not one row can be compared, the verdict is red and the difference is NaN."""
    comparison = compare(filled(math.nan), filled(math.nan))
    assert not comparison.same
    assert math.isnan(comparison.difference)


def test_infinity_excuses_nothing() -> None:
    """An infinite cell state does not make the tolerance infinite."""
    zeros, (h_n, c_n) = filled(0.0)
    comparison = compare((zeros + 9, (h_n, c_n)), (zeros, (h_n, torch.full_like(c_n, math.inf))))
    assert not comparison.same


@given(small_settings(), st.sampled_from(WRONG))
def test_per_step_is_the_largest_difference_of_each_step(s: Settings, name: str) -> None:
    """One number a step, the largest of its samples and features; the largest is the row's."""
    comparison = check(s, name)
    with torch.no_grad():
        (one, _), (two, _) = MISTAKES[name].run(s, build(s))
    if s.batch_first:
        one, two = one.transpose(0, 1), two.transpose(0, 1)
    wanted = [(one[t] - two[t]).abs().max().item() for t in range(s.seq_len)]
    assert list(comparison.per_step) == wanted
    assert max(comparison.per_step) == comparison.rows[0].difference


@given(small_settings(), st.sampled_from(sorted(MISTAKES)))
def test_rows_say_what_was_measured(s: Settings, name: str) -> None:
    """Each row's difference, shapes and bitwise flag are those of its two tensors."""
    comparison = check(s, name)
    with torch.no_grad():
        looped, single_call = MISTAKES[name].run(s, build(s))
    assert comparison.same == all(row.within for row in comparison.rows)
    pairs = zip(parts(looped).values(), parts(single_call).values(), strict=True)
    for row, (one, two) in zip(comparison.rows, pairs, strict=True):
        assert row.shapes == (tuple(one.shape), tuple(two.shape))
        assert row.bitwise == (one.shape == two.shape and bool((one == two).all()))
        if one.shape == two.shape:
            assert row.difference == (one - two).abs().max().item()
            assert row.within == (row.difference <= comparison.tolerance)
        else:
            assert math.isnan(row.difference)
            assert not row.within


def test_comparison_keeps_no_tensor() -> None:
    """A comparison holds plain numbers, so it can be kept, cached and printed."""
    comparison = check(Settings())
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
    """Two calls from different states: at each step, the largest difference of what torch returns there."""
    module = nn.LSTM(3, 4, batch_first=batch_first)
    inputs = torch.randn(2, 2, 3)  # as many samples as steps: no shape tells the axes apart
    with torch.no_grad():
        one, _ = module(inputs)
        other, _ = module(inputs, (torch.ones(1, 2, 4), torch.ones(1, 2, 4)))
    steps = zip(one.unbind(int(batch_first)), other.unbind(int(batch_first)), strict=True)
    assert differences(one, other, batch_first) == tuple((a - b).abs().max().item() for a, b in steps)
