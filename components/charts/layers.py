"""The module as a grid of cells, with arrows for what feeds what; the same grid, shaded by how far each cell moves.

Places, shades and words come with the data (`components/frames/layers.py`); the chart draws them.
"""

from typing import Any

import altair as alt

from components.charts.axes import FIT, bare
from components.charts.template import INK, Chart, template

SLOT_EVENT = "unrolledrow"  # window event; its detail is one more than the slot whose path is lit, 0 for none
MARGIN = 88  # px left of what is drawn
ACROSS = 10_000

# A signal rather than a selection: it filters nothing.
_SLOT = {
    "name": "slot",
    "value": -1,
    "on": [{"events": {"source": "window", "type": SLOT_EVENT}, "update": "event.detail - 1"}],
}
_WIDE = f"(datum.x1 - datum.x0) * width / {ACROSS}"  # of a cell, in px
_FED = "(datum.feeds >> slot) & 1"

# How words look, by the number of their style (NAME, SIDE, CENTRE, TITLE there).
_LOOK: dict[str, Any] = {
    "align": {"expr": "datum.style == 2 ? 'center' : 'left'"},
    "fontSize": {"expr": "datum.style == 0 ? 14 : 12"},
    "fontWeight": {"expr": "datum.style % 3 ? 400 : 600"},
    "opacity": {"expr": "datum.style % 3 ? .8 : 1"},
    "dx": {"expr": f"datum.style < 2 ? -{MARGIN} : 0"},
}


@template
def grid(height: int, measure: str, digits: str, arrows: bool, lit: bool = False) -> Chart:
    """`cells`, `words` and, with `arrows`, `lines`; `lit`: a slot's path is lit by `SLOT_EVENT`.

    Pointing at a cell says its step and its `measure`. Embed with `width="stretch"`.
    """
    x: dict[str, Any] = {"field": "x", "type": "quantitative", "scale": {"domain": [0, ACROSS], "nice": False}}
    y: dict[str, Any] = {"field": "y", "type": "quantitative", "scale": {"domain": [height, 0], "nice": False}}
    layers = [_cells(measure, digits, lit)]
    if arrows:
        layers.append(_arrows(lit))
    view = alt.LayerChart(layer=[*layers, _words()], height=height, encoding=alt.SharedEncoding(x=x, y=y))
    signals = [_SLOT] if lit else []
    return view.resolve_scale(color="independent").properties(
        autosize=FIT, usermeta={"config": {"signals": signals} | bare(MARGIN)}
    )


def _dimmed(rest: str, lit: str, dim: str, slots: bool) -> Any:
    """An opacity: `rest`, or where a slot is chosen `lit` for what feeds it and `dim` for what does not."""
    return {"expr": f"slot < 0 ? {rest} : {_FED} ? {lit} : {dim}" if slots else rest}


def _cells(measure: str, digits: str, lit: bool) -> Chart:
    """Cells with their outlines and numbers; an outline without a shade is an exact zero."""
    at = {"x": "x0:Q", "y": "y0:Q", "x2": "x1", "y2": "y1"}
    box: dict[str, Any] = {"xOffset": 0.5, "x2Offset": -0.5, "yOffset": 0.5, "y2Offset": -0.5}
    said = [
        {"field": "of", "type": "nominal", "title": "cell"},
        {"field": "t", "type": "quantitative", "title": "step t"},
        {"field": "value", "type": "quantitative", "title": measure, "format": digits},
    ]
    filled = (
        alt.Chart()
        .mark_rect(cornerRadius=2, fillOpacity=_dimmed("datum.shade", "max(.38, datum.shade)", ".03", lit), **box)
        .encode(color=alt.ColorValue("primary"), tooltip=said, **at)
    )
    outlined = (
        alt.Chart()
        .mark_rect(
            filled=False,
            cornerRadius=2,
            tooltip=False,
            strokeWidth={"expr": "datum.mark ? 2.5 : .8"},
            opacity={"expr": f"datum.mark ? 1 : {_WIDE} > 6 ? .3 : 0"},
            **box,
        )
        .encode(color=alt.ColorValue(INK), **at)
    )
    numbers = (
        alt.Chart()
        .mark_text(fontSize=12, tooltip=False, baseline="middle", opacity=_dimmed("1", "1", ".45", lit))
        # All numbers of three characters and more, or none; a zero fits nearly everywhere.
        .transform_filter(
            f"{_WIDE} > (length(datum.text) < 3 ? 6 * length(datum.text) : min(length(datum.text), 5) * 6)"
        )
        .transform_calculate(x="(datum.x0 + datum.x1) / 2", y="(datum.y0 + datum.y1) / 2 + .5")
        .encode(text="text:N", color=alt.ColorValue(INK))
    )
    return alt.LayerChart(layer=[filled, outlined, numbers], data=alt.NamedData("cells"))


def _arrows(lit: bool) -> Chart:
    """Lines, each with a head where it ends; none where columns are too narrow for them."""
    opacity = _dimmed(".5", ".9", ".12", lit)
    opacity = {"expr": f"datum.room * width < {16 * ACROSS} ? 0 : {opacity['expr']}"}
    lines = alt.Chart().mark_rule(strokeWidth=1.2, opacity=opacity).encode(x2="x2", y2="y2", color=alt.ColorValue(INK))
    head = "datum.head == 1 ? 'triangle-up' : datum.head == 2 ? 'triangle-right' : 'triangle-left'"
    heads = (
        alt.Chart()
        .mark_point(
            filled=True,
            size=34,
            shape={"expr": head},
            opacity=opacity,
            xOffset={"expr": "datum.head == 1 ? 0 : datum.head == 2 ? -3 : 3"},
            yOffset={"expr": "datum.head == 1 ? 3 : 0"},
        )
        .encode(x="x2:Q", y="y2:Q", color=alt.ColorValue(INK))
    )
    return alt.LayerChart(layer=[lines, heads], data=alt.NamedData("lines"))


def _words() -> Chart:
    """Names in the margin, and steps and titles where they fit."""
    return (
        alt.Chart(alt.NamedData("words"))
        .mark_text(baseline="middle", tooltip=False, **_LOOK)
        .transform_filter(f"datum.room * width / {ACROSS} > 6 * length(datum.text)")
        .encode(text="text:N", color=alt.ColorValue(INK))
    )
