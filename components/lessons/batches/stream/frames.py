"""A stream in rows and chunks as cells, joins and words, and the error of each step's output.

At the top is the stream in one piece. Below is a row for each row of the batch. Under each cell of a row is a strip
with one piece for each step.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from components.charts.scene import WIDTH, Layout, Scene
from components.kept import kept
from components.lstm.stream import ZEROS, Handed, handed
from components.settings import RESET, Settings

MARGIN = 62  # px left of the cells
STREAM, GAP, HEAD, FOOT = (
    26,
    22,
    20,
    18,
)  # px: the whole stream, the space below it, the chunks' names, the space at the end
DOWN = STREAM + GAP + HEAD  # px above the batch
JOIN = "join"  # the place between the first two chunks
OWN, NOTHING, STRANGER = "own", "zeros", "stranger"
GLYPHS = {OWN: "→", NOTHING: "0", STRANGER: "≠"}
CROWDED = 10  # with more chunks, the signs between them and the words above them are small
PALEST, DEEPEST = 0.087, 0.62  # opacities at the beginning and at the end of the stream


def height(batch: int) -> int:
    """The picture's height in px."""
    return DOWN + batch * _pitch(batch) + FOOT


def _pitch(batch: int) -> int:
    """Height in px of a row of the batch, with its strip."""
    return min(52, 288 // batch)


def _cell(batch: int) -> int:
    """Height of a cell in px. The rest of the row is for the strip and some space."""
    return _pitch(batch) - max(_pitch(batch) // 3, 4)


@dataclass(frozen=True, eq=False)
class _Chunks:
    """The places of the chunks. All are as long as the first; only the last may be shorter."""

    first: np.ndarray  # (K,) the first step of each chunk, from 0
    last: np.ndarray  # (K,) the step after its last step
    left: np.ndarray  # (K,) left edge in px
    unit: float  # px of a step
    between: float  # px between two chunks

    @classmethod
    def of(cls, steps: int, length: int) -> "_Chunks":
        first = np.arange(0, steps, length)
        between = min(0.25 * length, steps / 22)  # in steps
        unit = WIDTH / (steps + (len(first) - 1) * between)
        left = (first + np.arange(len(first)) * between) * unit
        return cls(first, np.minimum(first + length, steps), left, unit, between * unit)

    @property
    def width(self) -> np.ndarray:
        """Width of each chunk in px."""
        px: np.ndarray = (self.last - self.first) * self.unit
        return px


@kept
def stream_picture(settings: Settings, length: int, way: str, revealed: bool = True) -> Layout:
    """The picture of the stream in chunks of `length`, if the state goes from chunk to chunk as `way` says.

    `cells` are the pieces of the stream, `steps` are the strips below them, and `joins` say from which state each row
    of a chunk starts. Until `revealed`, joins have no sign and strips have no shade.
    """
    handed_on, chunks = handed(settings, length)[way], _Chunks.of(settings.seq_len, length)
    scene = Scene(height(settings.batch_size), ("margin", "faint step"), MARGIN)
    _add_pieces(scene, chunks, handed_on.lanes.numpy(), settings)
    _add_strips(scene, chunks, handed_on.max_abs_diff.numpy(), length, revealed)
    _add_cuts(scene, chunks, settings.batch_size, revealed and way != RESET)
    _add_joins(scene, chunks, handed_on, settings, revealed)
    _add_names(scene, chunks, settings.batch_size)
    return scene.layout()


def _add_pieces(scene: Scene, chunks: _Chunks, lanes: np.ndarray, settings: Settings) -> None:
    """The stream in one piece from edge to edge, then a cell for each (chunk, row)."""
    steps, batch = settings.seq_len, settings.batch_size
    lane, count = np.arange(batch), len(chunks.first)

    def add(begin: np.ndarray, close: np.ndarray, **at: Any) -> None:
        """Cells that hold the places `begin` up to `close` of the stream, from 0."""
        texts = [_span(a, b) for a, b in zip(begin.tolist(), close.tolist(), strict=True)]
        place = (begin + close) / (2 * steps * batch)  # from 0 to 1
        opacity = PALEST + (DEEPEST - PALEST) * place
        scene.cells(
            **at, opacity=opacity, text=texts, long=max(map(len, texts))
        )  # all cells have the same `long`, so their words are shown together or not at all

    add(lane * steps, (lane + 1) * steps, x=lane * WIDTH / batch, width=WIDTH / batch, y=0, height=STREAM)
    add(
        (lanes * steps + chunks.first[:, None]).ravel(),
        (lanes * steps + chunks.last[:, None]).ravel(),
        x=np.repeat(chunks.left, batch),
        width=np.repeat(chunks.width, batch),
        y=DOWN + np.tile(lane, count) * _pitch(batch),
        height=_cell(batch),
    )


def _span(begin: int, end: int) -> str:
    """Places of the stream as a text. They count from 1."""
    return str(end) if end - begin == 1 else f"{begin + 1}–{end}"


def _add_strips(scene: Scene, chunks: _Chunks, differences: np.ndarray, length: int, revealed: bool) -> None:
    """The error of each step's output, for each row."""
    steps, batch = differences.shape
    t, row = np.arange(steps), _pitch(batch)
    scene.cells(
        data="steps",
        x=np.repeat(chunks.left[t // length] + t % length * chunks.unit, batch),
        width=chunks.unit,
        y=np.tile(DOWN + _cell(batch) + 1 + np.arange(batch) * row, steps),
        height=max(row // 3 - 5, 2),
        difference=differences.ravel() if revealed else 0.0,
        t=np.repeat(t + 1, batch),
    )


def _add_cuts(scene: Scene, chunks: _Chunks, batch: int, shown: bool) -> None:
    """A line between two chunks where `detach` ends the history of a state that is handed on, named if there is room.

    Also the place `JOIN`.
    """
    count, bottom = len(chunks.first), DOWN + batch * _pitch(batch)
    middle = chunks.left[1:] - chunks.between / 2
    scene.lines(middle if shown else middle[:0], DOWN - 4, middle if shown else middle[:0], bottom, "cuts")
    for x in middle if shown and count <= CROWDED else ():
        scene.label("faint step", x, bottom + 9, "detach", least=46 * count)
    scene.place(JOIN, middle[0] - max(chunks.between, 14) / 2, DOWN - 4, max(chunks.between, 14), bottom - DOWN + 4)


def _add_joins(scene: Scene, chunks: _Chunks, handed_on: Handed, settings: Settings, revealed: bool) -> None:
    """The joins between two chunks of a row. Each lane of the stream has T places, so place // T is the lane."""
    steps, batch = settings.seq_len, settings.batch_size
    later = (handed_on.lanes.numpy() * steps + chunks.first[:, None])[1:]  # the first place that the chunk reads
    came = handed_on.source.numpy()[1:]
    kinds = np.where(came == ZEROS, NOTHING, np.where(came == later // steps, OWN, STRANGER)).ravel()
    before = (came * steps + later % steps).ravel()  # the last place that the state has read, from 1
    said = [
        f"zeros, then {place + 1}" if kind == NOTHING else f"{have}, then {place + 1}"
        for kind, have, place in zip(kinds, before, later.ravel(), strict=True)
    ]
    scene.cells(
        data="joins",
        x=np.repeat(chunks.left[1:] - chunks.between, batch),
        width=chunks.between,
        y=np.tile(DOWN + np.arange(batch) * _pitch(batch), len(later)),
        height=_cell(batch),
        text=np.array([GLYPHS[kind] if revealed else "" for kind in kinds], object),
        said=np.array(said if revealed else [""] * len(said), object),
        crowded=int(len(chunks.first) > CROWDED),
    )


def _add_names(scene: Scene, chunks: _Chunks, batch: int) -> None:
    """The names of the stream, the rows and the chunks. Chunks have names only if all names have room."""
    scene.label("margin", 0, STREAM / 2, "stream")
    for row in range(batch):
        scene.label("margin", 0, DOWN + row * _pitch(batch) + _cell(batch) / 2, f"row {row}")
    count = len(chunks.first)
    word, needs = ("chunk ", 58) if count <= CROWDED else ("", 18)
    for number, middle in enumerate((chunks.left + chunks.width / 2).tolist(), start=1):
        scene.label("faint step", middle, DOWN - HEAD / 2, f"{word}{number}", least=needs * count)
