"""The check that a loop and one call compute the same thing, with the mistakes that make it fail."""

import math

import streamlit as st

from components.kept import kept
from components.lessons.live import LABELS
from components.lessons.live.check import program as programs
from components.lessons.live.check.facts import MISTAKES, as_batch_words, check, measure, rounding_example, why_harmless
from components.lstm.build import shared_build
from components.lstm.compare import Comparison
from components.lstm.cost import PAIRS, PATIENCE, Cost
from components.settings import Settings
from components.ui import beside, links
from components.ui.figures import NON_BREAKING, figure, scientific
from components.ui.furniture import aside, code, locked, revealed, verdict
from components.ui.shell import Page

# A bound control writes the words it shows into the URL, so the words are the options.
KEYS = {label: key for key, label in LABELS.items()}

MARKED = (
    "The picture shows the numbers without the mistake. A red frame marks each c and h that the mistake changes. The "
    "tab *Numbers* has both."
)

checked = kept(check)


def choose_mistake(page: Page) -> str:
    """The mistake to make, by its key in `MISTAKES`, chosen beside the picture; and where to see what it changes."""
    with page.coach:
        mistake = KEYS[links.choose("mistake")]
        if mistake != "none":
            aside(MARKED if revealed(page) else "Answer the question first. Then the picture marks what this changes.")
    return mistake


def show_check(page: Page, mistake: str, revealed: bool) -> None:
    """Once `revealed`, loop and call side by side as code, the figures and what they mean."""
    if not revealed:
        # The code waits too: what highlights it is heavier than the charts, and would keep the first picture waiting.
        locked()
        return
    settings = page.settings
    loop, call = programs.loop(settings, mistake), programs.call(settings, mistake)
    narrow = max(map(len, loop.splitlines())) < 60  # side by side on a projector too
    with st.container(horizontal=narrow, gap="small"):  # one element, where columns would be three
        for body in (loop, call):
            code(body, height="stretch" if narrow else "content")
    result = checked(settings, mistake)
    _rows(settings, result)
    if mistake == "as_batch":
        _as_batch(settings)


def show_verdict(settings: Settings, mistake: str) -> None:
    """Whether loop and call are the same, in one large line, with the largest difference and the reason."""
    result, chosen = checked(settings, mistake), MISTAKES[mistake]
    if result.same and mistake == "none":
        rounding = f"The largest difference is {scientific(result.difference)}: that is rounding."
        verdict(True, "The same.", rounding if result.difference else f"Not one bit differs here.{_elsewhere()}")
    elif result.same:
        why = why_harmless(settings, mistake, result)
        verdict(True, "The same, in spite of the mistake.", f"{chosen.sentence} {why}")
    else:
        line = f"The faulty line:  \n`{programs.faulty_line(settings, mistake)}`"
        verdict(
            False, "Not the same.", f"The largest difference is {figure(result.difference)}. {chosen.sentence} {line}"
        )


def _elsewhere() -> str:
    """Sizes at which a bit differs on this machine, in one sentence; empty if none were found."""
    if (found := rounding_example()) is None:
        return ""
    settings, difference = found
    sizes = f"I = {settings.input_size} and H = {settings.hidden_size}"
    return f" At {sizes} a bit differs: there the largest difference is {scientific(difference)}."


def _rows(settings: Settings, result: Comparison) -> None:
    lines = ["| | largest difference | within tolerance | bit for bit |", "|---|---|---|---|"]
    for row in result.rows:
        difference = scientific(row.difference)
        if math.isnan(row.difference):
            difference = f"shapes {row.shapes[0]} and {row.shapes[1]}"
        within = ":green[:material/check: yes]" if row.within else ":red[:material/close: no]"
        lines.append(f"| `{row.name}` | {difference} | {within} | {'yes' if row.bitwise else 'no'} |")
    st.markdown("\n".join(lines))
    base = "1e-12" if settings.dtype == "float64" else "2e-6"
    st.caption(
        f"Tolerance for {settings.dtype}: {base} · max(1, largest |c_n|), here {scientific(result.tolerance)}. Sums in "
        "another order are rounded differently, so the numbers need not be the same bit for bit. The table shows "
        "whether they are.".replace("-", NON_BREAKING)
    )


def _as_batch(settings: Settings) -> None:
    if words := as_batch_words(shared_build(settings)):
        st.markdown(
            "Without a state, as above, torch gives no error. With `(h_0, c_0)` the same call raises one, in torch's "
            f"words: *{words}*"
        )
        code(programs.raising(settings))
    else:
        st.markdown(
            "Torch gives no error here, not even with `(h_0, c_0)`: there are as many samples as time steps, so every "
            "shape fits."
        )


def show_cost(page: Page) -> None:
    """On a button: what the loop costs against the single call, measured here."""
    settings = page.settings
    beside.measure(
        "cost",
        settings,
        PAIRS,
        lambda: measure(settings),
        lambda found: st.markdown(_cost(settings, found[-1])),
        button="Measure the cost",
        help=f"Runs the loop and the single call {PAIRS} times each, in turns, here on the server.",
        seconds=PATIENCE,
        caption=settings.caption,
    )


def _cost(settings: Settings, cost: Cost) -> str:
    return (
        f"The loop takes **{cost.ratio:.1f} times** as long as the single call (median of {cost.pairs} pairs, half of "
        f"them between {cost.low:.1f} and {cost.high:.1f}). Each call costs some time of its own, and the loop pays it "
        f"for every step: {settings.seq_len} times."
    )
