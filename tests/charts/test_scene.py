"""A scene holds all that is added to it, in its place, in few bytes."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.charts.scene import DIRECTIONS, SOLID, STYLES, TENTHS, WIDTH, Scene, wide_enough
from tests.charts.tables import seen

WORDS = ("name", "tick", "faint step")


def test_cells_and_lines_stand_where_they_were_put() -> None:
    """In the order in which they came, single ones and many, with the columns they came with."""
    scene = Scene(100, WORDS)
    scene.cell(10, 20, 30, 5, value=-1.5, text="a")
    scene.cells(np.array([100, 200]), 0, 50, np.array([8, 9]), value=np.array([0.25, 2]), text=["b", "c"])
    scene.cell(900, 1, 100, 2, value=0, text="d")
    scene.line(5, 50, 0, 40, axis=2)
    scene.lines(np.array([1, 2]), 3, 4, np.array([5, 6]), axis=1)
    found = seen(scene.layout())
    cells = found.cells
    assert cells[["x", "x2", "y", "y2"]].to_numpy().tolist() == [
        [10, 40, 20, 25],
        [100, 150, 0, 8],
        [200, 250, 0, 9],
        [900, 1000, 1, 3],
    ]
    assert cells["value"].tolist() == [-1.5, 0.25, 2, 0]
    assert cells["text"].tolist() == ["a", "b", "c", "d"]
    assert found.lines.to_numpy().tolist() == [[5, 0, 50, 40, 2], [1, 4, 3, 5, 1], [2, 4, 3, 6, 1]]


@given(count=st.integers(1, 400), left=st.floats(0, 100), width=st.floats(0.05, 2))
def test_equal_widths_stay_equal_and_cells_in_order(count: int, left: float, width: float) -> None:
    """Rounding makes no cell wider than its neighbour, and moves none by more than half a tenth of a px."""
    scene = Scene(10, ())
    x = left + np.arange(count) * width
    scene.cells(x, 0, width, 10)
    cells = seen(scene.layout()).cells
    assert (cells["x2"] - cells["x"]).round(1).nunique() == 1
    assert np.abs(cells["x"] - x).max() <= 0.5 / TENTHS + 1e-9
    assert all(first <= second for first, second in pairwise(cells["x"]))


@pytest.mark.parametrize("towards", DIRECTIONS)
def test_an_arrow_knows_where_it_leads(towards: str) -> None:
    """Its head points to the side in which the line is longest."""
    right, down = {"up": (0, -9), "right": (9, 1), "down": (-1, 9), "left": (-9, 0)}[towards]
    scene = Scene(100, ())
    scene.arrow(50, 50, 50 + right, 50 + down)
    (head,) = scene.columns()["lines"]["head"]
    assert DIRECTIONS[head] == towards


def test_a_bracket_joins_what_it_stands_below() -> None:
    """Down from both, and across between them."""
    scene = Scene(100, ())
    scene.bracket(100, 400, 50, 58, "marks", slot=1)
    parts = seen(scene.layout()).marks[["x", "x2", "y", "y2"]].to_numpy().tolist()
    assert parts == [[100, 100, 50, 58], [400, 400, 50, 58], [100, 400, 58, 58]]


def test_words_have_a_style_by_name() -> None:
    """And further columns, which are -1 for those that were not given any."""
    scene = Scene(100, WORDS, margin=60)
    scene.label("tick", 1, 2, "t = 1")
    scene.label("name", 3, 4, "output", gate=2)
    words = seen(scene.layout()).words
    assert words[["x", "y", "style", "text", "gate"]].to_numpy().tolist() == [
        [1, 2, "tick", "t = 1", -1],
        [3, 4, "name", "output", 2],
    ]
    with pytest.raises(KeyError, match="margin"):
        scene.label("margin", 0, 0, "a style that this picture does not have")


def test_words_ask_for_a_width() -> None:
    """A word can ask for more than a width, or for at most a width. Without such words there is no column `least`."""
    scene = Scene(100, WORDS)
    scene.label("faint step", 0, 0, "layer 0", least=460)
    scene.label("faint step", 0, 0, "0", below=460)
    scene.label("faint step", 0, 0, "wide", least=1e9)
    scene.label("tick", 0, 0, "always")
    assert scene.columns()["words"]["least"].tolist() == [460, -460, 2**15 - 1, 0]
    assert wide_enough(20, WIDTH / 50) == 1000  # fifty columns of 20 px
    plain = Scene(100, ("tick",))
    plain.label("tick", 0, 0, "always")
    assert "least" not in plain.columns()["words"]


def test_what_cannot_be_shown_is_refused() -> None:
    """A width for a style that does not allow it, and a picture whose places do not fit in two bytes."""
    with pytest.raises(ValueError, match="tick are always shown"):
        Scene(100, WORDS).label("tick", 0, 0, "5", least=20)
    with pytest.raises(ValueError, match="4000 px is higher"):
        Scene(4000, ())


def test_what_travels_is_small() -> None:
    """Two bytes for a place, one for an opacity and a small number; an opacity is 0 for an exact zero only."""
    scene = Scene(100, ())
    scene.cells(
        np.arange(3), 0, 1, 1, opacity=np.array([0, 0.0044, 1]), slot=[-1, 0, 7], t=[1, 2, 200], off=[0, 0.5, 1]
    )
    columns = scene.columns()["cells"]
    types = {name: str(column.dtype) for name, column in columns.items()}
    assert types == dict.fromkeys(("x", "x2", "y", "y2"), "int16") | {
        "opacity": "uint8",
        "slot": "int8",
        "t": "uint8",
        "off": "float32",
    }
    assert columns["opacity"].tolist() == [0, 1, 255]


def test_a_dataset_has_the_same_columns_throughout() -> None:
    scene = Scene(100, ())
    scene.cell(0, 0, 1, 1, value=1)
    with pytest.raises(ValueError, match="cells has the columns"):
        scene.cell(0, 0, 1, 1, slot=1)


def test_styles_look_different() -> None:
    """No two styles have the same look."""
    assert len(set(STYLES.values())) == len(STYLES)


def test_in_lines_everything_stands_on_one() -> None:
    """Cells, words and curves by their line; a curve's places keep where they are in it, and its ends are marked."""
    scene = Scene(0, ("tick",), pitch=24)
    scene.cells(np.array([0, 100]), np.array([48, 0]), 50, 24 * SOLID)
    scene.label("tick", 10, 72, "t = 1")
    scene.curves(np.array([[0, 5, 10], [10, 15, 20]]), np.array([[19, 2, 19]] * 2) + 24)
    scene.curves(np.array([[7]]), np.array([[48 + 19]]))
    layout = scene.layout()
    assert layout.columns["cells"]["y"].tolist() == [2, 0]
    assert "y2" not in layout.columns["cells"]
    found = seen(layout)
    assert found.cells["y"].tolist() == [48, 0]
    assert found.words["y"].tolist() == [72]
    assert found.curves["y"].tolist() == [43, 26, 43, 43, 26, 43, 67]
    assert found.curves["path"].tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert found.curves["end"].tolist() == [1, 0, 1, 1, 0, 1, 1]
    scene.cell(0, 0, 50, 10)
    with pytest.raises(ValueError, match=r"not 21\.12 px high"):
        scene.layout()
