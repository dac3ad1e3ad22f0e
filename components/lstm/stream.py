"""State between batches: one long stream in lanes, cut into chunks, and what each row of the next chunk starts from.

`nn.LSTM` keeps nothing from call to call: what the next one starts from is the caller's to say. Row b of the batch is a
stream of its own only as long as row b of the next chunk goes on where row b of this one stopped.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from components.kept import kept
from components.lstm.build import State, shared_build
from components.lstm.compare import tolerance
from components.settings import HANDED, RESET, SHUFFLED, Settings

# What a chunk begins with: the state in which its own row ended, zeros, or the state in which another row ended.
ZEROS = -1  # the source of a row that starts from zeros


@dataclass(frozen=True, eq=False)
class Handed:
    """A stream read chunk by chunk against the same stream in one call."""

    length: int  # steps a chunk; the last may have fewer
    lanes: Tensor  # (K, B) the lane of the stream that row b of chunk k holds
    source: Tensor  # (K, B) the lane whose state row b of chunk k starts from, or ZEROS
    max_abs_diff: Tensor  # (T, B) by row: of output, from the uncut run's at that place of the stream
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
    """A sequence of (T, ...) in pieces of `length` steps; the last has what is left."""
    return torch.split(sequence, length)


def cycle(count: int, generator: torch.Generator) -> Tensor:
    """A random permutation of `count` rows in one cycle: with more than one row, none stays where it is (Sattolo)."""
    order = list(range(count))
    for last, part in zip(range(count - 1, 0, -1), torch.rand(count - 1, generator=generator).tolist(), strict=True):
        other = int(part * last)
        order[last], order[other] = order[other], order[last]
    return torch.tensor(order)


@kept
@torch.no_grad()
def handed(settings: Settings, length: int) -> dict[str, Handed]:
    """Read the inputs in chunks of `length`, with the state handed on in each of `HANDED`.

    `carry`: row b starts from where row b stopped. `reset`: every chunk but the first starts from zeros. `shuffled
    carry`: before every chunk but the first the lanes change rows, none keeping its own, while the state stays in its
    row; the seed decides which goes where. Time-major, in one direction.
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
    """The output of one call a chunk, each starting where the one before stopped."""
    outputs = []
    for chunk in chunks(x, length):
        output, state = module(chunk, state)
        outputs.append(output)
    return torch.cat(outputs)


def _reset(module: nn.LSTM, x: Tensor, state: State, length: int) -> Tensor:
    """The output of chunks of which all but the first start from zeros: none waits for another, so they are one batch.

    A last chunk that is shorter is another call.
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
