"""The table and the CSV file: torch's numbers, each at its place, with all digits."""

import io
from collections.abc import Callable
from itertools import count, product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.charts.lanes import LANES
from components.lessons.live.check.facts import both_states, differing
from components.lessons.live.numbers import frames
from components.lessons.live.numbers.frames import DIFFERS, PIECE, compared_frame, slot_csv, slot_frame, table_frame
from components.lessons.live.score.frames import scored
from components.lstm.build import build, second_start
from components.lstm.trace import lanes_of, trace
from components.settings import Settings
from tests.charts.tables import tables
from tests.lstm.strategies import settings_and_place

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=60)

GATES = ("i", "f", "g", "o")
STATES = ("c", "h")


@steady
@given(case=settings_and_place())
def test_the_table_has_the_numbers_of_the_score(case: tuple[Settings, int, int, int]) -> None:
    """Each line of the table is a (t, row) of the score with all its numbers. Only a line with an x has a feature."""
    run = scored(*case, 0)
    table = table_frame(run)
    cells = tables(run).cells
    assert list(table.columns) == ["t", "feature", "x", "unit", "i", "f", "g", "o", "c", "h"]
    assert table["t"].equals(cells["t"])
    for name in LANES:
        assert table[name].equals(cells[name]), name
    assert table["unit"].tolist() == cells["row"].tolist()
    assert (table["feature"].isna() == cells["x"].isna()).all()
    assert (table["feature"].dropna() == cells["row"][cells["x"].notna()]).all()


def test_the_table_names_units_and_features_by_their_own_number() -> None:
    """On a later page units and features continue the numbers of the page before."""
    table = table_frame(scored(Settings(seq_len=200, hidden_size=128, input_size=16), 0, 0, 0, 2))
    assert sorted(table["unit"].unique()) == list(range(10, 15))
    assert sorted(table["feature"].dropna().unique()) == list(range(8, 12))


@steady
@given(settings_and_place())
def test_the_slot_s_rows_are_all_its_numbers(which: tuple[Settings, int, int, int]) -> None:
    """Each row is a (t, unit). It holds torch's number of each lane, if there is one, and the features beside them."""
    settings, layer, direction, sample = which
    lanes = lanes_of(trace(*build(settings)), layer, direction, sample)
    table = slot_frame(lanes, direction)
    assert list(table.columns) == ["t", "feature", "x", "unit", *GATES, *STATES]
    assert not table.duplicated(["t", "feature", "unit"]).any()
    for name, lane in lanes.items():
        rows = table[table[name].notna()]
        assert rows[name].dtype == lane.dtype
        assert np.array_equal(rows[name].to_numpy().reshape(lane.shape), lane)
        first = 0 if name in STATES and not direction else 1
        assert rows["t"].tolist() == np.repeat(np.arange(first, first + len(lane)), lane.shape[1]).tolist()
        place = rows["feature" if name == "x" else "unit"].tolist()
        assert place == list(range(lane.shape[1])) * len(lane)


def test_the_file_is_the_table_on_the_page_with_all_digits() -> None:
    """If everything is shown, rows and columns are the same. Numbers of the table have four bytes."""
    settings = Settings(bidirectional=True, num_layers=2, input_size=6, dtype="float64", batch_size=2)
    for layer, direction in product((0, 1), (0, 1)):
        read = pd.read_csv(io.BytesIO(slot_csv(settings, layer, direction, 1)))
        shown = table_frame(scored(settings, layer, direction, 1, 0)).dropna(subset=list(LANES), how="all")
        assert list(read.columns) == list(shown.columns)
        assert read["t"].tolist() == shown["t"].tolist()
        for lane in (*GATES, *STATES, "x"):
            np.testing.assert_allclose(read[lane], shown[lane].to_numpy(), rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_file_has_torch_s_digits(dtype: str) -> None:
    """Each number that is read back equals the number written, bit for bit. The file has one header."""
    settings = Settings(dtype=dtype, seq_len=200, hidden_size=20, input_size=2)
    text = slot_csv(settings, 0, 0, 0)
    read = pd.read_csv(io.BytesIO(text), dtype=str)
    lanes = lanes_of(trace(*build(settings)), 0, 0, 0)
    assert len(read) == 201 * 20 > PIECE
    for name, lane in lanes.items():
        assert np.array_equal(read[name].dropna().to_numpy().astype(dtype).reshape(lane.shape), lane), name


def test_others_are_served_while_a_file_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """After every piece it sleeps for as long as the piece took."""
    rests: list[float] = []
    clock = count()  # by which each piece takes 1
    watch = SimpleNamespace(perf_counter=lambda: float(next(clock)), sleep=rests.append)
    monkeypatch.setattr(frames, "time", watch)
    slot_csv(Settings(seq_len=200, hidden_size=20), 0, 0, 0)
    assert rests == [1.0] * -(-201 * 20 // PIECE)


@steady
@given(case=settings_and_place(), mistake=st.sampled_from(["none", "zeros", "redraw", "h_only"]))
def test_the_call_and_the_loop_stand_side_by_side(case: tuple[Settings, int, int, int], mistake: str) -> None:
    """In the first layer, forward: torch's own numbers of both ways, and a mark exactly where they differ."""
    settings, *_, sample = case
    module, inputs, start = build(settings)
    zeros = tuple(torch.zeros_like(state) for state in start)
    run = scored(settings, 0, 0, sample, 0)
    of = (settings, mistake, 0, 0, sample)
    off = differing(*of)
    table = compared_frame(both_states(*of), off, run.units)

    # What each way starts from, and what it hands to its next step. The first layer, forward, is slot 0.
    ways: dict[str, tuple[Any, Callable[[Any], Any]]] = {
        "one call": (second_start(settings) if mistake == "redraw" else start, lambda state: state),
        "loop": (
            zeros if mistake == "zeros" else start,
            {"zeros": lambda state: zeros, "h_only": lambda state: (state[0], zeros[1])}.get(
                mistake, lambda state: state
            ),
        ),
    }
    for way, (state, handed) in ways.items():
        for t, x in enumerate(inputs.split(1, dim=1 if settings.batch_first else 0), start=1):
            with torch.no_grad():
                _, ended = module(x, state)
            state = handed(ended)
            rows = table[table["t"] == t]
            assert rows["unit"].tolist() == list(range(run.units.first, run.units.last + 1))
            for name, numbers in (("h", ended[0]), ("c", ended[1])):
                found = rows[f"{name}, {way}"].dropna().to_numpy()
                wanted = numbers[0, sample].numpy()[run.units.first : run.units.last + 1]
                assert found == pytest.approx(wanted, rel=1e-4, abs=1e-5)
    for name, cells in off.items():
        marks = (table[f"{name} differs"] == DIFFERS)[table[f"{name}, loop"].notna()].to_numpy()
        assert (marks == cells[:, run.units.first : run.units.last + 1].ravel()).all()
