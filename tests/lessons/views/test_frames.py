"""A line's picture: every cell is a number of torch at its place, and the number of cells is limited."""

import math
from typing import Any

import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.charts.scene import WIDTH
from components.lessons.views import frames
from components.lessons.views.facts import LineError, parse, positions, rearrange
from components.lessons.views.frames import (
    CELL,
    DEEPEST,
    LINE,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_HOPS,
    MOST_LINES,
    MOST_ROWS,
    OTHER,
    SAMPLES,
    WIDEST,
    table_frame,
)
from components.lessons.views.storage.facts import shares
from components.settings import FIELDS
from tests.charts.tables import tabled
from tests.lessons.views.test_facts import lines

pictured = tabled(frames.pictured)

steady = examples(deadline=None, derandomize=True, max_examples=120)
SIZES = (5, 2, 3)
SOME = [(2, 2, 2), (5, 2, 3), (20, 4, 3), (7, 16, 5), (200, 16, 64)]
LINES = [
    "x",
    "x.transpose(0, 1)",
    "x.view(B, T, I)",
    "x.transpose(0, 1).view(B, -1)",
    "x.transpose(0, 1).reshape(B, -1)",
    "x.flip(0)",
    "x.view(-1)",
    "x.view(-1, 1)",
    "x[0, 0, 0]",
    "x[:0]",
    "x[:0].flip(0)",
    "x[1:, 0, ::2]",
    "x[0].expand(T, B, I)",
    "x[0, 0, :1].expand(5000)",
    "x.unsqueeze(0).unsqueeze(-1)",
    "x.view(1, T, 1, B, 1, I)",
]


def parts(picture: Any) -> list[list[int]]:
    """The origins of each part of the picture, in order: a part is a run of cells on lines that follow each other."""
    cells, words = picture.scene.cells, picture.scene.words
    ends = lines_of(words[words["style"] == "margin name"])
    origins, at = cells["origin"], lines_of(cells)
    tapes = [origins[at == line].tolist() for line in sorted(set(at[at < ends.iloc[0]]))]
    first, second = ends
    grids = [origins[(at > first) & (at < second)].tolist(), origins[at > second].tolist()]
    return tapes + grids


def lines_of(table: pd.DataFrame) -> pd.Series:
    """The line on which each stands, from 0."""
    lines: pd.Series = (table["y"] // LINE).astype(int)
    return lines


@pytest.mark.parametrize("line", LINES)
def test_what_is_shown_is_torch_s(line: str) -> None:
    """Memory in its order, `x` and the result element by element, and a memory of its own for a copy."""
    picture = pictured(SIZES, line, False)
    x = positions(SIZES)
    result = rearrange(x, parse(line, dict(zip("TBI", SIZES, strict=True)))).result
    found = parts(picture)
    assert found[0] == found[-2] == list(range(30))
    shown = result.reshape(-1, *(1, 1, *result.shape)[-1:])[:MOST_ROWS] if result.dim() == 2 else result.flatten()
    assert found[-1] == shown.flatten()[:MOST_CELLS].tolist()
    own = [] if not result.numel() or shares(result, x) else [result.contiguous().untyped_storage()]
    assert len(found) - 3 == len(own)
    if own:
        assert sorted(found[1]) == sorted(result.flatten().tolist())


@steady
@given(line=lines(), sizes=st.sampled_from(SOME), write=st.booleans())
def test_a_picture_of_anything_stands_and_is_bounded(line: str, sizes: tuple[int, int, int], write: bool) -> None:
    """For any line and size: all is inside the picture, it has a few thousand cells at most, and no line is empty."""
    try:
        picture = pictured(sizes, line, write)
    except LineError:
        return
    cells, curves, words = picture.scene.cells, picture.scene.curves, picture.scene.words
    assert len(cells) <= 2 * MOST_CELLS + 2 * MOST_COLUMNS * MOST_ROWS * 2
    assert len(curves) <= 8 * MOST_HOPS * 5
    assert ((cells["x"] >= 0) & (cells["x2"] <= WIDTH + 0.1) & (cells["x"] < cells["x2"])).all()
    assert curves["x"].between(0, WIDTH).all()
    assert (curves["y"] % LINE).between(0, CELL).all()
    assert cells["opacity"].between(0, DEEPEST + 0.01).all()
    used = {*lines_of(cells), *lines_of(curves), *lines_of(words)}
    assert used == set(range(max(used) + 1))
    assert max(used) <= 2 * MOST_LINES + 16
    # No two cells on one place.
    spots = cells.sort_values(["y", "x"])
    together = spots["y"].to_numpy()[1:] == spots["y"].to_numpy()[:-1]
    assert (spots["x"].to_numpy()[1:] - spots["x2"].to_numpy()[:-1] > -0.15)[together].all()


@steady
@given(sizes=st.sampled_from(SOME), line=st.sampled_from(LINES))
def test_label_and_shade_name_the_sample(sizes: tuple[int, int, int], line: str) -> None:
    """A cell's letter is its sample's, its number its place in memory; cells of one sample share a shade if read."""
    _, batch, features = sizes
    cells = pictured(sizes, line, False).scene.cells
    sample = cells["origin"] // features % batch
    assert (cells["number"] == cells["origin"].astype(str)).all()
    assert (cells["label"] == [SAMPLES[at] for at in sample] + cells["number"]).all()
    read = cells[cells["opacity"] > 0]
    shades = read.groupby(sample[read.index] % 4)["opacity"]
    assert (shades.nunique() == 1).all()
    assert read["opacity"].nunique() == len(shades)


@pytest.mark.parametrize("line", [line for line in LINES if ":0" not in line])
def test_a_written_cell_shows_wherever_it_lies(line: str) -> None:
    """If -1 is written, exactly the cells in which torch has -1 show it."""
    x = positions(SIZES)
    result = rearrange(x, parse(line, dict(zip("TBI", SIZES, strict=True)))).result
    picture = pictured(SIZES, line, True)
    cells = picture.scene.cells[picture.scene.cells["number"] == "\u22121"]
    assert picture.reached == shares(result, x)
    assert set(cells["origin"]) == {int(result.flatten()[0])}
    grid = min(picture.changed, MOST_CELLS)
    assert len(cells) == grid + (2 if picture.reached else 1)


def test_cells_that_are_not_read_are_blank() -> None:
    """A slice reads some cells of the memory: the others have no shade there."""
    picture = pictured(SIZES, "x[:, 0]", False)
    tape = picture.scene.cells[lines_of(picture.scene.cells) == 1]
    assert (tape["opacity"] > 0).tolist() == [at // 3 % 2 == 0 for at in range(30)]


@pytest.mark.parametrize("line", LINES)
def test_hops_land_where_the_strides_say(line: str) -> None:
    """For each axis the finger stops at the cells offset, offset + stride, ... of the memory."""
    picture = pictured(SIZES, line, False)
    last = picture.readings[-1]
    x = positions(SIZES)
    result = rearrange(x, parse(line, dict(zip("TBI", SIZES, strict=True)))).result
    count = min(len(result.untyped_storage()) // 8, MOST_CELLS)
    width = min(WIDTH / max(count, 1), WIDEST)
    curves, words = picture.scene.curves, picture.scene.words
    notes = words[words["text"].str.startswith("y axis")]
    assert len(notes) == result.dim()
    for axis, at in enumerate(lines_of(notes)):
        ends = curves[(lines_of(curves) == at) & (curves["end"] == 1)]
        stops = sorted({round(x / width - 0.5) for x in ends["x"]})
        expected = {last.offset + k * last.stride[axis] for k in range(min(last.shape[axis], MOST_HOPS + 1))}
        assert stops == sorted(stop for stop in expected if stop < count)
        for _, hop in curves[lines_of(curves) == at].groupby("path"):  # from stop to stop, through the air
            assert hop["x"].is_monotonic_increasing
            assert hop["end"].tolist() == ([1] if len(hop) == 1 else [1, *[0] * (len(hop) - 2), 1])
            assert (hop["y"][hop["end"] == 0] < hop["y"].iloc[0]).all()


@pytest.mark.parametrize("line", OTHER)
@pytest.mark.parametrize("sizes", [(5, 2, 3), (2, 2, 2), (7, 4, 3), (3, 6, 20)])
def test_the_other_line_s_result_stands_beside_or_below(line: str, sizes: tuple[int, int, int]) -> None:
    """After all other cells come those of the other line's result, in torch's order; no two cells share a place."""
    alone, both = (pictured(sizes, line, False, compare).scene.cells for compare in (False, True))
    x = torch.arange(math.prod(sizes)).view(sizes)
    other = x.view(sizes[1], sizes[0], sizes[2]) if line == "x.transpose(0, 1)" else x.transpose(0, 1)
    added = both.iloc[len(alone) :]
    pd.testing.assert_frame_equal(both.iloc[: len(alone)], alone, check_dtype=False)  # the same type, or a wider one
    if len(added) == x.numel():  # all of it is shown
        assert added["origin"].tolist() == other.flatten().tolist()
    assert set(added["origin"]) <= set(other.flatten().tolist())
    assert len(added)
    assert not both.duplicated(["x", "y"]).any()


@pytest.mark.parametrize("line", LINES)
def test_the_table_says_where_each_element_lies(line: str) -> None:
    """Index, number and cell: reading the memory at that cell gives that number, which is the element at that index."""
    picture = pictured(SIZES, line, False)
    result = rearrange(positions(SIZES), parse(line, dict(zip("TBI", SIZES, strict=True)))).result
    table = table_frame(picture)
    assert list(table.columns) == ["index", "number", "cell"]
    assert len(table) == min(len(table), result.numel())
    memory = torch.empty(0, dtype=result.dtype).set_(result.untyped_storage())
    for index, number, cell in table.itertuples(index=False):
        place = tuple(map(int, index.split(", "))) if index else ()
        assert result[place] == number == memory[cell]


def test_readings_follow_the_memory() -> None:
    """x's memory is 0; each copy has the next number, and views of it keep that."""
    picture = pictured(SIZES, "x.transpose(0, 1).contiguous().view(-1).flip(0)[1:]", False)
    assert [reading.memory for reading in picture.readings] == [0, 0, 1, 1, 2, 2]
    assert [reading.contiguous for reading in picture.readings] == [True, False, True, True, True, True]
    assert picture.readings[-1].offset == 1
    assert picture.readings[1].stride == (3, 6, 1)


def test_rows_of_samples() -> None:
    """A result with one sample in each row is recognised. The same shape in the order of memory is not."""
    good = pictured(SIZES, "x.transpose(0, 1).reshape(B, -1)", False)
    assert (good.rows, good.whole) == (((0,), (1,)), True)
    mixed = pictured(SIZES, "x.view(B, -1)", False)
    assert (mixed.rows, mixed.whole) == (((0, 1), (0, 1)), False)
    turned = pictured(SIZES, "x.transpose(0, 1).flip(1).reshape(B, -1)", False)
    assert (turned.rows, turned.whole) == (((0,), (1,)), False)
    assert pictured(SIZES, "x", False).rows is None


def test_there_is_a_letter_for_every_sample() -> None:
    """As many letters as samples are allowed, each once."""
    assert len(set(SAMPLES)) == len(SAMPLES) == FIELDS["batch_size"].high  # type: ignore[union-attr]


def test_parts_say_that_they_are_parts() -> None:
    """A part that is not shown completely is named, with both counts. At the defaults nothing is left out."""
    assert pictured(SIZES, "x.transpose(0, 1)", False).shown == ()
    shown = " ".join(pictured((200, 16, 64), "x.transpose(0, 1)", False).shown)
    assert "160 of 204800 cells of the memory" in shown
    assert f"{MOST_ROWS} of 200 rows" in shown
