"""A stream in chunks: with the state carried it equals one call; with reset or shuffled states it does not."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.lstm.build import build
from components.lstm.stream import ZEROS, chunks, cycle, handed
from components.settings import CARRY, HANDED, RESET, SHUFFLED, Settings
from tests.lstm.strategies import limit, settings_id, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
few = examples(deadline=None, derandomize=True, max_examples=25)
STREAM = Settings(seq_len=20, batch_size=4)
CASES = [
    (STREAM, 4),
    (replace(STREAM, num_layers=2, proj_size=2, dtype="float64"), 7),
    (replace(STREAM, initial_state="zeros", signal="sine", bias=False, seq_len=11, batch_size=2), 1),
]
cases = pytest.mark.parametrize(("settings", "length"), CASES, ids=lambda one: getattr(one, "dtype", one))


@pytest.mark.parametrize(
    ("steps", "length", "sizes"), [(20, 4, [4] * 5), (7, 3, [3, 3, 1]), (2, 10, [2]), (3, 1, [1] * 3)]
)
def test_a_stream_is_cut_without_a_loss(steps: int, length: int, sizes: list[int]) -> None:
    sequence = torch.arange(steps * 6).view(steps, 2, 3)
    parts = chunks(sequence, length)
    assert [len(part) for part in parts] == sizes
    assert torch.equal(torch.cat(parts), sequence)


@few
@given(count=st.integers(2, 16), seed=st.integers(0, 9999))
def test_no_row_keeps_its_place(count: int, seed: int) -> None:
    """A cycle is a permutation that visits all rows, from any row on."""
    order = cycle(count, torch.Generator().manual_seed(seed)).tolist()
    place, seen = 0, []
    for _ in range(count):
        place = order[place]
        seen.append(place)
    assert sorted(seen) == list(range(count))


def test_every_cycle_comes_up() -> None:
    """Of four rows there are six, about equally often."""
    drawn = [tuple(cycle(4, torch.Generator().manual_seed(seed)).tolist()) for seed in range(300)]
    assert len(set(drawn)) == 6
    assert min(map(drawn.count, set(drawn))) > 25


@few
@given(settings=small_settings(bidirectional=False, batch_first=False), length=st.integers(1, 10))
def test_carried_it_is_the_one_call(settings: Settings, length: int) -> None:
    """If the state is carried, only rounding remains, for any chunk length."""
    found = handed(settings, length)
    assert list(found) == list(HANDED)
    carried = found[CARRY]
    assert carried.same
    assert carried.off == 0
    assert carried.max_abs_diff.shape == (settings.seq_len, settings.batch_size)
    assert len(carried.lanes) == -(-settings.seq_len // length)
    for one in found.values():  # the first chunk starts alike
        assert one.max_abs_diff[:length].max() <= one.tolerance


@cases
@pytest.mark.parametrize("way", HANDED)
def test_every_way_is_torch_s(settings: Settings, length: int, way: str) -> None:
    """Sample by sample, as plain calls of the module in the order a learner would make them."""
    module, inputs, (h_0, c_0) = build(settings)
    found = handed(settings, length)[way]
    with torch.no_grad():
        whole, (_, c_n) = module(inputs, (h_0, c_0))
        assert found.tolerance == limit(c_n)
        for row in range(settings.batch_size):
            state = h_0[:, row : row + 1].contiguous(), c_0[:, row : row + 1].contiguous()
            for k in range(len(found.lanes)):
                lane, steps = int(found.lanes[k, row]), slice(k * length, (k + 1) * length)
                if k and way == RESET:
                    state = torch.zeros_like(state[0]), torch.zeros_like(state[1])
                output, state = module(inputs[steps, lane : lane + 1].contiguous(), state)
                expected = (output[:, 0] - whole[steps, lane]).abs().amax(dim=1)
                torch.testing.assert_close(found.max_abs_diff[steps, row], expected, rtol=0, atol=2 * found.tolerance)


@cases
def test_which_lane_is_where(settings: Settings, length: int) -> None:
    """Every chunk holds every lane once. The state of a row is that of its lane, zeros, or that of another lane."""
    found = handed(settings, length)
    own = torch.arange(settings.batch_size)
    for way, one in found.items():
        assert torch.equal(one.lanes.sort(dim=1).values, own.expand_as(one.lanes)), way
        assert torch.equal(one.source[0], own), way
        assert torch.equal(one.lanes[0], own), way
    assert torch.equal(found[CARRY].source, found[CARRY].lanes)
    assert bool((found[RESET].source[1:] == ZEROS).all())
    assert torch.equal(found[RESET].lanes, found[CARRY].lanes)
    assert torch.equal(found[SHUFFLED].source[1:], found[SHUFFLED].lanes[:-1])
    assert bool((found[SHUFFLED].source[1:] != found[SHUFFLED].lanes[1:]).all())


@pytest.mark.parametrize("way", [RESET, SHUFFLED])
@pytest.mark.parametrize("seed", range(3))
def test_less_is_not(way: str, seed: int) -> None:
    found = handed(replace(STREAM, seed=seed), 4)[way]
    assert not found.same
    assert found.off > 30
    assert found.largest > 1e-2


def test_nothing_global_is_touched() -> None:
    state = torch.get_rng_state()
    handed(replace(STREAM, seed=77), 3)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("settings", [one for one, _ in CASES], ids=settings_id)
def test_it_repeats(settings: Settings) -> None:
    """The seed decides which lanes change places, and with them every figure."""
    once = handed(settings, 3)[SHUFFLED]
    handed.cache_clear()
    again = handed(settings, 3)[SHUFFLED]
    assert torch.equal(once.lanes, again.lanes)
    assert torch.equal(once.max_abs_diff, again.max_abs_diff)
