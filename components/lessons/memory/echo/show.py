"""How long an input is heard, on a page: with the forget gate shut, as it is, altered, and in a simple RNN."""

import streamlit as st

from components.charts.difference import FLOORS
from components.lessons.memory.echo.charts import echo
from components.lessons.memory.echo.facts import pulse_is_late
from components.lessons.memory.facts import Surgery
from components.lessons.memory.frames import carried, heard
from components.lstm.compare import UNCOUNTED
from components.ui.chart import chart
from components.ui.figures import figure, scientific
from components.ui.furniture import locked, small, verdict
from components.ui.shell import Page

DENSE = 40  # steps from which on lines have no points
ALT = (
    "Lines over the steps, on a logarithmic scale: how far h moves when the first input is taken away, in the LSTM as "
    "it is, with its forget gate held at zero, altered, and in a simple RNN. The table below holds the last values."
)


def show_verdict(page: Page) -> None:
    """Whether h still carries something on while the forget gate is held at 0: one element, with the figure."""
    settings, view = page.settings, page.view
    if pulse_is_late(settings, view.sample):
        _say_late(page)
        return
    found = carried(settings, view.layer, int(view.reverse), view.sample)
    end = 1 if view.reverse else settings.seq_len
    if found.step == end:
        st.info(f"The first input that is not zero is read last, at t = {end}: no later step can notice it.")
    elif found.last and (found.last < found.step if view.reverse else found.last > found.step):
        verdict(
            True,
            "Even with f held at 0 at every step, h still carries something on.",
            f"What is read at t = {found.step} moves h until t = {found.last}"
            + (", the very end." if found.last == end else ". After that the change is no more than rounding."),
        )
    elif found.deaf:
        verdict(
            True,
            "Here c is the only way.",
            "No gate of this cell reads h: its `weight_hh` is 0. So with f held at 0 at every step, nothing reaches a "
            "later step. With sampled weights it does.",
        )
    else:
        verdict(
            False,
            "Here nothing gets through.",
            f"With f held at 0, what is read at t = {found.step} moves no later h by more than rounding, "
            f"{scientific(found.limit)}.",
        )


def _say_late(page: Page) -> None:
    st.info(
        f"In sample {page.view.sample} the pulse would come after the last step, so every x is zero and none can be "
        "taken away. Choose a smaller sample, or make the sequence longer.",
        icon=":material/hearing_disabled:",
    )


def show_echo(page: Page, surgery: Surgery, revealed: bool) -> None:
    """The first input, taken away: what later steps notice of it, and through what."""
    settings = page.settings
    if not revealed:
        locked()
        return
    if pulse_is_late(settings, page.view.sample):
        _say_late(page)
        return
    floor = FLOORS[settings.dtype]
    found = heard(settings, surgery, page.view.sample, floor)
    what = "the pulse" if settings.signal == "pulse" else f"x at t = {found.step}"
    st.markdown(
        f"c is one way from step to step, h is the other. Set {what}, the first input that is not zero, to zero and "
        "run again. How far does h move from there on? An `nn.RNN` of the same sizes and seed has only h."
    )
    chart(echo(floor, found.names, settings.seq_len > DENSE), alt=ALT, heard=found.rows)
    lines = ["| | last step at which h moves beyond rounding | at the end it moves by |", "|---|---|---|"]
    for name in found.names:
        last = f"t = {found.last[name]}" if found.last[name] else "none"
        lines.append(f"| {name} | {last} | {figure(found.end[name])} |")
    limit = scientific(max(found.limit.values()))
    st.markdown("\n".join(lines) + f"\n\n{small(UNCOUNTED.format(limit))}")
