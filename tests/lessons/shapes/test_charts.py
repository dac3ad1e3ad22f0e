"""The templates of shapes: valid, small, built once, in colours that are no gate's and can be seen."""

import json

import pytest

from components.charts.score import HUES
from components.charts.template import HAIRLINE, INK, Spec, fed
from components.lessons.shapes import charts, frames
from components.lessons.shapes.facts import flip, nudge, readings
from components.settings import Settings
from tests.charts.specs import assert_fed, colours, validate
from tests.charts.test_theme import THEME, contrast, over, rgb, token

SETTINGS = Settings(batch_size=4)
BLOCK, READ, NUDGED = (
    frames.block(SETTINGS),
    frames.readings(readings(SETTINGS)),
    frames.nudges(nudge(SETTINGS)),
)
TAPE = frames.tape(flip(SETTINGS), False)
ASKED = frames.asked_tape(flip(SETTINGS), False, True)
SCENES = {"block": BLOCK.scene, "tape": TAPE, "asked": ASKED, "readings": READ.scene, "nudged": NUDGED.scene}
SPECS: dict[str, Spec] = {
    "block": charts.block(BLOCK.scene.form, 4),
    "tape": charts.tape(TAPE.form),
    "asked": charts.tape(ASKED.form, two_lines=False),
    "readings": charts.readings(READ.scene.form),
    "nudged": charts.nudged(NUDGED.scene.form, frames.NUDGE_BELOW, 4),
}
each = pytest.mark.parametrize("name", SPECS)
themes = pytest.mark.parametrize("theme", ["light", "dark"])


@each
def test_it_is_vega_lite_and_small(name: str) -> None:
    """Valid as it travels, and with its data at the defaults below 9 kB."""
    validate(SPECS[name])
    travels = fed(SPECS[name], **SCENES[name].columns)["datasets"]
    assert len(json.dumps(SPECS[name])) + sum(map(len, travels.values())) < 9000


@each
def test_its_datasets_are_fed_and_its_fields_are_columns(name: str) -> None:
    """It draws what it is fed, and reads no field that is neither a column nor computed."""
    assert_fed(SPECS[name], SCENES[name])


def test_templates_are_built_once() -> None:
    """The same structure is the same object, whatever the numbers."""
    other = Settings(batch_size=4, seq_len=9, hidden_size=7)
    assert charts.block(frames.block(other).scene.form, 4) is SPECS["block"]
    assert charts.tape(frames.tape(flip(other), True).form) is SPECS["tape"]
    asked = frames.asked_tape(flip(other), True, False)
    assert charts.tape(asked.form, two_lines=False) is SPECS["asked"]
    assert charts.readings(frames.readings(readings(other)).scene.form) is SPECS["readings"]
    form = frames.nudges(nudge(other)).scene.form
    assert charts.nudged(form, frames.NUDGE_BELOW, 4) is SPECS["nudged"]


@each
def test_its_colours_are_known(name: str) -> None:
    """Axes' colours, ink, the accent and the signed scale: no gate's hue, none of the verdicts'."""
    assert colours(SPECS[name]) <= {*charts.AXES, INK, "primary", "diverging", HAIRLINE}
    assert not colours(SPECS[name]) & {*HUES.values(), "red", "green"}


@themes
def test_axes_can_be_seen_and_are_no_gate(theme: str) -> None:
    """At least 3:1 on the paper, as graphics need, and no colour is that of a gate, nor of another axis."""
    hues = [rgb(code) for code in charts.AXES if code != INK]
    assert all(contrast(hue, token(theme, "backgroundColor")) >= 3 for hue in hues)
    assert len(set(hues)) == len(hues)
    assert not set(hues) & {rgb(THEME[theme][f"{hue}Color"]) for hue in (*HUES.values(), "red")}


@themes
def test_marks_and_numbers_can_be_read_on_every_shade(theme: str) -> None:
    """Ink has 3:1 on the deepest shade of a sample, which holds a mark, and 4.5:1 where numbers stand."""
    paper, ink = token(theme, "backgroundColor"), token(theme, f"{INK}Color")
    assert contrast(ink, over(rgb(charts.BATCH), paper, charts.DEPTH[1])) >= 3
    assert contrast(ink, over(token(theme, "primaryColor"), paper, charts.NUMBERED[1])) >= 4.5


def test_shapes_and_marks_are_as_many() -> None:
    """A sample's mark in a cell and beside a row are the same: as many of one as of the other, in order."""
    assert len(charts.SHAPES) == len(frames.MARKS)
    assert len(charts.AXES) == len(frames.LETTERS)
