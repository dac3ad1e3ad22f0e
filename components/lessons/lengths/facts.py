"""A batch of sequences of different lengths through one `nn.LSTM`: padded, packed, or one at a time.

The right result is that of each sequence alone, with its own steps, its own initial state and no batch axis. In a
padded block the module reads the padding as if it were input. In the forward direction that changes only the steps
after the sequence. In the reverse direction it changes all steps of the sequence.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence, pad_sequence

from components.kept import kept
from components.lessons.lengths.line.facts import BATCH, Lengths, block, corpus, wasted
from components.lessons.lengths.quoted import checked_lengths
from components.lstm.axes import time_axis, time_major
from components.lstm.build import State, shared_build
from components.lstm.compare import tolerance
from components.lstm.cost import PAIRS, PATIENCE, Cost, in_turns
from components.lstm.refusal import ERRORS
from components.settings import Settings


class Batch(NamedTuple):
    """Sequences, their padded block, their lengths, and the module and state to run them. It is never written to."""

    module: nn.LSTM
    sequences: list[Tensor]  # B of (T_b, I)
    padded: Tensor  # (T, B, I), or (B, T, I) under batch_first; zeros after each sequence's end
    lengths: Tensor  # (B,) int64
    hx: State


def batch(settings: Settings, lengths: Lengths) -> Batch:
    """The inputs of the settings, in which each sample is cut to its length and padded with zeros.

    Raises `ValueError` unless B and T of the settings are those of the lengths.
    """
    if (len(lengths), max(lengths)) != (settings.batch_size, settings.seq_len):
        raise ValueError(f"lengths {lengths} are not {settings.batch_size} of at most {settings.seq_len}")
    module, inputs, hx = shared_build(settings)
    samples = time_major(inputs, settings.batch_first).unbind(1)
    sequences = [sample[:length] for sample, length in zip(samples, lengths, strict=True)]
    padded = pad_sequence(sequences, batch_first=settings.batch_first)
    return Batch(module, sequences, padded, torch.tensor(lengths), hx)


# How a block is packed.


@dataclass(frozen=True)
class Packed:
    """How `pack_padded_sequence` packs a block with these lengths."""

    lengths: Lengths
    batch_sizes: tuple[int, ...]  # how many sequences have a step t, for t = 1..T
    order: tuple[int, ...]  # `sorted_indices`: the sample in each row, the longest first
    back: tuple[int, ...]  # `unsorted_indices`: the row of each sample
    steps: tuple[int, ...]  # the step of each row of `data`, from 0
    samples: tuple[int, ...]  # the sample of each row of `data`


@kept
def packed(lengths: Lengths) -> Packed:
    """How torch packs these lengths. Torch packs a block in which each number says its own place."""
    steps, count = max(lengths), len(lengths)
    places = torch.arange(steps * count).view(steps, count, 1)
    packing = pack_padded_sequence(places, torch.tensor(lengths), enforce_sorted=False)
    order, back = packing.sorted_indices, packing.unsorted_indices
    assert order is not None, "enforce_sorted=False always gives both orders"
    assert back is not None
    where = packing.data.flatten()
    return Packed(
        lengths,
        tuple(packing.batch_sizes.tolist()),
        tuple(order.tolist()),
        tuple(back.tolist()),
        tuple((where // count).tolist()),
        tuple((where % count).tolist()),
    )


# Four ways to run the same batch.

LAST, OWN, PACKED, ALONE = "padded, last column", "padded, own last step", "packed", "one at a time"
WAYS = (LAST, OWN, PACKED, ALONE)


class Run(NamedTuple):
    """The result of one way."""

    output: Tensor  # (T, B, D, P)
    read: Tensor  # (D, B, P): what is read as the result of the last layer


@dataclass(frozen=True, eq=False)
class Way:
    """The largest differences between one way and each sequence alone. Steps after a sequence's end are NaN."""

    name: str
    read: Tensor  # (B, D): for what is read as the sequence's result
    output: Tensor  # (B, D, T): for every output
    columns: Tensor  # (B, D): the step that is read, from 0

    @property
    def worst(self) -> float:
        """The largest difference in what is read."""
        return self.read.max().item()

    def valid(self, direction: int) -> float:
        """The largest difference in the outputs at the sequences' own steps."""
        return self.output[:, direction].nan_to_num(0.0).max().item()


@dataclass(frozen=True, eq=False)
class Ways:
    """The four ways, in the order of `WAYS`, and the largest difference that rounding explains."""

    ways: tuple[Way, ...]
    tolerance: float

    def same(self, difference: float) -> bool:
        """Whether rounding explains a difference."""
        return difference <= self.tolerance

    def wrong(self, name: str, direction: int) -> int:
        """How many of the sequences' own steps have a wrong output, for a way and a direction."""
        way = next(way for way in self.ways if way.name == name)
        return int((way.output[:, direction] > self.tolerance).sum())


@kept
def four_ways(settings: Settings, lengths: Lengths) -> Ways:
    """The same batch in four ways, each compared with every sequence alone."""
    with torch.no_grad():
        given = batch(settings, lengths)
        truth, c = _alone(settings, given, batched=False)
        ends = given.lengths - 1
        valid = torch.arange(settings.seq_len)[:, None] <= ends  # (T, B)
        padded = _split(settings, given.module(given.padded, given.hx)[0])
        last = torch.full_like(ends, settings.seq_len - 1)
        runs = {
            LAST: (Run(padded, _read(padded, last)), last),
            OWN: (Run(padded, _read(padded, ends)), ends),
            PACKED: (_packed(settings, given), ends),
            ALONE: (_alone(settings, given, batched=True)[0], ends),
        }
        ways = []
        for name, (run, columns) in runs.items():
            max_abs_diff = (run.output - truth.output).abs().amax(dim=3).permute(1, 2, 0)  # (B, D, T)
            max_abs_diff = max_abs_diff.masked_fill(~valid.T[:, None], math.nan)
            read = (run.read - truth.read).abs().amax(dim=2).T
            # The reverse direction ends at the first step.
            at = torch.stack([columns, torch.zeros_like(columns)][: settings.num_directions], dim=1)
            ways.append(Way(name, read, max_abs_diff, at))
        return Ways(tuple(ways), tolerance(truth.output.dtype, c))


def _split(settings: Settings, output: Tensor) -> Tensor:
    """`output` as (T, B, D, P)."""
    steps = time_major(output, settings.batch_first)
    return steps.reshape(*steps.shape[:2], settings.num_directions, -1)


def _read(output: Tensor, ends: Tensor) -> Tensor:
    """The forward direction at `ends` and the reverse direction at the first step: (D, B, P)."""
    forward = output[ends, torch.arange(len(ends)), 0]
    return torch.stack([forward, output[0, :, 1]]) if output.shape[2] == 2 else forward[None]


def _packed(settings: Settings, given: Batch) -> Run:
    sequence = pack_padded_sequence(given.padded, given.lengths, batch_first=settings.batch_first, enforce_sorted=False)
    output, (h_n, _) = given.module(sequence, given.hx)
    unpacked, _ = pad_packed_sequence(output, batch_first=settings.batch_first, total_length=settings.seq_len)
    return Run(_split(settings, unpacked), h_n[-settings.num_directions :])


def _alone(settings: Settings, given: Batch, batched: bool) -> tuple[Run, Tensor]:
    """Every sequence alone, without a batch axis or with one of size 1, and all last cell states."""
    outputs, reads, cells = [], [], []
    for sample, sequence in enumerate(given.sequences):
        if batched:
            batch_of_1 = sequence[None] if settings.batch_first else sequence[:, None]
            hx = tuple(state[:, sample : sample + 1].contiguous() for state in given.hx)
            output, (h_n, c_n) = given.module(batch_of_1, hx)
            output, h_n = output.squeeze(0 if settings.batch_first else 1), h_n[:, 0]
        else:
            output, (h_n, c_n) = given.module(sequence, tuple(state[:, sample] for state in given.hx))
        outputs.append(output)
        reads.append(h_n[-settings.num_directions :])
        cells.append(c_n.flatten())
    together = pad_sequence(outputs).unflatten(2, (settings.num_directions, -1))
    return Run(together, torch.stack(reads, dim=1)), torch.cat(cells)


# NaN in the padding.


@dataclass(frozen=True)
class Poisoned:
    """How many numbers of `output` are NaN if the padding is NaN."""

    padding: int  # places of the block that hold padding
    numbers: int  # all numbers of output
    padded: int  # NaN in output of the padded block
    valid: int  # those of them at the sequences' own steps
    product: int  # NaN in output * mask
    where: int  # NaN in torch.where(mask, output, 0)
    filled: int  # NaN in output.masked_fill(~mask, 0)
    packed: int  # NaN in output of the packed block, unpacked again


@kept
def poisoned(settings: Settings, lengths: Lengths) -> Poisoned:
    """The counts for a block with NaN as padding: run padded, run packed, and after three kinds of masks."""
    with torch.no_grad():
        given = batch(settings, lengths)
        padded = pad_sequence(given.sequences, batch_first=settings.batch_first, padding_value=math.nan)
        output = given.module(padded, given.hx)[0]
        mask = torch.arange(settings.seq_len)[:, None] < given.lengths
        mask = time_major(mask, settings.batch_first)[..., None]
        run = _packed(settings, given._replace(padded=padded))
        return Poisoned(
            settings.seq_len * len(lengths) - sum(lengths),
            output.numel(),
            _nans(output),
            int((output.isnan() & mask).sum()),
            _nans(output * mask),
            _nans(torch.where(mask, output, 0)),
            _nans(output.masked_fill(~mask, 0)),
            _nans(run.output),
        )


def _nans(tensor: Tensor) -> int:
    return int(tensor.isnan().sum())


# Wrong lengths. Torch accepts some of them silently.


@dataclass(frozen=True)
class Fault:
    """Wrong lengths, what torch does with them, and what `checked_lengths` says."""

    what: str
    given: tuple[Any, ...]
    silent: bool  # whether torch says nothing
    found: str  # torch's words, or what torch returns
    checked: str  # the check's words; empty if it accepts the lengths


def _shorter(lengths: Lengths) -> list[Any]:
    return [length - (length == max(lengths)) for length in lengths]


def _instead(at: Callable[[Lengths], int], value: Callable[[Lengths], Any]) -> Callable[[Lengths], list[Any]]:
    def change(lengths: Lengths) -> list[Any]:
        given: list[Any] = list(lengths)
        given[at(lengths)] = value(lengths)
        return given

    return change


def _longest(lengths: Lengths) -> int:
    return lengths.index(max(lengths))


def _shortest(lengths: Lengths) -> int:
    return lengths.index(min(lengths))


_CHANGES: dict[str, Callable[[Lengths], list[Any]]] = {
    "too short": _shorter,
    "too long, within the block": _instead(_shortest, max),
    "longer than the block": _instead(_longest, lambda lengths: max(lengths) + 2),
    "a fraction": _instead(_longest, lambda lengths: max(lengths) - 0.1),
    "one missing": lambda lengths: list(lengths[:-1]),
    "one too many": lambda lengths: [*lengths, 1],
    "zero": _instead(_shortest, lambda lengths: 0),
}


def faults(settings: Settings, lengths: Lengths) -> tuple[Fault, ...]:
    """Each kind of wrong lengths that is possible for this batch, given to torch and to `checked_lengths`.

    Torch's answer depends only on the layout of the batch, so a module with one unit is enough.
    """
    layout = Settings(
        input_size=1,
        hidden_size=1,
        seq_len=settings.seq_len,
        batch_size=settings.batch_size,
        num_layers=settings.num_layers,
        bidirectional=settings.bidirectional,
        batch_first=settings.batch_first,
    )
    return _faults(layout, lengths)


@kept
def _faults(settings: Settings, lengths: Lengths) -> tuple[Fault, ...]:
    found = []
    for what, change in _CHANGES.items():
        given = change(lengths)
        twice = what in ("too short", "a fraction") and max(lengths) == 1  # then it is the same as "zero"
        if not given or given == list(lengths) or twice:
            continue
        silent, words = _by_torch(settings, lengths, given)
        try:
            checked_lengths(given, settings.seq_len, len(lengths))
        except ValueError as error:
            checked = str(error)
        else:
            checked = ""
        found.append(Fault(what, tuple(given), silent, words, checked))
    return tuple(found)


def _by_torch(settings: Settings, lengths: Lengths, given: list[Any]) -> tuple[bool, str]:
    """Whether torch accepts these lengths silently, and its words or what it returns."""
    whole = batch(settings, lengths)
    hx = whole.hx if len(given) == len(lengths) else tuple(state[:, : len(given)].contiguous() for state in whole.hx)
    try:
        with torch.no_grad():
            sequence: PackedSequence = pack_padded_sequence(
                whole.padded, given, batch_first=settings.batch_first, enforce_sorted=False
            )
            output, _ = whole.module(sequence, hx)
            unpacked, returned = pad_packed_sequence(output, batch_first=settings.batch_first)
    except ERRORS as error:
        return False, f"{type(error).__name__}: {error}".splitlines()[0]
    steps = f"packs {len(sequence.data)} steps, not {sum(lengths)}; " if len(sequence.data) != sum(lengths) else ""
    long, count = time_major(unpacked, settings.batch_first).shape[:2]
    return True, f"{steps}output: {long} steps, {count} of {len(lengths)} sequences, lengths {returned.tolist()}"


# What packing costs.


class Timed(NamedTuple):
    """A batch whose padded and packed calls are to be timed."""

    name: str
    module: nn.LSTM
    padded: Tensor
    lengths: Tensor
    hx: State | None

    @property
    def wasted(self) -> float:
        """The share of the block that is padding."""
        return wasted([block(self.lengths.tolist())])

    def measure(self, pairs: int = PAIRS, patience: float = PATIENCE) -> Iterator[Cost]:
        """The cost of packing, running and unpacking compared with running the block as it is, after each pair."""
        first = self.module.batch_first
        steps = self.padded.shape[time_axis(first)]

        def pack() -> None:
            sequence = pack_padded_sequence(self.padded, self.lengths, batch_first=first, enforce_sorted=False)
            pad_packed_sequence(self.module(sequence, self.hx)[0], batch_first=first, total_length=steps)

        return in_turns(pack, lambda: self.module(self.padded, self.hx), pairs, patience)


WIDE = Settings(
    input_size=64, hidden_size=128, initial_state="zeros"
)  # so wide that the steps cost more than the calls


def timed(settings: Settings, lengths: Lengths) -> tuple[Timed, ...]:
    """Three batches: the one on the page, one of the corpus, and one in which a single sequence is long."""
    given = batch(settings, lengths)
    sentences = corpus(settings.seed).lengths[:BATCH]
    one_long = (200, *[10] * 15)
    wide = shared_build(WIDE).module
    generator = torch.Generator().manual_seed(settings.seed)
    return (
        Timed("this batch", given.module, given.padded, given.lengths, given.hx),
        *(
            Timed(name, wide, torch.randn(max(many), len(many), 64, generator=generator), torch.tensor(many), None)
            for name, many in (
                (f"{BATCH} of the sentences above, 128 units", sentences),
                ("1 sequence of 200 steps with 15 of 10, 128 units", one_long),
            )
        ),
    )


class Priced(NamedTuple):
    """What packing one batch costs, compared with padding it, as far as it is measured."""

    name: str
    wasted: float  # the share of the block that is padding
    cost: Cost


BATCHES = 3  # how many batches are timed


def priced(settings: Settings, lengths: Lengths) -> Iterator[Priced]:
    """The costs of the three batches, one after the other, after each pair. The last cost of a name has all pairs."""
    for timed_batch in timed(settings, lengths):
        for cost in timed_batch.measure(patience=PATIENCE / BATCHES):
            yield Priced(timed_batch.name, timed_batch.wasted, cost)
