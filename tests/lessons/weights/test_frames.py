"""The pictures of parameters: every number has its place, the parts hold all numbers, libraries have their orders."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from components.charts.scene import WIDTH
from components.lessons.weights import frames
from components.lessons.weights.facts import GATES, LIBRARIES, by_gate, spread, tensors
from components.lessons.weights.frames import (
    HEAD,
    HEIGHT,
    MAX_COLUMNS,
    MAX_UNITS,
    NO_GATE,
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
    """A dict for each row."""
    listed: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    return listed


def within(words: pd.DataFrame, chip: dict[str, Any], start: str, end: str = "") -> pd.DataFrame:
    """The words in a chip whose style begins and ends with these words."""
    inside = words["x"].between(chip["x"], chip["x2"]) & words["y"].between(chip["y"], chip["y2"])
    style = words["style"].str.startswith(start) & (words["style"].str.endswith("alone") == (end == "alone"))
    found: pd.DataFrame = words[inside & style]
    return found


pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")


@given(settings=small_settings(), data=st.data())
def test_every_number_stands_where_its_gate_and_unit_say(settings: Settings, data: st.DataObject) -> None:
    """The parts hold each number of each tensor at least once, with its own gate, unit and column."""
    layer = data.draw(st.integers(0, settings.num_layers - 1))
    reverse = data.draw(st.booleans()) and settings.bidirectional
    found = tensors(build(settings).module, layer, reverse)
    seen = {name: torch.zeros_like(tensor, dtype=torch.bool) for name, tensor in found.items()}
    names = {"x": "weight_ih", "h": "weight_hh", "unit": "weight_hr"}
    for number in range(parts(settings, layer)):
        picture = blocks(settings, layer, reverse, number, 0.5)
        assert len(picture.scene.cells) <= 4 * MAX_UNITS * (2 * MAX_COLUMNS + 2) + MAX_UNITS * MAX_COLUMNS
        for cell in records(picture.scene.cells):
            row = cell["unit"] + (0 if cell["gate"] == NO_GATE else cell["gate"] * settings.hidden_size)
            kind = READS[cell["reads"]]
            name, at = (names[kind], (row, cell["at"])) if kind in names else (kind, (row,))
            seen[name][at] = True
            value = found[name][at].item()
            assert cell["value"] == np.float32(value)
            assert cell["shade"] == round(min(max(value / 0.5, -1), 1) * 100)
    # Units and columns are paged together, so that with several parts not every pair is shown.
    if parts(settings, layer) == 1:
        assert all(bool(tensor.all()) for tensor in seen.values())
    assert all(bool(tensor.any(dim=0).all()) for tensor in seen.values())


@given(settings=small_settings())
def test_cells_lie_in_the_picture_side_by_side(settings: Settings) -> None:
    """Cells lie in the picture, are not empty and do not overlap. Outlines hold them. Rows lie in their gate's band."""
    scene = blocks(settings, 0, False, 0, 0.5).scene
    cells, outlines = scene.cells, scene.outlines
    assert cells["x"].min() >= 0
    assert cells["x2"].max() <= WIDTH + 0.2
    assert cells["y"].min() == HEAD
    assert cells["y2"].max() <= HEIGHT + 0.2
    assert (cells["x2"] > cells["x"]).all()
    assert (cells["y2"] > cells["y"]).all()
    area = ((cells["x2"] - cells["x"]) * (cells["y2"] - cells["y"])).sum()
    outlined = ((outlines["x2"] - outlines["x"]) * (outlines["y2"] - outlines["y"])).sum()
    assert area == pytest.approx(outlined, rel=0.01)
    assert not cells.duplicated(["x", "y"]).any()
    symbols = scene.words[scene.words["style"] == "gate symbol"]
    assert [(GATES[gate], text) for gate, text in zip(symbols["gate"], symbols["text"], strict=True)] == [
        (gate, gate) for gate in GATES
    ]
    for gate, rows in cells[cells["gate"] < NO_GATE].groupby("gate"):
        (symbol,) = symbols[symbols["gate"] == gate]["y"]
        (edges,) = {*zip(*(outlines[outlines["gate"] == gate][name] for name in ("y", "y2")), strict=True)}
        assert (rows["y"].min(), rows["y2"].max()) == pytest.approx(edges, abs=0.2)
        assert edges[0] < symbol < edges[1]


@given(count=st.integers(1, 300), most=st.integers(1, 30))
def test_parts_are_even_and_hold_all(count: int, most: int) -> None:
    pieces = [part(count, most, number) for number in range(-(-count // most))]
    assert [n for piece in pieces for n in range(piece.first, piece.end)] == list(range(count))
    assert max(piece.end - piece.first for piece in pieces) <= most
    assert part(count, most, 10_000) == pieces[-1]


@given(settings=small_settings())
def test_the_table_holds_whole_rows(settings: Settings) -> None:
    picture = blocks(settings, 0, False, 0, 0.5)
    found = tensors(build(settings).module, 0, False)
    table = parameter_table(settings, 0, False, picture.units)
    names = [f"x {n}" for n in range(settings.input_size)] + [f"h {n}" for n in range(settings.output_size)]
    whole = torch.cat([found["weight_ih"], found["weight_hh"]], dim=1)[table["row"].to_list()]
    assert np.array_equal(table[names].to_numpy(), whole.numpy())
    assert [*table["gate"]] == [GATES[row // settings.hidden_size] for row in table["row"]]
    assert [*table["unit"]] == [row % settings.hidden_size for row in table["row"]]
    assert ("bias_ih" in table) == settings.bias


@pytest.mark.parametrize("reader", LIBRARIES)
def test_stacks_are_sorted_as_the_libraries_sort(reader: str) -> None:
    """Each stack has its library's order, and lines join equal gates. The unsorted stack has PyTorch's order."""
    settings = Settings(num_layers=2)
    picture = orders(settings, 1, False, reader)
    tensor = tensors(build(settings).module, 1, False)["weight_ih"]
    firsts = {gate: block[0, 0].item() for gate, block in by_gate(tensor).items()}
    stacks = picture.chips.sort_values(["x", "y"]).groupby("x", sort=True)
    found = ["".join(GATES[gate] for gate in stack["gate"]) for _, stack in stacks]
    assert found == [*(LIBRARIES[name].order for name in PLACES), "ifgo"]
    for chip in records(picture.chips):
        (number,) = within(picture.words, chip, "first number")["text"]
        assert number == f"{firsts[GATES[chip['gate']]]:.2f} …".replace("-", "−")
        wide, narrow = within(picture.words, chip, "letter"), within(picture.words, chip, "letter", "alone")
        assert wide["text"].tolist() == narrow["text"].tolist()
        assert (wide["least"] == -narrow["least"].to_numpy()).all()  # one of the two is shown
    *_, (_, unsorted) = stacks
    meant = [GATES[gate] == order for gate, order in zip(unsorted["gate"], LIBRARIES[reader].order, strict=True)]
    letters = [within(picture.words, chip, "letter") for chip in records(unsorted)]
    assert [(" as " not in word["text"].item(), word["style"].item() == "letter") for word in letters] == [
        (right, right) for right in meant
    ]
    ends = {(chip["gate"], chip["x2"], (chip["y"] + chip["y2"]) / 2) for chip in records(picture.chips)}
    starts = {(chip["gate"], chip["x"], (chip["y"] + chip["y2"]) / 2) for chip in records(picture.chips)}
    assert len(picture.lines) == 4 * (len(PLACES) - 1)
    for line in records(picture.lines):
        assert (line["gate"], line["x"], line["y"]) in ends
        assert (line["gate"], line["x2"], line["y2"]) in starts


def test_what_a_reader_takes_is_not_told_before_an_answer() -> None:
    """Each block has its own letter and a question mark in one style. Nothing else is different."""
    before, after = (orders(Settings(), 0, False, "ONNX", revealed) for revealed in (False, True))
    asked = before.words[before.words["text"].str.endswith("as ?")]
    assert asked["text"].str[0].tolist() == [gate for gate in "ifgo" for _ in (0, 1)]
    assert set(asked["style"]) == {"letter", "letter alone"}
    assert before.chips.equals(after.chips)
    assert before.lines.equals(after.lines)


@pytest.mark.parametrize("reader", LIBRARIES)
def test_a_chip_has_the_gate_that_a_reader_takes_a_block_for(reader: str) -> None:
    """Beside each block, in its height, right of all cells; before an answer with a question mark."""
    library = LIBRARIES[reader]
    for revealed in (True, False):
        scene = blocks(Settings(), 0, False, 0, 0.5, reader, revealed).scene
        chips = scene.chips.sort_values("y")
        outlines = scene.outlines[scene.outlines["x"] == 0].sort_values("y")
        assert chips[["y", "y2"]].to_numpy().tolist() == outlines[["y", "y2"]].to_numpy().tolist()
        assert chips["x"].min() > scene.cells["x2"].max()
        letters = [
            word["text"] for chip in records(chips) for word in records(within(scene.words, chip, "letter", "alone"))
        ]
        if revealed:
            assert [GATES[gate] for gate in chips["gate"]] == list(library.order)
            assert letters == [library.g if gate == "g" else gate for gate in library.order]
        else:
            assert (set(chips["gate"]), letters) == ({NO_GATE}, ["?"] * 4)


def test_the_spread_s_bars_are_its_counts() -> None:
    found = spread(Settings(hidden_size=9))
    frame = spread_columns(found)
    assert tuple(frame["count"]) == found.counts
    assert (frame["x0"][0], frame["x1"].iloc[-1]) == (-1, 1)
    assert (frame["low"] < frame["expected"]).all()
    assert (frame["expected"] < frame["high"]).all()
