"""The charts of a batch of different lengths: padded and packed, where padding does harm, and what it wastes."""

import altair as alt

from components.charts.axes import FIT
from components.charts.picture import (
    FRAMES,
    MIDDLE_GREY,
    OPACITY,
    Boxes,
    By,
    Heads,
    Lines,
    Signal,
    Texts,
    Tip,
    When,
    Words,
    hue,
    picture,
)
from components.charts.scene import Form
from components.charts.template import HAIRLINE, INK, Chart, Spec, template

CELL_EVENT = "unrolledcell"  # window event; its detail is the row of `data` to highlight, or -1 for none

# The highlighted row of data. The pointer on any of its three places sets it, or the page does.
_CELL = Signal(
    "cell",
    event=CELL_EVENT,
    over="pointerover, pointerdown",
    pointed="datum && isNumber(datum.k) && datum.k >= 0 ? datum.k : cell",
)
_LIT = "datum.k == cell && cell >= 0"


def blocks(form: Form, dense: bool = False) -> Spec:
    """The `cells`, `lines` and words of padding and packing. `dense` cells have no outlines."""
    cells = Boxes(
        opacity=OPACITY,
        outline=When(_LIT, MIDDLE_GREY, "rgba(128,128,128,.5)"),
        thick=When(_LIT, 3.5, When("datum.k < 0", 1, 0 if dense else 1)),
        inset=(0, 0.5) if dense else (0.5, 0.5),
        corner=0 if dense else 2,
    )
    layers = (
        cells,
        Lines(thick=1.2, opacity=0.75),
        Heads(towards="right", size=46, opacity=0.9),
        Texts("k", size=12, room="19", high=14, where="datum.k >= 0"),
        Words(),
    )
    return picture(form, layers, (_CELL,))


def damage(form: Form, dense: bool = False) -> Spec:
    """The `cells` and words of four panels. Red cells are wrong; a cell with an outline is read as the result."""
    cells = Boxes(
        fill=hue("wrong", [INK, "red"]),
        opacity=OPACITY,
        outline=MIDDLE_GREY,
        thick=By("edge"),
        inset=(0, 0) if dense else (0.5, 0),
        corner=0 if dense else 2,
        tips=(Tip("sample"), Tip("difference", "largest difference", ".2g")),
    )
    return picture(form, (cells, FRAMES, Words()))


@template
def waste(names: tuple[str, str]) -> Chart:
    """`waste` (x, longest, mean, by_length): two rows of batches, with the height of each block and its filled part."""
    views = []
    for number, name in enumerate(names):
        rows = alt.Chart(alt.NamedData("waste")).transform_filter(f"datum.by_length == {number}")
        axis = alt.Axis(title="batch", grid=False, format="d", tickCount=8) if number else None
        x = alt.X("x:Q", scale=alt.Scale(nice=False), axis=axis)
        y = alt.Axis(title="steps", tickCount=2, gridColor=HAIRLINE, minExtent=40, maxExtent=40)
        padded = rows.mark_area(interpolate="step-after", fillOpacity=0.28).encode(
            x=x, y=alt.Y("longest:Q", axis=y), color=alt.ColorValue(INK)
        )
        filled = rows.mark_area(interpolate="step-after", fillOpacity=0.75).encode(
            x=x, y=alt.Y("mean:Q"), color=alt.ColorValue("primary")
        )
        title = (
            rows.transform_filter("datum.x == 0")
            .mark_text(align="left", baseline="bottom", fontSize=13, fontWeight=600, x=0, y=-5, text=name)
            .encode(color=alt.ColorValue(INK))
        )
        views.append(alt.layer(padded, filled, title, height=104))
    return alt.vconcat(*views, spacing=26, autosize=FIT).resolve_scale(x="shared", y="shared")
