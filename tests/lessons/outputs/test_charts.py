"""The picture's template: valid, small, the same for any numbers, and moved by the pointer and by the page."""

import copy
import json
import re

import pytest

from components.charts.scene import Form
from components.charts.template import FONTS, fed
from components.lessons.outputs.charts import SLOT_EVENT, outputs
from components.lessons.outputs.frames import outputs_picture
from components.settings import VIEWS, Settings
from tests import ROOT
from tests.charts.specs import assert_fed, nodes, validate

SCRIPT = (ROOT / "components/ui/pointer/pointer.js").read_text("utf-8")


def form(directions: int) -> Form:
    """What the template is made for."""
    return outputs_picture(Settings(bidirectional=directions == 2), 0).scene.form


directions = pytest.mark.parametrize("directions", [1, 2])


@directions
@pytest.mark.parametrize("bound", VIEWS["c_range"].options())
def test_it_is_vega_lite_small_and_built_once(directions: int, bound: int) -> None:
    """Valid as it travels, below 5 kB, and the same object for the same structure."""
    spec = outputs(form(directions), bound)
    validate(spec)
    assert len(json.dumps(spec)) < 5_000
    assert outputs(form(directions), bound) is spec


@pytest.mark.parametrize("revealed", [True, False])
def test_every_dataset_is_read_and_fed(revealed: bool) -> None:
    """The names agree, and every field that is read is a column, or made on the way."""
    scene = outputs_picture(Settings(num_layers=2, bidirectional=True), 0, revealed).scene
    assert_fed(outputs(scene.form, 2), scene)


def test_it_does_not_depend_on_the_numbers() -> None:
    """Fed with other settings of as many directions it stays as it is, to the last character."""
    before = copy.deepcopy(outputs(form(1), 2))
    for settings in (Settings(seed=2), Settings(seq_len=200, hidden_size=128, num_layers=4), Settings(proj_size=2)):
        for revealed in (True, False):
            scene = outputs_picture(settings, 0, revealed).scene
            given = fed(outputs(scene.form, 2), **scene.columns)
            given.pop("datasets")
            assert given == before


def test_pointer_and_page_move_one_signal() -> None:
    """A window event of the name the control sends, or a cell that belongs to a slot, sets the slot that is lit."""
    spec = outputs(form(1), 2)
    (signal,) = [one for one in spec["config"]["signals"] if one != FONTS]
    window, pointer = signal["on"]
    assert window["events"] == {"source": "window", "type": SLOT_EVENT}
    assert re.findall(r"CustomEvent\((\S+),", SCRIPT) == ["data.event"]  # which the page gives
    assert "pointerover" in pointer["events"]
    tests = {node["condition"]["test"] for node in nodes(spec) if "condition" in node}
    assert tests == {f"datum.slot == {signal['name']}"}


def test_one_number_has_one_shade() -> None:
    """One scale colours every cell of all three tensors, on the fixed domain that is asked for."""
    scales = [node["scale"] for node in nodes(outputs(form(1), 5)) if node.get("field") == "value" and "scale" in node]
    assert [scale["domain"] for scale in scales] == [[-5, 5]]
    assert scales[0]["range"] == "diverging"
