"""The one template that shows a scene: layers of cells, lines, points and words, over one another.

A lesson says which layers its picture has, from the bottom to the top, and what of them follows a column. All else is
done here. Altair stays the library below it: Streamlit ships Vega with it, offline, on a canvas that is updated in
place, in the theme's colours for light and dark; a further library would bring all of that once more.

A channel (a fill, an opacity, the width of a line) is a constant, or follows a column (`By`), or changes with what is
pointed at (`When`), or is an expression of Vega's (`Expr`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from components.charts.axes import FIT, SERIF, bare, signed
from components.charts.scene import DIRECTIONS, FULL, SOLID, STYLES, TENTHS, WIDTH, Form, Style
from components.charts.template import INK, Chart, Spec, layered, template

ACROSS = int(WIDTH) * TENTHS  # the whole width, as it travels
MIDDLE_GREY = "#808080"  # an outline that is seen on both papers

Pairs = tuple[tuple[str, Any], ...]  # a dict that can be kept


@dataclass(frozen=True)
class By:
    """A channel that follows a column, through a scale."""

    column: str
    number: bool = True  # or else a name: one of a few
    scale: Pairs | None = None


@dataclass(frozen=True)
class When:
    """A channel that is `then` where the test, an expression of Vega's, holds, and else `otherwise`."""

    test: str
    then: Any
    otherwise: Any


@dataclass(frozen=True)
class Expr:
    """A channel that is computed by an expression of Vega's."""

    text: str


Channel = str | float | By | When | Expr


@lru_cache  # Altair validates the scale
def shade(column: str, bound: float) -> By:
    """Red below zero, teal above, from -bound to bound."""
    return By(column, scale=_pairs(signed(bound).to_dict()))


def hue(column: str, colours: Iterable[str]) -> By:
    """A colour for each number of a column, from 0 on."""
    return hue_of(column, dict(enumerate(colours)))


def hue_of(column: str, colours: Mapping[Any, str]) -> By:
    """A colour for each value of a column."""
    return By(column, False, (("domain", tuple(colours)), ("range", tuple(colours.values()))))


def ramp(column: str, colour: str, power: float = 1) -> By:
    """From transparent at 0 to a colour at 1."""
    scale: dict[str, Any] = {"type": "pow", "exponent": power, "clamp": True} if power != 1 else {}
    return By(column, scale=_pairs(scale | {"domain": [0, 1], "range": ["transparent", colour], "interpolate": "rgb"}))


OPACITY = By("opacity", scale=(("domain", (0, FULL)), ("range", (0, 1))))  # the scene's own


@dataclass(frozen=True)
class Tip:
    """What is said when a cell is pointed at: a column, how it is called there, and the format of its numbers.

    Alone it is said without its name.
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
    hollow: bool = False  # an outline in the colour of `fill`, and nothing in it
    inset: tuple[float, float] = (0.5, 0.5)  # px between the cell's edge and the rectangle: across, down
    corner: float = 2
    down: float = 0  # px below their places
    margin: tuple[float, float] | None = None  # px from the margin's left edge, where they stand instead
    tips: Tips = None
    where: str = ""  # an expression that holds for those that are shown


@dataclass(frozen=True)
class Texts:
    """In the middle of each cell what a column holds, where there is room."""

    column: str
    data: str = "cells"
    format: str = ""
    size: float = 13
    bold: bool = False
    fill: Channel = INK
    opacity: Channel = 1
    room: str = ""  # px that a text needs: an expression; none: it needs no room
    high: float = 0  # px that a cell must be high
    room_column: str = ""  # the width that a text has, from the cell's left edge; none: the cell's
    down: float = 0  # px below their places
    line: float = 0  # px from line to line, for texts of several lines
    tips: Tips = None
    where: str = ""


@dataclass(frozen=True)
class Points:
    """In the middle of each cell a mark, whose shape follows a column."""

    column: str
    shapes: tuple[str, ...]  # of the numbers from 0 on; with more numbers they start over
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
    round: bool = False  # their ends
    opacity: Channel = 1
    where: str = ""  # an expression that holds for those that are shown


@dataclass(frozen=True)
class Curves:
    """Curves, with a dot at each end, in a scene of lines."""

    colour: Channel = "primary"
    thick: float = 1.6
    dots: float = 26


@dataclass(frozen=True)
class Heads:
    """The heads of arrows, which end where the lines end, or of lines that all lead one way: `towards`."""

    data: str = "lines"
    colour: Channel = INK
    size: float = 34
    opacity: Channel = 1
    towards: str = ""


@dataclass(frozen=True)
class Words:
    """The words of such styles, or of all that no other layer has."""

    styles: tuple[str, ...] = ()
    fill: Channel = INK
    opacity: Channel | None = None  # none: the style's


Layer = Boxes | Texts | Points | Lines | Curves | Heads | Words


@dataclass(frozen=True)
class Signal:
    """A number that decides what is lit: the page sets it by a window event, the pointer by what it is over.

    A signal rather than a selection, because it filters nothing: pointing costs the server nothing.
    """

    name: str
    start: int = -1
    event: str = ""
    said: str = "event.detail"  # what the page's event makes of it
    over: str = ""  # the pointer's events
    pointed: str = ""  # what these make of it

    def spec(self) -> Spec:
        """The signal as Vega has it."""
        page = {"events": {"source": "window", "type": self.event}, "update": self.said}
        pointer = {"events": self.over, "update": self.pointed}
        heard = ([page] if self.event else []) + ([pointer] if self.over else [])
        return {"name": self.name, "value": self.start, "on": heard}


@template
def picture(form: Form, layers: tuple[Layer, ...], signals: tuple[Signal, ...] = ()) -> Chart:
    """The layers of a scene in one view, from the bottom to the top. Embed with `width="stretch"`."""
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
    """Marks that follow each other and share a dataset: what they have in common is sent once."""
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
    """Several scales of one channel are the marks' own."""
    scaled = [
        [mark for mark in marks if "field" in mark["encoding"].get(name, {})] for name in ("color", "fillOpacity")
    ]
    own = [name for name, found in zip(("color", "fillOpacity"), scaled, strict=True) if len(found) > 1]
    return {"resolve": {"scale": dict.fromkeys(own, "independent")}} if own else {}


def _place(column: str, domain: list[int]) -> Spec:
    return _number(column) | {"scale": {"domain": domain, "nice": False}}


def _down(form: Form) -> Spec:
    """How far down the page: in px, or by line."""
    if not form.pitch:
        return _place("y", [round(form.height * TENTHS), 0])
    scale = {"paddingInner": round(1 - SOLID, 6), "paddingOuter": 0}
    return {"field": "y", "type": "ordinal", "scale": scale}


# The middle of a line's cells
_IN_LINE: Spec = {"y": {"field": "y", "type": "ordinal", "bandPosition": 0.5}}


def _number(column: str) -> Spec:
    return {"field": column, "type": "quantitative"}


def _boxes(layer: Boxes, form: Form) -> Spec:
    across, down = layer.inset
    high = dict(form.heights).get(layer.data, 0)  # or else it travels
    top, bottom = layer.down + down, layer.down + high - down
    offsets = {"xOffset": across, "x2Offset": -across, "yOffset": top, "y2Offset": bottom}
    style: Spec = {name: px for name, px in offsets.items() if px}
    style |= {"cornerRadius": layer.corner} if layer.corner else {}
    style |= {"filled": False} if layer.hollow else {}
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
    """Where the middle of a cell is."""
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
        made=_middle(form, layer.data) | ({"cx": f"datum.x + {wide} / 2"} if layer.room_column else {}),
    )


def _points(layer: Points, form: Form) -> Spec:
    count = len(layer.shapes)
    style: Spec = {"filled": True, "size": layer.size, "opacity": 1}
    style |= {"yOffset": layer.down} if layer.down else {}
    scale = {"domain": list(range(count)), "range": list(layer.shapes)}
    shape = {"field": "mark", "scale": scale, "legend": None}
    at = {"x": _number("cx"), "y": _number("cy"), "shape": shape}
    made = _middle(form, layer.data) | {"mark": f"datum.{layer.column} % {count}"}
    return _mark("point", layer.data, style, {"color": INK}, at, tips=layer.tips, made=made)


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
        # Their middles stand where the lines end: half a head back, so that their tips do.
        style |= {"xOffset": {"expr": "[0, -3, 0, 3][datum.head]"}, "yOffset": {"expr": "[3, 0, -3, 0][datum.head]"}}
    channels = {"color": layer.colour, "opacity": layer.opacity}
    return _mark("point", layer.data, style, channels, {"x": _number("x2"), "y": _number("y2")})


def _words(layer: Words, form: Form) -> list[Spec]:
    """A text mark for each family of letters, in which the style's number decides all else."""
    marks = []
    for family in dict.fromkeys(STYLES[name].family for name in layer.styles):
        names = [name for name in layer.styles if STYLES[name].family == family]
        here = [form.words.index(name) for name in names]
        # By number; one that is of another layer looks as the first here does, and is filtered away.
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
    """What styles look like, each property by the style's number."""
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
    """A mark's property by the number in a column; None if it always is what is `usual`."""
    if len(set(values)) > 1:
        return {"expr": f"{list(values)}[datum.{column}]"}
    return None if values[0] == usual else values[0]


def _one_of(numbers: list[int], count: int) -> str:
    """An expression for a style that is one of these, out of so many."""
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
    made: dict[str, str] | None = None,
) -> Spec:
    """A mark of a kind: constants in its definition, colours and what follows a column in its encoding.

    Written as Vega-Lite, which the template checks against Altair's schema: Altair's own objects would say the same in
    ten times the time.
    """
    # Without tips none at all: Streamlit would list every channel.
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
            case str():  # a colour: Streamlit finds the theme's only here
                encoding[name] = {"value": channel}
            case _ if channel != 1 or name == "strokeWidth" or kind == "point":
                definition[name] = channel
    match tips:
        case None:
            definition["tooltip"] = False
        case Expr(text):
            definition["tooltip"] = {"expr": text}
        case (tip,):  # by itself it needs no name
            encoding["tooltip"] = _tip(tip)
        case _:
            encoding["tooltip"] = [_tip(tip) for tip in tips]
    transform: list[Spec] = [{"filter": where}] if where else []
    transform += [{"calculate": text, "as": name} for name, text in (made or {}).items()]
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
    said = {name: text for name, text in (("title", tip.title), ("format", tip.format)) if text}
    return (_number(tip.column) if tip.format else {"field": tip.column}) | said


def _pairs(scale: Spec) -> Pairs:
    """A scale as something that can be kept."""
    return tuple((name, tuple(part) if isinstance(part, list) else part) for name, part in scale.items())


def _plain(scale: Pairs) -> Spec:
    return {name: list(part) if isinstance(part, tuple) else part for name, part in scale}
