"""A batch of different lengths, on a page: the line that decides it, what padding does and costs, how to pack."""

import dataclasses
from typing import Any

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
from components.ui.follow import follow
from components.ui.furniture import Attempt, aside, code, locked, look, revealed, small, verdict
from components.ui.pointer import pointer
from components.ui.shell import Page, decide

WASTE = 0.8  # the share of padding that the learner is asked for
MOST_SAID = 6  # items named of those that share a reason
BLOCKS_ALT = (
    "Two blocks of cells side by side, one row for each sequence and one column for each time step. The padded one is "
    "ragged at its right end and filled up with empty cells. Arrows go from its rows to those of the packed one, "
    "where the longest sequence is first and each column is as high as there are sequences left, and back to the "
    "order in which they came. Walk, below, says the same in words."
)
HELD_BACK = "difference: answer first"  # below each panel, in place of the figure
DAMAGE_ALT = (
    "Four panels, one for each way to run the batch: a bar for each sequence, as long as it is, grey where the outputs "
    "are those of the sequence alone and red where they are not; an outline marks the output that is read. The table "
    "below holds the largest differences."
)
WASTE_ALT = (
    "Two rows of batches: each shows the height of the padded block, and how much of it is filled on average. In the "
    "order in which they come, most of each block is padding; sorted by length, hardly anything is."
)


def choose(page: Page) -> Lengths:
    """The line of lengths above the picture, with a button that draws one; in the coach, what of it is not used."""
    field = LENGTHS
    with page.picture, st.container(horizontal=True, vertical_alignment="bottom"):
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
            key="draw_lengths",
            on_click=_draw,
            args=(page.settings.seed,),
            icon=":material/casino:",
            help=f"Draws {line.LINE_COUNT} lengths from a log-normal distribution (median {line.LINE_MEDIAN}, standard "
            f"deviation of the logarithm {line.SPREAD:g}), rounded, from 1 to {line.LINE_MOST}. The first click "
            "draws with the seed, each further click with the next seed.",
        )
    read = line.read(typed or "")
    with page.coach.container():  # beside the picture, which must not move while somebody types
        _say(read)
    return read.lengths


def sized(page: Page, lengths: Lengths) -> Page:
    """The page with the T and B that the lengths decide."""
    return decide(page, dataclasses.replace(page.settings, seq_len=max(lengths), batch_size=len(lengths)))


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


def show_picture(page: Page, lengths: Lengths, place: Any) -> None:
    """The four ways, and in `place` the verdict, again while a size is dragged."""
    with page.picture:
        follow(page, _picture, lengths, place)


def _picture(page: Page, lengths: Lengths, place: Any) -> None:
    found = four_ways(sized(page, lengths).settings, lengths)
    told = revealed(page)
    words = (
        "grey: the same" if found.same(way.worst) else f"red: differs by {figure(way.worst)}" for way in found.ways
    )
    picture = frames.damage(found, lengths, tuple(words) if told else (HELD_BACK,) * len(found.ways), told)
    chart(charts.damage(picture.form, frames.is_dense(lengths)), alt=DAMAGE_ALT, **picture.framing(look()))
    if told:
        with place:
            _verdict(found, lengths)


def reading(page: Page) -> str:
    """How to read the picture of the four ways."""
    words = (
        "The same batch is run in four ways, with the same module and the same initial state. Each row is a sequence. "
        "An outline marks the output that is read as its result. Padded, `h_n` is the output in the last column. Grey "
        "is what the sequence gives when it is alone; red is something else, and the stronger the red, the larger the "
        "difference."
    )
    if page.settings.num_directions == 2:
        words += (
            " The upper half of a row is the forward direction. The lower half is the reverse direction, which ends "
            "at the first step."
        )
    return words


def show_ways(page: Page, lengths: Lengths) -> None:
    """Once it may be told, how far each of the four ways is off, and why."""
    if not revealed(page):
        locked()
        return
    settings = page.settings
    found = four_ways(settings, lengths)
    st.markdown(f"{_table(found, settings.num_directions)}\n\n{_why(settings, found, lengths)}")


def show_packing(lengths: Lengths) -> None:
    """The padded block and the packed one, by pointer and by keyboard, and how to read them."""
    picture, block = frames.blocks(lengths), line.block(lengths)
    unused = block.cells - block.filled
    st.markdown(
        f"The same batch is stored twice. Padded, it has {block.cells:,} places, and the module runs a step for each. "
        f"Packed, it has {block.filled:,}: "
        + (f"the {unused:,} empty cells are left out." if unused else "here there is no padding.")
    )
    chart(
        charts.blocks(picture.scene.form, frames.is_dense(lengths)),
        alt=BLOCKS_ALT,
        **picture.scene.columns,
    )
    pointer("cell_control", "Walk", charts.CELL_EVENT, picture.names, picture.said, shown=True)
    done = packed(lengths)
    walked = (
        f" Walk goes through the first {len(picture.names)} of {block.filled} rows of `data`. The pointer reaches all."
        if block.filled > len(picture.names)
        else ""
    )
    st.markdown(
        "- **`data`** is the packed block, column by column. The number in a cell is its row there. Point at a cell, "
        f"or move Walk.{walked}\n"
        f"- **`batch_sizes`** = {list(done.batch_sizes)} stands below the packed block: how many sequences are still "
        "running at each step. So each number is the height of the column above it.\n"
        f"- **`sorted_indices`** = {list(done.order)} says which sample is in each row of the packed block: the "
        "longest is first.\n"
        f"- **`unsorted_indices`** = {list(done.back)} says in which row each sample is: so torch finds the way back."
    )


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
    if not revealed(page):
        locked()
        return
    st.markdown("If the padding has no effect, NaN in it must not change any output.")
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


def show_faults(page: Page, lengths: Lengths) -> None:
    """Wrong lengths, torch's own behaviour, what a check says of them, and the check."""
    lines = []
    for fault in faults(page.settings, lengths):
        given = ", ".join(map(str, fault.given[:6])) + (", …" if len(fault.given) > 6 else "")
        torch_says = f"**no error**, {fault.found}" if fault.silent else _verbatim(fault.found)
        checked = f":green[:material/check:] {fault.checked}" if fault.checked else ":red[:material/close:] cannot know"
        lines.append(f"- **{fault.what}:** [{given}]  \n  torch: {torch_says}  \n  `checked_lengths`: {checked}")
    st.markdown(
        "Here torch is given lengths that are not those of this batch:\n\n" + "\n".join(lines) + "\n\n"
        "One kind of mistake cannot be found by a check of the numbers: a length that fits the block but is not the "
        "sequence's own. So take the lengths from the sequences before you pad them, and check them where you "
        "pad:"
    )
    code(programs.CHECKED)


def _verbatim(words: str) -> str:
    """Torch's words in Markdown, sign for sign: as text, <= would be shown as another sign."""
    return f"`{words.replace('`', chr(39))}`"


def show_waste(page: Page, lengths: Lengths) -> None:
    """What padding wastes, over a made-up corpus in two orders, and what packing costs."""
    corpus = line.corpus(page.settings.seed)
    before, after = line.wasted(corpus.random), line.wasted(corpus.by_length)
    st.markdown(
        f"{line.CORPUS_COUNT:,} made-up sentences are put into batches of {line.BATCH}. In the order in which they "
        f"come, **{before:.0%}** of all places are padding. Sorted by length first, **{after:.1%}** are. In the batch "
        f"above, {line.wasted([line.block(lengths)]):.0%} are. Sorted batches come in the order of length: so shuffle "
        "the batches.\n\n"
        + small(
            f"Lengths are log-normal: median {line.CORPUS_MEDIAN}, standard deviation of the logarithm "
            f"{line.SPREAD:g}, rounded, from 1 to {line.MOST_STEPS}; the seed decides them. Blue is filled, on "
            "average. Grey is padding."
        )
    )
    waste = frames.waste_columns(corpus)
    chart(charts.waste(("as they come", "sorted by length")), alt=WASTE_ALT, waste=waste)
    _show_cost(page, lengths)


def _show_cost(page: Page, lengths: Lengths) -> None:
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
    """What collating, a model, pooling and a loss do with lengths, as code."""
    st.markdown("Collate the sequences, pack them, pool, and mask the loss:")
    code(programs.COLLATE)
    code(programs.FORWARD)
    aside(
        "`total_length`: after unpacking, `output` is as long as the longest sequence that was packed. If a batch is "
        "split over several devices, one part may hold only short sequences. Then the parts do not fit together. With "
        "`total_length` all parts are as long as the block."
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


def fades(page: Page, lengths: Lengths) -> Attempt:
    """Find a sequence so long that the padding behind it no longer reaches its first step."""
    outcome = ""
    if page.settings.num_directions == 2:
        found = four_ways(page.settings, lengths)
        wrong = next(way for way in found.ways if way.name == OWN).output > found.tolerance  # (B, D, T)
        for sample, length in enumerate(lengths):
            steps = wrong[sample, :, :length].any(dim=0)
            if length < max(lengths) and steps[-1] and not steps[0]:
                outcome = (
                    f"Sample {sample} has {length} of {max(lengths)} steps. {int(steps.sum())} of its own steps have "
                    "wrong outputs, but the first one is right again: so far from the padding, its trace is smaller "
                    "than rounding. To read another step does not repair the others. Packing does."
                )
                break
    return Attempt(
        "How far does the padding reach?",
        "With *Bidirectional* on, the reverse direction starts in the padding, so a shorter sequence's *own* outputs "
        "are wrong. Type lengths with which such a sequence is wrong at its end but right again at its first step.",
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
