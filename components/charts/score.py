"""The score: one picture for a whole run.

All lanes share the time axis. A column is a time step, a row is a unit. The inputs come first, then the four gates,
then the two states, then both states again as lines. The states begin one column earlier, with the initial state.
Pointing at a column outlines its step in every lane. A window event of the page (`STEP_EVENT`) does the same.

The cells of all lanes are in one view, and this module computes between which pixels each lane stands. Seven views with
their own axes would be several times the work for the browser, and the specification would be several times as long.
"""

from dataclasses import dataclass
from typing import Any

import altair as alt

from components.charts.axes import FIT, SERIF, WIDTHS, signed
from components.charts.template import HAIRLINE, INK, NO_DATA, Chart, Spec, layered, template

STEP_EVENT = "unrolledstep"  # a window event; its detail is the step t to outline, or -1 for none
MARGIN = 104  # px left of the cells, for the lanes' names
HEAD = 22  # px above the cells, for the time labels
GAP = 14  # px between lanes
LINES = 92  # px, height of a lane of lines

STAGE_GAP = 8  # px between lanes on a stage
NAMED = 56  # px that the symbol, the name and the range need below each other
BARS = 36  # px, height of the lane of differences

GATES = {"i": 0.66, "f": 0.62, "o": 0.5}  # the fill's opacity at 1; numbers on it can still be read
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
    """One quantity in the score: its column, and the domain of its shades."""

    column: str
    bound: float = 1.0  # signed quantities are shown from -bound to bound, gates from 0 to 1
    numbered: bool = (
        False  # whether its rows are high enough for numbers; they are shown if columns are wide enough too
    )
    of: str = ""  # the quantity, if its column has another name, because several lanes show this quantity ...
    name: str = ""  # ... then the name of this lane
    before: str = ""  # a text before the symbol

    @property
    def quantity(self) -> str:
        """The quantity of the lane: one of `NAMES`."""
        return self.of or self.column

    @property
    def low(self) -> float:
        """The lower end of the domain."""
        return 0.0 if self.column in GATES else -self.bound

    def label(self, height: int = NAMED) -> dict[str, Any]:
        """The words at the left of a lane of `height` px: one row of the labels' dataset."""
        domain = f"{self.low:g} … {self.bound:g}".replace("-", "−")
        return {
            "lane": self.quantity,
            "symbol": self.before + self.quantity,
            "sub": sum(WIDTHS[letter] for letter in self.before + self.quantity) - MARGIN,
            "name": self.name or NAMES[self.column],
            "range": domain if height >= NAMED else "",
            "beside": domain if height < NAMED else "",  # beside the symbol: there is no room below the name
        }


ROW = 14.5  # px that a number needs


@dataclass(frozen=True)
class Size:
    """The size of lanes. A lane is dense, or it is roomy: then it has space between cells, and numbers if they fit."""

    dense: bool
    height: int  # px of a lane
    input_height: int
    gate_height: int = 0  # if not that of the others
    gap: int = GAP  # px between lanes

    def of(self, column: str) -> int:
        """The height of a lane, in px."""
        if column in HUES:  # a gate
            return self.gate_height or self.height
        return self.input_height if column == "x" else self.height

    def fits(self, column: str) -> int:
        """How many rows of a lane are high enough for numbers."""
        return int(self.of(column) / ROW)


SIGNS = "red < 0 < teal"  # the colours of numbers that have a sign

ROOMY = Size(False, 80, 60)
DENSE = Size(True, 100, 75)
TALL = Size(True, 128, 96)


def size(rows: int, steps: int) -> Size:
    """The size of lanes with `rows` units and `steps` steps."""
    if rows <= 8 and steps <= 30:
        return ROOMY
    return DENSE if rows <= 32 else TALL


def stage_size(rows: int, steps: int) -> Size:
    """The size of seven lanes that stand on a stage: all of them on the first screen of a projector.

    Up to four units every lane has room for numbers. With more units the states have more room than the gates.
    """
    if rows <= 4:
        return Size(steps > 30, 58, 44, gap=STAGE_GAP)
    return Size(rows > 8 or steps > 30, 88, 40, 44, gap=STAGE_GAP)


@template
def score(
    lanes: tuple[Lane, ...],
    lane_size: Size = ROOMY,
    lines: tuple[Lane, ...] = (),
    first_unit: int = 0,
    first_feature: int = 0,
    marked: bool = False,
    floor: float | None = None,
) -> Chart:
    """The score: `lanes` as cells, and `lines` with one line for each unit.

    With `marked`, cells of c and h get a red frame where the columns `c_off` and `h_off` of `cells` are above 0. With
    `floor` there is a lane of bars below the cells, on a logarithmic scale from `floor`, which stands for 0: the
    dataset `differences` (t, difference, clamped, tolerance).

    It reads the dataset `cells`: t, row and one column for each lane. A NaN is no cell. Row r is unit `first_unit + r`,
    or in the lane x feature `first_feature + r`; the tooltip of a cell says so. Embed it with `width="stretch"`.
    """
    layout = _Layout(lanes, lane_size, first_unit, first_feature, marked)
    # Roomy cells have a narrow gap between them. `minBandSize` is 0: otherwise the browser would compute a least height
    # for every cell.
    wide = {"name": "wide", "update": f"room * {1 if lane_size.dense else 0.976}"}
    rect = {"cornerRadius": 0 if lane_size.dense else 2, "minBandSize": 0}
    return {
        "vconcat": [
            _cells(layout),
            *([] if floor is None else [_bars(floor)]),
            *(_lines(lane, lane_size) for lane in lines),
        ],
        "spacing": lane_size.gap,
        "autosize": FIT.to_dict(),
        "usermeta": {"config": _CONFIG | {"signals": [_STEP, *_ROOM, wide], "rect": rect}},
    }


FEW = 6  # lines that can be told apart by their colours


@template
def state_lines(lanes: tuple[Lane, ...], dense: bool = False, few: bool = False, first_unit: int = 0) -> Chart:
    """The states as lines, one view for each lane, on the axis and with the dataset `cells` of `score`.

    If there are `few` units, each line has a colour of its own, and its unit's number at its end.
    """
    size = Size(dense, 0, 0)
    return {
        "vconcat": [_lines(lane, size, few, first_unit) for lane in lanes],
        "spacing": GAP,
        "autosize": FIT.to_dict(),
        "usermeta": {"config": _CONFIG | {"signals": [_STEP, *_ROOM]}},
    }


# The outlined step; -1 is none. The pointer or the page moves it. It is a signal, not a selection: it filters nothing,
# so a move redraws only the outline and no cell. The pointer counts everywhere right of the margin.
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
    # Before a step is chosen the outline has no width, so that it cannot make the picture wider.
    "x": alt.XValue({"expr": "step < 0 ? 0 : (step - span[0]) * room"}),
    "x2": alt.X2Value({"expr": "step < 0 ? 0 : (step - span[0] + 1) * room"}),
}

# The first and last step, and what fits into a column. They are signals, so the browser computes them once, and
# computes the cells again only if they change.
_ROOM = [
    {"name": "span", "update": "extent(pluck(data('cells'), 't'))"},
    # Px of a column. Half a pixel stays free. If rounding put the end of the last column outside the view, the browser
    # would fit the picture into its width again, and compute every cell twice.
    {"name": "room", "update": "(width - .5) / (span[1] - span[0] + 1)"},
    {"name": "numbered", "update": "room > 37 ? 2 : room > 18.5 ? 1 : 0"},
    {"name": "every", "update": "room > 22 ? 1 : room > 3.4 ? 10 : 50"},  # which steps are named
]

# The middle of a column in pixels, as a field without a scale. A scale would first read all cells for its domain, and
# then be called for every cell.
_MIDDLE = "(datum.t - span[0] + .5) * room"
_COLUMN: dict[str, Any] = {"field": "middle", "type": "quantitative", "scale": None}

# The words in the margin beside a lane.
_STYLES: dict[str, dict[str, Any]] = {
    "symbol": SERIF | {"fontSize": 21, "dy": 12},
    "sub": SERIF | {"fontSize": 14, "dy": 17},
    "name": {"fontSize": 13, "dy": 32},
    "range": {"fontSize": 11, "dy": 48, "opacity": 0.75},
}

# The axes are described once, here. There is no x axis, and the y axis reserves the margin of every view. If one layer
# of a view describes a scale, that holds for all layers of the view.
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
    """The place of each lane in the view of cells, in pixels from the top."""

    lanes: tuple[Lane, ...]
    lane_size: Size
    first_unit: int
    first_feature: int
    marked: bool = False

    @property
    def heights(self) -> dict[str, int]:
        return {lane.column: self.lane_size.of(lane.column) for lane in self.lanes}

    @property
    def tops(self) -> dict[str, int]:
        tops, top = {}, HEAD
        for column, height in self.heights.items():
            tops[column] = top
            top += height + self.lane_size.gap
        return tops

    @property
    def height(self) -> int:
        return HEAD + sum(self.heights.values()) + self.lane_size.gap * (len(self.lanes) - 1)


def _cells(layout: _Layout) -> Spec:
    """All lanes of cells in one view. Each lane reads its own column and has rows between its own pixels.

    The browser evaluates an expression of a channel once for each cell. So the place of a column and the tooltip are
    computed once for each row of the data, for all lanes, and a cell only looks them up.
    """
    computed = {"middle": _MIDDLE} | _tips(layout)
    lanes = layered(
        *(_lane(lane, layout) for lane in layout.lanes),
        encoding={"x": _COLUMN},
        resolve=_OWN_SCALES,
    )
    cells = layered(
        lanes,
        _times([*layout.heights][-1]),
        data={"name": "cells"},
        transform=[{"calculate": expression, "as": name} for name, expression in computed.items()],
        resolve=_OWN_SCALES,
    )
    return layered(cells, _labels(layout), _key(), height=layout.height, resolve=_OWN_SCALES)


def _key() -> Spec:
    """What the colours of x, g, c and h mean, in the margin, in the line of the step numbers."""
    words = alt.Chart().mark_text(style="range", x=-MARGIN, y=8, dy=0)
    words = words.encode(text=alt.Text("key:N"), color=alt.ColorValue(INK))
    return layered(words, data={"values": [{"key": SIGNS}]})


_OWN_SCALES = {"scale": dict.fromkeys(("y", "color", "fillOpacity"), "independent")}


def _lane(lane: Lane, layout: _Layout) -> Spec:
    """The cells of a lane. A gate has shades of its hue, other lanes have signed colours. Each cell has a tooltip."""
    column, dense = lane.column, layout.lane_size.dense
    top, height = layout.tops[column], layout.heights[column]
    rectangles = alt.Chart().mark_rect(
        tooltip={"expr": "datum.xtip" if column == "x" else "datum.tip"},
        width={"expr": "wide"},
    )
    if column in GATES:
        # At 0 the hue is very pale, but not invisible: the cell must be seen. At 1 it is as deep as it can be while
        # numbers on it can still be read.
        opened = alt.Scale(domain=[0, 1], range=[SHUT, 1 if dense else GATES[column]])
        opacity = alt.FillOpacity(f"{column}:Q", scale=opened)
        rectangles = rectangles.encode(color=alt.ColorValue(HUES[column]), fillOpacity=opacity)
    else:
        rectangles = rectangles.encode(color=alt.Color(f"{column}:Q", scale=signed(lane.bound)))
    rows = {"range": [top, top + height], "paddingInner": 0 if dense else 0.07, "paddingOuter": 0}
    encoding: dict[str, Any] = {"y": {"field": "row", "type": "ordinal", "axis": None, "scale": rows}}
    return layered(
        rectangles,
        *(_numbers(column) if lane.numbered and not dense else []),
        *([_marks(column)] if layout.marked and column in ("c", "h") else []),
        encoding=encoding,
    )


def _marks(column: str) -> Chart:
    """A red frame around each cell that differs."""
    return (
        alt.Chart()
        .mark_rect(filled=False, strokeWidth=1.6, width={"expr": "wide"})
        .transform_filter(f"datum.{column}_off > 0")
        .encode(color=alt.ColorValue("red"))
    )


def _numbers(column: str) -> list[Chart]:
    """The numbers of a lane: with two decimals, or small ones with one decimal in narrow columns, as on a phone.

    Without room they are filtered away: hidden marks would cost as much as shown ones.
    """
    return [
        alt.Chart()
        .mark_text(fontSize=size)
        .transform_filter(f"numbered == {fits} && isValid(datum.{column})")
        .encode(text=alt.Text(f"{column}:Q", format=digits), color=alt.ColorValue(INK))
        for fits, size, digits in ((2, 13, ".2f"), (1, 10.5, ".1f"))
    ]


def _tips(layout: _Layout) -> dict[str, str]:
    """The tooltips of cells as Vega expressions. They are computed once for each row of the data, not for each cell."""

    lanes = {lane.column: lane for lane in layout.lanes}

    def tip(row: str, first: int, columns: list[str]) -> str:
        numbers = []
        for column in sorted(columns, key=lambda column: lanes[column].quantity == "h"):  # h comes last
            lane = lanes[column]
            name = f"'{lane.quantity}, {lane.name}'" if lane.name else column
            number = f"format(datum.{column},'.4f')"
            if lane.quantity == "h":  # with a projection there are fewer rows of h than units
                number = f"isValid(datum.{column})?{number}:'none'"
            numbers.append(f"{name}:{number}")
        return "{" + ",".join(["'step t':datum.t", f"{row}:datum.row+{first}", *numbers]) + "}"

    units = [column for column in layout.heights if column != "x"]
    states = [column for column in units if lanes[column].quantity in ("c", "h")]
    tips = {}
    if units:
        whole, initial = (tip("unit", layout.first_unit, part) for part in (units, states))
        # The initial state has no gates.
        gate = next((column for column in units if column not in states), "")
        tips["tip"] = f"isValid(datum.{gate})?{whole}:{initial}" if gate else whole
    if "x" in layout.heights:
        tips["xtip"] = tip("feature", layout.first_feature, ["x"])
    return tips


def _times(column: str) -> Chart:
    """The step numbers above the cells: all, every 10th or every 50th, as many as fit. `column` must have every step.

    A number that would reach beyond the right edge is left out: it would make the browser fit the picture into its
    width again and compute everything twice.
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
    """The names of the lanes, and the outline around one step in each lane."""
    tops, heights = layout.tops, layout.heights
    values = [
        lane.label(heights[lane.column]) | {"y": tops[lane.column], "y2": tops[lane.column] + heights[lane.column]}
        for lane in layout.lanes
    ]
    # Only c and h have a column for the initial state. It is the first column, or the last in the reverse direction.
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
    # The scale is in pixels from the top. The axis is empty; it only reserves the margin.
    scale = {"domain": [layout.height, 0], "nice": False}
    y = {"field": "y", "type": "quantitative", "axis": {"labels": False}, "scale": scale}
    return layered(*_names(), outline, data={"values": values}, encoding={"y": y})


def _names() -> list[Chart]:
    """The symbol, name and range of each lane, in the margin."""
    texts = {
        field: alt.Chart().mark_text(style=field, x=-MARGIN).encode(text=alt.Text(f"{field}:N"))
        for field in ("symbol", "name", "range")
    }
    beside = alt.Chart().mark_text(style="range", x=34 - MARGIN, dy=14).encode(text=alt.Text("beside:N"))
    t = alt.Chart().mark_text(style="sub", text="t").encode(x=alt.X("sub:Q", scale=None))
    hues = {"domain": list(NAMES), "range": [HUES.get(lane, INK) for lane in NAMES]}
    color = {"field": "lane", "type": "nominal", "scale": hues}
    hued = layered(texts["symbol"], t, texts["name"], encoding={"color": color})
    return [hued, *(text.encode(color=alt.ColorValue(INK)) for text in (texts["range"], beside))]


def _bars(floor: float) -> Spec:
    """The largest difference of each step as a bar, in red above the tolerance, and the tolerance as a dashed line."""
    rows = alt.Chart(alt.NamedData("differences")).transform_calculate(middle=_MIDDLE)
    scale = alt.Scale(type="log", domain=[floor, 10], clamp=True, nice=False)
    # The axis is empty; it only reserves the margin.
    y = alt.Y("clamped:Q", scale=scale, axis=alt.Axis(labels=False, grid=False))
    tip = "{'step t': datum.t, 'largest difference': format(datum.difference, '.1e')}"
    bars = (
        rows.mark_rect(width={"expr": "wide"}, tooltip={"expr": tip}, minBandSize=0)
        .encode(
            x=alt.X(**_COLUMN),
            y=y,
            y2=alt.Y2Datum(floor),
            color=alt.Color("off:N", scale=alt.Scale(domain=[False, True], range=["primary", "red"])),
        )
        .transform_calculate(off="datum.difference > datum.tolerance")
    )
    limit = (
        rows.mark_rule(strokeDash=[2, 3])
        .transform_filter("datum.t == 1")
        .encode(y=alt.Y("tolerance:Q"), color=alt.ColorValue(INK))
    )
    words = [
        alt.Chart().mark_text(style=style, x=-MARGIN, y=y, text=text).encode(color=alt.ColorValue(INK))
        for style, y, text in (("name", -22, "difference"), ("range", -24, f"{floor:.0e} … 10, log".replace("-", "−")))
    ]
    return layered(bars, limit, *words, data=NO_DATA, height=BARS)


def _lines(lane: Lane, lane_size: Size, few: bool = False, first_unit: int = 0) -> Spec:
    """One line for each unit, on the domain of the lane. A line is cut off where it leaves the domain."""
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
        clip=True, strokeWidth=1 if lane_size.dense else 1.5, opacity=0.3 if lane_size.dense else 0.85
    ).encode(
        x=alt.X(**_COLUMN),
        y=y,
        detail=alt.Detail("row:N"),
        color=alt.Color("row:N") if few else alt.ColorValue("primary"),
    )
    ends = (
        cells.mark_text(align="left", dx=4, fontSize=11)
        .transform_filter(f"datum.t == span[1] && isValid(datum.{lane.column})")
        .transform_calculate(unit=f"datum.row + {first_unit}")
        .encode(x=alt.X(**_COLUMN), y=y, text=alt.Text("unit:N"), color=alt.Color("row:N"))
    )
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
    words = (
        ("symbol", lane.label()["symbol"], -MARGIN),
        ("sub", "t", lane.label()["sub"]),
        ("name", "a line a unit", -MARGIN),
    )
    names = [
        alt.Chart().mark_text(style=field, x=x, y=LINES / 2 - 20, text=text).encode(color=alt.ColorValue(INK))
        for field, text, x in words
    ]
    return layered(cursor, curve, *([ends] if few else []), *names, data=NO_DATA, height=LINES)
