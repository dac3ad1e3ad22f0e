"""The lengths of a batch: read from a typed line, or drawn; and what padding them wastes.

A line is lengths with commas between them, such as `7, 2, 5, 5, 1`. One rule: an item that is not a whole number from 1
to `MOST_STEPS` is left out, and so is what comes after the first `MOST_SEQUENCES` lengths. Nothing is rounded, cut to a
limit or guessed. If no length is left, `USUAL` is used.
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
    """Items of a line that are not used, made short and harmless, and the reason, which all of them share."""

    items: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Line:
    """The lengths that a line gives, 1 to 16 of 1 to 200, and what of it is not used."""

    lengths: Lengths
    left_out: tuple[LeftOut, ...] = ()
    usual: bool = False  # whether no length was left, and `USUAL` is used instead


ZERO = "a sequence has at least one step"
TOO_LONG = f"a sequence has at most {MOST_STEPS} steps here"
FRACTION = "a length is a whole number, and this page does not round it"
SCRIPT = "only the digits 0 to 9 are read, not those of other scripts"
EMPTY = "there is no length between two commas, or at an end"
SEVERAL = "lengths are separated by commas"
TEXT = "it is not a whole number in digits"
TOO_MANY = f"a batch has at most {MOST_SEQUENCES} sequences here"


def written(lengths: Iterable[int]) -> str:
    """Lengths as a line."""
    return ",".join(map(str, lengths))


def read(line: str) -> Line:
    """What a line of any text gives."""
    lengths: list[int] = []
    left: dict[str, list[str]] = {}
    for item in map(str.strip, line.split(",")) if line.strip() else ():
        reason = _fault(item)
        if not reason and len(lengths) == MOST_SEQUENCES:
            reason = TOO_MANY
        if reason:
            left.setdefault(reason, []).append(_shown(item))
        else:
            lengths.append(int(item))
    left_out = tuple(LeftOut(tuple(items), reason) for reason, items in left.items())
    return Line(tuple(lengths) or USUAL, left_out, not lengths)


def _fault(item: str) -> str:
    """Why an item is not a length; empty when it is one."""
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
    if re.fullmatch(r"[0-9]+([\s;:/|]+[0-9]+)+", item):
        return SEVERAL
    return TEXT


def _shown(item: str) -> str:
    return "".join(sign for sign in item if sign.isprintable() and sign != "`")[:20].strip() or "(empty)"


# Lengths that are drawn are log-normal, rounded: most are near the median, and a few are several times as long.
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
    """One padded batch: its longest length, and how many steps its sequences have."""

    longest: int
    filled: int
    sequences: int

    @property
    def cells(self) -> int:
        """Places in the block, filled or not."""
        return self.longest * self.sequences


def block(lengths: Sequence[int]) -> Block:
    """The block that lengths are padded to."""
    return Block(max(lengths), sum(lengths), len(lengths))


def wasted(blocks: Iterable[Block]) -> float:
    """The share of all places that padding takes, 0 to 1."""
    made = list(blocks)
    return 1 - sum(one.filled for one in made) / sum(one.cells for one in made)


@dataclass(frozen=True)
class Corpus:
    """Made-up sentences, cut into batches of `BATCH`: in the order they come in, and sorted by length."""

    lengths: Lengths
    random: tuple[Block, ...]
    by_length: tuple[Block, ...]


@kept
def corpus(seed: int) -> Corpus:
    """2,000 lengths and their batches."""
    lengths = draw(CORPUS_COUNT, CORPUS_MEDIAN, MOST_STEPS, seed)
    return Corpus(lengths, _blocks(lengths), _blocks(sorted(lengths)))


def _blocks(lengths: Sequence[int]) -> tuple[Block, ...]:
    return tuple(block(lengths[at : at + BATCH]) for at in range(0, len(lengths), BATCH))
