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

changed = tabled(frames.changed)
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
    [(0, "0"), (1, "1"), (0.0436, "0.044"), (0.0096, "0.0096"), (0.0036, "4e−3"), (2.3e-12, "2e−12")],
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
    settings = Settings(num_layers=3, batch_size=2, bidirectional=True, seq_len=steps)
    grid, found = changed(settings, kind, 3, 1), change(settings, kind, 3, 1)
    cells = grid.cells[grid.cells["t"] > 0]
    x, last = cells["y"].max(), cells[cells["mark"] == 1]
    for layer in range(3):
        for direction in (0, 1):
            row = of(grid, layer, direction)
            assert row["value"].tolist() == found.h[layer, direction].astype(np.float32).tolist()
            assert ((row["opacity"] > 0) == found.moved[layer, direction]).all()
            if steps <= MOST:
                assert row["text"].tolist() == [brief(float(size)) for size in found.h[layer, direction]]
    assert last[["y", "t", "value"]].to_numpy().tolist() == [[x, 3, 1]]
    assert len(cells) == 7 * steps


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
