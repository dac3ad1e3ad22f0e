"""The programs of the lesson on outputs: complete, and what they print is what the page shows."""

import dataclasses
import re

import pytest

from components.lessons.outputs.carry.facts import continued, one_tensor, rnn_continued
from components.lessons.outputs.facts import pairs
from components.lessons.outputs.program import program, raising
from components.lstm.build import build
from components.programs.notebook import notebook
from components.settings import Settings
from tests.fresh import run, run_all
from tests.lstm.strategies import settings_id

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
CASES = [
    (Settings(num_layers=2), 1),
    (Settings(num_layers=2, bidirectional=True, batch_size=2, seq_len=8), 3),
    (Settings(num_layers=3, bidirectional=True, batch_first=True, batch_size=2, proj_size=2, dtype="float64"), 4),
    (Settings(num_layers=2, signal="sine", bias=False, initial_state="zeros", seq_len=1), None),
]


def source(settings: Settings, cut: int | None) -> str:
    return program(settings, tuple((pair.left, pair.right) for pair in pairs(settings)), cut)


def test_a_program_prints_what_the_page_finds() -> None:
    """In a fresh process, without a warning: the bits and the differences of the check, the cut and the RNN."""
    for (settings, cut), done in zip(CASES, run_all(source(*case) for case in CASES), strict=True):
        assert (done.returncode, done.stderr) == (0, ""), settings_id(settings)
        printed = done.stdout.splitlines()
        for pair in pairs(settings):
            assert f"{pair.left} and {pair.right}: {pair.bitwise} {pair.difference:.1e}" in printed
        one_way = dataclasses.replace(settings, bidirectional=False)
        if cut is None:
            assert "nn.RNN" not in done.stdout
            continue
        for name, apart in continued(one_way, cut).per_step.items():
            assert f"{name} {max(apart):.1e}" in printed
        assert f"nn.RNN, h {max(rnn_continued(one_way, cut)):.1e}" in printed


def test_a_notebook_has_a_cell_for_each_part() -> None:
    assert len(re.findall('"cell_type": "code"', notebook(source(*CASES[0])))) == 6


@pytest.mark.parametrize("settings", [CASES[0][0], CASES[2][0]], ids=settings_id)
def test_one_tensor_raises_what_the_page_quotes(settings: Settings) -> None:
    refusal = one_tensor(build(settings))
    assert refusal is not None
    done = run(raising(settings, refusal.name))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"{refusal.name}: {refusal.words}"
