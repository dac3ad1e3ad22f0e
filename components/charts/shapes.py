"""Shapes as pictures: the block of inputs and its slices, the tape of axes, and grids of cells side by side.

Across, places are thousandths of the width; down, pixels. The frames compute all of them. An axis has one colour
wherever its size occurs, and its letter beside it. The batch axis' colour is that of the samples too: sample b is a
shade of it, and a mark.
"""

from typing import Any

import altair as alt

from components.charts.template import HAIRLINE, INK, Chart, template

# None of the gates' hues, and 3:1 at least on both papers. L·D is drawn as ink, for it counts no data.
AXES = {"T": "#12909C", "B": "#7A62DC", "I": "#4F7F9E", "H": "#948512", "P": "#6B9327", "L·D": INK}
MARKS = ("circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
MARGIN, NARROW = 104, 62  # px left of what is drawn

_HUES = alt.Scale(domain=list(AXES), range=list(AXES.values()))
_SHAPES = alt.Scale(domain=list(range(len(MARKS))), range=list(MARKS))
# A signal rather than a selection: pointing redraws one outline and filters nothing.
_AT = {
    "name": "at",
    "value": 0,
    "on": [{"events": "pointermove", "update": "datum && isValid(datum.k) ? datum.k : at"}],
}
_STYLES: dict[str, dict[str, Any]] = {
    "head": {"align": "left", "fontSize": 13, "fontWeight": 600},
    "rest": {"align": "left", "fontSize": 12},
    "name": {"align": "left", "fontSize": 13, "fontWeight": 600},
    "note": {"align": "left", "fontSize": 12, "opacity": 0.8},
    "left": {"fontSize": 12},
    "leftname": {"fontSize": 13, "fontWeight": 600},
    "leftnote": {"fontSize": 11, "opacity": 0.75},
    "side": {"align": "right", "fontSize": 12},
    "tick": {"align": "center", "fontSize": 12},
    "title": {"align": "center", "fontSize": 13, "fontWeight": 600},
}


def _x(field: str) -> alt.X:
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, 1000], nice=False))


def _y(field: str, height: int) -> alt.Y:
    # An axis without labels, for the margin it reserves.
    axis = alt.Axis(labels=False)
    return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[height, 0], nice=False))


def _words(height: int, margin: int, styles: tuple[str, ...]) -> list[Chart]:
    """Words, each style a layer; those whose style begins with "left" stand in the margin."""
    layers = []
    for style in styles:
        look = {"baseline": "middle", **_STYLES[style]}
        if style.startswith("left"):
            look |= {"align": "left", "x": -margin}
        mark = alt.Chart(alt.NamedData("words")).mark_text(**look).transform_filter(f"datum.style == '{style}'")
        at = {"y": _y("y", height), "text": alt.Text("text:N"), "color": alt.value(INK)}
        layers.append(mark.encode(**at) if style.startswith("left") else mark.encode(x=_x("x"), **at))
    return layers


def _box(data: str, height: int, **style: Any) -> Chart:
    """A rectangle from x to x2 and from y to y2."""
    return (
        alt.Chart(alt.NamedData(data))
        .mark_rect(cornerRadius=2, **style)
        .encode(x=_x("x"), x2="x2", y=_y("y", height), y2="y2")
    )


def _marks(data: str, height: int, field: str, size: int = 55) -> Chart:
    """The marks of samples, at (cx, cy)."""
    shape = alt.Shape("mark:N", scale=_SHAPES, legend=None)
    return (
        alt.Chart(alt.NamedData(data))
        .mark_point(filled=True, size=size, opacity=1)
        .transform_calculate(mark=f"datum.{field} % {len(MARKS)}")
        .encode(x=_x("cx"), y=_y("cy", height), shape=shape, color=alt.value(INK))
    )


def _page(layers: list[Chart], height: int, margin: int, signals: tuple[Any, ...] = ()) -> Chart:
    config = {
        "signals": list(signals),
        "axisX": {"disable": True},
        "axisY": {"minExtent": margin, "maxExtent": margin, "domain": False, "ticks": False, "title": None}
        | {"grid": False},
    }
    return (
        alt.layer(*layers, height=height)
        .resolve_scale(color="independent", shape="shared")
        .properties(
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            usermeta={"config": config},
        )
    )


@template
def block(height: int) -> Chart:
    """`cells`, `lines`, `marks` and `words` of the block; pointing at a cell outlines its step of its sample."""
    tip = [
        alt.Tooltip("t:Q", title="step t"),
        alt.Tooltip("b:Q", title="sample"),
        alt.Tooltip("f:Q", title="feature"),
        alt.Tooltip("value:Q", format=".4f"),
    ]
    cells = _box("cells", height, strokeWidth={"expr": "datum.k == at ? 2 : 0"}).encode(
        color=alt.value(AXES["B"]),
        stroke=alt.value(INK),
        fillOpacity=alt.FillOpacity("shade:Q", scale=None),
        tooltip=tip,
    )
    edges = (
        alt.Chart(alt.NamedData("lines"))
        .mark_rule(strokeWidth=4, strokeCap="round")
        .encode(x=_x("x"), x2="x2", y=_y("y", height), y2="y2", color=alt.Color("axis:N", scale=_HUES, legend=None))
    )
    styles = ("head", "rest", "name", "note", "leftname", "left", "side", "tick")
    inside = _marks("cells", height, "b", 36).encode(tooltip=tip)
    layers = [cells, inside, edges, _marks("marks", height, "b"), *_words(height, NARROW, styles)]
    return _page(layers, height, NARROW, (_AT,))


@template
def tape(height: int) -> Chart:
    """`chips`, `lines` and `words` of the tape: each axis a chip in its colour, equal axes joined."""
    hue = alt.Color("axis:N", scale=_HUES, legend=None)
    chips = _box("chips", height, fillOpacity=0.2, strokeWidth=1.5).encode(color=hue, stroke=hue)
    looks: tuple[tuple[str, str, dict[str, Any]], ...] = (("top", "letter", {"fontWeight": 600}), ("low", "size", {}))
    texts = [
        alt.Chart(alt.NamedData("chips"))
        .mark_text(baseline="middle", fontSize=12, **look)
        .encode(x=_x("cx"), y=_y(at, height), text=f"{text}:N", color=alt.value(INK))
        for at, text, look in looks
    ]
    lines = (
        alt.Chart(alt.NamedData("lines"))
        .mark_rule(strokeCap="round", strokeWidth={"expr": "datum.crosses ? 3.5 : 1.5"})
        .encode(x=_x("x"), x2="x2", y=_y("y", height), y2="y2", color=hue)
    )
    return _page([lines, chips, *texts, *_words(height, MARGIN, ("left", "leftnote", "tick", "title"))], height, MARGIN)


@template
def readings(height: int) -> Chart:
    """`cells`, `lines`, `marks` and `words`: signed numbers in two grids, one chained by arrows."""
    signed = alt.Scale(type="sqrt", domain=[-1, 1], range="diverging", clamp=True, interpolate="rgb")
    tip = [alt.Tooltip("row:Q"), alt.Tooltip("unit:Q"), alt.Tooltip("value:Q", format=".4f")]
    cells = _box("cells", height).encode(color=alt.Color("value:Q", scale=signed, legend=None), tooltip=tip)
    chain = (
        alt.Chart(alt.NamedData("lines"))
        .mark_rule(strokeWidth=2)
        .encode(x=_x("x"), x2="x2", y=_y("y", height), y2="y2", color=alt.value(INK))
    )
    heads = (
        alt.Chart(alt.NamedData("lines"))
        .mark_point(shape="triangle-down", filled=True, size=40, opacity=1)
        .encode(x=_x("x"), y=_y("y2", height), color=alt.value(INK))
    )
    layers = [cells, _figures("value", "width * .36 / datum.columns > 37", height), chain, heads]
    return _page([*layers, _marks("marks", height, "b"), *_words(height, 0, ("head", "rest", "side"))], height, 0)


@template
def nudged(height: int) -> Chart:
    """`cells`, `marks` and `words`: whose numbers are read at each (t, b), and how far the outputs there move."""
    tip = [
        alt.Tooltip("t:Q", title="step t"),
        alt.Tooltip("b:Q", title="read as sample"),
        alt.Tooltip("whose:Q", title="numbers of sample"),
        alt.Tooltip("moved:Q", title="output moves by", format=".4f"),
    ]
    hue = alt.Color("panel:O", scale=alt.Scale(domain=[0, 1], range=[AXES["B"], "primary"]), legend=None)
    opened = alt.FillOpacity("shade:Q", scale=None)
    cells = _box("cells", height, strokeWidth=1).encode(
        color=hue, fillOpacity=opened, stroke=alt.value(HAIRLINE), tooltip=tip
    )
    inside = _marks("cells", height, "whose", 50).transform_filter("datum.panel == 0").encode(tooltip=tip)
    layers = [cells, inside, _figures("moved", "datum.moved && width * .4 / datum.columns > 46", height, ".2r")]
    return _page(
        [*layers, _marks("marks", height, "b", 50), *_words(height, 0, ("head", "rest", "side", "tick"))], height, 0
    )


def _figures(field: str, fits: str, height: int, digits: str = ".2f") -> Chart:
    """The cells' numbers, where they fit."""
    return (
        alt.Chart(alt.NamedData("cells"))
        .mark_text(fontSize=13, tooltip=False)
        .transform_filter(fits)
        .encode(x=_x("cx"), y=_y("cy", height), text=alt.Text(f"{field}:Q", format=digits), color=alt.value(INK))
    )
