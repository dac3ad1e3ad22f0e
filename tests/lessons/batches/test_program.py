"""The programs of the lesson on batches: the loop trains and gives equal digits again, the others raise as quoted."""

import dataclasses
import math
import re

from components.lessons.batches.program import LAG, PROGRAM, SHOWN, UPDATES, chunked, loop, program, raising
from components.lessons.batches.truncation.facts import RATE, backward_refusal
from components.programs.notebook import notebook
from components.settings import Settings
from tests.fresh import run_all

ON = PROGRAM.excerpt("on")  # the line that hands the state on

STREAM = Settings(seq_len=20, batch_size=4)
DEEP = dataclasses.replace(STREAM, num_layers=2, proj_size=2, dtype="float64", bias=False, signal="sine", seed=7)
PRINTED = re.compile(r"chunk (\d+): loss (\d\.\d{4}), last gradient norm (\d+\.\d{4})")


def losses(printed: str) -> list[float]:
    """The losses that a program prints. Every line is a loss."""
    found = [PRINTED.fullmatch(line) for line in printed.splitlines()]
    assert all(found)
    return [float(one[2]) for one in found if one]


def test_they_run_and_raise() -> None:
    """They run in fresh processes, where a warning is an error. Without the state no loss is below half of ln 2."""
    cases = [(STREAM, 4, None), (STREAM, 4, RATE), (DEEP, 1, RATE)]
    trained = program(STREAM, 4)
    forgetful = trained.replace(ON, "state = None")
    assert forgetful != trained
    raised = [raising(settings, length, "RuntimeError", rate) for settings, length, rate in cases]
    done = run_all([trained, forgetful, *raised])
    assert [(one.returncode, one.stderr) for one in done[:2]] == [(0, "")] * 2

    carried, reset = (losses(one.stdout) for one in done[:2])
    assert len(carried) == UPDATES // SHOWN
    # Two of four bits lie in the chunk before. Without the state they can only be guessed.
    assert carried[0] > carried[-1]
    assert carried[-1] < 0.1
    assert reset[-1] > LAG / 4 * math.log(2) * 0.9

    for (settings, length, rate), one in zip(cases, done[2:], strict=True):
        refusal = backward_refusal(settings, length, rate is not None)
        assert refusal is not None
        assert one.returncode == 1
        assert one.stderr.splitlines()[-1] == f"{refusal.name}: {refusal.words}"


def test_what_is_said_of_short_chunks() -> None:
    """In a chunk that is not longer than the lag, no gradient reaches that far. The program says so."""
    assert all(("expect little" in program(STREAM, length)) == (length <= LAG) for length in range(1, 11))


def test_an_excerpt_is_part_of_its_program() -> None:
    for rate in (None, RATE):
        assert chunked(4, rate) in raising(STREAM, 4, "RuntimeError", rate)
    assert ON in loop(STREAM, 4)
    assert loop(STREAM, 4) in program(STREAM, 4)


def test_a_notebook_has_a_cell_for_each_part() -> None:
    assert len(re.findall('"cell_type": "code"', notebook(program(STREAM, 4)))) == 4
