"""`clip_grad_norm_` on a page: five gradients, before and after."""

import streamlit as st

from components.lessons.batches.clipping.facts import Clipped, clipped, nonfinite
from components.ui.figures import figure
from components.ui.furniture import folded, verdict
from components.ui.shell import Page


def show_clipping(page: Page, length: int) -> None:
    """What is returned and what is left of the first chunk's gradient, as it is and spoilt; made when it is opened."""
    if place := folded("Five gradients, clipped: what is returned, what is left", "clipped", ":material/content_cut:"):
        with place:
            _show(clipped(page.settings, length))


def _show(found: tuple[Clipped, ...]) -> None:
    long = found[0]
    good = all(one.returns_before for one in found) and long.after <= long.max_norm
    if good:
        verdict(
            True,
            "It returns the norm before clipping.",
            f"{figure(long.returned)} was returned, {figure(long.after)} is left. To see whether your gradients are "
            "clipped, compare what is returned with `max_norm`.",
        )
    else:
        odd = next((one for one in found if not one.returns_before), long)
        verdict(
            False,
            "Here it does not return the norm before.",
            f"The norm was {odd.before:.4g}, {odd.returned:.4g} was returned, {odd.after:.4g} is left.",
        )
    lines = [
        "| the gradient | norm | returned | left |",
        "|---|---|---|---|",
    ]
    for one in found:
        lines.append(f"| {one.name} | {_number(one.before)} | {_number(one.returned)} | {_left(one)} |")
    refusal = nonfinite()
    words = f" (*{refusal.name}*)" if refusal else ""
    st.markdown(
        "\n".join(lines)
        + "\n\nThe gradient is that of the first chunk; `max_norm` is half its norm in the first row, twice in the "
        "second, then 1. All numbers are multiplied by `max_norm` / norm where that is below 1. An infinite norm "
        "makes that 0: the step is lost, in silence. 0 times infinity is NaN, and NaN times anything is NaN: with the "
        f"step the weights are lost. `error_if_nonfinite=True` raises instead{words}."
    )


def _number(value: float) -> str:
    return figure(value) if value < 1e4 else f"{value:g}"


def _left(one: Clipped) -> str:
    """What has become of the numbers, as counted."""
    if one.nans == one.numbers:
        return "every number NaN"
    if one.nans:
        return f"{one.nans} NaN, {one.zeros} made 0"
    if one.after == 0:
        return "every number 0"
    share = one.after / one.before
    return f"{_number(one.after)}, as it was" if share == 1 else f"{_number(one.after)}, times {share:.2g}"
