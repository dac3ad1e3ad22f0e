"""One layer, direction and sample by itself is what it is in a trace of all."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples

from components.recurrence.build import build
from components.recurrence.slot import slot_lanes
from components.recurrence.trace import lanes_of, trace
from components.settings import Settings
from tests.recurrence.strategies import limit, settings_id, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")


def assert_its_own(settings: Settings) -> None:
    whole = trace(*build(settings))
    sizes = (settings.num_layers, settings.num_directions, settings.batch_size)
    for layer, direction, sample in product(*map(range, sizes)):
        ours, theirs = slot_lanes(settings, layer, direction, sample), lanes_of(whole, layer, direction, sample)
        assert list(ours) == list(theirs)
        for name, lane in theirs.items():
            assert ours[name].dtype == lane.dtype
            assert ours[name].shape == lane.shape
            apart = 0 if (name, layer) == ("x", 0) else limit(whole.c)
            assert np.abs(ours[name] - lane).max() <= apart, (layer, direction, sample, name)


@examples(deadline=None, derandomize=True, max_examples=60)
@given(settings=small_settings())
def test_a_slot_is_that_of_the_trace(settings: Settings) -> None:
    assert_its_own(settings)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(input_size=64, hidden_size=128, seq_len=60, batch_size=3, num_layers=2, bidirectional=True),
        Settings(input_size=64, hidden_size=128, seq_len=60, batch_size=3, num_layers=2, proj_size=9, dtype="float64"),
    ],
    ids=settings_id,
)
def test_so_it_is_in_a_wide_module(settings: Settings) -> None:
    """Where sums are long and split up."""
    assert_its_own(settings)
