"""A typed line: usable parts are read, the other parts are named, and no text does harm."""

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.lessons.memory import LONGEST
from components.lessons.memory.edits.facts import read
from components.lessons.memory.facts import Edit, Hold, Surgery, operate
from components.lstm.build import build
from components.settings import Settings

SIZES = Settings(seq_len=12, input_size=3, hidden_size=4)


@pytest.mark.parametrize(
    ("line", "holds", "edits"),
    [
        ("", (), ()),
        ("c_0[1] = 2.5", (), (Edit("c", 2.5, 1),)),
        ("h_0=\u22121", (), (Edit("h", -1.0, None),)),
        ("x_3[0] = -1; x_4..6 = +.5", (), (Edit("x", -1.0, 0, 3, 3),)),
        ("x_4..6 = 0.5", (), (Edit("x", 0.5, None, 4, 6),)),
        ("f_3..5[1] = 0, o = 1", (Hold("f", 0.0, 1, 3, 5), Hold("o", 1.0, None, 1, None)), ()),
        ("g[2]=-1,,  i_12 = 0.125 ,", (Hold("g", -1.0, 2, 1, None), Hold("i", 0.125, None, 12, 12)), ()),
    ],
)
def test_what_it_says_is_done(line: str, holds: tuple[Hold, ...], edits: tuple[Edit, ...]) -> None:
    found = read(line, SIZES)
    assert (found.holds, found.edits) == (holds, edits)
    assert len(found.said) == (1 if "+.5" in line else 0)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("f", "is not written like"),
        ("__import__('os')", "is not written like"),
        ("f = nan", "is not written like"),
        ("f = 1e9", "is not written like"),
        ("c_0[\u0661] = 1", "is not written like"),
        ("f = 2", "f is held or set between 0 and 1"),
        ("g = -1.5", "g is held or set between -1 and 1"),
        ("c_0 = 101", "c is held or set between -100 and 100"),
        ("c_1 = 1", "only the initial state of c can be set, `c_0`"),
        ("h = 1", "only the initial state of h can be set, `h_0`"),
        ("c_0[4] = 1", "the units of c are 0 to 3"),
        ("x_1[3] = 1", "the features of x are 0 to 2"),
        ("x_13 = 1", "the steps are 1 to 12"),
        ("f_5..3 = 1", "the steps are 1 to 12, the smaller one first"),
        ("x_0 = 1", "the steps are 1 to 12"),
    ],
)
def test_what_cannot_be_is_said_and_the_rest_is_used(part: str, words: str) -> None:
    found = read(f"i = 0, {part}", SIZES)
    assert found.holds == (Hold("i", 0.0, None, 1, None),)
    assert found.edits == ()
    (sentence,) = found.said
    assert words in sentence


@examples(deadline=None, derandomize=True, max_examples=60)
@given(st.one_of(st.text(max_size=LONGEST + 20), st.text("ifgochx_0123456789.[]=-, ", max_size=LONGEST)))
def test_any_line_at_all(line: str) -> None:
    """Every part that is read can be used. Each sentence is short and cannot break out of its quotes."""
    found = read(line, SIZES)
    operate(build(SIZES), Surgery(found.holds, found.edits))
    assert all(len(sentence) < 120 and sentence.count("`") % 2 == 0 for sentence in found.said)
