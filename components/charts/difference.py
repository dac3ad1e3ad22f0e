"""The difference between two runs at each step, on a logarithmic scale: from rounding errors to large values."""

from collections.abc import Sequence

import altair as alt
import numpy as np

from components.charts.axes import difference_axis, steps
from components.charts.columns import Columns
from components.charts.template import INK, Chart, template


@template
def difference(floor: float, mark: float | None = None, before: str = "") -> Chart:
    """The dataset `differences` (t, difference, clamped, tolerance) as a line, with its tolerance and a rule at `mark`.

    The scale begins at `floor`, which stands for 0. With `before` the column `earlier` is a second, dashed line, and
    `before` is its label.
    """
    rows = alt.Chart(alt.NamedData("differences"))
    x, y = steps(), difference_axis(floor)
    tooltip = [
        alt.Tooltip("t:Q", title="step t"),
        alt.Tooltip("difference:Q", format=".1e", title="largest difference"),
    ]
    layers = [
        rows.mark_line(strokeWidth=1.5).encode(x=x, y=y, color=alt.value("primary")),
        rows.mark_point(filled=True, size=30).encode(
            x="t:Q", y="clamped:Q", color=alt.value("primary"), tooltip=tooltip, opacity=alt.value(1)
        ),
        rows.mark_rule(strokeDash=[2, 3])
        .encode(y="tolerance:Q", color=alt.value(INK))
        .transform_filter("datum.t == 1"),
        rows.mark_text(align="left", dy=-7, dx=2, text="tolerance", fontSize=12)
        .encode(x=alt.value(0), y="tolerance:Q", color=alt.value(INK))
        .transform_filter("datum.t == 1"),
    ]
    if mark is not None:
        at = {"y": alt.datum(mark), "color": alt.value(INK)}
        first = rows.transform_filter("datum.t == 1")
        label = first.mark_text(align="right", dy=-7, dx=-2, text=f"{mark:g}", fontSize=12)
        layers.append(first.mark_rule(strokeWidth=1).encode(**at))
        layers.append(label.encode(x=alt.value("width"), **at))
    if before:
        was = {"x": x, "y": alt.Y("earlier:Q"), "color": alt.value(INK)}
        first = rows.transform_filter("datum.t == 1")
        # This line is below the others. So if nothing has changed yet, only its label is seen.
        layers = [
            rows.mark_line(strokeWidth=1, strokeDash=[4, 3]).encode(**was),
            first.mark_point(filled=True, size=14, opacity=1).encode(**was),
            *layers,
            first.mark_text(align="left", dy=-10, text=before, fontSize=12).encode(**was),
        ]
    return alt.layer(*layers, height=200)


# A logarithmic scale has no 0. So a difference of 0 stands at the floor, which is smaller than any rounding error.
FLOORS = {"float32": 1e-9, "float64": 1e-14}


def difference_columns(
    per_step: Sequence[float], tolerance: float, floor: float, earlier: Sequence[float] | None = None
) -> Columns:
    """The columns t, difference, clamped and tolerance for t = 1..T.

    `clamped` is the difference, or `floor` if the difference is smaller. With `earlier`, the differences of another
    run of as many steps, there is a column `earlier`, which holds these, clamped in the same way.
    """
    difference = np.array(per_step, dtype=np.float64)
    columns: dict[str, np.ndarray] = {
        "t": np.arange(1, len(difference) + 1, dtype=np.int16),
        "difference": difference,
        "clamped": np.maximum(difference, floor),
        "tolerance": np.full(len(difference), tolerance, np.float64),
    }
    if earlier is not None:
        columns["earlier"] = np.maximum(earlier, floor)
    return columns
