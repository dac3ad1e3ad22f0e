"""The grid has every h once, in a place of its own. A shade shows an exact zero. Arrows lead from cell to cell."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from components.charts.scene import DIRECTIONS, WIDTH
from components.lessons.layers import STAGES, frames
from components.lessons.layers.facts import change, feeds, mirror, turns
from components.lessons.layers.frames import DEEPEST, HIGH, LARGEST, LEAST, MOST, PALEST, brief, shade
from components.settings import Settings
from tests.charts.tables import tabled

reached = tabled(frames.reached)
mirrored = tabled(frames.mirrored)
structure = tabled(frames.structure)

BOTH = Settings(num_layers=2, batch_size=2, bidirectional=True)
SIZES = [(2, 5), (3, 1), (4, MOST), (2, MOST + 1), (4, 200)]


def of(grid: Any, layer: int, direction: int) -> pd.DataFrame:
    """The cells of one row, by step. They stand beside the row's name, and are no outline or slot."""
    words = grid.words[grid.words["text"] == ("← reverse" if direction else "forward →")]
    place = sorted(words["y"], reverse=True)[layer]
    row: pd.DataFrame = grid.cells[(grid.cells["y"] <= place) & (grid.cells["y2"] >= place)]
    own: pd.DataFrame = row[(row["t"] > 0) & ~row["text"].str.startswith("h_n")]
    return own.sort_values("t")


def test_a_shade_is_zero_for_rounding_only() -> None:
    sizes = np.array([0, 1e-9, LEAST / 10, LEAST, 1e-4, 1e-2, LARGEST, 50])
    assert (shade(sizes, 2e-6)[:4] == 0).all()
    shades = shade(sizes, 1e-12)
    assert shades[0] == 0
    assert shades[1] == shades[2] == shades[3] == PALEST > 0
    assert (np.diff(shades[3:7]) > 0).all()
    assert shades[6] == shades[7] == DEEPEST
    assert round(PALEST * 255) > 0  # in the byte it travels in


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0"), (1, "1"), (0.23, "0.23"), (0.0436, "0.04"), (0.0096, "0.01"), (0.0036, "4e−3"), (2.3e-12, "2e−12")],
)
def test_sizes_are_written_briefly(size: float, text: str) -> None:
    assert brief(size) == text


@pytest.mark.parametrize(("layers", "steps"), SIZES)
def test_every_h_stands_once_with_its_turn(layers: int, steps: int) -> None:
    """Steps go from left to right and layers go up. Cells of a row do not overlap."""
    grid, turn = structure(layers, steps), turns(layers, 2, steps)
    tops = []
    for layer in range(layers):
        for direction in (0, 1):
            row = of(grid, layer, direction)
            assert row["t"].tolist() == list(range(1, steps + 1))
            assert row["value"].tolist() == turn[layer, direction].tolist()
            assert row["text"].tolist() == [str(n) if steps <= MOST else "" for n in turn[layer, direction]]
            assert (row["x"].to_numpy()[1:] >= row["x2"].to_numpy()[:-1] - 0.1).all()
            tops.append(int(row["y"].iloc[0]))
            fed = [slot for slot, found in enumerate(feeds(layers, 2)) if found[2 * layer + direction]]
            assert set(row["feeds"]) == {sum(1 << slot for slot in fed)}
    order = [tops[2 * layer + direction] for layer in reversed(range(layers)) for direction in (0, 1)]
    assert order == sorted(order)
    assert all(low - high >= HIGH for high, low in pairwise(order))
    assert grid.cells["x"].min() >= 0
    assert grid.cells["x2"].max() <= WIDTH + 0.1
    assert grid.cells["y2"].max() < grid.form.height
    assert ("lines" in vars(grid)) == (steps <= MOST)


@pytest.mark.parametrize(("layers", "steps"), SIZES)
def test_a_slot_stands_where_its_direction_ends(layers: int, steps: int) -> None:
    """The forward slot is right of the last step, the reverse slot left of the first. Each feeds only itself."""
    grid = structure(layers, steps)
    for slot in range(2 * layers):
        (cell,) = (grid.cells.iloc[at] for at in np.flatnonzero(grid.cells["text"] == f"h_n[{slot}]"))
        row = of(grid, *divmod(slot, 2))
        assert cell["y"] == row["y"].iloc[0]
        assert cell["feeds"] == 1 << slot
        assert cell["t"] == (1 if slot % 2 else steps)
        assert cell["x2"] < row["x"].min() if slot % 2 else cell["x"] > row["x2"].max()


def test_arrows_run_from_cell_to_cell() -> None:
    """Each begins and ends at the edge of a cell. For each step there is one along the row, and two lead up."""
    grid = structure(2, 5)
    x_edges = {*grid.cells["x"], *grid.cells["x2"]}
    y_edges = {*grid.cells["y"], *grid.cells["y2"]}
    for _, line in grid.lines.iterrows():
        towards = DIRECTIONS[int(line["head"])]
        if towards == "up":
            assert line["x"] == line["x2"]
            assert line["y2"] < line["y"]
            assert {line["y"], line["y2"]} <= y_edges
        else:
            assert line["y"] == line["y2"]
            assert towards == ("right" if line["x2"] > line["x"] else "left")
            assert all(min(abs(line[end] - edge) for edge in x_edges) < 0.2 for end in ("x", "x2"))
    assert len(grid.lines) == 4 * (5 + 2 * 5)
    up = grid.lines[grid.lines["head"] == DIRECTIONS.index("up")]
    middle = of(grid, 1, 1).iloc[2]
    entering = up[(up["y2"] == middle["y2"]) & up["x"].between(middle["x"], middle["x2"])]
    (read,) = set(entering["y"])
    halves = grid.cells[(grid.cells["y"] == read) & (grid.cells["t"] == 3)]
    # What layer 1 reads there: forward h and reverse h of layer 0, each fed by a line of its own.
    assert halves["value"].tolist() == [of(grid, 0, direction).iloc[2]["value"] for direction in (0, 1)]
    for (_, half), direction in zip(halves.iterrows(), (0, 1), strict=True):
        below = of(grid, 0, direction).iloc[2]
        fed = up[(up["y2"] == half["y2"]) & up["x"].between(half["x"], half["x2"])]
        assert fed["y"].tolist() == [below["y"]]


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("steps", [5, 40])
def test_a_change_is_drawn_as_it_was_found(kind: str, steps: int) -> None:
    """Each h has its change as number and shade, also in the slots and where the layer above reads it."""
    settings = Settings(num_layers=3, batch_size=2, bidirectional=True, seq_len=steps)
    grid, found = reached(settings, kind, 3, 1, True), change(settings, kind, 3, 1)
    for layer in range(3):
        for direction in (0, 1):
            row = of(grid, layer, direction)
            assert row["value"].tolist() == found.h[layer, direction].astype(np.float32).tolist()
            assert ((row["opacity"] > 0) == found.moved[layer, direction]).all()
            if steps <= MOST:
                assert row["text"].tolist() == [brief(float(size)) for size in found.h[layer, direction]]
            ended = 0 if direction else steps - 1
            slot = grid.cells[grid.cells["text"] == f"h_n[{2 * layer + direction}]"].iloc[0]
            assert slot["value"] == np.float32(found.h[layer, direction, ended])
            assert (slot["opacity"] > 0) == found.moved[layer, direction, ended]
    marked = grid.cells[grid.cells["mark"] == 1]
    assert marked[["y", "t", "value"]].to_numpy().tolist() == [[grid.cells["y"].max(), 3, 1]]
    copies = 3 * 2 * steps + steps if steps <= MOST else 1  # what layers 1 and 2 and `output` read, and x
    assert (grid.cells["t"] > 0).sum() == 6 * steps + copies + 6


def test_no_change_is_told_before_an_answer() -> None:
    """Every cell stands where it will stand. Only the changed x is marked."""
    settings = Settings(num_layers=2, batch_size=2, bidirectional=True)
    before, after = (reached(settings, "LSTM", 2, 0, revealed) for revealed in (False, True))
    places = ["x", "x2", "y", "y2", "t", "feeds", "mark"]
    assert before.cells[places].equals(after.cells[places])
    assert before.form == after.form
    assert before.lines.equals(after.lines)
    assert (before.cells["opacity"] == 0).all()
    assert (before.cells["value"] == -1).all()
    assert set(before.cells["text"]) == {"", *(f"h_n[{slot}]" for slot in range(4))}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("steps", [5, 60])
def test_a_palindrome_has_a_row_a_layer(stage: str, steps: int) -> None:
    settings = Settings(num_layers=2, batch_size=2, bidirectional=True, seq_len=steps)
    grid, found = mirrored(settings, stage, 0), mirror(settings, stage, 0)
    cells = grid.cells[grid.cells["t"] > 0]
    for layer in range(2):
        name = grid.words.set_index("text")["y"][f"layer {layer}"]
        row = cells[(cells["y"] < name) & (cells["y2"] > name)]
        assert row["value"].tolist() == found.max_abs_diff[layer].tolist()
    assert len(cells) == 2 * steps


def test_names_stand_beside_their_rows() -> None:
    grid = structure(2, 5)
    words = grid.words.set_index("text")["y"]
    assert words["output"] < words["layer 1"] < words["x of layer 1"] < words["layer 0"] < words["x"] < words["t = 1"]
