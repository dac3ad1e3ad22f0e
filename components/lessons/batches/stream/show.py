"""State between batches, on a page: a stream in lanes and chunks, three ways of handing the state on, and the check."""

import streamlit as st

from components.lessons.batches import CHUNK, LESSON
from components.lessons.batches.stream.charts import stream
from components.lessons.batches.stream.frames import CROWDED, drawn
from components.lstm.stream import Handed, handed
from components.settings import CARRY, RESET, SHUFFLED
from components.ui.chart import chart
from components.ui.figures import figure
from components.ui.furniture import Attempt, aside, locked, verdict
from components.ui.shell import Page

ALT = (
    "A bar, the whole stream; below it a row for each row of the batch, a column for each chunk, and in the cells "
    "their places in the stream. Signs say what a row starts from, strips how far its outputs are off."
)
SEEN = {
    CARRY: "Along a row the places run on, from cell to cell: the next call goes on where this one stopped.",
    RESET: "The places run on, but the state does not: each chunk is read as if nothing had been before it.",
    SHUFFLED: "Along a row the places jump: the lanes have changed rows, and the state has stayed behind in its row.",
}


def choose_chunk(page: Page) -> int:
    """How many steps one call reads."""
    field = CHUNK
    chosen = st.slider(
        field.label, field.low, field.high, LESSON.starts["chunk"], help=field.help, key="chunk", bind="query-params"
    )
    return min(max(int(chosen), field.low), field.high)


def show_cut(page: Page, length: int) -> None:
    """How a stream becomes lanes and chunks, for these settings."""
    settings = page.settings
    total, batch, steps = settings.seq_len * settings.batch_size, settings.batch_size, settings.seq_len
    count = -(-steps // length)
    short = f", the last of {steps % length}" if steps % length else ""
    st.markdown(
        f"- One stream of {total} places becomes **{batch} lanes** of {steps}, side by side: the rows of the batch. "
        f"`stream.view({batch}, {steps}, {settings.input_size}).transpose(0, 1)`\n"
        f"- The lanes are cut into **{count} chunks** of {length} steps{short}. One chunk is one call, one `backward` "
        f"and one step of the optimiser. `lanes.split({length})`\n"
        "- `nn.LSTM` keeps nothing between calls. `output, state = lstm(chunk, state)`: with which state?"
    )


def show_stream(page: Page, length: int, way: str, revealed: bool) -> None:
    """The stream, its lanes and chunks; once `revealed`, what each row starts from and how far its outputs are off."""
    settings = page.settings
    words = [SEEN[way]] if revealed else ["Look along a row, from cell to cell."]
    words.append("A shade is a place in the stream: faint where it begins.")
    if revealed:
        words.append(
            "Between cells, where there is room: **→** the state of the place just before · **0** zeros · "
            ":red[**≠**] that of another place. A strip under a cell shows where its outputs are off from those of "
            "one uncut call: none for rounding, strong for 1."
        )
    aside(" ".join(words))
    picture = drawn(settings, length, way, revealed)
    chart(
        stream(picture.height, -(-settings.seq_len // length) > CROWDED),
        alt=ALT,
        cells=picture.cells,
        steps=picture.steps,
        joins=picture.joins,
        labels=picture.labels,
    )


def show_check(page: Page, length: int, way: str, revealed: bool) -> None:
    """Whether the chosen way gives the uncut run's outputs, and the three ways side by side."""
    if not revealed:
        locked()
        return
    found = handed(page.settings, length)
    _verdict(found[way], way)
    total = page.settings.seq_len * page.settings.batch_size
    lines = ["| state | largest difference | outputs off |", "|---|---|---|"]
    for name, one in found.items():
        bold = "**" if name == way else ""
        lines.append(
            f"| {bold}{name}{bold} | {figure(one.largest)} | {one.off} of {total} |",
        )
    st.markdown("\n".join(lines) + f"\n\n{WHEN}")


WHEN = (
    "- **Carried** where a row goes on: one long text, a recording, a sensor. Then the batches keep their order.\n"
    "- **Reset** where every row begins anew: another sentence, another patient. Then they may be shuffled.\n"
    "- **Detached** whenever it is carried over a step of the optimiser: `state = h.detach(), c.detach()`. Why: below."
)


def _verdict(found: Handed, way: str) -> None:
    rounding = f"{len(found.lanes)} calls against one"
    if way == CARRY and found.same:
        exact = "not one bit differs" if found.largest == 0 else f"they differ by at most {figure(found.largest)}"
        verdict(True, "Cut or not, the same stream.", f"{rounding}: {exact}.")
    elif found.same:
        verdict(
            True,
            "Here it does no harm.",
            f"{rounding}: at most {figure(found.largest)} off, which is rounding. What is lost fades at once, for "
            "these settings.",
        )
    else:
        headline = {
            CARRY: "Not even carried it is the same.",
            RESET: "Not the same: every chunk has forgotten the ones before.",
            SHUFFLED: "Not the same: every row goes on with a stranger's memory.",
        }[way]
        verdict(
            False,
            headline,
            f"{rounding}: {found.off} of {found.max_abs_diff.numel()} outputs are off, by up to "
            f"{figure(found.largest)}. torch says nothing.",
        )


def longer_chunks(page: Page, length: int, way: str) -> Attempt:
    """With reset chosen, find how much of a chunk suffers from a state of zeros."""
    outcome = ""
    if way == RESET and length == CHUNK.high:
        long, short = (handed(page.settings, steps)[RESET].max_abs_diff.mean().item() for steps in (length, 1))
        outcome = (
            f"In chunks of {length} an output is off by {figure(long)} on average, in chunks of 1 "
            f"by {figure(short)}. As a rule the strips are darkest where a chunk begins, and fade "
            "from there."
        )
    return Attempt(
        "What does a reset cost?",
        f"Choose *{RESET}*, and make the chunks as long as they can be. Where along a chunk is the damage?",
        outcome,
    )
