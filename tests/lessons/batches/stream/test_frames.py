"""The picture of a stream: every cell holds the places it names, and every strip has torch's difference at its step."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from components.charts.scene import WIDTH
from components.lessons.batches.stream import frames
from components.lessons.batches.stream.frames import GLYPHS, NOTHING, OWN, STRANGER, height
from components.lstm.stream import handed
from components.settings import CARRY, HANDED, RESET, SHUFFLED, Settings
from tests.charts.tables import tabled

stream_picture = tabled(frames.stream_picture)

STREAM = Settings(seq_len=20, batch_size=4)
CASES = [(STREAM, 4), (replace(STREAM, seq_len=23, batch_size=5), 10), (replace(STREAM, seq_len=50, batch_size=16), 1)]
cases = pytest.mark.parametrize(("settings", "length"), CASES, ids=["even", "a short end", "single steps"])
ways = pytest.mark.parametrize("way", HANDED)


def places(text: str) -> list[int]:
    """The places that a cell names."""
    first, _, last = text.partition("–")
    return list(range(int(first), int(last or first) + 1))


@cases
@ways
def test_the_batches_hold_the_stream_once(settings: Settings, length: int, way: str) -> None:
    """Each place is in one cell. All places of a cell are in one lane. Later places are darker."""
    cells = stream_picture(settings, length, way).cells
    batch, total = settings.batch_size, settings.seq_len * settings.batch_size
    whole, rest = cells.iloc[:batch], cells.iloc[batch:]
    everything = list(range(1, total + 1))
    assert [one for text in whole["text"] for one in places(text)] == everything
    assert sorted(one for text in rest["text"] for one in places(text)) == everything
    for text in rest["text"]:
        assert len({(one - 1) // settings.seq_len for one in places(text)}) == 1
        assert len(places(text)) <= length
    middle = [np.mean(places(text)) for text in rest["text"]]
    assert np.corrcoef(middle, rest["opacity"])[0, 1] > 0.999  # travels in one byte
    assert 0 < cells["opacity"].min() < cells["opacity"].max() < 1
    assert cells["long"].iloc[-1] == rest["text"].str.len().max()


@cases
@ways
def test_what_is_shown_stays_in_the_picture(settings: Settings, length: int, way: str) -> None:
    """Cells stay in the picture and do not overlap. The width of a cell is its number of steps."""
    picture = stream_picture(settings, length, way)
    for rows in (picture.cells, picture.steps, picture.joins):
        assert (rows["x"] >= 0).all()
        assert (rows["x2"] <= WIDTH + 0.1).all()
        assert (rows["x"] < rows["x2"]).all()
        assert (rows["y"] < rows["y2"]).all()
        assert rows["y2"].max() <= picture.form.height == height(settings.batch_size)
    batches = picture.cells.iloc[settings.batch_size :]
    unit = picture.steps["x2"] - picture.steps["x"]
    wide = batches["x2"] - batches["x"]
    assert np.allclose(wide, [len(places(text)) * unit[0] for text in batches["text"]], atol=0.6)
    for _, row in batches.groupby("y"):
        assert (row["x"].to_numpy()[1:] > row["x2"].to_numpy()[:-1]).all()
    assert (picture.joins["x2"] - picture.joins["x"]).between(0, 60).all()


@ways
def test_a_row_goes_on_where_it_stopped(way: str) -> None:
    """With a carried or reset state, places go on along a row. Shuffled, they never do."""
    cells = stream_picture(STREAM, 4, way).cells.iloc[4:]
    runs = [places(b)[0] == places(a)[-1] + 1 for _, row in cells.groupby("y") for a, b in pairwise(row["text"])]
    assert len(runs) == 4 * 4
    assert set(runs) == {way != SHUFFLED}


@cases
@ways
def test_each_difference_stands_under_its_place(settings: Settings, length: int, way: str) -> None:
    found, picture = handed(settings, length)[way], stream_picture(settings, length, way)
    steps = picture.steps
    assert steps["difference"].tolist() == found.max_abs_diff.float().flatten().tolist()
    assert steps["t"].tolist() == np.repeat(np.arange(1, settings.seq_len + 1), settings.batch_size).tolist()
    assert (steps["difference"] > found.tolerance).sum() == found.off
    batches = picture.cells.iloc[settings.batch_size :].reset_index()
    for n in (0, len(steps) // 2, len(steps) - 1):  # under a cell, within its edges
        one = steps.iloc[n]
        over = batches[(batches["x"] <= one["x"] + 0.6) & (batches["x2"] >= one["x2"] - 0.6)]
        near = (one["y"] - over["y2"]).abs().min()
        assert 0 < near < 4


@pytest.mark.parametrize(("way", "kind"), [(CARRY, OWN), (RESET, NOTHING), (SHUFFLED, STRANGER)])
def test_a_sign_says_what_a_row_starts_from(way: str, kind: str) -> None:
    """There is one join between two cells of a row. Each has one kind, and its words name the places."""
    picture = stream_picture(STREAM, 4, way)
    joins = picture.joins
    assert len(joins) == 4 * 4
    assert set(joins["text"]) == {GLYPHS[kind]}
    cells = picture.cells.iloc[4:]
    for place, row in enumerate(sorted(set(cells["y"]))):
        texts = cells[cells["y"] == row]["text"].tolist()
        for k, (before, after) in enumerate(pairwise(texts)):
            said = joins.iloc[k * 4 + place]["said"]
            first = places(after)[0]
            if way == RESET:
                assert said == f"zeros, then {first}"
            else:
                assert said == f"{places(before)[-1]}, then {first}"


@ways
def test_nothing_is_told_before_an_answer(way: str) -> None:
    """It has the same cells, but no signs, words or differences. So the chart stays the same."""
    before, after = stream_picture(STREAM, 4, way, False), stream_picture(STREAM, 4, way)
    assert before.cells.equals(after.cells)
    assert len(before.joins) == len(after.joins)
    for column in ("text", "said"):
        assert set(before.joins[column]) == {""}
    assert set(before.steps["difference"]) == {0.0}


def test_rows_and_chunks_are_named() -> None:
    words = stream_picture(STREAM, 4, CARRY).words
    assert words[words["style"] == "margin"]["text"].tolist() == ["stream", "row 0", "row 1", "row 2", "row 3"]
    above = words[words["style"] != "margin"]["text"].tolist()
    assert above == ["detach"] * 4 + [f"chunk {k}" for k in range(1, 6)]


@ways
def test_detach_cuts_between_two_chunks(way: str) -> None:
    """A line in the middle of each join, after the answer, if a state is handed on; so is the word."""
    for told in (False, True):
        picture = stream_picture(STREAM, 4, way, told)
        shown = told and way != RESET
        assert len(picture.cuts) == (4 if shown else 0)
        assert "detach" in picture.words["text"].tolist() if shown else "detach" not in picture.words["text"].tolist()
        if shown:
            joins = picture.joins.drop_duplicates("x")
            assert (picture.cuts["x"] - (joins["x"] + joins["x2"]).to_numpy() / 2).abs().max() <= 1
