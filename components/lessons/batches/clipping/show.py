"""`clip_grad_norm_` on a page: five gradients, before and after."""

import streamlit as st

from components.lessons.batches.clipping.facts import Clipped, clipped, nonfinite
from components.ui.figures import figure
from components.ui.furniture import verdict
from components.ui.shell import Page


def show_clipping(page: Page, length: int) -> None:
    """What is returned and what is left of the first chunk's gradient, as it is and spoilt."""
    st.markdown(
        "Many programs clip gradients between `backward` and the training step: `norm = clip_grad_norm_(parameters, "
        "max_norm)`. Is this the norm before or after clipping? And what happens to an infinite gradient?"
    )
    _show(clipped(page.settings, length))


def _show(found: tuple[Clipped, ...]) -> None:
    long = found[0]
    good = all(gradient.returns_before for gradient in found) and long.within
    if good:
        verdict(
            True,
            "It returns the norm before clipping.",
            f"{figure(long.returned)} was returned, {figure(long.after)} is left. To see whether your gradients are "
            "clipped, compare what is returned with `max_norm`.",
        )
    else:
        odd = next((gradient for gradient in found if not gradient.returns_before), long)
        verdict(
            False,
            "Here it does not return the norm before.",
            f"The norm was {odd.before:.4g}, {odd.returned:.4g} was returned, {odd.after:.4g} is left.",
        )
    lines = [
        "| the gradient | norm | returned | left |",
        "|---|---|---|---|",
    ]
    for gradient in found:
        lines.append(
            f"| {gradient.name} | {_number(gradient.before)} | {_number(gradient.returned)} | {_left(gradient)} |"
        )
    refusal = nonfinite()
    words = f" (*{refusal.name}*)" if refusal else ""
    st.markdown(
        "\n".join(lines) + "\n\n"
        "The gradient is that of the first chunk. `max_norm` is half its norm in the first row, twice its norm in "
        "the second, then 1. If `max_norm` / norm is below 1, all numbers of the gradient are multiplied by this "
        "factor. An infinite norm makes it 0: the training step changes nothing, and there is no error. But 0 times "
        "infinity is NaN, and NaN times anything is NaN. Then the training step makes the weights NaN, too. "
        f"`error_if_nonfinite=True` raises an error instead{words}."
    )


def _number(value: float) -> str:
    return figure(value) if value < 1e4 else f"{value:g}"


def _left(gradient: Clipped) -> str:
    """What has become of the numbers, as counted."""
    if gradient.nans == gradient.numbers:
        return "every number NaN"
    if gradient.nans:
        return f"{gradient.nans} NaN, {gradient.zeros} made 0"
    if gradient.after == 0:
        return "every number 0"
    changed = "as it was" if gradient.unchanged else f"times {gradient.after / gradient.before:.2g}"
    return f"{_number(gradient.after)}, {changed}"
