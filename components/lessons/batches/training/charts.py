"""The loss over the steps: a curve for each way. The scales stay the same while the curves grow."""

import altair as alt

from components.charts.axes import FIT
from components.charts.template import HAIRLINE, INK, Chart, template


@template
def training(top: float, ways: tuple[str, ...], steps: int) -> Chart:
    """`curves` (step, way, loss) as a line for each of `ways`, over `theory` (text, loss, at) as rules.

    The first way is the right one. The scale of losses goes from 0 to `top`.
    """
    color = alt.Scale(domain=list(ways), range=["primary", INK, INK])
    dash = alt.Scale(domain=list(ways), range=[[1, 0], [6, 3], [2, 3]])
    legend = alt.Legend(title=None, orient="top", columns=3, symbolSize=220, symbolStrokeWidth=2)
    x = alt.X(
        "step:Q",
        scale=alt.Scale(domain=[0, steps], nice=False),
        axis=alt.Axis(title="training steps", format="d", grid=False, tickCount=8),
    )
    y = alt.Y(
        "loss:Q",
        scale=alt.Scale(domain=[0, top], clamp=True, nice=False),
        axis=alt.Axis(title="loss, nats per bit", values=[0, 0.2, 0.4, 0.6], format=".1f", grid=False),
    )
    rules = (
        alt.Chart(alt.NamedData("theory")).mark_rule(strokeWidth=5).encode(y="loss:Q", color=alt.ColorValue(HAIRLINE))
    )
    words = (
        alt.Chart(alt.NamedData("theory"))
        .mark_text(align="right", baseline="middle", fontSize=13, dx=-4, tooltip=False)
        .encode(x=alt.XValue("width"), y="at:Q", text="text:N", color=alt.ColorValue(INK))
    )
    lines = (
        alt.Chart(alt.NamedData("curves"))
        .mark_line(strokeWidth=2, strokeJoin="round")
        .encode(
            x=x,
            y=y,
            color=alt.Color("way:N", scale=color, legend=legend, sort=None),
            strokeDash=alt.StrokeDash("way:N", scale=dash, legend=legend),
        )
    )
    points = (
        alt.Chart(alt.NamedData("curves"))
        .mark_point(filled=True, size=60, opacity=0)
        .encode(
            x="step:Q",
            y="loss:Q",
            tooltip=[
                alt.Tooltip("step:Q", title="up to step"),
                alt.Tooltip("way:N", title="state"),
                alt.Tooltip("loss:Q", format=".2g", title="loss"),
            ],
        )
    )
    return alt.layer(rules, lines, points, words, height=240, autosize=FIT)
