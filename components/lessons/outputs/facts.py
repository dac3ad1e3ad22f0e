"""What one call of `nn.LSTM` returns, and which of its numbers are equal.

`output` holds h of the last layer at every step. `h_n` holds h of every layer and direction after its last step, and
`c_n` holds the cell states at the same place. No rule says where two of them hold the same numbers: this module
compares all of them. Two numbers are the same if they differ by no more than rounding. https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
"""

import dataclasses
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from components.kept import kept
from components.lstm.axes import time_axis, time_major
from components.lstm.compare import counts, max_abs_diff, tolerance
from components.lstm.returned import Returned, returned
from components.settings import Settings


class OutputRow(NamedTuple):
    """The P numbers of one direction in `output` at one step. Steps and directions count from 0."""

    step: int
    direction: int


@dataclass(frozen=True)
class Slot:
    """One slot of `h_n` or `c_n`, and the rows of `output` that hold its numbers, for one sample."""

    tensor: str  # "h_n" or "c_n"
    index: int  # along the first axis: layer * D + direction
    layer: int
    direction: int
    same: tuple[OutputRow, ...]  # the rows of output that hold its numbers in the same order, up to rounding
    bitwise: tuple[OutputRow, ...]  # those of them that are equal bit for bit
    nearest: OutputRow | None  # the row that differs least; None if rows have another length
    distance: float  # the largest difference from that row; NaN if there is none


def halves(settings: Settings, sample: int) -> np.ndarray:
    """`output` of one sample as (T, D, P): the directions have an axis of their own."""
    output = returned(settings).output
    return (
        time_major(output, settings.batch_first)[:, sample]
        .reshape(settings.seq_len, settings.num_directions, settings.output_size)
        .numpy()
    )


@kept
def slots(settings: Settings, sample: int) -> tuple[Slot, ...]:
    """Every slot of `h_n`, then every slot of `c_n`. Each is compared with every row of `output`."""
    rows = halves(settings, sample)
    _, h_n, c_n = returned(settings)
    limit, compared = tolerance(c_n.dtype, c_n), []
    for name, state in (("h_n", h_n), ("c_n", c_n)):
        for index, numbers in enumerate(state[:, sample].numpy()):
            where = divmod(index, settings.num_directions)
            same, bitwise, nearest, distance = _places(rows, numbers, limit)
            compared.append(Slot(name, index, *where, same, bitwise, nearest, distance))
    return tuple(compared)


Rows = tuple[OutputRow, ...]


def _places(rows: np.ndarray, numbers: np.ndarray, limit: float) -> tuple[Rows, Rows, OutputRow | None, float]:
    """The places in `rows` (T, D, P) that equal `numbers`, and the nearest place with its difference.

    First come the places that differ by at most `limit`, then those that are equal bit for bit.
    """
    if rows.shape[2] != len(numbers):
        return (), (), None, math.nan
    bits = np.dtype(f"i{rows.itemsize}")
    equal = (np.ascontiguousarray(rows).view(bits) == np.ascontiguousarray(numbers).view(bits)).all(axis=2)
    max_abs_diff = np.abs(rows - numbers).max(axis=2)
    at = np.unravel_index(int(max_abs_diff.argmin()), max_abs_diff.shape)
    same, bitwise = (
        tuple(OutputRow(int(step), int(direction)) for step, direction in np.argwhere(found))
        for found in (~counts(max_abs_diff, limit), equal)
    )
    return same, bitwise, OutputRow(int(at[0]), int(at[1])), float(max_abs_diff[at])


@dataclass(frozen=True)
class Pair:
    """The comparison of two pieces of what was returned, for the whole batch."""

    left: str  # Python
    right: str  # Python
    law: bool  # whether the two are equal for every module
    difference: float
    same: bool  # up to rounding
    bitwise: bool


@kept
def pairs(settings: Settings) -> tuple[Pair, ...]:
    """The pieces of `output` and `h_n` that are equal, and one pair that a reader may take for equal."""
    result = returned(settings)
    names = [("output_end", "h_forward", True)]
    if settings.bidirectional:
        names += [("reverse_start", "h_reverse", True), ("reverse_end", "h_reverse", False)]
    return tuple(_pair(result, settings, left, right, law) for left, right, law in names)


def _pair(result: Returned, settings: Settings, left: str, right: str, law: bool) -> Pair:
    words = {name: pieces(settings)[name] for name in (left, right)}
    a, b = (_piece(result, settings, name) for name in words)
    difference = max_abs_diff(a, b)
    same = difference <= tolerance(a.dtype, result.c_n)
    return Pair(words[left], words[right], law, difference, same, torch.equal(a, b))


def pieces(settings: Settings) -> dict[str, str]:
    """The compared pieces by name, as Python on `output` and `h_n`."""
    time, width = (":, {}" if settings.batch_first else "{}, :"), settings.output_size
    if not settings.bidirectional:
        end = ":, -1" if settings.batch_first else "-1"
        return {"output_end": f"output[{end}]", "h_forward": "h_n[-1]"}
    return {
        "output_end": f"output[{time.format(-1)}, :{width}]",
        "reverse_start": f"output[{time.format(0)}, {width}:]",
        "reverse_end": f"output[{time.format(-1)}, {width}:]",
        "h_forward": "h_n[-2]",
        "h_reverse": "h_n[-1]",
    }


def _piece(result: Returned, settings: Settings, name: str) -> Tensor:
    """The tensor (B, P) of the piece `name`."""
    if name.startswith("h_"):
        return result.h_n[-1 if name == "h_reverse" else -settings.num_directions]
    output = time_major(result.output, settings.batch_first)
    at = output[0 if name == "reverse_start" else -1]
    width = settings.output_size
    return at[:, width:] if name.startswith("reverse") else at[:, :width]


@dataclass(frozen=True)
class Summary:
    """One way to make one row for each sample from its sequence, compared with the last row of `output`."""

    expression: str  # Python on output and h_n
    width: int  # numbers for each sample
    difference: float  # from the last row; NaN if the widths differ
    same: bool  # up to rounding
    bitwise: bool


@kept
def summaries(settings: Settings) -> tuple[Summary, ...]:
    """The possible inputs of a classifier: the last row, `h_n[-1]`, the last two slots, the mean, the maximum."""
    output, h_n, c_n = returned(settings)
    limit = tolerance(output.dtype, c_n)
    time = time_axis(settings.batch_first)
    last = output.select(time, -1)
    candidates = [
        ("output[:, -1]" if settings.batch_first else "output[-1]", last),
        ("h_n[-1]", h_n[-1]),
        (f"output.mean(dim={time})", output.mean(dim=time)),
        (f"output.amax(dim={time})", output.amax(dim=time)),
    ]
    if len(h_n) > 1:
        candidates.insert(2, ("torch.cat((h_n[-2], h_n[-1]), dim=1)", torch.cat((h_n[-2], h_n[-1]), dim=1)))
    return tuple(
        Summary(expression, rows.shape[1], difference, difference <= limit, torch.equal(rows, last))
        for expression, rows, difference in ((name, rows, max_abs_diff(rows, last)) for name, rows in candidates)
    )


def variants(settings: Settings) -> dict[str, Settings]:
    """The settings for which summaries are compared: one direction, two directions, and a single step."""
    one_way = dataclasses.replace(settings, bidirectional=False)
    return {
        "D = 1": one_way,
        "D = 2": dataclasses.replace(settings, bidirectional=True),
        "D = 1, T = 1": dataclasses.replace(one_way, seq_len=1),
    }
