"""The pictures of lengths: every row of data has its three places, and cells are red exactly where torch differs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.charts.scene import WIDTH
from components.lessons.lengths import USUAL, frames
from components.lessons.lengths.facts import WAYS, four_ways, packed
from components.lessons.lengths.frames import MOST_COLUMNS, MOST_ROW, MOST_WALKED, PADDED
from components.lessons.lengths.line.facts import Lengths, corpus
from components.settings import Settings
from tests.charts.tables import tabled

blocks = tabled(frames.blocks)
damage = tabled(frames.damage)
waste_columns = tabled(frames.waste_columns)

steady = examples(deadline=None, derandomize=True, max_examples=25)
some_lengths = st.lists(st.integers(1, 40), min_size=1, max_size=16).map(tuple)
LONG = (200,) * 15 + (3,)


@steady
@given(lengths=some_lengths)
def test_each_row_of_data_stands_in_all_three_places(lengths: Lengths) -> None:
    """It stands in the padded block, in its sample's row of the packed block, and in the row of data."""
    scene, done = blocks(lengths).scene, packed(lengths)
    cells = scene.cells
    names = scene.words.set_index("text")["x"]
    unit = (cells["x2"] - cells["x"])[0]
    row = (cells["y2"] - cells["y"])[0]
    top = scene.words[scene.words["style"] == "small margin"]["y"].iloc[1] - row / 2  # of the first sample's row
    for k in {0, len(done.steps) // 2, len(done.steps) - 1}:
        own = cells[cells["k"] == k]
        assert len(own) == (3 if sum(lengths) <= MOST_ROW else 2)
        for place, start, (_, cell) in zip(
            (done.samples[k], done.back[done.samples[k]]), ("padded", "packed"), own.iterrows(), strict=False
        ):
            # Widths are rounded to tenths of a px, so errors add up to half a px over ten steps.
            assert cell["x"] - names[start] == pytest.approx(done.steps[k] * unit, abs=0.1 + 0.06 * done.steps[k])
            assert cell["y"] - top == pytest.approx(place * row, abs=0.1 + 0.06 * place)
    padding = cells[cells["k"] == PADDED]
    assert len(padding) == sum(length < max(lengths) for length in lengths)
    wide = (padding["x2"] - padding["x"]).sum() / unit
    assert wide == pytest.approx(max(lengths) * len(lengths) - sum(lengths), rel=0.01)


@steady
@given(lengths=some_lengths)
def test_arrows_lead_to_the_sorted_row_and_back(lengths: Lengths) -> None:
    """One arrow leads from each sample to its row, and one leads from the row to the sample."""
    scene, done = blocks(lengths).scene, packed(lengths)
    there, back = np.split(scene.lines[["x", "y", "x2", "y2"]].to_numpy(), 2)
    first = min(there[:, 1])
    row = (max(there[:, 1]) - first) / max(len(lengths) - 1, 1) or 1
    assert [round((y - first) / row) for y in there[:, 1]] == list(done.order)
    assert there[:, 3].tolist() == back[:, 1].tolist()
    assert there[:, 1].tolist() == back[:, 3].tolist()
    assert (there[:, 0] < there[:, 2]).all()
    assert (back[:, 0] > there[:, 2].max()).all()
    words = scene.words
    packed_at = words.set_index("text")["x"]["packed"]
    sizes = words[words["style"].str.startswith("bold") & (words["x"] > packed_at)].sort_values("x")
    below = sizes.iloc[: max(lengths)]  # those right of them are the rows' samples
    assert below["text"].astype(int).tolist() == list(done.batch_sizes)
    assert below["y"].nunique() == 1  # all in one row, below the block
    assert below["y"].iloc[0] > scene.cells["y2"][scene.cells["k"] == 0].iloc[0]


def test_what_is_said_of_a_row_is_where_it_is() -> None:
    picture = blocks(USUAL)
    assert picture.said[8] == "data[8] is sample 1 at step 2, in row 3 of the packed block"
    assert len(picture.said) == len(picture.names) == sum(USUAL)


def test_the_largest_batch_is_drawn_within_bounds() -> None:
    """A long row has two places, because a third would be too small. Words are for the rows that can be reached."""
    picture = blocks(LONG)
    assert len(picture.said) == MOST_WALKED
    assert len(picture.scene.cells) == 2 * sum(LONG) + 1
    settings = Settings(seq_len=200, batch_size=16, bidirectional=True)
    picture = damage(four_ways(settings, LONG), LONG, ("",) * 4)
    assert len(picture.cells) <= 4 * 16 * 2 * (MOST_COLUMNS + 3)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("lengths", [USUAL, (4, 4), (1,), (60, 3)], ids=str)
def test_red_is_where_torch_s_outputs_differ(lengths: Lengths, bidirectional: bool) -> None:
    """Red covers a step if and only if it is wrong. The same holds for what is read, which has an edge."""
    found = four_ways(Settings(seq_len=max(lengths), batch_size=len(lengths), bidirectional=bidirectional), lengths)
    cells = damage(found, lengths, ("",) * 4).cells
    steps, directions = max(lengths), 1 + bidirectional
    several = -(-steps // MOST_COLUMNS)
    gap = max(1.0, 0.12 * steps)
    unit = WIDTH / (2 * steps + gap)
    lower = cells["y"] > frames.damage_height(len(lengths), directions) / 2
    start, end = cells["x"] / unit, cells["x2"] / unit  # in columns
    read = cells["edge"] > 0
    assert read.sum() == len(WAYS) * len(lengths) * directions
    red = (cells["wrong"] == 1) & ~read
    for number, way in enumerate(found.ways):
        line, column = divmod(number, 2)
        left = column * (steps + gap)
        mine = (start >= left - 0.2) & (end <= left + steps + 0.2) & (lower == bool(line))
        wrong = [
            (sample, first)
            for sample, length in enumerate(lengths)
            for direction in range(directions)
            for first in range(0, length, several)
            if not found.same(way.output[sample, direction, first : min(first + several, length)].max().item())
        ]
        places = zip(cells["sample"][red & mine], (start[red & mine] - left).round(), strict=True)
        assert [(int(sample), int(x)) for sample, x in places] == wrong
        assert cells["wrong"][read & mine].tolist() == [
            int(not found.same(size)) for size in way.read.flatten().tolist()
        ]


def test_nothing_is_red_before_it_may_be_told() -> None:
    """The picture has the same form and the same cells, but no cell is red and no difference is a number."""
    found = four_ways(Settings(seq_len=7, batch_size=5, bidirectional=True), USUAL)
    told, hidden = (frames.damage(found, USUAL, ("",) * 4, revealed) for revealed in (True, False))
    assert hidden.form == told.form
    cells = hidden.columns["cells"]
    assert len(cells["x"]) == len(told.columns["cells"]["x"])
    assert told.columns["cells"]["wrong"].any()
    assert not cells["wrong"].any()
    assert np.isnan(cells["difference"]).all()
    assert len(np.unique(cells["opacity"])) == 2  # of steps, and of padding


def test_the_waste_of_every_batch_is_in_the_frame() -> None:
    """The area between the two curves, times the sequences in a batch, is the number of padded places."""
    made = corpus(2)
    frame = waste_columns(made)
    for sorted_, batches in enumerate((made.random, made.by_length)):
        rows = frame[frame["by_length"] == sorted_].iloc[:-1]
        assert rows["longest"].tolist() == [block.longest for block in batches]
        assert np.allclose(rows["mean"], [block.filled / block.sequences for block in batches])
