"""The lengths of a batch, read from a typed line or drawn at random, and how much their padding wastes.

A line has lengths with commas or blanks between them, such as `7, 2, 5, 5, 1` or `7 2 5 5 1`. An item is left out if it
is not a whole number from 1 to `MOST_STEPS`, or if `MOST_SEQUENCES` lengths come before it. Nothing is rounded, cut
to a limit or guessed. If no length is left, `USUAL` is used.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from components.kept import kept
from components.lessons.lengths import USUAL

MOST_SEQUENCES = 16
MOST_STEPS = 200

Lengths = tuple[int, ...]


@dataclass(frozen=True)
class LeftOut:
    """Items of a line that are not used, in a short and harmless form, and the reason that they share."""

    items: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Line:
    """The lengths that a line gives, 1 to 16 lengths from 1 to 200, and the items that are not used."""

    lengths: Lengths
    left_out: tuple[LeftOut, ...] = ()
    usual: bool = False  # whether no length was left, and `USUAL` is used instead


ZERO = "a sequence has at least one step"
TOO_LONG = f"a sequence has at most {MOST_STEPS} steps here"
FRACTION = "a length is a whole number, and this page does not round it"
SCRIPT = "only the digits 0 to 9 are read, not those of other scripts"
EMPTY = "there is no length between two commas, or at an end"
SEVERAL = "lengths are separated by commas or blanks"
TEXT = "it is not a whole number in digits"
TOO_MANY = f"a batch has at most {MOST_SEQUENCES} sequences here"


def written(lengths: Iterable[int]) -> str:
    """Lengths as a line."""
    return ",".join(map(str, lengths))


def read(line: str) -> Line:
    """The lengths in a line of any text, and the items that are left out."""
    lengths: list[int] = []
    left: dict[str, list[str]] = {}
    for item in _items(line) if line.strip() else ():
        reason = _fault(item)
        if not reason and len(lengths) == MOST_SEQUENCES:
            reason = TOO_MANY
        if reason:
            left.setdefault(reason, []).append(_shown(item))
        else:
            lengths.append(int(item))
    left_out = tuple(LeftOut(tuple(items), reason) for reason, items in left.items())
    return Line(tuple(lengths) or USUAL, left_out, not lengths)


def _items(line: str) -> list[str]:
    """What stands between commas and blanks. Between two commas with nothing between them stands an empty item."""
    return [item for part in line.split(",") for item in part.split() or [""]]


def _fault(item: str) -> str:
    """Why an item is not a length; empty if it is one."""
    if not item:
        return EMPTY
    if re.fullmatch(r"[0-9]+", item):
        digits = item.lstrip("0")
        if not digits:
            return ZERO
        return TOO_LONG if len(digits) > 3 or int(digits) > MOST_STEPS else ""
    if re.fullmatch(r"[-\u2212][0-9]+", item):
        return ZERO
    if re.fullmatch(r"[-+\u2212]?([0-9]+\.[0-9]*|\.[0-9]+)", item):
        return FRACTION
    if any(sign.isdigit() and not sign.isascii() for sign in item):
        return SCRIPT
    if re.fullmatch(r"[0-9]+([;:/|]+[0-9]+)+", item):
        return SEVERAL
    return TEXT


def _shown(item: str) -> str:
    return "".join(sign for sign in item if sign.isprintable() and sign != "`")[:20].strip() or "(empty)"


# Lengths are drawn from a log-normal distribution and rounded. Most are near the median; a few are several times as
# long.
SPREAD = 0.6  # standard deviation of the logarithm
LINE_COUNT, LINE_MEDIAN, LINE_MOST = 8, 6, 24
CORPUS_COUNT, CORPUS_MEDIAN = 2000, 16
BATCH = 32  # sentences in a batch of the corpus


def draw(count: int, median: int, most: int, seed: int) -> Lengths:
    """`count` lengths from a log-normal distribution, rounded and kept within 1 to `most`."""
    source = random.Random(seed)
    return tuple(min(max(round(median * source.lognormvariate(0, SPREAD)), 1), most) for _ in range(count))


@dataclass(frozen=True)
class Block:
    """One padded batch: its longest length, the steps of all its sequences together, and how many sequences it has."""

    longest: int
    filled: int
    sequences: int

    @property
    def cells(self) -> int:
        """How many places the block has, with the padding."""
        return self.longest * self.sequences


def block(lengths: Sequence[int]) -> Block:
    """The block to which sequences of these lengths are padded."""
    return Block(max(lengths), sum(lengths), len(lengths))


def wasted(blocks: Iterable[Block]) -> float:
    """The share of all places that are padding, 0 to 1."""
    all_blocks = list(blocks)
    return 1 - sum(padded.filled for padded in all_blocks) / sum(padded.cells for padded in all_blocks)


@dataclass(frozen=True)
class Corpus:
    """The lengths of made-up sentences, and their batches of `BATCH`: in random order, and sorted by length."""

    lengths: Lengths
    random: tuple[Block, ...]
    by_length: tuple[Block, ...]


@kept
def corpus(seed: int) -> Corpus:
    """`CORPUS_COUNT` lengths, drawn with `seed`, and their batches."""
    lengths = draw(CORPUS_COUNT, CORPUS_MEDIAN, MOST_STEPS, seed)
    return Corpus(lengths, _blocks(lengths), _blocks(sorted(lengths)))


def _blocks(lengths: Sequence[int]) -> tuple[Block, ...]:
    return tuple(block(lengths[at : at + BATCH]) for at in range(0, len(lengths), BATCH))
