"""The lesson on axes: the picture on the stage; below it two axes, what raises and what does not, and all shapes."""

from typing import Any

import streamlit as st

from components.kept import kept
from components.lessons.shapes import LABELS, UNNOTICED, charts, frames
from components.lessons.shapes import program as programs
from components.lessons.shapes.facts import NUDGE, Flip, Nudged, flip, nudge, readings, refusal
from components.lstm.compare import UNCOUNTED
from components.settings import Settings
from components.ui import links
from components.ui.chart import chart
from components.ui.figures import figure, scientific
from components.ui.follow import follow
from components.ui.furniture import Attempt, code, finding, folded, locked, look, revealed, topics, verdict
from components.ui.shell import Page

KEYS = {label: key for key, label in LABELS.items()}

# A view that changes then costs no call of torch.
flipped = kept(flip)
nudged = kept(nudge)
blocked = kept(frames.block)
read_twice = kept(readings)


def show_picture(page: Page, place: Any) -> None:
    """The switch `batch_first` and the picture; in `place` the verdict, if the question is answered."""
    with page.picture:
        _choose_order(page.settings)
        follow(page, _picture, place)


def _picture(page: Page, place: Any) -> None:
    """The block of inputs, and below it the axes of the tensors in the question."""
    settings, told = page.settings, revealed(page)
    block = blocked(settings)
    chart(
        charts.block(block.scene.form, block.counts[1]),
        alt="The inputs as a stack of sheets, one for each sample, with named axes; below, the same cells cut along "
        "the first axis. “The block as a table” holds the numbers.",
        **block.scene.columns,
    )
    flips = flipped(settings, page.view.layer, int(page.view.reverse))
    tape = frames.asked_tape(flips, settings.batch_first, told)
    chart(
        charts.tape(tape.form, two_lines=False),
        alt="The axes of inputs, output, h_n and c_n as boxes, without batch_first at the left and with it at the "
        "right. Lines join equal axes. Before the question is answered only those of inputs are told.",
        **tape.framing(look()),
    )
    if told:
        with place:
            _flip_verdict(flips)


def _choose_order(settings: Settings) -> None:
    """The setting `batch_first` once more, above the picture, and what indexing the first axis then gives."""
    st.session_state["order"] = settings.batch_first  # the control in Settings and the address hold the value
    is_what = "sample 0, all its steps" if settings.batch_first else "step t = 1 of every sample"
    with st.container(horizontal=True, vertical_alignment="center", key="orders"):
        st.toggle("`batch_first=True`", key="order", on_change=_take_order, width="content")
        st.markdown(f"`inputs[0]` is **{is_what}**: the first part of the cut.", width="content")


def _take_order() -> None:
    st.session_state["batch_first"] = st.session_state["order"]


def reading(page: Page) -> str:
    """How to read the picture, in words that hold for these settings."""
    settings = page.settings
    words = [
        "The upper picture is `inputs`: each sheet is a sample, with its own mark, number and shade. Below it, the "
        "same cells are cut along the first axis. The outlined cells are the same numbers: one step of one sample. "
        "Point at other cells to outline them. The numbers are the same in both orders: `batch_first` only says which "
        "axis comes first.",
        "In the lower picture each row is a tensor, and each box is one of its axes. A line joins the same axis on "
        "both sides.",
    ]
    there = (settings.seq_len, settings.batch_size, settings.input_size)
    parts = [
        f"the first {part} of {of} {name}"
        for part, of, name in zip(blocked(settings).counts, there, frames.AXES.values(), strict=True)
        if part < of
    ]
    if parts:
        words.append(f"Shown: {', '.join(parts)}.")
    return " ".join(words)


def show_table(page: Page) -> None:
    """The numbers of the block, made when it is opened."""
    if table := folded("The block as a table", "block_table"):
        table.dataframe(frames.block_table(blocked(page.settings)), hide_index=True, height=320)


def show_flip(page: Page) -> None:
    """The tape of every tensor, and the same as a table, once the question is answered."""
    if not revealed(page):
        locked()
        return
    flips = flipped(page.settings, page.view.layer, int(page.view.reverse))
    tape = frames.tape(flips, page.settings.batch_first)
    st.markdown(
        "Each row is a tensor. Each box is one of its axes, with its letter and its size. The left side is without "
        "`batch_first`, the right side with it. A line joins the same axis on both sides."
    )
    chart(
        charts.tape(tape.form),
        alt="Every tensor's axes as boxes, without batch_first at the left and with it at the right. Lines join equal "
        "axes: those of inputs and output cross, all others run straight. The table below says the same.",
        **tape.columns,
    )
    if table := folded("The shapes as a table", "shapes_table"):
        lines = ["| | `batch_first=False` | `batch_first=True` | first two axes |", "|---|---|---|---|"]
        lines += [f"| `{row.off.name}` | {_axes(row, 'off')} | {_axes(row, 'on')} | {_moved(row)} |" for row in flips]
        table.markdown("\n".join(lines))


def _axes(row: Flip, side: str) -> str:
    shape = row.on if side == "on" else row.off
    return f"{', '.join(shape.axes)} = {shape}"


def _moved(row: Flip) -> str:
    if len(row.off.axes) < 2:
        return "one axis only"
    if row.swaps and row.stays:
        return "the same either way"
    return "**swapped**" if row.swaps else "as they were" if row.stays else "neither"


def _flip_verdict(flips: tuple[Flip, ...]) -> None:
    found = {row.off.name: row for row in flips}
    moved, kept = [found[name] for name in ("inputs", "output")], [found[name] for name in ("h_n", "c_n")]
    if all(row.swaps for row in moved) and all(row.stays for row in kept):
        differences = max(row.swapped or 0.0 for row in moved), max(row.kept or 0.0 for row in kept)
        verdict(
            True,
            "`inputs` and `output` swap their first two axes, `h_n` and `c_n` do not.",
            f"Two modules with the same weights: swapped back, `inputs` and `output` {_alike(differences[0])}; `h_n` "
            f"and `c_n` {_alike(differences[1])} as they are.",
        )
    else:
        wrong = [row.off.name for row in moved if not row.swaps] + [row.off.name for row in kept if not row.stays]
        verdict(False, "Not as expected.", f"Look at {', '.join(wrong)}.")


def _alike(difference: float) -> str:
    return f"differ by at most {scientific(difference)}" if difference else "are equal bit for bit"


def show_two_axes(settings: Settings) -> None:
    """One tensor with two axes, read by nn.LSTM as a sequence and by nn.LSTMCell as a batch."""
    st.markdown(
        "If a tensor has only two axes, the module that reads it decides what the first axis means: time steps or "
        "samples."
    )
    read = read_twice(settings)
    code(programs.two_axes(settings))
    grids = frames.readings(read)
    chart(
        charts.readings(grids.scene.form),
        alt="Two grids of signed numbers, one row for each row of the tensor: what nn.LSTM returns, its rows chained "
        "by arrows, and what nn.LSTMCell returns, its rows marked as samples. The sentence below compares them.",
        **grids.scene.columns,
    )
    rows, difference = len(read.read), (read.sequence - read.batch).abs().max().item()
    if read.agreeing == rows:
        comparison = (
            "Here all rows agree: with one row there is no state to carry to a next row."
            if rows == 1
            else "Here all rows agree."
        )
    else:
        same = "The first row agrees" if read.agreeing == 1 else f"The first {read.agreeing} rows agree"
        comparison = (
            f"{same}, because both start from zeros. After that the largest difference is **{figure(difference)}**."
        )
    part = f" Shown: rows 0 to {grids.rows - 1}, units 0 to {grids.columns - 1}."
    whole = (rows, settings.hidden_size) == (grids.rows, grids.columns)
    st.markdown(
        f"Both read the same tensor, of shape `{tuple(read.read.shape)}`, with the same weights. Both results have the "
        f"shape `{tuple(read.batch.shape)}`, and neither call raises an error. {comparison}{'' if whole else part}"
    )


def show_nudge(settings: Settings) -> None:
    """Transpose against view: the first sample is nudged, and the outputs that move are shown."""
    st.markdown(
        "Data often comes sample by sample, in the shape (B, T, I). A module without `batch_first` needs (T, B, I). "
        "Two different lines give that shape, and both run. To see the difference, every number of the first sample "
        f"is raised by {NUDGE:g}. Which outputs move?"
    )
    found = nudged(settings)
    code(programs.arrange(settings))
    grids = frames.nudges(found)
    chart(
        charts.nudged(grids.scene.form, frames.NUDGE_BELOW, settings.batch_size),
        alt="For transpose and for view: a grid of steps and samples that marks whose numbers the module reads there, "
        "and below it a grid shaded by how far the outputs move. The sentence below names the samples that move.",
        **grids.scene.columns,
    )
    part = f" Shown: steps 1 to {grids.rows}, samples 0 to {grids.columns - 1}."
    whole = (settings.seq_len, settings.batch_size) == (grids.rows, grids.columns)
    sentences = " ".join(f"After `{name}` {_movers(way, settings)}." for name, way in found.items())
    limit = scientific(max(way.limit for way in found.values()))
    sentences += f" {UNCOUNTED.format(limit)}{'' if whole else part}"
    if found["view"].mixed:
        finding("`view` mixes the samples, and torch gives no error.", sentences)
    else:
        verdict(
            True,
            "Here `view` does no harm:",
            f"with one step, `view` and `transpose` give the same tensor. {sentences}",
        )


def _movers(way: Nudged, settings: Settings) -> str:
    if not way.moved:
        return "no output moves beyond rounding"
    if len(way.moved) == settings.batch_size:
        return f"the outputs of all {settings.batch_size} samples move"
    names = ", ".join(map(str, way.moved))
    return f"only the outputs of sample {names} move" if len(way.moved) == 1 else f"those of samples {names} move"


def show_topics(page: Page) -> None:
    """Tabs: wrong shapes, the mistake without an error, two axes only, and the shapes of all tensors."""
    wrong, unnoticed, two_axes, every = topics(page, "shapes_topic")
    if wrong:
        with wrong:
            st.markdown("Give torch a wrong shape, and read what it says for these settings.")
            show_breakage(page.settings, KEYS[links.choose("breakage")])
    if unnoticed:
        with unnoticed:
            show_nudge(page.settings)
    if two_axes:
        with two_axes:
            show_two_axes(page.settings)
    if every:
        with every:
            show_flip(page)


def show_breakage(settings: Settings, breakage: str) -> None:
    """The program with the wrong shape, torch's own words, what they mean, and the mend."""
    refused = refusal(settings, breakage)
    meaning, mend = _meaning(settings, breakage)
    if refused:
        finding(f"{refused.name}:", f"`{refused.words}`  \n{meaning}  \n:material/build: {mend}")
    else:
        finding("Torch gives no error:", f"by chance, these sizes fit.  \n{meaning}  \n:material/build: {mend}")
    code(programs.broken(settings, breakage, refused.name if refused else ""))


def _meaning(settings: Settings, breakage: str) -> tuple[str, str]:
    """What the error means, and the mend: a sentence each."""
    features, batch = settings.input_size, settings.batch_size
    slots = settings.num_layers * settings.num_directions
    state = f"({slots}, {batch}, {settings.output_size})"
    return {
        "features": (
            f"The last axis holds {features + 1} numbers for each step, but the module's weights were made for "
            f"{features}.",
            f"Hand in {features} features, or build the module with `input_size={features + 1}`.",
        ),
        "axes": (
            "An LSTM reads three axes, or two for a single sequence without a batch. Here there is a fourth axis, in "
            "front.",
            "`.squeeze(0)` if the extra axis has size 1; if it is a second batch axis, flatten both into one.",
        ),
        "state": (
            f"`h_0` (torch calls it `hidden[0]`) is the state of one sample, but the inputs hold {batch} samples.",
            f"Make `h_0` with the batch size of the inputs, `{state}`, or leave the state out: then it is zeros.",
        ),
        "state_first": (
            "`h_0` has the batch as its first axis. No state may have that, with or without `batch_first`.",
            f"Keep `h_0` as (layers · directions, batch, width), here `{state}`.",
        ),
    }[breakage]


def same_sizes(page: Page) -> Attempt:
    """As many steps as samples: no shape tells the two orders apart."""
    settings = page.settings
    outcome = ""
    if settings.seq_len == settings.batch_size:
        (inputs,) = [row for row in flipped(settings, 0, 0) if row.off.name == "inputs"]
        outcome = f"`inputs` is `{inputs.off}` in both orders: no error can show a wrong order. " + (
            "Here even the numbers are the same."
            if inputs.stays
            else f"But the numbers differ, by up to {figure(inputs.kept or 0.0)}."
        )
    return Attempt(
        "Make the axes look alike",
        f"Set Sequence length to the batch size, {settings.batch_size}. Then turn `batch_first` on and off: does any "
        "shape change?",
        outcome,
    )


def harmless_view(page: Page) -> Attempt:
    """The one length at which view and transpose are the same."""
    outcome = ""
    if not nudged(page.settings)["view"].mixed:
        outcome = "With one step there is nothing to mix: `view` and `transpose` give the same tensor."
    return Attempt(
        "Make `view` harmless",
        f"Open *{UNNOTICED}*, below: there `view` mixes the samples. Find the sequence length at which it mixes "
        "nothing.",
        outcome,
    )


def program(page: Page) -> str:
    """All of the lesson as one program."""
    return programs.program(page.settings)
