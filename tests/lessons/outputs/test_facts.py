"""What one call returns: the laws hold for torch's own tensors, and equal rows are found anywhere, up to rounding."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from components.lessons.outputs.facts import OutputRow, _places, pairs, slots, summaries, variants
from components.lstm.build import build
from components.settings import Settings
from tests.lstm.strategies import GRID, limit, settings_id, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
grid = pytest.mark.parametrize("settings", GRID, ids=settings_id)
DEEP = Settings(num_layers=2, bidirectional=True, batch_size=2)


def by_torch(settings: Settings) -> dict[str, Any]:
    """Names and values that the Python on the page needs, from a call of torch's own."""
    module, inputs, hx = build(settings)
    with torch.no_grad():
        output, (h_n, c_n) = module(inputs, hx)
    return {"torch": torch, "output": output, "h_n": h_n, "c_n": c_n}


def run(expression: str, names: dict[str, Any]) -> torch.Tensor:
    """The value of Python that a page shows."""
    value = eval(expression, {"__builtins__": {}}, names)
    assert isinstance(value, torch.Tensor)
    return value


@given(settings=small_settings())
def test_where_they_meet_is_a_law(settings: Settings) -> None:
    """The last layer's forward half ends as its slot of h_n, the reverse half begins as its own."""
    laws = [pair for pair in pairs(settings) if pair.law]
    assert len(laws) == settings.num_directions
    assert all(pair.same for pair in laws)


@given(settings=small_settings())
def test_a_pair_is_what_its_python_says(settings: Settings) -> None:
    """Both sides, run as Python on torch's own result, give the stated difference and bitwise equality."""
    names = by_torch(settings)
    for pair in pairs(settings):
        a, b = run(pair.left, names), run(pair.right, names)
        assert tuple(a.shape) == tuple(b.shape) == (settings.batch_size, settings.output_size)
        assert pair.bitwise == torch.equal(a, b)
        assert pair.same == ((a - b).abs().max().item() <= limit(names["c_n"]))
        assert pair.difference == (a - b).abs().max().item()


def test_the_last_row_is_not_the_reverse_state() -> None:
    """With two directions the second half of output[-1] differs from h_n[-1], because it has read only one step."""
    last = pairs(DEEP)[-1]
    assert not last.law
    assert not last.same
    assert last.difference > 0.01
    assert pairs(Settings(num_layers=2, bidirectional=True, seq_len=1))[-1].same


@given(settings=small_settings(), sample=st.integers(0, 3))
def test_places_are_those_of_a_plain_search(settings: Settings, sample: int) -> None:
    """A plain search over all rows finds the same equal rows, the same nearest row, and the same distance."""
    sample = min(sample, settings.batch_size - 1)
    names = by_torch(settings)
    output = names["output"].transpose(0, 1) if settings.batch_first else names["output"]
    width = settings.output_size
    rows = {
        OutputRow(step, direction): output[step, sample, direction * width : (direction + 1) * width]
        for step in range(settings.seq_len)
        for direction in range(settings.num_directions)
    }
    found = slots(settings, sample)
    count = settings.num_layers * settings.num_directions
    assert [(slot.tensor, slot.index) for slot in found] == [(t, n) for t in ("h_n", "c_n") for n in range(count)]
    for slot in found:
        assert slot.index == slot.layer * settings.num_directions + slot.direction
        numbers = names[slot.tensor][slot.index, sample]
        if len(numbers) != width:
            assert (slot.same, slot.bitwise, slot.nearest) == ((), (), None)
            assert math.isnan(slot.distance)
            continue
        bits = numbers.numpy().tobytes()
        assert slot.bitwise == tuple(row for row, values in rows.items() if values.numpy().tobytes() == bits)
        difference = {row: (values - numbers).abs().max().item() for row, values in rows.items()}
        assert slot.same == tuple(row for row in rows if difference[row] <= limit(names["c_n"]))
        assert slot.nearest is not None
        assert slot.distance == min(difference.values()) == difference[slot.nearest]


def test_a_lower_layer_and_c_are_nowhere_in_output() -> None:
    """The lesson says this about its example, and the search confirms it."""
    for settings in (Settings(num_layers=2), DEEP, Settings(num_layers=3, batch_first=True)):
        for slot in slots(settings, 0):
            top = slot.tensor == "h_n" and slot.layer == settings.num_layers - 1
            assert bool(slot.same) == top
            assert (slot.distance > 0.001) == (not top)


def test_no_rule_knows_the_place() -> None:
    """A row that is put anywhere is found there. In a run of zeros, every row is found."""
    rows = np.zeros((4, 2, 3), np.float32)
    rows[2, 1] = [1, 2, 3]
    assert _places(rows, np.array([1, 2, 3], np.float32), 2e-6)[0] == (OutputRow(2, 1),)
    assert len(_places(rows, np.zeros(3, np.float32), 2e-6)[0]) == 7
    still = Settings(signal="pulse", initial_state="zeros", bias=False, seq_len=3, batch_size=4, hidden_size=1)
    ends = {sample: slots(still, sample)[0].same for sample in range(3)}
    assert ends == {0: (OutputRow(2, 0),), 1: (OutputRow(2, 0),), 2: (OutputRow(2, 0),)}
    reverse = slots(Settings(**{**vars(still), "bidirectional": True, "seq_len": 2}), 0)[1]
    assert reverse.same == (OutputRow(0, 1),)


def test_rows_are_the_same_up_to_rounding() -> None:
    """-0 equals 0 as a number, but not as bits. A row with the same numbers in another order is not the same."""
    rows = np.array([[[0.0, 1.0]], [[1.0, 0.0]]], np.float32)
    first = (OutputRow(0, 0),)
    assert _places(rows, np.array([-0.0, 1.0], np.float32), 2e-6) == (first, (), OutputRow(0, 0), 0.0)
    assert _places(rows, np.array([0.0, 1.0], np.float32), 2e-6) == (first, first, OutputRow(0, 0), 0.0)
    assert _places(rows, np.array([1e-6, 1.0], np.float32), 2e-6)[:2] == (first, ())
    assert _places(rows, np.array([1e-5, 1.0], np.float32), 2e-6)[:2] == ((), ())


@pytest.mark.parametrize("hidden_size", [4, 32])
@pytest.mark.parametrize("steps", [40, 100, 200])
@torch.no_grad()
def test_rows_of_a_constant_input_settle_as_in_float64(hidden_size: int, steps: int) -> None:
    """Rows near the last one become the same. How many are equal bit for bit is a matter of rounding.

    The same module in float64 says how many are the same. One more or less is allowed at the border.
    """
    settings = Settings(num_layers=2, seq_len=steps, hidden_size=hidden_size, signal="constant")
    module, inputs, hx = build(settings)
    output, (_, c_n) = module.double()(inputs.double(), tuple(state.double() for state in hx))
    differences = (output[:, 0] - output[-1, 0]).abs().amax(dim=1)
    found = next(slot for slot in slots(settings, 0) if (slot.tensor, slot.index) == ("h_n", 1))
    assert abs(len(found.same) - int((differences <= limit(c_n.float())).sum())) <= 1
    if steps >= 100:
        assert len(found.same) > len(found.bitwise)


@given(settings=small_settings())
def test_a_summary_is_what_its_python_says(settings: Settings) -> None:
    """Each candidate, run as Python, has the width, the bits and the difference to the last row that are stated."""
    names = by_torch(settings)
    found = summaries(settings)
    last = run(found[0].expression, names)
    assert found[0].same
    for summary in found:
        value = run(summary.expression, names)
        assert summary.width == value.shape[1]
        assert summary.bitwise == torch.equal(value, last)
        assert summary.same == (value.shape == last.shape and summary.difference <= limit(names["c_n"]))
        if value.shape == last.shape:
            assert summary.difference == (value - last).abs().max().item()
        else:
            assert math.isnan(summary.difference)


@given(settings=small_settings(num_layers=2))
def test_when_candidates_are_the_same_thing(settings: Settings) -> None:
    """h_n[-1] is the last row with one direction and half as wide with two; over one step mean and maximum are it."""
    one, two, step = (summaries(variant) for variant in variants(settings).values())
    assert one[1].same
    assert two[1].width * 2 == two[0].width
    assert all(summary.same for summary in step if summary.width == step[0].width)
    assert two[2].width == two[0].width
    assert one[2].width == 2 * one[0].width
