"""What one call returns, on a page: the picture and its verdict, the shapes, tables, and what a classifier may get."""

import math
from typing import Any

import streamlit as st

from components.lessons.outputs.charts import SLOT_EVENT, outputs
from components.lessons.outputs.facts import pairs, slots, summaries, variants
from components.lessons.outputs.frames import MAX_STEPS, MAX_UNITS, Picture, outputs_picture, returned_frame, row_name
from components.lstm.compare import tolerance
from components.lstm.returned import returned
from components.settings import Settings
from components.ui.chart import chart
from components.ui.figures import figure, scientific
from components.ui.follow import follow
from components.ui.furniture import Attempt, folded, look, revealed, verdict
from components.ui.pointer import pointer
from components.ui.shell import Page

NON_BREAKING_SPACE = "\u00a0"
# Without a number in it: the browser takes a new description for a new chart, and starts it anew.
ALT = (
    "Three blocks of cells side by side: output, one column for each step; h_n and c_n, one column for each layer. "
    "Outlines mark the cells of output that hold the numbers of a slot. Slot, below, says the same in words."
)


def show_picture(page: Page, place: Any) -> None:
    """The three tensors as cells, which follow a size; in `place` the verdict, once the question is answered."""
    with page.picture:
        picture = follow(page, _picture, place)
        if revealed(page):
            pointer("slot_control", "Slot", SLOT_EVENT, picture.names, picture.said)


def _picture(page: Page, place: Any) -> Picture:
    settings, view, told = page.settings, page.view, revealed(page)
    picture = outputs_picture(settings, view.sample, told)
    chart(
        outputs(picture.scene.form, view.c_range),
        alt=ALT,
        **picture.scene.framing(look()),
    )
    if told:
        with place:
            _verdict(settings)
    return picture


def _verdict(settings: Settings) -> None:
    """Where `output` and `h_n` meet, for the whole batch."""
    laws = [pair for pair in pairs(settings) if pair.law]
    if all(pair.same for pair in laws):
        words = " and ".join(f"`{pair.left}` is `{pair.right}`" for pair in laws)
        exact = "bit for bit" if all(pair.bitwise for pair in laws) else "up to rounding"
        verdict(True, f"The same numbers, {exact}.", f"{words}.")
    else:
        words = "; ".join(f"`{p.left}` and `{p.right}`: {figure(p.difference)}" for p in laws if not p.same)
        verdict(False, "Not the same numbers.", f"Largest differences: {words}.")


def show_shapes(settings: Settings) -> None:
    """The call, and the shape of each tensor it returns, in letters and in numbers."""
    slots_of = "layer and direction" if settings.bidirectional else "layer"
    width, along = ("P" if settings.proj_size else "H"), ("L·D" if settings.bidirectional else "L")
    rows_first, both = ("B, T" if settings.batch_first else "T, B"), ("D·" if settings.bidirectional else "")
    named = {
        "output": ("h of each step", f"({rows_first}, {both}{width})"),
        "h_n": (f"h of each {slots_of}", f"({along}, B, {width})"),
        "c_n": (f"c of each {slots_of}", f"({along}, B, H)"),
    }
    rows = []
    for name, tensor in returned(settings)._asdict().items():
        what, axes = named[name]
        sizes = f"{axes} = {tuple(tensor.shape)}".replace(" ", NON_BREAKING_SPACE)
        rows.append(f"| `{name}` | {what} | {sizes} |")
    st.markdown("`output, (h_n, c_n) = lstm(inputs, (h_0, c_0))`\n\n| | | shape |\n|---|---|---|\n" + "\n".join(rows))


def reading(page: Page) -> str:
    """How to read the picture, in words that hold for these settings."""
    settings, view = page.settings, page.view
    picture = outputs_picture(settings, view.sample, revealed(page))
    words = [
        "The same number has the same shade in all three tensors: red is below zero, teal is above zero,",
        f"from −{view.c_range} to {view.c_range}.",
        "Rows are units, numbered as in `output`.",
    ]
    if picture.reach > view.c_range:
        words.append(
            f"Numbers reach {picture.reach:.2f}: choose a larger Range of c to see how the largest numbers differ."
        )
    if settings.batch_size > 1:
        words.append(f"Shown: sample {view.sample} of {settings.batch_size} (choose in *Settings*).")
    if settings.proj_size:
        words.append(f"h is projected to {settings.proj_size} numbers, c has {settings.hidden_size}.")
    left_out = []
    if settings.seq_len > picture.steps:
        left_out.append(f"the first and the last {MAX_STEPS // 2} of {settings.seq_len} steps")
    if settings.hidden_size > picture.units:
        left_out.append(f"units 0 to {MAX_UNITS - 1} of {settings.hidden_size}")
    if left_out:
        words.append(f"Shown: {', '.join(left_out)}. The check compares all numbers, also those that are not shown.")
    return " ".join(words)


def show_tables(page: Page) -> None:
    """All numbers as a table, and every comparison once the question is answered; each made when it is opened."""
    if place := folded("The numbers as a table", "outputs_table"):
        with place:
            st.dataframe(
                returned_frame(page.settings, page.view.sample),
                hide_index=True,
                height=320,
                column_config={"value": st.column_config.NumberColumn("value", format="%.4f")},
            )
    if not revealed(page):
        return
    if place := folded("Every comparison: which slot is where in output", "comparisons", ":material/rule:"):
        place.markdown(_comparisons(page.settings, page.view.sample))


def _comparisons(settings: Settings, sample: int) -> str:
    """What is compared for the verdict, and how near the other slots come."""
    compared, result = pairs(settings), returned(settings)
    lines = ["| | compared with | the same |", "|---|---|---|"]
    for pair in compared:
        lines.append(_line(f"`{pair.left}`", f"`{pair.right}`", pair.difference, pair.same))
    for slot in slots(settings, sample):
        top = slot.tensor == "h_n" and slot.layer == settings.num_layers - 1
        if top:
            continue
        name = f"`{slot.tensor}[{slot.index}, {sample}]`"
        nearest = "steps of another length" if slot.nearest is None else f"`{row_name(settings, sample, slot.nearest)}`"
        lines.append(_line(name, nearest, slot.distance, bool(slot.same)))
    limit = scientific(tolerance(result.output.dtype, result.c_n))
    note = (
        f"A difference of at most {limit} is rounding and counts as the same. The table also compares each other slot "
        "with the step of `output` that differs least from it. The h of a lower layer goes to the layer above, to its "
        "own next step and to `h_n`, but not to `output`. And c is what a cell "
        "remembers: `output` holds only what the output gate lets through."
    )
    if settings.bidirectional:
        last = compared[-1]
        note += (
            f" `{last.left}` is where the reverse direction *began*: there it had read one step, not the whole "
            "sequence."
        )
    return "\n".join(lines) + f"\n\n{note}"


def _line(left: str, right: str, difference: float, same: bool) -> str:
    if same:
        return f"| {left} | {right} | :green[:material/check: the same] |"
    return (
        f"| {left} | {right} | {'no' if math.isnan(difference) else f'no, largest difference {figure(difference)}'} |"
    )


def show_summaries(page: Page) -> None:
    """What a classifier may be given of a sequence: three more modules, made when it is opened."""
    if place := folded("Last step, mean, max, h_n[-1]: which of them are the same", "classifier", ":material/compare:"):
        place.markdown(_summaries(page.settings))


def _summaries(settings: Settings) -> str:
    """Each candidate next to the last step of `output`, in three situations."""
    columns = {name: summaries(settings) for name, settings in variants(settings).items()}
    lines = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for row in zip(*columns.values(), strict=True):
        cells = []
        for candidate, column in zip(row, columns.values(), strict=True):
            width = column[0].width
            if math.isnan(candidate.difference):
                cells.append(f"{candidate.width} numbers, not {width}")
            else:
                cells.append(
                    ":green[:material/check: same]"
                    if candidate.same
                    else f"largest difference {figure(candidate.difference)}"
                )
        cells[0:0] = [f"`{row[0].expression}`"]
        lines.append(f"| {' | '.join(cells)} |")
    return (
        "The table compares each candidate with the last step of `output`, for these settings with one direction, with "
        "two, and with one step:\n\n" + "\n".join(lines) + "\n\n"
        "With two directions neither the last step nor `h_n[-1]` holds everything. At the last step the reverse "
        "direction has read only one step, and `h_n[-1]` is the reverse direction alone. The last two slots, side "
        "by side, hold the last h of both directions. With one direction the same line joins two *layers*."
    )


def two_directions(page: Page) -> Attempt:
    """With two directions, find the length at which the last step of `output` holds both directions' last h."""
    settings = page.settings
    outcome, found = "", ""
    if settings.bidirectional:
        last = pairs(settings)[-1]
        if last.same:
            outcome = f"`{last.left}` and `{last.right}` are the same. " + (
                "With one step, the first step is the last step too."
                if settings.seq_len == 1
                else "Here the reverse direction has the same h at both ends."
            )
        else:
            found = f" Here `{last.left}` and `{last.right}` differ by {figure(last.difference)}."
    return Attempt(
        "Where does the reverse direction end?",
        "Turn Bidirectional on (in *Settings*, or with the button). Then find the Sequence length at which the *last* "
        f"step of `output` holds the last h of both directions.{found}",
        outcome,
    )


def compared_pairs(settings: Settings) -> tuple[tuple[str, str], ...]:
    """What the check compares, as Python."""
    return tuple((pair.left, pair.right) for pair in pairs(settings))
