"""The line of lengths: any text gives a batch, each unused item is named, and drawn lengths are as stated."""

import math
import re
import statistics

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.lessons.lengths import LONGEST, USUAL
from components.lessons.lengths.line import facts as lengths
from components.lessons.lengths.line.facts import (
    BATCH,
    EMPTY,
    FRACTION,
    MOST_SEQUENCES,
    MOST_STEPS,
    SCRIPT,
    SEVERAL,
    SPREAD,
    TEXT,
    TOO_LONG,
    TOO_MANY,
    ZERO,
    block,
    corpus,
    draw,
    read,
    wasted,
    written,
)

steady = examples(deadline=None, derandomize=True, max_examples=300)
good = st.lists(st.integers(1, MOST_STEPS), min_size=1, max_size=MOST_SEQUENCES)
item = st.one_of(
    st.integers(-5, 250).map(str),
    st.floats().map(str),
    st.text(max_size=6),
    st.sampled_from(["٣", "七", "²", "1_0", "+4", "0007", "1e2", "<b>", "`", " 12 ", "\u202e4", "½", ""]),
)


@steady
@given(text=st.one_of(st.text(max_size=200), st.lists(item, max_size=24).map(",".join)))
def test_any_text_gives_a_batch_and_nothing_is_dropped_in_silence(text: str) -> None:
    """A line gives 1 to 16 lengths of 1 to 200. Exactly the good items are used, and every other item is named."""
    line = read(text)
    assert 1 <= len(line.lengths) <= MOST_SEQUENCES
    assert all(type(length) is int and 1 <= length <= MOST_STEPS for length in line.lengths)
    items = [item for part in text.split(",") for item in part.split() or [""]] if text.strip() else []
    usable = [int(item) for item in items if re.fullmatch("[0-9]+", item) and 1 <= int(item) <= MOST_STEPS]
    assert line.lengths == (tuple(usable[:MOST_SEQUENCES]) or USUAL)
    assert line.usual == (not usable)
    assert sum(len(left.items) for left in line.left_out) == len(items) - len(usable[:MOST_SEQUENCES])
    for left in line.left_out:
        assert all(shown.isprintable() and "`" not in shown and 0 < len(shown) <= 20 for shown in left.items)
    assert len({left.reason for left in line.left_out}) == len(line.left_out)


@steady
@given(given_=good)
def test_what_is_written_is_read(given_: list[int]) -> None:
    assert read(written(given_)) == lengths.Line(tuple(given_))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("0", ZERO),
        ("-3", ZERO),
        ("\u22123", ZERO),
        ("000", ZERO),
        ("201", TOO_LONG),
        ("9" * 100, TOO_LONG),
        ("3.9", FRACTION),
        ("-.5", FRACTION),
        ("4.", FRACTION),
        ("٣", SCRIPT),
        ("\uff14", SCRIPT),
        ("5²", SCRIPT),
        ("", EMPTY),
        ("7|2", SEVERAL),
        ("7;2", SEVERAL),
        ("seven", TEXT),
        ("1e2", TEXT),
        ("1_0", TEXT),
        ("+4", TEXT),
        ("inf", TEXT),
    ],
)
def test_each_fault_has_its_reason(raw: str, reason: str) -> None:
    """The item is left out with a reason, and the rest of the line is used."""
    line = read(f"7,{raw},2")
    assert line.lengths == (7, 2)
    (left,) = line.left_out
    assert left == lengths.LeftOut((raw[:20] or "(empty)",), reason)


@pytest.mark.parametrize("line", ["5 3 2", "5, 3, 2", "5,3 2", " 5\u00a03\t2 "])
def test_blanks_separate_lengths_as_commas_do(line: str) -> None:
    assert read(line) == lengths.Line((5, 3, 2))


def test_too_many_are_left_out_after_the_last_that_fits() -> None:
    line = read(",".join(map(str, range(1, 20))))
    assert line.lengths == tuple(range(1, 17))
    assert line.left_out == (lengths.LeftOut(("17", "18", "19"), TOO_MANY),)


def test_a_line_without_a_length_is_said_to_have_none() -> None:
    assert read("") == read("  ") == lengths.Line(USUAL, (), True)
    assert read("0").usual


def test_the_longest_line_fits() -> None:
    assert len(", ".join(["200"] * MOST_SEQUENCES)) <= LONGEST


# Drawn lengths


def test_a_draw_is_its_seed_s_and_log_normal() -> None:
    """The same seed gives the same lengths. The median and the spread of the logarithm are as stated."""
    assert draw(8, 6, 24, 3) == draw(8, 6, 24, 3) != draw(8, 6, 24, 4)
    many = draw(20_000, 40, 10**6, 1)
    assert abs(statistics.median(many) / 40 - 1) < 0.03
    assert abs(statistics.stdev(map(math.log, many)) / SPREAD - 1) < 0.03
    assert (min(draw(2000, 2, 24, 1)), max(draw(2000, 20, 24, 1))) == (1, 24)


def test_waste_is_the_share_of_padding() -> None:
    """The share equals a count of all places."""
    given_ = (7, 2, 5, 5, 1)
    padding = sum(t >= length for length in given_ for t in range(max(given_)))
    assert wasted([block(given_)]) == pytest.approx(padding / (7 * 5))
    assert wasted([block((3, 3))]) == 0
    assert wasted([block((4, 2)), block((1,))]) == pytest.approx(2 / 9)


def test_the_corpus_is_cut_into_batches_in_two_orders() -> None:
    """Both orders have every sentence once, and full batches. Sorted batches do not overlap in length."""
    made = corpus(5)
    assert len(made.lengths) == 2000
    for batches in (made.random, made.by_length):
        assert sum(block.filled for block in batches) == sum(made.lengths)
        assert {block.sequences for block in batches[:-1]} == {BATCH}
        assert sum(block.sequences for block in batches) == 2000
    assert made.random[0] == block(made.lengths[:BATCH])
    assert made.by_length[-1].longest == max(made.lengths)
    assert [block.longest for block in made.by_length] == sorted(block.longest for block in made.by_length)
    assert wasted(made.by_length) < 0.1 < wasted(made.random)
