"""The charts of gradients and costs are valid and small. Lines differ in more than colour, and 0 has its own place."""

import json
from typing import Any

import pytest

from components.charts.template import Spec, fed
from components.lessons.batches.truncation.charts import growth as growth_chart
from components.lessons.batches.truncation.charts import reach as reach_chart
from components.lessons.batches.truncation.facts import growth, reach
from components.lessons.batches.truncation.frames import HIGHEST, LINES, SCALES, growth_columns, reached, scale
from components.settings import Settings
from tests.charts.specs import datasets, nodes, validate

STREAM = Settings(seq_len=20, batch_size=4)
ALL: list[Spec] = [
    *(reach_chart(marks, LINES, dense, dense) for marks in SCALES.values() for dense in (False, True)),
    growth_chart("nodes", LINES),
]


@pytest.mark.parametrize("spec", ALL)
def test_it_is_vega_lite_and_small(spec: Spec) -> None:
    validate(spec)
    assert len(json.dumps(spec)) < 3_500


def test_their_datasets_are_used_and_fed() -> None:
    columns = reached(reach(STREAM, 4), 4)
    spec = reach_chart(scale(20), LINES)
    assert (
        datasets(spec) == {"rows", "borders"} == set(fed(spec, rows=columns.rows, borders=columns.borders)["datasets"])
    )
    fields = {node["field"] for node in nodes(spec) if "field" in node}
    assert fields == {*columns.rows, *columns.borders} - {"zero"}
    frame = growth_columns(growth(STREAM, 4))
    assert datasets(growth_chart("nodes", LINES)) == {"grown"}
    assert {node["field"] for node in nodes(growth_chart("nodes", LINES)) if "field" in node} == set(frame)


@pytest.mark.parametrize("marks", SCALES.values())
def test_the_scale_is_fixed(marks: tuple[float, ...]) -> None:
    """The scale is logarithmic and ends at the line of 0, which is the only one called "exactly 0"."""
    axes: list[Any] = [node for node in nodes(reach_chart(marks, LINES)) if "scale" in node and "axis" in node]
    (y,) = (node for node in axes if node["field"] == "clamped")
    assert y["scale"]["type"] == "log"
    assert y["scale"]["domain"][0] < marks[0]
    assert y["scale"]["domain"][1] == HIGHEST
    assert y["axis"]["values"] == list(marks)
    assert "exactly 0" in y["axis"]["labelExpr"]


@pytest.mark.parametrize("spec", ALL)
def test_lines_differ_in_dash(spec: Spec) -> None:
    (dash,) = (node["strokeDash"] for node in nodes(spec) if isinstance(node.get("strokeDash"), dict))
    assert dash["scale"]["domain"] == [0, 1]
    assert all(name in dash["legend"]["labelExpr"] for name in LINES)
    assert dash["scale"]["range"][0] != dash["scale"]["range"][1]
