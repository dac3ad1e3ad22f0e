"""The charts of grids are valid, small and the same for all numbers. An event of the page highlights a slot."""

import json
import re
from pathlib import Path

import pytest

from components.charts.scene import Layout
from components.charts.template import Spec
from components.lessons.layers import STAGES, frames
from components.lessons.layers.charts import SLOT_EVENT, grid, sizes
from components.settings import Settings
from components.ui import pointer
from tests.charts.specs import assert_fed, nodes, validate

SCRIPT = (Path(pointer.__file__).parent / "pointer.js").read_text("utf-8")
BOTH = Settings(num_layers=2, batch_size=2, bidirectional=True)
PICTURES = {
    "structure": frames.structure(2, 5),
    "dense": frames.structure(4, 200),
    "reached": frames.reached(BOTH, "LSTM", 3, 0, True),
    "asked": frames.reached(BOTH, "LSTM", 3, 0, False),
    "mirrored": frames.mirrored(BOTH, STAGES[1], 0),
}


def spec_of(name: str, picture: Layout) -> Spec:
    """The specification with which the page shows it."""
    if name == "mirrored":
        return sizes(picture.form, "differs by")
    return grid(
        picture.form, *(("turn", "d") if name == "structure" else ("moves by", ".2r")), "lines" in picture.columns
    )


@pytest.mark.parametrize(("name", "picture"), PICTURES.items(), ids=list(PICTURES))
def test_it_is_vega_lite_small_and_fed(name: str, picture: Layout) -> None:
    spec = spec_of(name, picture)
    validate(spec)
    assert len(json.dumps(spec)) < 4_000
    assert_fed(spec, picture)


def test_it_stays_the_same_when_numbers_change() -> None:
    """It is also the same before and after an answer, so that the picture does not jump."""
    changes = [frames.reached(BOTH, "RNN", 1, 1, True), PICTURES["asked"], PICTURES["reached"]]
    assert {id(spec_of("reached", picture)) for picture in changes} == {id(spec_of("reached", changes[0]))}
    assert spec_of("structure", frames.structure(2, 5)) is spec_of("structure", frames.structure(2, 9))


def test_the_page_moves_the_signal() -> None:
    """A window event with the control's name chooses the slot. Marks test the slot's bit."""
    spec = spec_of("structure", PICTURES["structure"])
    (signal,) = spec["config"]["signals"]
    assert signal["on"][0]["events"] == {"source": "window", "type": SLOT_EVENT}
    assert re.findall(r"CustomEvent\((\S+),", SCRIPT) == ["data.event"]  # which the page gives
    lit = [node["expr"] for node in nodes(spec) if "slot" in str(node.get("expr"))]
    assert len(lit) == 4  # cells, their numbers, lines and heads
    assert all("(datum.feeds >> slot) & 1" in expression for expression in lit)
    assert spec_of("mirrored", PICTURES["mirrored"])["config"]["signals"] == []
