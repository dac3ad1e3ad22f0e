"""The program of the memory lesson prints what `operate` gives, digit for digit."""

import dataclasses
import re

import pytest
import torch

from components.lessons.memory.authors.facts import authors
from components.lessons.memory.facts import Edit, Hold, Surgery, edited, operate
from components.lessons.memory.program import program
from components.lstm.build import build
from components.settings import Settings
from tests import fresh
from tests.lstm.altered import whole

ALL = (Hold("f", 0.9), Hold("i", 0.25, 1, 2, 3), Hold("g", -0.5, None, 4, None), Hold("o", 1.0, 0))
CASES = [
    (Settings(seq_len=12), Surgery((Hold("f", 1.0), Hold("i", 0.0)))),
    (
        Settings(seq_len=6, num_layers=2, bidirectional=True, proj_size=2, batch_size=2, batch_first=True),
        Surgery(ALL, (Edit("x", 1.5, 0, 2, 3), Edit("c", 2.0), Edit("h", -1.0, 1)), 2.0, 1, 1),
    ),
    (
        Settings(seq_len=5, bias=False, dtype="float64", signal="sine"),
        Surgery(ALL, (Edit("x", 0.0, None, 1, 1),), -1.0),
    ),
]


@pytest.mark.parametrize(("settings", "surgery"), CASES, ids=["keep all", "everything", "no biases"])
def test_it_prints_the_page_s_digits(settings: Settings, surgery: Surgery) -> None:
    done = fresh.run(program(settings, dataclasses.astuple(surgery), 0, 1))
    assert (done.returncode, done.stderr) == (0, "")
    setup = build(settings)
    found = whole(setup, surgery)
    blocks = re.split(r"^(?:output|h_n|c_n) \(.*\n", done.stdout, flags=re.M)[1:]
    for block, tensor in zip(blocks, found, strict=True):
        numbers = re.findall(r"-?\d+\.\d{4}", block.split("\nc_n is")[0])[: tensor.numel()]
        expected = [f"{value:.4f}" for value in tensor.flatten().tolist()]
        differences = [abs(float(ours) - float(theirs)) for ours, theirs in zip(numbers, expected, strict=True)]
        assert max(differences) < 1.1e-4  # the last digit, which may be rounded the other way
    wrote = authors(operate(setup, surgery), 0, 1)
    terms = re.findall(r"(?:left of c_0|written at t = \d+): (-?\d+\.\d{4})", done.stdout)
    assert [float(term) for term in terms] == pytest.approx(wrote.shares[-1].tolist(), abs=1e-4)
    steps = [int(t) for t in re.findall(r"written at t = (\d+)", done.stdout)]
    assert steps == list(range(1, settings.seq_len + 1))[:: -1 if surgery.direction else 1]
    kept = torch.equal(found[2], edited(setup, surgery).hx[1])
    assert f"c_n is c_0, bit for bit: {kept}" in done.stdout
