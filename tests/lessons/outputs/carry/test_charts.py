"""The picture of the continuations: valid, small, built once, with numbers that can be read on every shade."""

import json

import pytest

from components.charts.scene import Layout
from components.charts.template import INK
from components.lessons.outputs.carry.charts import DEEPEST, FORMATS, carry
from components.lessons.outputs.carry.facts import continued
from components.lessons.outputs.carry.frames import carry_picture
from components.settings import Settings
from tests.charts.specs import assert_fed, nodes, validate
from tests.charts.test_theme import AA, contrast, over, token


def made(seq_len: int = 5, hidden_size: int = 4) -> Layout:
    """The scene of a sequence, cut after its first step."""
    return carry_picture(2, continued(Settings(num_layers=2, seq_len=seq_len, hidden_size=hidden_size), 1).per_step)


def test_it_is_vega_lite_small_and_built_once() -> None:
    scene = made()
    spec = carry(scene.form)
    validate(spec)
    assert len(json.dumps(spec)) < 4_000
    assert carry(made(seq_len=90, hidden_size=7).form) is spec
    assert_fed(spec, scene)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_numbers_can_be_read(theme: str) -> None:
    paper, ink = token(theme, "backgroundColor"), token(theme, f"{INK}Color")
    assert contrast(ink, over(token(theme, "primaryColor"), paper, DEEPEST)) >= AA


def test_its_scale_is_fixed() -> None:
    """A shade means the same for any numbers."""
    scales = [node["scale"] for node in nodes(carry(made().form)) if node.get("field") == "shade" and "scale" in node]
    assert [(scale["domain"], scale["range"]) for scale in scales] == [([0, 1], [0, DEEPEST])]


@pytest.mark.parametrize("difference", [0, 1e-12, 9.9e-5, 1e-4, 0.5, 7])
def test_each_number_is_written_once(difference: float) -> None:
    """Exactly one format is for a number."""
    tests = [test.replace("datum.difference", str(difference)).replace("&&", "and") for _, _, test in FORMATS]
    assert sum(eval(test) for test in tests) == 1
