"""Shapes as pictures: the block of inputs and its slices, the tape of axes, and grids of cells side by side.

Across, places are thousandths of the width; down, pixels. The frames compute all of them. An axis has one colour
wherever its size occurs, and its letter beside it. The batch axis' colour is that of the samples too: a sample is a
shade of it, and a mark.
"""

from typing import Any

import altair as alt

from components.charts.axes import FIT, bare, signed
from components.charts.template import HAIRLINE, INK, Chart, template

# T, B, I, H, P and L·D: none of the gates' hues, and 3:1 at least on both papers. L·D is ink: it counts no data.
AXES = ("#12909C", "#7A62DC", "#4F7F9E", "#948512", "#6B9327", INK)
BATCH = AXES[1]
SHAPES = ("circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
MARGIN, NARROW = 104, 62  # px left of what is drawn

# How words look, by the number of their style (`STYLES` in frames.py).
_LOOK: dict[str, Any] = {
    "align": {"expr": "datum.style<6?'left':datum.style<8?'center':'right'"},
    "fontSize": {"expr": "13-datum.style%3"},
    "fontWeight": {"expr": "datum.style%3?400:600"},
    "opacity": {"expr": "datum.style%3<2?1:.75"},
}

_HUES = alt.Scale(domain=list(range(len(AXES))), range=list(AXES))
_AXIS = alt.Color("axis:O", scale=_HUES, legend=None)
# Opacity: the palest is still seen, and ink is legible on the deepest, as a mark or as a number.
DEPTH, NUMBERED = [0.18, 0.8], [0.18, 0.5]
# A signal rather than a selection: pointing redraws one outline and filters nothing.
_AT = {
    "name": "at",
    "value": 10,
    "on": [{"events": "pointermove", "update": "datum && datum.t ? datum.t * 10 + datum.b : at"}],
}


_MIDDLE = "(datum.x + datum.x2) / 2"


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
    shift = {"dx": {"expr": f"datum.style<3||datum.style>5?0:-{margin}"}} if margin else {}
    return (
        _from("words")
        .mark_text(baseline="middle", tooltip=False, **_LOOK, **shift)
        .encode(text="text:N", color=alt.value(INK))
    )


def _boxes(height: float | None = None, below: float = 0, **style: Any) -> Chart:
    """Rectangles from x to x2 and from y to y2, or `height` px high, moved down by `below` px."""
    if height is not None:
        style |= {"y2Offset": below + height} | ({"yOffset": below} if below else {})
    return alt.Chart().mark_rect(cornerRadius=2, **style).encode(x2="x2", y2="y" if height else "y2")


def _shaded(sample: str, last: int) -> alt.FillOpacity:
    """A sample's shade."""
    return alt.FillOpacity(f"{sample}:Q", scale=alt.Scale(domain=[0, last], range=DEPTH), legend=None)


def _marks(field: str, shapes: int, **style: Any) -> Chart:
    """The marks of samples, at (cx, cy), of so many different shapes."""
    scale = alt.Scale(domain=list(range(shapes)), range=list(SHAPES[:shapes]))
    return (
        alt.Chart()
        .mark_point(filled=True, opacity=1, **style)
        .transform_calculate(mark=f"datum.{field} % {shapes}")
        .encode(x="cx:Q", shape=alt.Shape("mark:N", scale=scale, legend=None), color=alt.value(INK))
    )


def _figures(field: str, fits: str, digits: str, down: float) -> Chart:
    """The cells' numbers, where they fit, `down` px below the upper edge."""
    return (
        alt.Chart()
        .mark_text(fontSize=13, yOffset=down)
        .transform_filter(fits)
        .encode(x="cx:Q", text=alt.Text(f"{field}:Q", format=digits), color=alt.value(INK))
    )


def _picture(height: int, margin: int, *layers: Chart, signals: tuple[Any, ...] = ()) -> Chart:
    """The layers in one view; they stand at x and y unless they say otherwise."""
    x: dict[str, Any] = {"field": "x", "type": "quantitative", "scale": {"domain": [0, 1000], "nice": False}}
    y: dict[str, Any] = {"field": "y", "type": "quantitative", "scale": {"domain": [height, 0], "nice": False}}
    return (
        alt.LayerChart(layer=[*layers, _words(margin)], height=height, encoding=alt.SharedEncoding(x=x, y=y))
        .resolve_scale(color="independent", fillOpacity="independent")
        .properties(
            autosize=FIT,
            usermeta={"config": {"signals": list(signals)} | bare(margin)},
        )
    )


@template
def block(height: int, samples: int) -> Chart:
    """`cells`, `lines` and `words` of so many samples; pointing at a cell outlines its (t, b) everywhere."""
    tip = {"t": "step t", "b": "sample", "f": "feature", "value": "value"}
    cells = _boxes(strokeWidth={"expr": "datum.t * 10 + datum.b == at ? 2 : 0"}).encode(
        color=alt.value(BATCH), stroke=alt.value(INK), fillOpacity=_shaded("b", samples - 1)
    )
    marks = _marks("b", samples, size=36).encode(y="cy:Q")
    all_cells = _layer("cells", tip, cells, marks)
    all_cells = all_cells.transform_calculate(cx=_MIDDLE, cy="(datum.y + datum.y2) / 2")
    edges = _from("lines").mark_rule(strokeWidth=4, strokeCap="round").encode(x2="x2", y2="y2", color=_AXIS)
    return _picture(height, NARROW, all_cells, edges, signals=(_AT,))


@template
def tape(height: int, right: int, wide: int, chip: int) -> Chart:
    """`axes` and `words` of the tape: each axis a chip at either side, `chip` px high, the two joined by a line.

    `right`, where the right side begins, and `wide`, a chip's width, are thousandths of the width.
    """
    stroke = alt.Stroke("axis:O", scale=_HUES, legend=None)
    boxes = _boxes(chip, fillOpacity=0.2, strokeWidth=1.5).encode(color=_AXIS, stroke=stroke)
    texts = (
        alt.Chart()
        .mark_text(baseline="middle", fontSize=12.5, lineBreak="\n", lineHeight=15, dy=chip / 2 - 7)
        .encode(x="cx:Q", text="text:N", color=alt.value(INK))
    )
    chips = (
        _layer("axes", {}, boxes, texts)
        .transform_fold(["x", "there"], as_=["side", "at"])
        .transform_calculate(x="datum.at + 4", x2=f"datum.at + {4 + wide}", cx=f"datum.at + {4 + wide / 2}")
    )
    lines = _from("axes").mark_rule(strokeCap="round", strokeWidth={"expr": "datum.line==datum.line_2?1.5:3.5"})
    lines = lines.encode(x="left:Q", x2=alt.datum(right), y="line:Q", y2="line_2", color=_AXIS)
    return _picture(height, MARGIN, lines, chips)


@template
def readings(height: int, columns: int) -> Chart:
    """`cells` and `words`: signed numbers in two grids of so many columns."""
    tip = {"row": "row", "unit": "unit", "value": "value"}
    cells = _boxes(24.5).encode(color=alt.Color("value:Q", scale=signed(1), legend=None))
    figures = _figures("value", f"width * {min(0.36 / columns, 0.09):.3f} > 37", ".2f", 13)
    return _picture(height, 0, _layer("cells", tip, cells, figures).transform_calculate(cx=_MIDDLE))


@template
def nudged(height: int, below: int, columns: int, samples: int) -> Chart:
    """`cells` and `words`: whose numbers are read at each (t, b), and `below` px under it how far outputs move."""
    tip = {"t": "step t", "b": "read as sample", "whose": "numbers of sample", "moved": "output moves by"}
    outline = alt.value(HAIRLINE)
    read = _boxes(20.5).encode(color=alt.value(BATCH), fillOpacity=_shaded("whose", samples - 1), stroke=outline)
    reach = alt.Scale(type="sqrt", domain=[0, 0.5], range=NUMBERED, clamp=True)
    deep = alt.condition("datum.moved", alt.FillOpacity("moved:Q", scale=reach, legend=None), alt.value(0))
    moved = _boxes(20.5, below).encode(color=alt.value("primary"), fillOpacity=deep, stroke=outline)
    fits = f"datum.moved && width * {min(0.4 / columns, 0.09):.3f} > 46"
    figures = _figures("moved", fits, ".2r", below + 11)
    marks = _marks("whose", min(samples, len(SHAPES)), size=50, yOffset=11)
    cells = _layer("cells", tip, read, moved, marks, figures).transform_calculate(cx=_MIDDLE)
    return _picture(height, 0, cells.resolve_scale(fillOpacity="independent"))
