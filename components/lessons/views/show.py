"""A line to type, what became of it in memory, and the checks on `view`, `reshape` and `transpose`."""

from dataclasses import dataclass
from itertools import pairwise
from math import prod

import streamlit as st

from components.kept import kept
from components.lessons.views import LINE, LONGEST, WRITE
from components.lessons.views.charts import memory
from components.lessons.views.facts import METHODS, LineError, positions
from components.lessons.views.family.facts import (
    BOTH,
    COPY,
    NEITHER,
    STARTS,
    TARGETS,
    VIEW,
    Family,
    Mixing,
    family,
    mixing,
)
from components.lessons.views.frames import SAMPLES, SHADES, Picture, pictured, table_frame
from components.lessons.views.program import program
from components.settings import Settings
from components.ui.chart import chart
from components.ui.furniture import Attempt, attempts, folded, locked, take_away, verdict
from components.ui.shell import Page


@dataclass(frozen=True)
class Famous:
    """A line worth knowing, and what it is known for, in words that hold for all sizes the lesson has."""

    line: str
    remark: str


FAMOUS = {
    "transpose": Famous(
        "x.transpose(0, 1)", "`transpose` swaps two strides. Not one number moves, and each sample stays whole."
    ),
    "view instead": Famous(
        "x.view(B, T, I)",
        "`view` where `transpose` was meant: the shape is right and torch is silent, but the numbers are dealt out in "
        "the order of memory, and the samples are mixed.",
    ),
    "view after it": Famous("x.transpose(0, 1).view(B, -1)", ""),  # raises, and the reason is computed
    "reshape after it": Famous(
        "x.transpose(0, 1).reshape(B, -1)",
        "`reshape` does what `view` cannot, silently, by a copy: from there on `x` and `y` are strangers.",
    ),
    "contiguous, then view": Famous(
        "x.transpose(0, 1).contiguous().view(B, -1)",
        "The same copy, asked for by name: `contiguous` makes it, and a view of that costs nothing.",
    ),
    "the notebook": Famous(
        "x.view(T, 1, -1)",
        "The notebook's `torch.cat(...).view(len(inputs), 1, -1)`; what its `cat` gives is `x` as it is here. With one "
        "sample, as there, this view changes nothing. With several it glues them into one.",
    ),
    "flip": Famous("x.flip(0)", "`flip` always copies: no stride of torch's is negative."),
    "expand": Famous("x[0].expand(T, B, I)", "Stride 0: the finger stays, and the same cells are read for every step."),
}
REMARKS = {famous.line: famous.remark for famous in FAMOUS.values()}
NAMES = {famous.line: name for name, famous in FAMOUS.items()}
ALT = (
    "The memory of x as a row of cells, shaded by sample and numbered; below it, for each axis of the result, the "
    "steps a finger takes along that row; below them x and the result as grids of the same cells. The table below "
    "holds the same numbers."
)
MANY = 1000  # elements asked for in the experiment with one cell


def choose_line() -> tuple[str, bool]:
    """The line as typed, with the famous ones to take it from, and whether a cell of its result is written."""
    line = st.text_input(
        "y =",
        LINE.default,
        max_chars=LONGEST,
        key="line",
        bind="query-params",
        help=f"A chain of {', '.join(METHODS)}, .T, .mT and indices. Sizes are integers, or T, B, I.",
    )
    st.session_state["famous"] = NAMES.get(line or "")
    st.pills("Lines worth knowing", list(FAMOUS), key="famous", on_change=_take, wrap=True)
    write = st.toggle(WRITE.label, key="write", bind="query-params", help=WRITE.help)
    return line or "", write


def _take() -> None:
    if (famous := st.session_state["famous"]) is not None:
        st.session_state["line"] = FAMOUS[famous].line


def show_line(page: Page, line: str, write: bool, revealed: bool) -> Picture:
    """What is to be said of a line, its picture, and how each stage of it lies in memory."""
    sizes = _sizes(page.settings)
    try:
        drawn = pictured(sizes, line, write)
    except LineError as error:
        st.warning(f"**Not a line for this page.** {error} Drawn: `x` alone.", icon=":material/keyboard_off:")
        drawn = pictured(sizes, "x", write)
    else:
        with st.container():  # the chart below it keeps its place
            if revealed or drawn.not_taken:  # the remarks say what the question asks
                _remark(drawn)
    chart(memory(), alt=ALT, cells=drawn.cells, hops=drawn.hops, words=drawn.words)
    st.markdown(f"{_reading(drawn, sizes)}\n\n{_stages(drawn)}\n\n{_proof(drawn)}")
    _table(drawn)
    return drawn


def _sizes(settings: Settings) -> tuple[int, int, int]:
    return settings.seq_len, settings.batch_size, settings.input_size


def _remark(drawn: Picture) -> None:
    if (step := drawn.not_taken) is None:
        st.markdown(REMARKS.get(drawn.line) or _moved(drawn))
        return
    words = f"*{step.words}*" if step.error else step.words
    said = f"**`{step.text}` raises `{step.error}`:** {words}" if step.error else f"**`{step.text}`:** {words}"
    st.error(f"{said}  \n{step.why} Drawn: as far as it got.", icon=":material/block:")


def _moved(drawn: Picture) -> str:
    """What a line of the visitor's own does with the numbers."""
    copies = [f"`{after.text}`" for before, after in pairwise(drawn.readings) if after.memory != before.memory]
    if copies:
        return f"Numbers are copied, by {' and by '.join(copies)}."
    return "Not one number moves: all of this is done with shape, strides and offset."


def _reading(drawn: Picture, sizes: tuple[int, int, int]) -> str:
    words = [
        "Letter and shade: the sample. Number: the value, which is also its place in the memory of `x`. Each axis of",
        "the result is a finger on the memory: its arcs are the stride. Point at a cell to find it everywhere.",
    ]
    if sizes[1] > SHADES:
        words.append(f"After {SHADES} samples the shades start over; the letters do not.")
    if drawn.shown:
        words.append(f"Drawn: {'; '.join(drawn.shown)}.")
    return f":gray[{' '.join(words)}]"


def _stages(drawn: Picture) -> str:
    """The chain as a table: a row a step, three columns, for a phone has room for no more."""
    rows = ["| step | shape · strides | memory |", "|---|---|---|"]
    for before, reading in zip((None, *drawn.readings), drawn.readings, strict=False):
        strides = str(reading.stride) + (f" from {reading.offset}" if reading.offset else "")
        kept = "that of the copy" if reading.memory else "that of `x`"
        if before is not None and reading.memory != before.memory:
            kept = "**copied**"
        lies = "contiguous" if reading.contiguous else "not contiguous"
        rows.append(f"| `{reading.text}` | {reading.shape} · {strides} | {kept}, {lies} |")
    return "\n".join(rows)


def _proof(drawn: Picture) -> str:
    """Whether memory is shared, as one write shows, and how an index becomes a cell."""
    last = drawn.readings[-1]
    name = "`y`" if drawn.not_taken is None else "the tensor so far"
    letters = "ijklmnpq"[: len(last.shape)]
    terms = [str(last.offset), *(f"{letter}·{stride}" for letter, stride in zip(letters, last.stride, strict=True))]
    whose = "the memory of `x`" if last.memory == 0 else "its own memory"
    words = []
    if letters:
        words.append(f"Index [{', '.join(letters)}] of {name} is cell {' + '.join(terms)} of {whose}.")
    if drawn.number is None:
        words.append("There is no cell to write into.")
    else:
        seen = f"in {drawn.changed} elements of {name}" if drawn.changed > 1 else f"in {name}"
        if drawn.reached:
            words.append(
                f"**Shared:** −1 written into its first cell shows {seen}, and in `x`, in place of {drawn.number}."
            )
        else:
            words.append(
                f"**Not shared:** −1 written into its first cell shows {seen}; `x` still holds {drawn.number}."
            )
    return " ".join(words)


def _table(drawn: Picture) -> None:
    if table := folded("The numbers as a table", "table"):
        with table:
            st.dataframe(table_frame(drawn), hide_index=True, height=320)


def show_check(page: Page, revealed: bool) -> None:
    """`view` against `transpose`, and the notebook's remark on `view` and `reshape`, once `revealed`."""
    if not revealed:
        locked()
        return
    mixed, found = compared(_sizes(page.settings))
    _mixing(mixed)
    _family(found)


@kept
def compared(sizes: tuple[int, int, int]) -> tuple[Mixing, Family]:
    """Both comparisons for an `x` of sizes (T, B, I)."""
    x = positions(sizes)
    return mixing(x), family(x)


def _mixing(mixed: Mixing) -> None:
    apart = (
        f"`x.view(B, T, I)` and `x.transpose(0, 1)` both have shape {mixed.shape}, and {mixed.same} of {mixed.total} "
        f"places hold the same number. Row 0 holds samples {_letters(mixed.samples)} after `view`, "
        f"{_letters(mixed.transposed_samples)} after `transpose`. Torch says nothing."
    )
    verdict(not mixed.mixed, "Not the same numbers." if mixed.mixed else "The same numbers.", apart)


def _letters(samples: tuple[int, ...]) -> str:
    return ", ".join(SAMPLES[one] for one in samples)


_OUTCOMES = {
    BOTH: ":material/check: both",
    COPY: ":material/content_copy: copy",
    VIEW: ":material/close: view",
    NEITHER: ":material/remove: neither",
}


def _family(found: Family) -> None:
    counts = {outcome: found.count(outcome) for outcome in _OUTCOMES}
    holds = counts[VIEW] == 0 and found.odd == 0
    verdict(
        holds,
        "The notebook's remark holds." if holds else "The notebook's remark fails.",
        "“View works only in the special case when reshape works”, says the notebook this project grew from. Of "
        f"{sum(counts.values())} calls here `view` manages {counts[BOTH] + counts[VIEW]} and `reshape` "
        f"{counts[BOTH] + counts[COPY]}; `view` alone {counts[VIEW]}. Where both work they give the same view; where "
        f"`view` refuses, `reshape` copies (exceptions: {found.odd}). What decides is the strides.",
    )
    lines = [
        "| asked of | " + " | ".join(f"`({target})`" for target in TARGETS) + " |",
        "|---" * (len(TARGETS) + 1) + "|",
    ]
    for start, row in zip(STARTS, found.outcomes, strict=True):
        lines.append(f"| `{start}` | " + " | ".join(_OUTCOMES[outcome] for outcome in row) + " |")
    lines.append(
        "\n:gray[Both: `view` and `reshape` give one and the same, in one memory. Copy: `reshape` alone, by a copy. "
        "Neither: the sizes do not fit.]"
    )
    st.markdown("\n".join(lines))


def try_it(page: Page, drawn: Picture) -> None:
    """Two things to type, which the page recognises."""
    steps, batch, features = _sizes(page.settings)
    last = drawn.readings[-1]
    here = drawn.not_taken is None
    task = (
        f"A classifier wants one row a sample, its steps side by side: shape (B, T·I), here "
        f"{(batch, steps * features)}. Write the line."
    )
    outcome = ""
    if here and drawn.rows is not None:
        if drawn.whole:
            kept = "It took a copy." if last.memory else "It took no copy."
            outcome = f"Each row holds one sample, in the order of its steps. {kept}"
        else:
            task += f" The shape is right now, but row 0 holds samples {_letters(drawn.rows[0])}, or not in order."
    one_row = Attempt("One row a sample", task, outcome)
    count = prod(last.shape)
    done = (
        here
        and last.shape
        and count >= MANY
        and not any(stride for size, stride in zip(last.shape, last.stride, strict=True) if size > 1)
    )
    thousand = Attempt(
        "A thousand from one",
        f"Write a line whose result has at least {MANY} elements, all of them one cell of memory. Then write into it.",
        f"{count} elements, strides {last.stride}: one cell. −1 written once shows in {drawn.changed} of them."
        if done
        else "",
    )
    attempts(one_row, thousand)


def take_line_away(page: Page, drawn: Picture) -> None:
    """The line as a complete program, where torch takes it to its end or raises."""
    not_taken = drawn.not_taken
    if not_taken is None or not_taken.error:
        take_away(program(page.settings, drawn.line, not_taken.error if not_taken else ""), "unrolled_views")
    else:
        st.markdown("This page does not take the line to its end, so there is no program of it to take along.")
