"""`output`, `h_n` and `c_n` as cells in one view: one shade for one number, and outlines where they are the same.

One view rather than three, so that one signal lights all of it. Positions come with the data.
"""

from typing import Any

import altair as alt

from components.charts.axes import FIT, SERIF, bare, signed
from components.charts.template import INK, Chart, template

SLOT_EVENT = "unrolledslot"  # window event; its detail is the number of the slot to light, or -1 for none
MARGIN = 88  # px left of the cells

# Which slot is lit, by the pointer on any of its cells, or on a cell that holds its numbers, or by the page.
_SLOT = {
    "name": "slot",
    "value": -1,
    "on": [
        {"events": {"source": "window", "type": SLOT_EVENT}, "update": "event.detail"},
        {"events": "pointerover, pointerdown", "update": "datum && isNumber(datum.slot) ? datum.slot : slot"},
    ],
}
_CONFIG = {"signals": [_SLOT]} | bare(MARGIN)
_LIT = "datum.slot == slot"


@template
def outputs(height: int, bound: int) -> Chart:
    """`cells`, `marks` and `labels` of `frames.py`, shades for numbers from -bound to bound.

    Embed with `width="stretch"`.
    """
    rectangle = alt.SharedEncoding(
        x={"field": "x0", "type": "quantitative", "scale": {"nice": False, "zero": False}},
        x2={"field": "x1"},
        # In pixels, downwards.
        y={"field": "y0", "type": "quantitative", "scale": {"domain": [height, 0], "nice": False}},
        y2={"field": "y1"},
    )
    cells = (
        alt.Chart(alt.NamedData("cells"))
        .mark_rect(xOffset=1, x2Offset=-1, yOffset=0.5, y2Offset=-0.5, cornerRadius=2)
        .encode(
            color=alt.Color("value:Q", scale=signed(bound), legend=None), tooltip=alt.Tooltip("value:Q", format=".4f")
        )
    )
    rectangles = alt.LayerChart(layer=[cells, _marks()], encoding=rectangle)
    view = alt.layer(rectangles, _numbers(), _labels(height), height=height, autosize=FIT)
    return view.properties(usermeta={"config": _CONFIG})


def _numbers() -> Chart:
    """The numbers in the cells, where they fit."""
    return (
        alt.Chart(alt.NamedData("cells"))
        .mark_text(fontSize=13, tooltip=False)
        .transform_joinaggregate(across="max(x1)")
        .transform_filter("width / datum.across > 37 && datum.y1 - datum.y0 > 14.5")
        .transform_calculate(x="datum.x0 + .5", y="(datum.y0 + datum.y1) / 2")
        .encode(x="x:Q", y="y:Q", text=alt.Text("value:Q", format=".2f"), color=alt.value(INK))
    )


def _marks() -> Chart:
    """Outlines, and links as outlines without a width; strong for the slot that is lit, faint or absent for others."""
    return (
        alt.Chart(alt.NamedData("marks"))
        .mark_rect(filled=False, cornerRadius=2)
        .encode(
            color=alt.value("primary"),
            opacity=alt.condition(_LIT, alt.value(1), alt.Opacity("rest:Q", scale=None)),
            strokeWidth=alt.condition(_LIT, alt.value(3), alt.value(1.4)),
        )
    )


# By the kind of label: how it is written, which rows it takes, and where they stand if not at the datum's x.
_STYLES: dict[str, dict[str, Any]] = {
    "name": SERIF | {"fontSize": 20, "align": "left"},
    "shape": {"fontSize": 12, "align": "left", "opacity": 0.8},
    "column": {"fontSize": 12, "opacity": 0.75},
    "side": {"fontSize": 13, "align": "left", "x": -MARGIN},
    "unit": {"fontSize": 11, "align": "right", "x": -8, "opacity": 0.75},
}


def _labels(height: int) -> Chart:
    """Names, shapes, steps and layers above the cells; directions and units beside them; words on the lit slot."""
    layers = []
    for kind, style in _STYLES.items():
        rows, kept = alt.Chart(), f"datum.kind == '{kind}'"
        if kind == "column":  # where there is room, all the steps, and the word "layer"
            rows = rows.transform_joinaggregate(across="max(x)")
            room = "width / datum.across"
            kept += f" || datum.kind == 'step' && {room} > 20"
            kept += f" || datum.kind == ({room} > 46 ? 'layer' : 'number')"
        at = {} if "x" in style else {"x": "x:Q"}
        layers.append(rows.transform_filter(kept).mark_text(**{"baseline": "middle", **style}).encode(y="y:Q", **at))
    said: dict[str, Any] = {
        "baseline": "top",
        "lineBreak": "\n",
        "fontSize": 14,
        "lineHeight": 19,
        "x": -MARGIN,
        "y": height - 38,
    }
    layers.append(
        alt.Chart()
        .transform_filter("datum.kind == 'said'")
        .mark_text(align="left", **said)
        .encode(opacity=alt.condition(_LIT, alt.value(1), alt.value(0)))
    )
    ink = alt.SharedEncoding(text={"field": "text", "type": "nominal"}, color={"value": INK})
    return alt.LayerChart(layer=layers, data=alt.NamedData("labels"), encoding=ink)
