"""A batch of different lengths: padded and packed, the harm that padding does, and what it wastes."""

from typing import Any

import altair as alt

from components.charts.axes import FIT, SERIF, bare
from components.charts.template import HAIRLINE, INK, Chart, template

CELL_EVENT = "unrolledcell"  # window event; its detail is the row of `data` to light, or -1 for none
MARGIN = 50  # px left of the cells

# Which row of data is lit, by the pointer on any of its three places, or by the page.
_CELL = {
    "name": "cell",
    "value": -1,
    "on": [
        {"events": {"source": "window", "type": CELL_EVENT}, "update": "event.detail"},
        {"events": "pointerover, pointerdown", "update": "datum && isNumber(datum.k) && datum.k >= 0 ? datum.k : cell"},
    ],
}
_LIT = "datum.k == cell && cell >= 0"


def _placed(height: int) -> Any:
    """Rectangles whose corners are columns: across in columns, down in pixels."""
    return alt.SharedEncoding(
        x={"field": "x0", "type": "quantitative", "scale": {"nice": False, "zero": False}},
        x2={"field": "x1"},
        y={"field": "y0", "type": "quantitative", "scale": {"domain": [height, 0], "nice": False}},
        y2={"field": "y1"},
    )


@template
def blocks(height: int, dense: bool = False) -> Chart:
    """`cells`, `arrows` and `labels` of `frames.py`, in a picture of `height` px.

    `dense` cells have no outline of their own. Embed with `width="stretch"`.
    """
    cells = alt.Chart(alt.NamedData("cells"))
    apart: dict[str, Any] = {} if dense else {"xOffset": 0.5, "x2Offset": -0.5, "cornerRadius": 2}
    widths = [{"test": _LIT, "value": 3.5}, {"test": "datum.k < 0", "value": 1}]
    rectangles = cells.mark_rect(yOffset=0.5, y2Offset=-0.5, **apart).encode(
        color=alt.ColorValue("primary"),
        fillOpacity=alt.FillOpacity("shade:Q", scale=None),
        stroke=alt.condition(_LIT, alt.StrokeValue("#808080"), alt.StrokeValue("rgba(128,128,128,.5)")),
        strokeWidth=alt.StrokeWidthValue(0 if dense else 1, condition=widths),
    )
    arrows = alt.Chart(alt.NamedData("arrows"))
    ink = alt.ColorValue(INK)
    lines = arrows.mark_rule(strokeWidth=1.2, opacity=0.75).encode(color=ink, x2=alt.X2("x1:Q"), y2=alt.Y2("y1:Q"))
    heads = arrows.mark_point(shape="triangle-right", filled=True, size=46, opacity=0.9).encode(
        x=alt.X("x1:Q"), y=alt.Y("y1:Q"), color=ink
    )
    view = alt.layer(
        alt.LayerChart(layer=[rectangles, lines], encoding=_placed(height)),
        heads,
        _numbers(cells),
        _labels(_STYLES),
        height=height,
        autosize=FIT,
    )
    return view.properties(usermeta={"config": {"signals": [_CELL]} | bare(MARGIN)})


def _numbers(cells: Chart) -> Chart:
    """In each cell its row of data, where it fits."""
    return (
        cells.mark_text(fontSize=12, tooltip=False)
        .transform_joinaggregate(across="max(x1)")
        .transform_filter(
            "datum.k >= 0 && width / datum.across * (datum.x1 - datum.x0) > 19 && datum.y1 - datum.y0 > 14"
        )
        .transform_calculate(x="(datum.x0 + datum.x1) / 2", y="(datum.y0 + datum.y1) / 2")
        .encode(x=alt.X("x:Q"), y=alt.Y("y:Q"), text=alt.Text("k:Q"), color=alt.ColorValue(INK))
    )


_SMALL: dict[str, Any] = {"fontSize": 12, "opacity": 0.75}
_STYLES: dict[str, dict[str, Any]] = {
    "name": SERIF | {"fontSize": 20, "align": "left"},
    "head": {"fontSize": 12, "align": "right"},
    "first": _SMALL | {"align": "left"},
    "margin": {"fontSize": 12, "align": "left", "x": -MARGIN},
    "place": {"fontSize": 12, "fontWeight": 600},
    "column": _SMALL,
    "size": {"fontSize": 12, "fontWeight": 600},
}
_PANELS: dict[str, dict[str, Any]] = {
    "name": {"fontSize": 13, "fontWeight": 600, "align": "left", "lineBreak": "\n", "lineHeight": 15},
    "foot": {"fontSize": 13, "align": "left"},
    "margin": {"fontSize": 12, "align": "left", "x": -MARGIN},
}


def _labels(styles: dict[str, dict[str, Any]]) -> Chart:
    """Texts at their places, by kind; of the steps all where there is room, else the first and the last."""
    layers = []
    for kind, style in styles.items():
        rows, kept = alt.Chart(), f"datum.kind == '{kind}'"
        if kind in ("column", "size"):
            rows = rows.transform_joinaggregate(across="max(x)")
            first, more = ("column", "step") if kind == "column" else ("size column", "size step")
            kept = f"datum.kind == '{first}' || datum.kind == '{more}' && width / datum.across > 20"
        at = {} if "x" in style else {"x": alt.X("x:Q")}
        marks = rows.transform_filter(kept).mark_text(**{"baseline": "middle", **style})
        layers.append(marks.encode(y=alt.Y("y:Q"), **at))
    shared = alt.SharedEncoding(text={"field": "text", "type": "nominal"}, color={"value": INK})
    return alt.LayerChart(layer=layers, data=alt.NamedData("labels"), encoding=shared)


@template
def damage(height: int, dense: bool = False) -> Chart:
    """`cells` and `labels` of four panels: red is wrong, an outline is what is read. `width="stretch"`."""
    apart: dict[str, Any] = {} if dense else {"xOffset": 0.5, "x2Offset": -0.5, "cornerRadius": 2}
    hue = alt.Color("wrong:N", scale=alt.Scale(domain=[0, 1], range=[INK, "red"]), legend=None)
    rectangles = (
        alt.Chart(alt.NamedData("cells"))
        .mark_rect(**apart)
        .encode(
            fill=hue,
            fillOpacity=alt.FillOpacity("shade:Q", scale=None),
            stroke=alt.StrokeValue("#808080"),
            strokeWidth=alt.StrokeWidth("edge:Q", scale=None),
            tooltip=[
                alt.Tooltip("sample:Q"),
                alt.Tooltip("apart:Q", format=".2g", title="largest difference"),
            ],
        )
    )
    view = alt.layer(
        alt.LayerChart(layer=[rectangles], encoding=_placed(height)), _labels(_PANELS), height=height, autosize=FIT
    )
    return view.properties(usermeta={"config": bare(MARGIN)})


@template
def waste(names: tuple[str, str]) -> Chart:
    """`waste` (x, longest, mean, by_length): two rows of batches, the block's height and what of it is filled."""
    views = []
    for number, name in enumerate(names):
        rows = alt.Chart(alt.NamedData("waste")).transform_filter(f"datum.by_length == {number}")
        axis = alt.Axis(title="batch", grid=False, format="d", tickCount=8) if number else None
        x = alt.X("x:Q", scale=alt.Scale(nice=False), axis=axis)
        y = alt.Axis(title="steps", tickCount=2, gridColor=HAIRLINE, minExtent=40, maxExtent=40)
        padded = rows.mark_area(interpolate="step-after", fillOpacity=0.28).encode(
            x=x, y=alt.Y("longest:Q", axis=y), color=alt.ColorValue(INK)
        )
        filled = rows.mark_area(interpolate="step-after", fillOpacity=0.75).encode(
            x=x, y=alt.Y("mean:Q"), color=alt.ColorValue("primary")
        )
        title = (
            rows.transform_filter("datum.x == 0")
            .mark_text(align="left", baseline="bottom", fontSize=13, fontWeight=600, x=0, y=-5, text=name)
            .encode(color=alt.ColorValue(INK))
        )
        views.append(alt.layer(padded, filled, title, height=104))
    return alt.vconcat(*views, spacing=26, autosize=FIT).resolve_scale(x="shared", y="shared")
