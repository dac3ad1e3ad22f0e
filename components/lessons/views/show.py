"""A line to type, the picture of what it does, and the checks on `view`, `reshape` and `transpose`."""

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any

import streamlit as st

from components.kept import kept
from components.lessons.views import LINE, LONGEST, WRITE
from components.lessons.views.charts import memory
from components.lessons.views.facts import METHODS, LineError, NotTaken, positions
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
from components.lessons.views.frames import OTHER, SAMPLES, SHADES, TRANSPOSED, VIEWED, Picture, pictured, table_frame
from components.lessons.views.program import program
from components.settings import Settings
from components.ui.chart import chart
from components.ui.follow import follow
from components.ui.furniture import Attempt, aside, attempts, finding, folded, locked, revealed, take_away, verdict
from components.ui.shell import Page


@dataclass(frozen=True)
class Famous:
    """A line worth knowing, and what it is known for, in words that hold for all sizes the lesson has."""

    line: str
    remark: str


# None of these lines is what an attempt asks for: pressing a button is not finding a line.
FAMOUS = {
    "transpose": Famous(
        TRANSPOSED, "`transpose` swaps two strides. No number moves in memory, and each sample stays whole."
    ),
    "view instead": Famous(
        VIEWED,
        "The shape is that of `transpose`, and torch gives no error. But `view` takes the numbers in the order of "
        "memory, so it mixes the samples.",
    ),
    "view after it": Famous("x.transpose(0, 1).view(-1)", ""),  # raises, and the reason is computed
    "reshape after it": Famous(
        "x.transpose(0, 1).reshape(-1)",
        "`reshape` does what `view` cannot do: it makes a copy, without a warning. `x` and `y` share no memory.",
    ),
    "contiguous, then view": Famous(
        "x.transpose(0, 1).contiguous().view(-1)",
        "The same copy, but you ask for it: `contiguous` makes it, and `view` of that copies nothing.",
    ),
    "the notebook": Famous(
        "x.view(T, 1, -1)",
        "The notebook's `torch.cat(...).view(len(inputs), 1, -1)`. With one sample, as there, it changes nothing. With "
        "several it joins them into one.",
    ),
    "flip": Famous("x.flip(0)", "`flip` always copies, because strides in torch are never negative."),
    "expand": Famous(
        "x[0].expand(T, B, I)", "With stride 0 the finger does not move: the same cells are read for every step."
    ),
}
REMARKS = {famous.line: famous.remark for famous in FAMOUS.values()}
NAMES = {famous.line: name for name, famous in FAMOUS.items()}
ALT = (
    "The memory of x as a row of cells, shaded by sample and numbered; below it, for each axis of the result, the "
    "steps a finger takes along that row; below them x and the result as grids of the same cells. The table below "
    "holds the same numbers."
)
HELP = f"A chain of {', '.join(METHODS)}, .T, .mT and indices. Sizes are integers, or T, B, I."
MANY = 1000  # elements asked for in the experiment with one cell


def choose_line(page: Page) -> tuple[str, bool]:
    """The line as typed, with the famous ones to take it from, and whether a cell of its result is written."""
    with page.picture, st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**y =**", width="content", help=HELP)
            line = st.text_input(
                LINE.label,
                LINE.default,
                max_chars=LONGEST,
                key="line",
                bind="query-params",
                label_visibility="collapsed",
            )
            write = st.toggle(WRITE.label, key="write", bind="query-params", help=WRITE.help)
        st.session_state["famous"] = NAMES.get(line or "")
        label = "Useful lines"
        st.pills(label, list(FAMOUS), key="famous", on_change=_take, wrap=True, label_visibility="collapsed")
    return line or "", write


def _take() -> None:
    if (famous := st.session_state["famous"]) is not None:
        st.session_state["line"] = FAMOUS[famous].line


def take_compared() -> None:
    """Put one of the two lines that the question compares into the field, if none of them is there."""
    if st.session_state.get("line") not in OTHER:
        st.session_state["line"] = TRANSPOSED


def show_picture(page: Page, line: str, write: bool, place: Any) -> Picture:
    """The picture of a line, and in `place` the verdict, again while a size is dragged."""
    with page.picture:
        return follow(page, _picture, line, write, place)


def _picture(page: Page, line: str, write: bool, place: Any) -> Picture:
    sizes, shown = _sizes(page.settings), revealed(page)
    # What is wrong with a line is above the picture, where it is typed. It is small, so that the picture stays on the
    # first screen. All other words are below: an answer moves no picture.
    wrong = st.container()
    try:
        # After the answer: the two results that it speaks of.
        picture = pictured(sizes, line, write, shown and not write)
    except LineError as error:
        wrong.markdown(f":small[:red[:material/keyboard_off: **This page cannot use the line.** {error} Shown: `x`.]]")
        picture = pictured(sizes, "x", write)
    if picture.not_taken:
        wrong.markdown(f":small[:red[:material/block: {_refusal(picture.not_taken)}]]")
    chart(memory(picture.scene.form), alt=ALT, **picture.scene.columns)
    if picture.not_taken:
        aside(f"Shown: the line before `{picture.not_taken.text}`.")
    elif shown:  # the remarks say what the question asks
        st.markdown(f":small[{REMARKS.get(picture.line) or _moved(picture)}]")
    else:
        aside("The arcs are the strides of the line's last tensor. Point at a cell to find its number everywhere.")
    if shown:
        with place:
            _mixing(mixing_of(sizes))
    return picture


def show_line(page: Page, picture: Picture) -> None:
    """How to read the picture, and how each stage of the line lies in memory."""
    aside(_reading(picture, _sizes(page.settings)))
    st.markdown(f"{_stages(picture)}\n\n{_proof(picture)}")
    _table(picture)


def _sizes(settings: Settings) -> tuple[int, int, int]:
    return settings.seq_len, settings.batch_size, settings.input_size


def _refusal(refusal: NotTaken) -> str:
    """Why a step was not taken. Torch's own words are in the table of the stages, if the reason says more."""
    if not refusal.error:
        return f"**`{refusal.text}`:** {refusal.words} {refusal.why}"
    return f"**`{refusal.text}` raises `{refusal.error}`.** {refusal.why or refusal.words}"


def _moved(picture: Picture) -> str:
    """What a line of the visitor's own does with the numbers."""
    copies = [f"`{after.text}`" for before, after in pairwise(picture.readings) if after.memory != before.memory]
    if copies:
        return f"Numbers are copied, by {' and by '.join(copies)}."
    return "No number moves: only shape, strides and offset change."


def _reading(picture: Picture, sizes: tuple[int, int, int]) -> str:
    words = [
        "The letter and the shade say which sample it is. The number is the value, and also its place in the memory of "
        "`x`. Each axis of the result has a line of arcs below the memory. An arc is one stride: it leads from one "
        "index of this axis to the next. Point at a cell to find its number everywhere.",
    ]
    if sizes[1] > SHADES:
        words.append(f"After {SHADES} samples the shades repeat, the letters do not.")
    if picture.shown:
        words.append(f"Shown: {'; '.join(picture.shown)}.")
    return " ".join(words)


def _stages(picture: Picture) -> str:
    """The chain as a table: one row for each part of it, and three columns: a phone has no room for more."""
    rows = ["| the line so far | shape · strides | memory |", "|---|---|---|"]
    for before, reading in zip((None, *picture.readings), picture.readings, strict=False):
        strides = str(reading.stride) + (f" from {reading.offset}" if reading.offset else "")
        kept = "that of the copy" if reading.memory else "that of `x`"
        if before is not None and reading.memory != before.memory:
            kept = "**copied**"
        lies = "contiguous" if reading.contiguous else "not contiguous"
        rows.append(f"| `{reading.text}` | {reading.shape} · {strides} | {kept}, {lies} |")
    if (refusal := picture.not_taken) and refusal.error:
        rows.append(f"| `{refusal.text}` | `{refusal.error}` | torch says: *{refusal.words}* |")
    return "\n".join(rows)


def _proof(picture: Picture) -> str:
    """Whether memory is shared, as one write shows, and how an index becomes a cell."""
    last = picture.readings[-1]
    name = "`y`" if picture.not_taken is None else "the tensor so far"
    letters = "ijklmnpq"[: len(last.shape)]
    terms = [str(last.offset), *(f"{letter}·{stride}" for letter, stride in zip(letters, last.stride, strict=True))]
    whose = "the memory of `x`" if last.memory == 0 else "its own memory"
    words = []
    if letters:
        words.append(f"Index [{', '.join(letters)}] of {name} is cell {' + '.join(terms)} of {whose}.")
    if picture.number is None:
        words.append("There is no cell to write into.")
    else:
        place = f"in {picture.changed} elements of {name}" if picture.changed > 1 else f"in {name}"
        if picture.reached:
            words.append(
                f"**Shared:** if −1 is written into its first cell, it shows {place}, and also in `x`, in place of "
                f"{picture.number}."
            )
        else:
            words.append(
                f"**Not shared:** if −1 is written into its first cell, it shows {place}, but `x` still holds "
                f"{picture.number}."
            )
    return " ".join(words)


def _table(picture: Picture) -> None:
    if table := folded("The numbers as a table", "table"):
        with table:
            st.dataframe(table_frame(picture), hide_index=True, height=320)


def show_check(page: Page) -> None:
    """The notebook's remark on `view` and `reshape`, once the question is answered."""
    if not revealed(page):
        locked()
        return
    _family(family_of(_sizes(page.settings)))


@kept
def mixing_of(sizes: tuple[int, int, int]) -> Mixing:
    """`view` compared with `transpose`, for an `x` of sizes (T, B, I)."""
    return mixing(positions(sizes))


@kept
def family_of(sizes: tuple[int, int, int]) -> Family:
    """`view` and `reshape` on several tensors, for an `x` of sizes (T, B, I)."""
    return family(positions(sizes))


def _mixing(mixed: Mixing) -> None:
    text = (
        f"`x.view(B, T, I)` and `x.transpose(0, 1)` have the shape {mixed.shape}, and the same number in "
        f"{mixed.same} of {mixed.total} places. Block [0] has samples {_letters(mixed.samples)} after `view`, and "
        f"{_letters(mixed.transposed_samples)} after `transpose`."
    )
    if mixed.mixed:
        finding("Not the same numbers.", text)
    else:
        verdict(True, "The same numbers.", text)


def _letters(samples: tuple[int, ...]) -> str:
    return ", ".join(SAMPLES[sample] for sample in samples)


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
        "The notebook from which this project began says: “View works only in the special case when reshape works”. "
        f"Of {sum(counts.values())} cells in the table, `view` works in {counts[BOTH] + counts[VIEW]}, `reshape` in "
        f"{counts[BOTH] + counts[COPY]}, and `view` without `reshape` in {counts[VIEW]}. Where both work, they give "
        f"the same view. Where only `reshape` works, it copies (exceptions: {found.odd}). The strides decide whether "
        "`view` works.",
    )
    lines = [
        "| tensor | " + " | ".join(f"`({target})`" for target in TARGETS) + " |",
        "|---" * (len(TARGETS) + 1) + "|",
    ]
    for start, row in zip(STARTS, found.outcomes, strict=True):
        lines.append(f"| `{start}` | " + " | ".join(_OUTCOMES[outcome] for outcome in row) + " |")
    lines.append(
        "\n:gray[Both: `view` and `reshape` give the same tensor in the same memory. Copy: only `reshape` works, and "
        "it copies. Neither: the sizes do not fit.]"
    )
    st.markdown("\n".join(lines))


def try_it(page: Page, picture: Picture, write: bool) -> None:
    """Two things to type, which the page recognises."""
    steps, batch, features = _sizes(page.settings)
    last = picture.readings[-1]
    here = picture.not_taken is None
    task = (
        "A classifier needs one row for each sample, with its steps side by side: the shape (B, T·I), here "
        f"{(batch, steps * features)}. Write the line."
    )
    outcome = ""
    if here and picture.rows is not None:
        if picture.whole:
            kept = "The line makes a copy." if last.memory else "The line makes no copy."
            outcome = f"Each row holds one sample, in the order of its steps. {kept}"
        else:
            task += (
                f" The shape is right now, but row 0 holds numbers of samples {_letters(picture.rows[0])}, or not in "
                "order."
            )
    one_row = Attempt("One row for each sample", task, outcome)
    count = prod(last.shape)
    one_cell = (
        here
        and bool(last.shape)
        and count >= MANY
        and not any(stride for size, stride in zip(last.shape, last.stride, strict=True) if size > 1)
    )
    task = (
        f"Write a line whose result has at least {MANY} elements that all are the same cell of memory. Then write −1 "
        "into it."
    )
    outcome = ""
    if one_cell and write:
        outcome = (
            f"{count} elements, strides {last.stride}: one cell. −1 is written once, and shows in {picture.changed} "
            "of them."
        )
    elif one_cell:
        task += f" The line is found: {count} elements, strides {last.stride}. Now write."
    thousand = Attempt("A thousand elements, one cell", task, outcome)
    attempts(page, one_row, thousand)


def take_line_away(page: Page, picture: Picture) -> None:
    """The line as a complete program, where torch takes it to its end or raises."""
    refusal = picture.not_taken
    if refusal is None or refusal.error:
        take_away(program(page.settings, picture.line, refusal.error if refusal else ""), "unrolled_views")
    else:
        st.markdown("This page does not run the line to its end, so there is no program of it to take with you.")
