"""A line's tensors as a picture: memory as a row of cells, the finger's steps along it, `x` and the result as grids.

Everything stands on lines of one height.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from components.charts.scene import SOLID, WIDTH, Layout, Scene
from components.kept import kept
from components.lessons.views.facts import Chain, NotTaken, parse, positions, rearrange, written
from components.lessons.views.family.facts import samples
from components.lessons.views.storage.facts import shares, storage

LINE = 24  # px
CELL = LINE * SOLID  # px, of its cells
MARGIN = 84  # px left of the cells, for names
SAMPLES = "ABCDEFGHIJKLMNOP"  # one letter a sample
SHADES = 4  # told apart by shade; further samples start over, and keep their letter
PALEST, DEEPEST = 0.06, 0.48  # opacity of a sample's shade: ink on it stays legible

MOST_CELLS = 160  # of a memory that are drawn
MOST_COLUMNS = 26  # of a block
MOST_ROWS = 12
MOST_LINES = 14  # of a grid
MOST_HOPS = 40  # of an axis
GAP = 14  # px between blocks
WIDEST, NARROWEST = 58, 34  # px: cells

_ARC = np.array([(0.0, 0.0), (0.18, 0.7), (0.5, 1.0), (0.82, 0.7), (1.0, 0.0)])  # along, up
_LOW, _HIGH = CELL * 11 / 12, CELL / 12  # px from a line's upper edge to an arc's ends, and to its top
_WORDS = ("margin name", "margin", "faint", "low tick")


@dataclass(frozen=True)
class Reading:
    """How a stage of a chain lies in memory."""

    text: str  # the step that led to it
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int
    contiguous: bool
    memory: int  # 0 is x's; each copy has the next number


@dataclass(frozen=True, eq=False)
class Picture:
    """What is drawn of a line, and what is stated of it. Nothing of it is ever written to."""

    scene: Layout  # cells: origin, label, number, long (digits of its part's longest number); curves: the hops
    line: str  # as the app writes it
    not_taken: NotTaken | None
    readings: tuple[Reading, ...]
    shown: tuple[str, ...]  # a phrase for each part that is only drawn in part
    number: int | None  # what the result's first cell holds; None if it has none
    changed: int  # elements of the result that change when that cell is written
    reached: bool  # whether `x` changes too
    rows: tuple[tuple[int, ...], ...] | None  # for a result of (B, T * I): the samples of each row
    whole: bool  # whether such a result holds each sample in its row, in the order of its steps
    places: np.ndarray  # (elements drawn, axes): the index of each element of the result that is drawn
    numbers: np.ndarray  # what it holds


@kept
def pictured(sizes: tuple[int, int, int], line: str, write: bool) -> Picture:
    """The picture of a line for an `x` of sizes (T, B, I); `write`: as it is once -1 is in the result's first cell.

    Raises `LineError` for a line that cannot be read.
    """
    x = positions(sizes)
    steps = parse(line, dict(zip("TBI", sizes, strict=True)))
    chain, after = rearrange(x, steps), written(x, steps)
    result, painted = (chain.result, after.result if write else chain.result)
    changed_x = after.stages[0].tensor
    shared = shares(result, x)

    drawing = _Drawing(sizes)
    read = _read(result)
    drawing.tape("memory", storage(x), storage(changed_x if write else x), read if shared else None, letters=True)
    if not shared:
        drawing.tape("its copy", storage(result), storage(painted), read, letters=False)
    drawing.fingers(result)
    drawing.grid("x", x, changed_x if write else x)
    places, numbers = drawing.grid("y" if chain.not_taken is None else "so far", result, painted)

    steps_, batch, features = sizes
    flat = tuple(result.shape) == (batch, steps_ * features)
    return Picture(
        drawing.scene.layout(),
        line="x" + "".join(step.text for step in steps),
        not_taken=chain.not_taken,
        readings=readings(chain),
        shown=tuple(drawing.shown),
        number=int(result[(0,) * result.dim()]) if result.numel() else None,
        changed=int((result != after.result).sum()),
        reached=not torch.equal(x, changed_x),
        rows=tuple(samples(row, x.shape) for row in result) if flat else None,
        whole=flat and torch.equal(result, x.transpose(0, 1).reshape(batch, -1)),
        places=places,
        numbers=numbers,
    )


def readings(chain: Chain) -> tuple[Reading, ...]:
    """What is stated of each stage."""
    memories: list[Tensor] = []
    found = []
    for stage in chain.stages:
        tensor = stage.tensor
        number = next((number for number, other in enumerate(memories) if shares(tensor, other)), len(memories))
        if number == len(memories):
            memories.append(tensor)
        lies = tuple(tensor.shape), tensor.stride(), int(tensor.storage_offset()), tensor.is_contiguous()
        found.append(Reading(stage.text, *lies, number))
    return tuple(found)


def table_frame(drawn: Picture) -> pd.DataFrame:
    """An element of the result a row, as far as drawn: index, number (its place in x's memory), cell (in its own)."""
    last = drawn.readings[-1]
    cells = last.offset + drawn.places @ np.array(last.stride, np.int64)
    index = [", ".join(map(str, place)) for place in drawn.places.tolist()]
    return pd.DataFrame({"index": index, "number": drawn.numbers, "cell": cells.astype(np.int64)})


def _read(tensor: Tensor) -> np.ndarray:
    """Whether each cell of a tensor's memory is part of it."""
    cells = torch.zeros_like(storage(tensor), dtype=torch.bool)
    torch.as_strided(cells, tensor.shape, tensor.stride(), tensor.storage_offset()).fill_(True)
    seen: np.ndarray = cells.numpy()
    return seen


@dataclass(frozen=True)
class _Layout:
    """How many blocks, rows and columns are drawn, how wide a cell is, and how many blocks stand side by side."""

    blocks: int
    rows: int
    columns: int
    width: float
    abreast: int

    @property
    def block(self) -> float:
        """From one block to the next."""
        return self.columns * self.width + GAP

    @classmethod
    def of(cls, blocks: int, rows: int, columns: int) -> "_Layout":
        if 0 in (blocks, rows, columns):
            return cls(0, 0, 0, WIDEST, 1)
        if blocks == rows == 1:  # a row is drawn as a memory is
            taken = min(columns, MOST_CELLS)
            return cls(1, 1, taken, min(WIDTH / taken, WIDEST), 1)
        drawn, taken = min(rows, MOST_ROWS), min(columns, MOST_COLUMNS)
        width = min((WIDTH - (blocks - 1) * GAP) / (blocks * taken), WIDEST)
        if width >= NARROWEST:
            return cls(blocks, drawn, taken, width, blocks)
        # They do not all fit side by side: three abreast, or more where their cells are still wide.
        width = min(max(NARROWEST, ((WIDTH + GAP) / 3 - GAP) / taken), WIDTH / taken, WIDEST)
        abreast = max(int((WIDTH + GAP) / (taken * width + GAP) + 1e-9), 1)
        deep = max(MOST_LINES // (drawn + 1), 1)
        return cls(min(blocks, abreast * deep), drawn, taken, width, abreast)


class _Drawing:
    """Puts parts below each other, line by line."""

    def __init__(self, sizes: tuple[int, int, int]) -> None:
        _, self.batch, self.features = sizes
        levels = min(self.batch, SHADES)
        self.shades = np.linspace(PALEST, DEEPEST, levels, dtype=np.float32)
        self.scene = Scene(0, _WORDS, MARGIN, pitch=LINE)
        self.scene.curves(np.zeros((0, 1)), np.zeros((0, 1)))  # the dataset is there even if no axis has a step
        self.line = 0
        self.shown: list[str] = []
        self.count, self.width = 0, 0.0  # of the memory drawn last: cells, and how many px wide each is

    def say(self, text: str, x: float = 0, style: str = "faint", line: int | None = None) -> None:
        self.scene.label(style, x, (self.line if line is None else line) * LINE, text)

    def add(
        self, x: np.ndarray, line: np.ndarray | int, width: float, origins: np.ndarray, numbers: np.ndarray
    ) -> None:
        """A part's cells: the place in memory of each, below 0 if it is not read, and the number that it holds."""
        hidden = origins < 0
        origin = np.where(hidden, -1 - origins, origins)
        sample = origin // self.features % self.batch
        plain = [str(number) if number >= 0 else "\u22121" for number in numbers.tolist()]
        labels = [
            text if text[0] == "\u2212" else SAMPLES[at] + text for at, text in zip(sample.tolist(), plain, strict=True)
        ]
        self.scene.cells(
            x,
            line * LINE,
            width,
            CELL,
            opacity=np.where(hidden, 0, self.shades[sample % len(self.shades)]),
            origin=origin,
            label=np.array(labels, object),
            number=np.array(plain, object),
            # One size of label for a whole part: its longest number decides.
            long=max(map(len, map(str, numbers.tolist())), default=0),
        )

    def tape(self, name: str, origins: Tensor, numbers: Tensor, read: np.ndarray | None, letters: bool) -> None:
        """A memory as a row of cells; its samples' letters above it."""
        self.count = count = min(len(origins), MOST_CELLS)
        self.width = min(WIDTH / max(count, 1), WIDEST)
        if letters:
            run = self.width * self.features
            for start in range(0, count, self.features) if run >= 15 else ():
                middle = (start + min(start + self.features, count)) / 2 * self.width
                self.say(SAMPLES[start // self.features % self.batch], middle, "low tick")
            self.line += 1
        self.say(name, style="margin")
        drawn = origins[:count].numpy()
        if read is not None:
            drawn = np.where(read[:count], drawn, -1 - drawn)
        self.add(np.arange(count) * self.width, self.line, self.width, drawn, numbers[:count].numpy())
        if count < len(origins):
            self.shown.append(f"{count} of {len(origins)} cells of {'the memory' if letters else 'the copy'}")
        self.line += 1

    def fingers(self, tensor: Tensor) -> None:
        """For each axis a line with the finger's steps along the memory that was drawn last."""
        start = tensor.storage_offset()
        for axis, (size, stride) in enumerate(zip(tensor.shape, tensor.stride(), strict=True)):
            self.say(f"axis {axis}: {'+' + str(stride) if size > 1 else 'size ' + str(size)}", style="margin")
            stops = range(start, start + size * stride, stride) if stride else range(start, start + min(size, 1))
            centres = np.array([(stop + 0.5) * self.width for stop in stops[: MOST_HOPS + 1] if stop < self.count])
            if len(centres):
                along, up = (_ARC if len(centres) > 1 else _ARC[:1]).T
                here, there = centres[: max(len(centres) - 1, 1)], centres[-max(len(centres) - 1, 1) :]
                x = here[:, None] + (there - here)[:, None] * along
                self.scene.curves(x, np.broadcast_to(self.line * LINE + _LOW + (_HIGH - _LOW) * up, x.shape))
            else:
                self.say("beyond what is drawn" if size else "no elements", 5)
            self.line += 1
        if not tensor.dim():
            self.say("no axis", style="margin")
            self.line += 1

    def grid(self, name: str, origins: Tensor, numbers: Tensor) -> tuple[np.ndarray, np.ndarray]:
        """A tensor as blocks of rows; the indices that were drawn, and what stands there."""
        shape = tuple(origins.shape)
        full = (prod(shape[:-2]), *(1, 1, *shape)[-2:])
        layout = _Layout.of(*full)
        self.say(name, style="margin name")
        self.say(" × ".join(map(str, shape)) or "one number", style="margin", line=self.line + 1)
        if not layout.blocks:
            self.say("no elements", 5, line=self.line + 1)
            self.line += 2
            return np.zeros((0, len(shape)), np.int64), np.zeros(0, np.int64)

        def part(tensor: Tensor) -> np.ndarray:
            blocks = tensor.reshape(full)[: layout.blocks, : layout.rows, : layout.columns]
            flat: np.ndarray = blocks.flatten().numpy()
            return flat

        block, row, column = np.indices((layout.blocks, layout.rows, layout.columns)).reshape(3, -1)
        across, down = block % layout.abreast, block // layout.abreast
        lines = self.line + 1 + down * (layout.rows + 1) + row
        at = across * layout.block + column * layout.width
        held = part(origins)
        self.add(at, lines, layout.width, held, part(numbers))
        for number in range(layout.blocks) if len(shape) > 2 else ():
            place = ", ".join(map(str, np.unravel_index(number, shape[:-2])))
            down_to = self.line + number // layout.abreast * (layout.rows + 1)
            self.say(f"[{place}]", number % layout.abreast * layout.block + 2, line=down_to)
        self.line = int(lines[-1]) + 1
        parts = zip((layout.blocks, layout.rows, layout.columns), full, ("blocks", "rows", "columns"), strict=True)
        if less := [f"{drawn} of {of} {what}" for drawn, of, what in parts if drawn < of]:
            self.shown.append(f"{' and '.join(less)} of {name}")
        outer = np.unravel_index(block, shape[:-2]) if len(shape) > 2 else ()
        return np.stack((*outer, row, column), 1)[:, -len(shape) or 3 :], held
