"""An altered LSTM compared with torch: with a module that has other weights, other inputs or another state."""

import dataclasses
import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import nn

from components.lessons.memory.facts import GATES, NOTHING, Edit, Hold, Surgery, before, by_torch, operate, prove
from components.lstm.build import Setup, build
from components.lstm.trace import DirectionTrace, trace_direction
from components.settings import Settings
from tests.lstm.altered import whole
from tests.lstm.strategies import assert_close, limit, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=40)

FIELDS = ("x", "i", "f", "g", "o", "c", "h", "h_0", "c_0")
CASES = [
    Settings(seq_len=9),
    Settings(num_layers=2, bidirectional=True, proj_size=2, batch_size=3, batch_first=True, seq_len=7),
    Settings(dtype="float64", bias=False, num_layers=3, seq_len=6, initial_state="zeros"),
]


@st.composite
def operations(draw: st.DrawFn) -> tuple[Settings, Surgery]:
    """Settings, and any alteration that is possible with them."""
    settings = draw(small_settings())
    step = st.integers(1, settings.seq_len)
    holds = []
    for gate in draw(st.lists(st.sampled_from(GATES), max_size=4)):
        value = draw(st.sampled_from([0.0, 1.0, 0.25, 0.9]) if gate != "g" else st.sampled_from([-1.0, 0.0, 0.5, 1.0]))
        first = draw(step)
        last = draw(st.one_of(st.none(), st.integers(first, settings.seq_len)))
        holds.append(
            Hold(gate, value, draw(st.one_of(st.none(), st.integers(0, settings.hidden_size - 1))), first, last)
        )
    edits = []
    widths = {"h": settings.output_size, "c": settings.hidden_size, "x": settings.input_size}
    for tensor in draw(st.lists(st.sampled_from("hcx"), max_size=3)):
        index = draw(st.one_of(st.none(), st.integers(0, widths[tensor] - 1)))
        first = draw(step) if tensor == "x" else 0
        edits.append(Edit(tensor, draw(st.sampled_from([-2.0, 0.0, 1.5])), index, first, first and settings.seq_len))
    return settings, Surgery(
        tuple(holds),
        tuple(edits),
        draw(st.sampled_from([0.0, 0.0, 1.0, -3.0])),
        draw(st.integers(0, settings.num_layers - 1)),
        draw(st.integers(0, settings.num_directions - 1)),
    )


@steady
@given(small_settings())
def test_with_nothing_altered_it_is_nn_lstm(settings: Settings) -> None:
    """Gates and states are those of the call, bit for bit. With the other layers they give what the call returns."""
    setup = build(settings)
    at = settings.num_layers - 1, settings.num_directions - 1
    nothing = Surgery(layer=at[0], direction=at[1])
    for name, ours in vars(operate(setup, nothing)).items():
        theirs = getattr(trace_direction(*setup, *at), name)
        assert torch.equal(torch.as_tensor(ours), torch.as_tensor(theirs)), name
    with torch.no_grad():
        output, (h_n, c_n) = setup.module(setup.inputs, setup.hx)
    for name, ours, theirs in zip(("output", "h_n", "c_n"), whole(setup, nothing), (output, h_n, c_n), strict=True):
        assert_close(ours, theirs, limit(c_n), name)


@steady
@given(operations())
def test_whatever_is_done_torch_does_too(case: tuple[Settings, Surgery]) -> None:
    """The run equals torch with altered weights, in one call for each stretch of steps. Nothing shared is changed."""
    settings, surgery = case
    setup = build(settings)
    run = operate(setup, surgery)
    proof = prove(setup, surgery, run)
    assert max(proof.h, proof.c) <= proof.tolerance
    for given_, again in zip((*setup.module.parameters(), setup.inputs, *setup.hx), _all(build(settings)), strict=True):
        assert torch.equal(given_, again)


def _all(setup: Setup) -> list[torch.Tensor]:
    return [*setup.module.parameters(), setup.inputs, *setup.hx]


def rewritten(setup: Setup, layer: int, direction: int, gate: str, value: float) -> nn.LSTM:
    """The module with a gate's weights at zero and logit(value), or atanh, in its bias. It does not use `by_torch`."""
    module = setup.module
    copy = nn.LSTM(
        module.input_size,
        module.hidden_size,
        num_layers=module.num_layers,
        batch_first=module.batch_first,
        bidirectional=module.bidirectional,
        proj_size=module.proj_size,
        dtype=setup.inputs.dtype,
    )
    with torch.no_grad():
        for name, parameter in copy.named_parameters():
            parameter.copy_(dict(module.named_parameters()).get(name, torch.zeros(())))
        rows = slice(GATES.index(gate) * module.hidden_size, (GATES.index(gate) + 1) * module.hidden_size)
        suffix = f"_l{layer}" + "_reverse" * direction
        for kind in ("weight_ih", "weight_hh", "bias_hh"):
            getattr(copy, kind + suffix)[rows] = 0
        number = torch.tensor(value, dtype=torch.float64)
        getattr(copy, "bias_ih" + suffix)[rows] = number.atanh() if gate == "g" else number.logit()
    return copy


def assert_rows_close(run: DirectionTrace, expected: DirectionTrace) -> None:
    for name in FIELDS:
        where = f"{name} {run.layer} {run.direction}"
        assert_close(getattr(run, name), getattr(expected, name), limit(expected.c), where)


@pytest.mark.parametrize("settings", CASES, ids=["plain", "both ways", "float64"])
@pytest.mark.parametrize(("gate", "value"), [("i", 0.3), ("f", 0.9), ("g", -0.6), ("o", 0.5), ("f", 1.0), ("o", 0.0)])
def test_a_held_gate_is_a_module_with_other_weights(settings: Settings, gate: str, value: float) -> None:
    """Every number is equal, in any layer and direction, and so is what the whole module returns."""
    setup = build(settings)
    for layer in range(settings.num_layers):
        for direction in range(settings.num_directions):
            run = operate(setup, Surgery((Hold(gate, value),), layer=layer, direction=direction))
            held = getattr(run, gate)
            assert torch.equal(held, torch.full_like(held, value))
            other = rewritten(setup, layer, direction, gate, value)
            assert_rows_close(run, trace_direction(other, setup.inputs, setup.hx, layer, direction))
            with torch.no_grad():
                output, (h_n, c_n) = other(setup.inputs, setup.hx)
            found = whole(setup, Surgery((Hold(gate, value),), layer=layer, direction=direction))
            for ours, theirs in zip(found, (output, h_n, c_n), strict=True):
                assert_close(ours, theirs, limit(c_n), f"above {layer} {direction}")


@pytest.mark.parametrize("settings", CASES[:2], ids=["plain", "both ways"])
def test_a_forget_bias_is_a_module_with_another_bias(settings: Settings) -> None:
    setup = build(settings)
    layer, direction = settings.num_layers - 1, settings.num_directions - 1
    run = operate(setup, Surgery(forget_bias=2.0, layer=layer, direction=direction))
    other = build(settings)
    name = f"bias_hh_l{layer}" + "_reverse" * direction
    with torch.no_grad():
        getattr(other.module, name)[settings.hidden_size : 2 * settings.hidden_size] += 2.0
    assert_rows_close(run, trace_direction(*other, layer, direction))


def test_edits_are_other_inputs_and_another_state() -> None:
    """They are equal bit for bit, for all samples, in the sampled layer and direction."""
    settings = Settings(num_layers=2, bidirectional=True, batch_size=2, batch_first=True)
    edits = (Edit("x", 3.0, 1, 2, 4), Edit("c", -1.0, 0), Edit("h", 0.5), Edit("h", 0.25, 2))
    run = operate(build(settings), Surgery(edits=edits, layer=1, direction=1))
    module, inputs, (h_0, c_0) = build(settings)
    inputs[:, 1:4, 1] = 3.0
    c_0[3, :, 0] = -1.0
    h_0[3] = 0.5
    h_0[3, :, 2] = 0.25
    expected = trace_direction(module, inputs, (h_0, c_0), 1, 1)
    for name in FIELDS:
        assert torch.equal(getattr(run, name), getattr(expected, name)), name


@pytest.mark.parametrize("settings", CASES, ids=["plain", "both ways", "float64"])
def test_the_classic_stories(settings: Settings) -> None:
    """f = 1 with i = 0 keeps c_0 to the last bit. f = 0 leaves i g alone. o = 0 hides all of c."""
    setup = build(settings)
    where: Any = {"layer": settings.num_layers - 1, "direction": settings.num_directions - 1}
    kept = operate(setup, Surgery((Hold("f", 1.0), Hold("i", 0.0)), **where))
    assert torch.equal(kept.c, kept.c_0.expand_as(kept.c))
    proof = prove(setup, Surgery((Hold("f", 1.0), Hold("i", 0.0)), **where), kept)
    assert (proof.kept, proof.moved, proof.bitwise) == (True, 0, True)
    rounded = dataclasses.replace(proof, moved=proof.tolerance / 2, bitwise=False)
    assert rounded.kept
    assert not dataclasses.replace(proof, moved=proof.tolerance * 2).kept
    forgetful = operate(setup, Surgery((Hold("f", 0.0),), **where))
    assert torch.equal(forgetful.c, forgetful.i * forgetful.g)
    hidden = operate(setup, Surgery((Hold("o", 0.0),), **where))
    assert hidden.h.abs().max() == 0
    assert hidden.c.abs().max() > 0


def test_the_proof_can_fail() -> None:
    """A run that is not the altered one differs in h and in c."""
    setup = build(Settings(seq_len=9))
    surgery = Surgery((Hold("f", 0.5, 1, 3, 5),))
    for wrong in (NOTHING, dataclasses.replace(surgery, holds=(Hold("f", 0.5, 1, 3, 6),))):
        proof = prove(setup, surgery, operate(setup, wrong))
        assert min(proof.h, proof.c) > proof.tolerance


def test_calls_are_counted() -> None:
    """It takes one call if nothing changes between steps, and one more for each change."""
    setup = build(Settings(seq_len=9))
    for holds, calls in (
        ((), 1),
        ((Hold("f", 0.5),), 1),
        ((Hold("f", 0.5, None, 3, 5),), 3),
        ((Hold("f", 0.5, None, 1, 5), Hold("i", 0.0, 2, 5, None)), 3),
    ):
        surgery = Surgery(holds)
        assert by_torch(setup, surgery, operate(setup, surgery))[2] == calls


@given(st.sampled_from(GATES), st.floats(-0.999, 0.999))
def test_before_is_the_number_whose_activation_is_the_value(gate: str, value: float) -> None:
    value = value if gate == "g" else (value + 1) / 2
    number = torch.tensor(before(gate, value), dtype=torch.float64)
    back = number.tanh() if gate == "g" else number.sigmoid()
    assert math.isclose(back.item(), value, abs_tol=1e-12)


def test_what_is_held_everywhere_is_known() -> None:
    surgery = Surgery((Hold("f", 0.5), Hold("i", 0.0, 1), Hold("o", 1.0, None, 2), Hold("f", 1.0)))
    assert surgery.held == ("i", "f", "o")
    assert [surgery.everywhere(gate) for gate in GATES] == [None, 1.0, None, None]
    assert surgery.alters
    assert not NOTHING.alters
