"""The template that shows a scene, in layers: cells, lines, points and words.

A lesson names the layers of its picture, from the bottom to the top, and says which of their channels follow a column.
This module does the rest. It uses Altair because Streamlit already ships Vega: offline, on a canvas that is updated in
place, in the theme's colours for light and dark. Another library would have to bring all of that again.

A channel (a fill, an opacity, the width of a line) is a constant, or it follows a column (`By`), or it depends on a
test, such as where the pointer is (`When`), or it is a Vega expression (`Expr`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from components.charts.axes import FIT, SERIF, bare, signed
from components.charts.scene import DIRECTIONS, FULL, SOLID, STYLES, TENTHS, WIDTH, Form, Style
from components.charts.template import INK, Chart, Spec, layered, template

ACROSS = int(WIDTH) * TENTHS  # the whole width, in the unit in which places travel
MIDDLE_GREY = "#808080"  # an outline of this colour is seen in the light and in the dark theme

Pairs = tuple[tuple[str, Any], ...]  # a dict that can be hashed


@dataclass(frozen=True)
class By:
    """A channel that follows a column, through a scale."""

    column: str
    number: bool = True  # False: the column holds one of a few values, such as names
    scale: Pairs | None = None


@dataclass(frozen=True)
class When:
    """A channel that is `then` if the test, a Vega expression, holds, and `otherwise` if not."""

    test: str
    then: Any
    otherwise: Any


@dataclass(frozen=True)
class Expr:
    """A channel that a Vega expression computes."""

    text: str


Channel = str | float | By | When | Expr


@lru_cache  # because Altair validates the scale each time
def shade(column: str, bound: float) -> By:
    """The colour of a signed column, from -bound (red) to bound (teal)."""
    return By(column, scale=_pairs(signed(bound).to_dict()))


def hue(column: str, colours: Iterable[str]) -> By:
    """A colour for each number of a column: the first is for 0, the second for 1, and so on."""
    return hue_of(column, dict(enumerate(colours)))


def hue_of(column: str, colours: Mapping[Any, str]) -> By:
    """A colour for each value of a column."""
    return By(column, False, (("domain", tuple(colours)), ("range", tuple(colours.values()))))


def ramp(column: str, colour: str, power: float = 1) -> By:
    """The colour of a column of 0..1, from transparent at 0 to `colour` at 1."""
    scale: dict[str, Any] = {"type": "pow", "exponent": power, "clamp": True} if power != 1 else {}
    return By(column, scale=_pairs(scale | {"domain": [0, 1], "range": ["transparent", colour], "interpolate": "rgb"}))


OPACITY = By("opacity", scale=(("domain", (0, FULL)), ("range", (0, 1))))  # the column `opacity` of a scene


@dataclass(frozen=True)
class Tip:
    """One entry of a cell's tooltip: a column, its title, and the format of its numbers.

    If a tooltip has only one entry, it shows no title.
    """

    column: str
    title: str = ""
    format: str = ""  # of numbers


Tips = tuple[Tip, ...] | Expr | None


@dataclass(frozen=True)
class Boxes:
    """Cells as rectangles."""

    data: str = "cells"
    fill: Channel = "primary"
    opacity: Channel = 1
    outline: Channel | None = None
    thick: Channel | None = None  # of the outline, in px
    hollow: bool = False  # only an outline, in the colour of `fill`
    inset: tuple[float, float] = (0.5, 0.5)  # px between the cell's edge and the rectangle: across, down
    corner: float = 2
    dashed: bool = False  # the outline
    down: float = 0  # px below their places
    margin: tuple[float, float] | None = None  # left and right edge in the margin, px, instead of the cell's own
    tips: Tips = None
    where: str = ""  # only the cells for which this expression holds are shown


# The frames of the place that the page points at (`Layout.framing`). Nothing else in a picture is dashed, so a frame
# can be told by its form, not by its colour alone. It is outside of what it frames.
FRAMES = Boxes("frames", fill=INK, hollow=True, dashed=True, thick=2.5, inset=(-3, -3), corner=4)


@dataclass(frozen=True)
class Texts:
    """The value of a column in the middle of each cell, if there is room for it."""

    column: str
    data: str = "cells"
    format: str = ""
    size: float = 13
    bold: bool = False
    fill: Channel = INK
    opacity: Channel = 1
    room: str = ""  # an expression for the px that a text needs; empty: it is always shown
    high: float = 0  # the least height of a cell with a text, px
    room_column: str = ""  # the column with the width for the text, from the cell's left edge; empty: the cell's width
    down: float = 0  # px below their places
    line: float = 0  # px from line to line, for texts of several lines
    tips: Tips = None
    where: str = ""


@dataclass(frozen=True)
class Points:
    """A mark in the middle of each cell. Its shape follows a column."""

    column: str
    shapes: tuple[str, ...]  # of the numbers 0, 1, 2, ...; after the last shape they start again
    data: str = "cells"
    size: float = 36
    down: float = 0
    tips: Tips = None


@dataclass(frozen=True)
class Lines:
    """Straight lines."""

    data: str = "lines"
    colour: Channel = INK
    thick: Channel = 1
    round: bool = False  # whether their ends are round
    opacity: Channel = 1
    where: str = ""  # only the lines for which this expression holds are shown


@dataclass(frozen=True)
class Curves:
    """Curves with a dot at each end, for a scene with a pitch."""

    colour: Channel = "primary"
    thick: float = 1.6
    dots: float = 26


@dataclass(frozen=True)
class Heads:
    """The heads of arrows, at the ends of lines. With `towards` all heads point that way."""

    data: str = "lines"
    colour: Channel = INK
    size: float = 34
    opacity: Channel = 1
    towards: str = ""


@dataclass(frozen=True)
class Words:
    """The words of some styles. Without styles: of all styles that no other layer names."""

    styles: tuple[str, ...] = ()
    fill: Channel = INK
    opacity: Channel | None = None  # None: the opacity of the style


Layer = Boxes | Texts | Points | Lines | Curves | Heads | Words


@dataclass(frozen=True)
class Signal:
    """A number that decides what is lit. The page sets it by a window event, the pointer sets it by moving.

    It is a signal, not a selection, because it filters nothing. Pointing costs the server nothing.
    """

    name: str
    start: int = -1
    event: str = ""  # the window event of the page
    said: str = "event.detail"  # an expression for the new number after the page's event
    over: str = ""  # the pointer's events
    pointed: str = ""  # an expression for the new number after a pointer's event

    def spec(self) -> Spec:
        """The signal as Vega takes it."""
        page = {"events": {"source": "window", "type": self.event}, "update": self.said}
        pointer = {"events": self.over, "update": self.pointed}
        heard = ([page] if self.event else []) + ([pointer] if self.over else [])
        return {"name": self.name, "value": self.start, "on": heard}


@template
def picture(form: Form, layers: tuple[Layer, ...], signals: tuple[Signal, ...] = ()) -> Chart:
    """A view of a scene with these layers, from the bottom to the top. Embed it with `width="stretch"`."""
    claimed = {style for layer in layers if isinstance(layer, Words) for style in layer.styles}
    rest = tuple(style for style in form.words if style not in claimed)
    marks: list[Spec] = []
    for layer in layers:
        match layer:
            case Boxes():
                marks.append(_boxes(layer, form))
            case Texts():
                marks.append(_texts(layer, form))
            case Points():
                marks.append(_points(layer, form))
            case Lines():
                marks.append(_lines(layer))
            case Curves():
                marks += _curves(layer, form)
            case Heads():
                marks.append(_heads(layer))
            case Words():
                marks += _words(replace(layer, styles=layer.styles or rest), form)
    return layered(
        *map(_grouped, [[*run] for _, run in groupby(marks, key=lambda mark: mark["data"])]),
        height={"step": form.pitch} if form.pitch else form.height,
        encoding={"x": _place("x", [0, ACROSS]), "y": _down(form)},
        autosize=FIT.to_dict(),
        usermeta={"config": {"signals": [signal.spec() for signal in signals]} | bare(form.margin)},
        **_resolved(marks),
    )


def _grouped(marks: list[Spec]) -> Spec:
    """One group of marks that follow each other and share a dataset, so that common parts travel only once."""
    if len(marks) == 1:
        return marks[0]
    shared: Spec = {"data": marks[0]["data"]}
    tips = marks[0]["encoding"].get("tooltip")
    common = tips is not None and all(mark["encoding"].get("tooltip") == tips for mark in marks)
    shared |= {"encoding": {"tooltip": tips}} if common else {}
    layers = []
    for mark in marks:
        encoding = {name: part for name, part in mark["encoding"].items() if not (common and name == "tooltip")}
        layers.append({name: part for name, part in mark.items() if name != "data"} | {"encoding": encoding})
    return shared | {"layer": layers} | _resolved(marks)


def _resolved(marks: list[Spec]) -> Spec:
    """The `resolve` entry: if several marks have a scale for the same channel, each keeps its own scale."""
    scaled = [
        [mark for mark in marks if "field" in mark["encoding"].get(name, {})] for name in ("color", "fillOpacity")
    ]
    own = [name for name, users in zip(("color", "fillOpacity"), scaled, strict=True) if len(users) > 1]
    return {"resolve": {"scale": dict.fromkeys(own, "independent")}} if own else {}


def _place(column: str, domain: list[int]) -> Spec:
    return _number(column) | {"scale": {"domain": domain, "nice": False}}


def _down(form: Form) -> Spec:
    """The vertical axis: in px, or by line if the scene has a pitch."""
    if not form.pitch:
        return _place("y", [round(form.height * TENTHS), 0])
    scale = {"paddingInner": round(1 - SOLID, 6), "paddingOuter": 0}
    return {"field": "y", "type": "ordinal", "scale": scale}


# The middle of the cells of a line
_IN_LINE: Spec = {"y": {"field": "y", "type": "ordinal", "bandPosition": 0.5}}


def _number(column: str) -> Spec:
    return {"field": column, "type": "quantitative"}


def _boxes(layer: Boxes, form: Form) -> Spec:
    across, down = layer.inset
    high = dict(form.heights).get(layer.data, 0)  # 0: each cell travels with its own lower edge, y2
    top, bottom = layer.down + down, layer.down + high - down
    offsets = {"xOffset": across, "x2Offset": -across, "yOffset": top, "y2Offset": bottom}
    style: Spec = {name: px for name, px in offsets.items() if px}
    style |= {"cornerRadius": layer.corner} if layer.corner else {}
    style |= {"filled": False} if layer.hollow else {}
    style |= {"strokeDash": [7, 4]} if layer.dashed else {}
    at: Spec = {"x2": {"field": "x2"}} | ({} if form.pitch else {"y2": {"field": "y" if high else "y2"}})
    if layer.margin is not None:
        left, right = layer.margin
        at |= {"x": {"value": left - form.margin}, "x2": {"value": right - form.margin}}
    channels = {
        "color": layer.fill,
        "opacity" if layer.hollow else "fillOpacity": layer.opacity,
        "stroke": layer.outline,
        "strokeWidth": layer.thick,
    }
    return _mark("rect", layer.data, style, channels, at, tips=layer.tips, where=layer.where)


def _middle(form: Form, data: str) -> dict[str, str]:
    """Expressions for the middle of a cell: `cx`, and `cy` unless the scene has a pitch."""
    if form.pitch:
        return {"cx": "(datum.x + datum.x2) / 2"}
    high = dict(form.heights).get(data, 0)
    down = f"datum.y + {high * TENTHS / 2:g}" if high else "(datum.y + datum.y2) / 2"
    return {"cx": "(datum.x + datum.x2) / 2", "cy": down}


def _texts(layer: Texts, form: Form) -> Spec:
    style: Spec = {"fontSize": layer.size, "baseline": "middle"}
    style |= {"fontWeight": 600} if layer.bold else {}
    style |= {"yOffset": layer.down} if layer.down else {}
    style |= {"lineBreak": "\n", "lineHeight": layer.line} if layer.line else {}
    wide = f"datum.{layer.room_column}" if layer.room_column else "(datum.x2 - datum.x)"
    tests = [layer.where] if layer.where else []
    tests += [f"width * {wide} > {ACROSS} * {layer.room}"] if layer.room else []
    tests += [f"datum.y2 - datum.y > {layer.high * TENTHS:g}"] if layer.high else []
    text: Spec = {"field": layer.column}
    if layer.format:
        text = _number(layer.column) | {"format": layer.format}
    return _mark(
        "text",
        layer.data,
        style,
        {"color": layer.fill, "opacity": layer.opacity},
        {"x": _number("cx"), "text": text} | (_IN_LINE if form.pitch else {"y": _number("cy")}),
        tips=layer.tips,
        where=" && ".join(tests),
        computed=_middle(form, layer.data) | ({"cx": f"datum.x + {wide} / 2"} if layer.room_column else {}),
    )


def _points(layer: Points, form: Form) -> Spec:
    count = len(layer.shapes)
    style: Spec = {"filled": True, "size": layer.size, "opacity": 1}
    style |= {"yOffset": layer.down} if layer.down else {}
    scale = {"domain": list(range(count)), "range": list(layer.shapes)}
    shape = {"field": "mark", "scale": scale, "legend": None}
    at = {"x": _number("cx"), "y": _number("cy"), "shape": shape}
    computed = _middle(form, layer.data) | {"mark": f"datum.{layer.column} % {count}"}
    return _mark("point", layer.data, style, {"color": INK}, at, tips=layer.tips, computed=computed)


def _lines(layer: Lines) -> Spec:
    style = {"strokeCap": "round"} if layer.round else {}
    channels = {"color": layer.colour, "opacity": layer.opacity, "strokeWidth": layer.thick}
    ends: Spec = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    return _mark("rule", layer.data, style, channels, ends, where=layer.where)


def _curves(layer: Curves, form: Form) -> list[Spec]:
    high = form.pitch * SOLID * TENTHS
    at: Spec = {"yOffset": _number("down") | {"scale": {"domain": [high, 0], "nice": False}}}
    path: Spec = {"detail": {"field": "path"}, "order": _number("x")}
    channels: dict[str, Channel | None] = {"color": layer.colour}
    return [
        _mark("line", "curves", {"strokeWidth": layer.thick, "interpolate": "monotone"}, channels, at | path),
        _mark("point", "curves", {"filled": True, "size": layer.dots, "opacity": 1}, channels, at, where="datum.end"),
    ]


def _heads(layer: Heads) -> Spec:
    style: Spec = {"filled": True, "size": layer.size}
    if layer.towards:
        style["shape"] = f"triangle-{layer.towards}"
    else:
        style["shape"] = {"expr": f"'triangle-' + {list(DIRECTIONS)}[datum.head]"}
        # A head has its middle at the end of the line. Half a head back, its tip is there.
        style |= {"xOffset": {"expr": "[0, -3, 0, 3][datum.head]"}, "yOffset": {"expr": "[3, 0, -3, 0][datum.head]"}}
    channels = {"color": layer.colour, "opacity": layer.opacity}
    return _mark("point", layer.data, style, channels, {"x": _number("x2"), "y": _number("y2")})


def _words(layer: Words, form: Form) -> list[Spec]:
    """A text mark for each font family. The number of the style decides all other properties."""
    marks = []
    for family in dict.fromkeys(STYLES[name].family for name in layer.styles):
        names = [name for name in layer.styles if STYLES[name].family == family]
        here = [form.words.index(name) for name in names]
        # By number. A style of another layer gets the look of the first style here, and its words are filtered away.
        styles = [STYLES[form.words[n] if n in here else names[0]] for n in range(max(here) + 1)]
        tests = [] if len(here) == len(form.words) else [_one_of(here, len(form.words))]
        if any(STYLES[name].fits for name in names):
            tests.append("(width > abs(datum.least)) == (datum.least >= 0)")
        looks = _looks(styles, form.margin) | _FAMILIES[family]
        if layer.opacity is not None:
            looks.pop("opacity", None)
        channels = {"color": layer.fill, "opacity": layer.opacity}
        text = {"text": {"field": "text"}} | (_IN_LINE if form.pitch else {})
        marks.append(_mark("text", "words", looks, channels, text, where=" && ".join(tests)))
    return marks


_FAMILIES: dict[str, Spec] = {
    "": {},
    "serif": {name: SERIF[name] for name in ("font", "fontStyle")},
    "mono": {"font": "Source Code Pro"},
}


def _looks(styles: list[Style], margin: int) -> Spec:
    """The properties of a text mark. Each depends on the number of the style."""
    looks = {
        "fontSize": _looked_up([style.size for style in styles], "style"),
        "align": _looked_up([style.align for style in styles], "style", "center"),
        "fontWeight": _looked_up([600 if style.bold else 400 for style in styles], "style", 400),
        "opacity": _looked_up([style.opacity for style in styles], "style", 1),
        "dx": _looked_up([style.shift - (margin if style.margin else 0) for style in styles], "style", 0),
        "dy": _looked_up([style.down for style in styles], "style", 0),
        "lineHeight": max(style.line for style in styles) or None,
    }
    shown = {name: look for name, look in looks.items() if look is not None}
    return {"baseline": "middle"} | shown | ({"lineBreak": "\n"} if "lineHeight" in shown else {})


def _looked_up(values: Sequence[Any], column: str, usual: Any = None) -> Any:
    """A property of a mark, looked up by the number in a column. None if all values are the `usual` value."""
    if len(set(values)) > 1:
        return {"expr": f"{list(values)}[datum.{column}]"}
    return None if values[0] == usual else values[0]


def _one_of(numbers: list[int], count: int) -> str:
    """A short expression that tests whether a word's style is one of `numbers`, out of `count` styles."""
    if len(numbers) == 1:
        return f"datum.style == {numbers[0]}"
    if numbers == list(range(numbers[0], count)):
        return f"datum.style >= {numbers[0]}"
    if numbers == list(range(numbers[-1] + 1)):
        return f"datum.style <= {numbers[-1]}"
    return f"indexof({numbers}, datum.style) >= 0"


def _mark(
    kind: str,
    data: str,
    style: Spec,
    channels: Mapping[str, Channel | None],
    at: Spec,
    *,
    tips: Tips = None,
    where: str = "",
    computed: dict[str, str] | None = None,
) -> Spec:
    """A mark of some kind. Its constants are in the definition, its colours and columns in the encoding.

    It is plain Vega-Lite, which the template checks against Altair's schema. Altair's own objects would give the same
    and take ten times as long.
    """
    # A mark without tips has the tooltip `False`: otherwise Streamlit would list every channel.
    definition: Spec = {"type": kind} | style
    encoding = dict(at)
    for name, channel in channels.items():
        match channel:
            case None:
                continue
            case Expr(text):
                definition[name] = {"expr": text}
            case By() | When():
                encoding[name] = _encoded(channel)
            case str():  # a colour: only here Streamlit replaces a name by the theme's colour
                encoding[name] = {"value": channel}
            case _ if channel != 1 or name == "strokeWidth" or kind == "point":
                definition[name] = channel
    match tips:
        case None:
            definition["tooltip"] = False
        case Expr(text):
            definition["tooltip"] = {"expr": text}
        case (tip,):  # not in a list: then the tooltip shows no title
            encoding["tooltip"] = _tip(tip)
        case _:
            encoding["tooltip"] = [_tip(tip) for tip in tips]
    transform: list[Spec] = [{"filter": where}] if where else []
    transform += [{"calculate": text, "as": name} for name, text in (computed or {}).items()]
    spec: Spec = {"data": {"name": data}, "mark": definition, "encoding": encoding}
    return spec | ({"transform": transform} if transform else {})


def _encoded(channel: Channel) -> Spec:
    """A channel that follows a column or the pointer, as an encoding."""
    match channel:
        case By():
            scale = None if channel.scale is None else _plain(channel.scale)
            read = _number(channel.column) if channel.number else {"field": channel.column}
            return read | {"scale": scale, "legend": None}
        case When():
            tests: list[Spec] = []
            rest: Channel = channel
            while isinstance(rest, When):
                tests.append({"test": rest.test, "value": rest.then})
                rest = rest.otherwise
            return _encoded(rest) | {"condition": tests[0] if len(tests) == 1 else tests}
        case _:
            return {"value": channel}


def _tip(tip: Tip) -> Spec:
    stated = {name: text for name, text in (("title", tip.title), ("format", tip.format)) if text}
    return (_number(tip.column) if tip.format else {"field": tip.column}) | stated


def _pairs(scale: Spec) -> Pairs:
    """A scale as pairs, which can be hashed."""
    return tuple((name, tuple(part) if isinstance(part, list) else part) for name, part in scale.items())


def _plain(scale: Pairs) -> Spec:
    return {name: list(part) if isinstance(part, tuple) else part for name, part in scale}
