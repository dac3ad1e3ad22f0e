"""A run beside the same run operated on: the cells of its score, the terms of one c, and how long an input is heard."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.charts.columns import Columns
from components.charts.lanes import fitting, places
from components.charts.pages import Window, page_with
from components.kept import kept
from components.lessons.memory.authors.facts import Authors, authors
from components.lessons.memory.echo.facts import echo, first_input, rnn_echo
from components.lessons.memory.facts import Hold, Proof, Surgery, operate, prove
from components.lstm.build import shared_build
from components.lstm.parts import parameters
from components.lstm.trace import trace_direction
from components.settings import Settings

WAS, APART = "_was", "_apart"  # behind a state's name: as nothing altered it, and how far the altered one is from that
MAX_TERMS = 40  # columns and rows of the triangle; of longer runs a column is several steps
LEAST = 1e-6  # of what is less than that, nothing is shown
START = "c_0"  # stands above the initial state's column
MAX_NAMES = 16  # of them that bear their number
OPEN = ("f",)  # gates that are shown where none is held


@dataclass(frozen=True, eq=False)
class Operated:
    """What is shown and said of an altered run, in one layer and direction, of one sample."""

    cells: Columns  # t, row, the gates, then c and h; where something is altered, each also as it was, and apart
    lanes: tuple[str, ...]  # the columns of it that are lanes
    units: Window
    c: float  # largest |c| shown
    h: float  # largest |h| shown
    rows: dict[str, int]  # by lane
    proof: Proof
    terms: "Terms"
    half_life: int  # of c_0 of the unit, in steps; 0 where the sequence ends before that
    left: float  # the share of c_0 that is left at the end: the product of all f of the unit
    half_lives: tuple[int, int, int]  # of all steps' writings: the shortest, the longest, and how many are never halved


@dataclass(frozen=True, eq=False)
class Terms:
    """Who wrote c of one unit. Times are the sequence's own; the reverse direction's begin at T + 1 and go down."""

    cells: Columns  # t of the writing (the last of its group; the initial state's for c_0), back, first, value
    rows: Columns  # back, t, label, named, c: one a time of reading out, the last one having back = 0
    group: int  # steps a column
    max_abs_diff: float  # how far the terms' sum is from c, at worst
    c: float  # at the end
    c_0: float  # what of that is left of c_0
    reach: float  # largest |term| shown
    said: tuple[str, ...]  # of every time of reading out, in the order of reading
    names: tuple[str, ...]  # of the same, as t = 3


@kept
def operated(settings: Settings, surgery: Surgery, sample: int, unit: int) -> Operated:
    """The run of `settings` as it is and as altered, and what comes of it for `unit`."""
    setup = shared_build(settings)
    layer, direction = surgery.layer, surgery.direction
    run = operate(setup, surgery)
    now = run.lanes(sample)
    gates = surgery.held or OPEN
    columns = {gate: now[gate] for gate in gates}
    if surgery.alters:
        was = trace_direction(*setup, layer, direction).lanes(sample)
        for state in "ch":
            columns |= {state + WAS: was[state], state: now[state], state + APART: now[state] - was[state]}
    else:
        columns |= {state: now[state] for state in "ch"}
    part = window(settings, len(columns), unit)
    cells = _cells(columns, direction, part, settings.seq_len)
    shown = {name: lane[:, part.first : part.last + 1] for name, lane in columns.items()}
    reach = {
        state: max(float(np.abs(shown[name]).max(initial=0)) for name in shown if name[0] == state) for state in "ch"
    }
    wrote = authors(run, sample, unit)
    lives = wrote.half_lives
    seen = lives[lives > 0]
    return Operated(
        cells,
        tuple(columns),
        part,
        reach["c"],
        reach["h"],
        {name: lane.shape[1] for name, lane in shown.items()},
        prove(setup, surgery, run),
        terms(wrote, bool(direction)),
        int(lives[0]),
        float(wrote.kept.prod()),
        (int(seen.min(initial=settings.seq_len)), int(seen.max(initial=0)), int((lives == 0).sum())),
    )


def window(settings: Settings, lanes: int, unit: int) -> Window:
    """The page of units that has `unit` in it, of even pages, each of no more rows than can be shown at once."""
    return page_with(unit, settings.hidden_size, fitting(settings.seq_len, lanes))


def _cells(columns: dict[str, np.ndarray], direction: int, part: Window, steps: int) -> Columns:
    """One row a (t, row), as in a score; a NaN is no cell."""
    rows = part.last - part.first + 1
    cells = np.full((len(columns), steps + 1, rows), np.nan, np.float32)
    for values, lane in zip(cells, columns.values(), strict=True):
        shown = lane[:, part.first : part.last + 1]
        start = 0 if direction else len(values) - len(shown)  # gates have no column for the initial state
        values[start : start + len(shown), : shown.shape[1]] = shown
    axes = places(1 if direction else 0, cells[0])
    return axes | dict(zip(columns, cells.reshape(len(columns), -1), strict=True))


def table_frame(run: Operated) -> pd.DataFrame:
    """The cells with their unit's own number and four decimals: t, unit, and the columns of the lanes."""
    table = pd.DataFrame(run.cells).rename(columns={"row": "unit"})
    table["unit"] += run.units.first
    return table.round(4)


def terms(wrote: Authors, reverse: bool) -> Terms:
    """The terms of c at no more than `MAX_TERMS` times, of as many groups of steps: every sum stays whole."""
    steps = len(wrote.c)
    group = -(-steps // MAX_TERMS)
    ends = np.arange(steps, 0, -group)[::-1]  # the last step of each group, in the order of reading
    firsts = np.concatenate([[1], ends[:-1] + 1])
    shares = wrote.shares[ends - 1]  # (groups, T + 1)
    grouped = np.concatenate([shares[:, :1], np.add.reduceat(shares[:, 1:], firsts - 1, axis=1)], axis=1)
    count = len(ends)
    # What has nothing left is no cell: but each group keeps its first, so that every column is there.
    fresh = np.eye(count, count + 1, 1, dtype=bool) | (np.arange(count + 1) == 0) & (np.arange(count)[:, None] == 0)
    read, column = np.nonzero(np.tri(count, count + 1, 1, dtype=bool) & ((np.abs(grouped) > LEAST) | fresh))
    at, since = (np.concatenate([[0], edges]) for edges in (ends, firsts))
    times, before = (steps + 1 - at, steps + 1 - since) if reverse else (at, since)  # on the sequence's own clock
    values = grouped[read, column].astype(np.float32) + np.float32(0)  # + 0: no minus before a zero
    back = np.arange(count - 1, -1, -1).astype(np.uint8)
    cells = {
        "t": times[column].astype(np.uint8),
        "first": before[column].astype(np.uint8),
        "back": back[read],
        "value": values,
    }
    said = tuple(_said(wrote, int(n)) for n in ends)
    labels = [str(t) for t in times[1:]]
    every = -(-count // MAX_NAMES)
    # The first row stands for the initial state too, whose column has a name and whose row there is none of.
    rows = {
        "back": back[[0, *range(count)]],
        "t": times.astype(np.uint8),
        "label": np.array([START, *labels], object),
        # The last, and then every so many: as many as have room.
        "named": np.concatenate([[True], back % every == 0]),
        # As a float: what is no time of reading out has none.
        "c": np.concatenate([[np.nan], wrote.c[ends - 1]]).astype(np.float32),
    }
    return Terms(
        cells,
        rows,
        group,
        wrote.max_abs_diff,
        float(wrote.c[-1]),
        float(wrote.shares[-1, 0]),
        float(np.abs(values).max(initial=0)),
        said,
        tuple(f"t = {label}" for label in labels),
    )


def number(value: float) -> str:
    """Two decimals, with a real minus."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _said(wrote: Authors, n: int) -> str:
    """The terms after n steps read, in words: the start's, the latest step's, and all the others'."""
    start, latest = wrote.shares[n - 1, 0], wrote.shares[n - 1, n]
    between = wrote.shares[n - 1, 1:n].sum()
    parts = [f"{number(start)} left of c_0", f"{number(latest)} just written"]
    if n > 1:
        parts.insert(1, f"{number(between)} from the steps between")
    return f"c is {number(wrote.c[n - 1])}: {', '.join(parts)}"


AS_IS, ALTERED, SHUT, RNN = "LSTM as it is", "LSTM altered", "LSTM, f held at 0", "nn.RNN"


@dataclass(frozen=True, eq=False)
class Heard:
    """How long an input is heard, in the LSTM as it is, altered, with its forget gate shut, and in an RNN."""

    rows: Columns  # t, run, difference, drawn
    names: tuple[str, ...]
    step: int  # t of the input that is taken away
    last: dict[str, int]  # by run: the last step, in the order of reading, at which it makes a difference; 0 for none
    end: dict[str, float]  # by run: the difference at the end of reading
    deaf: bool  # whether no gate of this layer and direction reads h at all


@kept
def heard(settings: Settings, surgery: Surgery, sample: int, floor: float) -> Heard:
    """The first input that is not zero, taken away: what that changes, at every step."""
    setup = shared_build(settings)
    layer, direction = surgery.layer, surgery.direction
    t = first_input(setup, sample, bool(direction))
    shut = Surgery((Hold("f", 0.0),), layer=layer, direction=direction)
    runs = {AS_IS: Surgery(layer=layer, direction=direction), SHUT: shut}
    found = {name: echo(setup, one, sample, t).numpy() for name, one in runs.items()}
    found[RNN] = rnn_echo(settings, layer, direction, sample, t).numpy()
    if surgery not in runs.values():
        found[ALTERED] = echo(setup, surgery, sample, t).numpy()
    steps = np.arange(1, settings.seq_len + 1, dtype=np.uint8)
    difference = np.concatenate([*found.values()]).astype(np.float32)
    rows = {
        "t": np.tile(steps, len(found)),
        "run": np.repeat(np.array(list(found), object), len(steps)),
        "difference": difference,
        "drawn": np.maximum(difference, np.float32(floor)),
    }
    last = {
        name: int(steps[apart > 0][0 if direction else -1]) if (apart > 0).any() else 0 for name, apart in found.items()
    }
    end = {name: float(apart[0 if direction else -1]) for name, apart in found.items()}
    deaf = not parameters(setup.module, layer, direction)["weight_hh"].any()
    return Heard(rows, tuple(found), t, last, end, deaf)
