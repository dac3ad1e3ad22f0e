"""State between batches, on a page: a stream in rows and chunks, three states for the next chunk, and the check."""

from typing import Any

import streamlit as st

from components.lessons.batches import CHUNK, LESSON
from components.lessons.batches.stream.charts import stream
from components.lessons.batches.stream.frames import stream_picture
from components.lstm.stream import Handed, handed
from components.settings import CARRY, RESET, SHUFFLED
from components.ui import links
from components.ui.chart import chart
from components.ui.figures import figure
from components.ui.follow import follow
from components.ui.furniture import Attempt, aside, finding, locked, look, revealed, verdict
from components.ui.shell import Page

ALT = (
    "A bar, the whole stream; below it a row for each row of the batch, a column for each chunk, and in the cells "
    "their places in the stream. Signs say what a row starts from, strips how much its outputs differ."
)
SEEN = {
    CARRY: "Along a row the places go on, from cell to cell: the next call continues where this one stopped.",
    RESET: "The places go on, but the state does not: each chunk is read as if nothing came before it.",
    SHUFFLED: "Along a row the places jump: the rows have changed places, but the states have not.",
}


def choose(page: Page) -> tuple[int, str]:
    """Above the picture: how many steps one call reads, and which state the next chunk gets."""
    field = CHUNK
    with page.picture:
        left, right = st.columns(2, gap="medium")
        with left:
            way = links.choose("handed")
        with right:
            chosen = st.slider(
                field.label,
                field.low,
                field.high,
                LESSON.starts["chunk"],
                help=field.help,
                key="chunk",
                bind="query-params",
            )
    return min(max(int(chosen), field.low), field.high), way


def show_picture(page: Page, length: int, way: str, place: Any) -> None:
    """The stream in chunks, and in `place` the verdict, again while a size is dragged; below them the signs."""
    with page.picture:
        follow(page, _picture, length, way, place)
        aside(SIGNS if revealed(page) else HIDDEN)


def _picture(page: Page, length: int, way: str, place: Any) -> None:
    settings, told = page.settings, revealed(page)
    picture = stream_picture(settings, length, way, told)
    chart(stream(picture.form), alt=ALT, **picture.framing(look()))
    if told:
        with place:
            _verdict(handed(settings, length)[way], way)


def reading(page: Page, way: str) -> str:
    """How to read the picture; once it may be told, what is seen along a row."""
    words = (
        "At the top is the whole stream, below it the rows of the batch, with one cell for each chunk. A cell names "
        "the places of the stream that it holds. Its shade shows them too: it is faint where the stream begins."
    )
    return f"{words} {SEEN[way]}" if revealed(page) else words


def show_cut(page: Page, length: int) -> None:
    """How a stream becomes rows and chunks, for these settings."""
    settings = page.settings
    total, batch, steps = settings.seq_len * settings.batch_size, settings.batch_size, settings.seq_len
    count = -(-steps // length)
    short = f", the last of {steps % length}" if steps % length else ""
    st.markdown(
        f"- One stream of {total} places becomes **{batch} rows** of {steps} steps, side by side: the batch. "
        f"`stream.view({batch}, {steps}, {settings.input_size}).transpose(0, 1)`\n"
        f"- The rows are cut into **{count} chunks** of {length} steps{short}. One chunk is one call, one `backward` "
        f"and one training step. `rows.split({length})`\n"
        "- `nn.LSTM` keeps nothing between calls. In `output, state = lstm(chunk, state)`, which state is it given?"
    )


def show_ways(page: Page, length: int, way: str) -> None:
    """Once it may be told, the three states side by side: how far the outputs are off."""
    if not revealed(page):
        locked()
        return
    total = page.settings.seq_len * page.settings.batch_size
    lines = ["| state of the next chunk | largest difference | outputs that differ |", "|---|---|---|"]
    for name, found in handed(page.settings, length).items():
        bold = "**" if name == way else ""
        lines.append(f"| {bold}{name}{bold} | {figure(found.largest)} | {found.off} of {total} |")
    st.markdown("\n".join(lines))


SIGNS = (
    "**→** starts from the state just before · **0** starts from zeros · :red[**≠**] starts from the state "
    "of another row. A line: here `detach` ends the history, and the numbers go on. A strip under a cell: how far its "
    "outputs are off (none for rounding, strong for 1)."
)
HIDDEN = "After your answer, a sign between two cells says from which state a row starts."
IN_SHORT = (
    "- **Carry** the state where a row goes on: one long text, a recording, a sensor. Then the batches must keep their "
    "order: a wrong state is worse than none.\n"
    "- **Reset** it where every row is a new sequence: another sentence, another patient. Then the rows may be "
    "shuffled.\n"
    "- **Detach** it whenever you carry it over a training step: `state = h.detach(), c.detach()`. The numbers go on, "
    "and `backward` stays within the chunk."
)


def _verdict(found: Handed, way: str) -> None:
    compared = f"{len(found.lanes)} calls, compared with one call for the whole stream"
    if way == CARRY and found.same:
        exact = "not one bit differs" if found.largest == 0 else f"the largest difference is {figure(found.largest)}"
        verdict(True, "The carried state is right: the outputs are those of one call.", f"{compared}: {exact}.")
    elif found.same:
        verdict(
            True,
            "Here this state does no harm.",
            f"{compared}: the largest difference is {figure(found.largest)}, which is rounding. What is lost fades at "
            "once, for these settings.",
        )
    else:
        text = (
            f"{compared}: {found.off} of {found.max_abs_diff.numel()} outputs differ, by up to "
            f"{figure(found.largest)}. Torch gives no error."
        )
        if way == CARRY:
            verdict(False, "The outputs differ, although the state is carried.", text)
        elif way == RESET:
            finding("Zeros are wrong here: every chunk has forgotten the chunks before it.", text)
        else:
            finding("Shuffled rows are wrong here: a row goes on with the state of another row.", text)


def longer_chunks(page: Page, length: int, way: str) -> Attempt:
    """With reset chosen, find how much of a chunk suffers from a state of zeros."""
    outcome = ""
    if way == RESET and length == CHUNK.high:
        long, short = (handed(page.settings, size)[RESET].max_abs_diff.mean().item() for size in (length, 1))
        outcome = (
            f"In chunks of {length} an output differs by {figure(long)} on average, in chunks of 1 by {figure(short)}. "
            "Usually the strips are strongest where a chunk begins, and fade from there."
        )
    return Attempt(
        "What does a reset cost?",
        f"Choose *{RESET}*, and make the chunks as long as possible. Where in a chunk are the largest differences?",
        outcome,
    )
