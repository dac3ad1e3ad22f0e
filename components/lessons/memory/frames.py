"""A run and its altered version as columns: the cells of its score, the terms of one c, how long an input is heard."""

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
from components.lstm.compare import TOLERANCE
from components.lstm.parts import parameters
from components.lstm.trace import trace_direction
from components.settings import Settings

WAS = "_was"  # after a state's name: the state without alterations
MAX_TERMS = 40  # columns and rows of the triangle; in a longer run a column stands for several steps
LEAST = 1e-6  # smaller terms are not shown
START = "c_0"  # the name above the column of the initial state
MAX_NAMES = 16  # columns and rows that have a name
OPEN = ("f",)  # gates that are shown if no gate is held


@dataclass(frozen=True, eq=False)
class Operated:
    """The numbers that the page shows for an altered run, in one layer and direction, for one sample."""

    cells: Columns  # t, row, the gates, c and h; if anything is altered, also c and h as they were
    lanes: tuple[str, ...]  # the columns of `cells` that are lanes
    units: Window
    c: float  # largest |c| shown
    h: float  # largest |h| shown
    rows: dict[str, int]  # how many rows each lane has
    proof: Proof
    terms: "Terms"
    half_life: int  # of c_0 in the unit, in steps; 0 if the sequence ends before that
    left: float  # the share of c_0 that is left at the end, which is the product of all f of the unit
    open: bool  # whether f of the unit is 1 at every step, up to rounding
    half_lives: tuple[int, int, int]  # over all steps: the shortest, the longest, and how many terms are never halved


@dataclass(frozen=True, eq=False)
class Terms:
    """Who wrote c of one unit. Times are t of the sequence; in the reverse direction they go down from T + 1."""

    cells: Columns  # t and first: the last and the first step of the group that wrote; back: the row; value
    rows: Columns  # back, t, label, named, c: a row for each time at which c is read; back counts from the last, 0
    group: int  # steps in a column
    max_abs_diff: float  # largest difference between the sum of the terms and c
    c: float  # at the end
    c_0: float  # the part of it that is left of c_0
    reach: float  # largest |term| shown
    said: tuple[str, ...]  # a sentence for each time at which c is read, in the order of reading
    names: tuple[str, ...]  # the names of these times, such as "t = 3"


@kept
def operated(settings: Settings, surgery: Surgery, sample: int, unit: int) -> Operated:
    """The run of `settings` as it is and as altered, with the terms of c of `unit`."""
    setup = shared_build(settings)
    layer, direction = surgery.layer, surgery.direction
    run = operate(setup, surgery)
    now = run.lanes(sample)
    gates = surgery.held or OPEN
    columns = {gate: now[gate] for gate in gates}
    if surgery.alters:
        was = trace_direction(*setup, layer, direction).lanes(sample)
        for state in "ch":
            columns |= {state + WAS: was[state], state: now[state]}
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
        bool((1 - wrote.kept).max() <= TOLERANCE[run.f.dtype]),
        (int(seen.min(initial=settings.seq_len)), int(seen.max(initial=0)), int((lives == 0).sum())),
    )


def window(settings: Settings, lanes: int, unit: int) -> Window:
    """The page of units that contains `unit`. Pages are of even size, and each has room in the picture."""
    return page_with(unit, settings.hidden_size, fitting(settings.seq_len, lanes))


def _cells(columns: dict[str, np.ndarray], direction: int, part: Window, steps: int) -> Columns:
    """The lanes as columns with one entry for each (t, row), as in a score; NaN means that there is no cell."""
    rows = part.last - part.first + 1
    cells = np.full((len(columns), steps + 1, rows), np.nan, np.float32)
    for values, lane in zip(cells, columns.values(), strict=True):
        shown = lane[:, part.first : part.last + 1]
        start = 0 if direction else len(values) - len(shown)  # gates have no column for the initial state
        values[start : start + len(shown), : shown.shape[1]] = shown
    axes = places(1 if direction else 0, cells[0])
    return axes | dict(zip(columns, cells.reshape(len(columns), -1), strict=True))


def table_frame(run: Operated) -> pd.DataFrame:
    """The cells as a table, rounded to four decimals: t, unit (its own number), and the columns of the lanes.

    If anything is altered, `c_difference` and `h_difference` are the altered state minus the state as it was.
    """
    table = pd.DataFrame(run.cells).rename(columns={"row": "unit"})
    table["unit"] += run.units.first
    for state in "ch":
        if state + WAS in table:
            table[f"{state}_difference"] = table[state] - table[state + WAS]
    return table.round(4)


def terms(wrote: Authors, reverse: bool) -> Terms:
    """The terms of c at up to `MAX_TERMS` times. Steps are added up in as many groups, so each sum is still c."""
    steps = len(wrote.c)
    group = -(-steps // MAX_TERMS)
    ends = np.arange(steps, 0, -group)[::-1]  # the last step of each group, in the order of reading
    firsts = np.concatenate([[1], ends[:-1] + 1])
    shares = wrote.shares[ends - 1]  # (groups, T + 1)
    grouped = np.concatenate([shares[:, :1], np.add.reduceat(shares[:, 1:], firsts - 1, axis=1)], axis=1)
    count = len(ends)
    # A term with nothing left gets no cell. But each group keeps its first cell, so that every column is there.
    fresh = np.eye(count, count + 1, 1, dtype=bool) | (np.arange(count + 1) == 0) & (np.arange(count)[:, None] == 0)
    read, column = np.nonzero(np.tri(count, count + 1, 1, dtype=bool) & ((np.abs(grouped) > LEAST) | fresh))
    at, since = (np.concatenate([[0], edges]) for edges in (ends, firsts))
    times, before = (steps + 1 - at, steps + 1 - since) if reverse else (at, since)  # as t of the sequence
    values = grouped[read, column].astype(np.float32) + np.float32(0)  # + 0 turns -0 into 0
    back = np.arange(count - 1, -1, -1).astype(np.uint8)
    cells = {
        "t": times[column].astype(np.uint8),
        "first": before[column].astype(np.uint8),
        "back": back[read],
        "value": values,
    }
    said = tuple(_said(wrote, int(end)) for end in ends)
    labels = [str(t) for t in times[1:]]
    every = -(-count // MAX_NAMES)
    # The first entry is for the initial state: it has a column with a name, but no row of its own.
    rows = {
        "back": back[[0, *range(count)]],
        "t": times.astype(np.uint8),
        "label": np.array([START, *labels], object),
        # From the last one back, every so many rows have a name, so that the names have room.
        "named": np.concatenate([[True], back % every == 0]),
        # Float, because the initial state's entry has no c: it is NaN.
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
    """The value with two decimals and a real minus sign."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _said(wrote: Authors, n: int) -> str:
    """The terms after n steps in words: what is left of c_0, what the last step wrote, and the sum of all others."""
    start, latest = wrote.shares[n - 1, 0], wrote.shares[n - 1, n]
    between = wrote.shares[n - 1, 1:n].sum()
    parts = [f"{number(start)} left of c_0", f"{number(latest)} just written"]
    if n > 1:
        parts.insert(1, f"{number(between)} from the steps between")
    return f"c is {number(wrote.c[n - 1])}: {', '.join(parts)}"


AS_IS, ALTERED, SHUT, RNN = "LSTM as it is", "LSTM altered", "LSTM, f held at 0", "nn.RNN"


@dataclass(frozen=True, eq=False)
class Heard:
    """How long an input is heard by the LSTM as it is, the altered LSTM, the LSTM with its forget gate shut, an RNN."""

    rows: Columns  # t, run, difference, clamped
    names: tuple[str, ...]
    step: int  # t of the input that is taken away
    last: dict[str, int]  # by run: the last step in the order of reading at which h moves beyond rounding; 0 if none
    end: dict[str, float]  # by run: the difference at the last step in the order of reading
    limit: dict[str, float]  # by run: rounding explains a difference up to this


@kept
def heard(settings: Settings, surgery: Surgery, sample: int, floor: float) -> Heard:
    """How much h changes at every step if the first input that is not zero is set to zero. `floor` stands for 0."""
    setup = shared_build(settings)
    layer, direction = surgery.layer, surgery.direction
    t = first_input(setup, sample, bool(direction))
    shut = Surgery((Hold("f", 0.0),), layer=layer, direction=direction)
    runs = {AS_IS: Surgery(layer=layer, direction=direction), SHUT: shut}
    echoes = {name: echo(setup, altered, sample, t) for name, altered in runs.items()}
    echoes[RNN] = rnn_echo(settings, layer, direction, sample, t)
    if surgery not in runs.values():
        echoes[ALTERED] = echo(setup, surgery, sample, t)
    differences = {name: found.change.numpy() for name, found in echoes.items()}
    steps = np.arange(1, settings.seq_len + 1, dtype=np.uint8)
    difference = np.concatenate([*differences.values()]).astype(np.float32)
    rows = {
        "t": np.tile(steps, len(differences)),
        "run": np.repeat(np.array(list(differences), object), len(steps)),
        "difference": difference,
        "clamped": np.maximum(difference, np.float32(floor)),
    }
    last = {name: found.last(bool(direction)) for name, found in echoes.items()}
    limit = {name: found.limit for name, found in echoes.items()}
    end = {name: float(per_step[0 if direction else -1]) for name, per_step in differences.items()}
    return Heard(rows, tuple(differences), t, last, end, limit)


@dataclass(frozen=True)
class Carried:
    """How far h alone carries an input: the forget gate is held at 0 in all units at all steps."""

    step: int  # t of the input that is taken away
    last: int  # the last step in the order of reading at which h moves beyond rounding; 0 if there is none
    limit: float  # rounding explains a difference up to this
    deaf: bool  # whether no gate of this layer and direction reads h


@kept
def carried(settings: Settings, layer: int, direction: int, sample: int) -> Carried:
    """What h alone carries of the first input that is not zero."""
    setup = shared_build(settings)
    t = first_input(setup, sample, bool(direction))
    found = echo(setup, Surgery((Hold("f", 0.0),), layer=layer, direction=direction), sample, t)
    deaf = not parameters(setup.module, layer, direction)["weight_hh"].any()
    return Carried(t, found.last(bool(direction)), found.limit, bool(deaf))
