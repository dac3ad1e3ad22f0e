"""What several charts share: axes, the scale of signed values, the margin for names, and how a view is fitted."""

from typing import Any

import altair as alt

from components.charts.template import HAIRLINE

# What makes `width="stretch"` hold for layers and concatenations.
FIT = alt.AutoSizeParams(type="fit-x", contains="padding")
SERIF = {"font": "Source Serif", "fontStyle": "italic", "fontWeight": 600}  # symbols and tensors' names
# Px that a symbol of 21 px takes before its subscript: the typeface has no subscript letters of its own.
WIDTHS = {"x": 12, "i": 7.5, "f": 8, "g": 11.5, "o": 11.5, "c": 10, "h": 12.5, "Δ": 13}


def signed(bound: float) -> alt.Scale:
    """Red below zero, teal above, from -bound to bound; the shade grows with the root, so that small values show."""
    return alt.Scale(type="sqrt", domain=[-bound, bound], range="diverging", clamp=True, interpolate="rgb")


def bare(margin: int) -> dict[str, Any]:
    """Config of a view whose positions come with the data: no axes, but `margin` px at its left for names."""
    y = {"minExtent": margin, "maxExtent": margin, "domain": False, "ticks": False, "title": None, "grid": False}
    return {"axisX": {"disable": True}, "axisY": y | {"labels": False}}


def steps(padding: int = 0) -> alt.X:
    """Time steps t = 1..T, from edge to edge, or `padding` px from it; there is no step 0."""
    return alt.X(
        "t:Q",
        axis=alt.Axis(title="step t", tickMinStep=1, format="d", grid=False),
        scale=alt.Scale(zero=False, nice=False, padding=padding),
    )


def apart(floor: float) -> alt.Y:
    """Differences, in the column `drawn`, on a logarithmic scale from `floor`, which stands for 0, to 10."""
    return alt.Y(
        "drawn:Q",
        scale=alt.Scale(type="log", domain=[floor, 10], clamp=True),
        axis=alt.Axis(
            title="difference (log)",
            values=[floor, 1e-10, 1e-6, 1e-4, 1e-2, 1] if floor < 1e-10 else [floor, 1e-6, 1e-4, 1e-2, 1],
            labelExpr=f"datum.value < {2 * floor} ? '0' : format(datum.value, '~g')",
            labelOverlap=False,
            gridColor=HAIRLINE,
        ),
    )
