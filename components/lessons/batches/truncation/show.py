"""What `detach` does, on a page: where gradients end, what torch refuses, and what a kept graph costs."""

import streamlit as st

from components.lessons.batches import program as programs
from components.lessons.batches.truncation import charts
from components.lessons.batches.truncation.facts import (
    MOST,
    PATIENCE,
    RATE,
    TIMES,
    Growth,
    Reach,
    backward_refusal,
    growth,
    reach,
    timed,
)
from components.lessons.batches.truncation.frames import KEPT, LINES, growth_columns, reached, scale
from components.ui import beside
from components.ui.chart import chart
from components.ui.figures import figure, scientific
from components.ui.furniture import Attempt, code, folded, locked, revealed, verdict
from components.ui.shell import Page

DENSE, CROWDED = 50, 25  # steps beyond which points are small, chunks beyond which their borders are not shown
FAINT = 1e-6  # of the largest gradient: what is smaller counts for nothing in the first attempt
REACH_ALT = (
    "Two lines over the steps, on a logarithmic scale: how strongly the last output depends on each input, with the "
    "graph kept and detached. Detached, every step before the last chunk is on the line of exactly zero."
)
GROWTH_ALT = (
    "Two lines over the chunks: what each chunk's backward costs with the graph kept, and with the state detached."
)


def show_reach(page: Page, length: int) -> None:
    """The gradient of the last step at every distance, with the graph kept and with the state detached."""
    st.markdown(
        "How strongly does the *last* output depend on each earlier input: with `detach` at every border, and without?"
    )
    if not revealed(page):
        locked()
        return
    settings = page.settings
    found = reach(settings, length)
    picture = reached(found, length)
    chart(
        charts.reach(
            scale(settings.seq_len), LINES, settings.seq_len > DENSE, -(-settings.seq_len // length) > CROWDED
        ),
        alt=REACH_ALT,
        rows=picture.rows,
        borders=picture.borders,
    )
    _verdict(found, page)


def _verdict(found: Reach, page: Page) -> None:
    last = f"{found.border + 1} to {page.settings.seq_len}"
    last = f"steps {last}" if found.border + 1 < page.settings.seq_len else f"step {page.settings.seq_len}"
    kept = max(found.kept[: found.border])
    if found.exact and found.alike:
        underflow = (
            f" At {found.kept_zeros} steps it is 0 also with the graph kept: it is too small for {page.settings.dtype}."
            if found.kept_zeros
            else ""
        )
        verdict(
            True,
            "Before the last `detach` the gradient is exactly 0.",
            f"That is so at all {found.border} steps there, in every number. With the graph kept, the gradient is up "
            f"to {figure(kept)} there. In the last chunk, {last}, both gradients are the same: they differ by "
            f"{scientific(found.differ)} of the largest one, and rounding explains {scientific(found.limit)}. `detach` "
            f"removes the history, not the numbers: the outputs are the same in both cases.{underflow}",
        )
    else:
        verdict(
            False,
            "`detach` changes the gradient in the last chunk."
            if found.exact
            else "`detach` does not stop all of the gradient.",
            f"In the last chunk, {last}, both gradients differ by {figure(found.differ)} of the largest one."
            if found.exact
            else f"Only {found.cut_zeros} of {found.border} steps have a gradient of exactly 0.",
        )


def show_kept(page: Page, length: int) -> None:
    """What happens if the state is carried with its history: two errors, and a cost that grows."""
    if not revealed(page):
        locked()
        return
    _show_refusals(page, length)
    _show_growth(page, length)


def _show_refusals(page: Page, length: int) -> None:
    """The two errors of a state that is carried with its history, in torch's words, each with its program."""
    settings = page.settings
    mistakes = (
        (
            "**Not detached.** The second `backward` tries to go back into the first chunk. But its graph does not "
            "exist any more: the first `backward` has freed it. Every loop that forgets to detach ends here.",
            None,
        ),
        (
            "**`retain_graph=True`, and a training step.** The graph of the first chunk is kept, as that message "
            "proposes. But the weights with which it was made are not kept: the training step has overwritten them.",
            RATE,
        ),
    )
    for words, rate in mistakes:  # one below the other: side by side their lines would be cut on a projector
        refusal = backward_refusal(settings, length, rate is not None)
        error = f"{refusal.name}: {_plain(refusal.words)}" if refusal else "nothing"
        st.markdown(f"{words} Torch says: *{error}*")
        code(programs.chunked(length, rate))
    if place := folded("Both as whole programs, which raise these errors", "refusals", ":material/code:"):
        with place:
            for _, rate in mistakes:
                if (refusal := backward_refusal(settings, length, rate is not None)) is not None:
                    code(programs.raising(settings, length, refusal.name, rate))


def _plain(words: str) -> str:
    """An error's words in Markdown, in which brackets and underscores mean something."""
    return "".join(f"\\{letter}" if letter in "[]_*" else letter for letter in words)


def _show_growth(page: Page, length: int) -> None:
    """What each chunk's backward costs with the graph kept: nodes at once, milliseconds on a button."""
    settings = page.settings
    grown = growth(settings, length)
    count = len(grown.kept)
    st.markdown(
        "**`retain_graph=True`, and no training step.** Now torch gives no error. But every `backward` goes back to "
        "the first chunk, through all chunks so far, and torch has to keep all of them."
    )
    chart(charts.growth("nodes in the graph", LINES), alt=GROWTH_ALT, grown=growth_columns(grown))
    cap = f" Counted: the first {MOST} chunks." if settings.seq_len // length > MOST else ""
    ratio = f"{grown.kept[-1] / grown.cut[-1]:.1f}"
    verdict(
        grown.grows,
        "With the graph kept, every chunk costs more than the chunk before."
        if grown.grows
        else "Here it does not grow.",
        f"`backward` of chunk {count} visits {grown.kept[-1]:.0f} nodes, {ratio} times as many as with `detach`.{cap}",
    )
    beside.measure(
        "backward",
        (settings, length),
        TIMES * count,
        lambda: timed(settings, length),
        _times,
        button="Measure the time",
        help=f"Runs each `backward` up to {TIMES} times, here on the server.",
        seconds=PATIENCE,
        caption=f"chunks of {length} · {settings.caption}",
    )


def _times(found: list[Growth]) -> None:
    best = found[-1]
    chart(charts.growth("ms for backward", LINES), alt=GROWTH_ALT, grown=growth_columns(best))
    kept, cut = best.kept[-1], best.cut[-1]
    st.markdown(
        f"Each time is the shortest of a few runs. `backward` of the last of these chunks takes {kept:.2g} ms with the "
        f"graph kept and {cut:.2g} ms with `detach`: {kept / cut:.1f} times as long. The numbers of nodes above are "
        "the same at every count."
    )


def fades_by_itself(page: Page, length: int) -> Attempt:
    """Lengthen the sequence until the gradient of the first step has faded without any detach."""
    found = reach(page.settings, length)
    share = found.kept[0] / (max(found.kept) or 1.0)
    outcome = ""
    if share < FAINT:
        outcome = (
            f"With the whole graph kept, the gradient of x at t = 1 is {scientific(share)} of the largest. So at that "
            "distance `detach` takes nothing away that matters in training. What it takes away is near its border."
        )
    return Attempt(
        "How much does `detach` take away?",
        f"Make the sequence longer until the gradient of the first step, *{KEPT}*, is below a millionth of the largest "
        f"gradient. At present it is {scientific(share)} of it.",
        outcome,
    )


def program(page: Page, length: int) -> str:
    """The stateful training loop that one takes home."""
    return programs.program(page.settings, length)
