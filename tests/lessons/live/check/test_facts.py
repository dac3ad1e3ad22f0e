"""The check: the right loop passes it, every mistake fails it or says why not; and the timed loop is that loop."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from components.lessons.live import LABELS
from components.lessons.live.check import facts
from components.lessons.live.check.facts import MISTAKES, as_batch_words, check, measure, why_harmless
from components.lstm.build import build
from components.lstm.compare import AGREED
from components.lstm.cost import PAIRS, Cost
from components.lstm.loop import Result
from components.settings import Settings
from tests.lstm.strategies import AT_WORK, GRID, any_settings, job_settings, parts, settings_id, small_settings

WRONG = [name for name in MISTAKES if name != "none"]


# The right loop


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


def test_check_records_no_graph() -> None:
    """A check leaves the grad mode on and no gradient behind."""
    s = Settings(bidirectional=True)
    setup = build(s)
    looped, single_call = MISTAKES["none"].run(s, setup)
    assert looped[0].requires_grad
    assert single_call[0].requires_grad
    assert check(s).same
    assert torch.is_grad_enabled()


def test_the_example_of_rounding_is_one() -> None:
    """Where it is found, plain code differs there too: by more than nothing and less than the tolerance."""
    found = facts.rounding_example()
    if found is None:
        pytest.skip("on this processor loop and call agree to the last bit at all sizes that are tried")
    s, difference = found
    module, inputs, (h, c) = build(s)
    with torch.no_grad():
        output, _ = module(inputs, (h, c))
        steps = []
        for x_t in inputs:
            out, (h, c) = module(x_t[None], (h, c))
            steps.append(out)
    assert 0 < (torch.cat(steps) - output).abs().max().item() <= difference <= check(s).tolerance


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
        # The numbers differ, or a state has another shape. `output` can always be compared.
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
    """The same for a single step: there most mistakes are harmless, and some are not."""
    assert_verdict(s, name)


@pytest.mark.parametrize("name", WRONG)
def test_every_mistake_can_be_shown(name: str) -> None:
    """Each mistake does harm at the defaults or with two directions: there is something to see."""
    assert not check(Settings(bidirectional=name == "forward_loop"), name).same


@pytest.mark.parametrize("name", ["zeros", "h_only", "as_batch"])
def test_harm_below_the_tolerance_has_a_reason(name: str) -> None:
    """Four narrow layers without bias make a pulse smaller than the tolerance. Then the reason says so."""
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
    """Every mistake has its own label and a sentence. \"No mistake\" has no sentence."""
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
    """Two starts lead to the same state: in a long sequence the last step differs far less than the first."""
    comparison = check(Settings(seq_len=100, seed=seed), "redraw")
    assert not comparison.same
    assert comparison.per_step[-1] < comparison.per_step[0] / 1000
    assert max(comparison.per_step[50:]) < max(comparison.per_step[:10]) / 100


def test_five_steps_do_not_forget_their_start() -> None:
    """At the default sizes the two runs differ at every step."""
    comparison = check(Settings(), "redraw")
    assert len(comparison.per_step) == 5
    assert min(comparison.per_step) > AGREED


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
    """If time is fed as batch, each time step has a state. So the rows show both shapes, and no number."""
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


# What it states


@given(small_settings(), st.sampled_from(WRONG))
def test_per_step_is_the_largest_difference_of_each_step(s: Settings, name: str) -> None:
    """Each step has one number, the largest over samples and features. The largest of these is that of the row."""
    comparison = check(s, name)
    with torch.no_grad():
        (one, _), (two, _) = MISTAKES[name].run(s, build(s))
    if s.batch_first:
        one, two = one.transpose(0, 1), two.transpose(0, 1)
    wanted = [(one[t] - two[t]).abs().max().item() for t in range(s.seq_len)]
    assert list(comparison.per_step) == wanted
    assert max(comparison.per_step) == comparison.rows[0].difference


@given(small_settings(), st.sampled_from(sorted(MISTAKES)))
def test_the_cells_that_differ_are_those_of_the_two_outputs(s: Settings, name: str) -> None:
    """In the last layer h of every step stands in both outputs, so they say which cells differ."""
    (looped, _), (called, _) = MISTAKES[name].run(s, build(s))
    limit = check(s, name).tolerance
    apart = (looped - called).detach().abs()
    apart = apart.transpose(0, 1) if s.batch_first else apart
    for direction in range(s.num_directions):
        found = facts.differing(s, name, s.num_layers - 1, direction, s.batch_size - 1)["h"]
        own = apart[:, -1].chunk(s.num_directions, dim=1)[direction]
        assert found.shape == own.shape == (s.seq_len, s.output_size)
        # Near the limit a cell may count or not: both sides round in their own way.
        clear = (own < limit / 3) | (own > limit * 3)
        assert (torch.from_numpy(found) == (own > limit))[clear].all()


@given(small_settings(), st.sampled_from(["zeros", "redraw", "h_only", "forward_loop"]))
def test_the_last_cells_that_differ_are_those_of_c_n(s: Settings, name: str) -> None:
    """c_n is nowhere in `output`. Each slot of it is the c of the last step that was read."""
    (_, (_, looped)), (_, (_, called)) = MISTAKES[name].run(s, build(s))
    limit = check(s, name).tolerance
    for layer in range(s.num_layers):
        for direction in range(s.num_directions):
            found = facts.differing(s, name, layer, direction, 0)["c"]
            slot = layer * s.num_directions + direction
            if direction and name in facts.HANDED_ON:
                continue  # the loop's c_n is of its last call, the call's is of the first step
            own = (looped[slot, 0] - called[slot, 0]).detach().abs()
            last = 0 if direction else -1
            clear = (own < limit / 3) | (own > limit * 3)
            assert (torch.from_numpy(found[last]) == (own > limit))[clear].all()


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


# What it costs


def test_what_is_timed_is_the_loop_against_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop calls the module once for each step, the other side calls it once. Both give the result of the call."""
    timed: list[tuple[Callable[[], Result], int]] = []

    def noted(one: Callable[[], Result], other: Callable[[], Result], pairs: int) -> Iterator[Cost]:
        timed.extend([(one, pairs), (other, pairs)])
        return iter(())

    steps: list[int] = []
    forward = nn.LSTM.forward

    def counted(module: nn.LSTM, inputs: Tensor, *others: Any) -> Any:
        steps.append(len(inputs))
        return forward(module, inputs, *others)

    monkeypatch.setattr(facts, "in_turns", noted)
    monkeypatch.setattr(nn.LSTM, "forward", counted)
    settings = Settings(seq_len=40)
    assert list(measure(settings)) == []
    module, inputs, hx = build(settings)
    with torch.no_grad():
        wanted = parts(module(inputs, hx))
        for (run, pairs), calls in zip(timed, ([1] * 40, [40]), strict=True):
            steps.clear()
            found = parts(run())
            assert steps == calls
            assert pairs == PAIRS
            assert all(torch.allclose(found[name], wanted[name], rtol=0, atol=2e-6) for name in wanted)


def test_as_many_pairs_are_timed_as_are_asked_for() -> None:
    """Each result is a cost."""
    costs = [*measure(Settings(), pairs=3)]
    assert [cost.pairs for cost in costs] == [1, 2, 3]
    assert costs[-1].ratio > 0
