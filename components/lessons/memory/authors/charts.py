"""Who wrote c: signed bars for one time at which c is read, above a triangle for all times.

A column stands for the initial state or for the step that wrote. A row stands for the time at which c is read. So a
column shows from top to bottom how one term fades or stays. The pointer on a row of the triangle, or a `readout` event
from the page, chooses the time that the bars show. All parts are in one view, and each has its own range of pixels.
"""

from typing import Any

import altair as alt

from components.charts.axes import FIT, SERIF, WIDTHS, bare, signed
from components.charts.template import HAIRLINE, INK, Chart, Spec, layered, template

READOUT_EVENT = "unrolledreadout"  # window event; its detail is how many rows the chosen row is above the last row
MARGIN = 104  # px left of the cells, as in a score
WORDS, BARS, TIMES, TRIANGLE = 28, 120, 26, 220  # heights in px: the words, the bars, the steps' names, the triangle
FOOT = WORDS + BARS  # lower edge of the bars
TOP = FOOT + TIMES  # upper edge of the triangle
HEIGHT = TOP + TRIANGLE

_READOUT = {
    "name": "readout",
    "value": 0,
    "on": [
        {"events": {"source": "window", "type": READOUT_EVENT}, "update": "event.detail"},
        {"events": "pointermove, pointerdown", "update": "datum && isNumber(datum.back) ? datum.back : readout"},
    ],
}
_LIT = "datum.back == readout"
_OWN_SCALES = {"scale": {"y": "independent"}}


@template
def authors(bound: float, dense: bool = False) -> Chart:
    """`cells` (t, first, back, value) and `rows` (back, t, label, named, c), from -bound to bound.

    Embed with `width="stretch"`.
    """
    padding = 0 if dense else 0.06
    down = alt.Y(
        "back:O",
        sort="descending",
        axis=None,
        scale=alt.Scale(range=[TOP, HEIGHT], paddingInner=padding, paddingOuter=0),
    )
    up = alt.Y(
        "value:Q",
        axis=None,
        scale=alt.Scale(type="sqrt", domain=[-bound, bound], range=[FOOT, WORDS], clamp=True, nice=False),
    )
    shade = alt.Color("value:Q", scale=signed(bound), legend=None)
    triangle = alt.Chart().mark_rect(cornerRadius=0 if dense else 2).encode(y=down)
    bars = alt.Chart().transform_filter(_LIT).mark_bar(cornerRadius=0).encode(y=up, y2=alt.datum(0))
    tips = {"first": "from step", "t": "to step", "value": "left of it"}
    cells = layered(
        triangle,
        bars,
        data={"name": "cells"},
        encoding={
            "x": {"field": "t", "type": "ordinal", "scale": {"paddingInner": padding, "paddingOuter": 0}},
            "color": shade.to_dict(),
            "tooltip": [
                {"field": field, "type": "quantitative", "title": title, "format": ".4f" if field == "value" else "d"}
                for field, title in tips.items()
            ],
        },
        resolve=_OWN_SCALES,
    )
    # The rectangles that take the pointer lie below the cells, and the outline lies above them.
    under = layered(_edge(alt.Chart().mark_rect(fillOpacity=0.001), down), data={"name": "rows"})
    return layered(
        under, cells, _rows(down), _names(bound), height=HEIGHT, resolve=_OWN_SCALES, autosize=FIT.to_dict()
    ) | {"usermeta": {"config": {"signals": [_READOUT], "text": {"baseline": "middle"}} | bare(MARGIN)}}


def _edge(rectangle: Chart, down: alt.Y) -> Chart:
    """A rectangle around a row, from edge to edge."""
    return rectangle.encode(x=alt.value(0), x2=alt.value("width"), y=down, color=alt.value(INK))


def _rows(down: alt.Y) -> Spec:
    """The marks of the times of reading: the outline and the words of the chosen one, and the names of all."""
    chosen = alt.condition(_LIT, alt.value(1), alt.value(0))
    outline = alt.Chart().mark_rect(filled=False, strokeWidth=1.6, cornerRadius=2)
    ink = {"color": alt.value(INK)}
    beside = alt.Chart().mark_text(align="right", x=-8, fontSize=11).transform_filter("datum.named && isValid(datum.c)")
    above = alt.Chart().mark_text(fontSize=12, opacity=0.75, y=FOOT + TIMES / 2).transform_filter("datum.named")
    total = (
        alt.Chart()
        .mark_text(align="left", x=-MARGIN, y=8, fontSize=13)
        .transform_filter(f"{_LIT} && isValid(datum.c)")
        .transform_calculate(total="'after step ' + datum.t + ', c = ' + format(datum.c, '.2f')")
    )
    return layered(
        _edge(outline, down).encode(opacity=chosen),
        beside.encode(y=down, text="label:N", **ink),
        above.encode(x="t:O", text="label:N", **ink),
        total.encode(text="total:N", **ink),
        data={"name": "rows"},
    )


def _names(bound: float) -> Spec:
    """The names of the parts, in the margin, and the level lines behind the bars."""
    values: list[dict[str, Any]] = [
        {"y": WORDS + 12, "symbol": "c", "sub": "t", "name": ""},
        {"y": WORDS + 32, "symbol": "", "sub": "", "name": "who wrote it"},
        {"y": FOOT + TIMES / 2, "symbol": "", "sub": "", "name": "written at"},
        {"y": TOP + 8, "symbol": "", "sub": "", "name": "read at"},
    ]
    # In pixels, downwards. The axis is empty, but it keeps the margin free.
    y = {
        "field": "y",
        "type": "quantitative",
        "axis": {"labels": False},
        "scale": {"domain": [HEIGHT, 0], "nice": False},
    }
    serif: dict[str, Any] = SERIF
    names = layered(
        alt.Chart().mark_text(align="left", x=-MARGIN, fontSize=21, **serif).encode(text="symbol:N"),
        alt.Chart().mark_text(align="left", x=WIDTHS["c"] - MARGIN, dy=5, fontSize=14, **serif).encode(text="sub:N"),
        alt.Chart().mark_text(align="left", x=-MARGIN, fontSize=12).encode(text="name:N"),
        data={"values": values},
        encoding={"y": y, "color": {"value": INK}},
    )
    # Lengths grow with the square root, as shades do. So a quarter of the value has half the length.
    levels = [
        {"y": WORDS + BARS * (1 - place) / 2, "end": f"{value * bound:g}".replace("-", "−")}
        for place, value in ((1, 1), (0.5, 0.25), (0, 0), (-0.5, -0.25), (-1, -1))
    ]
    lines = layered(
        alt.Chart().mark_rule(x=0, x2="width").encode(color=alt.value(HAIRLINE)),
        alt.Chart().mark_text(align="right", x=-8, fontSize=11).encode(text="end:N", color=alt.value(INK)),
        data={"values": levels},
        encoding={"y": y},
    )
    return layered(lines, names)
