"""The pictures of lengths: every row of data at its three places, red exactly where torch says so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.lessons.lengths import USUAL, frames
from components.lessons.lengths.facts import WAYS, four_ways, packed
from components.lessons.lengths.frames import MOST_COLUMNS, MOST_ROW, MOST_WALKED
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
    """In the padded block at its step and sample, in the packed one in its sample's row, and in the row of data."""
    picture, done = blocks(lengths), packed(lengths)
    cells = picture.cells
    for k in {0, len(done.steps) // 2, len(done.steps) - 1}:
        own = cells[cells["k"] == k].reset_index()
        assert len(own) == (3 if sum(lengths) <= MOST_ROW else 2)
        gap = own["x0"][1] - own["x0"][0]
        assert own["x0"][0] == done.steps[k]
        assert gap == pytest.approx(max(lengths) + max(2.4, 0.3 * max(lengths)), rel=1e-5)
        row = own["y1"][0] - own["y0"][0]
        for place, drawn in ((done.samples[k], own["y0"][0]), (done.back[done.samples[k]], own["y0"][1])):
            assert drawn == pytest.approx(own["y0"][0] + (place - done.samples[k]) * row, abs=1e-3)
    padding = cells[cells["k"] < 0]
    assert (padding["x1"] - padding["x0"]).sum() == max(lengths) * len(lengths) - sum(lengths)


@steady
@given(lengths=some_lengths)
def test_arrows_lead_to_the_sorted_row_and_back(lengths: Lengths) -> None:
    """Each arrow starts where another one ends: from a sample to its row, and from the row to the sample."""
    picture, done = blocks(lengths), packed(lengths)
    there, back = np.split(picture.arrows.to_numpy(), 2)
    first = min(there[:, 1])
    row = (max(there[:, 1]) - first) / max(len(lengths) - 1, 1) or 1
    assert [round((y - first) / row) for y in there[:, 1]] == list(done.order)
    assert there[:, 3].tolist() == back[:, 1].tolist()
    assert there[:, 1].tolist() == back[:, 3].tolist()
    heads = picture.labels[picture.labels["kind"].str.startswith("size")]
    assert heads["text"].astype(int).tolist() == list(done.batch_sizes)


def test_what_is_said_of_a_row_is_where_it_is() -> None:
    picture = blocks(USUAL)
    assert picture.said[8] == "data[8] is sample 1 at step 2, in row 3 of the packed block"
    assert len(picture.said) == len(picture.names) == sum(USUAL)


def test_the_largest_batch_is_drawn_within_bounds() -> None:
    """Two places a row where a third would be too small to see, as many words as can be walked through."""
    picture = blocks(LONG)
    assert len(picture.said) == MOST_WALKED
    assert len(picture.cells) == 2 * sum(LONG) + 1
    settings = Settings(seq_len=200, batch_size=16, bidirectional=True)
    drawn = damage(four_ways(settings, LONG), LONG, ("",) * 4)
    assert len(drawn.cells) <= 4 * 16 * 2 * (MOST_COLUMNS + 3)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("lengths", [USUAL, (4, 4), (1,), (60, 3)], ids=str)
def test_red_is_where_torch_s_outputs_differ(lengths: Lengths, bidirectional: bool) -> None:
    """A step is covered by red if and only if it is wrong; so is what is read, which alone has an edge."""
    found = four_ways(Settings(seq_len=max(lengths), batch_size=len(lengths), bidirectional=bidirectional), lengths)
    cells = damage(found, lengths, ("",) * 4).cells
    steps, directions = max(lengths), 1 + bidirectional
    several = -(-steps // MOST_COLUMNS)
    pitch = steps + max(1.0, 0.18 * steps)
    read = cells[cells["edge"] > 0]
    assert len(read) == len(WAYS) * len(lengths) * directions
    red = cells[(cells["wrong"] == 1) & (cells["edge"] == 0)]
    for number, way in enumerate(found.ways):
        here = red[(red["x0"] >= number * pitch - 0.01) & (red["x1"] <= number * pitch + steps + 0.01)]
        wrong = [
            (sample, first)
            for sample, length in enumerate(lengths)
            for direction in range(directions)
            for first in range(0, length, several)
            if not found.same(way.output[sample, direction, first : min(first + several, length)].max().item())
        ]
        places = zip(here["sample"], (here["x0"] - number * pitch).round(), strict=True)
        assert [(int(sample), int(x)) for sample, x in places] == wrong
        mine = read[(read["x0"] >= number * pitch - 0.01) & (read["x1"] <= number * pitch + steps + 0.01)]
        assert mine["wrong"].tolist() == [int(not found.same(one)) for one in way.read.flatten().tolist()]


def test_the_waste_of_every_batch_is_in_the_frame() -> None:
    """The area between the two curves, times the sequences of a batch, is the padding."""
    made = corpus(2)
    frame = waste_columns(made)
    for sorted_, batches in enumerate((made.random, made.by_length)):
        rows = frame[frame["by_length"] == sorted_].iloc[:-1]
        assert rows["longest"].tolist() == [one.longest for one in batches]
        assert np.allclose(rows["mean"], [one.filled / one.sequences for one in batches])
