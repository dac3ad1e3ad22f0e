"""The grid's template: valid, small, the same for all numbers, and lit by what the page sends."""

import json
import re
from pathlib import Path

import pytest

from components.charts.layers import SLOT_EVENT, grid
from components.charts.template import fed
from components.frames import Frame
from components.frames.layers import Grid, as_rows, changed, mirrored, structure
from components.recurrence.layers import STAGES
from components.settings import Settings
from components.ui import pointer
from tests.charts.specs import datasets, nodes, validate

SCRIPT = (Path(pointer.__file__).parent / "pointer.js").read_text("utf-8")
BOTH = Settings(num_layers=2, batch_size=2, bidirectional=True)
PICTURES = {
    "structure": structure(2, 5),
    "dense": structure(4, 200),
    "changed": changed(BOTH, "LSTM", 3, 0),
    "rows": as_rows(BOTH),
    "mirrored": mirrored(BOTH, STAGES[1], 0),
}
pictures = pytest.mark.parametrize("picture", PICTURES.values(), ids=list(PICTURES))


def frames(picture: Grid) -> dict[str, Frame]:
    lines = {} if picture.lines is None else {"lines": picture.lines}
    return {"cells": picture.cells, "words": picture.words} | lines


@pictures
@pytest.mark.parametrize("lit", [False, True])
def test_it_is_vega_lite_small_and_fed(picture: Grid, lit: bool) -> None:
    spec = grid(picture.height, "turn", "d", picture.lines is not None, lit)
    validate(spec)
    assert len(json.dumps(spec)) < 4_000
    assert datasets(spec) == set(fed(spec, **frames(picture))["datasets"])
    fields = {node["field"] for node in nodes(spec) if isinstance(node.get("field"), str)}
    assert fields <= {*picture.cells, *picture.words, *(() if picture.lines is None else picture.lines)} | {"x", "y"}


def test_it_stays_the_same_when_numbers_change() -> None:
    specs = [
        grid(one.height, "moves by", ".2r", one.lines is not None)
        for one in (changed(BOTH, "LSTM", 3, 0), changed(BOTH, "RNN", 1, 1), changed(BOTH, "LSTM", 5, 0))
    ]
    assert specs[0] is specs[1] is specs[2]
    assert grid(structure(2, 5).height, "turn", "d", True) is grid(structure(2, 9).height, "turn", "d", True)


def test_the_page_moves_the_signal() -> None:
    """A window event of the control's name chooses the slot; what is lit asks for the slot's bit."""
    picture = PICTURES["structure"]
    spec = grid(picture.height, "turn", "d", True, True)
    (signal,) = spec["config"]["signals"]
    assert signal["on"][0]["events"] == {"source": "window", "type": SLOT_EVENT}
    assert re.findall(r"CustomEvent\((\S+),", SCRIPT) == ["data.event"]  # which the page gives
    lit = [node["expr"] for node in nodes(spec) if "slot" in str(node.get("expr"))]
    assert len(lit) == 4  # cells, their numbers, lines and heads
    assert all("(datum.feeds >> slot) & 1" in expression for expression in lit)
    assert grid(picture.height, "turn", "d", True)["config"]["signals"] == []
