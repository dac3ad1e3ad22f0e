"""How long an input is heard: a line for each network. On the logarithmic scale, steady fading is a straight line."""

import altair as alt

from components.charts.axes import FIT, difference_axis, steps
from components.charts.template import INK, Chart, template

# In this order: the LSTM as it is, the LSTM with its forget gate shut, the RNN, the altered LSTM.
_COLOURS = (INK, "orange", INK, "primary")
_DASHES = ([1, 0], [6, 3], [2, 3], [10, 3, 2, 3])
_SHAPES = ("circle", "square", "triangle-up", "diamond")


@template
def echo(floor: float, names: tuple[str, ...], dense: bool = False) -> Chart:
    """`heard` (t, run, difference, clamped) as a line for each of `names`.

    The scale begins at `floor`, which stands for 0. Lines differ in their dashes and, unless `dense`, in their points.
    """
    count, domain = len(names), list(names)
    legend = alt.Legend(title=None, orient="top", columns=2, symbolSize=90, symbolStrokeWidth=1.6)
    rows = alt.Chart(alt.NamedData("heard"))
    color = alt.Color("run:N", scale=alt.Scale(domain=domain, range=[*_COLOURS[:count]]), legend=legend, sort=None)
    dashes = alt.StrokeDash("run:N", scale=alt.Scale(domain=domain, range=[*_DASHES[:count]]), legend=legend)
    tooltip = [
        alt.Tooltip("t:Q", title="step t"),
        alt.Tooltip("run:N", title="of"),
        alt.Tooltip("difference:Q", format=".1e", title="h moves by"),
    ]
    lines = rows.mark_line(strokeWidth=1.8).encode(
        x=steps(padding=8), y=difference_axis(floor), color=color, strokeDash=dashes
    )
    points = rows.mark_point(filled=True, size=0 if dense else 46).encode(
        x="t:Q",
        y="clamped:Q",
        color=color,
        shape=alt.Shape("run:N", scale=alt.Scale(domain=domain, range=[*_SHAPES[:count]]), legend=legend),
        opacity=alt.value(1),
        tooltip=tooltip,
    )
    return alt.layer(lines, points, height=230, autosize=FIT)
