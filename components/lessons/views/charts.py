"""Memory as a row of cells, the finger's steps along it, and tensors as grids, in one picture.

Cells that hold the same number share a shade and a label. Pointing at one outlines it wherever it stands.
"""

from typing import Any

import altair as alt

from components.charts.axes import FIT, SERIF, bare
from components.charts.template import HAIRLINE, INK, Chart, template

LINE = 24  # px
MARGIN = 84  # px left of the cells, for names
ACROSS = 100  # what the frames reckon in

# The number pointed at, -1 for none: a plain signal, so that pointing filters nothing and costs the server nothing.
_POINTED = {
    "name": "pointed",
    "value": -1,
    "on": [
        {
            "events": "pointermove",
            "update": "datum && isValid(datum.origin) ? datum.origin : -1",
        }
    ],
}


@template
def memory() -> Chart:
    """The datasets `cells`, `hops` and `words` of `frames.py`, a line of `LINE` px each.

    Embed with `width="stretch"`; the height follows the data.
    """
    return alt.layer(*_rectangles(), *_labels(), *_fingers(), *_words(), height=alt.Step(LINE)).properties(
        autosize=FIT,
        usermeta={"config": {"signals": [_POINTED]} | bare(MARGIN)},
    )


def _x(field: str) -> alt.X:
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, ACROSS], nice=False))


_Y = alt.Y("line:O", scale=alt.Scale(paddingInner=0.12, paddingOuter=0))


def _rectangles() -> list[Chart]:
    cells = alt.Chart(alt.NamedData("cells"))
    pointed = "datum.origin == pointed || datum.number == '−1'"  # or written to
    return [
        cells.mark_rect(xOffset=0.5, x2Offset=-0.5, cornerRadius=2).encode(
            x=_x("x0"),
            x2="x1:Q",
            y=_Y,
            color=alt.value("primary"),
            fillOpacity=alt.FillOpacity("shade:Q", scale=None),
            # Where the label does not fit, pointing tells it.
            tooltip=alt.value({"expr": "width < datum.wide ? {'sample, number': datum.label} : null"}),
            stroke=alt.condition(pointed, alt.value("#808080"), alt.value(HAIRLINE)),
            strokeWidth=alt.condition(pointed, alt.value(3), alt.value(1)),
        )
    ]


def _labels() -> list[Chart]:
    """Letter and number where they fit, else the number alone, else nothing."""
    cells = alt.Chart(alt.NamedData("cells")).transform_calculate(middle="(datum.x0 + datum.x1) / 2")
    y = alt.Y("line:O", bandPosition=0.5)
    layers = []
    for field, size, fits in (
        ("label", 13, "width >= datum.wide"),
        ("number", 11, "width < datum.wide && width >= datum.slim"),
    ):
        layers.append(
            cells.transform_filter(fits)
            .mark_text(fontSize=size, tooltip=False)
            .encode(x=_x("middle"), y=y, text=f"{field}:N", color=alt.value(INK))
        )
    return layers


def _fingers() -> list[Chart]:
    hops = alt.Chart(alt.NamedData("hops"))
    lift = alt.YOffset("lift:Q", scale=alt.Scale(domain=[-0.1, 1.1], nice=False))
    line = hops.mark_line(strokeWidth=1.6, tooltip=False, interpolate="monotone").encode(
        x=_x("x"), y=_Y, yOffset=lift, detail="hop:N", order="x:Q", color=alt.value("primary")
    )
    stops = (
        hops.transform_filter("datum.lift == 0")
        .mark_point(filled=True, size=26, opacity=1, tooltip=False)
        .encode(x=_x("x"), y=_Y, yOffset=lift, color=alt.value("primary"))
    )
    return [line, stops]


def _words() -> list[Chart]:
    words = alt.Chart(alt.NamedData("words"))
    y = alt.Y("line:O", bandPosition=0.5)

    def kind(name: str, **style: Any) -> Chart:
        return words.transform_filter(f"datum.kind == '{name}'").mark_text(baseline="middle", tooltip=False, **style)

    ink = alt.value(INK)
    text = "text:N"
    margin: dict[str, Any] = {"align": "left", "x": -MARGIN}
    return [
        kind("name", **margin, **SERIF, fontSize=21).encode(y=y, text=text, color=ink),
        kind("note", **margin, fontSize=13).encode(y=y, text=text, color=ink),
        kind("text", align="left", fontSize=12, opacity=0.75).encode(x=_x("x"), y=y, text=text, color=ink),
        kind("letter", align="center", dy=4, fontSize=12, opacity=0.75).encode(x=_x("x"), y=y, text=text, color=ink),
    ]
