"""The chart of four continuations: valid, small, on a fixed scale, told apart by more than colour."""

import json

import pytest

from components.charts.difference import FLOORS
from components.charts.template import fed
from components.lessons.outputs.carry.charts import carry
from components.lessons.outputs.carry.facts import CARRIED, continued
from components.lessons.outputs.carry.frames import carry_columns
from components.settings import Settings
from tests.charts.specs import datasets, nodes, validate

floors = pytest.mark.parametrize("floor", sorted(FLOORS.values()))


@floors
@pytest.mark.parametrize("dense", [False, True])
def test_it_is_vega_lite_small_and_built_once(floor: float, dense: bool) -> None:
    spec = carry(floor, CARRIED, dense)
    validate(spec)
    assert len(json.dumps(spec)) < 4_000
    assert carry(floor, CARRIED, dense) is spec


def test_its_dataset_is_read_and_fed() -> None:
    frame = carry_columns(continued(Settings(), 2), 1e-9)
    spec = carry(1e-9, CARRIED)
    assert datasets(spec) == {"carried"} == set(fed(spec, carried=frame)["datasets"])
    assert {node["field"] for node in nodes(spec) if "field" in node} == set(frame)


@floors
def test_its_scale_is_fixed(floor: float) -> None:
    scales = [
        node["scale"] for node in nodes(carry(floor, CARRIED)) if node.get("field") == "clamped" and "scale" in node
    ]
    assert [(scale["type"], scale["domain"]) for scale in scales] == [("log", [floor, 10])]


def test_lines_differ_in_dash_and_shape() -> None:
    """Every line has a dash and a shape of its own."""
    scales = {}
    for node in nodes(carry(1e-9, CARRIED)):
        for channel in ("strokeDash", "shape"):
            if channel in node:
                scales[channel] = node[channel]["scale"]
    for scale in scales.values():
        assert scale["domain"] == list(CARRIED)
        assert len({str(one) for one in scale["range"]}) == len(CARRIED)
    assert set(scales) == {"strokeDash", "shape"}
