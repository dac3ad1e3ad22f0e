"""The picture of a typed line: memory as a row of cells, a finger's steps along it, `x` and the result as grids.

Everything stands in lines of the same height.
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

LINE = 20  # px, the height of a line
CELL = LINE * SOLID  # px, the height of a cell
MARGIN = 84  # px left of the cells, for names
SAMPLES = "ABCDEFGHIJKLMNOP"  # one letter for each sample
SHADES = 4  # for the first four samples; the next samples use the same shades, but have their own letters
PALEST, DEEPEST = 0.06, 0.48  # opacity of a sample's shade; a label on it can be read

# The two lines that the question compares, each with the other one
TRANSPOSED, VIEWED = "x.transpose(0, 1)", "x.view(B, T, I)"
OTHER = {TRANSPOSED: VIEWED, VIEWED: TRANSPOSED}

# The most that is shown:
MOST_CELLS = 160  # of a memory
MOST_COLUMNS = 26  # of a block
MOST_ROWS = 7  # of a block
MOST_LINES = 6  # of a grid
MOST_HOPS = 40  # of an axis
GAP = 14  # px between blocks
APART = 50  # px between two grids
WIDEST, NARROWEST = 58, 34  # px, the widths of cells

_ARC = np.array([(0.0, 0.0), (0.18, 0.7), (0.5, 1.0), (0.82, 0.7), (1.0, 0.0)])  # along, up
_LOW, _HIGH = CELL * 11 / 12, CELL / 12  # px from the upper edge of a line to the ends of an arc, and to its top
_WORDS = ("margin name", "margin", "faint", "low tick")


@dataclass(frozen=True)
class Reading:
    """How the tensor of a stage lies in memory."""

    text: str  # of the step that made it
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int
    contiguous: bool
    memory: int  # 0 is the memory of x; each copy has the next number


@dataclass(frozen=True, eq=False)
class Picture:
    """The picture of a line, and the facts that the page states about the line. Nobody writes to it."""

    scene: Layout  # cells: origin, label, number, long (digits of the longest number in its part); curves: the hops
    line: str  # in the app's own spelling
    not_taken: NotTaken | None
    readings: tuple[Reading, ...]
    shown: tuple[str, ...]  # a phrase for each tensor or memory that is not shown completely
    number: int | None  # in the first cell of the result; None if the result has no cell
    changed: int  # elements of the result that change when that cell is written
    reached: bool  # whether `x` changes too
    rows: tuple[tuple[int, ...], ...] | None  # for a result of (B, T * I): the samples of each row
    whole: bool  # whether each row of such a result is one sample, in the order of its steps
    places: np.ndarray  # (elements shown, axes): the index of each element of the result that is shown
    numbers: np.ndarray  # (elements shown,): the number that each of them holds


@kept
def pictured(sizes: tuple[int, int, int], line: str, write: bool, compare: bool = False) -> Picture:
    """The picture of a line for an `x` of sizes (T, B, I). With `write`, -1 is written into the result's first cell.

    With `compare`, the picture of a line in `OTHER` also has the grid that the other line gives, without a -1.

    Raises `LineError` for a line that is not in the grammar.
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
    own = "x" + "".join(step.text for step in steps)
    if compare and own in OTHER:
        drawing.beside(OTHER[own], x.transpose(0, 1) if OTHER[own] == TRANSPOSED else x.view(result.shape))

    steps_, batch, features = sizes
    flat = tuple(result.shape) == (batch, steps_ * features)
    return Picture(
        drawing.scene.layout(),
        line=own,
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
    """How each stage lies in memory."""
    memories: list[Tensor] = []  # a tensor in each memory so far
    per_stage = []
    for stage in chain.stages:
        tensor = stage.tensor
        number = next((number for number, known in enumerate(memories) if shares(tensor, known)), len(memories))
        if number == len(memories):
            memories.append(tensor)
        lies = tuple(tensor.shape), tensor.stride(), int(tensor.storage_offset()), tensor.is_contiguous()
        per_stage.append(Reading(stage.text, *lies, number))
    return tuple(per_stage)


def table_frame(picture: Picture) -> pd.DataFrame:
    """One row for each shown element of the result: index, number, cell.

    `number` is also the element's place in the memory of x; `cell` is its place in the memory of the result.
    """
    last = picture.readings[-1]
    cells = last.offset + picture.places @ np.array(last.stride, np.int64)
    index = [", ".join(map(str, place)) for place in picture.places.tolist()]
    return pd.DataFrame({"index": index, "number": picture.numbers, "cell": cells.astype(np.int64)})


def _read(tensor: Tensor) -> np.ndarray:
    """Whether each cell of a tensor's memory is part of the tensor."""
    cells = torch.zeros_like(storage(tensor), dtype=torch.bool)
    torch.as_strided(cells, tensor.shape, tensor.stride(), tensor.storage_offset()).fill_(True)
    seen: np.ndarray = cells.numpy()
    return seen


@dataclass(frozen=True)
class _Layout:
    """The blocks, rows and columns of a grid that are shown, and their sizes."""

    blocks: int
    rows: int
    columns: int
    width: float  # px of a cell
    abreast: int  # blocks side by side

    @property
    def block(self) -> float:
        """Px from the left edge of a block to that of the next."""
        return self.columns * self.width + GAP

    @classmethod
    def of(cls, blocks: int, rows: int, columns: int) -> "_Layout":
        if 0 in (blocks, rows, columns):
            return cls(0, 0, 0, WIDEST, 1)
        if blocks == rows == 1:  # a single row has the layout of a memory
            shown_columns = min(columns, MOST_CELLS)
            return cls(1, 1, shown_columns, min(WIDTH / shown_columns, WIDEST), 1)
        shown_rows, shown_columns = min(rows, MOST_ROWS), min(columns, MOST_COLUMNS)
        width = min((WIDTH - (blocks - 1) * GAP) / (blocks * shown_columns), WIDEST)
        if width >= NARROWEST:
            return cls(blocks, shown_rows, shown_columns, width, blocks)
        # Not all blocks fit side by side. Then three of them do, or more if their cells are still wide.
        width = min(max(NARROWEST, ((WIDTH + GAP) / 3 - GAP) / shown_columns), WIDTH / shown_columns, WIDEST)
        abreast = max(int((WIDTH + GAP) / (shown_columns * width + GAP) + 1e-9), 1)
        deep = max(MOST_LINES // (shown_rows + 1), 1)
        return cls(min(blocks, abreast * deep), shown_rows, shown_columns, width, abreast)


class _Drawing:
    """A scene to which parts are added, one below the other, line by line."""

    def __init__(self, sizes: tuple[int, int, int]) -> None:
        _, self.batch, self.features = sizes
        levels = min(self.batch, SHADES)
        self.shades = np.linspace(PALEST, DEEPEST, levels, dtype=np.float32)
        self.scene = Scene(0, _WORDS, MARGIN, pitch=LINE)
        self.scene.curves(np.zeros((0, 1)), np.zeros((0, 1)))  # the dataset must exist even if no axis has a step
        self.line = 0  # the next free line
        self.shown: list[str] = []
        self.count, self.width = 0, 0.0  # of the last memory: its shown cells, and px of each
        self.top = 0  # the first line of the last grid

    def say(self, text: str, x: float = 0, style: str = "faint", line: int | None = None) -> None:
        self.scene.label(style, x, (self.line if line is None else line) * LINE, text)

    def add(
        self, x: np.ndarray, line: np.ndarray | int, width: float, origins: np.ndarray, numbers: np.ndarray
    ) -> None:
        """Add the cells of a part. `origins` are their places in memory, below 0 for cells that are not read."""
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
            # All labels of a part have the same size, and its longest number decides which.
            long=max(map(len, map(str, numbers.tolist())), default=0),
        )

    def tape(self, name: str, origins: Tensor, numbers: Tensor, read: np.ndarray | None, letters: bool) -> None:
        """Add a memory as a row of cells. With `letters`, the letters of the samples stand above it."""
        self.count = count = min(len(origins), MOST_CELLS)
        self.width = min(WIDTH / max(count, 1), WIDEST)
        if letters:
            run = self.width * self.features
            for start in range(0, count, self.features) if run >= 15 else ():
                middle = (start + min(start + self.features, count)) / 2 * self.width
                self.say(SAMPLES[start // self.features % self.batch], middle, "low tick")
            self.line += 1
        self.say(name, style="margin")
        shown = origins[:count].numpy()
        if read is not None:
            shown = np.where(read[:count], shown, -1 - shown)
        self.add(np.arange(count) * self.width, self.line, self.width, shown, numbers[:count].numpy())
        if count < len(origins):
            self.shown.append(f"{count} of {len(origins)} cells of {'the memory' if letters else 'the copy'}")
        self.line += 1

    def fingers(self, tensor: Tensor) -> None:
        """Add a line for each axis, with the finger's steps along the last memory."""
        start = tensor.storage_offset()
        for axis, (size, stride) in enumerate(zip(tensor.shape, tensor.stride(), strict=True)):
            self.say(f"y axis {axis}: {f'+{stride}' if size > 1 else f'size {size}'}", style="margin")
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
        """Add a tensor as blocks of rows. Returns the indices of the shown elements, and their numbers."""
        shape = tuple(origins.shape)
        full = _full(shape)
        layout = _Layout.of(*full)
        self.top = self.line
        self.say(name, style="margin name")
        self.say(" × ".join(map(str, shape)) or "one number", style="margin", line=self.line + 1)
        if not layout.blocks:
            self.say("no elements", 5, line=self.line + 1)
            self.line += 2
            return np.zeros((0, len(shape)), np.int64), np.zeros(0, np.int64)

        (block, row, column), held = self._blocks(layout, origins, numbers, 0, self.line)
        parts = zip((layout.blocks, layout.rows, layout.columns), full, ("blocks", "rows", "columns"), strict=True)
        if less := [f"{shown} of {of} {what}" for shown, of, what in parts if shown < of]:
            self.shown.append(f"{' and '.join(less)} of {name}")
        outer = np.unravel_index(block, shape[:-2]) if len(shape) > 2 else ()
        return np.stack((*outer, row, column), 1)[:, -len(shape) or 3 :], held

    def beside(self, text: str, tensor: Tensor) -> None:
        """Add the tensor of another line, of the last grid's shape: at its right if there is room, else below it."""
        layout = _Layout.of(*_full(tuple(tensor.shape)))
        wide = layout.abreast * layout.block
        right = 2 * wide + APART <= WIDTH
        left, line, end = (wide + APART, self.top, self.line) if right else (0, self.line, 0)
        self.say(f"instead: {text}", left + 2, line=line)
        self._blocks(layout, tensor, tensor, left, line + 1)
        self.line = max(self.line, end)

    def _blocks(
        self, layout: _Layout, origins: Tensor, numbers: Tensor, left: float, line: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Add the blocks of a tensor, from `left` and `line` on; the next free line is below them.

        Returns block, row and column of each shown element, and the number that it holds.
        """
        shape = tuple(origins.shape)

        def part(tensor: Tensor) -> np.ndarray:
            blocks = tensor.reshape(_full(shape))[: layout.blocks, : layout.rows, : layout.columns]
            flat: np.ndarray = blocks.flatten().numpy()
            return flat

        block, row, column = indices = np.indices((layout.blocks, layout.rows, layout.columns)).reshape(3, -1)
        across, down = block % layout.abreast, block // layout.abreast
        lines = line + 1 + down * (layout.rows + 1) + row
        held = part(origins)
        self.add(left + across * layout.block + column * layout.width, lines, layout.width, held, part(numbers))
        for number in range(layout.blocks) if len(shape) > 2 else ():
            place = ", ".join(map(str, np.unravel_index(number, shape[:-2])))
            down_to = line + number // layout.abreast * (layout.rows + 1)
            self.say(f"[{place}]", left + number % layout.abreast * layout.block + 2, line=down_to)
        self.line = int(lines[-1]) + 1
        return indices, held


def _full(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """A shape as blocks, rows and columns."""
    rows, columns = (1, 1, *shape)[-2:]
    return prod(shape[:-2]), rows, columns
