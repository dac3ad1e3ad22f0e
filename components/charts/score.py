"""The score: one picture for a whole run.

Lanes share the time axis: one column is one time step, one row one unit. Inputs first, then the four gates, then the
two states, which begin one column earlier, with the initial state; then both states once more as lines. Pointing at
a column, or a `step` event from the page (`STEP_EVENT`), outlines that step in every lane.

The cells of all lanes live in one view, at pixels of our own reckoning. Seven views with axes and scales of their own
would be several times the work for the browser, and several times the specification.
"""

from dataclasses import dataclass
from typing import Any

import altair as alt

from components.charts.template import HAIRLINE, INK, Chart, template

STEP_EVENT = "unrolledstep"  # window event; its detail is the step t to outline, or -1 for none
MARGIN = 104  # px left of the cells, for the lanes' names
HEAD = 22  # px above the cells, for the time labels
GAP = 14  # px between lanes
LINES = 92  # px, height of a lane of lines

GATES = {"i": 0.66, "f": 0.62, "o": 0.5}  # the fill's opacity at 1: ink printed on it stays legible
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
    """One quantity: its column in the frame and the domain its shades stand for."""

    column: str
    bound: float = 1.0  # signed quantities are drawn from -bound to bound, gates from 0 to 1

    @property
    def low(self) -> float:
        """The lower end of the domain."""
        return 0.0 if self.column in GATES else -self.bound

    @property
    def label(self) -> dict[str, Any]:
        """What stands at the left of the lane."""
        return {
            "lane": self.column,
            "symbol": f"{self.column}ₜ",
            "name": NAMES[self.column],
            "range": f"{self.low:g} … {self.bound:g}".replace("-", "−"),
        }


@dataclass(frozen=True)
class Size:
    """How lanes are drawn: roomy, with space between cells and numbers where they fit, or dense."""

    dense: bool
    height: int  # px of a lane
    input_height: int


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
    views = [_cells(_Layout(lanes, drawn, first_unit, first_feature)), *(_lines(lane, drawn) for lane in lines)]
    return (
        alt.vconcat(*views, spacing=GAP)
        .resolve_scale(x="shared", color="independent")
        .properties(
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            usermeta={"config": _CONFIG},
        )
    )


# Which step is outlined, moved by the pointer or by the page; -1 is none. A plain signal rather than a selection:
# it filters nothing, so a move redraws the outline and not one cell. The pointer counts anywhere right of the margin.
_STEP = {
    "name": "step",
    "value": -1,
    "on": [
        {"events": {"source": "window", "type": STEP_EVENT}, "update": "event.detail"},
        {
            "events": "pointermove",
            "update": "x() < 0 ? step : clamp(round(invert('x', x())), ceil(domain('x')[0]), floor(domain('x')[1]))",
        },
    ],
}
_AT_STEP = {
    # Before any step is chosen the outline has no width, so that it cannot widen the drawing.
    "x": alt.value({"expr": "step < 0 ? 0 : scale('x', step - .5)"}),
    "x2": alt.value({"expr": "step < 0 ? 0 : scale('x', step + .5)"}),
}

# Axes are described once: no x axis anywhere, and a y axis that reserves the margin of every view. Of a scale, what
# one layer of a view says holds for all.
_CONFIG = {
    "signals": [_STEP],
    "axisX": {"disable": True},
    "axisY": {"minExtent": MARGIN, "maxExtent": MARGIN, "domain": False, "ticks": False}
    | {"title": None, "grid": False},
}


def _of(values: dict[str, Any]) -> str:
    """A Vega expression: the value for the datum's lane; short, for it travels: only what differs is listed."""
    usual = max(values.values(), key=list(values.values()).count)
    listed = ",".join(f"{lane}:{value:g}" for lane, value in values.items() if value != usual)
    return f"(({{{listed}}})[datum.lane]||{usual:g})"


@dataclass(frozen=True)
class _Layout:
    """Where each lane stands in the view of cells, in pixels from the top."""

    lanes: tuple[Lane, ...]
    drawn: Size
    first_unit: int
    first_feature: int

    @property
    def heights(self) -> dict[str, int]:
        size = self.drawn
        return {lane.column: size.input_height if lane.column == "x" else size.height for lane in self.lanes}

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

    @property
    def pad(self) -> int:
        """Space between cells."""
        return 0 if self.drawn.dense else 1


def _cells(layout: _Layout) -> Chart:
    """All lanes of cells, in one view: a row of the data is folded to a row a cell, with its rectangle and shade."""
    columns: list[Any] = list(layout.heights)
    bounds = {lane.column: lane.bound for lane in layout.lanes}
    cells = (
        alt.layer(_rectangles(layout), *([] if layout.drawn.dense else [_numbers()]), _times(columns[-1]))
        .properties(data=alt.NamedData("cells"))
        .transform_joinaggregate(begin="min(t)", end="max(t)")
        # Before the fold: what is the same in all lanes is computed once.
        .transform_calculate(t0="datum.t - .5", t1="datum.t + .5", **_tips(layout))
        .transform_fold(columns, as_=["lane", "value"])
        .transform_filter("isValid(datum.value)")
        .transform_joinaggregate(last="max(row)", groupby=["lane"])
        .transform_calculate(each=f"{_of(layout.heights)} / (datum.last + 1)")
        .transform_calculate(top=f"{_of(layout.tops)} + datum.row * datum.each + {layout.pad / 2}")
        .transform_calculate(bottom=f"datum.top + datum.each - {layout.pad}", shade=f"datum.value / {_of(bounds)}")
    )
    return alt.layer(cells, _labels(layout), height=layout.height).resolve_scale(color="independent")


def _rectangles(layout: _Layout) -> Chart:
    """A rectangle a cell, shaded by its kind; pointing at one names the numbers of its unit at its step."""
    pad = layout.pad
    style: dict[str, Any] = {"xOffset": pad, "x2Offset": -pad, "cornerRadius": 2} if pad else {}
    units = [column for column in layout.heights if column != "x"]

    def kind(lanes: list[str], **shade: Any) -> Chart:
        kept = alt.FieldOneOfPredicate("lane", lanes)
        return alt.Chart().mark_rect(**style).transform_filter(kept).encode(**shade)

    signed = alt.Color("shade:Q", scale=_SIGNED, legend=None)
    layers = []
    if "x" in layout.heights:
        layers.append(kind(["x"], color=signed, tooltip="xtip:N"))
    if states := [column for column in units if column not in GATES]:
        layers.append(kind(states, color=signed))
    if gates := [column for column in units if column in GATES]:
        # From the page's colour at 0 to the gate's hue at 1, no deeper than ink on it allows.
        caps = dict.fromkeys(GATES, 1.0) if layout.drawn.dense else GATES
        hues = alt.Scale(domain=gates, range=[HUES[gate] for gate in gates])
        hue, opened = alt.Color("lane:N", scale=hues, legend=None), alt.FillOpacity("open:Q", scale=None)
        layers.append(kind(gates, color=hue, fillOpacity=opened).transform_calculate(open=f"datum.shade * {_of(caps)}"))
    shared = alt.SharedEncoding(
        x={"field": "t0", "type": "quantitative", "scale": {"nice": False, "zero": False}},
        x2={"field": "t1"},
        # In pixels, downwards.
        y={
            "field": "top",
            "type": "quantitative",
            "axis": {"labels": False},
            "scale": {"domain": [layout.height, 0], "nice": False},
        },
        y2={"field": "bottom"},
        tooltip={"field": "tip", "type": "nominal"},
    )
    return alt.LayerChart(layer=layers, encoding=shared).resolve_scale(color="independent")


# Signed values: red below zero, teal above; the shade grows with the root of the value, so that small ones show.
_SIGNED = alt.Scale(type="sqrt", domain=[-1, 1], range="diverging", clamp=True, interpolate="rgb")


def _tips(layout: _Layout) -> dict[str, str]:
    """What pointing at a cell says, as Vega expressions: made once a row of the data, not once a cell."""

    def said(row: str, first: int, columns: list[str]) -> str:
        numbers = [f"{column}:format(datum.{column},'.4f')" for column in columns if column != "h"]
        if "h" in columns:  # there is none beyond the projection's size
            numbers.append("h:isValid(datum.h)?format(datum.h,'.4f'):'none'")
        return "{" + ",".join(["'step t':datum.t", f"{row}:datum.row+{first}", *numbers]) + "}"

    units = [column for column in layout.heights if column != "x"]
    states = [column for column in units if column not in GATES and column != "g"]
    tips = {}
    if units:
        whole, initial = (said("unit", layout.first_unit, part) for part in (units, states))
        # The initial state has no gates.
        gate = next((column for column in units if column not in states), "")
        tips["tip"] = f"isValid(datum.{gate})?{whole}:{initial}" if gate else whole
    if "x" in layout.heights:
        tips["xtip"] = said("feature", layout.first_feature, ["x"])
    return tips


def _numbers() -> Chart:
    """The cells' numbers, where they fit. Filtered away where they do not: a mark that is only hidden costs as much."""
    return (
        alt.Chart()
        .mark_text(fontSize=13, tooltip=False)
        .transform_filter("width / (datum.end - datum.begin + 1) > 37 && datum.each > 14.5")
        .transform_calculate(middle="(datum.top + datum.bottom) / 2")
        .encode(
            x="t:Q",
            y="middle:Q",
            text=alt.Text("value:Q", format=".2f"),
            color=alt.value(INK),
        )
    )


def _times(column: str) -> Chart:
    """The step numbers above the cells, as many as fit: all, every 10th, or every 50th."""
    room = "width / (datum.end - datum.begin + 1)"
    return (
        alt.Chart()
        .mark_text(fontSize=12, opacity=0.75)
        .transform_filter(f"datum.lane == '{column}' && datum.row == 0")
        .transform_filter(f"datum.t % ({room} > 22 ? 1 : {room} > 3.4 ? 10 : 50) == 0 || datum.t == datum.begin")
        .transform_calculate(label="datum.t == datum.begin ? 't = ' + datum.t : '' + datum.t")
        .encode(x="t:Q", y=alt.value(8), text="label:N", color=alt.value(INK))
    )


def _labels(layout: _Layout) -> Chart:
    """The lanes' names, and the outline around one step of each."""
    tops, heights = layout.tops, layout.heights
    values = [
        lane.label | {"y": tops[lane.column], "y2": tops[lane.column] + heights[lane.column]} for lane in layout.lanes
    ]
    # The initial state's column, which only c and h have, is the first, or in the reverse direction the last.
    exists = (
        "step >= 0 && (datum.lane == 'c' || datum.lane == 'h' || "
        "(domain('x')[0] < 0 ? step > 0 : step < domain('x')[1] - 1))"
    )
    outline = (
        alt.Chart()
        .mark_rect(filled=False, strokeWidth=1.6, cornerRadius=2)
        .encode(
            **_AT_STEP,
            y="y:Q",
            y2="y2:Q",
            color=alt.value(INK),
            opacity=alt.condition(exists, alt.value(1), alt.value(0)),
        )
    )
    return alt.layer(*_names(y="y:Q"), outline, data=alt.InlineData(values=values))


# What stands in the margin beside a lane.
_STYLES: dict[str, dict[str, Any]] = {
    "symbol": {"font": "Source Serif", "fontStyle": "italic", "fontWeight": 600, "fontSize": 21, "dy": 12},
    "name": {"fontSize": 13, "dy": 32},
    "range": {"fontSize": 11, "dy": 48, "opacity": 0.75},
}


def _names(**at: Any) -> list[Chart]:
    """Symbol, name and range of a lane, in the margin."""
    hues = alt.Scale(domain=list(NAMES), range=[HUES.get(lane, INK) for lane in NAMES])
    texts = {
        field: alt.Chart()
        .mark_text(align="left", baseline="middle", x=-MARGIN, **style)
        .encode(text=f"{field}:N", **at)
        for field, style in _STYLES.items()
    }
    hued = alt.LayerChart(
        layer=[texts["symbol"], texts["name"]],
        encoding=alt.SharedEncoding(color={"field": "lane", "type": "nominal", "scale": hues, "legend": None}),
    )
    return [hued, texts["range"].encode(color=alt.value(INK))]


def _lines(lane: Lane, drawn: Size) -> Chart:
    """One line a unit, on the lane's domain; what leaves the domain leaves the picture."""
    y = alt.Y(
        f"{lane.column}:Q",
        axis=alt.Axis(
            values=[lane.low, 0, lane.bound],
            format="~g",
            grid=True,
            gridColor=HAIRLINE,
            labelPadding=8,
        ),
        scale=alt.Scale(domain=[lane.low, lane.bound], nice=False),
    )
    cells = alt.Chart(alt.NamedData("cells"))
    dots: dict[str, Any] = {} if drawn.dense else {"point": {"size": 22, "opacity": 1, "clip": True}}
    curve = cells.mark_line(
        clip=True, strokeWidth=1 if drawn.dense else 1.5, opacity=0.3 if drawn.dense else 0.85, **dots
    ).encode(x="t:Q", y=y, detail="row:N", color=alt.value("primary"))
    one = alt.Chart(alt.InlineData(values=[{}]))
    cursor = one.mark_rect(fillOpacity=0.14).encode(
        **_AT_STEP,
        y=alt.value(0),
        y2=alt.value(LINES),
        color=alt.value(INK),
        opacity=alt.condition("step >= 0", alt.value(1), alt.value(0)),
    )
    names = [
        one.mark_text(align="left", baseline="middle", x=-MARGIN, y=LINES / 2 - 20, text=text, **_STYLES[field]).encode(
            color=alt.value(INK)
        )
        for field, text in (("symbol", lane.label["symbol"]), ("name", "a line a unit"))
    ]
    return alt.layer(cursor, curve, *names, height=LINES)
