"""The programs of the clinic run as they are, and a case's two programs differ in the wrong lines alone."""

import ast

import pytest

from components.lessons.clinic import CASES
from components.lessons.clinic.program import TEMPLATES, mend, program, wrong_lines
from components.programs.template import COMPONENTS
from tests import fresh

cases = pytest.mark.parametrize("case", CASES)


@cases
def test_both_programs_run_alone(case: str) -> None:
    """In a fresh process, without a warning: figures are printed, the loss first."""
    for done in fresh.run_all([program(case), program(case, mended=True)]):
        assert (done.returncode, done.stderr) == (0, "")
        names = [line.partition(": ")[0] for line in done.stdout.splitlines()]
        assert names[0] == "loss"
        assert len(names) == 3


@cases
def test_the_mend_is_small(case: str) -> None:
    """One or two lines are wrong, and outside of them both programs are the same."""
    broken, mended = (program(case, which).splitlines() for which in (False, True))
    wrong = wrong_lines(case)
    assert 1 <= len(wrong) <= 2
    kept = [line for number, line in enumerate(broken, start=1) if number not in wrong]
    new = [line for line in mended if line not in broken]
    assert [line for line in mended if line not in new] == kept
    assert 1 <= len(new) <= 2
    marks = [line[0] for line in mend(case).splitlines()]
    assert (marks.count("-"), marks.count("+")) == (len(wrong), len(new))


@cases
def test_a_program_is_short_and_does_not_give_the_fault_away(case: str) -> None:
    """It has at most 50 lines of code, fits a page's width, and has no word on what is wrong."""
    source = program(case)
    lines = [line for line in source.splitlines() if line.strip()]
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 120
    assert not any(word in source.lower() for word in ("wrong", "bug", "broken", "mend", "fault", "todo", "fixme"))
    ast.parse(source)


def test_every_template_is_a_case() -> None:
    found = {path.relative_to(COMPONENTS).as_posix() for path in (COMPONENTS / "lessons/clinic/cases").glob("*.jinja")}
    assert found == {template.path for template in TEMPLATES.values()}
