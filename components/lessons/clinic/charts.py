"""The probes as cells with a verdict, and the losses of two programs as curves."""

import altair as alt

from components.charts.axes import FIT
from components.charts.picture import OPACITY, Boxes, Texts, Tip, Words, hue, picture
from components.charts.scene import Form
from components.charts.template import HAIRLINE, INK, Chart, Spec, template

# By the state of a cell: not run, passed, failed, no meaning. A verdict has a mark too, so the colour is not needed.
_FILLS = hue("state", ("gray", "green", "red", "gray"))


def cells(form: Form) -> Spec:
    """The picture, from `cells` and words of `frames.py`."""
    return picture(
        form,
        (
            Boxes(fill=_FILLS, opacity=OPACITY, outline=HAIRLINE, thick=1, inset=(0, 0), tips=(Tip("did"),)),
            Texts("text", size=13.5),
            Words(),
        ),
    )


@template
def losses(broken: str, mended: str) -> Chart:
    """`curves` (step, program, loss) as a line for each of the two programs."""
    names = [broken, mended]
    legend = alt.Legend(title=None, orient="top", symbolSize=220, symbolStrokeWidth=2)
    color = alt.Color("program:N", scale=alt.Scale(domain=names, range=["primary", INK]), legend=legend, sort=None)
    dash = alt.StrokeDash("program:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3]]), legend=legend)
    lines = alt.Chart(alt.NamedData("curves"), height=200).mark_line(strokeWidth=2, strokeJoin="round")
    return lines.encode(
        x=alt.X("step:Q", axis=alt.Axis(title="training step", format="d", grid=False, tickMinStep=1)),
        y=alt.Y("loss:Q", axis=alt.Axis(title="loss", grid=False, tickCount=5), scale=alt.Scale(zero=True)),
        color=color,
        strokeDash=dash,
    ).properties(autosize=FIT)
