"""The score: one picture for a whole run.

Lanes share the time axis: one column is one time step, one row one unit. Inputs first, then the four gates, then the
two states, which begin one column earlier, with the initial state; then both states once more as lines. Pointing at
a column, or a `step` event from the page (`STEP_EVENT`), outlines that step in every lane.

The cells of all lanes live in one view, each lane on rows of its own between two pixels of our reckoning. Seven views
with axes of their own would be several times the work for the browser, and several times the specification.
"""

from dataclasses import dataclass
from typing import Any

import altair as alt

from components.charts.axes import FIT, SERIF, WIDTHS, signed
from components.charts.template import HAIRLINE, INK, NO_DATA, Chart, Spec, layered, template

STEP_EVENT = "unrolledstep"  # window event; its detail is the step t to outline, or -1 for none
MARGIN = 104  # px left of the cells, for the lanes' names
HEAD = 22  # px above the cells, for the time labels
GAP = 14  # px between lanes
LINES = 92  # px, height of a lane of lines

GATES = {"i": 0.66, "f": 0.62, "o": 0.5}  # the fill's opacity at 1: ink printed on it stays legible
SHUT = 0.06  # the fill's opacity at 0
HUES = {"i": "blue", "f": "orange", "g": "green", "o": "violet"}
NAMES = {
    "x": "input",
    "i": "input gate",
    "f": "forget gate",
    "g": "cell gate",
    "o": "output gate",
    "c": "cell state",
    "h": "hidden state",
}


@dataclass(frozen=True)
class Lane:
    """One quantity: its column and the domain its shades stand for."""

    column: str
    bound: float = 1.0  # signed quantities are drawn from -bound to bound, gates from 0 to 1
    numbered: bool = False  # whether its rows are high enough for their numbers, which are drawn where columns are too
    of: str = ""  # where a quantity is drawn several times: which it is, the column being named otherwise ...
    name: str = ""  # ... and what this lane has of it
    before: str = ""  # stands before the symbol

    @property
    def quantity(self) -> str:
        """What is drawn: one of `NAMES`."""
        return self.of or self.column

    @property
    def low(self) -> float:
        """The lower end of the domain."""
        return 0.0 if self.column in GATES else -self.bound

    @property
    def label(self) -> dict[str, Any]:
        """What stands at the left of the lane."""
        return {
            "lane": self.quantity,
            "symbol": self.before + self.quantity,
            "sub": sum(WIDTHS[letter] for letter in self.before + self.quantity) - MARGIN,
            "name": self.name or NAMES[self.column],
            "range": f"{self.low:g} … {self.bound:g}".replace("-", "−"),
        }


ROW = 14.5  # px that a number needs


@dataclass(frozen=True)
class Size:
    """How lanes are drawn: roomy, with space between cells and numbers where they fit, or dense."""

    dense: bool
    height: int  # px of a lane
    input_height: int

    def of(self, column: str) -> int:
        """The height of a lane, in px."""
        return self.input_height if column == "x" else self.height

    def fits(self, column: str) -> int:
        """How many rows of a lane are high enough for numbers."""
        return int(self.of(column) / ROW)


ROOMY = Size(False, 80, 60)
DENSE = Size(True, 100, 75)
TALL = Size(True, 128, 96)


def size(rows: int, steps: int) -> Size:
    """The size for lanes of `rows` units over `steps` steps."""
    if rows <= 8 and steps <= 30:
        return ROOMY
    return DENSE if rows <= 32 else TALL


@template
def score(
    lanes: tuple[Lane, ...],
    drawn: Size = ROOMY,
    lines: tuple[Lane, ...] = (),
    first_unit: int = 0,
    first_feature: int = 0,
) -> Chart:
    """`lanes` as cells and `lines` as a line a unit, from the dataset `cells`: t, row and a column a lane.

    A NaN is no cell. Row r is unit `first_unit + r`, in the lane x feature `first_feature + r`; that is said when
    pointing at a cell. Embed with `width="stretch"`.
    """
    layout = _Layout(lanes, drawn, first_unit, first_feature)
    # A hair of paper between roomy cells. Heights as the rows leave them: a least one would be asked for at every cell.
    wide = {"name": "wide", "update": f"room * {1 if drawn.dense else 0.976}"}
    rect = {"cornerRadius": 0 if drawn.dense else 2, "minBandSize": 0}
    return {
        "vconcat": [_cells(layout), *(_lines(lane, drawn) for lane in lines)],
        "spacing": GAP,
        "autosize": FIT.to_dict(),
        "usermeta": {"config": _CONFIG | {"signals": [_STEP, *_ROOM, wide], "rect": rect}},
    }


# Which step is outlined, moved by the pointer or by the page; -1 is none. A plain signal rather than a selection:
# it filters nothing, so a move redraws the outline and not one cell. The pointer counts anywhere right of the margin.
_STEP = {
    "name": "step",
    "value": -1,
    "on": [
        {"events": {"source": "window", "type": STEP_EVENT}, "update": "event.detail"},
        {
            "events": "pointermove",
            "update": "x() < 0 ? step : clamp(span[0] + floor(x() / room), span[0], span[1])",
        },
    ],
}
_AT_STEP = {
    # Before any step is chosen the outline has no width, so that it cannot widen the drawing.
    "x": alt.XValue({"expr": "step < 0 ? 0 : (step - span[0]) * room"}),
    "x2": alt.X2Value({"expr": "step < 0 ? 0 : (step - span[0] + 1) * room"}),
}

# How far the steps reach, and what fits a column: asked once, and the cells asked again only when the answer changes.
_ROOM = [
    {"name": "span", "update": "extent(pluck(data('cells'), 't'))"},
    # Px of a column. Half a pixel stays free: a last one that ends a rounding error beyond the view would make the
    # browser fit the picture into its width anew, and compute every cell twice.
    {"name": "room", "update": "(width - .5) / (span[1] - span[0] + 1)"},
    {"name": "numbered", "update": "room > 37"},
    {"name": "every", "update": "room > 22 ? 1 : room > 3.4 ? 10 : 50"},  # which steps are named
]

# A column's middle in pixels, as a field without a scale: a scale is called at every cell, and looks at all of them
# first for its domain.
_MIDDLE = "(datum.t - span[0] + .5) * room"
_COLUMN: dict[str, Any] = {"field": "middle", "type": "quantitative", "scale": None}

# What stands in the margin beside a lane.
_STYLES: dict[str, dict[str, Any]] = {
    "symbol": SERIF | {"fontSize": 21, "dy": 12},
    "sub": SERIF | {"fontSize": 14, "dy": 17},
    "name": {"fontSize": 13, "dy": 32},
    "range": {"fontSize": 11, "dy": 48, "opacity": 0.75},
}

# Axes are described once: no x axis anywhere, and a y axis that reserves the margin of every view. Of a scale, what
# one layer of a view says holds for all.
_CONFIG = {
    "text": {"baseline": "middle"},
    "style": {name: style | {"align": "left"} for name, style in _STYLES.items()},
    "legend": {"disable": True},
    "axisX": {"disable": True},
    "axisY": {"minExtent": MARGIN, "maxExtent": MARGIN, "domain": False, "ticks": False}
    | {"title": None, "grid": False, "gridColor": HAIRLINE, "labelPadding": 8, "format": "~g"},
}


@dataclass(frozen=True)
class _Layout:
    """Where each lane stands in the view of cells, in pixels from the top."""

    lanes: tuple[Lane, ...]
    drawn: Size
    first_unit: int
    first_feature: int

    @property
    def heights(self) -> dict[str, int]:
        return {lane.column: self.drawn.of(lane.column) for lane in self.lanes}

    @property
    def tops(self) -> dict[str, int]:
        tops, top = {}, HEAD
        for column, height in self.heights.items():
            tops[column] = top
            top += height + GAP
        return tops

    @property
    def height(self) -> int:
        return HEAD + sum(self.heights.values()) + GAP * (len(self.lanes) - 1)


def _cells(layout: _Layout) -> Spec:
    """All lanes of cells, in one view: each lane reads its own column, on rows between its own pixels.

    What the browser interprets, it interprets once a cell and channel. So a column's place and what pointing says are
    computed once a row of the data, for all lanes, and a cell only asks for them.
    """
    computed = {"middle": _MIDDLE} | _tips(layout)
    lanes = layered(
        *(_lane(lane, layout) for lane in layout.lanes),
        encoding={"x": _COLUMN},
        resolve=_APART,
    )
    cells = layered(
        lanes,
        _times([*layout.heights][-1]),
        data={"name": "cells"},
        transform=[{"calculate": expression, "as": name} for name, expression in computed.items()],
        resolve=_APART,
    )
    return layered(cells, _labels(layout), height=layout.height, resolve=_APART)


_APART = {"scale": dict.fromkeys(("y", "color", "fillOpacity"), "independent")}


def _lane(lane: Lane, layout: _Layout) -> Spec:
    """A lane's cells, shaded by its kind; pointing at one names the numbers of its unit at its step."""
    column, dense = lane.column, layout.drawn.dense
    top, height = layout.tops[column], layout.heights[column]
    rectangles = alt.Chart().mark_rect(
        tooltip={"expr": "datum.xtip" if column == "x" else "datum.tip"},
        width={"expr": "wide"},
    )
    if column in GATES:
        # From a breath of the gate's hue at 0, where the page's own colour would be no cell at all, to as deep at 1 as
        # ink on it allows.
        opened = alt.Scale(domain=[0, 1], range=[SHUT, 1 if dense else GATES[column]])
        opacity = alt.FillOpacity(f"{column}:Q", scale=opened)
        rectangles = rectangles.encode(color=alt.ColorValue(HUES[column]), fillOpacity=opacity)
    else:
        rectangles = rectangles.encode(color=alt.Color(f"{column}:Q", scale=signed(lane.bound)))
    rows = {"range": [top, top + height], "paddingInner": 0 if dense else 0.07, "paddingOuter": 0}
    encoding: dict[str, Any] = {"y": {"field": "row", "type": "ordinal", "axis": None, "scale": rows}}
    return layered(
        rectangles,
        *([_numbers(column)] if lane.numbered and not dense else []),
        encoding=encoding,
    )


def _numbers(column: str) -> Chart:
    """A lane's numbers, where columns have room. Filtered away where not: a mark that is only hidden costs as much."""
    return (
        alt.Chart()
        .mark_text(fontSize=13)
        .transform_filter(f"numbered && isValid(datum.{column})")
        .encode(text=alt.Text(f"{column}:Q", format=".2f"), color=alt.ColorValue(INK))
    )


def _tips(layout: _Layout) -> dict[str, str]:
    """What pointing at a cell says, as Vega expressions: made once a row of the data, not once a cell."""

    lanes = {lane.column: lane for lane in layout.lanes}

    def said(row: str, first: int, columns: list[str]) -> str:
        numbers = []
        for column in sorted(columns, key=lambda column: lanes[column].quantity == "h"):  # h comes last
            lane = lanes[column]
            name = f"'{lane.quantity}, {lane.name}'" if lane.name else column
            number = f"format(datum.{column},'.4f')"
            if lane.quantity == "h":  # there is none beyond the projection's size
                number = f"isValid(datum.{column})?{number}:'none'"
            numbers.append(f"{name}:{number}")
        return "{" + ",".join(["'step t':datum.t", f"{row}:datum.row+{first}", *numbers]) + "}"

    units = [column for column in layout.heights if column != "x"]
    states = [column for column in units if lanes[column].quantity in ("c", "h")]
    tips = {}
    if units:
        whole, initial = (said("unit", layout.first_unit, part) for part in (units, states))
        # The initial state has no gates.
        gate = next((column for column in units if column not in states), "")
        tips["tip"] = f"isValid(datum.{gate})?{whole}:{initial}" if gate else whole
    if "x" in layout.heights:
        tips["xtip"] = said("feature", layout.first_feature, ["x"])
    return tips


def _times(column: str) -> Chart:
    """The step numbers above the cells, as many as fit: all, every 10th, or every 50th, of a lane that has them all.

    None that would stand out at the right: to fit the picture into its width, the browser would compute all anew.
    """
    return (
        alt.Chart()
        .mark_text(fontSize=12, opacity=0.75)
        .transform_filter(f"isValid(datum.{column}) && datum.row == 0")
        .transform_filter("datum.t == span[0] || datum.t % every == 0 && (span[1] - datum.t + .5) * room > 10")
        .transform_calculate(label="datum.t == span[0] ? 't = ' + datum.t : '' + datum.t")
        .encode(x=alt.X(**_COLUMN), y=alt.YValue(8), text=alt.Text("label:N"), color=alt.ColorValue(INK))
    )


def _labels(layout: _Layout) -> Spec:
    """The lanes' names, and the outline around one step of each."""
    tops, heights = layout.tops, layout.heights
    values = [
        lane.label | {"y": tops[lane.column], "y2": tops[lane.column] + heights[lane.column]} for lane in layout.lanes
    ]
    # The initial state's column, which only c and h have, is the first, or in the reverse direction the last.
    exists = "step >= 0 && (datum.lane == 'c' || datum.lane == 'h' || (span[0] == 0 ? step > 0 : step < span[1]))"
    outline = (
        alt.Chart()
        .mark_rect(filled=False, strokeWidth=1.6, cornerRadius=2)
        .encode(
            **_AT_STEP,
            y2=alt.Y2("y2:Q"),
            color=alt.ColorValue(INK),
            opacity=alt.condition(exists, alt.value(1), alt.value(0)),
        )
    )
    # In pixels, downwards; the axis is empty, and reserves the margin.
    scale = {"domain": [layout.height, 0], "nice": False}
    y = {"field": "y", "type": "quantitative", "axis": {"labels": False}, "scale": scale}
    return layered(*_names(), outline, data={"values": values}, encoding={"y": y})


def _names() -> list[Chart]:
    """Symbol, name and range of a lane, in the margin."""
    texts = {
        field: alt.Chart().mark_text(style=field, x=-MARGIN).encode(text=alt.Text(f"{field}:N"))
        for field in ("symbol", "name", "range")
    }
    t = alt.Chart().mark_text(style="sub", text="t").encode(x=alt.X("sub:Q", scale=None))
    hues = {"domain": list(NAMES), "range": [HUES.get(lane, INK) for lane in NAMES]}
    color = {"field": "lane", "type": "nominal", "scale": hues}
    hued = layered(texts["symbol"], t, texts["name"], encoding={"color": color})
    return [hued, texts["range"].encode(color=alt.ColorValue(INK))]


def _lines(lane: Lane, drawn: Size) -> Spec:
    """One line a unit, on the lane's domain; what leaves the domain leaves the picture."""
    y = alt.Y(
        f"{lane.column}:Q",
        axis=alt.Axis(
            values=[lane.low, 0, lane.bound],
            grid=True,
        ),
        scale=alt.Scale(domain=[lane.low, lane.bound], nice=False),
    )
    cells = alt.Chart(alt.NamedData("cells")).transform_calculate(middle=_MIDDLE)
    curve = cells.mark_line(
        clip=True, strokeWidth=1 if drawn.dense else 1.5, opacity=0.3 if drawn.dense else 0.85
    ).encode(x=alt.X(**_COLUMN), y=y, detail=alt.Detail("row:N"), color=alt.ColorValue("primary"))
    cursor = (
        alt.Chart()
        .mark_rect(fillOpacity=0.14)
        .encode(
            **_AT_STEP,
            y=alt.YValue(0),
            y2=alt.Y2Value(LINES),
            color=alt.ColorValue(INK),
            opacity=alt.condition("step >= 0", alt.value(1), alt.value(0)),
        )
    )
    said = (
        ("symbol", lane.label["symbol"], -MARGIN),
        ("sub", "t", lane.label["sub"]),
        ("name", "a line a unit", -MARGIN),
    )
    names = [
        alt.Chart().mark_text(style=field, x=x, y=LINES / 2 - 20, text=text).encode(color=alt.ColorValue(INK))
        for field, text, x in said
    ]
    return layered(cursor, curve, *names, data=NO_DATA, height=LINES)
