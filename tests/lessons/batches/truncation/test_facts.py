"""Gradients over the steps compared with `backward`, torch's own errors, and graphs that grow."""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.lessons.batches.truncation.facts import (
    MOST,
    RATE,
    TIMES,
    Growth,
    Reach,
    backward_refusal,
    detached,
    graph_size,
    growth,
    loss,
    reach,
    timed,
)
from components.lstm.build import build, shared_build
from components.settings import Settings
from tests.lstm.strategies import settings_id, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
few = examples(deadline=None, derandomize=True, max_examples=20)
STREAM = Settings(seq_len=20, batch_size=4)
CASES = [
    STREAM,
    replace(STREAM, dtype="float64", num_layers=2),
    replace(STREAM, proj_size=2, bias=False, signal="pulse", initial_state="zeros"),
]
cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)


@cases
@pytest.mark.parametrize("length", [1, 4, 10])
@pytest.mark.parametrize("cut", [False, True])
def test_every_gradient_is_backward_s(settings: Settings, length: int, cut: bool) -> None:
    """The gradient of each step, whose input is a leaf of its own, with `backward` and `detach` in plain code."""
    module, inputs, (h, c) = build(settings)
    leaves = [x.clone().requires_grad_() for x in inputs]
    for start in range(0, settings.seq_len, length):
        if cut:
            h, c = h.detach(), c.detach()
        output, (h, c) = module(torch.stack(leaves[start : start + length]), (h, c))
    output[-1].sum().backward()
    expected = [0.0 if one.grad is None else one.grad.double().norm().item() for one in leaves]
    found = reach(settings, length)
    assert (found.cut if cut else found.kept) == pytest.approx(expected, rel=1e-4, abs=1e-30)
    assert [one == 0 for one in (found.cut if cut else found.kept)] == [one == 0 for one in expected]


@few
@given(settings=small_settings(bidirectional=False, batch_first=False), length=st.integers(1, 10))
def test_beyond_a_detach_it_is_exactly_0(settings: Settings, length: int) -> None:
    """Before the border the gradient is 0 for all settings. Within the last chunk it is unchanged."""
    found = reach(settings, length)
    assert found.border == length * math.ceil(settings.seq_len / length) - length
    assert found.exact
    assert set(found.cut[: found.border]) <= {0.0}
    assert found.alike
    assert found.limit < 1e-4
    assert len(found.kept) == len(found.cut) == settings.seq_len


def test_with_the_graph_it_is_not() -> None:
    found = reach(STREAM, 4)
    assert found.kept_zeros == 0
    assert min(found.kept) > 1e-6


def test_what_gets_past_a_detach_is_noticed() -> None:
    """The check can fail: one step with a gradient is enough."""
    assert not Reach(3, (1.0,) * 4, (0.0, 0.0, 1e-30, 1.0), 0, 2, 1e-5).exact
    other = Reach(1, (1.0, 2.0), (0.0, 1.0), 0, 1, 1e-5)
    assert other.differ == 0.5
    assert not other.alike


@pytest.mark.parametrize("scale", [1e-30, 1e-9, 1.0, 1e9])
def test_gradients_are_compared_by_their_share(scale: float) -> None:
    """A loss that is a million times smaller has a million times smaller gradients. The verdict is the same."""
    for share, alike in ((1e-6, True), (1e-4, False)):
        found = Reach(1, (0.0, scale, scale / 100), (0.0, scale, scale * (0.01 + share)), 0, 1, 1e-5)
        assert found.differ == pytest.approx(share, rel=1e-3)
        assert found.alike == alike


def test_no_gradient_is_lost_in_its_square() -> None:
    """Over 200 steps they are smaller than the square root of the smallest float32, but not 0."""
    found = reach(Settings(seq_len=200, batch_size=4), 10)
    assert 0 < found.kept[20] < 1e-25
    assert found.kept_zeros == sum(one == 0 for one in found.kept)


@cases
@pytest.mark.parametrize("step", [False, True], ids=["no step", "a step"])
def test_torch_refuses_in_its_own_words(settings: Settings, step: bool) -> None:
    """The error has the same name and words as with a real optimiser, or with none. The two causes differ."""
    module, inputs, state = build(settings)
    optimiser = torch.optim.SGD(module.parameters(), lr=RATE)

    def train() -> None:
        carried = state
        for chunk in inputs.split(4):
            optimiser.zero_grad()
            output, carried = module(chunk, carried)
            output.pow(2).mean().backward(retain_graph=step)
            if step:
                optimiser.step()

    with pytest.raises(RuntimeError) as caught:
        train()
    refusal = backward_refusal(settings, 4, step)
    assert refusal is not None
    assert (refusal.name, refusal.words) == ("RuntimeError", str(caught.value))
    assert ("inplace operation" in refusal.words) == step
    assert ("second time" in refusal.words) != step


def test_detached_it_does_not() -> None:
    """The lesson's final loop raises no error for any number of chunks and steps."""
    module, inputs, state = build(STREAM)
    optimiser = torch.optim.SGD(module.parameters(), lr=RATE)
    for chunk in inputs.split(4):
        optimiser.zero_grad()
        output, state = module(chunk, detached(state))
        loss(output).backward()
        optimiser.step()
    assert all(bool(one.isfinite().all()) for one in module.parameters())


def test_a_graph_is_counted_by_hand() -> None:
    """Each node counts once, also if two paths lead to it. Leaves count too."""
    a = torch.ones(1, requires_grad=True)
    assert graph_size(a * 2) == 2
    b = a * 2
    assert graph_size(b + b.exp()) == 4
    assert graph_size((b + b.exp()).detach() * a) == 2


@cases
@pytest.mark.parametrize("length", [1, 4, 10])
def test_a_kept_graph_grows_by_a_chunk(settings: Settings, length: int) -> None:
    """It grows by equal steps, and not at all with `detach`. Only the first whole chunks count."""
    found = growth(settings, length)
    count = min(settings.seq_len // length, MOST)
    assert len(found.kept) == len(found.cut) == count
    assert found.grows
    assert found.kept[0] == found.cut[0]
    assert len(set(found.cut)) == 1
    assert len({b - a for a, b in zip(found.kept, found.kept[1:], strict=False)}) == 1


@pytest.mark.parametrize(("kept", "cut"), [((1, 1), (1, 1)), ((1, 3, 2), (1, 1, 1)), ((1, 2), (1, 2))])
def test_what_does_not_grow_is_noticed(kept: tuple[float, ...], cut: tuple[float, ...]) -> None:
    assert not Growth(kept, cut).grows


def test_time_is_measured_chunk_by_chunk() -> None:
    """Each chunk has a pair in turn. The last chunk takes longer than the first: it has about ten times the graph.

    Known times never grow, and a time that is not measured yet is infinite.
    """
    found = [*timed(replace(STREAM, seq_len=120), 10, patience=60.0)]
    assert len(found) == 12 * TIMES
    for number, known in enumerate(found[:12], 1):
        for times in (known.kept, known.cut):
            assert [time < math.inf for time in times] == [True] * number + [False] * (12 - number)
    for before, after in itertools.pairwise(found):
        assert all(a <= b for a, b in zip(after.kept + after.cut, before.kept + before.cut, strict=True))
    last = found[-1]
    assert min((*last.kept, *last.cut)) > 0
    assert last.kept[-1] > 2 * last.kept[0]


def test_every_chunk_is_timed_once_and_then_time_counts() -> None:
    """Without patience each chunk is timed once, for any number of chunks."""
    for length in (10, 20, 40):
        found = [*timed(replace(STREAM, seq_len=120), length, patience=0.0)]
        assert len(found) == 120 // length
        assert max(found[-1].kept + found[-1].cut) < math.inf


def test_times_are_measured_anew_each_time() -> None:
    """Times are not kept: two measurements never give equal times."""
    first, second = ([*timed(replace(STREAM, seq_len=120), 10)][-1] for _ in range(2))
    assert first != second


def test_a_shared_module_stays_as_it_is() -> None:
    """The shared module never gets a gradient, and its weights never change."""
    settings = replace(STREAM, seed=5)
    module, inputs, _ = shared_build(settings)
    before = {name: one.clone() for name, one in module.state_dict().items()}
    for step in (False, True):
        backward_refusal(settings, 3, step)
    reach(settings, 3), growth(settings, 3), [*timed(settings, 3)]
    assert all(torch.equal(before[name], one) for name, one in module.state_dict().items())
    assert all(one.grad is None for one in module.parameters())
    assert not inputs.requires_grad
