"""The picture of a memory: valid, small, fed with three datasets, and pointing at a cell stays in the browser."""

import json

import pytest

from components.charts.template import HAIRLINE, fed
from components.lessons.views import charts, frames
from components.lessons.views.charts import memory
from components.lessons.views.frames import DEEPEST, pictured
from tests.charts.specs import colours, datasets, nodes, validate
from tests.charts.test_theme import AA, contrast, over, themes, token


def test_it_is_vega_lite_small_and_built_once() -> None:
    """Valid as it travels, below 6 kB, and the same object every time: it has no structure that changes."""
    spec = memory()
    validate(spec)
    assert len(json.dumps(spec)) < 6_000
    assert memory() is spec


@pytest.mark.parametrize("line", ["x", "x.flip(0)", "x[0, 0, 0]", "x[:0]"])
def test_its_datasets_are_drawn_and_fed(line: str) -> None:
    """Three datasets, all drawn, and every field that is read is a column of one of them."""
    drawn = pictured((5, 2, 3), line, False)
    given = {"cells": drawn.cells, "hops": drawn.hops, "words": drawn.words}
    spec = memory()
    assert datasets(spec) == set(given) == set(fed(spec, **given)["datasets"])
    columns = {column for frame in given.values() for column in frame}
    read = {node["field"] for node in nodes(spec) if "field" in node} - {"middle"}
    assert read <= columns
    assert columns - read == {"kind", "wide", "slim", "origin"}  # read by filters and by the pointer


def test_frame_and_chart_reckon_in_the_same_units() -> None:
    """The frame's width is the chart's domain, and the chart's height follows the lines."""
    assert charts.ACROSS == frames.ACROSS
    assert memory()["height"] == {"step": charts.LINE}
    domains = [node["scale"]["domain"] for node in nodes(memory()) if "domain" in (node.get("scale") or {})]
    assert [0, charts.ACROSS] in domains


def test_pointing_is_a_signal_of_the_browser_s() -> None:
    """Pointing sets a signal that no filter reads, so that no cell is drawn anew."""
    spec = memory()
    (signal,) = spec["config"]["signals"]
    assert signal["name"] == "pointed"
    tests = [node["test"] for node in nodes(spec) if "test" in node]
    assert tests
    assert all("datum.origin == pointed" in test for test in tests)
    filters = [str(node["filter"]) for node in nodes(spec) if "filter" in node]
    assert not any("pointed" in one for one in filters)


def test_no_gate_s_colour_is_used() -> None:
    """There is no gate here: one accent and ink."""
    assert {"primary", "gray"} <= colours(memory()) <= {"primary", "gray", HAIRLINE, "#808080"}


@themes
def test_labels_can_be_read_on_the_deepest_shade(name: str) -> None:
    """Ink has at least 4.5:1 on every sample's shade."""
    paper, accent, ink = (token(name, key) for key in ("backgroundColor", "primaryColor", "grayColor"))
    for tenths in range(11):
        assert contrast(ink, over(accent, paper, DEEPEST * tenths / 10)) >= AA
