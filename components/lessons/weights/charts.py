"""The charts of parameters: the rows of four gates as cells, the spread of all numbers, and four sort orders.

The marks of a gate have the gate's hue and its letter.
"""

from typing import Any

import altair as alt

from components.charts.axes import FIT
from components.charts.picture import ACROSS, FRAMES, Boxes, Expr, Lines, Texts, Words, hue, picture, shade
from components.charts.scene import Form
from components.charts.score import HUES
from components.charts.template import HAIRLINE, INK, Chart, Spec, template

ROOM = 35  # px that a number with two decimals needs
BARS = 0.55  # opacity of the bars, on which thin lines can be seen
FILL = 0.42  # opacity of a gate's chip, on which ink stays legible
_GATE = hue("gate", [*HUES.values(), INK])


def cells(form: Form, figures: bool, reads: tuple[str, ...]) -> Spec:
    """The `cells`, `outlines`, `chips` and words of one layer and direction. With `figures`, numbers are in the cells.

    A narrow cell has one decimal, and a very narrow one no number.

    `reads` names what a cell is multiplied with, by the number in the column `reads`. The first three names are shown
    with an index behind them.
    """
    # The browser looks up these names. Two texts for each cell would be half of the bytes that a move sends.
    tips = Expr(
        f"{{gate: {[*HUES, 'none']}[datum.gate], unit: datum.unit, "
        f"reads: {[*reads]}[datum.reads] + (datum.reads < 3 ? ' ' + datum.at : ''), value: format(datum.value, '.4f')}}"
    )
    boxes = Boxes(fill=shade("shade", 100), corner=0, tips=tips)
    outlines = Boxes("outlines", fill=_GATE, hollow=True, thick=2, inset=(0, 0))
    bars = Boxes("outlines", fill=_GATE, inset=(0, 0), margin=(0, 5), where="datum.x == 0")  # only for the first tensor
    narrow = f"width * (datum.x2 - datum.x) <= {ACROSS} * {ROOM}"
    numbers = (
        Texts("value", format=".2f", size=12, room=f"{ROOM}"),
        Texts("value", format=".1f", size=11, room="21", where=narrow),
    )
    return picture(
        form,
        (
            boxes,
            *(numbers if figures else ()),
            outlines,
            Words(("gate symbol", "gate name"), fill=_GATE),
            bars,
            *_chips(),
            FRAMES,
            Words(),
        ),
    )


def _chips() -> tuple[Boxes, Boxes]:
    # Two marks, because an outline's colour in `stroke` does not follow the theme.
    return (
        Boxes("chips", fill=_GATE, opacity=FILL, inset=(0, 0), corner=3),
        Boxes("chips", fill=_GATE, hollow=True, thick=1.5, inset=(0, 0), corner=3),
    )


@template
def spread() -> Chart:
    """`bins` of parameters as bars over -k..k, and two lines between which nearly all bars of a uniform draw end.

    The band between the lines is behind the bars, so that it hides nothing. A dashed line is the expected count.
    """
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
    bounds = (
        bins.mark_rule(strokeWidth=1, tooltip=False).encode(**x, y=y, color=alt.value(INK)) for y in ("low:Q", "high:Q")
    )
    return alt.layer(
        bins.mark_rect(opacity=0.12, tooltip=False).encode(**x, y="low:Q", y2="high", color=alt.value(INK)),
        bins.mark_rect(xOffset=1, x2Offset=-1, opacity=BARS).encode(
            **x, y=y, y2=alt.datum(0), color=alt.value("primary"), tooltip=tooltip
        ),
        *bounds,
        bins.mark_rule(strokeWidth=1.5, strokeDash=[4, 3], tooltip=False).encode(
            **x, y="expected:Q", color=alt.value(INK)
        ),
    ).properties(autosize=FIT)


def orders(form: Form) -> Spec:
    """`chips`, `lines` and words: a stack of blocks for each library, lines between gates, and the unsorted stack."""
    return picture(
        form,
        (
            Lines(colour=_GATE, thick=3.5, round=True),
            *_chips(),
            Words(),
        ),
    )
