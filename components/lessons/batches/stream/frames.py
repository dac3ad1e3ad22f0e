"""A stream in lanes and chunks as cells, joins and words: where each stands, and how far each step's output is off.

From the top: the stream in one piece, then a row for each row of the batch, and under each of its cells a strip, a
piece a step.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from components.charts.scene import WIDTH, Layout, Scene
from components.kept import kept
from components.lstm.stream import ZEROS, Handed, handed
from components.settings import Settings

MARGIN = 62  # px left of the cells
STREAM, GAP, HEAD, FOOT = 26, 22, 20, 4  # px: the whole stream, the space below it, the chunks' names, the end
DOWN = STREAM + GAP + HEAD  # px above the batch
OWN, NOTHING, STRANGER = "own", "zeros", "stranger"
GLYPHS = {OWN: "→", NOTHING: "0", STRANGER: "≠"}
CROWDED = 10  # chunks beyond which what stands between and above them is small
PALEST, DEEPEST = 0.087, 0.62  # opacities: at the beginning of the stream, and at its end


def height(batch: int) -> int:
    """The picture's height in px."""
    return DOWN + batch * _pitch(batch) + FOOT


def _pitch(batch: int) -> int:
    """Height of a row of the batch in px, with its strip."""
    return min(40, 288 // batch)


def _cell(batch: int) -> int:
    """Height of a cell in px; the rest of its row is its strip and air."""
    return _pitch(batch) - max(_pitch(batch) // 3, 4)


@dataclass(frozen=True, eq=False)
class _Chunks:
    """Where chunks stand. All are as long as the first, save the last."""

    first: np.ndarray  # (K,) the first step of each, from 0
    last: np.ndarray  # (K,) and the one after its last
    left: np.ndarray  # (K,) px
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
        """Px of each chunk."""
        px: np.ndarray = (self.last - self.first) * self.unit
        return px


@kept
def drawn(settings: Settings, length: int, way: str, revealed: bool = True) -> Layout:
    """The picture of the stream read in chunks of `length`, the state handed on as `way` says.

    Its `cells` are the stream's pieces, `steps` the strips below them and `joins` what each row of a chunk starts
    from. Unless it is revealed, joins have no sign and strips no shade.
    """
    found, chunks = handed(settings, length)[way], _Chunks.of(settings.seq_len, length)
    scene = Scene(height(settings.batch_size), ("margin", "faint step"), MARGIN)
    _add_pieces(scene, chunks, found.lanes.numpy(), settings)
    _add_strips(scene, chunks, found.max_abs_diff.numpy(), length, revealed)
    _add_joins(scene, chunks, found, settings, revealed)
    _add_names(scene, chunks, settings.batch_size)
    return scene.layout()


def _add_pieces(scene: Scene, chunks: _Chunks, lanes: np.ndarray, settings: Settings) -> None:
    """The stream in one piece, from edge to edge; then (chunk, row) by (chunk, row)."""
    steps, batch = settings.seq_len, settings.batch_size
    lane, count = np.arange(batch), len(chunks.first)

    def add(begin: np.ndarray, close: np.ndarray, **at: Any) -> None:
        """Cells with these places of the stream, from 0."""
        texts = [_span(a, b) for a, b in zip(begin.tolist(), close.tolist(), strict=True)]
        place = (begin + close) / (2 * steps * batch)  # from 0 to 1
        opacity = PALEST + (DEEPEST - PALEST) * place
        scene.cells(**at, opacity=opacity, text=texts, long=max(map(len, texts)))  # all of a kind are written, or none

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
    """Places of the stream in words, counted from 1."""
    return str(end) if end - begin == 1 else f"{begin + 1}–{end}"


def _add_strips(scene: Scene, chunks: _Chunks, differences: np.ndarray, length: int, revealed: bool) -> None:
    """By how much the output of each step is off, for each row."""
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


def _add_joins(scene: Scene, chunks: _Chunks, found: Handed, settings: Settings, revealed: bool) -> None:
    """Between two chunks of a row: what it starts from. Lanes are as long as the steps, so a place tells its lane."""
    steps, batch = settings.seq_len, settings.batch_size
    later = (found.lanes.numpy() * steps + chunks.first[:, None])[1:]  # the first place that is read
    came = found.source.numpy()[1:]
    kinds = np.where(came == ZEROS, NOTHING, np.where(came == later // steps, OWN, STRANGER)).ravel()
    before = (came * steps + later % steps).ravel()  # the last place that the state has read, counted from 1
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
    )


def _add_names(scene: Scene, chunks: _Chunks, batch: int) -> None:
    """The names of the stream, of the rows and of the chunks; the latter where all have room."""
    scene.label("margin", 0, STREAM / 2, "stream")
    for row in range(batch):
        scene.label("margin", 0, DOWN + row * _pitch(batch) + _cell(batch) / 2, f"row {row}")
    count = len(chunks.first)
    word, needs = ("chunk ", 58) if count <= CROWDED else ("", 18)
    for number, middle in enumerate((chunks.left + chunks.width / 2).tolist(), start=1):
        scene.label("faint step", middle, DOWN - HEAD / 2, f"{word}{number}", least=needs * count)
