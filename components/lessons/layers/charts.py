"""The module as a grid of cells, with arrows for what feeds what; the same grid, shaded by how far each cell moves.

Places, shades and words come with the data (`frames.py`); the chart draws them.
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

# How words look, by the number of their style (NAME, SIDE, CENTRE there).
_LOOK: dict[str, Any] = {
    "align": {"expr": "datum.style == 2 ? 'center' : 'left'"},
    "fontSize": {"expr": "datum.style == 0 ? 14 : 12"},
    "fontWeight": {"expr": "datum.style ? 400 : 600"},
    "opacity": {"expr": "datum.style ? .8 : 1"},
    "dx": {"expr": f"datum.style < 2 ? -{MARGIN} : 0"},
}


@template
def structure(height: int, arrows: bool) -> Chart:
    """`cells`, `words` and, with `arrows`, `lines` of what feeds what; a slot's path is lit by `SLOT_EVENT`.

    Embed with `width="stretch"`.
    """
    shade = _dimmed("datum.shade / 255", "max(.38, datum.shade / 255)", ".03")
    layers = [_cells("turn", "d", shade, _dimmed("1", "1", ".45"))]
    return _picture(height, [*layers, _arrows()] if arrows else layers, (_SLOT,))


@template
def sizes(height: int, measure: str, marked: bool = False) -> Chart:
    """`cells` and `words`: sizes as shades, of what `measure` says; with `marked`, one cell has a bold outline.

    Embed with `width="stretch"`.
    """
    layers = [_cells(measure, ".2r", "datum.shade / 255", "1")]
    if marked:
        mark = alt.Chart(alt.NamedData("cells")).transform_filter("datum.mark").encode(color=alt.ColorValue(INK), **_AT)
        layers.append(mark.mark_rect(filled=False, cornerRadius=2, strokeWidth=2.5, tooltip=False))
    return _picture(height, layers)


def _picture(height: int, layers: list[Chart], signals: tuple[Any, ...] = ()) -> Chart:
    """The layers in one view, with the words."""
    x: dict[str, Any] = {"field": "x", "type": "quantitative", "scale": {"domain": [0, ACROSS], "nice": False}}
    y: dict[str, Any] = {"field": "y", "type": "quantitative", "scale": {"domain": [height, 0], "nice": False}}
    view = alt.LayerChart(layer=[*layers, _words()], height=height, encoding=alt.SharedEncoding(x=x, y=y))
    return view.resolve_scale(color="independent").properties(
        autosize=FIT, usermeta={"config": {"signals": list(signals)} | bare(MARGIN)}
    )


def _dimmed(rest: str, lit: str, dim: str) -> str:
    """An opacity: `rest`, or where a slot is chosen `lit` for what feeds it and `dim` for what does not."""
    return f"slot < 0 ? {rest} : {_FED} ? {lit} : {dim}"


_AT: dict[str, Any] = {"x": "x0:Q", "y": "y0:Q", "x2": "x1", "y2": "y1"}


def _cells(measure: str, digits: str, shade: str, ink: str) -> Chart:
    """Cells with their outlines and numbers; an outline without a shade is an exact zero."""
    said = [
        {"field": "t", "type": "quantitative", "title": "step t"},
        {"field": "value", "type": "quantitative", "title": measure, "format": digits},
    ]
    box: dict[str, Any] = {"cornerRadius": 2, "xOffset": 0.5, "x2Offset": -0.5, "yOffset": 0.5, "y2Offset": -0.5}
    filled = alt.Chart().mark_rect(fillOpacity={"expr": shade}, **box)
    outline = {"expr": f"{_WIDE} > 6 ? .3 : 0"}
    outlined = alt.Chart().mark_rect(filled=False, tooltip=False, strokeWidth=0.8, opacity=outline, **box)
    # All numbers of three characters and more, or none; a zero fits nearly everywhere.
    fits = f"{_WIDE} > 6 * (length(datum.text) < 3 ? length(datum.text) : min(length(datum.text), 5))"
    numbers = (
        alt.Chart()
        .mark_text(fontSize=12, tooltip=False, baseline="middle", opacity={"expr": ink})
        .transform_filter(fits)
        .transform_calculate(x="(datum.x0 + datum.x1) / 2", y="(datum.y0 + datum.y1) / 2 + .5")
        .encode(text="text:N", color=alt.ColorValue(INK))
    )
    layers = [
        filled.encode(color=alt.ColorValue("primary"), tooltip=said, **_AT),
        outlined.encode(color=alt.ColorValue(INK), **_AT),
        numbers,
    ]
    return alt.LayerChart(layer=layers, data=alt.NamedData("cells"))


def _arrows() -> Chart:
    """Lines, each with a head where it ends; none where columns are too narrow for them."""
    opacity = {"expr": f"datum.room * width < {16 * ACROSS} ? 0 : {_dimmed('.5', '.9', '.12')}"}
    ink = alt.ColorValue(INK)
    lines = alt.Chart().mark_rule(strokeWidth=1.2, opacity=opacity).encode(x2="x2", y2="y2", color=ink)
    heads = alt.Chart().mark_point(
        filled=True,
        size=34,
        shape={"expr": "['triangle-up', 'triangle-right', 'triangle-left'][datum.head - 1]"},
        opacity=opacity,
        xOffset={"expr": "[0, -3, 3][datum.head - 1]"},
        yOffset={"expr": "[3, 0, 0][datum.head - 1]"},
    )
    return alt.LayerChart(layer=[lines, heads.encode(x="x2:Q", y="y2:Q", color=ink)], data=alt.NamedData("lines"))


def _words() -> Chart:
    """Names in the margin, and steps and titles where they fit."""
    return (
        alt.Chart(alt.NamedData("words"))
        .mark_text(baseline="middle", tooltip=False, **_LOOK)
        .transform_filter(f"datum.room * width / {ACROSS} > 6 * length(datum.text)")
        .encode(text="text:N", color=alt.ColorValue(INK))
    )
