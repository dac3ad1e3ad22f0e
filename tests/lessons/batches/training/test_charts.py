"""The chart of a training is valid and small. Its scales stay while curves grow; curves differ in more than colour."""

import json

from components.charts.template import fed
from components.lessons.batches.training.charts import training
from components.lessons.batches.training.frames import TOP, curves, theory
from tests.charts.specs import datasets, nodes, validate

WAYS = ("carry", "reset", "shuffled carry")


def test_it_is_vega_lite_small_and_built_once() -> None:
    spec = training(TOP, WAYS, 800)
    validate(spec)
    assert len(json.dumps(spec)) < 4_000
    assert training(TOP, WAYS, 800) is spec


def test_its_datasets_are_used_and_fed() -> None:
    """This holds before the first step too."""
    spec, lines = training(TOP, WAYS, 800), theory({"a": 0.2, "b": 0.4})
    for losses in ([], [0.5] * 300):
        frame = curves(losses, WAYS, 800)
        assert datasets(spec) == {"curves", "theory"} == set(fed(spec, curves=frame, theory=lines)["datasets"])
        fields = {node["field"] for node in nodes(spec) if "field" in node}
        assert fields == {*frame, *lines}


def test_its_scales_are_fixed() -> None:
    """A growing curve must not move the axes."""
    scales = {
        node["field"]: node["scale"] for node in nodes(training(TOP, WAYS, 800)) if "domain" in node.get("scale", {})
    }
    assert scales["step"]["domain"] == [0, 800]
    assert (scales["loss"]["domain"], scales["loss"]["clamp"]) == ([0, TOP], True)


def test_lines_differ_in_dash() -> None:
    dashes = [node["strokeDash"]["scale"] for node in nodes(training(TOP, WAYS, 800)) if "strokeDash" in node]
    assert dashes
    assert dashes[0]["domain"] == list(WAYS)
    assert len({str(one) for one in dashes[0]["range"]}) == len(WAYS)
