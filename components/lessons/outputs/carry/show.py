"""Why the state is a tuple, on a page: a cut sequence, continued four ways, and an RNN's single tensor beside it."""

import dataclasses

import streamlit as st

from components.charts.columns import Columns
from components.charts.difference import FLOORS
from components.kept import kept
from components.lessons.outputs import CUT
from components.lessons.outputs import program as programs
from components.lessons.outputs.carry.charts import carry
from components.lessons.outputs.carry.facts import CARRIED, continued, one_tensor, rnn_continued
from components.lessons.outputs.carry.frames import carry_columns
from components.lessons.outputs.show import compared_pairs
from components.lstm.build import shared_build
from components.lstm.compare import AGREED
from components.lstm.refusal import Refusal
from components.settings import Settings
from components.ui.chart import chart
from components.ui.figures import figure
from components.ui.furniture import Attempt, code, verdict
from components.ui.links import choose_up_to
from components.ui.shell import Page

DENSE = 40  # steps from which on lines have no points
ALT = (
    "Four lines from the cut to the end of the sequence, on a logarithmic scale: the largest difference from the "
    "output of the uncut run when the state, h alone, c alone or nothing is carried on. The table beside it holds the "
    "largest of each."
)

cut_apart = kept(continued)
cut_rnn = kept(rnn_continued)


@kept
def cut_columns(settings: Settings, cut: int) -> Columns:
    """What the chart draws of a cut."""
    return carry_columns(cut_apart(settings, cut), FLOORS[settings.dtype])


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
    """The four continuations as curves and as a table, the verdict, and an RNN beside them."""
    settings = dataclasses.replace(page.settings, bidirectional=False)
    if cut is None:
        st.info("A sequence of one step cannot be cut. Make the sequence longer.", icon=":material/content_cut:")
        return
    result, rnn = cut_apart(settings, cut), cut_rnn(settings, cut)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        floor = FLOORS[settings.dtype]
        chart(carry(floor, CARRIED, settings.seq_len > DENSE), alt=ALT, carried=cut_columns(settings, cut))
    with right:
        lines = ["| continued with | largest difference | at the end |", "|---|---|---|"]
        for name, differences in (*result.per_step.items(), ("`nn.RNN`, h", rnn)):
            lines.append(f"| {name} | {figure(max(differences))} | {figure(differences[-1])} |")
        st.markdown(
            "\n".join(lines)
            + "\n\nThe last row is an `nn.RNN` of the same sizes, cut at the same step: its state is one tensor, so "
            "h is all of it."
        )
    _verdict(page.settings, cut)


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
    if settings.bidirectional:
        whole = max(cut_apart(settings, cut).per_step[both])
        st.markdown(
            "These figures are for the same settings with one direction. With two directions a sequence cannot be cut "
            "like this: the reverse direction starts at the end and reads the first part last, so at the cut there is "
            "no state of the steps that it has not read yet. With both directions the largest difference is "
            f"{figure(whole)}, even with (h, c)."
        )


def show_refusal(page: Page) -> None:
    """What torch says when an LSTM is given one tensor."""
    refusal = one_tensor_refusal(page.settings)
    if refusal is None:
        st.markdown("With `h_0` alone torch gives no error here.")
        return
    st.markdown(
        "**One tensor is not the state of an LSTM.** You call `nn.RNN` with `h_0`, but `nn.LSTM` with `(h_0, c_0)`. "
        "If you give it `h_0` alone, it reads this tensor as the tuple: it takes the first two slots for h and c, and "
        f"each has one axis too few. In torch's words: *{refusal.name}: {refusal.words}*"
    )
    code(programs.raising(page.settings, refusal.name))


def cut_is_forgotten(page: Page, cut: int | None) -> Attempt:
    """Lengthen the sequence until a continuation with h alone agrees at the end."""
    outcome = ""
    task = (
        f"Make the sequence longer until “h alone” differs from the uncut run by at most {AGREED:g}, and stays so "
        "until the end. Then move the cut: does its place matter?"
    )
    if cut is not None:
        differences = cut_apart(dataclasses.replace(page.settings, bidirectional=False), cut).per_step["h alone"]
        stays = next((n for n in range(len(differences)) if max(differences[n:]) <= AGREED), None)
        if stays is None:
            task += f" At the last step it differs by {differences[-1]:.2g}."
        elif stays == 0:
            outcome = (
                f"With the cut after step {cut}, the loss of c never makes a difference above {max(differences):.1g}. "
                "Try another seed or cut."
            )
        else:
            outcome = (
                f"With the cut after step {cut}, the loss of c is forgotten from step {cut + 1 + stays} on. The forget "
                "gates keep only a share of an old c, so they keep only a share of its loss."
            )
    return Attempt("How long does the loss of c last?", task, outcome)


def program(page: Page, cut: int | None) -> str:
    """The lesson's program, which prints the digits of the page."""
    return programs.program(page.settings, compared_pairs(page.settings), cut)
