"""The charts of lengths: valid, small, built once, fed what they draw."""

import json

import pytest

from components.charts.template import Spec, fed
from components.lessons.lengths import USUAL, frames
from components.lessons.lengths.charts import CELL_EVENT, blocks, damage, waste
from components.lessons.lengths.facts import four_ways
from components.lessons.lengths.line.facts import corpus
from components.settings import Settings
from tests.charts.specs import datasets, nodes, validate

NAMES = ("as they come", "sorted")
SPECS = [blocks(300), damage(200), waste(NAMES), blocks(300, True), damage(200, True)]
specs = pytest.mark.parametrize("spec", SPECS, ids=["blocks", "damage", "waste", "dense blocks", "dense damage"])


@specs
def test_it_is_vega_lite_and_small(spec: Spec) -> None:
    validate(spec)
    assert len(json.dumps(spec)) < 5_000


def test_each_is_built_once() -> None:
    assert [blocks(300), damage(200), waste(NAMES)] == SPECS[:3]
    assert blocks(300) is SPECS[0]


def test_datasets_are_drawn_and_fed() -> None:
    """Every field is a column or made by a transform."""
    picture = frames.blocks(USUAL)
    harm = frames.damage(four_ways(Settings(seq_len=7, batch_size=5), USUAL), USUAL, ("",) * 4)
    fed_ = [
        {"cells": picture.cells, "arrows": picture.arrows, "labels": picture.labels},
        {"cells": harm.cells, "labels": harm.labels},
        {"waste": frames.waste_columns(corpus(1))},
    ]
    for spec, given in zip(SPECS, [*fed_, *fed_[:2]], strict=True):
        assert datasets(spec) == set(given) == set(fed(spec, **given)["datasets"])
        columns = {column for frame in given.values() for column in frame}
        made = {one["as"] for node in nodes(spec) for one in node.get("transform", []) if "as" in one}
        made |= {one["as"] for node in nodes(spec) for one in node.get("joinaggregate", [])}
        assert {node["field"] for node in nodes(spec) if isinstance(node.get("field"), str)} <= columns | made


def test_one_signal_lights_a_cell_by_event_and_by_pointer() -> None:
    (signal,) = SPECS[0]["config"]["signals"]
    assert signal["on"][0]["events"] == {"source": "window", "type": CELL_EVENT}
    assert "pointerover" in signal["on"][1]["events"]


def test_both_orders_share_a_scale() -> None:
    assert SPECS[2]["resolve"]["scale"] == {"x": "shared", "y": "shared"}
