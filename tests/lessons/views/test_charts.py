"""The picture of a memory: valid, small, fed with three datasets, and pointing at a cell stays in the browser."""

import json

import pytest

from components.charts.template import FONTS, HAIRLINE
from components.lessons.views.charts import memory
from components.lessons.views.frames import CELL, DEEPEST, LINE, pictured
from tests.charts.specs import assert_fed, colours, nodes, validate
from tests.charts.test_theme import AA, contrast, over, themes, token

LINES = ["x", "x.flip(0)", "x[0, 0, 0]", "x[:0]"]
FORM = pictured((5, 2, 3), "x", False).scene.form


def test_it_is_vega_lite_small_and_built_once() -> None:
    """Valid as it travels, below 6 kB, and the same object every time: it has no structure that changes."""
    spec = memory(FORM)
    validate(spec)
    assert len(json.dumps(spec)) < 6_000
    assert memory(pictured((9, 4, 2), "x.flip(0)", True).scene.form) is spec


@pytest.mark.parametrize("line", LINES)
def test_its_datasets_are_read_and_fed(line: str) -> None:
    """All three datasets are read, and every field that is read is a column of one of them."""
    scene = pictured((5, 2, 3), line, False).scene
    assert_fed(memory(scene.form), scene)
    assert set(scene.columns) == {"cells", "curves", "words"}


def test_its_height_follows_the_lines() -> None:
    """The height of a line in px is fixed, whatever the picture holds."""
    assert memory(FORM)["height"] == {"step": LINE}
    bands = [node["scale"] for node in nodes(memory(FORM)) if "paddingInner" in (node.get("scale") or {})]
    assert [LINE * (1 - band["paddingInner"]) for band in bands] == [pytest.approx(CELL)]


def test_pointing_is_a_signal_of_the_browser_s() -> None:
    """Pointing sets a signal that no filter reads, so that no cell is computed again."""
    spec = memory(FORM)
    (signal,) = [one for one in spec["config"]["signals"] if one != FONTS]
    assert signal["name"] == "pointed"
    tests = [node["test"] for node in nodes(spec) if "test" in node]
    assert tests
    assert all("datum.origin == pointed" in test for test in tests)
    filters = [str(node["filter"]) for node in nodes(spec) if "filter" in node]
    assert not any("pointed" in one for one in filters)


def test_no_gate_s_colour_is_used() -> None:
    """There is no gate here: one accent and ink."""
    assert {"primary", "gray"} <= colours(memory(FORM)) <= {"primary", "gray", HAIRLINE, "#808080"}


@themes
def test_labels_can_be_read_on_the_deepest_shade(name: str) -> None:
    """Ink has at least 4.5:1 on every sample's shade."""
    paper, accent, ink = (token(name, key) for key in ("backgroundColor", "primaryColor", "grayColor"))
    for tenths in range(11):
        assert contrast(ink, over(accent, paper, DEEPEST * tenths / 10)) >= AA
