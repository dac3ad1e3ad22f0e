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
    "Four lines from the cut to the end of the sequence, on a logarithmic scale: how far the output is from the uncut "
    "run's when the state, h alone, c alone or nothing is carried on. The table beside it holds the largest of each."
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
        st.info("One step cannot be cut. Lengthen the sequence.", icon=":material/content_cut:")
        return
    result, rnn = cut_apart(settings, cut), cut_rnn(settings, cut)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        floor = FLOORS[settings.dtype]
        chart(carry(floor, CARRIED, settings.seq_len > DENSE), alt=ALT, carried=cut_columns(settings, cut))
    with right:
        lines = ["| continued with | largest difference | at the end |", "|---|---|---|"]
        for name, apart in (*result.per_step.items(), ("`nn.RNN`, h", rnn)):
            lines.append(f"| {name} | {figure(max(apart))} | {figure(apart[-1])} |")
        st.markdown(
            "\n".join(lines) + "\n\nBelow the line an `nn.RNN` of the same sizes, cut at the same step: its state is "
            "one tensor, and h is all of it."
        )
    _verdict(page.settings, cut)


def _verdict(settings: Settings, cut: int) -> None:
    """What has to be carried, as found."""
    result = cut_apart(dataclasses.replace(settings, bidirectional=False), cut)
    worst = {name: max(apart) for name, apart in result.per_step.items()}
    both, *less = CARRIED
    harmless = [name for name in less if result.same(name)]
    if not result.same(both):
        verdict(False, "Not even both continue it.", f"(h, c) is {figure(worst[both])} off.")
    elif harmless:
        verdict(
            True,
            "Both continue it, and here less does too:",
            f"{', '.join(harmless)}. What is dropped is zero or fades at once, in this sequence and at this cut.",
        )
    else:
        off = ", ".join(f"{name} {figure(worst[name])}" for name in less)
        exact = "Not one bit differs" if worst[both] == 0 else f"They differ by at most {figure(worst[both])}"
        verdict(True, "It takes both.", f"{exact} with (h, c). Off by up to: {off}.")
    if settings.bidirectional:
        whole = max(cut_apart(settings, cut).per_step[both])
        st.markdown(
            "Here the same settings in one direction. Two cannot be cut: the reverse direction starts at the end and "
            "reaches the first part last, so no state at the cut stands for the steps it has yet to read. With both "
            f"directions even (h, c) is {figure(whole)} off."
        )


def show_refusal(page: Page) -> None:
    """What torch says when an LSTM is given one tensor."""
    refusal = one_tensor_refusal(page.settings)
    if refusal is None:
        st.markdown("Given `h_0` alone, torch says nothing here.")
        return
    st.markdown(
        "**One tensor is not a state.** `nn.RNN` is called with `h_0`, `nn.LSTM` with `(h_0, c_0)`. Given `h_0` alone "
        "it takes that for the tuple: the first two slots for h and c, each an axis short. In torch's words: "
        f"*{refusal.name}: {refusal.words}*"
    )
    code(programs.raising(page.settings, refusal.name))


def cut_is_forgotten(page: Page, cut: int | None) -> Attempt:
    """Lengthen the sequence until a continuation with h alone agrees at the end."""
    outcome = ""
    task = (
        f"Lengthen the sequence until “h alone” is within {AGREED:g} of the uncut run and stays there. "
        "Then move the cut: does it matter where?"
    )
    if cut is not None:
        apart = cut_apart(dataclasses.replace(page.settings, bidirectional=False), cut).per_step["h alone"]
        stays = next((n for n in range(len(apart)) if max(apart[n:]) <= AGREED), None)
        if stays is None:
            task += f" At the last step it is {apart[-1]:.2g} off."
        elif stays == 0:
            outcome = f"Cut after step {cut}, the loss of c never exceeds {max(apart):.1g}. Try another seed or cut."
        else:
            outcome = (
                f"Cut after step {cut}, the loss of c is forgotten from step {cut + 1 + stays} on. What the forget "
                "gates keep of an old c, they keep of its loss."
            )
    return Attempt("How long does the loss of c last?", task, outcome)


def program(page: Page, cut: int | None) -> str:
    """The lesson's program, which prints the digits of the page."""
    return programs.program(page.settings, compared_pairs(page.settings), cut)
