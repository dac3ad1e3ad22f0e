"""Why the state is a tuple, on a page: a cut sequence, continued four ways, and an RNN's single tensor below it."""

import dataclasses

import streamlit as st

from components.charts.scene import Layout
from components.kept import kept
from components.lessons.outputs import CUT
from components.lessons.outputs import program as programs
from components.lessons.outputs.carry.charts import carry
from components.lessons.outputs.carry.facts import CARRIED, continued, one_tensor, rnn_continued
from components.lessons.outputs.carry.frames import DEEPEST, FAINTEST, MAX_STEPS, carry_picture, carry_table
from components.lessons.outputs.show import compared_pairs
from components.lstm.build import shared_build
from components.lstm.compare import AGREED
from components.lstm.refusal import Refusal
from components.settings import Settings
from components.ui.chart import chart
from components.ui.figures import figure
from components.ui.furniture import Attempt, aside, code, folded, verdict
from components.ui.links import choose_up_to
from components.ui.shell import Page

ALT = (
    "A row of cells for each way to continue, from the cut to the end of the sequence. The darker a cell, the larger "
    "the difference from the output of the uncut run. The table below holds the same differences."
)
RNN = "nn.RNN, h"

cut_apart = kept(continued)
cut_rnn = kept(rnn_continued)


def by_run(settings: Settings, cut: int) -> dict[str, tuple[float, ...]]:
    """The difference at each step after the cut, for each continuation and for an `nn.RNN`."""
    return cut_apart(settings, cut).per_step | {RNN: cut_rnn(settings, cut)}


@kept
def cut_picture(settings: Settings, cut: int) -> Layout:
    """The picture of a cut."""
    return carry_picture(cut + 1, by_run(settings, cut))


@kept
def one_tensor_refusal(settings: Settings) -> Refusal | None:
    """What torch says when an LSTM is given one tensor."""
    return one_tensor(shared_build(settings))


def choose_cut(page: Page) -> int | None:
    """The step after which the sequence is cut; None where there is no second step."""
    last = page.settings.seq_len - 1
    if not last:
        return None
    return choose_up_to(last, "cut", CUT.label, first=1, usual=1, help=CUT.help)


def show_carry(page: Page, cut: int | None) -> None:
    """The four continuations and an RNN as cells, the verdict, and all differences as a table."""
    settings = dataclasses.replace(page.settings, bidirectional=False)
    if cut is None:
        st.info("A sequence of one step cannot be cut. Make the sequence longer.", icon=":material/content_cut:")
        return
    picture = cut_picture(settings, cut)
    chart(carry(picture.form), alt=ALT, **picture.columns)
    words = (
        "Each cell is the largest difference at that step: the darker, the larger, from "
        f"{FAINTEST:g} to {DEEPEST:g} on a logarithmic scale. The last row is an `nn.RNN` of the same sizes, cut at "
        "the same step: its state is one tensor, so h is all of it."
    )
    if settings.seq_len - cut > MAX_STEPS:
        words += f" Shown: the first and the last {MAX_STEPS // 2} of {settings.seq_len - cut} steps after the cut."
    aside(words)
    _verdict(page.settings, cut)


def show_table(page: Page, cut: int | None) -> None:
    """All differences as a table, made when it is opened."""
    if cut is not None and (table := folded("The differences as a table", "carry_table")):
        one_way = dataclasses.replace(page.settings, bidirectional=False)
        found, runs = carry_table(cut + 1, by_run(one_way, cut)), [*CARRIED, RNN]
        table.dataframe(found[["t"]].join(found[runs].map(figure)), hide_index=True, height=320)


def _verdict(settings: Settings, cut: int) -> None:
    """What has to be carried, as found."""
    result = cut_apart(dataclasses.replace(settings, bidirectional=False), cut)
    worst = {name: max(differences) for name, differences in result.per_step.items()}
    both, *less = CARRIED
    harmless = [name for name in less if result.same(name)]
    if not result.same(both):
        verdict(False, "Not even (h, c) continues it.", f"With (h, c) the largest difference is {figure(worst[both])}.")
    elif harmless:
        verdict(
            True,
            "(h, c) continues the sequence, and here less is enough:",
            f"{', '.join(harmless)}. What is left out is zero or fades at once, in this sequence and at this cut.",
        )
    else:
        off = ", ".join(f"{name} {figure(worst[name])}" for name in less)
        exact = "Not one bit differs" if worst[both] == 0 else f"The largest difference is {figure(worst[both])}"
        verdict(True, "You need both, h and c.", f"{exact} with (h, c). The largest differences with less: {off}.")
        if worse := [name for name in less[:2] if worst[name] > worst["neither"]]:
            st.markdown(
                f"Here {' and '.join(f'“{name}”' for name in worse)} {'is' if len(worse) == 1 else 'are'} worse than "
                "“neither”, although more is kept. A missing h changes `output`, and a missing c changes it too. If "
                "one change is up and the other is down, they cancel in part when both are missing. That is chance, "
                "not a better start."
            )
    if settings.bidirectional:
        whole = max(cut_apart(settings, cut).per_step[both])
        st.markdown(
            "These figures are for the same settings with one direction. With two directions a sequence cannot be cut "
            "like this: the reverse direction starts at the end and reads the first part last, so at the cut there is "
            "no state of the steps that it has not read yet. With both directions the largest difference is "
            f"{figure(whole)}, even with (h, c)."
        )


def show_refusal(page: Page) -> None:
    """What torch says when an LSTM is given one tensor; made when it is opened."""
    if place := folded("One tensor as state: what torch says", "one_tensor", ":material/error_outline:"):
        with place:
            _refusal(page.settings)


def _refusal(settings: Settings) -> None:
    refusal = one_tensor_refusal(settings)
    if refusal is None:
        st.markdown("With `h_0` alone torch gives no error here.")
        return
    st.markdown(
        "**One tensor is not the state of an LSTM.** You call `nn.RNN` with `h_0`, but `nn.LSTM` with `(h_0, c_0)`. "
        "If you give it `h_0` alone, it reads this tensor as the tuple: it takes the first two slots for h and c, and "
        f"each has one axis too few. In torch's words: *{refusal.name}: {refusal.words}*"
    )
    code(programs.raising(settings, refusal.name))


def cut_is_forgotten(page: Page, cut: int | None) -> Attempt:
    """Lengthen the sequence until a continuation with h alone agrees at the end."""
    outcome = ""
    task = (
        "Look at the section *Why the state is a tuple*, below. Make the sequence longer until “h alone” differs from "
        f"the uncut run by at most {AGREED:g}, and stays so until the end."
    )
    if cut is not None:
        differences = cut_apart(dataclasses.replace(page.settings, bidirectional=False), cut).per_step["h alone"]
        stays = next((n for n in range(len(differences)) if max(differences[n:]) <= AGREED), None)
        if stays is None:
            task += f" At the last step it differs by {figure(differences[-1])}."
        elif stays == 0:
            outcome = (
                f"With the cut after step {cut}, the loss of c never makes a difference above "
                f"{figure(max(differences))}. Try another seed or cut."
            )
        else:
            outcome = (
                f"With the cut after step {cut}, the loss of c is forgotten from step {cut + 1 + stays} on. The forget "
                "gates keep only a share of an old c, so they keep only a share of its loss. "
                "Move the cut: does its place matter?"
            )
    return Attempt("How long does the loss of c last?", task, outcome)


def program(page: Page, cut: int | None) -> str:
    """The lesson's program, which prints the digits of the page."""
    return programs.program(page.settings, compared_pairs(page.settings), cut)
