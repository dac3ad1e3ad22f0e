"""A picture as a description: its cells, lines and words, and the place of each.

Everything is in px. A picture is described as `WIDTH` px wide, and the browser stretches it to the width of the page.
It does not stretch the height. Places travel to the browser as whole tenths of a px, in two bytes.

    scene = Scene(height=120, words=("name", "step"), margin=60)
    scene.cells(x=np.arange(5) * 200, y=40, width=200, height=30, value=values)
    scene.label("name", 0, 10, "output")
    scene.label("step", 100, 30, "t = 1", least=wide_enough(20, 200))
    scene.columns()  # the datasets `cells` and `words`, which `picture.py` shows
    scene.layout()  # these datasets, and what the template needs to know of them

The style of a word is a name in `STYLES`, which defines its look. The looks of cells and lines are in the lesson's
`charts.py`, because they depend on what the cells mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from components.charts.columns import Columns

WIDTH = 1000.0  # px, of a picture as it is described
SOLID = 0.88  # the height of a cell, as a part of its line's pitch
TENTHS = 10  # places travel in tenths of a px
DIRECTIONS = ("up", "right", "down", "left")  # of arrows; each travels as its index
LARGEST = (2**15 - 1) / TENTHS  # px, the largest place that fits in two bytes
FULL = 255  # an opacity of 1 travels as this number

Numbers = np.ndarray | Sequence[float] | float


@dataclass(frozen=True)
class Style:
    """How a word looks."""

    size: float = 12
    bold: bool = False
    opacity: float = 1
    align: Literal["left", "center", "right"] = "left"
    family: Literal["", "serif", "mono"] = ""  # empty: the family of the page
    margin: bool = False  # the word stands in the margin: x counts from the margin's left edge and is not stretched
    shift: float = 0  # px to the right of its place
    down: float = 0  # px below its place
    fits: bool = False  # a word of this style may depend on the picture's width: `least` or `below`
    line: float = 0  # px from line to line, for words of several lines


STYLES: dict[str, Style] = {
    # Names of tensors and symbols
    "name": Style(20, family="serif", bold=True),
    "code": Style(14, family="mono", bold=True),
    "small code": Style(13, family="mono", bold=True),
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
    # Words beside other words
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
    """The least width of a picture, in px, with which `room` described px are more than `needs` px on the screen."""
    return needs * WIDTH / room


@dataclass(frozen=True)
class Form:
    """What a template needs to know of a scene. Nothing in it depends on the numbers."""

    height: float  # px
    margin: int  # px left of the cells
    words: tuple[str, ...]  # the styles of its words; a style travels as its index
    heights: tuple[tuple[str, float], ...] = ()  # px, of each dataset whose cells have all the same height
    pitch: float = 0  # px from line to line, if everything stands in lines; then these make the height


@dataclass(frozen=True, eq=False)
class Layout:
    """A finished scene. Nobody writes to it."""

    form: Form
    columns: dict[str, Columns]  # by the name of the dataset
    places: dict[str, Columns]  # what can be framed, by the name of the place: the corners x, x2, y, y2 of each frame

    def framing(self, place: str) -> dict[str, Columns]:
        """The datasets, and in `frames` the corners of the frames of a place: none if the picture has no such place."""
        return self.columns | {"frames": self.places.get(place, _NO_FRAMES)}


_NO_FRAMES: Columns = {name: np.zeros(0, np.int16) for name in ("x", "x2", "y", "y2")}


@dataclass
class _Dataset:
    """The rows of a dataset, collected in order: single rows, and parts, which are columns of many rows."""

    names: tuple[str, ...]
    parts: list[tuple[Any, ...]] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)  # the single rows after the last part

    def close(self) -> None:
        """Turn the single rows into a part."""
        if self.rows:
            self.parts.append(tuple(map(np.array, zip(*self.rows, strict=True))))
            self.rows = []


class Scene:
    """The content of a picture. Cells and lines go into the dataset `data`, in the order of the calls."""

    def __init__(
        self,
        height: float,
        words: tuple[str, ...],
        margin: int = 0,
        heights: Mapping[str, float] | None = None,
        pitch: float = 0,
    ) -> None:
        """An empty picture of `height` px. Its words have the styles `words`.

        The margin for names is left of the `WIDTH` px. If a dataset is in `heights`, all its cells have that height.
        With a `pitch`, everything stands in lines of `pitch` px. A cell fills `SOLID` of its line, and a word stands
        in the middle of the cell. Then the lines make the height of the picture, and `height` is 0. The template
        depends on all these arguments, so none of them may change with the numbers.

        Raises `ValueError` if the picture is too high for places of two bytes.
        """
        if height > LARGEST:
            raise ValueError(f"a picture of {height:g} px is higher than {LARGEST:g} px")
        self.form = Form(height, margin, words, tuple((heights or {}).items()), pitch)
        self._numbers = {style: number for number, style in enumerate(words)}
        self._sets: dict[str, _Dataset] = {}
        self._words: list[tuple[int, float, float, str, float]] = []
        self._curves: list[tuple[np.ndarray, np.ndarray]] = []
        self._places: dict[str, list[tuple[float, float, float, float]]] = {}
        self._about: list[dict[str, float]] = []  # further columns, one dict for each word

    def cell(
        self, x: float, y: float, width: float, height: float, data: str = "cells", **columns: float | str
    ) -> None:
        """Add a cell with its upper left corner at (x, y). `columns` are what the chart reads of it."""
        self._set(data, ("x", "x2", "y", "y2", *columns)).rows.append((x, width, y, height, *columns.values()))

    def cells(
        self, x: Numbers, y: Numbers, width: Numbers, height: Numbers, data: str = "cells", **columns: Any
    ) -> None:
        """Add many cells at once. Each argument is an array of one length, or a number for all cells."""
        dataset = self._set(data, ("x", "x2", "y", "y2", *columns))
        dataset.close()
        dataset.parts.append(_even(x, width, y, height, *columns.values()))

    def line(self, x: float, y: float, x2: float, y2: float, data: str = "lines", **columns: float | str) -> None:
        """Add a line from (x, y) to (x2, y2). `columns` are what the chart reads of it."""
        self._set(data, ("x", "x2", "y", "y2", *columns)).rows.append((x, x2 - x, y, y2 - y, *columns.values()))

    def lines(self, x: Numbers, y: Numbers, x2: Numbers, y2: Numbers, data: str = "lines", **columns: Any) -> None:
        """Add many lines at once, as `cells` does."""
        across, down = np.subtract(x2, x), np.subtract(y2, y)
        self.cells(x, y, across, down, data, **columns)

    def arrow(self, x: float, y: float, x2: float, y2: float, data: str = "lines", **columns: float) -> None:
        """Add a line with a head at its end. Its column `head` is the index of its direction in `DIRECTIONS`."""
        across, down = "right" if x2 > x else "left", "down" if y2 > y else "up"
        towards = across if abs(x2 - x) >= abs(y2 - y) else down
        self.line(x, y, x2, y2, data, head=DIRECTIONS.index(towards), **columns)

    def bracket(self, first: float, second: float, top: float, bottom: float, data: str, **columns: float) -> None:
        """Add a bracket below `first` and `second` that joins them: three cells with no width or no height."""
        for x in (first, second):
            self.cell(x, top, 0, bottom - top, data, **columns)
        self.cell(first, bottom, second - first, 0, data, **columns)

    def place(self, name: str, x: float, y: float, width: float, height: float) -> None:
        """Name a place, with its upper left corner at (x, y). `Layout.framing` frames all places of a name.

        Nothing is shown of a place that is not framed. Not for a scene with a pitch.
        """
        self._places.setdefault(name, []).append((x, y, width, height))

    def curves(self, x: np.ndarray, y: np.ndarray) -> None:
        """Add curves to the dataset `curves`. x and y are (curves, places), from left to right. One place is a dot."""
        self._curves.append((x, y))

    def label(
        self, style: str, x: float, y: float, text: str, *, least: float = 0, below: float = 0, **columns: float
    ) -> None:
        """Add a word at (x, y), vertically in the middle.

        With `least` the word is shown only if the picture is wider than `least` px on the screen. With `below` it is
        shown only if the picture is not wider than that. A column that only other words have is -1 for this word.

        Raises `ValueError` if the style does not allow `least` and `below`.
        """
        if (least or below) and not STYLES[style].fits:
            raise ValueError(f"words in the style {style} are always shown")
        self._words.append((self._numbers[style], x, y, text, -below or least))
        self._about.append(columns)

    def columns(self) -> dict[str, Columns]:
        """The datasets by name. Each has x, x2, y, y2 and its own columns.

        `words` has x, y, style and text, also `least` if one of its styles may depend on the width.
        """
        datasets: dict[str, Columns] = {}
        for name, rows in self._sets.items():
            rows.close()
            x, width, y, height, *others = map(np.concatenate, zip(*rows.parts, strict=True))
            # Sizes are rounded before they are added, so that equal sizes stay equal.
            left, top = _tenths(x), self._down(y)
            placed = {"x": left, "x2": left + _tenths(width), "y": top}
            pitch = self.form.pitch
            high = pitch * SOLID if pitch else dict(self.form.heights).get(name)
            if high is None:
                placed["y2"] = top + _tenths(height)
            elif (height != high).any():
                raise ValueError(f"{name} has cells that are not {high:g} px high")
            further = zip(rows.names[4:], others, strict=True)
            datasets[name] = placed | {column: _small(column, values) for column, values in further}
        if self._curves:
            datasets["curves"] = self._curved()
        if self._words:
            datasets["words"] = self._worded()
        return datasets

    def _down(self, y: np.ndarray) -> np.ndarray:
        """A height from the top as it travels: in tenths of a px, or as the number of its line."""
        if not self.form.pitch:
            return _tenths(y)
        line: np.ndarray = np.floor(y / self.form.pitch + 1e-6).astype(np.uint8)
        return line

    def _curved(self) -> Columns:
        """The places of all curves: x, y, `path` (the curve's number) and `end` (whether the place is an end).

        With a pitch also `down`, tenths of a px from the upper edge of the line.
        """
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
        return Layout(self.form, self.columns(), {name: _corners(places) for name, places in self._places.items()})

    def _set(self, data: str, names: tuple[str, ...]) -> _Dataset:
        dataset = self._sets.get(data)
        if dataset is None:
            dataset = self._sets[data] = _Dataset(names)
        elif dataset.names != names:
            raise ValueError(f"{data} has the columns {dataset.names}, not {names}")
        return dataset

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
    """The columns as arrays of the same length."""
    return tuple(np.broadcast_arrays(*map(np.atleast_1d, columns)))


def _corners(places: list[tuple[float, float, float, float]]) -> Columns:
    """The corners of rectangles (x, y, width, height)."""
    x, y, width, height = np.array(places, np.float64).T
    return {"x": _tenths(x), "x2": _tenths(x + width), "y": _tenths(y), "y2": _tenths(y + height)}


def _tenths(px: np.ndarray) -> np.ndarray:
    tenths: np.ndarray = np.rint(px * float(TENTHS)).astype(np.int16)
    return tenths


def _fitting(px: np.ndarray) -> np.ndarray:
    """Widths of pictures as int16: no screen is wider than that."""
    least: np.ndarray = np.clip(px, -(2**15), 2**15 - 1).astype(np.int16)
    return least


def _small(name: str, values: np.ndarray) -> np.ndarray:
    """The values in the smallest type that holds them. An `opacity` is in 255ths, `room` in tenths of a px."""
    if name == "least":
        return _fitting(values)
    if name == "room":
        # Rounded up, so that a text that just fits is shown.
        room: np.ndarray = np.ceil(values * TENTHS).astype(np.int16)
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
    return values.astype(np.min_scalar_type(min(low, -high - 1)))  # a signed type that holds both ends
