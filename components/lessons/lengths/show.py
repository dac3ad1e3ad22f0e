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
    "Two blocks of cells side by side, a row a sequence and a column a time step. The padded one is ragged at its "
    "right end and filled up with empty cells. Arrows cross from its rows to those of the packed one, where the "
    "longest sequence is first and each column is as high as there are sequences left, and back to the order they "
    "came in. Walk, below, says the same in words."
)
DAMAGE_ALT = (
    "Four panels side by side, one for each way to run the batch: a bar a sequence, as long as it is, grey where the "
    "outputs are those of the sequence alone and red where they are not; an outline marks the output that is read. The "
    "table below holds the largest differences."
)
WASTE_ALT = (
    "Two rows of batches: in each the height of the padded block, and how much of it is filled on average. In the "
    "order they come in, most of each block is padding; sorted by length, hardly anything is."
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
            help=f"{field.help} At most {line.MOST_SEQUENCES} of them, from 1 to {line.MOST_STEPS}.",
        )
        st.button(
            "Draw",
            on_click=_draw,
            args=(page.settings.seed,),
            icon=":material/casino:",
            help=f"{line.LINE_COUNT} lengths from a log-normal distribution (median {line.LINE_MEDIAN}, standard "
            f"deviation of the logarithm {line.SPREAD:g}), rounded, kept within 1 to {line.LINE_MOST}. The first draw "
            "is that of the seed, each further one that of the next seed.",
        )
    read = line.read(typed or "")
    with st.container():  # what is said must not move the charts
        _say(read)
        aside(
            "Each length is a sequence. On this page their number is the batch size B and the longest is the sequence "
            "length T. The inputs are drawn for that block, and each sequence is cut to its length."
        )
    settings = dataclasses.replace(page.settings, seq_len=max(read.lengths), batch_size=len(read.lengths))
    return dataclasses.replace(page, settings=settings), read.lengths


def _draw(seed: int) -> None:
    first, drawn = st.session_state.get("_drawn", (seed, 0))
    drawn = drawn if first == seed else 0  # another seed starts anew
    st.session_state["_drawn"] = (seed, drawn + 1)
    lengths = line.draw(line.LINE_COUNT, line.LINE_MEDIAN, line.LINE_MOST, seed + drawn)
    st.session_state["lengths"] = line.written(lengths)


def _say(read: line.Line) -> None:
    """What of the line is not used, why, and what is."""
    if not read.left_out and not read.usual:
        return
    said = []
    for one in read.left_out:
        named = ", ".join(f"`{item}`" for item in one.items[:MOST_SAID])
        more = len(one.items) - MOST_SAID
        said.append(f"- {named}{f' and {more} more' if more > 0 else ''}: left out, for {one.reason}.")
    head = "**The line has no length that can be used.**" if read.usual else "**Not all of the line is used.**"
    used = f"{'Used instead' if read.usual else 'Used'}: `{line.written(read.lengths)}`."
    st.warning("\n\n".join(filter(None, (head, "\n".join(said), used))), icon=":material/keyboard_off:")


def block_reading(lengths: Lengths) -> str:
    """How to read the picture of the padded block and the packed one."""
    picture, block = frames.blocks(lengths), line.block(lengths)
    unused = block.cells - block.filled
    words = [
        "A row is a sequence, a column a time step, and the number in a cell, where it fits, its row of `data`, where "
        "the packed block lies in memory, column by column. Empty is padding:",
        f"{unused:,} of {block.cells:,} places." if unused else "there is none here.",
        "Point at a cell, or move Walk below.",
    ]
    if block.filled > len(picture.names):
        words.append(
            f"Walk goes through the first {len(picture.names)} of {block.filled} rows; the pointer through all."
        )
    return small(" ".join(words))


def show_blocks(lengths: Lengths) -> None:
    """The padded block and the packed one, by pointer and by keyboard, and `batch_sizes` as text."""
    picture, block = frames.blocks(lengths), line.block(lengths)
    chart(
        charts.blocks(picture.height, frames.is_dense(lengths)),
        alt=BLOCKS_ALT,
        cells=picture.cells,
        arrows=picture.arrows,
        labels=picture.labels,
    )
    pointer("cell_control", "Walk", charts.CELL_EVENT, picture.names, picture.said, shown=True)
    done = packed(lengths)
    st.markdown(
        f"`batch_sizes` = {list(done.batch_sizes)}: how many sequences are still running at each step, which is how "
        f"high the columns are. `sorted_indices` = {list(done.order)} says which sample each row holds, "
        f"`unsorted_indices` = {list(done.back)} in which row each sample stands. The module runs {block.filled} "
        f"steps of one sequence, where the padded block makes it run {block.cells}."
    )


def ways_reading(page: Page, revealed: bool) -> str:
    """What is compared, and how to read the picture of it."""
    words = "The same module, sequences and initial state. Whose result is that of each sequence alone?"
    if not revealed:
        return words
    said = "Grey: outputs as they should be. Red: not. Outlined: where the result is read."
    if page.settings.num_directions == 2:
        said += " Upper half of a row: forward, lower half: the reverse direction, which ends at the first step."
    return f"{words}\n\n{small(said)}"


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
        tuple("the same" if found.same(way.worst) else f"{figure(way.worst)} off" for way in found.ways),
    )
    chart(
        charts.damage(picture.height, frames.is_dense(lengths)),
        alt=DAMAGE_ALT,
        cells=picture.cells,
        labels=picture.labels,
    )
    _verdict(found, lengths)
    st.markdown(f"{_table(found, settings.num_directions)}\n\n{_why(settings, found, lengths)}")


def _verdict(found: Ways, lengths: Lengths) -> None:
    ways = {way.name: way for way in found.ways}
    off = {name: way.worst for name, way in ways.items()}
    exact = max(off[PACKED], *(ways[PACKED].valid(d) for d in range(ways[PACKED].read.shape[1])))
    rest = "Not one bit differs" if exact == 0 else f"They differ by at most {figure(exact)}: rounding"
    if not found.same(exact) or not found.same(off[ALONE]):
        verdict(False, "Packed is not each sequence alone.", f"They differ by up to {figure(max(exact, off[ALONE]))}.")
    elif min(lengths) == max(lengths):
        verdict(True, "All four are the same.", "The sequences are equally long: there is no padding to do harm.")
    else:
        valid = max(ways[OWN].valid(direction) for direction in range(ways[OWN].read.shape[1]))
        harm = {
            "read at the last column": off[LAST],
            "read at their own last step": off[OWN],
            "before their end": valid,
        }
        said = ", ".join(f"{figure(apart)} {where}" for where, apart in harm.items() if not found.same(apart))
        words = f"Padded, they are off by {said}." if said else "And here padding does no harm that can be measured."
        verdict(True, "Packed is each sequence alone.", f"{rest}. {words}")


def _table(found: Ways, directions: int) -> str:
    heads = [
        "what is read",
        *(["outputs, forward", "outputs, reverse"] if directions == 2 else ["outputs before the end"]),
    ]
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for way in found.ways:
        cells = []
        for apart in (way.worst, *(way.valid(direction) for direction in range(directions))):
            good = found.same(apart)
            cells.append(":green[:material/check: the same]" if good else f":red[:material/close: {figure(apart)} off]")
        lines.append(f"| {way.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _why(settings: Settings, found: Ways, lengths: Lengths) -> str:
    """Why that is so, for these settings."""
    if min(lengths) == max(lengths):
        return "Make one sequence shorter than the others, and see which of the four can tell."
    if not settings.bidirectional:
        return (
            "Zeros are an input like any other: the gates read them, and h and c move on. So what stands in the last "
            "column is a sequence's state *after* its padding. Its own outputs come before, and cannot know of it."
        )
    total = sum(length for length in lengths if length < max(lengths))
    words = (
        "The reverse direction begins at the right, in the padding, and carries what it made of that into the "
        f"sequence: at {found.wrong(OWN, 1):,} of {total:,} steps of the shorter ones its *valid* outputs are wrong."
    )
    if (above := found.wrong(OWN, 0)) > 0:
        words += f" The layer above reads both directions, so its forward outputs are wrong too, at {above:,} steps."
    return words


def show_poison(page: Page, lengths: Lengths) -> None:
    """The same batch with NaN in the padding, padded and packed, and what masks can do about it."""
    found = poisoned(page.settings, lengths)
    if not found.padding:
        st.markdown("With NaN in the padding nothing would change here: there is no padding.")
        return
    verdict(
        found.packed == 0,
        "Packed never reads the padding." if found.packed == 0 else "Packed reads the padding.",
        f"With NaN in all {found.padding:,} places of padding, {found.packed:,} of {found.numbers:,} numbers of "
        f"`output` are NaN when it is packed, {found.padded:,} when it is padded.",
    )
    rows = {
        "output, padded": found.padded,
        "output * mask": found.product,
        "torch.where(mask, output, 0)": found.where,
        "output.masked_fill(~mask, 0)": found.filled,
        "output, packed": found.packed,
    }
    told = "\n".join(
        f"| `{name}` | {':green[:material/check: none]' if not count else f':red[:material/close: {count:,}]'} |"
        for name, count in rows.items()
    )
    why = (
        "NaN times 0 is NaN: a product keeps what it was to remove. `torch.where` and `masked_fill` choose, and drop "
        "it."
    )
    if found.valid:
        why += f" But {found.valid:,} NaN stand at the sequences' own steps, where no mask reaches."
    st.markdown(f"| | NaN |\n|---|---|\n{told}\n\n{why}")


def faults_found(page: Page, lengths: Lengths) -> str:
    """Wrong lengths, torch's own behaviour, and what a check says of them, in words and a table."""
    rows = ["| lengths | torch | `checked_lengths` |", "|---|---|---|"]
    for fault in faults(page.settings, lengths):
        given = ", ".join(map(str, fault.given[:6])) + (", …" if len(fault.given) > 6 else "")
        torch_says = f"**silent:** {fault.found}" if fault.silent else _verbatim(fault.found)
        told = f":green[:material/check:] {fault.checked}" if fault.checked else ":red[:material/close:] cannot know"
        rows.append(f"| {fault.what}: [{given}] | {torch_says} | {told} |")
    return (
        "Torch is given lengths that are not those of this batch, live:\n\n" + "\n".join(rows) + "\n\nOne kind no "
        "check of the numbers finds: a length that fits the block and is not the sequence's own. So take lengths from "
        "the sequences, before they are padded, and check them where they are padded:"
    )


def show_check_of_lengths() -> None:
    """The check, as code."""
    code(programs.CHECKED)


def _verbatim(words: str) -> str:
    """Torch's words in a Markdown table, sign for sign: as text, <= would be drawn as another sign."""
    return f"`{words.replace('`', chr(39)).replace('|', '/')}`"


def waste_found(page: Page, lengths: Lengths) -> str:
    """What padding wastes, over a made-up corpus in two orders, in words."""
    made = line.corpus(page.settings.seed)
    before, after = line.wasted(made.random), line.wasted(made.by_length)
    return (
        f"{line.CORPUS_COUNT:,} made-up sentences, in batches of {line.BATCH}: **{before:.0%}** of all places are "
        f"padding in the order they come in, **{after:.1%}** when they are sorted by length first. The batch above "
        f"wastes {line.wasted([line.block(lengths)]):.0%}. Sorted batches come in an order: shuffle the batches.\n\n"
        + small(
            f"Lengths are log-normal: median {line.CORPUS_MEDIAN}, standard deviation of the logarithm "
            f"{line.SPREAD:g}, rounded, kept within 1 to {line.MOST_STEPS}; the seed draws them. Blue: filled, on "
            "average. Grey: padding."
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
        help=f"Runs three batches packed and padded, {PAIRS} times in turns, here on the server.",
        seconds=PATIENCE,
        caption=f"lengths {', '.join(map(str, lengths))} · {settings.caption}",
    )


def _costs(found: list[Priced]) -> str:
    measured = [*{one.name: one for one in found}.values()]  # the last of each name is all its pairs
    lines = ["| batch | padding | time packed ÷ time padded |", "|---|---|---|"]
    for name, wasted, cost in measured:
        lines.append(f"| {name} | {wasted:.0%} | **{cost.ratio:.2f}** ({cost.low:.2f} to {cost.high:.2f}) |")
    slower = [name for name, _, cost in measured if cost.low > 1]
    faster = [name for name, _, cost in measured if cost.high < 1]
    words = [f"Median of {min(cost.pairs for *_, cost in measured)} pairs; half of them lie within the brackets."]
    if slower:
        words.append(f"Packing is *slower* for: {'; '.join(slower)}.")
    if faster:
        words.append(f"It pays for: {'; '.join(faster)}.")
    words.append(
        "Packing has a price for every step, and for sorting, gathering and unpacking. It pays where the padding it "
        "saves costs more than that: much padding, in a wide module. It is right either way."
    )
    return "\n".join(lines) + "\n\n" + " ".join(words)


def show_done_right() -> None:
    """What collating, a model, pooling and a loss do with lengths, as code, made when it is opened."""
    if place := folded("Done right: collate, pack, pool, and mask the loss", "done_right", ":material/checklist:"):
        with place:
            code(programs.COLLATE)
            code(programs.FORWARD)
            aside(
                "`total_length`: unpacked, `output` is as long as the longest sequence that was packed. Where a batch "
                "is split among devices a part may hold only short ones, and the parts no longer fit together. With "
                "it all are as wide as the block."
            )
            code(programs.POOLING)


def no_harm(page: Page, lengths: Lengths) -> Attempt:
    """Find a batch that padding cannot harm."""
    outcome = ""
    if len(lengths) >= 3 and min(lengths) == max(lengths):
        found = four_ways(page.settings, lengths)
        worst = max(way.worst for way in found.ways)
        outcome = (
            f"{len(lengths)} sequences of {lengths[0]} steps: the four ways are at most {figure(worst)} apart. So "
            "lengths matter only where they differ; sorting by length makes such batches."
        )
    return Attempt(
        "A batch that padding cannot harm",
        "Type at least three lengths for which all four ways agree, read at the last column too.",
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
                f"Sample {sample}, {lengths[sample]} of {max(lengths)} steps long, is "
                f"{figure(per_sample[sample].item())} off at one of its own steps in the reverse direction. Gathering "
                "cannot repair that. Packing can."
            )
    return Attempt(
        "Wrong before the end",
        "Make a padded output wrong at a step at which the sequence is still running. What has to read from the right?",
        outcome,
    )


def wasteful(lengths: Lengths) -> Attempt:
    """Find a batch that is nearly all padding."""
    wasted = line.wasted([line.block(lengths)])
    outcome = f"{wasted:.0%} of the block is padding. One long sequence is enough. Now measure: does packing pay?"
    return Attempt(
        "Nearly all padding",
        f"Write a line that wastes more than {WASTE:.0%} of its block. It wastes {wasted:.0%} now.",
        outcome if wasted > WASTE else "",
    )


def program(page: Page, lengths: Lengths) -> str:
    """The lesson's program, which prints the digits of the page and then trains."""
    return programs.program(page.settings, lengths)
