"""A typed line that changes cells and holds gates, in the notation of the equations.

    c_0[1] = 2.5, x_3[0] = -1, f_3..5[1] = 0, o = 0

Each part has a letter, then the step or steps, then a unit in brackets (for x, a feature). A part without steps or
without a unit means all of them. One regular expression reads each part. Nothing in the line is ever evaluated.
"""

import re
from dataclasses import dataclass

from components.lessons.memory import LONGEST
from components.lessons.memory.facts import GATES, Edit, Hold
from components.settings import Settings

FURTHEST = 100.0  # the largest number to which a cell of h_0, c_0 or x can be set
_PART = re.compile(
    r"(?P<name>[ifgochx])(?:_(?P<first>\d{1,3})(?:\.\.(?P<last>\d{1,3}))?)?\s*(?:\[\s*(?P<index>\d{1,3})\s*\])?"
    r"\s*=\s*(?P<value>[+-]?\d{1,3}(?:\.\d{1,9})?)",
    re.ASCII,
)


@dataclass(frozen=True)
class Line:
    """What a line asks for, with a sentence for each part that cannot be used."""

    holds: tuple[Hold, ...] = ()
    edits: tuple[Edit, ...] = ()
    said: tuple[str, ...] = ()


class PartError(ValueError):
    """A part of a line cannot be used; the message says why."""


def read(line: str, settings: Settings) -> Line:
    """The parts of `line`, which commas separate, for the sizes of `settings`. A line that is too long gives none."""
    if len(line) > LONGEST:
        return Line(said=(f"The line has {len(line)} characters, more than {LONGEST}.",))
    holds, edits, said = [], [], []
    for part in filter(None, (piece.strip() for piece in line.replace("\u2212", "-").replace(";", ",").split(","))):
        try:
            change = _read(part, settings)
        except PartError as error:
            said.append(str(error))
            continue
        if isinstance(change, Hold):
            holds.append(change)
        else:
            edits.append(change)
    return Line(tuple(holds), tuple(edits), tuple(said))


def _read(part: str, settings: Settings) -> Hold | Edit:
    shown = "".join(c for c in part if c.isprintable() and c != "`")[:30]
    match = _PART.fullmatch(part)
    if match is None:
        raise PartError(f"`{shown}` is not written like `c_0[1] = 2.5`, `x_3[0] = -1` or `f_3..5[1] = 0`.")
    name, value = match["name"], float(match["value"])
    width = {"x": settings.input_size, "h": settings.output_size}.get(name, settings.hidden_size)
    index = None if match["index"] is None else int(match["index"])
    if index is not None and index >= width:
        what = "features of x" if name == "x" else f"units of {name}"
        raise PartError(f"`{shown}`: the {what} are 0 to {width - 1}.")
    low, high = {"g": (-1.0, 1.0)}.get(name, (0.0, 1.0)) if name in GATES else (-FURTHEST, FURTHEST)
    if not low <= value <= high:
        raise PartError(f"`{shown}`: {name} is held or set between {low:g} and {high:g}.")
    if name in "hc":
        if match["first"] is None or int(match["first"]) or match["last"]:
            raise PartError(f"`{shown}`: only the initial state of {name} can be set, `{name}_0`.")
        return Edit(name, value, index)
    first, last = _steps(match, settings.seq_len, shown)
    if name in GATES:
        return Hold(name, value, index, first, last)
    if last is None:
        last = settings.seq_len
    return Edit("x", value, index, first, last)


def _steps(match: re.Match[str], steps: int, shown: str) -> tuple[int, int | None]:
    if match["first"] is None:
        return 1, None
    first = int(match["first"])
    last = int(match["last"] or first)
    if not 1 <= first <= last <= steps:
        raise PartError(f"`{shown}`: the steps are 1 to {steps}, the smaller one first.")
    return first, last
