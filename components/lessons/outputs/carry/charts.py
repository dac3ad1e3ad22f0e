"""Four continuations of a sequence: the difference of each from the uncut run, on a logarithmic scale."""

import altair as alt

from components.charts.axes import FIT, difference_axis, steps
from components.charts.template import INK, Chart, template


@template
def carry(floor: float, names: tuple[str, ...], dense: bool = False) -> Chart:
    """The dataset `carried` (t, carried, difference, clamped) as a line for each of `names`. The first name is right.

    The scale begins at `floor`, which stands for 0. Lines differ in their dashes and, if not `dense`, in the shapes of
    their points.
    """
    scales = {
        "color": alt.Scale(domain=list(names), range=["primary", INK, INK, INK]),
        "strokeDash": alt.Scale(domain=list(names), range=[[1, 0], [6, 3], [2, 3], [10, 3, 2, 3]]),
        "shape": alt.Scale(domain=list(names), range=["circle", "square", "triangle-up", "diamond"]),
    }
    legend = alt.Legend(title="continued with", orient="top", columns=2, symbolSize=90, symbolStrokeWidth=1.6)
    rows = alt.Chart(alt.NamedData("carried"))
    x, y = steps(padding=8), difference_axis(floor)
    color = alt.Color("carried:N", scale=scales["color"], legend=legend, sort=None)
    tooltip = [
        alt.Tooltip("t:Q", title="step t"),
        alt.Tooltip("carried:N", title="continued with"),
        alt.Tooltip("difference:Q", format=".1e", title="largest difference"),
    ]
    lines = rows.mark_line(strokeWidth=1.8).encode(
        x=x, y=y, color=color, strokeDash=alt.StrokeDash("carried:N", scale=scales["strokeDash"], legend=legend)
    )
    points = rows.mark_point(filled=True, size=0 if dense else 46).encode(
        x="t:Q",
        y="clamped:Q",
        color=color,
        shape=alt.Shape("carried:N", scale=scales["shape"], legend=legend),
        opacity=alt.value(1),
        tooltip=tooltip,
    )
    return alt.layer(lines, points, height=210, autosize=FIT)
