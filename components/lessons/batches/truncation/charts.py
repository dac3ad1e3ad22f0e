"""How far back a gradient reaches, and what each chunk costs, with the graph kept and with the state detached."""

from typing import Any

import altair as alt

from components.charts.axes import FIT, steps
from components.charts.template import HAIRLINE, INK, Chart, template


def _legend(names: tuple[str, ...]) -> alt.Legend:
    says = f"{list(names)}[datum.value]"
    return alt.Legend(
        title=None, orient="top", symbolType="stroke", symbolSize=500, symbolStrokeWidth=2, labelExpr=says
    )


def _color(names: tuple[str, ...]) -> alt.Color:
    return alt.Color("line:N", scale=alt.Scale(domain=[0, 1], range=[INK, "primary"]), legend=_legend(names), sort=None)


def _dash(names: tuple[str, ...]) -> alt.StrokeDash:
    scale = alt.Scale(domain=[0, 1], range=[[5, 3], [1, 0]])
    return alt.StrokeDash("line:N", scale=scale, legend=_legend(names), sort=None)


@template
def reach(marks: tuple[float, ...], names: tuple[str, ...], dense: bool = False, crowded: bool = False) -> Chart:
    """`rows` (t, line, gradient, clamped, zero) and `borders` (at) as two lines.

    The scale is logarithmic and has `marks`. The first mark is the place of gradients that are exactly 0. `dense` means
    many steps, with small points. `crowded` means many chunks, without borders.
    """
    none = marks[0]
    y = alt.Y(
        "clamped:Q",
        scale=alt.Scale(type="log", domain=[none / 4, 100], clamp=True),
        axis=alt.Axis(
            title="gradient (log)",
            values=list(marks),
            labelExpr=f"datum.value < {2 * none} ? 'exactly 0' : datum.value == 1 ? '1' : format(datum.value, '~e')",
            labelOverlap=False,
            gridColor=HAIRLINE,
        ),
    )
    rows, color = alt.Chart(alt.NamedData("rows")), _color(names)
    borders = (
        alt.Chart(alt.NamedData("borders"))
        .mark_rule(strokeDash=[2, 3], opacity=0 if crowded else 0.6)
        .encode(x=alt.X("at:Q"), color=alt.ColorValue(INK))
    )
    lines = (
        rows.transform_filter("!datum.zero")
        .mark_line(strokeWidth=2)
        .encode(
            x=steps(padding=1 if dense else 10),
            y=y,
            color=color,
            strokeDash=_dash(names),
        )
    )
    at: dict[str, Any] = {"x": alt.X("t:Q"), "y": alt.Y("clamped:Q"), "color": color}
    at["tooltip"] = [
        alt.Tooltip("t:Q", title="step t"),
        alt.Tooltip("gradient:Q", format=".1e", title="gradient"),
    ]
    points = (
        rows.transform_filter("!datum.zero").mark_point(size=6 if dense else 40, filled=True, opacity=1).encode(**at)
    )
    zeros = (
        rows.transform_filter("datum.zero")
        .mark_point(size=20 if dense else 80, filled=True, opacity=1, shape="square")
        .encode(**at)
    )
    return alt.layer(borders, lines, points, zeros, height=230, autosize=FIT)


@template
def growth(title: str, names: tuple[str, ...]) -> Chart:
    """`grown` (chunk, line, cost) as two lines over the chunks. `title` is that of the cost."""
    rows = alt.Chart(alt.NamedData("grown"))
    x = alt.X(
        "chunk:Q", axis=alt.Axis(title="chunk", tickMinStep=1, format="d", grid=False), scale=alt.Scale(zero=False)
    )
    y = alt.Y("cost:Q", axis=alt.Axis(title=title, gridColor=HAIRLINE, tickCount=4))
    tooltip = [
        alt.Tooltip("chunk:Q", title="chunk"),
        alt.Tooltip("cost:Q", format=".3~r", title=title),
    ]
    color = _color(names)
    lines = rows.mark_line(strokeWidth=2).encode(x=x, y=y, color=color, strokeDash=_dash(names))
    points = rows.mark_point(size=46, filled=True, opacity=1).encode(
        x="chunk:Q", y="cost:Q", color=color, tooltip=tooltip
    )
    return alt.layer(lines, points, height=170, autosize=FIT)
