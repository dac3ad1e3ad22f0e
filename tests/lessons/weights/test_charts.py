"""The charts of parameters are valid, small, built once, and have the gates' hues."""

import json
import re

import pytest

from components.charts.score import HUES
from components.charts.template import HAIRLINE, INK, Spec, fed
from components.lessons.weights import charts, frames
from components.lessons.weights.facts import spread
from components.settings import Settings
from tests.charts.specs import assert_fed, colours, datasets, nodes, validate
from tests.charts.test_theme import contrast, over, token

SETTINGS = Settings()
BLOCKS = frames.blocks(SETTINGS, 0, False, 0, 0.5)
ORDERS = frames.orders(SETTINGS, 0, False, "ONNX")
SPECS: dict[str, Spec] = {
    "cells": charts.cells(BLOCKS.scene.form, True, frames.READS),
    "spread": charts.spread(),
    "orders": charts.orders(ORDERS.form),
}
FED = {
    "cells": BLOCKS.scene.framing(""),
    "spread": {"bins": frames.spread_columns(spread(SETTINGS))},
    "orders": ORDERS.columns,
}
each = pytest.mark.parametrize("name", SPECS)


@each
def test_it_is_vega_lite_and_small(name: str) -> None:
    """The sent form is valid, below 13.2 kB with its data at the defaults, and built once."""
    validate(SPECS[name])
    travels = fed(SPECS[name], **FED[name])["datasets"]
    assert len(json.dumps(SPECS[name])) + sum(map(len, travels.values())) < 13_200
    assert charts.orders(frames.orders(Settings(seed=3), 0, False, "Keras").form) is SPECS["orders"]


@each
def test_its_datasets_are_fed_and_its_fields_are_columns(name: str) -> None:
    """It uses all of its data. Each field that it reads is a column or computed."""
    assert datasets(SPECS[name]) == set(FED[name])
    for layout, drawn in ((BLOCKS.scene, "cells"), (ORDERS, "orders")):
        if drawn == name:
            assert_fed(SPECS[name], layout)
    columns = {column for frame in FED[name].values() for column in frame}
    made = {node["as"] for node in nodes(SPECS[name]) if isinstance(node.get("as"), str)}
    read = {node["field"] for node in nodes(SPECS[name]) if isinstance(node.get("field"), str)}
    assert read <= columns | made
    looked_up = {*re.findall(r"datum\.(\w+)", json.dumps(SPECS[name]))}
    assert looked_up <= columns | made | {"value"}  # of an axis' label


@each
def test_its_colours_are_known(name: str) -> None:
    """The colours are the gates' hues, ink, the accent and the signed scale, but not the red of verdicts."""
    assert colours(SPECS[name]) <= {*HUES.values(), INK, "primary", "diverging", HAIRLINE}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_letters_can_be_read_on_every_chip(theme: str) -> None:
    """Ink on a chip of each hue has a contrast of at least 4.5:1."""
    paper, ink = token(theme, "backgroundColor"), token(theme, f"{INK}Color")
    for hue in HUES.values():
        assert contrast(ink, over(token(theme, f"{hue}Color"), paper, charts.FILL)) >= 4.5
