"""Shapes as pictures: the block of inputs and its slices, the tape of axes, and grids of cells side by side.

Across, places are thousandths of the width; down, pixels. The frames compute all of them. An axis has one colour
wherever its size occurs, and its letter beside it. The batch axis' colour is that of the samples too: a sample is a
shade of it, and a mark.
"""

from typing import Any

import altair as alt

from components.charts.template import HAIRLINE, INK, Chart, template

# T, B, I, H, P and L·D: none of the gates' hues, and 3:1 at least on both papers. L·D is ink: it counts no data.
AXES = ("#12909C", "#7A62DC", "#4F7F9E", "#948512", "#6B9327", INK)
BATCH = AXES[1]
SHAPES = ("circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
MARGIN, NARROW = 104, 62  # px left of what is drawn

# How words look, by the number of their style: where they stand, how large, how heavy, how deep.
_LOOKS = (
    ("left", 13, 600, 1),  # head
    ("left", 12, 400, 1),  # rest
    ("left", 12, 400, 0.8),  # note
    ("left", 12, 400, 1),  # margin
    ("left", 13, 600, 1),  # margin head
    ("left", 11, 400, 0.75),  # margin note
    ("right", 12, 400, 1),  # side
    ("center", 12, 400, 1),  # tick
    ("center", 13, 600, 1),  # title
)
_IN_MARGIN = (3, 4, 5)

_HUES = alt.Scale(domain=list(range(len(AXES))), range=list(AXES))
_AXIS = alt.Color("axis:O", scale=_HUES, legend=None)
_SHADE = alt.FillOpacity("shade:Q", scale=alt.Scale(domain=[0, 100], range=[0, 1]), legend=None)
# A signal rather than a selection: pointing redraws one outline and filters nothing.
_AT = {
    "name": "at",
    "value": 10,
    "on": [{"events": "pointermove", "update": "datum && datum.t ? datum.t * 10 + datum.b : at"}],
}


def _from(data: str) -> Chart:
    return alt.Chart(alt.NamedData(data))


def _layer(data: str, tooltip: dict[str, str], *layers: Chart) -> Chart:
    """Layers that share a dataset and what is said when pointing at it: by field, how it is called there."""
    decimals = {"format": ".4f"}
    said = [
        {"field": field, "type": "quantitative", "title": title} | (decimals if field in ("value", "moved") else {})
        for field, title in tooltip.items()
    ]
    return alt.LayerChart(layer=list(layers), data=alt.NamedData(data), encoding=alt.SharedEncoding(tooltip=said))


def _words(margin: int) -> Chart:
    """All words, each in its style; those of the margin begin at its left edge."""

    def by_style(values: list[Any]) -> dict[str, str]:
        return {"expr": f"{values}[datum.style]".replace(" ", "")}

    align, size, weight, opacity = (by_style(list(values)) for values in zip(*_LOOKS, strict=True))
    shift = by_style([-margin if style in _IN_MARGIN else 0 for style in range(len(_LOOKS))])
    look: dict[str, Any] = {"align": align, "fontSize": size, "fontWeight": weight, "opacity": opacity, "dx": shift}
    return (
        _from("words")
        .mark_text(baseline="middle", tooltip=False, **look)
        .encode(x="x:Q", y="y:Q", text="text:N", color=alt.value(INK))
    )


def _marks(field: str, size: int) -> Chart:
    """The marks of samples, at the middle of their cells."""
    shapes = alt.Scale(domain=list(range(len(SHAPES))), range=list(SHAPES))
    return (
        alt.Chart()
        .mark_point(filled=True, size=size, opacity=1)
        .transform_calculate(mark=f"datum.{field} % {len(SHAPES)}")
        .encode(x="cx:Q", y="cy:Q", shape=alt.Shape("mark:N", scale=shapes, legend=None), color=alt.value(INK))
    )


def _figures(field: str, fits: str, digits: str) -> Chart:
    """The cells' numbers, where they fit."""
    return (
        alt.Chart()
        .mark_text(fontSize=13)
        .transform_filter(fits)
        .encode(x="cx:Q", y="cy:Q", text=alt.Text(f"{field}:Q", format=digits), color=alt.value(INK))
    )


def _picture(height: int, margin: int, *layers: Chart, signals: tuple[Any, ...] = ()) -> Chart:
    """The layers in one view. What the first says of scales and axes holds for all."""
    plain = {"minExtent": margin, "maxExtent": margin, "domain": False, "ticks": False, "title": None, "grid": False}
    scales = _from("words").mark_point(opacity=0, tooltip=False)
    scales = scales.encode(
        x=alt.X("x:Q", scale=alt.Scale(domain=[0, 1000], nice=False)),
        y=alt.Y("y:Q", axis=alt.Axis(labels=False), scale=alt.Scale(domain=[height, 0], nice=False)),
    )
    return (
        alt.layer(scales, *layers, _words(margin), height=height)
        .resolve_scale(color="independent")
        .properties(
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            usermeta={"config": {"signals": list(signals), "axisX": {"disable": True}, "axisY": plain}},
        )
    )


@template
def block(height: int) -> Chart:
    """`cells`, `lines` and `words` of the block; pointing at a cell outlines its step of its sample everywhere."""
    tip = {"t": "step t", "b": "sample", "f": "feature", "value": "value"}
    cells = (
        alt.Chart()
        .mark_rect(cornerRadius=2, strokeWidth={"expr": "datum.t * 10 + datum.b == at ? 2 : 0"})
        .encode(x="x:Q", x2="x2", y="y:Q", y2="y2", color=alt.value(BATCH), stroke=alt.value(INK), fillOpacity=_SHADE)
    )
    edges = _from("lines").mark_rule(strokeWidth=4, strokeCap="round")
    edges = edges.encode(x="x:Q", x2="x2", y="y:Q", y2="y2", color=_AXIS)
    return _picture(height, NARROW, _layer("cells", tip, cells, _marks("b", 36)), edges, signals=(_AT,))


@template
def tape(height: int, chip: int) -> Chart:
    """`chips`, `lines` and `words` of the tape: each axis a chip in its colour, `chip` px high, equal axes joined."""
    stroke = alt.Stroke("axis:O", scale=_HUES, legend=None)
    chips = (
        alt.Chart()
        .mark_rect(cornerRadius=2, fillOpacity=0.2, strokeWidth=1.5, y2Offset=chip)
        .encode(x="x:Q", x2="x2", y="y:Q", y2="y", color=_AXIS, stroke=stroke)
    )
    texts = (
        alt.Chart()
        .mark_text(baseline="middle", fontSize=12.5, lineBreak="\n", lineHeight=15, dy=chip / 2 - 7)
        .encode(x="cx:Q", y="y:Q", text="text:N", color=alt.value(INK))
    )
    lines = _from("lines").mark_rule(strokeCap="round", strokeWidth={"expr": "datum.crosses ? 3.5 : 1.5"})
    lines = lines.encode(x="x:Q", x2="x2", y="y:Q", y2="y2", color=_AXIS)
    return _picture(height, MARGIN, lines, _layer("chips", {}, chips, texts))


@template
def readings(height: int, columns: int) -> Chart:
    """`cells` and `words`: signed numbers in two grids of so many columns."""
    signed = alt.Scale(type="sqrt", domain=[-1, 1], range="diverging", clamp=True, interpolate="rgb")
    tip = {"row": "row", "unit": "unit", "value": "value"}
    cells = (
        alt.Chart()
        .mark_rect(cornerRadius=2)
        .encode(x="x:Q", x2="x2", y="y:Q", y2="y2", color=alt.Color("value:Q", scale=signed, legend=None))
    )
    figures = _figures("value", f"width * {min(0.36 / columns, 0.09):.3f} > 37", ".2f")
    return _picture(height, 0, _layer("cells", tip, cells, figures))


@template
def nudged(height: int, columns: int) -> Chart:
    """`cells` and `words`: whose numbers are read at each (t, b), and how far the outputs there move."""
    tip = {"t": "step t", "b": "read as sample", "whose": "numbers of sample", "moved": "output moves by"}
    hue = alt.Color("panel:O", scale=alt.Scale(domain=[0, 1], range=[BATCH, "primary"]), legend=None)
    cells = (
        alt.Chart()
        .mark_rect(cornerRadius=2, strokeWidth=1)
        .encode(x="x:Q", x2="x2", y="y:Q", y2="y2", color=hue, fillOpacity=_SHADE, stroke=alt.value(HAIRLINE))
    )
    read = _marks("whose", 50).transform_filter("datum.panel == 0")
    fits = f"datum.panel && datum.moved && width * {min(0.4 / columns, 0.09):.3f} > 46"
    return _picture(height, 0, _layer("cells", tip, cells, read, _figures("moved", fits, ".2r")))
