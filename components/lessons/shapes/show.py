"""The lesson on axes: the block and its slices, the flip, two axes, what raises and what does not."""

import streamlit as st

from components.kept import kept
from components.lessons.shapes import LABELS, charts, frames
from components.lessons.shapes import program as programs
from components.lessons.shapes.facts import NUDGE, Flip, Nudged, flip, nudge, readings, refusal
from components.lstm.build import shared_build
from components.settings import Settings
from components.ui import links
from components.ui.chart import chart
from components.ui.figures import scientific
from components.ui.furniture import Attempt, code, folded, locked, verdict
from components.ui.shell import Page

KEYS = {label: key for key, label in LABELS.items()}

# A view that changes then costs no call of torch.
flipped = kept(flip)
nudged = kept(nudge)
blocked = kept(frames.block)
read_twice = kept(readings)


def show_block(page: Page) -> None:
    """The inputs as a block of cells with named axes, and the same cells cut by time step and by sample."""
    block = blocked(page.settings)
    chart(
        charts.block(frames.BLOCK_HEIGHT, block.drawn[1]),
        alt="The inputs as a stack of sheets, a sheet a sample, with named axes; below, the same cells cut into "
        "steps and into samples. The table below holds the numbers.",
        cells=block.cells,
        lines=block.lines,
        words=block.words,
    )
    st.caption(_reading(page.settings, block.drawn))
    if table := folded("The block as a table", "block_table"):
        table.dataframe(frames.block_table(block), hide_index=True, height=320)


def _reading(settings: Settings, drawn: tuple[int, int, int]) -> str:
    words = [
        "The outlined cells are the same numbers in all three pictures: one step of one sample. Point at others. A "
        "sample is known by its mark and number, and by its shade."
    ]
    there = (settings.seq_len, settings.batch_size, settings.input_size)
    parts = [
        f"the first {part} of {of} {name}"
        for part, of, name in zip(drawn, there, frames.AXES.values(), strict=True)
        if part < of
    ]
    if parts:
        words.append(f"Drawn: {', '.join(parts)}.")
    return " ".join(words)


def choose_order(page: Page) -> None:
    """The setting `batch_first` once more, beside the picture, and what indexing the first axis then gives."""
    settings = page.settings
    st.session_state["order"] = settings.batch_first  # the sidebar's switch and the address hold the value
    st.toggle("`batch_first=True`", key="order", on_change=_follow)
    inputs = shared_build(settings).inputs
    whole, first = tuple(inputs.shape), tuple(inputs[0].shape)
    is_what = "sample 0, all its steps" if settings.batch_first else "step t = 1 of every sample"
    st.markdown(
        f"`inputs` has the shape `{whole}`, so `inputs[0]` is **{is_what}**, shape `{first}`, and `for part in inputs` "
        f"walks over {len(inputs)} {'samples' if settings.batch_first else 'time steps'}. The numbers are the same "
        "ones in both orders: the switch only says which axis comes first."
    )


def _follow() -> None:
    st.session_state["batch_first"] = st.session_state["order"]


def show_flip(page: Page, revealed: bool) -> None:
    """The tape of axes without and with `batch_first`, then the verdict and the figures, once `revealed`."""
    if not revealed:
        locked()
        return
    flips = flipped(page.settings, page.view.layer, int(page.view.reverse))
    tape = frames.tape(flips, page.settings.batch_first)
    chart(
        charts.tape(tape.height, frames.RIGHT, frames.CHIP_WIDTH, frames.CHIP),
        alt="Every tensor's axes as chips, without batch_first at the left and with it at the right. Lines join equal "
        "axes: those of inputs and output cross, all others run straight. The table below says the same.",
        axes=tape.axes,
        words=tape.words,
    )
    _flip_verdict(flips)
    if table := folded("The shapes as a table", "shapes_table"):
        lines = ["| | `batch_first=False` | `batch_first=True` | first two axes |", "|---|---|---|---|"]
        lines += [f"| `{one.off.name}` | {_axes(one, 'off')} | {_axes(one, 'on')} | {_moved(one)} |" for one in flips]
        table.markdown("\n".join(lines))


def _axes(one: Flip, side: str) -> str:
    shape = one.on if side == "on" else one.off
    return f"{', '.join(shape.axes)} = {shape}"


def _moved(one: Flip) -> str:
    if len(one.off.axes) < 2:
        return "one axis only"
    if one.swaps and one.stays:
        return "the same either way"
    return "**swapped**" if one.swaps else "as they were" if one.stays else "neither"


def _flip_verdict(flips: tuple[Flip, ...]) -> None:
    found = {one.off.name: one for one in flips}
    moved, kept = [found[name] for name in ("inputs", "output")], [found[name] for name in ("h_n", "c_n")]
    if all(one.swaps for one in moved) and all(one.stays for one in kept):
        apart = max(one.swapped or 0.0 for one in moved), max(one.kept or 0.0 for one in kept)
        verdict(
            True,
            "`inputs` and `output` swap their first two axes, `h_n` and `c_n` keep theirs.",
            "Two modules with the same weights and the same start, with and without `batch_first`: swapped back, the "
            f"tensors {_alike(apart[0])}; the states, as they are, {_alike(apart[1])}. A state has no time axis: its "
            "first axis counts layers and directions.",
        )
    else:
        wrong = [one.off.name for one in moved if not one.swaps] + [one.off.name for one in kept if not one.stays]
        verdict(False, "Not as expected.", f"Look at {', '.join(wrong)}.")


def _alike(apart: float) -> str:
    return f"differ by at most {scientific(apart)}" if apart else "are equal bit for bit"


def show_two_axes(page: Page) -> None:
    """One tensor with two axes, read by nn.LSTM as a sequence and by nn.LSTMCell as a batch; made when opened."""
    if place := folded(
        "One tensor with two axes, read by nn.LSTM and by nn.LSTMCell", "two_axes", ":material/compare:"
    ):
        with place:
            _two_axes(page.settings)


def _two_axes(settings: Settings) -> None:
    read = read_twice(settings)
    code(programs.two_axes(settings))
    grids = frames.readings(read)
    chart(
        charts.readings(frames.READINGS_HEIGHT, grids.columns),
        alt="Two grids of signed numbers, a row a row of the tensor: what nn.LSTM returns, its rows chained by arrows, "
        "and what nn.LSTMCell returns, its rows marked as samples. The sentence below compares them.",
        cells=grids.cells,
        words=grids.words,
    )
    rows, apart = len(read.read), (read.sequence - read.batch).abs().max().item()
    if read.agreeing == rows:
        said = "Here all rows agree: with one row there is nothing to carry." if rows == 1 else "Here all rows agree."
    else:
        same = "The first row agrees" if read.agreeing == 1 else f"The first {read.agreeing} rows agree"
        said = f"{same}, for both start from zeros; after that they differ by up to **{apart:.2g}**."
    drawn = f" Drawn: rows 0 to {grids.rows - 1}, units 0 to {grids.columns - 1}."
    whole = (rows, settings.hidden_size) == (grids.rows, grids.columns)
    st.markdown(
        f"Same tensor, shape `{tuple(read.read.shape)}`, same weights, same shape of the result, "
        f"`{tuple(read.batch.shape)}`, and no error either way. {said}{'' if whole else drawn}"
    )


def show_nudge(page: Page) -> None:
    """Transpose against view: the first sample is nudged, and the outputs that move are drawn."""
    settings = page.settings
    found = nudged(settings)
    code(programs.arrange(settings))
    grids = frames.nudges(found)
    chart(
        charts.nudged(frames.NUDGE_HEIGHT, frames.NUDGE_BELOW, grids.columns, settings.batch_size),
        alt="For transpose and for view: a grid of steps and samples that marks whose numbers the module reads there, "
        "and below it a grid shaded by how far the outputs move. The sentence below names the samples that move.",
        cells=grids.cells,
        words=grids.words,
    )
    drawn = f" Drawn: steps 1 to {grids.rows}, samples 0 to {grids.columns - 1}."
    whole = (settings.seq_len, settings.batch_size) == (grids.rows, grids.columns)
    said = " ".join(f"After `{name}` {_movers(one, settings)}." for name, one in found.items())
    said += "" if whole else drawn
    if found["view"].mixed:
        verdict(False, "`view` mixes the samples, and torch says nothing.", said)
    else:
        verdict(True, "Here `view` does no harm:", f"with one step both give the same tensor. {said}")


def _movers(one: Nudged, settings: Settings) -> str:
    if not one.moved:
        return "no output moves beyond rounding"
    if len(one.moved) == settings.batch_size:
        return f"the outputs of all {settings.batch_size} samples move"
    names = ", ".join(map(str, one.moved))
    return f"only the outputs of sample {names} move" if len(one.moved) == 1 else f"those of samples {names} move"


def nudge_text() -> str:
    """What is done, for the section's head."""
    return (
        "Data is often collected a sample after the other, (B, T, I), and a module without `batch_first` wants "
        "(T, B, I). Two lines give that shape, and both run. To tell them apart, every number of the first sample is "
        f"nudged by {NUDGE:g}: whose outputs move?"
    )


def choose_breakage() -> str:
    """The wrong shape to hand in, by its key in `BREAKAGES`."""
    return KEYS[links.choose("breakage")]


def show_breakage(page: Page, breakage: str) -> None:
    """The program with the wrong shape, torch's own words, what they mean, and the mend."""
    settings = page.settings
    said = refusal(settings, breakage)
    meaning, mend = _meaning(settings, breakage)
    if said:
        verdict(False, f"{said.name}:", f"`{said.words}`  \n{meaning}  \n:material/build: {mend}")
    else:
        verdict(False, "Torch says nothing:", f"these sizes happen to fit.  \n{meaning}  \n:material/build: {mend}")
    code(programs.broken(settings, breakage, said.name if said else ""))


def _meaning(settings: Settings, breakage: str) -> tuple[str, str]:
    """What the error means, and the mend: a sentence each."""
    features, batch = settings.input_size, settings.batch_size
    slots = settings.num_layers * settings.num_directions
    state = f"({slots}, {batch}, {settings.output_size})"
    return {
        "features": (
            f"The last axis holds {features + 1} numbers a step, but the module's weights were made for {features}.",
            f"Hand in {features} features, or build the module with `input_size={features + 1}`.",
        ),
        "axes": (
            "An LSTM reads three axes, or two for a single sequence without a batch; here a fourth stands in front.",
            "`.squeeze(0)` if the extra axis has size 1; if it is a second batch axis, flatten both into one.",
        ),
        "state": (
            f"`h_0` (to torch `hidden[0]`) has room for one sample, and the inputs hold {batch}.",
            f"Make `h_0` with the inputs' batch size, `{state}`, or leave the state out: then it is zeros.",
        ),
        "state_first": (
            "`h_0` puts the batch first, but no state ever does, with or without `batch_first`.",
            f"Keep `h_0` as (layers · directions, batch, width), here `{state}`.",
        ),
    }[breakage]


def same_sizes(page: Page) -> Attempt:
    """As many steps as samples: no shape tells the two orders apart."""
    settings = page.settings
    outcome = ""
    if settings.seq_len == settings.batch_size:
        (one,) = [one for one in flipped(settings, 0, 0) if one.off.name == "inputs"]
        apart = one.kept or 0.0
        outcome = f"`inputs` is `{one.off}` in both orders: no error can tell them apart. " + (
            f"The numbers can, they differ by up to {apart:.2g}." if apart else "Here not even the numbers can."
        )
    return Attempt(
        "Hide the axes from torch",
        f"Set Sequence length to the batch size, {settings.batch_size}, and switch `batch_first` to and fro.",
        outcome,
    )


def harmless_view(page: Page) -> Attempt:
    """The one length at which view and transpose are the same."""
    outcome = ""
    if not nudged(page.settings)["view"].mixed:
        outcome = "An axis of size 1 has nothing to change places with: `view` and `transpose` give the same tensor."
    return Attempt("Make `view` harmless", "Find the sequence length at which `view` mixes nothing.", outcome)


def program(page: Page) -> str:
    """All of the lesson as one program."""
    return programs.program(page.settings)
