"""The picture of what comes back: every number once, in its own place, and outlines only around equal numbers."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from components.lessons.outputs import frames
from components.lessons.outputs.facts import slots
from components.lessons.outputs.frames import (
    ASKED,
    FOOT,
    HEAD,
    HINT,
    MAX_STEPS,
    MAX_UNITS,
    NEVER_LIT,
    NO_SLOT,
    height,
    returned_frame,
)
from components.lstm.build import build
from components.lstm.returned import returned
from components.settings import Settings
from tests.charts.tables import tabled
from tests.lstm.strategies import limit, settings_id, small_settings

outputs_picture = tabled(frames.outputs_picture)

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
CASES = [
    Settings(),
    Settings(num_layers=2),
    Settings(num_layers=2, bidirectional=True, batch_first=True, batch_size=2),
    Settings(num_layers=3, bidirectional=True, hidden_size=6, proj_size=2),
    Settings(seq_len=1, hidden_size=1),
    Settings(seq_len=60, hidden_size=40, num_layers=4, bidirectional=True),
    Settings(signal="pulse", initial_state="zeros", bias=False, batch_size=4, num_layers=2),
]
cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)


def inside(cells: pd.DataFrame, mark: pd.Series) -> pd.DataFrame:
    """The cells within an outline, from top to bottom, column by column."""
    x, y = (cells["x"] + cells["x2"]) / 2, (cells["y"] + cells["y2"]) / 2
    kept = (x > mark["x"]) & (x < mark["x2"]) & (y > mark["y"]) & (y < mark["y2"])
    within: pd.DataFrame = cells[kept].sort_values(["x", "y"])
    return within


def outlines(picture: Any, slot: int) -> list[pd.Series]:
    """The outlines of a slot that have a width and a height: its own first."""
    marks = picture.scene.marks
    kept = marks[(marks["slot"] == slot) & (marks["x2"] > marks["x"]) & (marks["y2"] > marks["y"])]
    return [row for _, row in kept.iterrows()]


@cases
def test_every_number_is_shown_once(settings: Settings) -> None:
    """All numbers of the sample are shown if they fit. If not, as many as fit, with the first and the last steps."""
    picture = outputs_picture(settings, settings.batch_size - 1)
    frame = returned_frame(settings, settings.batch_size - 1)
    values = sorted(picture.scene.cells["value"])
    if settings.seq_len <= MAX_STEPS and settings.hidden_size <= MAX_UNITS:
        assert values == sorted(frame["value"].astype(np.float32))
    else:
        ends = frame[frame["t"].isin([1, settings.seq_len]) & (frame["unit"] < MAX_UNITS)]
        assert set(ends["value"].astype(np.float32)) <= set(values)
    assert len(values) <= 2 * MAX_UNITS * (MAX_STEPS + 8)


@cases
def test_no_two_cells_share_a_place(settings: Settings) -> None:
    """Cells stand side by side between the head and the foot."""
    cells = outputs_picture(settings, 0).scene.cells
    assert not cells.duplicated(["x", "y"]).any()
    assert cells["y"].min() >= HEAD
    assert cells["y2"].max() <= height(settings.num_directions) - FOOT + 0.2
    for _, row in cells.groupby("y"):
        ordered = row.sort_values("x")
        assert (ordered["x"].to_numpy()[1:] >= ordered["x2"].to_numpy()[:-1] - 0.2).all()


@cases
def test_what_is_outlined_holds_the_same_numbers(settings: Settings) -> None:
    """The cells within a slot's outlines are its numbers; a slot that is nowhere has no outline but its own."""
    for sample in range(settings.batch_size):
        picture = outputs_picture(settings, sample)
        for number, slot in enumerate(slots(settings, sample)):
            own, *others = outlines(picture, number)
            numbers = inside(picture.scene.cells, own)["value"].to_numpy()
            state = returned(settings)[1 if slot.tensor == "h_n" else 2][slot.index, sample]
            assert numbers.tolist() == state[:MAX_UNITS].float().tolist()
            assert bool(others) == bool(slot.same)
            assert (own["opacity"] > 0) == bool(slot.same)
            for mark in others:
                within = inside(picture.scene.cells, mark)["value"].to_numpy().reshape(-1, len(numbers))
                assert len(within)
                assert np.abs(within - numbers).max() <= 1e-5


@cases
def test_a_cell_of_output_points_to_the_slot_with_its_numbers(settings: Settings) -> None:
    """Its `slot` is one whose outline is around it. A cell of output in no outline has no slot."""
    picture = outputs_picture(settings, 0)
    found = slots(settings, 0)
    lit = picture.scene.cells[picture.scene.cells["slot"] >= 0]
    for number, slot in enumerate(found):
        within = [len(inside(picture.scene.cells, mark)) for mark in outlines(picture, number)]
        if sum(one.same == slot.same for one in found if one.same) <= 1:
            assert (lit["slot"] == number).sum() == sum(within)


def test_unrevealed_it_tells_nothing() -> None:
    """Before an answer no cell has a slot, and there are no outlines and no sentences. The numbers are the same."""
    settings = Settings(num_layers=2, bidirectional=True)
    open_, shut = outputs_picture(settings, 0), outputs_picture(settings, 0, revealed=False)
    assert (shut.scene.cells["slot"] == -1).all()
    assert (shut.scene.marks["opacity"] == 0).all()
    assert (shut.scene.marks["slot"] == NEVER_LIT).all()
    hidden = shut.scene.words[shut.scene.words["style"] == "said"]
    assert hidden["text"].tolist() == [ASKED]
    assert hidden["slot"].tolist() == [NO_SLOT]
    assert shut.scene.form == open_.scene.form
    assert shut.scene.cells["value"].equals(open_.scene.cells["value"])
    said = open_.scene.words[open_.scene.words["style"] == "said"]
    assert said["text"].tolist() == [HINT, *open_.said]
    assert said["slot"].tolist() == list(range(NO_SLOT, len(open_.said)))


@given(settings=small_settings(), sample=st.integers(0, 3))
def test_what_is_said_is_true_as_python(settings: Settings, sample: int) -> None:
    """The rows a sentence names, run as Python on torch's own result, are the slot or as far away as it says."""
    sample = min(sample, settings.batch_size - 1)
    module, inputs, hx = build(settings)
    with torch.no_grad():
        output, (h_n, c_n) = module(inputs, hx)
    names = {"output": output, "h_n": h_n, "c_n": c_n}
    picture = outputs_picture(settings, sample)
    for name, said, slot in zip(picture.names, picture.said, slots(settings, sample), strict=True):
        assert said.startswith(f"{name} is ")
        value = eval(name, {"__builtins__": {}}, names)
        rows = re.findall(r"output\[[^\]]*\]", said)
        if slot.nearest is None and not slot.same:
            assert rows == []
            assert f"it has {settings.hidden_size} numbers, a step of it {settings.output_size}" in said
            continue
        (row,) = [eval(one, {"__builtins__": {}}, names) for one in rows]
        if slot.same:
            assert (row - value).abs().max().item() <= limit(c_n)
            assert ("bit for bit" in said) == torch.equal(row, value)
            assert ("up to rounding" in said) == (not torch.equal(row, value) or len(slot.same) > 1)
        else:
            assert "is nowhere in output" in said
            assert f"is {(row - value).abs().max().item():.2g} away" in said


@cases
def test_labels_name_shapes_steps_and_layers(settings: Settings) -> None:
    """Each tensor with the shape that torch gives, every shown step with its number, every layer twice."""
    words = outputs_picture(settings, 0).scene.words
    assert words[words["style"] == "name"]["text"].tolist() == ["output", "h_n", "c_n"]
    shapes = [str(tuple(tensor.shape)) for tensor in returned(settings)]
    assert words[words["style"] == "faint"]["text"].tolist() == shapes
    above = words[words["y"] == words[words["text"] == "t = 1"]["y"].item()]
    for layer in range(settings.num_layers):  # as a word where there is room, else as a number
        word, number = above[above["text"] == f"layer {layer}"], above[above["least"] < 0]
        assert len(word) == 2
        assert (word["least"] > 0).all()
        short = number[number["text"] == str(layer)]
        assert short[["x", "least"]].to_numpy().tolist() == [
            [x, -least] for x, least in word[["x", "least"]].to_numpy()
        ]
    steps = above[(above["least"] >= 0) & ~above["text"].str.startswith("layer")]
    always = steps[steps["least"] == 0]["text"].tolist()
    ends = ["t = 1"] if settings.seq_len == 1 else ["t = 1", str(settings.seq_len)]
    assert [text for text in always if text != "…"] == ends
    assert ("…" in always) == (settings.seq_len > MAX_STEPS)
    assert len(steps) - always.count("…") == min(settings.seq_len, MAX_STEPS)
    sides = words[words["style"] == "margin"]["text"].tolist()
    assert sides == (["forward", "reverse"] if settings.bidirectional else [])


@given(settings=small_settings())
def test_the_table_holds_every_number(settings: Settings) -> None:
    """tensor, t or layer, direction and unit name a number of torch's, each once."""
    sample = settings.batch_size - 1
    frame = returned_frame(settings, sample)
    output, h_n, c_n = returned(settings)
    assert len(frame) == sum(tensor.numel() for tensor in (output, h_n, c_n)) // settings.batch_size
    assert not frame.duplicated(["tensor", "t", "layer", "direction", "unit"]).any()
    output = output.transpose(0, 1) if settings.batch_first else output
    for row in frame.to_dict("records"):
        direction = int(row["direction"] == "reverse")
        if row["tensor"] == "output":
            at = direction * settings.output_size + row["unit"]
            expected = output[row["t"] - 1, sample, at]
        else:
            state = h_n if row["tensor"] == "h_n" else c_n
            expected = state[row["layer"] * settings.num_directions + direction, sample, row["unit"]]
        assert row["value"] == expected.item()
