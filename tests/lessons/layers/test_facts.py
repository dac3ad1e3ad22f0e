"""What feeds what, what a change reaches, rows, dropout and palindromes, each compared with torch itself."""

import copy
import sys
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import nn

from components.lessons.layers import KINDS, STAGES, facts
from components.lessons.layers.facts import (
    CLASSES,
    DROPOUT,
    NUDGE,
    Dropout,
    Rows,
    change,
    dropout,
    dropped,
    feeds,
    hidden,
    kind,
    mirror,
    out_of_reach,
    rows,
    stack,
    stack_inputs,
    turns,
    warned,
)
from components.lstm.build import build, shared_build
from components.lstm.trace import trace
from components.settings import Settings
from tests.lstm.strategies import settings_id, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
few = examples(deadline=None, derandomize=True, max_examples=25)
BOTH: dict[str, Any] = {"bidirectional": True}
CASES = [
    Settings(num_layers=2, batch_size=2, **BOTH),
    Settings(num_layers=3, batch_size=3, proj_size=2, batch_first=True, dtype="float64", **BOTH),
    Settings(num_layers=4, batch_size=2, bias=False, initial_state="zeros", signal="pulse", seq_len=9, **BOTH),
    Settings(num_layers=2, batch_size=5, seq_len=1, hidden_size=1, **BOTH),
]
cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)
kinds = pytest.mark.parametrize("name", KINDS)


# What feeds what


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
@pytest.mark.parametrize("directions", [1, 2])
def test_what_feeds_a_slot_has_a_gradient_there(layers: int, directions: int) -> None:
    """By autograd, a slot of h_n has a gradient for a row's start exactly if the row feeds the slot."""
    module = nn.LSTM(2, 3, num_layers=layers, bidirectional=directions == 2, dtype=torch.float64)
    h_0 = torch.zeros(layers * directions, 1, 3, dtype=torch.float64, requires_grad=True)
    x = torch.randn(3, 1, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    _, (h_n, _) = module(x, (h_0, torch.zeros_like(h_0)))
    for slot, fed in enumerate(feeds(layers, directions)):
        (gradient,) = torch.autograd.grad(h_n[slot].sum(), h_0, retain_graph=True)
        assert tuple(gradient.flatten(1).any(dim=1).tolist()) == fed


def test_the_next_layer_reads_both_directions() -> None:
    assert feeds(2, 2) == (
        (True, False, False, False),
        (False, True, False, False),
        (True, True, True, False),
        (True, True, False, True),
    )


@pytest.mark.parametrize(("layers", "directions", "steps"), [(2, 2, 5), (3, 2, 4), (3, 1, 4), (2, 2, 1)])
@torch.no_grad()
def test_cells_can_be_computed_in_their_turns_and_no_sooner(layers: int, directions: int, steps: int) -> None:
    """Cells that run in the order of the turns, on results of earlier turns, give the module's own output."""
    module = nn.LSTM(2, 3, num_layers=layers, bidirectional=directions == 2, dtype=torch.float64)
    x = torch.randn(steps, 1, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    zeros = torch.zeros(1, 3, dtype=torch.float64)
    turn = turns(layers, directions, steps)
    done: dict[tuple[int, ...], tuple[torch.Tensor, torch.Tensor]] = {}
    order = sorted(
        (int(turn[place]), place) for place in ((a, b, c) for a, b, c in torch.ones(turn.shape).nonzero().tolist())
    )
    for number, (layer, direction, step) in order:
        before = (layer, direction, step + 1 if direction else step - 1)
        first = step == (steps - 1 if direction else 0)
        read = [] if first else [before]
        read += [(layer - 1, d, step) for d in range(directions)] if layer else []
        assert max((int(turn[place]) for place in read), default=0) == number - 1
        cell = nn.LSTMCell(x.shape[2] if layer == 0 else directions * 3, 3, dtype=torch.float64)
        suffix = f"_l{layer}{'_reverse' if direction else ''}"
        cell.load_state_dict({name: getattr(module, name + suffix) for name in cell.state_dict()})
        below = x[step] if layer == 0 else torch.cat([done[layer - 1, d, step][0] for d in range(directions)], dim=1)
        done[layer, direction, step] = cell(below, (zeros, zeros) if first else done[before])
    output = [torch.cat([done[layers - 1, d, step][0] for d in range(directions)], dim=1) for step in range(steps)]
    torch.testing.assert_close(torch.stack(output), module(x)[0])


# What a change reaches


@few
@given(settings=small_settings())
def test_every_h_is_the_traced_one(settings: Settings) -> None:
    """The h of an LSTM, layer by layer, are those of `trace`, bit for bit."""
    module, inputs, hx = build(settings)
    assert torch.equal(hidden(module, stack_inputs(settings), hx), trace(module, inputs, hx).h)


@kinds
@cases
@torch.no_grad()
def test_every_kind_is_torch_s_own(name: str, settings: Settings) -> None:
    """Started from zeros, the last layer is the module's output, and the last h of each row is h_n."""
    module = stack(settings, name)
    output, state = module(shared_build(settings).inputs)
    h_n = state[0] if name == "LSTM" else state
    h = hidden(module, stack_inputs(settings))
    output = output.transpose(0, 1) if settings.batch_first else output
    assert torch.equal(torch.cat((h[-1, 0], h[-1, 1]), dim=2), output)
    ends = torch.stack((h[:, 0, -1], h[:, 1, 0]), dim=1).flatten(0, 1)
    assert torch.equal(ends, h_n)


def test_other_kinds_are_drawn_as_plain_code_draws_them() -> None:
    settings = replace(CASES[1], proj_size=0, seed=5)
    for name in ("GRU", "RNN"):
        with torch.random.fork_rng():
            torch.manual_seed(5)
            plain = CLASSES[name](3, 4, num_layers=3, batch_first=True, bidirectional=True, dtype=torch.float64)
        ours = stack(settings, name).state_dict()
        assert all(torch.equal(ours[key], value) for key, value in plain.state_dict().items())


@examples(few, max_examples=60)
@given(settings=small_settings(bidirectional=True), name=st.sampled_from(list(KINDS)), data=st.data())
def test_nothing_out_of_reach_moves(settings: Settings, name: str, data: st.DataObject) -> None:
    """In layer 0, forward before the step and reverse after it, no change is more than rounding."""
    step = data.draw(st.integers(1, settings.seq_len))
    found = change(settings, name, step, data.draw(st.integers(0, settings.batch_size - 1)))
    assert found.h.shape == (settings.num_layers, 2, settings.seq_len)
    assert not found.moved[0, 0, : step - 1].any()
    assert not found.moved[0, 1, step:].any()
    assert found.x.nonzero()[0].tolist() == [step - 1]
    assert not found.moved[out_of_reach(found, step)].any()


@kinds
@pytest.mark.parametrize("batch_first", [False, True])
def test_a_sample_among_others_is_computed_alike_twice(name: str, batch_first: bool) -> None:
    """A slice and its copy lie differently in memory, so a product may add their numbers in another order.

    That is rounding, and no h counts as moved. Here both runs have the whole batch, so no bit differs either.
    """
    settings = Settings(input_size=9, hidden_size=1, seq_len=3, batch_size=2, num_layers=2, bias=False, seed=0, **BOTH)
    settings = replace(settings, batch_first=batch_first)
    for sample in range(2):
        assert change(settings, name, 1, sample).h[0, 1, 1:].tolist() == [0, 0]
        assert change(settings, name, 3, sample).h[0, 0, :2].tolist() == [0, 0]


@kinds
@pytest.mark.parametrize("step", [1, 3, 5])
def test_everything_within_reach_moves(name: str, step: int) -> None:
    """With few steps in float64, no change has faded to rounding."""
    found = change(Settings(num_layers=3, dtype="float64", **BOTH), name, step, 0)
    assert found.moved[0, 0, step - 1 :].all()
    assert found.moved[0, 1, :step].all()
    assert found.moved[1:].all()
    assert (found.moved != out_of_reach(found, step)).all()


@kinds
@pytest.mark.parametrize("hidden_size", [1, 22, 128])
@pytest.mark.parametrize("steps", [40, 100, 200])
@torch.no_grad()
def test_what_counts_as_a_change_is_one_in_float64(name: str, hidden_size: int, steps: int) -> None:
    """The module in float64 has no rounding of float32. The same h are above the tolerance, but for one a row."""
    settings = Settings(num_layers=3, seq_len=steps, hidden_size=hidden_size, **BOTH)
    step = steps // 3
    found = change(settings, name, step, 0)
    module = copy.deepcopy(stack(settings, name)).double()
    x = stack_inputs(settings).double()
    moved = x.clone()
    moved[step - 1, 0, 0] += NUDGE
    start = tuple(state.double() for state in shared_build(settings).hx) if name == "LSTM" else None
    exact = (hidden(module, moved, start) - hidden(module, x, start))[:, :, :, 0].abs().amax(dim=3)
    assert 2e-6 <= found.limit < 1e-5
    expected = (exact > found.limit).numpy()
    assert ((found.moved != expected).sum(axis=2) <= 1).all()
    assert (exact > 0).sum() > expected.sum()  # there are changes that only float64 sees
    assert not found.moved[out_of_reach(found, step)].any()


@kinds
@cases
@torch.no_grad()
def test_a_change_is_the_difference_of_two_calls(name: str, settings: Settings) -> None:
    """The change in the last layer equals that of two calls on the whole batch."""
    setup, sample, step = shared_build(settings), settings.batch_size - 1, settings.seq_len
    module, hx = stack(settings, name), setup.hx if name == "LSTM" else None
    moved = setup.inputs.clone()
    moved[(sample, step - 1) if settings.batch_first else (step - 1, sample)][0] += NUDGE
    a, b = (module(one, hx)[0] for one in (setup.inputs, moved))
    difference = (b - a).abs()
    difference = difference[sample] if settings.batch_first else difference[:, sample]
    halves = torch.stack([half.amax(dim=1) for half in difference.chunk(2, dim=1)])
    torch.testing.assert_close(torch.from_numpy(change(settings, name, step, sample).h[-1]), halves, rtol=0, atol=1e-6)


# A row for each sample


@cases
@torch.no_grad()
def test_rows_are_made_as_a_loop_makes_them(settings: Settings) -> None:
    """A right row has the sample's own slots side by side. A wrong row has what comes next in memory."""
    module, inputs, hx = build(settings)
    other = inputs.clone()
    for step in range(settings.seq_len):
        other[(0, step) if settings.batch_first else (step, 0)] += NUDGE
    before, after = module(inputs, hx)[1][0], module(other, hx)[1][0]
    pieces = [(slot, sample) for slot in range(len(before)) for sample in range(settings.batch_size)]
    right, wrong = rows(settings)
    for row in range(settings.batch_size):
        for at in range(len(before)):
            for one, (slot, sample) in ((right, (at, row)), (wrong, pieces[row * len(before) + at])):
                assert one.whose[row, at] == sample
                assert one.change[row, at] == (after - before)[slot, sample].abs().max().item()
    assert right.moved == (0,)
    assert right.mixed == 0
    assert len(wrong.moved) > 1
    assert wrong.mixed > 0


@given(limit=st.sampled_from([2e-6, 1e-12]), size=st.floats(0, 1), at=st.integers(0, 2))
def test_a_row_moves_by_more_than_rounding(limit: float, size: float, at: int) -> None:
    change = np.zeros((3, 4), np.float64)
    change[at, 1], change[(at + 1) % 3] = size, limit / 2
    found = Rows(np.zeros((3, 4), int), change, limit)
    assert found.moved == ((at,) if size > limit else ())
    assert found.pieces_moved.sum() == (size > limit)


@few
@given(settings=small_settings(bidirectional=True))
def test_the_right_rows_mix_nobody(settings: Settings) -> None:
    right, wrong = rows(settings)
    assert right.moved == (0,)
    assert not right.mixed
    assert bool(wrong.mixed) == (settings.batch_size > 1)


# Dropout


@cases
@torch.no_grad()
def test_dropout_is_torch_s_own(settings: Settings) -> None:
    """With the same seed `nn.LSTM(..., dropout=DROPOUT)` in training mode gives the same output, bit for bit, twice."""
    setup = build(settings)
    module = nn.LSTM(
        settings.input_size,
        settings.hidden_size,
        num_layers=settings.num_layers,
        bias=settings.bias,
        batch_first=settings.batch_first,
        dropout=DROPOUT,
        bidirectional=True,
        proj_size=settings.proj_size,
        dtype=getattr(torch, settings.dtype),
    )
    module.load_state_dict(setup.module.state_dict())
    generator = torch.Generator().manual_seed(settings.seed)
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        theirs = [module(setup.inputs, setup.hx)[0] for _ in range(2)]
    ours = [dropped(settings, generator)[1] for _ in range(2)]
    for one, other in zip(ours, theirs, strict=True):
        assert torch.equal(one, other.transpose(0, 1) if settings.batch_first else other)
    still = module.eval()(setup.inputs, setup.hx)[0]
    assert torch.equal(dropped(settings, None)[1], still.transpose(0, 1) if settings.batch_first else still)

    found = dropout(settings)
    assert found.training == (theirs[1] - theirs[0]).abs().max().item()
    assert found.evaluation <= found.limit
    assert found.output == (int((theirs[0] == 0).sum()), theirs[0].numel())


@pytest.mark.parametrize(
    "settings",
    [
        *CASES,
        Settings(num_layers=2, seq_len=200, bias=False, signal="pulse", **BOTH),
        Settings(1, 1, 1, num_layers=2, batch_size=2, bias=False, initial_state="zeros", seed=0, **BOTH),
    ],
)
def test_dropout_does_not_reach_output(settings: Settings) -> None:
    found = dropout(settings)
    assert found.steady
    assert not found.reaches_output
    assert found.taken == 0


@pytest.mark.parametrize(
    ("evaluation", "taken", "steady", "reaches"),
    [
        (7.5e-9, 0, True, False),  # rounding
        (3e-6, 0, False, False),
        (0.0, 45, True, True),
    ],
)
def test_dropout_is_judged_beyond_rounding(evaluation: float, taken: int, steady: bool, reaches: bool) -> None:
    found = Dropout(0.3, evaluation, (3, 8), (90, 180), taken, 2e-6)
    assert (found.steady, found.reaches_output) == (steady, reaches)


def test_dropout_on_output_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If some numbers of output are set to zero, each of them counts."""

    def leaky(settings: Settings, generator: torch.Generator | None) -> tuple[list[torch.Tensor], torch.Tensor]:
        reads, output = dropped(settings, generator)
        output = output.clone()
        output[0] = 0
        return reads, output

    monkeypatch.setattr(facts, "dropped", leaky)
    found = dropout.__wrapped__(CASES[0])
    assert found.taken == CASES[0].batch_size * 2 * CASES[0].output_size
    assert found.reaches_output


def test_half_of_what_is_read_is_dropped_and_the_rest_doubled() -> None:
    settings = Settings(num_layers=2, hidden_size=32, seq_len=40, **BOTH)
    (read,), _ = dropped(settings, torch.Generator().manual_seed(0))
    (plain,), output = dropped(settings, None)
    kept = read != 0
    assert torch.equal(read[kept], plain[kept] * 2)
    assert 0.45 < kept.double().mean().item() < 0.55
    found = dropout(settings)
    assert found.read[1] == read.numel()
    assert 0.45 < found.read[0] / found.read[1] < 0.55
    assert found.output == (0, output.numel())
    assert found.training > 0


def test_what_torch_says_of_one_layer() -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        nn.LSTM(1, 1, dropout=DROPOUT)
    assert warned() == str(said[0].message)


def test_torch_is_asked_without_a_word_to_the_others() -> None:
    """The filters and the functions of `warnings` never change, because other threads would use them."""

    def state() -> tuple[Any, ...]:
        return warnings.filters, list(warnings.filters), warnings.showwarning, warnings._showwarnmsg_impl  # type: ignore[attr-defined]

    moments, before = 0, state()

    def look(*_: Any) -> None:
        nonlocal moments
        moments += 1
        now = state()
        assert now[0] is before[0]
        assert now[1:] == before[1:]

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        before = state()
        sys.setprofile(look)  # called at every call and return within
        try:
            warned.__wrapped__()
        finally:
            sys.setprofile(None)
    assert moments > 10
    assert said == []  # nor does anybody hear it


# Palindromes


@cases
@pytest.mark.parametrize("stage", STAGES)
@torch.no_grad()
def test_a_palindrome_s_halves_are_torch_s(settings: Settings, stage: str) -> None:
    """The last layer of a module whose weights are copied by torch's own functions."""
    setup, sample, width = build(settings), 1, settings.output_size
    weights = {name: weight.clone() for name, weight in setup.module.state_dict().items()}
    for name in weights:
        if stage != STAGES[0] and name.endswith("_reverse"):
            weights[name] = weights[name.removesuffix("_reverse")].clone()
        if stage == STAGES[2] and name.startswith("weight_ih") and name.endswith("_reverse") and "_l0" not in name:
            weights[name] = torch.cat((weights[name][:, width:], weights[name][:, :width]), dim=1)
    setup.module.load_state_dict(weights)
    x = stack_inputs(settings)[:, sample : sample + 1].clone()
    for step in range(settings.seq_len // 2):
        x[-1 - step] = x[step]
    hx = [state[:, sample : sample + 1].clone() for state in setup.hx]
    for state in hx:
        state[1::2] = state[::2]
    output, _ = setup.module(x.transpose(0, 1) if settings.batch_first else x, hx)
    output = output[0] if settings.batch_first else output[:, 0]
    difference = (output[:, :width] - output.flip(0)[:, width:]).abs().amax(dim=1)
    ours = torch.from_numpy(mirror(settings, stage, sample).max_abs_diff[-1])
    torch.testing.assert_close(ours, difference, rtol=0, atol=1e-6)


@few
@given(settings=small_settings(bidirectional=True))
def test_what_a_palindrome_takes(settings: Settings) -> None:
    """Drawn weights give no equal layer. Copies give one (or all with one step), swapped halves give all."""
    as_drawn, copied, swapped = (mirror(settings, stage, 0) for stage in STAGES)
    assert as_drawn.alike == 0
    assert copied.alike == (1 if settings.seq_len > 1 else settings.num_layers)
    assert swapped.alike == settings.num_layers


@cases
def test_the_shared_module_is_not_written_to(settings: Settings) -> None:
    """After all copies and dropouts, `shared_build` still has the weights, inputs and state that `build` draws."""
    for stage in STAGES:
        mirror(settings, stage, 0)
    dropout(settings)
    rows(settings)
    change(settings, "LSTM", 1, 0)
    fresh, shared = build(settings), shared_build(settings)
    for name, weight in fresh.module.state_dict().items():
        assert torch.equal(weight, shared.module.state_dict()[name])
    assert torch.equal(fresh.inputs, shared.inputs)
    assert all(torch.equal(a, b) for a, b in zip(fresh.hx, shared.hx, strict=True))


def test_no_global_number_is_drawn() -> None:
    """The global generator is unchanged, so other visitors draw the same numbers."""
    before = torch.get_rng_state()
    settings = replace(CASES[0], seed=77)
    for name in KINDS:
        kind(settings, name)
        change(settings, name, 2, 0)
    dropout(settings)
    mirror(settings, STAGES[2], 0)
    warned()
    assert torch.equal(torch.get_rng_state(), before)


# The three kinds


@cases
def test_the_three_kinds_are_torch_s(settings: Settings) -> None:
    """Parameters, blocks, states and errors equal those of modules made in the usual way."""
    for name, one in CLASSES.items():
        sizes: dict[str, Any] = {"num_layers": settings.num_layers, "bias": settings.bias, "bidirectional": True}
        sizes |= {"proj_size": settings.proj_size} if name == "LSTM" else {}
        module = one(settings.input_size, settings.hidden_size, **sizes)
        found = kind(settings, name)
        assert found.parameters == sum(p.numel() for p in module.parameters())
        assert found.gates == {"LSTM": 4, "GRU": 3, "RNN": 1}[name]
        _, state = module(torch.zeros(2, settings.batch_size, settings.input_size))
        states = state if name == "LSTM" else (state,)
        assert found.states == tuple(tuple(s.shape) for s in states)
        if name == "LSTM":
            assert found.refusal is None
            continue
        with pytest.raises(ValueError, match="proj_size") as refused:
            one(3, 4, proj_size=2)
        assert found.refusal is not None
        assert found.refusal.words == str(refused.value)
