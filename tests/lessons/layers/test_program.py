"""The program of the lesson on layers is complete and prints what the page shows."""

import re

from components.lessons.layers import KINDS, STAGES
from components.lessons.layers.facts import change, dropout, kind, mirror, rows
from components.lessons.layers.program import program
from components.programs.notebook import notebook
from components.settings import Settings
from tests.fresh import run_all
from tests.lstm.strategies import settings_id

CASES = [
    (Settings(num_layers=2, bidirectional=True, batch_size=2), 3, 0),
    (
        Settings(num_layers=3, bidirectional=True, batch_size=3, proj_size=2, batch_first=True, dtype="float64"),
        1,
        2,
    ),
    (Settings(num_layers=2, bidirectional=True, batch_size=2, bias=False, seq_len=1, signal="sine"), 1, 1),
]


def test_it_prints_what_the_page_finds() -> None:
    """In a fresh process and without a warning, it prints exact zeros, sizes, rows, dropout, palindromes and kinds."""
    for (settings, step, sample), done in zip(CASES, run_all(program(*case) for case in CASES), strict=True):
        assert (done.returncode, done.stderr) == (0, ""), settings_id(settings)
        printed = done.stdout.splitlines()
        found = change(settings, "LSTM", step, sample).h
        for layer in range(settings.num_layers):
            for direction, side in enumerate(("forward", "reverse")):
                (line,) = (one for one in printed if one.startswith(f"layer {layer}, {side}: "))
                sizes = line.split(": ")[1].split()
                assert [size == "0" for size in sizes] == [size == 0 for size in found[layer, direction]]
                expected = [float(size) for size in found[layer, direction]]
                assert all(abs(float(a) - b) <= 0.06 * b + 1e-7 for a, b in zip(sizes, expected, strict=True))
        for name, one in zip(("right", "wrong"), rows(settings), strict=True):
            assert f"{name}: with the first sample these rows move: {list(one.moved)}" in printed
        dropped = dropout(settings)
        assert f"training: two calls differ by {dropped.training:.2g}" in printed
        assert "evaluation: two calls differ by 0" in printed
        assert f"zeros in output, in training: {dropped.output[0]} of {dropped.output[1]}" in printed
        for stage in STAGES:
            (line,) = (one for one in printed if one.startswith(f"{stage}: "))
            told = [float(size) for size in re.findall(r"layer \d (\S+)", line)]
            mirrored = mirror(settings, stage, sample)
            for layer, size in enumerate(told):
                assert abs(size - mirrored.worst(layer)) <= 0.06 * size + mirrored.limit
        for name in KINDS:
            of_kind = kind(settings, name)
            numbers = f"{of_kind.parameters} parameters, states {list(of_kind.states)}"
            assert f"{name}: {of_kind.gates} blocks of rows, {numbers}" in printed


def test_a_notebook_has_a_cell_for_each_part() -> None:
    assert len(re.findall('"cell_type": "code"', notebook(program(*CASES[0])))) == 8
