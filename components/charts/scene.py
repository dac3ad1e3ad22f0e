"""A picture as a description: which cells, lines and words are in it, and where each stands.

Everything is in px. A picture is `WIDTH` px wide when it is described, and the browser stretches it to the width there
is; down the page nothing is stretched. What travels is the scene's own business: whole tenths of a px in two bytes.

    scene = Scene(height=120, words=("name", "step"), margin=60)
    scene.cells(x=np.arange(5) * 200, y=40, width=200, height=30, value=values)
    scene.label("name", 0, 10, "output")
    scene.label("step", 100, 30, "t = 1", least=wide_enough(20, 200))
    scene.columns()  # the datasets `cells` and `words`, which a picture of `picture.py` shows
    scene.layout()  # these, and what the picture has to know of them

A word's style is a name, and `STYLES` says what it looks like. Cells and lines get their looks in the lesson's
`charts.py`, because these depend on what the cells mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from components.charts.columns import Columns

WIDTH = 1000.0  # px, of a picture as it is described
SOLID = 0.88  # of a line's pitch: how high its cells are
TENTHS = 10  # what travels is in tenths of a px
DIRECTIONS = ("up", "right", "down", "left")  # of arrows, by the number under which they travel
LARGEST = (2**15 - 1) / TENTHS  # px, of what fits in two bytes
FULL = 255  # an opacity of 1, as it travels

Numbers = np.ndarray | Sequence[float] | float


@dataclass(frozen=True)
class Style:
    """How a word looks."""

    size: float = 12
    bold: bool = False
    opacity: float = 1
    align: Literal["left", "center", "right"] = "left"
    family: Literal["", "serif", "mono"] = ""  # the page's own, or another one
    margin: bool = False  # it stands in the margin: x counts from the margin's left edge, and is not stretched
    shift: float = 0  # px to the right of its place
    down: float = 0  # and below it
    fits: bool = False  # it may ask for a width: `least` or `below`
    line: float = 0  # px from line to line, for words of several lines


STYLES: dict[str, Style] = {
    # Names of tensors and symbols
    "name": Style(20, family="serif", bold=True),
    "code": Style(14, family="mono", bold=True),
    "letter": Style(20, family="serif", bold=True, shift=10, fits=True),
    "letters": Style(18, family="serif", bold=True, shift=10, fits=True),
    "letter alone": Style(20, family="serif", bold=True, align="center", fits=True),
    "letters alone": Style(15, family="serif", bold=True, align="center", fits=True),
    # Titles
    "head": Style(13, bold=True),
    "panel head": Style(13, bold=True, line=15),
    "title": Style(13, bold=True, align="center"),
    # Plain words
    "foot": Style(13),
    "text": Style(12),
    "text end": Style(12, align="right"),
    "tick": Style(12, align="center"),
    "bold tick": Style(12, bold=True, align="center"),
    "bold step": Style(12, bold=True, align="center", fits=True),
    # What is said beside other words
    "faint": Style(12, opacity=0.8),
    "faint tick": Style(12, opacity=0.8, align="center"),
    "low tick": Style(12, opacity=0.8, align="center", down=4),
    "faint step": Style(12, opacity=0.8, align="center", fits=True),
    "note": Style(11, opacity=0.8),
    # Beside cells, and in them
    "row number": Style(12, opacity=0.8, align="right", shift=-8),
    "small row number": Style(11, opacity=0.8, align="right", shift=-8),
    "first number": Style(12.5, align="right", shift=-8, fits=True),
    # In the margin
    "margin name": Style(21, family="serif", bold=True, margin=True),
    "small margin": Style(12, margin=True),
    "bold margin": Style(13, bold=True, margin=True),
    "margin note": Style(11, opacity=0.8, margin=True),
    "margin head": Style(14, bold=True, margin=True),
    "margin faint": Style(12, opacity=0.8, margin=True),
    "said": Style(14, margin=True, line=19),
    "gate symbol": Style(26, family="serif", bold=True, margin=True, shift=12),
    "gate name": Style(13, margin=True, shift=12),
    "gate rows": Style(12, margin=True, shift=12),
    "margin": Style(13, margin=True),
}


def wide_enough(needs: float, room: float) -> float:
    """The width a picture must have for `room` of its described px to be more than `needs` px on the screen."""
    return needs * WIDTH / room


@dataclass(frozen=True)
class Form:
    """What a template has to know of a scene: nothing in it depends on the numbers."""

    height: float  # px
    margin: int  # px left of the cells
    words: tuple[str, ...]  # the styles that its words can have, by the number under which they travel
    heights: tuple[tuple[str, float], ...] = ()  # px, of datasets whose cells are all of one height
    pitch: float = 0  # px from line to line, if all stands in lines and the picture is as high as these


@dataclass(frozen=True, eq=False)
class Layout:
    """A finished scene. Nothing of it is ever written to."""

    form: Form
    columns: dict[str, Columns]  # by the name of the dataset


@dataclass
class _Dataset:
    """Rows as they are collected: single ones, and columns of many."""

    names: tuple[str, ...]
    parts: list[tuple[Any, ...]] = field(default_factory=list)  # columns
    rows: list[tuple[Any, ...]] = field(default_factory=list)  # those that came after the last part

    def close(self) -> None:
        """Make the single rows a part."""
        if self.rows:
            self.parts.append(tuple(map(np.array, zip(*self.rows, strict=True))))
            self.rows = []


class Scene:
    """What is in a picture. Cells and lines go into the dataset `data`, in the order in which they are added."""

    def __init__(
        self,
        height: float,
        words: tuple[str, ...],
        margin: int = 0,
        heights: Mapping[str, float] | None = None,
        pitch: float = 0,
    ) -> None:
        """A picture of `height` px, whose words have these styles; its margin for names is left of its `WIDTH` px.

        Cells of a dataset that is in `heights` are all so high. With a `pitch` everything stands in lines that are so
        far apart, cells fill `SOLID` of it and words stand in the middle of that: the picture is then as high as its
        lines, and its `height` is 0. All of these make the template, so that none may change with the numbers.
        """
        if height > LARGEST:
            raise ValueError(f"a picture of {height:g} px is higher than {LARGEST:g} px")
        self.form = Form(height, margin, words, tuple((heights or {}).items()), pitch)
        self._numbers = {style: number for number, style in enumerate(words)}
        self._sets: dict[str, _Dataset] = {}
        self._words: list[tuple[int, float, float, str, float]] = []
        self._curves: list[tuple[np.ndarray, np.ndarray]] = []
        self._about: list[dict[str, float]] = []  # further columns of words, for those that have any

    def cell(
        self, x: float, y: float, width: float, height: float, data: str = "cells", **columns: float | str
    ) -> None:
        """A cell with its upper left corner at (x, y), and what the chart reads of it."""
        self._set(data, ("x", "x2", "y", "y2", *columns)).rows.append((x, width, y, height, *columns.values()))

    def cells(
        self, x: Numbers, y: Numbers, width: Numbers, height: Numbers, data: str = "cells", **columns: Any
    ) -> None:
        """Many cells at once: arrays of one length, and numbers that hold for all of them."""
        found = self._set(data, ("x", "x2", "y", "y2", *columns))
        found.close()
        found.parts.append(_even(x, width, y, height, *columns.values()))

    def line(self, x: float, y: float, x2: float, y2: float, data: str = "lines", **columns: float | str) -> None:
        """A line from (x, y) to (x2, y2), and what the chart reads of it."""
        self._set(data, ("x", "x2", "y", "y2", *columns)).rows.append((x, x2 - x, y, y2 - y, *columns.values()))

    def lines(self, x: Numbers, y: Numbers, x2: Numbers, y2: Numbers, data: str = "lines", **columns: Any) -> None:
        """Many lines at once."""
        across, down = np.subtract(x2, x), np.subtract(y2, y)
        self.cells(x, y, across, down, data, **columns)

    def arrow(self, x: float, y: float, x2: float, y2: float, data: str = "lines", **columns: float) -> None:
        """A line with a head where it ends: its `head` is the place in `DIRECTIONS` of where it leads."""
        across, down = "right" if x2 > x else "left", "down" if y2 > y else "up"
        towards = across if abs(x2 - x) >= abs(y2 - y) else down
        self.line(x, y, x2, y2, data, head=DIRECTIONS.index(towards), **columns)

    def bracket(self, first: float, second: float, top: float, bottom: float, data: str, **columns: float) -> None:
        """A bracket that joins what stands above `first` and `second`: three cells without a width or a height."""
        for x in (first, second):
            self.cell(x, top, 0, bottom - top, data, **columns)
        self.cell(first, bottom, second - first, 0, data, **columns)

    def curves(self, x: np.ndarray, y: np.ndarray) -> None:
        """Curves through places from left to right, (curves, places); one place alone is a dot. In `curves`."""
        self._curves.append((x, y))

    def label(
        self, style: str, x: float, y: float, text: str, *, least: float = 0, below: float = 0, **columns: float
    ) -> None:
        """A word at (x, y), vertically in the middle.

        With `least` it is shown only in a picture wider than that, in px on the screen; with `below` only in one that
        is not; its style must allow that. Columns that other words have and this one does not are -1.
        """
        if (least or below) and not STYLES[style].fits:
            raise ValueError(f"words in the style {style} are always shown")
        self._words.append((self._numbers[style], x, y, text, -below or least))
        self._about.append(columns)

    def columns(self) -> dict[str, Columns]:
        """The datasets: x, x2, y, y2 and their own columns; of `words` x, y, style, text, and `least` if they ask."""
        found: dict[str, Columns] = {}
        for name, rows in self._sets.items():
            rows.close()
            x, width, y, height, *others = map(np.concatenate, zip(*rows.parts, strict=True))
            # Equal sizes stay equal when they are rounded.
            left, top = _tenths(x), self._down(y)
            placed = {"x": left, "x2": left + _tenths(width), "y": top}
            pitch = self.form.pitch
            high = pitch * SOLID if pitch else dict(self.form.heights).get(name)
            if high is None:
                placed["y2"] = top + _tenths(height)
            elif (height != high).any():
                raise ValueError(f"{name} has cells that are not {high:g} px high")
            read = zip(rows.names[4:], others, strict=True)
            found[name] = placed | {column: _small(column, values) for column, values in read}
        if self._curves:
            found["curves"] = self._curved()
        if self._words:
            found["words"] = self._worded()
        return found

    def _down(self, y: np.ndarray) -> np.ndarray:
        """Where something is, counted from the top, as it travels: in tenths of a px, or by its line."""
        if not self.form.pitch:
            return _tenths(y)
        line: np.ndarray = np.floor(y / self.form.pitch + 1e-6).astype(np.uint8)
        return line

    def _curved(self) -> Columns:
        """The places of all curves: the curve's number, whether it is an end of it, and `down`, where in its line."""
        x, y = (np.concatenate([part.ravel() for part in parts]) for parts in zip(*self._curves, strict=True))
        counts = np.repeat(*np.array([part.shape[::-1] for part, _ in self._curves]).T)  # places of each curve
        path = np.repeat(np.arange(len(counts)), counts)
        end = np.diff(path, prepend=-1).astype(bool) | np.diff(path, append=len(counts)).astype(bool)
        columns = {"x": _tenths(x), "y": self._down(y), "path": _small("path", path), "end": end.astype(np.uint8)}
        if self.form.pitch:
            columns["down"] = np.rint((y % self.form.pitch) * TENTHS).astype(np.uint8)
        return columns

    def layout(self) -> Layout:
        """The scene, finished."""
        return Layout(self.form, self.columns())

    def _set(self, data: str, names: tuple[str, ...]) -> _Dataset:
        found = self._sets.get(data)
        if found is None:
            found = self._sets[data] = _Dataset(names)
        elif found.names != names:
            raise ValueError(f"{data} has the columns {found.names}, not {names}")
        return found

    def _worded(self) -> Columns:
        style, x, y, text, least = zip(*self._words, strict=True)
        words: dict[str, np.ndarray] = {
            "x": _tenths(np.array(x)),
            "y": self._down(np.array(y)),
            "style": np.array(style, np.uint8),
            "text": np.array(text, object),
        }
        if any(STYLES[name].fits for name in self.form.words):
            words["least"] = _fitting(np.array(least))
        for column in dict.fromkeys(name for columns in self._about for name in columns):
            words[column] = _small(column, np.array([columns.get(column, -1) for columns in self._about]))
        return words


def _even(*columns: Any) -> tuple[np.ndarray, ...]:
    """Columns of one length."""
    return tuple(np.broadcast_arrays(*map(np.atleast_1d, columns)))


def _tenths(px: np.ndarray) -> np.ndarray:
    tenths: np.ndarray = np.rint(px * float(TENTHS)).astype(np.int16)
    return tenths


def _fitting(px: np.ndarray) -> np.ndarray:
    """Widths of pictures; no screen is wider than two bytes say."""
    least: np.ndarray = np.clip(px, -(2**15), 2**15 - 1).astype(np.int16)
    return least


def _small(name: str, values: np.ndarray) -> np.ndarray:
    """Values in the smallest type that holds them: an `opacity` in 255ths, `room` in tenths."""
    if name == "least":
        return _fitting(values)
    if name == "room":
        room: np.ndarray = np.ceil(values * TENTHS).astype(np.int16)  # up: what just fits is shown
        return room
    if name == "opacity":
        return np.rint(values * float(FULL)).astype(np.uint8)
    if values.dtype.kind in "OU":
        return values.astype(object)
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    if low >= 0:
        return values.astype(np.min_scalar_type(high))
    return values.astype(np.min_scalar_type(min(low, -high - 1)))  # signed, and as wide as the larger needs
