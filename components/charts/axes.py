"""Parts that several charts share: axes, the scale of signed values, the margin for names, and how a view fits."""

from typing import Any

import altair as alt

from components.charts.template import FONTS, HAIRLINE

# `width="stretch"` needs this for layers and concatenations.
FIT = alt.AutoSizeParams(type="fit-x", contains="padding")
# Of symbols and names of tensors. The browser may load this typeface after the chart is drawn, and then a canvas keeps
# the letters of another one. "Oblique" and "italic" are the same here, but a change makes Vega draw the text again.
SERIF = {
    "font": "Source Serif",
    "fontStyle": {"expr": f"{FONTS['name']} % 2 ? 'oblique' : 'italic'"},
    "fontWeight": 600,
}
# The width in px of a symbol of 21 px. Its subscript is a text of its own, because the typeface has no subscripts.
WIDTHS = {"x": 12, "i": 7.5, "f": 8, "g": 11.5, "o": 11.5, "c": 10, "h": 12.5, "Δ": 13}


def signed(bound: float) -> alt.Scale:
    """The colour scale from -bound (red) to bound (teal). It follows the square root, so that small values are seen."""
    return alt.Scale(type="sqrt", domain=[-bound, bound], range="diverging", clamp=True, interpolate="rgb")


def bare(margin: int) -> dict[str, Any]:
    """The config of a view without axes, with `margin` px at its left for names. Its data hold all positions."""
    y = {"minExtent": margin, "maxExtent": margin, "domain": False, "ticks": False, "title": None, "grid": False}
    return {"axisX": {"disable": True}, "axisY": y | {"labels": False}}


def steps(padding: int = 0) -> alt.X:
    """The axis of time steps t = 1..T, from edge to edge or `padding` px inside. It has no step 0."""
    return alt.X(
        "t:Q",
        axis=alt.Axis(title="step t", tickMinStep=1, format="d", grid=False),
        scale=alt.Scale(zero=False, nice=False, padding=padding),
    )


def difference_axis(floor: float) -> alt.Y:
    """The axis of differences, from the column `clamped`: logarithmic, from `floor`, which stands for 0, to 10."""
    return alt.Y(
        "clamped:Q",
        scale=alt.Scale(type="log", domain=[floor, 10], clamp=True),
        axis=alt.Axis(
            title="difference (log)",
            values=[floor, 1e-10, 1e-6, 1e-4, 1e-2, 1] if floor < 1e-10 else [floor, 1e-6, 1e-4, 1e-2, 1],
            labelExpr=f"datum.value < {2 * floor} ? '0' : format(datum.value, '~g')",
            labelOverlap=False,
            gridColor=HAIRLINE,
        ),
    )
