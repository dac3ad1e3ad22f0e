"""How long an input is heard, on a page: with the forget gate shut, as it is, altered, and in a simple RNN."""

import streamlit as st

from components.charts.difference import FLOORS
from components.lessons.memory.echo.charts import echo
from components.lessons.memory.echo.facts import pulse_is_late
from components.lessons.memory.facts import Surgery
from components.lessons.memory.frames import SHUT, Heard, heard
from components.lstm.compare import UNCOUNTED
from components.ui.chart import chart
from components.ui.figures import figure, scientific
from components.ui.furniture import locked, section, small, verdict
from components.ui.shell import Page

DENSE = 40  # steps from which on lines have no points
ALT = (
    "Lines over the steps, on a logarithmic scale: how far h moves when the first input is taken away, in the LSTM as "
    "it is, with its forget gate held at zero, altered, and in a simple RNN. The table below holds the last values."
)


def show_echo(page: Page, surgery: Surgery, revealed: bool) -> None:
    """The first input, taken away: what later steps notice of it, and through what."""
    settings = page.settings
    with st.container():
        if not revealed:
            section("The other way from step to step")
            locked()
            return
        if pulse_is_late(settings, page.view.sample):
            section("The other way from step to step")
            st.info(
                f"In sample {page.view.sample} the pulse would come after the last step, so every x is zero and none "
                "can be taken away. Choose a smaller sample, or make the sequence longer.",
                icon=":material/hearing_disabled:",
            )
            return
        floor = FLOORS[settings.dtype]
        found = heard(settings, surgery, page.view.sample, floor)
        what = "the pulse" if settings.signal == "pulse" else f"x at t = {found.step}"
        section(
            "The other way from step to step",
            f"c is one way from step to step, h is the other. Set {what}, the first input that is not zero, to zero "
            "and run again. How far does h move from there on? An `nn.RNN` of the same sizes and seed has only h.",
        )
        _verdict(page, found)
        chart(echo(floor, found.names, settings.seq_len > DENSE), alt=ALT, heard=found.rows)
        lines = ["| | last step at which h moves beyond rounding | at the end it moves by |", "|---|---|---|"]
        for name in found.names:
            last = f"t = {found.last[name]}" if found.last[name] else "none"
            lines.append(f"| {name} | {last} | {figure(found.end[name])} |")
        limit = scientific(max(found.limit.values()))
        st.markdown("\n".join(lines) + f"\n\n{small(UNCOUNTED.format(limit))}")


def _verdict(page: Page, found: Heard) -> None:
    end = 1 if page.view.reverse else page.settings.seq_len
    if found.step == end:
        st.info(f"The first input that is not zero is read last, at t = {end}: no later step can notice it.")
        return
    last = found.last[SHUT]
    later = last and (last < found.step if page.view.reverse else last > found.step)
    if later:
        verdict(
            True,
            "Even with f held at 0 at every step, h still carries something on.",
            f"What is read at t = {found.step} moves h until t = {last}"
            + (", the very end." if last == end else ". After that the change is no more than rounding.")
            + " The gates read the h of the step before. So c forgets at once, but the network forgets only as h "
            "fades.",
        )
    elif found.deaf:
        verdict(
            True,
            "Here c is the only way.",
            "No gate of this cell reads h: its `weight_hh` is 0. So with f held at 0 at every step, nothing reaches a "
            "later step. With drawn weights it does.",
        )
    else:
        verdict(
            False,
            "Here nothing gets through.",
            f"With f held at 0, what is read at t = {found.step} moves no later h by more than rounding, "
            f"{scientific(found.limit[SHUT])}.",
        )
