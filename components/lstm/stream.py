"""State between batches: a long stream in several lanes is cut into chunks. Where does each row of a chunk start?

`nn.LSTM` keeps nothing between two calls: the caller gives the state from which the next call starts. Row b of the
batch is one stream only if row b of the next chunk continues where row b of this chunk stopped.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from components.kept import kept
from components.lstm.build import State, shared_build
from components.lstm.compare import tolerance
from components.settings import HANDED, RESET, SHUFFLED, Settings

# A row of a chunk starts from the state in which its own lane ended, from the state of another lane, or from zeros.
ZEROS = -1  # the source of a row that starts from zeros


@dataclass(frozen=True, eq=False)
class Handed:
    """A stream read chunk by chunk, compared with the same stream read in one call. K is the number of chunks."""

    length: int  # steps of a chunk; the last chunk may have fewer
    lanes: Tensor  # (K, B) the lane of the stream that row b of chunk k holds
    source: Tensor  # (K, B) the lane from whose state row b of chunk k starts, or ZEROS
    max_abs_diff: Tensor  # (T, B) for each row: between its output and that of the uncut run, same lane and step
    tolerance: float

    @property
    def largest(self) -> float:
        """The largest difference of all."""
        return self.max_abs_diff.max().item()

    @property
    def same(self) -> bool:
        """Whether only rounding is left."""
        return self.largest <= self.tolerance

    @property
    def off(self) -> int:
        """How many of the T * B outputs differ by more than rounding."""
        return int((self.max_abs_diff > self.tolerance).sum())


def chunks(sequence: Tensor, length: int) -> tuple[Tensor, ...]:
    """A sequence (T, ...) in pieces of `length` steps; the last piece may be shorter."""
    return torch.split(sequence, length)


def cycle(count: int, generator: torch.Generator) -> Tensor:
    """A random permutation of `count` rows that is one cycle (Sattolo): with two or more rows, none keeps its place."""
    order = list(range(count))
    for last, part in zip(range(count - 1, 0, -1), torch.rand(count - 1, generator=generator).tolist(), strict=True):
        earlier = int(part * last)
        order[last], order[earlier] = order[earlier], order[last]
    return torch.tensor(order)


@kept
@torch.no_grad()
def handed(settings: Settings, length: int) -> dict[str, Handed]:
    """The inputs read in chunks of `length` steps, by each way in `HANDED` to hand on the state.

    `carry`: row b starts from the state in which row b stopped. `reset`: every chunk after the first starts from zeros.
    `shuffled carry`: before every chunk after the first, each lane moves to another row, but the states stay in their
    rows. The seed decides where each lane goes. For settings that are time-major and have one direction.
    """
    module, inputs, hx = shared_build(settings)
    whole, (_, c_n) = module(inputs, hx)
    limit = tolerance(whole.dtype, c_n)
    return {way: _read(settings, length, way, whole, limit) for way in HANDED}


def _read(settings: Settings, length: int, way: str, whole: Tensor, limit: float) -> Handed:
    module, inputs, hx = shared_build(settings)
    generator = torch.Generator().manual_seed(settings.seed)
    row = torch.arange(settings.batch_size)
    lanes = [row]
    for _ in range(length, settings.seq_len, length):
        row = row[cycle(len(row), generator)] if way == SHUFFLED else row
        lanes.append(row)
    held = torch.stack(lanes)
    source = torch.cat([held[:1], torch.full_like(held[1:], ZEROS) if way == RESET else held[:-1]])
    if way == RESET:
        output, expected = _reset(module, inputs, hx, length), whole
    else:
        place = torch.arange(settings.seq_len)
        by_row = place[:, None], held[place // length]
        output, expected = _carried(module, inputs[by_row], hx, length), whole[by_row]
    return Handed(length, held, source, (output - expected).abs().amax(dim=2), limit)


def _carried(module: nn.LSTM, x: Tensor, state: State, length: int) -> Tensor:
    """The output of one call for each chunk. Each call starts from the state in which the call before stopped."""
    outputs = []
    for chunk in chunks(x, length):
        output, state = module(chunk, state)
        outputs.append(output)
    return torch.cat(outputs)


def _reset(module: nn.LSTM, x: Tensor, state: State, length: int) -> Tensor:
    """The output of chunks that start from zeros, except the first. No chunk waits for another, so they are one batch.

    If the last chunk is shorter, it needs a second call.
    """
    steps, batch = x.shape[:2]
    whole = steps // length
    outputs = []
    if whole:
        abreast = x[: whole * length].view(whole, length, batch, -1).transpose(0, 1).reshape(length, whole * batch, -1)
        more = (whole - 1) * batch
        h, c = (torch.cat([part, part.new_zeros(len(part), more, part.shape[2])], 1) for part in state)
        output, _ = module(abreast, (h, c))
        outputs.append(output.view(length, whole, batch, -1).transpose(0, 1).reshape(whole * length, batch, -1))
    if steps % length:
        h, c = (torch.zeros_like(part) if whole else part for part in state)
        output, _ = module(x[whole * length :], (h, c))
        outputs.append(output)
    return torch.cat(outputs)
