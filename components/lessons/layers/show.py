"""Layers and directions on a page: the module as a grid, what a change reaches, rows, dropout, palindromes."""

import streamlit as st

from components.lessons.layers import KINDS, STAGES, charts
from components.lessons.layers import program as programs
from components.lessons.layers.facts import (
    DROPOUT,
    Rows,
    change,
    dropout,
    kind,
    mirror,
    out_of_reach,
    rows,
    warned,
)
from components.lessons.layers.frames import LARGEST, LEAST, MOST, changed, mirrored, structure
from components.lstm.compare import UNCOUNTED
from components.lstm.returned import returned
from components.ui import links
from components.ui.chart import chart
from components.ui.figures import NON_BREAKING, figure, scientific
from components.ui.furniture import Attempt, aside, code, folded, locked, section, small, verdict
from components.ui.pointer import pointer
from components.ui.shell import Page

FEEDS_ALT = (
    "A grid: the layers from bottom to top, one row for each direction of a layer, one column for each time step. "
    "Arrows run along the rows, forward to the right and reverse to the left, and from both rows of a layer at each "
    "step into both rows of the layer above. A slot of h_n stands at the end of each row. Slot, below, says the same "
    "in words."
)
CHANGE_ALT = (
    "The same rows and columns, each cell shaded by how far its numbers move when one number of the input is changed; "
    "an empty cell does not move beyond rounding. The check below says which move."
)
MIRROR_ALT = (
    "A row of cells for each layer and a column for each step, shaded by the difference between what the two "
    "directions make of a palindrome; an empty cell is no difference beyond rounding. The check below holds the "
    "largest of each layer."
)
SIDES = ("forward", "reverse")


def _scale(limit: float) -> str:
    """What the shades stand for, wherever something is shaded. Rounding explains sizes up to `limit`."""
    least = f"{LEAST:g}".replace("-", NON_BREAKING)
    ends = f"from {least} and below to {LARGEST:g} and above"
    return f"Shades are logarithmic, {ends}. A cell without a shade is at most {scientific(limit)}, which is rounding."


# What feeds what


def show_slots(page: Page) -> None:
    """The call, and whose each slot of the two states is."""
    settings = page.settings
    width = "P" if settings.proj_size else "H"
    _, h_n, c_n = returned(settings)
    lines = [
        "`output, (h_n, c_n) = lstm(inputs, (h_0, c_0))`",
        "",
        "| slot | = layer · D + direction | ended at |",
        "|---|---|---|",
    ]
    for slot in range(len(h_n)):
        layer, direction = divmod(slot, settings.num_directions)
        ended = "t = 1" if direction else f"t = {settings.seq_len}"
        lines.append(f"| `[{slot}]` | {layer} · 2 + {direction}: layer {layer}, {SIDES[direction]} | {ended} |")
    note = (
        f"h_n has the shape (L·D, B, {width}) = {tuple(h_n.shape)}, c_n has (L·D, B, H) = {tuple(c_n.shape)}. Slots "
        "are counted by layer first, then by direction."
    )
    if settings.proj_size:
        note += f" h is projected to {settings.proj_size} numbers, c is not."
    st.markdown("\n".join(lines) + f"\n\n{small(note)}")


def show_feeds(page: Page) -> None:
    """The module as a grid; a slot's path, index and shapes by a control in the browser."""
    settings = page.settings
    layers, steps = settings.num_layers, settings.seq_len
    picture = structure(layers, steps)
    wide = 2 * settings.output_size
    words = [
        "Each column is a time step, each row one direction of a layer. At each step a layer above reads the forward "
        f"h and the reverse h of the layer below, side by side: {wide} numbers.",
        "The number in a cell, and its shade, is its turn, if each cell is computed as early as possible."
        if steps <= MOST
        else f"With more than {MOST} steps there is no room for arrows and numbers. The shade of a cell is its turn, "
        "if each cell is computed as early as possible.",
        f"Layer 1 cannot begin before turn {steps + 1}: its first cells wait for the last ones of layer 0.",
    ]
    if layers > 2:
        words.append("The same is true for every layer above.")
    section("Which layer reads what", small(" ".join(words)))
    chart(charts.structure(picture.form, "lines" in picture.columns), alt=FEEDS_ALT, **picture.columns)
    pointer("row_control", "Slot", charts.SLOT_EVENT, *_told(page), shown=True)


def _told(page: Page) -> tuple[list[str], list[str]]:
    """The slots' names, after one for none, and what is said of each."""
    settings = page.settings
    _, h_n, c_n = returned(settings)
    names = ["none"]
    sentences = ["Move Slot to light the path of a slot: everything that its numbers are made from"]
    for slot in range(len(h_n)):
        layer, direction = divmod(slot, 2)
        ended = "the first step" if direction else "the last step"
        below = f", both directions of {'layer 0' if layer == 1 else f'layers 0 to {layer - 1}'}" if layer else ""
        names.append(f"h_n[{slot}], c_n[{slot}]")
        sentences.append(
            f"{layer} · 2 + {direction} = {slot}: layer {layer}, {SIDES[direction]}, after {ended}. h_n[{slot}] is "
            f"{tuple(h_n[slot].shape)}, c_n[{slot}] is {tuple(c_n[slot].shape)}. Made from its own row{below} and all "
            "of x"
        )
    return names, sentences


# What a change reaches


def choose_step(page: Page) -> int:
    """The step at which the input is changed."""
    last = page.settings.seq_len
    text = "The step at which the first number of x is raised by 1."
    return links.choose_up_to(last, "step", "Changed at step", first=1, usual=min(3, last), help=text)


def choose_kind() -> str:
    """The kind of module that is shown."""
    return links.choose("kind")


def show_change(page: Page, step: int, name: str, revealed: bool) -> None:
    """Each cell shaded by how far it moves, and whether anything moves that must not."""
    if not revealed:
        locked()
        return
    settings, sample = page.settings, page.view.sample
    found = change(settings, name, step, sample)
    start = (
        "" if name == "LSTM" else f" The {name} has its own weights, drawn with the same seed, and starts from zeros."
    )
    aside(
        f"The first number of x at step {step} of sample {sample} is raised by 1. The picture shows the largest "
        f"difference that this makes in each h. {_scale(found.limit)}{start}"
    )
    picture = changed(settings, name, step, sample)
    chart(charts.sizes(picture.form, "moves by", marked=True), alt=CHANGE_ALT, **picture.columns)
    outside = out_of_reach(found, step)
    strays, inside = int(found.moved[outside].sum()), found.moved[~outside]
    moved = int(inside.sum())
    rest = f" The other {inside.size - moved} are too far away: there the change has faded."
    text = (
        f"{moved} of the {inside.size} h that depend on it move.{rest if moved < inside.size else ''} "
        + UNCOUNTED.format(scientific(found.limit))
    )
    if strays:
        verdict(
            False,
            "Something moves that should not.",
            f"{strays} of {int(outside.sum())} h that it cannot reach move. {text}",
        )
    elif outside.any():
        verdict(
            True,
            "In layer 0 each direction moves on one side only. In the layers above it can move at every step."
            if 1 < step < settings.seq_len
            else "Where the change cannot reach, nothing moves.",
            f"In layer 0 the change cannot reach forward h before step {step}, or reverse h after step {step}. These "
            f"{int(outside.sum())} h do not move. Their largest change is {figure(float(found.h[outside].max()))}. "
            + text,
        )
    else:
        verdict(True, "The change can reach every h.", f"The sequence has one step. {text}")


def show_kinds(page: Page) -> None:
    """The three kinds of module beside one another."""
    settings = page.settings
    kinds = [kind(settings, name) for name in KINDS]
    rows_of = {
        "start": ["`h_0`, `c_0`" if len(module.states) == 2 else "`h_0`" for module in kinds],
        "end": ["`h_n`, `c_n`" if len(module.states) == 2 else "`h_n`" for module in kinds],
        "shapes": [" and ".join(map(str, dict.fromkeys(module.states))) for module in kinds],
        "blocks of H rows": [str(module.gates) for module in kinds],
        "parameters": [f"{module.parameters:,}" for module in kinds],
        "projection": ["yes" if module.refusal is None else "no" for module in kinds],
    }
    lines = [f"| | {' | '.join(module.name for module in kinds)} |", "|---" * 4 + "|"]
    lines += [f"| {title} | {' | '.join(cells)} |" for title, cells in rows_of.items()]
    refused = next(
        (
            f" The {module.name} has no projection (`proj_size`): *{module.refusal.words}*."
            for module in kinds
            if module.refusal
        ),
        "",
    )
    note = (
        "An LSTM takes and returns a tuple, the others take and return one tensor. All of them count the slots in the "
        f"same way.{refused}"
    )
    words = (
        "GRU and RNN have the same grid with fewer states. To see what a change does in them, choose the module above, "
        "in *Change one number*."
    )
    section("GRU and RNN", "\n".join([words, "", *lines, "", small(note)]))


# A row a sample


def show_rows(page: Page) -> None:
    """`h_n` as one row for each sample, in the right and the wrong way, with the first sample changed."""
    settings = page.settings
    code(programs.rows(settings))
    right, wrong = rows(settings)
    lines = ["| | right holds | wrong holds |", "|---|---|---|"]
    for row in range(settings.batch_size):
        lines.append(f"| row {row} | {_pieces(right, row)} | {_pieces(wrong, row)} |")
    note = (
        "Each number is the sample whose h it is, one piece for each slot. It is marked if it moves when sample 0 is "
        f"changed. {UNCOUNTED.format(scientific(right.limit))}"
    )
    st.markdown("\n".join(lines) + f"\n\n{small(note)}")
    pieces = right.whose.size
    text = (
        f"With `view({settings.batch_size}, -1)` rows {_listed(wrong.moved)} move, and {wrong.mixed} of {pieces} "
        "pieces hold the numbers of another sample. A classifier would get those."
    )
    if right.moved == (0,) and not right.mixed:
        verdict(True, "With `right`, only row 0 moves.", text)
    else:
        verdict(False, "Not only row 0 moves.", f"Rows {_listed(right.moved)} move. {text}")


def _pieces(rows_made: Rows, row: int) -> str:
    """Whose numbers a row holds, piece by piece, and which of them move."""
    pairs = zip(rows_made.whose[row].tolist(), rows_made.pieces_moved[row].tolist(), strict=True)
    return "\u2002".join(f":primary-background[**{sample}**]" if moves else f"{sample}" for sample, moves in pairs)


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers)) or "none"


# Dropout


def show_dropout(page: Page) -> None:
    """What dropout between the layers does in training and in evaluation, and torch's words for one layer."""
    settings = page.settings
    found = dropout(settings)
    read, output = (f"{zeros:,} of {of:,}" for zeros, of in (found.read, found.output))
    still = f"{figure(found.evaluation)}{', which is rounding' if found.evaluation and found.steady else ''}"
    section(
        "Dropout",
        f"Dropout acts between the layers, and nowhere else.\n\n| with `dropout={DROPOUT}` | |\n|---|---|\n"
        f"| `train()`: two calls differ by up to | {figure(found.training)} |\n"
        f"| `eval()`: two calls differ by up to | {still} |\n"
        f"| zeros in what the layers above layer 0 read, in training | {read} |\n"
        f"| zeros in `output`, in training | {output} |\n\n"
        f"With one layer there is nothing in between, and torch warns: *{warned()}*",
    )
    if not found.steady or found.reaches_output:
        verdict(False, "Not only between layers.", f"Zeros in `output`: {output}; two evaluation calls: {still}.")
    else:
        own = (
            " These zeros are not from dropout: the last layer gives them, from what it reads."
            if found.output[0]
            else ""
        )
        verdict(
            True,
            "Dropout never reaches `output`.",
            f"Of its numbers, {output} are zero.{own} Dropout acts between layers, on what the upper one reads. After "
            "the last layer you need an `nn.Dropout` of your own.",
        )


# A palindrome


def show_palindrome(page: Page) -> None:
    """A palindrome read from both ends, with the reverse weights as drawn, copied, or copied and rearranged."""
    settings, sample = page.settings, page.view.sample
    section(
        "A palindrome",
        "A palindrome reads the same from both ends. Do both directions give the same result?\n\n"
        + small(
            f"Sample {sample} is mirrored at its middle, and both directions start from the same state. Forward h at "
            "step t is compared with reverse h at the step that is as far from the end as t is from the start."
        ),
    )
    stage = links.choose("reverse")
    found = mirror(settings, stage, sample)
    worst = [figure(found.worst(layer)) for layer in range(settings.num_layers)]
    each = "; ".join(f"layer {layer}: {size}" for layer, size in enumerate(worst))
    if found.alike == settings.num_layers:
        alone = " One step has no order, so it is enough to copy the weights." if settings.seq_len == 1 else ""
        verdict(
            True,
            "The same in both directions, in every layer.",
            f"Largest differences: {each}. Rounding explains up to {figure(found.limit)}.{alone}",
        )
    elif found.alike:
        verdict(
            False,
            f"The same in both directions up to layer {found.alike - 1}, but not in layer {found.alike}.",
            f"Largest differences: {each}. For a module of one layer this would be enough. A layer above reads forward "
            "h and reverse h side by side. Seen from the other end, they have changed places. So the columns of its "
            "reverse `weight_ih` have to change places too.",
        )
    else:
        verdict(
            False,
            "Not the same in both directions.",
            f"Largest differences: {each}. The reverse direction is not the forward one run backwards: it has weights "
            "of its own.",
        )
    if place := folded("Step by step, as a picture", "mirror_steps", ":material/grid_on:"):
        picture = mirrored(settings, stage, sample)
        with place:
            aside(_scale(found.limit))
            chart(charts.sizes(picture.form, "differs by"), alt=MIRROR_ALT, **picture.columns)


# To try


def change_at_the_ends(page: Page, step: int, name: str, revealed: bool) -> Attempt:
    """Change the first step, and the last, of one and the same run."""
    outcome, settings, sample = "", page.settings, page.view.sample
    task = (
        "Change the first step, then the last. In layer 0, which direction moves at every step, and which at only one?"
    )
    ends = {1, settings.seq_len}
    if len(ends) == 1:
        task += " For this, make the sequence longer: with one step, the first is the last."
    elif revealed:
        run = (settings, name, sample)  # what was tried on another run is no part of this one
        seen: tuple[object, set[int]] = st.session_state.get("_ends", (None, set()))
        tried = (seen[1] if seen[0] == run else set()) | ({step} & ends)
        st.session_state["_ends"] = (run, tried)
        if tried == ends:
            found = [change(settings, name, at, sample) for at in sorted(ends)]
            first, last = (one.moved[0].sum(axis=1) for one in found)
            outcome = (
                f"In layer 0, forward moves at {first[0]} of {settings.seq_len} steps when the first is changed, and "
                f"at {last[0]} when the last is. Reverse moves at {first[1]} and at {last[1]}. "
                + UNCOUNTED.format(scientific(max(one.limit for one in found)))
            )
    return Attempt("Which direction moves at every step?", task, outcome)


def change_that_fades(page: Page, step: int, name: str, revealed: bool) -> Attempt:
    """Lengthen the sequence until the change of some h of the last layer is no more than rounding."""
    outcome, task = "", "Every h of the last layer depends on every x. Make the sequence longer until one of them does "
    task += "not move beyond rounding."
    if revealed:
        found = change(page.settings, name, step, page.view.sample)
        task += f" Here rounding explains a change of up to {scientific(found.limit)}."
        faded, smallest = ~found.moved[-1], float(found.h[-1].min())
        if faded.any():
            outcome = (
                f"In the last layer {int(faded.sum())} of {faded.size} h do not move beyond rounding, although all "
                f"depend on it. The smallest move is {figure(smallest)}."
            )
    return Attempt("How far does the change reach?", task, outcome)


def palindrome_read_alike(page: Page) -> Attempt:
    """Make every layer read a palindrome the same both ways."""
    settings, sample = page.settings, page.view.sample
    stage = str(st.session_state.get("reverse") or STAGES[0])
    found = mirror(settings, stage, sample)
    outcome = ""
    if found.alike == settings.num_layers:
        outcome = f"Reverse weights “{stage}”: all {settings.num_layers} layers agree within {figure(found.limit)}."
    return Attempt(
        "Make both directions the same",
        "Choose the reverse weights so that every layer reads the palindrome the same in both directions. Which is "
        "the smallest change that is enough?",
        outcome,
    )


def program(page: Page, step: int) -> str:
    """The lesson's program, which prints the digits of the page."""
    return programs.program(page.settings, step, page.view.sample)
