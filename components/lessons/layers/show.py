"""Layers and directions on a page: the module as a grid, what a change reaches, rows, dropout, palindromes."""

from typing import Any

import streamlit as st

from components.lessons.layers import KINDS, STAGES, charts
from components.lessons.layers import program as programs
from components.lessons.layers.facts import (
    DROPOUT,
    Change,
    Rows,
    change,
    dropout,
    kind,
    mirror,
    out_of_reach,
    rows,
    warned,
)
from components.lessons.layers.frames import LARGEST, LEAST, MOST, mirrored, reached, structure
from components.lstm.compare import UNCOUNTED
from components.lstm.returned import returned
from components.settings import Settings
from components.ui import links
from components.ui.chart import chart
from components.ui.figures import NON_BREAKING, figure, scientific
from components.ui.follow import follow
from components.ui.furniture import Attempt, aside, code, finding, folded, look, revealed, small, verdict
from components.ui.pointer import pointer
from components.ui.shell import Page

GRID_ALT = (
    "A grid: the layers from bottom to top, one row for each direction of a layer, one column for each time step. "
    "Arrows run along the rows, forward to the right and reverse to the left, and from both rows of a layer at each "
    "step into both rows of the layer above. A slot of h_n stands at the end of each row. "
)
CHANGE_ALT = GRID_ALT + (
    "After an answer each cell is shaded by how far its numbers move when one number of the input is changed; an empty "
    "cell does not move beyond rounding. The verdict says which move, and Slot, below, says what a slot is made from."
)
TURNS_ALT = GRID_ALT + "Each cell has its turn. The text above says when a layer can begin."
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


def show_turns(page: Page) -> None:
    """When each cell can be computed, as the same grid."""
    settings = page.settings
    layers, steps = settings.num_layers, settings.seq_len
    picture = structure(layers, steps)
    shown = "The number in a cell, and its shade, is" if steps <= MOST else "The shade of a cell is"
    words = [
        f"{shown} its turn, if each cell is computed as early as possible. The turn of a cell comes after the turns of "
        "all cells that it reads.",
        f"Layer 1 cannot begin before turn {steps + 1}: its first cells wait for the last ones of layer 0.",
    ]
    if layers > 2:
        words.append("The same is true for every layer above.")
    st.markdown(" ".join(words))
    chart(charts.grid(picture.form, "turn", "d", "lines" in picture.columns), alt=TURNS_ALT, **picture.columns)


def _told(page: Page) -> tuple[list[str], list[str]]:
    """The slots' names, after one for none, and what is said of each."""
    settings = page.settings
    _, h_n, c_n = returned(settings)
    names = ["none"]
    sentences = ["A slot of h_n is the last h of one row. Move Slot to light what its numbers are made from"]
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


def show_picture(page: Page, place: Any) -> tuple[int, str]:
    """What feeds what, and after an answer how far each h moves; in `place` the verdict. Both follow a size.

    Returns the step at which the input is changed, and the kind of the module.
    """
    with page.picture:
        left, right = st.columns([3, 2], gap="medium")
        with left:
            step = _choose_step(page)
        with right:
            name = links.choose("kind")
        follow(page, _picture, step, name, place)
        pointer("row_control", "Slot", charts.SLOT_EVENT, *_told(page), shown=True)
    return step, name


def _choose_step(page: Page) -> int:
    last = page.settings.seq_len
    text = "The step at which the first number of x is raised by 1."
    return links.choose_up_to(last, "step", "Changed at step", first=1, usual=min(3, last), help=text)


def _picture(page: Page, step: int, name: str, place: Any) -> None:
    settings, sample, known = page.settings, page.view.sample, revealed(page)
    step = min(step, settings.seq_len)  # a size may be on its way to fewer steps
    picture = reached(settings, name, step, sample, known)
    template = charts.grid(picture.form, "moves by", ".2r", "lines" in picture.columns, framed=True)
    chart(template, alt=CHANGE_ALT, **picture.framing(look()))
    if known:
        with place:
            _change_verdict(settings, change(settings, name, step, sample), step)


def show_reading(page: Page, step: int, name: str) -> None:
    """How to read the picture."""
    settings, sample = page.settings, page.view.sample
    words = [
        "Each column is a time step, each row one direction of a layer. At each step a layer above reads the forward "
        f"h and the reverse h of the layer below, side by side: {2 * settings.output_size} numbers.",
        f"The first number of x at step {step} of sample {sample}, in the bold cell, is raised by 1.",
    ]
    if settings.seq_len > MOST:
        words.append(f"With more than {MOST} steps there is no room for arrows and numbers.")
    if revealed(page):
        limit = change(settings, name, step, sample).limit
        words.append(f"A cell has the largest difference that this makes in its h. {_scale(limit)}")
    if name != "LSTM":
        words.append(f"The {name} has its own weights, sampled with the same seed, and starts from zeros.")
    aside(" ".join(words))


def _change_verdict(settings: Settings, found: Change, step: int) -> None:
    """Whether anything moves that must not, and how many of the others move."""
    outside = out_of_reach(found, step)
    strays, inside = int(found.moved[outside].sum()), found.moved[~outside]
    moved = int(inside.sum())
    faded = " In the others the change has faded." if moved < inside.size else ""
    text = f"{moved} of {inside.size} h change.{faded}"
    if strays:
        verdict(
            False,
            "Something moves that should not.",
            f"{strays} of {int(outside.sum())} h that the change cannot reach move. Of the others, {text}",
        )
    elif outside.any():
        verdict(
            True,
            "In layer 0 each direction moves on one side only. In the layers above it can move at every step."
            if 1 < step < settings.seq_len
            else "Where the change cannot reach, nothing moves.",
            f"The change cannot reach {int(outside.sum())} h of layer 0: those of the forward direction before step "
            f"{step}, and of the reverse direction after it. They change by {figure(float(found.h[outside].max()))}. "
            f"Of the others, {text}",
        )
    else:
        verdict(True, "The change can reach every h.", f"The sequence has one step: {text}")


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
        "GRU and RNN have the same grid with fewer states. To see what a change does in them, choose it in *Module*, "
        "above the picture."
    )
    st.markdown("\n".join([words, "", *lines, "", small(note)]))


# A row a sample


def show_rows(page: Page) -> None:
    """`h_n` as one row for each sample, in the right and the wrong way, with the first sample changed."""
    settings = page.settings
    st.markdown(
        "A classifier needs one row for each sample, with everything that `h_n` holds about it. Which line makes that?"
    )
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
    st.markdown(
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
    """A palindrome read from both ends, with the reverse weights as sampled, copied, or copied and rearranged."""
    settings, sample = page.settings, page.view.sample
    st.markdown(
        "A palindrome reads the same from both ends. Do both directions give the same result?\n\n"
        "The reverse direction has sampled weights of its own (*as sampled*), or gets those of the forward direction "
        "(*copied*). Above layer 0 the two halves of each row of `weight_ih` can change places too (*halves swapped*): "
        "one half reads forward h, the other half reads reverse h.\n\n"
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
        finding(
            f"The same in both directions up to layer {found.alike - 1}, but not in layer {found.alike}.",
            f"Largest differences: {each}. For a module of one layer this would be enough. A layer above reads forward "
            "h and reverse h side by side. Seen from the other end, they have changed places. So the columns of its "
            "reverse `weight_ih` have to change places too.",
        )
    else:
        finding(
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


def change_at_the_ends(page: Page, step: int, name: str) -> Attempt:
    """Change the first step, and the last, of one and the same run."""
    outcome, settings, sample = "", page.settings, page.view.sample
    task = (
        "Move *Changed at step* to the first step, then to the last. In layer 0, which direction moves at every step?"
    )
    ends = {1, settings.seq_len}
    if len(ends) == 1:
        task += " For this, make the sequence longer: with one step, the first is the last."
    elif revealed(page):
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


def change_that_fades(page: Page, step: int, name: str) -> Attempt:
    """Lengthen the sequence until the change of some h of the last layer is no more than rounding."""
    outcome, task = "", "Every h of the last layer depends on every x. Make the sequence longer until one of them does "
    task += "not move beyond rounding."
    if revealed(page):
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
    """Make every layer read a palindrome the same both ways, and see that the smaller change is not enough."""
    settings, sample = page.settings, page.view.sample
    outcome = ""
    if (stage := st.session_state.get("reverse")) in STAGES:  # its tab is open
        run = (settings, sample)
        seen: tuple[object, set[str]] = st.session_state.get("_stages", (None, set()))
        tried = (seen[1] if seen[0] == run else {STAGES[0]}) | {stage}
        st.session_state["_stages"] = (run, tried)
        found = {stage: mirror(settings, stage, sample) for stage in STAGES if stage in tried}
        enough = next((stage for stage in STAGES if stage in found and found[stage].alike == settings.num_layers), None)
        if enough is not None and tried.issuperset(STAGES[: STAGES.index(enough)]):
            less = found[STAGES[max(STAGES.index(enough) - 1, 0)]]
            outcome = (
                f"“{enough}” is enough: all {settings.num_layers} layers agree within {figure(found[enough].limit)}. "
                f"With less, layer {less.alike} differs by up to {figure(less.worst(less.alike))}."
            )
    return Attempt(
        "Make both directions the same",
        "In *Palindrome*, below, choose reverse weights so that every layer reads the palindrome the same in both "
        "directions. Which change is not enough, and which is?",
        outcome,
    )


def program(page: Page, step: int) -> str:
    """The lesson's program, which prints the digits of the page."""
    return programs.program(page.settings, step, page.view.sample)
