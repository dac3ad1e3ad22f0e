"""What the page says of each case: it names lines that exist, and the right line and reason are one each."""

import pytest

from components.lessons.clinic import CASES
from components.lessons.clinic.cases.show import SAID
from components.lessons.clinic.program import line, number_of, program, wrong_lines
from components.lessons.clinic.quoted import PROBES
from components.lessons.clinic.show import LESSONS
from components.ui.syllabus import named

cases = pytest.mark.parametrize("case", CASES)


@cases
def test_each_line_is_one_line_of_the_program(case: str) -> None:
    """The wrong line is changed by the mend, and the others are not."""
    said = SAID[case]
    assert number_of(case, said.wrong) in wrong_lines(case)
    others = [number_of(case, start) for start in said.lines]
    assert len({*others}) == 3
    assert not {*others} & {*wrong_lines(case)}
    labels = [line(case, number) for number in others]
    assert all(label and label in program(case) for label in labels)


@cases
def test_one_reason_is_right_and_each_is_answered(case: str) -> None:
    said = SAID[case]
    assert sum(belief.right for belief in said.beliefs) == 1
    assert len({belief.text for belief in said.beliefs}) == 3
    assert all(len(words) > 20 for words in (*said.lines.values(), *(belief.why for belief in said.beliefs)))


def test_the_words_of_all_cases_fit_together() -> None:
    """Every case has words; a case that looks like another is another case; probes are named as they are called."""
    assert [*SAID] == [*CASES]
    for case, said in SAID.items():
        assert said.akin in CASES
        assert said.akin != case
        remarks = " ".join((*said.lines.values(), *(belief.why for belief in said.beliefs)))
        quoted = remarks.replace("`", "").split("*")[1::2]
        assert {words.lower() for words in quoted} <= {*PROBES, *map(str.lower, CASES)}, case
    assert all(named(stem) is not None for stem, _ in LESSONS.values())


def test_the_right_reason_is_not_always_in_the_same_place() -> None:
    places = [next(n for n, belief in enumerate(said.beliefs) if belief.right) for said in SAID.values()]
    assert all(places.count(place) >= 3 for place in range(3))


@pytest.mark.parametrize("start", ["no such line", "return"])
def test_a_line_that_is_not_there_once_is_noticed(start: str) -> None:
    with pytest.raises(ValueError, match="unpack"):
        number_of("River", start)
