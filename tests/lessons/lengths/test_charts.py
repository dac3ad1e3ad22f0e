"""The charts of lengths are valid, small, built once, and use the data they get."""

import json

import pytest

from components.charts.template import FONTS, Spec
from components.lessons.lengths import USUAL, frames
from components.lessons.lengths.charts import CELL_EVENT, blocks, damage, waste
from components.lessons.lengths.facts import four_ways
from components.lessons.lengths.line.facts import corpus
from components.settings import Settings
from tests.charts.specs import assert_fed, datasets, nodes, validate

NAMES = ("as they come", "sorted")
PACKED = frames.blocks(USUAL).scene
HARM = frames.damage(four_ways(Settings(seq_len=7, batch_size=5), USUAL), USUAL, ("",) * 4)
SPECS = [
    blocks(PACKED.form),
    damage(HARM.form),
    waste(NAMES),
    blocks(PACKED.form, True),
    damage(HARM.form, True),
]
specs = pytest.mark.parametrize("spec", SPECS, ids=["blocks", "damage", "waste", "dense blocks", "dense damage"])


@specs
def test_it_is_vega_lite_and_small(spec: Spec) -> None:
    validate(spec)
    assert len(json.dumps(spec)) < 5_000


def test_each_is_built_once() -> None:
    lengths = (9, 9, 3, 1, 2)  # as many as the usual ones
    assert blocks(frames.blocks(lengths).scene.form) is SPECS[0]
    found = four_ways(Settings(seq_len=9, batch_size=5), lengths)
    assert damage(frames.damage(found, lengths, ("off",) * 4).form) is SPECS[1]
    assert waste(NAMES) is SPECS[2]


def test_datasets_are_drawn_and_fed() -> None:
    """Every field is a column or computed by a transform."""
    for spec, scene in zip(SPECS[:2] + SPECS[3:], (PACKED, HARM) * 2, strict=True):
        assert_fed(spec, scene)
    given = frames.waste_columns(corpus(1))
    assert datasets(SPECS[2]) == {"waste"}
    assert {node["field"] for node in nodes(SPECS[2]) if isinstance(node.get("field"), str)} <= set(given)


def test_one_signal_lights_a_cell_by_event_and_by_pointer() -> None:
    (signal,) = [one for one in SPECS[0]["config"]["signals"] if one != FONTS]
    assert signal["on"][0]["events"] == {"source": "window", "type": CELL_EVENT}
    assert "pointerover" in signal["on"][1]["events"]


def test_both_orders_share_a_scale() -> None:
    assert SPECS[2]["resolve"]["scale"] == {"x": "shared", "y": "shared"}
