"""The templates of shapes: valid, small, built once, in colours that are no gate's and can be seen."""

import json

import pytest

from components.charts.score import HUES
from components.charts.template import HAIRLINE, INK, Spec, fed
from components.lessons.shapes import charts, frames
from components.lessons.shapes.facts import flip, nudge, readings
from components.settings import Settings
from tests.charts.specs import colours, datasets, nodes, validate
from tests.charts.test_theme import THEME, contrast, over, rgb, token

SETTINGS = Settings(batch_size=4)
BLOCK, READ, NUDGED = (
    frames.block(SETTINGS),
    frames.readings(readings(SETTINGS)),
    frames.nudges(nudge(SETTINGS)),
)
TAPE = frames.tape(flip(SETTINGS), False)
SPECS: dict[str, Spec] = {
    "block": charts.block(frames.BLOCK_HEIGHT, 4),
    "tape": charts.tape(TAPE.height, frames.RIGHT, frames.CHIP_WIDTH, frames.CHIP),
    "readings": charts.readings(frames.READINGS_HEIGHT, READ.columns),
    "nudged": charts.nudged(frames.NUDGE_HEIGHT, frames.NUDGE_BELOW, NUDGED.columns, 4),
}
FED = {
    "block": {"cells": BLOCK.cells, "lines": BLOCK.lines, "words": BLOCK.words},
    "tape": {"axes": TAPE.axes, "words": TAPE.words},
    "readings": {"cells": READ.cells, "words": READ.words},
    "nudged": {"cells": NUDGED.cells, "words": NUDGED.words},
}
each = pytest.mark.parametrize("name", SPECS)
themes = pytest.mark.parametrize("theme", ["light", "dark"])


@each
def test_it_is_vega_lite_and_small(name: str) -> None:
    """Valid as it travels, and with its data at the defaults below 9 kB."""
    validate(SPECS[name])
    travels = fed(SPECS[name], **FED[name])["datasets"]
    assert len(json.dumps(SPECS[name])) + sum(map(len, travels.values())) < 9000


@each
def test_its_datasets_are_fed_and_its_fields_are_columns(name: str) -> None:
    """It draws what it is fed, and reads no field that is neither a column nor computed."""
    assert datasets(SPECS[name]) == set(FED[name])
    columns = {column for frame in FED[name].values() for column in frame}
    made = {node["as"] for node in nodes(SPECS[name]) if isinstance(node.get("as"), str)}
    read = {node["field"] for node in nodes(SPECS[name]) if isinstance(node.get("field"), str)}
    assert read <= columns | made


def test_templates_are_built_once() -> None:
    """The same structure is the same object, whatever the numbers."""
    assert charts.block(frames.BLOCK_HEIGHT, 4) is SPECS["block"]
    assert charts.nudged(frames.NUDGE_HEIGHT, frames.NUDGE_BELOW, 4, 4) is SPECS["nudged"]


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


@pytest.mark.parametrize(
    ("style", "bold"), [(name, name in ("head", "margin head", "title")) for name in frames.STYLES]
)
def test_styles_are_where_the_chart_expects_them(style: str, bold: bool) -> None:
    """Bold at multiples of three; the margin's between 3 and 5: the chart computes looks from places."""
    if style:
        place = frames.STYLES.index(style)
        assert (place % 3 == 0) == bold
        assert (3 <= place <= 5) == style.startswith("margin")
