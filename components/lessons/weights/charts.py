"""Parameters: four gates' rows as cells, their spread over the interval they are drawn from, and four sort orders.

What belongs to a gate has its hue and its letter.
"""

from typing import Any

import altair as alt

from components.charts.axes import FIT
from components.charts.picture import Boxes, Expr, Lines, Texts, Words, hue, picture, shade
from components.charts.scene import Form
from components.charts.score import HUES
from components.charts.template import HAIRLINE, INK, Chart, Spec, template

FILL = 0.42  # of a gate's chip: ink on it stays legible
_GATE = hue("gate", [*HUES.values(), INK])


def cells(form: Form, figures: bool, reads: tuple[str, ...]) -> Spec:
    """The `cells`, `outlines` and words of one layer and direction; with `figures`, numbers where they fit.

    `reads` are the names of what a cell is multiplied with, by their number; the first three have a number behind them.
    """
    # Looked up in the browser: two texts a cell were half of what a move sends.
    tips = Expr(
        f"{{gate: {[*HUES, 'none']}[datum.gate], unit: datum.unit, "
        f"reads: {[*reads]}[datum.reads] + (datum.reads < 3 ? ' ' + datum.at : ''), value: format(datum.value, '.4f')}}"
    )
    boxes = Boxes(fill=shade("shade", 100), corner=0, tips=tips)
    outlines = Boxes("outlines", fill=_GATE, hollow=True, thick=2, inset=(0, 0))
    bars = Boxes("outlines", fill=_GATE, inset=(0, 0), margin=(0, 5), where="datum.x == 0")  # of the first tensor
    return picture(
        form,
        (
            boxes,
            *((Texts("value", format=".2f", room="37"),) if figures else ()),
            outlines,
            Words(("gate symbol", "gate name"), fill=_GATE),
            bars,
            Words(),
        ),
    )


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


def orders(form: Form) -> Spec:
    """`chips`, `lines` and words: each library's blocks as a stack, joined gate by gate; then those read unsorted."""
    return picture(
        form,
        (
            Lines(colour=_GATE, thick=3.5, round=True),
            # Two marks: an outline's colour in `stroke` would not follow the theme.
            Boxes("chips", fill=_GATE, opacity=FILL, inset=(0, 0), corner=3),
            Boxes("chips", fill=_GATE, hollow=True, thick=1.5, inset=(0, 0), corner=3),
            Words(),
        ),
    )
