"""The template of all scenes: valid, built once for a structure, its words as their styles say."""

import numpy as np
import pytest

from components.charts.picture import (
    OPACITY,
    Boxes,
    Curves,
    Expr,
    Heads,
    Lines,
    Points,
    Signal,
    Texts,
    Tip,
    When,
    Words,
    hue,
    picture,
    ramp,
    shade,
)
from components.charts.scene import SOLID, STYLES, Form, Scene
from components.charts.template import FONTS, Spec
from tests.charts.specs import assert_fed, marks, nodes, validate
from tests.charts.tables import seen

FORM = Form(100, 60, tuple(STYLES))
LIT = "datum.slot == slot"
SLOT = Signal("slot", event="unrolledhere", over="pointerover", pointed="datum ? datum.slot : slot")
LAYERS = (
    Boxes(fill=shade("value", 2), tips=(Tip("value", format=".2f"),)),
    Boxes(fill=ramp("value", "primary"), opacity=OPACITY, outline=When(LIT, "#808080", "gray"), thick=2),
    Boxes(hollow=True, opacity=When(LIT, 1, OPACITY), thick=When(LIT, 3, When("datum.slot < 0", 1, 0)), margin=(0, 5)),
    Boxes(opacity=Expr("datum.slot ? 1 : .5"), tips=Expr("{slot: datum.slot}"), where="datum.slot > 0", down=10),
    Texts("value", format=".2f", room="37", high=14),
    Points("slot", ("circle", "square")),
    Lines(colour=hue("head", ["blue", "orange"]), thick=4, round=True),
    Heads(size=30, opacity=0.5),
    Heads(towards="right"),
    Words(("name",), fill=hue("slot", ["blue"]), opacity=When(LIT, 1, 0)),
    Words(),
)


def spec(*layers: object) -> list[Spec]:
    """The marks of a picture of such layers."""
    return list(marks(picture(FORM, layers)))  # type: ignore[arg-type]


def test_every_layer_is_vega_lite_and_reads_what_it_is_fed() -> None:
    found = picture(FORM, LAYERS, (SLOT,))
    validate(found)
    assert picture(FORM, LAYERS, (SLOT,)) is found
    scene = Scene(100, FORM.words, FORM.margin)
    scene.cell(0, 0, 1, 1, value=0.5, opacity=1, slot=1)
    scene.arrow(0, 0, 1, 1)
    scene.label("name", 0, 0, "h", slot=0)
    assert_fed(found, scene.layout())


def test_a_column_that_is_missing_is_found() -> None:
    scene = Scene(100, FORM.words, FORM.margin)
    scene.cell(0, 0, 1, 1, value=0.5)
    assert_fed(picture(FORM, (Texts("value"),)), scene.layout())
    with pytest.raises(AssertionError, match="text"):
        assert_fed(picture(FORM, (Texts("text"),)), scene.layout())


def looks(mark: Spec, number: int) -> Spec:
    """The properties of a text mark for the style of a number."""
    found = {}
    for name, value in mark["mark"].items():
        if isinstance(value, dict) and "style]" in value["expr"]:
            listed, _, rest = value["expr"].partition("[datum.")
            assert rest == "style]"
            value = eval(listed)[number]
        found[name] = value
    return found


def shows(mark: Spec, number: int) -> bool:
    """Whether a text mark shows words of the style of a number."""
    (test,) = [part["filter"] for part in mark.get("transform", [])] or ["True"]
    test = test.split(" && ")[0].replace("datum.style", "number")
    if test.startswith("indexof"):
        return number in eval(test[len("indexof(") : test.index("]") + 1])
    return "number" not in test or bool(eval(test))


@pytest.mark.parametrize("claimed", [(), ("name",), ("head", "tick"), ("margin",)], ids=str)
def test_words_look_as_their_style_says(claimed: tuple[str, ...]) -> None:
    """Each word is in exactly one mark, with the size, weight, place and font family of its style."""
    layers = (Words(claimed, opacity=1), Words()) if claimed else (Words(),)
    found = spec(*layers)
    for number, name in enumerate(FORM.words):
        style = STYLES[name]
        (mark,) = [one for one in found if shows(one, number)]
        look = looks(mark, number)
        assert look["fontSize"] == style.size
        assert look.get("fontWeight", 400) == (600 if style.bold else 400)
        assert look.get("align", "center") == style.align
        assert look.get("dx", 0) == style.shift - (FORM.margin if style.margin else 0)
        assert {"": None, "serif": "Source Serif", "mono": "Source Code Pro"}[style.family] == look.get("font")
        if name not in claimed:
            assert look.get("opacity", 1) == style.opacity


def test_a_mark_without_tips_says_nothing() -> None:
    """Streamlit would list its channels."""
    for mark in spec(*LAYERS):
        assert "tooltip" in mark["encoding"] or mark["mark"]["tooltip"] in (False, {"expr": "{slot: datum.slot}"})


def test_pointing_filters_nothing() -> None:
    """A signal is read by channels only, so that no mark is made anew when it changes."""
    found = picture(FORM, LAYERS, (SLOT,))
    assert not any("slot ==" in str(node["filter"]) for node in nodes(found) if "filter" in node)
    (signal,) = [one for one in found["config"]["signals"] if one != FONTS]
    assert signal == {
        "name": "slot",
        "value": -1,
        "on": [
            {"events": {"source": "window", "type": "unrolledhere"}, "update": "event.detail"},
            {"events": "pointerover", "update": "datum ? datum.slot : slot"},
        ],
    }


def test_what_marks_share_is_sent_once() -> None:
    """Marks of one dataset are a group, which has their tips; several scales of a channel in it stay separate."""
    tips = (Tip("value", format=".2f"),)
    boxes = Boxes(fill=shade("value", 2), tips=tips), Boxes(fill=hue("slot", ["blue"]), tips=tips)
    (group,) = picture(FORM, (*boxes, Texts("value", tips=tips)))["layer"]
    assert str(group).count("tooltip") == 1
    assert group["resolve"] == {"scale": {"color": "independent"}}
    assert all(
        "tooltip" in mark["encoding"]
        for mark in marks(picture(FORM, (*boxes, Words())))
        if mark["data"] == group["data"]
    )
    (mixed, _) = picture(FORM, (boxes[0], Texts("value"), Words()))["layer"]
    assert "encoding" not in mixed
    assert mixed["layer"][0]["encoding"]["tooltip"]
    assert mixed["layer"][1]["mark"]["tooltip"] is False


def test_cells_of_one_height_say_it_once() -> None:
    """The template has the height; what it shows is where it would be with a column for the lower edge."""
    scenes = [Scene(100, (), heights=heights) for heights in ({}, {"cells": 20.5})]
    for scene in scenes:
        scene.cells([0, 100], [10, 40], 50, 20.5, value=1.0)
    free, fixed = (scene.layout() for scene in scenes)
    assert seen(free).cells.equals(seen(fixed).cells[seen(free).cells.columns])
    assert set(free.columns["cells"]) - set(fixed.columns["cells"]) == {"y2"}
    layers = Boxes(inset=(0, 1), down=5), Texts("value")
    assert_fed(picture(fixed.form, layers), fixed)
    box, text = marks(picture(fixed.form, layers))
    assert (box["mark"]["yOffset"], box["mark"]["y2Offset"], box["encoding"]["y2"]) == (6, 24.5, {"field": "y"})
    assert {"calculate": "datum.y + 102.5", "as": "cy"} in text["transform"]
    scenes[1].cell(0, 0, 1, 20, value=1)
    with pytest.raises(ValueError, match=r"cells that are not 20\.5 px high"):
        scenes[1].layout()


def test_a_picture_of_lines_is_as_high_as_they_are() -> None:
    """A band for each line; texts and words in the middle of it."""
    scene = Scene(0, ("tick",), pitch=24)
    scene.cell(0, 24, 50, 24 * SOLID, value=1)
    scene.label("tick", 0, 24, "t = 1")
    scene.curves(np.zeros((1, 1)), np.zeros((1, 1)))
    layout = scene.layout()
    found = picture(layout.form, (Boxes(), Texts("value"), Curves(), Words()))
    validate(found)
    assert_fed(found, layout)
    assert found["height"] == {"step": 24}
    box, text, line, dots, word = marks(found)
    assert "y2" not in box["encoding"]
    assert text["encoding"]["y"]["bandPosition"] == word["encoding"]["y"]["bandPosition"] == 0.5
    assert line["encoding"]["yOffset"] == dots["encoding"]["yOffset"]


def test_a_single_tip_is_said_without_its_name() -> None:
    """Several tips are a table of names and values."""
    one, two = Tip("value", format=".2f"), Tip("slot", "slot of")
    (alone, both) = spec(Boxes(tips=(one,)), Boxes(tips=(one, two)))
    said = {"field": "value", "type": "quantitative", "format": ".2f"}
    assert alone["encoding"]["tooltip"] == said
    assert both["encoding"]["tooltip"] == [said, {"field": "slot", "title": "slot of"}]
