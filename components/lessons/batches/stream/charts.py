"""A stream in one piece, the same in lanes and chunks, and how far each step's output is off: one view.

Positions come with the data.
"""

from typing import Any

import altair as alt

from components.charts.axes import FIT, bare
from components.charts.template import INK, Chart, template

MARGIN = 62  # px left of the cells


@template
def stream(height: int, crowded: bool = False) -> Chart:
    """`cells`, `steps`, `joins` and `labels` of `frames.py`.

    `crowded`: many chunks, with little room for what stands between them. Embed with `width="stretch"`.
    """
    rectangle = alt.SharedEncoding(
        x={"field": "x0", "type": "quantitative", "scale": {"nice": False, "zero": False}},
        x2={"field": "x1"},
        # In pixels, downwards.
        y={"field": "y0", "type": "quantitative", "scale": {"domain": [height, 0], "nice": False}},
        y2={"field": "y1"},
    )
    rectangles = alt.LayerChart(
        layer=[_cells(), _steps()], encoding=rectangle, resolve={"scale": {"color": "independent"}}
    )
    view = alt.layer(rectangles, _places(), _joins(crowded), _labels(crowded), height=height, autosize=FIT)
    return view.properties(usermeta={"config": bare(MARGIN)})


def _cells() -> Chart:
    """Pieces of the stream, pale where it begins."""
    scale = alt.Scale(domain=[0, 1], range=["transparent", "primary"], interpolate="rgb")
    mark = alt.Chart(alt.NamedData("cells")).mark_rect(
        xOffset=0.5, x2Offset=-0.5, cornerRadius=2, fillOpacity=0.62, tooltip=False
    )
    return mark.encode(color=alt.Color("shade:Q", scale=scale, legend=None))


def _steps() -> Chart:
    """A strip under each cell, as dark as each step's output is off."""
    # By the cube root: what is left of a difference a few steps later shows, and rounding does not.
    scale = alt.Scale(
        type="pow", exponent=1 / 3, domain=[0, 1], clamp=True, range=["transparent", INK], interpolate="rgb"
    )
    return (
        alt.Chart(alt.NamedData("steps"))
        .mark_rect()
        .encode(
            color=alt.Color("difference:Q", scale=scale, legend=None),
            tooltip=[
                alt.Tooltip("t:Q", title="step t"),
                alt.Tooltip("difference:Q", format=".1e", title="off by up to"),
            ],
        )
    )


def _places() -> Chart:
    """The places that a cell holds, where they fit."""
    return (
        alt.Chart(alt.NamedData("cells"))
        .mark_text(fontSize=13, tooltip=False)
        .transform_joinaggregate(across="max(x1)")
        .transform_filter(
            "width / datum.across * (datum.x1 - datum.x0) > 7.5 * datum.long && datum.y1 - datum.y0 > 14.5"
        )
        .transform_calculate(x="(datum.x0 + datum.x1) / 2", y="(datum.y0 + datum.y1) / 2")
        .encode(x="x:Q", y="y:Q", text=alt.Text("text:N"), color=alt.ColorValue(INK))
    )


def _joins(crowded: bool) -> Chart:
    """What each row of the next chunk starts from, as a sign in the gap."""
    color = alt.Color("text:N", scale=alt.Scale(domain=["→", "0", "≠"], range=["primary", INK, "red"]), legend=None)
    return (
        alt.Chart(alt.NamedData("joins"))
        .transform_filter(f"width * datum.room > {7 if crowded else 9}")
        .mark_text(fontSize=12 if crowded else 19, fontWeight=700, baseline="middle")
        .encode(x="x:Q", y="y:Q", text=alt.Text("text:N"), color=color, tooltip=alt.Tooltip("said:N", title="has read"))
    )


# By the kind of label: how it is written, and where it stands if not at the datum's x.
_STYLES: dict[str, dict[str, Any]] = {
    "row": {"fontSize": 13, "align": "left", "x": -MARGIN},
    "chunk": {"fontSize": 12, "opacity": 0.75},
}


def _labels(crowded: bool) -> Chart:
    """The stream's name, the rows' and, where there is room, the chunks'."""
    layers = []
    for kind, style in _STYLES.items():
        rows, kept = alt.Chart(), f"datum.kind == '{kind}'"
        if kind == "chunk":
            rows = rows.transform_joinaggregate(most="distinct(x)")
            kept += f" && width / (datum.most - 1) > {18 if crowded else 58}"
        at = {} if "x" in style else {"x": "x:Q"}
        layers.append(rows.transform_filter(kept).mark_text(**{"baseline": "middle", **style}).encode(y="y:Q", **at))
    ink = alt.SharedEncoding(text={"field": "text", "type": "nominal"}, color={"value": INK})
    return alt.LayerChart(layer=layers, data=alt.NamedData("labels"), encoding=ink)
