"""The programs of the clinic run as they are, and a case's two programs differ in the wrong lines alone."""

import ast
from functools import cache

import pytest

from components.lessons.clinic import CASES
from components.lessons.clinic.program import TEMPLATES, marked, mend, program, wrong_lines
from components.programs.template import COMPONENTS
from tests import fresh

cases = pytest.mark.parametrize("case", CASES)


@cache
def printed() -> dict[tuple[str, bool], list[str]]:
    """What each program prints, by case and whether it is mended. A warning would be an error.

    All run in one process of their own, because torch's optimisers take two seconds for their first step. Each program
    seeds torch itself, so none depends on those before it.
    """
    which = [(case, mended) for case in CASES for mended in (False, True)]
    run = "for source in {!r}:\n    exec(compile(source, '<program>', 'exec'), {{'__name__': '__main__'}})\n    print()"
    done = fresh.alone(run.format([program(*one) for one in which]))
    assert (done.returncode, done.stderr) == (0, "")
    return dict(zip(which, (part.splitlines() for part in done.stdout.split("\n\n")), strict=False))


@cases
def test_both_programs_run_alone(case: str) -> None:
    """Figures are printed, the loss first."""
    for mended in (False, True):
        names = [line.partition(": ")[0] for line in printed()[case, mended]]
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


@cases
def test_a_marked_program_is_the_same_program(case: str) -> None:
    """The mark is a comment at the end of its line, and no other line changes."""
    source, number = program(case), wrong_lines(case)[0]
    with_mark = marked(source, number)
    assert ast.dump(ast.parse(with_mark)) == ast.dump(ast.parse(source))
    before, after = source.splitlines(), with_mark.splitlines()
    assert [n for n, pair in enumerate(zip(before, after, strict=True), start=1) if pair[0] != pair[1]] == [number]


def test_every_template_is_a_case() -> None:
    found = {path.relative_to(COMPONENTS).as_posix() for path in (COMPONENTS / "lessons/clinic/cases").glob("*.jinja")}
    assert found == {template.path for template in TEMPLATES.values()}
