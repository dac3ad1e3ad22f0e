"""The facts on parameters agree with torch's own module: rows and gates, the draw, two biases."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import Tensor, nn

from components.lessons.weights.facts import (
    GATES,
    LIBRARIES,
    RATE,
    archive,
    biases,
    by_gate,
    exchanged,
    misread,
    own,
    read_as,
    sorted_for,
    spread,
    tensors,
    trial,
)
from components.lstm.build import build, shared_build
from components.settings import Settings
from tests.lstm.strategies import any_settings, job_settings, limit, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")


def result(module: nn.LSTM, settings: Settings) -> tuple[Tensor, Tensor, Tensor]:
    """output, h_n and c_n of a module with the inputs and the initial state of the settings."""
    with torch.no_grad():
        output, (h_n, c_n) = module(*build(settings)[1:])
    return output, h_n, c_n


# Rows and gates


@given(settings=small_settings())
def test_layers_and_directions_share_out_all_parameters(settings: Settings) -> None:
    """Every parameter belongs to one layer and direction, has its name, and shares the module's memory."""
    module = build(settings).module
    found = {
        f"{name}_l{layer}{'_reverse' if reverse else ''}": tensor
        for layer in range(settings.num_layers)
        for reverse in range(settings.num_directions)
        for name, tensor in tensors(module, layer, bool(reverse)).items()
    }
    assert {name: p.data_ptr() for name, p in module.named_parameters()} == {
        name: tensor.data_ptr() for name, tensor in found.items()
    }


@pytest.mark.parametrize("gate", GATES)
def test_a_block_is_its_gate_s(gate: str) -> None:
    """With i shut and f open, c_n is c_0, bit for bit. With g at 0, c only fades. With o shut, output is zero."""
    settings = Settings(hidden_size=6, seq_len=7, bidirectional=True, num_layers=2)
    module, inputs, hx = build(settings)
    with torch.no_grad():
        for layer in range(2):
            for reverse in (False, True):
                found = tensors(module, layer, reverse)
                for name, block in ((n, by_gate(t)[gate]) for n, t in found.items() if n != "weight_hr"):
                    block.zero_()
                    if name == "bias_ih" and gate != "g":
                        block.fill_(200.0 if gate == "f" else -200.0)
        output, (_, c_n) = module(inputs, hx)
        if gate == "o":
            assert output.abs().max() == 0
        if gate == "f":  # nothing is ever lost: with i shut too, c stays
            for layer in range(2):
                for reverse in (False, True):
                    by_gate(tensors(module, layer, reverse)["bias_ih"])["i"].fill_(-500.0)
            _, (_, c_n) = module(inputs, hx)
            assert torch.equal(c_n, hx[1])
        if gate in "ig":  # nothing is written: |c| only falls
            assert bool((c_n.abs() <= hx[1].abs()).all())


@given(
    rows=st.integers(1, 5),
    columns=st.integers(1, 3),
    order=st.permutations(GATES).map("".join),
)
def test_reading_undoes_sorting(rows: int, columns: int, order: str) -> None:
    """A tensor that is sorted for a library and read in its order is unchanged. Each block has its place."""
    tensor = torch.arange(4.0 * rows * columns).view(4 * rows, columns)
    there = sorted_for(tensor, order)
    assert torch.equal(read_as(there, order), tensor)
    for place, gate in enumerate(order):
        assert torch.equal(there.chunk(4)[place], by_gate(tensor)[gate])


def test_every_library_sorts_four_gates() -> None:
    assert all(sorted(library.order) == sorted(GATES) for library in LIBRARIES.values())
    assert LIBRARIES["PyTorch"].order == GATES


@given(settings=small_settings(), order=st.permutations(GATES).map("".join))
def test_misread_is_what_the_gates_then_compute(settings: Settings, order: str) -> None:
    """The equations with exchanged gates, step by step in float64, give what the misread module gives."""
    settings = Settings(**{**vars(settings), "num_layers": 1, "bidirectional": False, "dtype": "float64"})
    module, inputs, hx = build(settings)
    found = misread(settings, order)
    w = tensors(module, 0, False)
    x = inputs.transpose(0, 1) if settings.batch_first else inputs
    h, c = hx[0][0], hx[1][0]
    outputs = []
    for x_t in x:
        before = x_t @ w["weight_ih"].T + h @ w["weight_hh"].T
        before = before + w["bias_ih"] + w["bias_hh"] if settings.bias else before
        z = dict(zip(order, before.chunk(4, dim=1), strict=True))  # the first block is taken for order[0]
        c = z["f"].sigmoid() * c + z["i"].sigmoid() * z["g"].tanh()
        h = z["o"].sigmoid() * c.tanh()
        h = h @ w["weight_hr"].T if settings.proj_size else h
        outputs.append(h)
    output, _, c_n = result(module, settings)
    output = output.transpose(0, 1) if settings.batch_first else output
    rows = {row.name: row for row in found.rows}
    allowed = limit(c_n) * 10
    assert abs(rows["output"].difference - (torch.stack(outputs) - output).abs().max().item()) <= allowed
    assert abs(rows["c_n"].difference - (c - c_n[0]).abs().max().item()) <= allowed
    if order == GATES:
        assert all(row.bitwise for row in found.rows)


@given(settings=small_settings())
def test_weights_of_one_shape_can_be_exchanged(settings: Settings) -> None:
    """There is a result only if W_ih and W_hh have one shape. It is that of a module with exchanged weights."""
    found = exchanged(settings)
    assert (found is None) == (settings.input_size != settings.output_size)
    if found is None:
        return
    module = build(settings).module
    for end in ["", "_reverse"][: settings.num_directions]:
        one, two = getattr(module, f"weight_ih_l0{end}"), getattr(module, f"weight_hh_l0{end}")
        one.data, two.data = two.data, one.data
    there, here = result(module, settings), result(build(settings).module, settings)
    for row, a, b in zip(found.rows, there, here, strict=True):
        assert row.difference == pytest.approx((a - b).abs().max().item(), abs=limit(here[2]))


def test_the_shared_module_is_left_alone() -> None:
    """All changes are made to copies, and no gradient is left in the shared module."""
    settings = Settings(input_size=4, batch_size=2)
    before = {name: tensor.clone() for name, tensor in shared_build(settings).module.state_dict().items()}
    misread(settings, "iofg")
    exchanged(settings)
    biases(settings)
    assert all(torch.equal(before[name], tensor) for name, tensor in shared_build(settings).module.state_dict().items())
    assert all(parameter.grad is None for parameter in shared_build(settings).module.parameters())


@given(settings=any_settings())
def test_what_does_not_decide_the_parameters_is_left_out(settings: Settings) -> None:
    """The settings that `own` returns give the same parameters."""
    mine = build(own(settings)).module.state_dict()
    assert all(torch.equal(mine[name], tensor) for name, tensor in build(settings).module.state_dict().items())


@given(settings=small_settings())
def test_the_archive_needs_no_pickle(settings: Settings) -> None:
    """The file has every parameter under its name, with its type, bit for bit. Loaded, it gives the same module."""
    module = build(settings).module
    with np.load(io.BytesIO(archive(module)), allow_pickle=False) as read:
        assert list(read) == list(module.state_dict())
        state = {name: torch.from_numpy(read[name]) for name in read}
    assert all(torch.equal(state[name], tensor) for name, tensor in module.state_dict().items())


# How they are drawn


@given(settings=small_settings())
def test_drawn_parameters_fill_the_interval_and_no_more(settings: Settings) -> None:
    """torch counts the same in each bin. All numbers lie within k, and few bins are far from a uniform draw."""
    found = spread(settings)
    numbers = torch.cat([p.detach().flatten() for p in build(settings).module.parameters()]).double()
    assert (found.outside, found.count) == (0, settings.num_parameters)
    assert found.largest == numbers.abs().max().item() <= found.bound
    assert found.bound == pytest.approx(settings.hidden_size**-0.5)
    theirs = torch.histc(numbers, len(found.counts), -found.bound, found.bound).tolist()
    assert sum(abs(a - b) for a, b in zip(found.counts, theirs, strict=True)) <= 2  # a number may lie on an edge
    assert found.ordinary >= len(found.counts) - 5


def test_what_is_not_drawn_evenly_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A normal draw of the same deviation has numbers outside the interval, and bins outside the band."""
    import components.lessons.weights.facts as parameters

    setup = build(Settings(hidden_size=30))
    with torch.no_grad():
        for p in setup.module.parameters():
            p.normal_(0, 30**-0.5 / 3**0.5, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(parameters, "shared_build", lambda settings: setup)
    found = spread(Settings(hidden_size=30))
    assert found.outside > 0
    assert found.ordinary < len(found.counts) / 2


# Two biases


@examples(max_examples=25)
@given(settings=small_settings(bias=True))
def test_two_biases_are_one_that_learns_twice_as_fast(settings: Settings) -> None:
    """The results equal those of torch: moved biases, gradients, and steps of torch.optim.SGD."""
    settings = trial(settings)
    found = biases(settings)
    assert found is not None
    assert found.moved.same
    assert found.equal
    assert found.twice
    assert found.two
    assert 0 < found.kept[0] < found.kept[1] < 1
    moved = {}
    for two in (True, False):
        module, inputs, hx = build(settings)
        module.double()
        pairs = [
            (n, module.get_parameter(n.replace("_ih", "_hh"))) for n, _ in module.named_parameters() if "s_ih" in n
        ]
        with torch.no_grad():
            for name, other in pairs if not two else []:
                module.get_parameter(name).add_(other)
                other.zero_()
        before = [(module.get_parameter(name) + other).detach() for name, other in pairs]
        chosen: list[Any] = [module.get_parameter(name) for name, _ in pairs] + [o for _, o in pairs if two]
        optimiser = torch.optim.SGD(chosen, lr=RATE)
        module(inputs.double(), (hx[0].double(), hx[1].double()))[0].square().mean().backward()
        optimiser.step()
        after = [(module.get_parameter(name) + other).detach() for name, other in pairs]
        moved[two] = sum(float((a - b).abs().sum()) for a, b in zip(after, before, strict=True))
    assume(moved[False] > 0)
    assert found.ratio == pytest.approx(moved[True] / moved[False], rel=1e-6)


@examples(max_examples=20)
@given(settings=job_settings())
def test_biases_set_by_hand_are_told_apart_from_nothing(settings: Settings) -> None:
    """If all gates are wide open or shut, a step cannot be measured. Otherwise it is twice as far."""
    found = biases(trial(settings))
    assert found is not None
    assert found.moved.same
    assert found.equal
    assert found.two
    assert found.twice != found.faint


@pytest.mark.parametrize("scale", [1e-3, 1.0])
def test_claims_on_biases_are_judged_by_what_rounding_explains(scale: float) -> None:
    """Gradients are compared by their share, whatever their size. A ratio that could be 3 proves no 2."""
    found = biases(trial(Settings()))
    assert found is not None
    assert not found.faint
    assert found.ratio_limit < 1e-6
    assert found.shift_limit < 1e-6
    for share, equal in ((1e-13, True), (1e-10, False)):
        assert replace(found, gradient=scale, unequal=scale * share).equal == equal
    assert not replace(found, ratio=2 + 2 * found.ratio_limit).twice
    assert not replace(found, shift=2 + 2 * found.shift_limit).two
    faint = replace(found, ratio_limit=0.6)
    assert faint.faint
    assert not faint.twice


def test_without_biases_there_is_nothing_to_try() -> None:
    assert biases(Settings(bias=False)) is None
