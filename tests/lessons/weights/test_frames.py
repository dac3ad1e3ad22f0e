"""The pictures of parameters: every number in its place, in parts that hold all, and blocks as libraries sort them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from components.lessons.weights import frames
from components.lessons.weights.facts import GATES, LIBRARIES, by_gate, spread, tensors
from components.lessons.weights.frames import (
    HEAD,
    HEIGHT,
    MAX_COLUMNS,
    MAX_UNITS,
    PLACES,
    READS,
    parameter_table,
    part,
    parts,
)
from components.lstm.build import build
from components.settings import Settings
from tests.charts.tables import tabled
from tests.lstm.strategies import small_settings

blocks = tabled(frames.blocks)
orders = tabled(frames.orders)
spread_columns = tabled(frames.spread_columns)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A dict a row."""
    listed: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    return listed


pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")


@given(settings=small_settings(), data=st.data())
def test_every_number_stands_where_its_gate_and_unit_say(settings: Settings, data: st.DataObject) -> None:
    """Together the parts hold each number of each tensor, once at least and at the gate, unit and column it names."""
    layer = data.draw(st.integers(0, settings.num_layers - 1))
    reverse = data.draw(st.booleans()) and settings.bidirectional
    found = tensors(build(settings).module, layer, reverse)
    seen = {name: torch.zeros_like(tensor, dtype=torch.bool) for name, tensor in found.items()}
    names = {"x": "weight_ih", "h": "weight_hh", "unit": "weight_hr"}
    for number in range(parts(settings, layer)):
        drawn = blocks(settings, layer, reverse, number, 0.5)
        assert len(drawn.cells) <= 4 * MAX_UNITS * (2 * MAX_COLUMNS + 2) + MAX_UNITS * MAX_COLUMNS
        for cell in records(drawn.cells):
            row = cell["unit"] + (0 if cell["gate"] == 4 else cell["gate"] * settings.hidden_size)
            kind = READS[cell["reads"]]
            name, at = (names[kind], (row, cell["at"])) if kind in names else (kind, (row,))
            seen[name][at] = True
            value = found[name][at].item()
            assert cell["value"] == np.float32(value)
            assert cell["shade"] == round(min(max(value / 0.5, -1), 1) * 100)
    # Units and columns are paged together, so that with several parts not every pair is drawn.
    if parts(settings, layer) == 1:
        assert all(bool(tensor.all()) for tensor in seen.values())
    assert all(bool(tensor.any(dim=0).all()) for tensor in seen.values())


@given(settings=small_settings())
def test_cells_lie_in_the_picture_side_by_side(settings: Settings) -> None:
    """Within the picture, none empty, none over another; outlines hold them; a gate's rows are in its band."""
    drawn = blocks(settings, 0, False, 0, 0.5)
    cells = drawn.cells
    assert cells[["x0", "x1"]].to_numpy().min() >= 0
    assert cells[["x0", "x1"]].to_numpy().max() <= 10_000
    assert cells["y0"].min() == HEAD * 10
    assert cells["y1"].max() <= HEIGHT * 10
    assert (cells["x1"] > cells["x0"]).all()
    assert (cells["y1"] > cells["y0"]).all()
    area = ((cells["x1"] - cells["x0"]).astype(int) * (cells["y1"] - cells["y0"])).sum()
    outlined = (
        (drawn.outlines["x1"] - drawn.outlines["x0"]).astype(int) * (drawn.outlines["y1"] - drawn.outlines["y0"])
    ).sum()
    assert area == outlined
    assert not cells.duplicated(["x0", "y0"]).any()
    bands = drawn.gates.set_index("symbol")
    for gate, rows in cells[cells["gate"] < 4].groupby("gate"):
        assert (rows["y0"].min(), rows["y1"].max()) == (bands["y0"][GATES[gate]], bands["y1"][GATES[gate]])


@given(count=st.integers(1, 300), most=st.integers(1, 30))
def test_parts_are_even_and_hold_all(count: int, most: int) -> None:
    pieces = [part(count, most, number) for number in range(-(-count // most))]
    assert [n for piece in pieces for n in range(piece.first, piece.end)] == list(range(count))
    assert max(piece.end - piece.first for piece in pieces) <= most
    assert part(count, most, 10_000) == pieces[-1]


@given(settings=small_settings())
def test_the_table_holds_whole_rows(settings: Settings) -> None:
    drawn = blocks(settings, 0, False, 0, 0.5)
    found = tensors(build(settings).module, 0, False)
    table = parameter_table(settings, 0, False, drawn.units)
    names = [f"x {n}" for n in range(settings.input_size)] + [f"h {n}" for n in range(settings.output_size)]
    whole = torch.cat([found["weight_ih"], found["weight_hh"]], dim=1)[table["row"].to_list()]
    assert np.array_equal(table[names].to_numpy(), whole.numpy())
    assert [*table["gate"]] == [GATES[row // settings.hidden_size] for row in table["row"]]
    assert [*table["unit"]] == [row % settings.hidden_size for row in table["row"]]
    assert ("bias_ih" in table) == settings.bias


@pytest.mark.parametrize("reader", LIBRARIES)
def test_stacks_are_sorted_as_the_libraries_sort(reader: str) -> None:
    """From top to bottom each stack's gates are its library's, joined gate by gate; unsorted they are PyTorch's."""
    settings = Settings(num_layers=2)
    drawn = orders(settings, 1, False, reader)
    tensor = tensors(build(settings).module, 1, False)["weight_ih"]
    firsts = {gate: block[0, 0].item() for gate, block in by_gate(tensor).items()}
    stacks = drawn.chips.sort_values(["x0", "y0"]).groupby("x0", sort=True)
    found = ["".join(GATES[gate] for gate in stack["gate"]) for _, stack in stacks]
    assert found == [*(LIBRARIES[name].order for name in PLACES), "ifgo"]
    for chip in records(drawn.chips):
        assert chip["first"] == f"{firsts[GATES[chip['gate']]]:.2f} …".replace("-", "−")
    *_, (_, unsorted) = stacks
    meant = [GATES[gate] == order for gate, order in zip(unsorted["gate"], LIBRARIES[reader].order, strict=True)]
    assert [bool(right) for right in unsorted["right"]] == meant
    assert [" as " in letter for letter in unsorted["letter"]] == [not right for right in meant]
    ends = {(chip["gate"], chip["x1"], (chip["y0"] + chip["y1"]) // 2) for chip in records(drawn.chips)}
    starts = {(chip["gate"], chip["x0"], (chip["y0"] + chip["y1"]) // 2) for chip in records(drawn.chips)}
    for line in records(drawn.lines):
        assert (line["gate"], line["x"], line["y"]) in ends
        assert (line["gate"], line["x2"], line["y2"]) in starts


def test_the_spread_s_bars_are_its_counts() -> None:
    found = spread(Settings(hidden_size=9))
    frame = spread_columns(found)
    assert tuple(frame["count"]) == found.counts
    assert (frame["x0"][0], frame["x1"].iloc[-1]) == (-1, 1)
    assert (frame["low"] < frame["expected"]).all()
    assert (frame["expected"] < frame["high"]).all()
