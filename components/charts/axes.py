"""Axes that several charts share: the steps of a sequence, and how far apart two runs are."""

import altair as alt

from components.charts.template import HAIRLINE


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
            title="difference",
            values=[floor, 1e-10, 1e-6, 1e-4, 1e-2, 1] if floor < 1e-10 else [floor, 1e-6, 1e-4, 1e-2, 1],
            labelExpr=f"datum.value < {2 * floor} ? '0' : format(datum.value, '~g')",
            labelOverlap=False,
            gridColor=HAIRLINE,
        ),
    )
