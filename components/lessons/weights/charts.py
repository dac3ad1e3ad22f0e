"""Parameters: four gates' rows as cells, their spread over the interval they are drawn from, and four sort orders.

What belongs to a gate has its hue and its letter. In the pictures of cells and of orders, places are ten-thousandths of
the width across and tenths of a pixel down; the frames compute all of them.
"""

from typing import Any

import altair as alt

from components.charts.axes import FIT, SERIF, bare, signed
from components.charts.score import HUES
from components.charts.template import HAIRLINE, INK, Chart, template

MARGIN = 118  # px left of the cells, for the gates' names and the units
FILL = 0.42  # of a gate's chip: ink on it stays legible
_HUES: dict[str, Any] = {"domain": [0, 1, 2, 3, 4], "range": [*HUES.values(), INK]}


def _picture(height: int, margin: int, *layers: Chart) -> Chart:
    """The layers in one view, in which rectangles are x0, x1, y0, y1."""
    shared = alt.SharedEncoding(
        x={"field": "x0", "type": "quantitative", "scale": {"domain": [0, 10_000], "nice": False}},
        y={"field": "y0", "type": "quantitative", "scale": {"domain": [height * 10, 0], "nice": False}},
    )
    return (
        alt.LayerChart(layer=list(layers), height=height, encoding=shared)
        .resolve_scale(color="independent")
        .properties(autosize=FIT, usermeta={"config": bare(margin)})
    )


def _words(styles: tuple[dict[str, Any], ...]) -> Chart:
    """Words in the style of their number."""
    layers = [
        alt.Chart()
        .transform_filter(f"datum.style == {number}")
        .mark_text(baseline="middle", tooltip=False, **style)
        .encode(x="x:Q", y="y:Q")
        for number, style in enumerate(styles)
    ]
    ink = alt.SharedEncoding(text={"field": "text", "type": "nominal"}, color={"value": INK})
    return alt.LayerChart(layer=layers, data=alt.NamedData("words"), encoding=ink)


# By the number of their style: name, shape, column, unit.
_WORDS: tuple[dict[str, Any], ...] = (
    {"fontSize": 14, "align": "left", "font": "Source Code Pro", "fontWeight": 600},
    {"fontSize": 12, "align": "left", "opacity": 0.8},
    {"fontSize": 12, "align": "center", "opacity": 0.8},
    {"fontSize": 12, "align": "right", "dx": -8, "opacity": 0.8},
)


@template
def cells(height: int, figures: bool, reads: tuple[str, ...]) -> Chart:
    """`cells`, `outlines`, `gates` and `words` of one layer and direction; with `figures`, numbers where they fit.

    `reads` are the names of what a cell is multiplied with, by their number; the first three have a number behind them.
    """
    color = alt.Color("shade:Q", scale=signed(100), legend=None)
    told = {
        "gate": f"{[*HUES, 'none']}[datum.gate]",
        "unit": "datum.unit",
        "reads": f"{[*reads]}[datum.reads] + (datum.reads < 3 ? ' ' + datum.at : '')",
        "value": "format(datum.value, '.4f')",
    }
    # Looked up here: two texts a cell were half of what a move sends.
    tooltip = {"expr": "{" + ", ".join(f"{name}: {value}" for name, value in told.items()) + "}"}
    rows = alt.Chart(alt.NamedData("cells"))
    inset: dict[str, Any] = {"xOffset": 0.5, "x2Offset": -0.5, "yOffset": 0.5, "y2Offset": -0.5}
    layers = [rows.mark_rect(tooltip=tooltip, **inset).encode(x2="x1", y2="y1", color=color)]
    if figures:
        layers.append(
            rows.transform_filter("width * (datum.x1 - datum.x0) > 370000")
            .transform_calculate(x="(datum.x0 + datum.x1) / 2", y="(datum.y0 + datum.y1) / 2")
            .mark_text(fontSize=13, baseline="middle", tooltip=False)
            .encode(x="x:Q", y="y:Q", text=alt.Text("value:Q", format=".2f"), color=alt.value(INK))
        )
    hue = alt.Color("gate:O", scale=alt.Scale(**_HUES), legend=None)
    outlines = (
        alt.Chart(alt.NamedData("outlines"))
        .mark_rect(filled=False, strokeWidth=2, cornerRadius=2, tooltip=False)
        .encode(x2="x1", y2="y1", color=hue)
    )
    return _picture(height, MARGIN, *layers, outlines, _gates(hue), _words(_WORDS))


def _gates(hue: alt.Color) -> Chart:
    """A bar in the gate's hue, its symbol, name and rows, in the margin."""
    named = alt.Chart()
    texts: dict[str, dict[str, Any]] = {
        "symbol": SERIF | {"fontSize": 26, "dy": 18},
        "name": {"fontSize": 13, "dy": 42},
        "rows": {"fontSize": 12, "dy": 60},
    }
    layers = [
        named.mark_text(align="left", baseline="middle", tooltip=False, **style).encode(
            x=alt.value(12 - MARGIN), text=f"{field}:N", color=alt.value(INK) if field == "rows" else hue
        )
        for field, style in texts.items()
    ]
    bar = named.mark_rect(cornerRadius=2, tooltip=False)
    layers.append(bar.encode(x=alt.value(-MARGIN), x2=alt.value(5 - MARGIN), y2="y1", color=hue))
    return alt.LayerChart(layer=layers, data=alt.NamedData("gates"))


@template
def spread() -> Chart:
    """`bins` of parameters as bars over -k..k, and the band in which a uniform draw leaves nearly all of them."""
    bins = alt.Chart(alt.NamedData("bins"), height=190)
    ends = "datum.value == 0 ? '0' : (datum.value < 0 ? '−k' : 'k') + (abs(datum.value) < 1 ? '/2' : '')"
    x: dict[str, Any] = {
        "x": alt.X(
            "x0:Q",
            scale=alt.Scale(domain=[-1, 1], nice=False),
            axis=alt.Axis(values=[-1, -0.5, 0, 0.5, 1], labelExpr=ends, title=None, grid=False),
        ),
        "x2": "x1",
    }
    tooltip = [alt.Tooltip("count:Q", title="parameters here"), alt.Tooltip("expected:Q", format=".1f")]
    y = alt.Y("count:Q", axis=alt.Axis(title="parameters", tickCount=4, gridColor=HAIRLINE))
    return alt.layer(
        bins.mark_rect(xOffset=1, x2Offset=-1).encode(
            **x, y=y, y2=alt.datum(0), color=alt.value("primary"), tooltip=tooltip
        ),
        bins.mark_rect(opacity=0.16, tooltip=False).encode(**x, y="low:Q", y2="high", color=alt.value(INK)),
        bins.mark_rule(strokeWidth=1.5, strokeDash=[4, 3], tooltip=False).encode(
            **x, y="expected:Q", color=alt.value(INK)
        ),
    ).properties(autosize=FIT)


@template
def orders(height: int) -> Chart:
    """`chips`, `lines` and `words`: each library's blocks as a stack, joined gate by gate; then those read unsorted."""
    hue = alt.Color("gate:O", scale=alt.Scale(**_HUES), legend=None)
    lines = (
        alt.Chart(alt.NamedData("lines"))
        .mark_rule(strokeWidth=3.5, strokeCap="round")
        .encode(x="x:Q", x2="x2", y="y:Q", y2="y2", color=hue)
    )
    chips = alt.Chart(alt.NamedData("chips"))
    # Two marks: an outline's colour in `stroke` would not follow the theme.
    boxes = [
        mark.encode(x2="x1", y2="y1", color=hue)
        for mark in (
            chips.mark_rect(cornerRadius=3, fillOpacity=FILL),
            chips.mark_rect(cornerRadius=3, filled=False, strokeWidth=1.5),
        )
    ]
    placed = chips.transform_calculate(
        y="(datum.y0 + datum.y1) / 2",
        roomy="width > 560",
        x="datum.roomy ? datum.x0 : (datum.x0 + datum.x1) / 2",
    )
    symbol: dict[str, Any] = SERIF | {"baseline": "middle", "align": {"expr": "datum.roomy ? 'left' : 'center'"}}
    letters = placed.mark_text(
        **symbol, dx={"expr": "datum.roomy ? 10 : 0"}, fontSize={"expr": "datum.right ? 20 : datum.roomy ? 18 : 15"}
    ).encode(x="x:Q", y="y:Q", text="letter:N", color=alt.value(INK))
    firsts = (
        placed.transform_filter("datum.roomy")
        .mark_text(baseline="middle", align="right", fontSize=12.5, dx=-8)
        .encode(x="x1:Q", y="y:Q", text="first:N", color=alt.value(INK))
    )
    return _picture(height, 0, lines, *boxes, letters, firsts, _words(_WORDS[:2]))
