"""A batch of different lengths, on a page: the line that decides it, how it is packed, what padding does and costs."""

import dataclasses

import streamlit as st

from components.lessons.lengths import LENGTHS, charts, frames
from components.lessons.lengths import program as programs
from components.lessons.lengths.facts import (
    ALONE,
    BATCHES,
    LAST,
    OWN,
    PACKED,
    Priced,
    Ways,
    faults,
    four_ways,
    packed,
    poisoned,
    priced,
)
from components.lessons.lengths.line import facts as line
from components.lessons.lengths.line.facts import Lengths
from components.lstm.cost import PAIRS, PATIENCE
from components.settings import Settings
from components.ui import beside
from components.ui.chart import chart
from components.ui.figures import figure
from components.ui.furniture import Attempt, aside, code, folded, locked, small, verdict
from components.ui.pointer import pointer
from components.ui.shell import Page

WASTE = 0.8  # the share of padding that the learner is asked for
MOST_SAID = 6  # items named of those that share a reason
BLOCKS_ALT = (
    "Two blocks of cells side by side, one row for each sequence and one column for each time step. The padded one is "
    "ragged at its right end and filled up with empty cells. Arrows go from its rows to those of the packed one, "
    "where the longest sequence is first and each column is as high as there are sequences left, and back to the "
    "order in which they came. Walk, below, says the same in words."
)
DAMAGE_ALT = (
    "Four panels side by side, one for each way to run the batch: a bar for each sequence, as long as it is, grey "
    "where the outputs are those of the sequence alone and red where they are not; an outline marks the output that "
    "is read. The table below holds the largest differences."
)
WASTE_ALT = (
    "Two rows of batches: each shows the height of the padded block, and how much of it is filled on average. In the "
    "order in which they come, most of each block is padding; sorted by length, hardly anything is."
)


def choose(page: Page) -> tuple[Page, Lengths]:
    """The line of lengths, with a button that draws one; the page with the T and B that it decides."""
    field = LENGTHS
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            field.label,
            field.default,
            max_chars=field.longest,
            key="lengths",
            bind="query-params",
            help=f"{field.help} At most {line.MOST_SEQUENCES} sequences, each of 1 to {line.MOST_STEPS} steps.",
        )
        st.button(
            "Draw",
            on_click=_draw,
            args=(page.settings.seed,),
            icon=":material/casino:",
            help=f"Draws {line.LINE_COUNT} lengths from a log-normal distribution (median {line.LINE_MEDIAN}, standard "
            f"deviation of the logarithm {line.SPREAD:g}), rounded, from 1 to {line.LINE_MOST}. The first click "
            "draws with the seed, each further click with the next seed.",
        )
    read = line.read(typed or "")
    with st.container():  # what is said must not move the charts
        _say(read)
        aside(
            "Each number is the length of one sequence. On this page the number of sequences is the batch size B, and "
            "the longest length is the sequence length T. The inputs are drawn for that block, and each sequence is "
            "cut to its length."
        )
    settings = dataclasses.replace(page.settings, seq_len=max(read.lengths), batch_size=len(read.lengths))
    return dataclasses.replace(page, settings=settings), read.lengths


def _draw(seed: int) -> None:
    first, clicks = st.session_state.get("_drawn", (seed, 0))
    clicks = clicks if first == seed else 0  # another seed starts anew
    st.session_state["_drawn"] = (seed, clicks + 1)
    lengths = line.draw(line.LINE_COUNT, line.LINE_MEDIAN, line.LINE_MOST, seed + clicks)
    st.session_state["lengths"] = line.written(lengths)


def _say(read: line.Line) -> None:
    """What of the line is not used, why, and what is."""
    if not read.left_out and not read.usual:
        return
    lines = []
    for left_out in read.left_out:
        named = ", ".join(f"`{item}`" for item in left_out.items[:MOST_SAID])
        more = len(left_out.items) - MOST_SAID
        lines.append(f"- {named}{f' and {more} more' if more > 0 else ''}: left out, because {left_out.reason}.")
    head = "**The line has no length that can be used.**" if read.usual else "**Not all of the line is used.**"
    used = f"{'Used instead' if read.usual else 'Used'}: `{line.written(read.lengths)}`."
    st.warning("\n\n".join(filter(None, (head, "\n".join(lines), used))), icon=":material/keyboard_off:")


def block_reading(lengths: Lengths) -> str:
    """How to read the picture of the padded block and the packed one."""
    picture, block = frames.blocks(lengths), line.block(lengths)
    unused = block.cells - block.filled
    words = [
        "Each row is a sequence, each column a time step. The number in a cell is its row in `data`, which holds the "
        "packed block column by column. An empty cell is padding:",
        f"{unused:,} of {block.cells:,} places." if unused else "there is none here.",
        "Point at a cell, or move Walk below the picture.",
    ]
    if block.filled > len(picture.names):
        words.append(
            f"Walk goes through the first {len(picture.names)} of {block.filled} rows of `data`. The pointer reaches "
            "all of them."
        )
    return small(" ".join(words))


def show_blocks(lengths: Lengths) -> None:
    """The padded block and the packed one, by pointer and by keyboard, and `batch_sizes` as text."""
    picture, block = frames.blocks(lengths), line.block(lengths)
    chart(
        charts.blocks(picture.scene.form, frames.is_dense(lengths)),
        alt=BLOCKS_ALT,
        **picture.scene.columns,
    )
    pointer("cell_control", "Walk", charts.CELL_EVENT, picture.names, picture.said, shown=True)
    done = packed(lengths)
    st.markdown(
        f"`batch_sizes` = {list(done.batch_sizes)} says how many sequences are still running at each step. That is the "
        f"height of each column. `sorted_indices` = {list(done.order)} says which sample is in each row. "
        f"`unsorted_indices` = {list(done.back)} says in which row each sample is. Packed, the module runs "
        f"{block.filled} steps, counted over all sequences. Padded, it runs {block.cells}."
    )


def ways_reading(page: Page, revealed: bool) -> str:
    """What is compared, and how to read the picture of it."""
    words = (
        "All four ways have the same module, sequences and initial state. Which of them give the result that each "
        "sequence has alone?"
    )
    if not revealed:
        return words
    reading = "Grey: the output is as it should be. Red: it is not. Outline: here the result is read."
    if page.settings.num_directions == 2:
        reading += (
            " The upper half of a row is the forward direction. The lower half is the reverse direction, which ends "
            "at the first step."
        )
    return f"{words}\n\n{small(reading)}"


def show_ways(page: Page, lengths: Lengths, revealed: bool) -> None:
    """The same batch in four ways, once `revealed`: where they are wrong, the verdict, and by how much."""
    if not revealed:
        locked()
        return
    settings = page.settings
    found = four_ways(settings, lengths)
    picture = frames.damage(
        found,
        lengths,
        tuple("the same" if found.same(way.worst) else f"differs by {figure(way.worst)}" for way in found.ways),
    )
    chart(
        charts.damage(picture.form, frames.is_dense(lengths)),
        alt=DAMAGE_ALT,
        **picture.columns,
    )
    _verdict(found, lengths)
    st.markdown(f"{_table(found, settings.num_directions)}\n\n{_why(settings, found, lengths)}")


def _verdict(found: Ways, lengths: Lengths) -> None:
    ways = {way.name: way for way in found.ways}
    off = {name: way.worst for name, way in ways.items()}
    exact = max(off[PACKED], *(ways[PACKED].valid(d) for d in range(ways[PACKED].read.shape[1])))
    rest = "Not one bit differs" if exact == 0 else f"The largest difference is {figure(exact)}: that is rounding"
    if not found.same(exact) or not found.same(off[ALONE]):
        verdict(
            False,
            "Packed does not give the result of each sequence alone.",
            f"The largest difference is {figure(max(exact, off[ALONE]))}.",
        )
    elif min(lengths) == max(lengths):
        verdict(True, "All four are the same.", "All sequences have the same length: there is no padding.")
    else:
        valid = max(ways[OWN].valid(direction) for direction in range(ways[OWN].read.shape[1]))
        harm = {
            "in the last column": off[LAST],
            "at each sequence's own last step": off[OWN],
            "in the outputs before the end": valid,
        }
        differences = ", ".join(
            f"{figure(difference)} {where}" for where, difference in harm.items() if not found.same(difference)
        )
        words = (
            f"Padded, the largest difference is {differences}."
            if differences
            else "And here padding makes no difference that can be measured."
        )
        verdict(True, "Packed gives the result of each sequence alone.", f"{rest}. {words}")


def _table(found: Ways, directions: int) -> str:
    heads = [
        "what is read",
        *(["outputs, forward", "outputs, reverse"] if directions == 2 else ["outputs before the end"]),
    ]
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for way in found.ways:
        cells = []
        for difference in (way.worst, *(way.valid(direction) for direction in range(directions))):
            good = found.same(difference)
            cells.append(
                ":green[:material/check: the same]"
                if good
                else f":red[:material/close: differs by {figure(difference)}]"
            )
        lines.append(f"| {way.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _why(settings: Settings, found: Ways, lengths: Lengths) -> str:
    """Why that is so, for these settings."""
    if min(lengths) == max(lengths):
        return "Make one sequence shorter than the others, and see which of the four ways changes."
    if not settings.bidirectional:
        return (
            "Zeros are an input like any other: the gates read them, and h and c move on. So the last column holds a "
            "sequence's state *after* its padding. The outputs at its own steps come before, and the padding cannot "
            "change them."
        )
    total = sum(length for length in lengths if length < max(lengths))
    words = (
        "The reverse direction begins at the right, in the padding. It carries the state that it has after the "
        f"padding into the sequence. So at {found.wrong(OWN, 1):,} of {total:,} steps of the shorter sequences its "
        "outputs are wrong, although these steps are *valid*."
    )
    if (above := found.wrong(OWN, 0)) > 0:
        words += f" The layer above reads both directions, so its forward outputs are wrong too, at {above:,} steps."
    return words


def show_poison(page: Page, lengths: Lengths) -> None:
    """The same batch with NaN in the padding, padded and packed, and what masks can do about it."""
    found = poisoned(page.settings, lengths)
    if not found.padding:
        st.markdown("There is no padding here, so NaN in the padding would change nothing.")
        return
    verdict(
        found.packed == 0,
        "Packed never reads the padding." if found.packed == 0 else "Packed reads the padding.",
        f"All {found.padding:,} places of padding hold NaN. Then {found.packed:,} of {found.numbers:,} numbers of "
        f"`output` are NaN when the batch is packed, and {found.padded:,} when it is padded.",
    )
    rows = {
        "output, padded": found.padded,
        "output * mask": found.product,
        "torch.where(mask, output, 0)": found.where,
        "output.masked_fill(~mask, 0)": found.filled,
        "output, packed": found.packed,
    }
    counts = "\n".join(
        f"| `{name}` | {':green[:material/check: none]' if not count else f':red[:material/close: {count:,}]'} |"
        for name, count in rows.items()
    )
    why = (
        "NaN times 0 is NaN: a product with a mask does not remove it. `torch.where` and `masked_fill` choose another "
        "number instead, and do remove it."
    )
    if found.valid:
        why += (
            f" But {found.valid:,} NaN are at the sequences' own steps, and a mask of the padding does not reach them."
        )
    st.markdown(f"| | NaN |\n|---|---|\n{counts}\n\n{why}")


def faults_found(page: Page, lengths: Lengths) -> str:
    """Wrong lengths, torch's own behaviour, and what a check says of them, in words and a table."""
    rows = ["| lengths | torch | `checked_lengths` |", "|---|---|---|"]
    for fault in faults(page.settings, lengths):
        given = ", ".join(map(str, fault.given[:6])) + (", …" if len(fault.given) > 6 else "")
        torch_says = f"**no error:** {fault.found}" if fault.silent else _verbatim(fault.found)
        checked = f":green[:material/check:] {fault.checked}" if fault.checked else ":red[:material/close:] cannot know"
        rows.append(f"| {fault.what}: [{given}] | {torch_says} | {checked} |")
    return (
        "Here torch is given lengths that are not those of this batch. The table shows what it does:\n\n"
        + "\n".join(rows)
        + "\n\n"
        "One kind of mistake cannot be found by a check of the numbers: a length that fits the block but is not the "
        "sequence's own. So take the lengths from the sequences before you pad them, and check them where you "
        "pad:"
    )


def show_check_of_lengths() -> None:
    """The check, as code."""
    code(programs.CHECKED)


def _verbatim(words: str) -> str:
    """Torch's words in a Markdown table, sign for sign: as text, <= would be shown as another sign."""
    return f"`{words.replace('`', chr(39)).replace('|', '/')}`"


def waste_found(page: Page, lengths: Lengths) -> str:
    """What padding wastes, over a made-up corpus in two orders, in words."""
    corpus = line.corpus(page.settings.seed)
    before, after = line.wasted(corpus.random), line.wasted(corpus.by_length)
    return (
        f"{line.CORPUS_COUNT:,} made-up sentences are put into batches of {line.BATCH}. In the order in which they "
        f"come, **{before:.0%}** of all places are padding. Sorted by length first, **{after:.1%}** are. In the batch "
        f"above, {line.wasted([line.block(lengths)]):.0%} are. Sorted batches come in the order of length: so shuffle "
        "the batches.\n\n"
        + small(
            f"Lengths are log-normal: median {line.CORPUS_MEDIAN}, standard deviation of the logarithm "
            f"{line.SPREAD:g}, rounded, from 1 to {line.MOST_STEPS}; they are drawn with the seed. Blue is filled, on "
            "average. Grey is padding."
        )
    )


def show_waste(page: Page) -> None:
    """The batches of the corpus in two orders, and how much of each is padding."""
    waste = frames.waste_columns(line.corpus(page.settings.seed))
    chart(charts.waste(("as they come", "sorted by length")), alt=WASTE_ALT, waste=waste)


def show_cost(page: Page, lengths: Lengths) -> None:
    """On a button: packing against padding, measured here in three batches."""
    settings = page.settings
    beside.measure(
        "packing",
        (settings, lengths),
        BATCHES * PAIRS,
        lambda: priced(settings, lengths),
        lambda found: st.markdown(_costs(found)),
        button="Measure packing against padding",
        help=f"Runs three batches packed and padded, {PAIRS} times each, in turns, here on the server.",
        seconds=PATIENCE,
        caption=f"lengths {', '.join(map(str, lengths))} · {settings.caption}",
    )


def _costs(found: list[Priced]) -> str:
    measured = [*{batch.name: batch for batch in found}.values()]  # the last of each name is all its pairs
    lines = ["| batch | padding | time packed ÷ time padded |", "|---|---|---|"]
    for name, wasted, cost in measured:
        lines.append(f"| {name} | {wasted:.0%} | **{cost.ratio:.2f}** ({cost.low:.2f} to {cost.high:.2f}) |")
    slower = [name for name, _, cost in measured if cost.low > 1]
    faster = [name for name, _, cost in measured if cost.high < 1]
    words = [
        f"The bold number is the median of {min(cost.pairs for *_, cost in measured)} pairs. Half of the pairs lie "
        "within the brackets."
    ]
    if slower:
        words.append(f"Packing is *slower* for: {'; '.join(slower)}.")
    if faster:
        words.append(f"Packing is faster for: {'; '.join(faster)}.")
    words.append(
        "Packing costs time at every step, and for sorting, gathering and unpacking. It is faster where the padding "
        "that it saves costs more: with much padding, in a wide module. Its results are right either way."
    )
    return "\n".join(lines) + "\n\n" + " ".join(words)


def show_done_right() -> None:
    """What collating, a model, pooling and a loss do with lengths, as code, made when it is opened."""
    if place := folded("The right way: collate, pack, pool, and mask the loss", "done_right", ":material/checklist:"):
        with place:
            code(programs.COLLATE)
            code(programs.FORWARD)
            aside(
                "`total_length`: after unpacking, `output` is as long as the longest sequence that was packed. If a "
                "batch is split over several devices, one part may hold only short sequences. Then the parts do not "
                "fit together. With `total_length` all parts are as long as the block."
            )
            code(programs.POOLING)


def no_harm(page: Page, lengths: Lengths) -> Attempt:
    """Find a batch that padding cannot harm."""
    outcome = ""
    found = four_ways(page.settings, lengths)
    worst = max(way.worst for way in found.ways)
    if len(lengths) >= 3 and min(lengths) == max(lengths) and found.same(worst):
        outcome = (
            f"{len(lengths)} sequences of {lengths[0]} steps: the largest difference of the four ways is "
            f"{figure(worst)}, which is rounding. So lengths only matter where they "
            "differ. Sorting by length makes batches in which they hardly differ."
        )
    return Attempt(
        "A batch that padding cannot harm",
        "Type at least three lengths for which all four ways agree, also where the last column of the block is read.",
        outcome,
    )


def valid_and_wrong(page: Page, lengths: Lengths) -> Attempt:
    """Find outputs at a sequence's own steps that are wrong."""
    outcome = ""
    directions = page.settings.num_directions
    if directions == 2:
        found = four_ways(page.settings, lengths)
        way = next(way for way in found.ways if way.name == OWN)
        if not found.same(way.valid(1)):
            per_sample = way.output[:, 1].nan_to_num(0.0).amax(dim=1)
            sample = int(per_sample.argmax())
            outcome = (
                f"Sample {sample} has {lengths[sample]} of {max(lengths)} steps. In the reverse direction its output "
                f"differs by {figure(per_sample[sample].item())} at one of its own steps. To read it at another step "
                "does not repair that. Packing does."
            )
    return Attempt(
        "Wrong before the end",
        "Make an output of the padded batch wrong at one of the sequence's own steps. What has to read from the right?",
        outcome,
    )


def wasteful(lengths: Lengths) -> Attempt:
    """Find a batch that is nearly all padding."""
    wasted = line.wasted([line.block(lengths)])
    outcome = f"{wasted:.0%} of the block is padding. One long sequence is enough. Now measure: is packing faster?"
    return Attempt(
        "Nearly all padding",
        f"Type lengths with which more than {WASTE:.0%} of the block is padding. Now it is {wasted:.0%}.",
        outcome if wasted > WASTE else "",
    )


def program(page: Page, lengths: Lengths) -> str:
    """The lesson's program, which prints the digits of the page and then trains."""
    return programs.program(page.settings, lengths)
