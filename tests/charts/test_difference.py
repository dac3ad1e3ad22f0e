"""The difference chart's template: valid, small, on a scale that the numbers do not choose."""

import json

import pytest

from components.charts.difference import FLOORS, difference, difference_columns
from components.charts.template import fed
from components.lessons.live.check.facts import check
from components.settings import Settings
from tests.charts.specs import datasets, nodes, validate

structures = pytest.mark.parametrize("mark", [None, 0.01])
floors = pytest.mark.parametrize("floor", sorted(FLOORS.values()))


@floors
@structures
def test_it_is_vega_lite_small_and_built_once(floor: float, mark: float | None) -> None:
    """Valid as it travels, below 16 kB, and the same object for the same structure."""
    spec = difference(floor, mark)
    validate(spec)
    assert len(json.dumps(spec)) < 16_000
    assert difference(floor, mark) is spec


@structures
def test_its_dataset_is_read_and_fed(mark: float | None) -> None:
    """It draws one dataset, `differences`, and every field it reads is a column of the frame."""
    result = check(Settings(), "zeros")
    frame = difference_columns(result.per_step, result.tolerance, 1e-9)
    spec = difference(1e-9, mark)
    assert datasets(spec) == {"differences"} == set(fed(spec, differences=frame)["datasets"])
    read = {node["field"] for node in nodes(spec) if "field" in node}
    assert read == {"t", "difference", "clamped", "tolerance"} == set(frame)


@floors
def test_its_scale_is_fixed(floor: float) -> None:
    """The logarithmic scale runs from the floor to 10 for any numbers, and says 0 at the floor."""
    (scale,) = [
        node["scale"] for node in nodes(difference(floor)) if node.get("field") == "clamped" and "scale" in node
    ]
    assert scale["type"] == "log"
    assert scale["domain"] == [floor, 10]
    (axis,) = [node["axis"] for node in nodes(difference(floor)) if node.get("field") == "clamped" and "axis" in node]
    assert axis["values"][0] == floor
    assert axis["values"] == sorted(axis["values"])
    assert f"datum.value < {2 * floor} ? '0'" in axis["labelExpr"]


def test_the_mark_is_shown_where_it_is_asked_for() -> None:
    """A rule and its label stand at `mark`, and without one nothing does."""
    data = [node["y"] for node in nodes(difference(1e-9, 0.01)) if node.get("y", {}) == {"datum": 0.01}]
    assert len(data) == 2
    assert '"0.01"' in json.dumps(difference(1e-9, 0.01))
    assert "datum" not in {key for node in nodes(difference(1e-9)) for key in node}


def test_an_earlier_line_is_shown_where_it_is_asked_for() -> None:
    """With `before` the frame's column `earlier` is shown too, dashed and labelled; without it nothing reads it."""
    result, run = check(Settings()), check(Settings(), "redraw")
    frame = difference_columns(result.per_step, result.tolerance, 1e-9, run.per_step)
    spec = difference(1e-9, before="before mending")
    validate(spec)
    read = {node["field"] for node in nodes(spec) if "field" in node}
    assert read == {"t", "difference", "clamped", "tolerance", "earlier"} == set(frame)
    dashed = [layer for layer in spec["layer"] if layer["encoding"].get("y", {}).get("field") == "earlier"]
    assert [layer["mark"]["type"] for layer in dashed] == ["line", "point", "text"]
    assert dashed[0]["mark"]["strokeDash"]
    assert dashed[2]["mark"]["text"] == "before mending"
