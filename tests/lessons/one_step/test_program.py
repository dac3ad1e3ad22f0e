"""The program prints torch's numbers for any step, unit, layer and direction."""

import re
from typing import NamedTuple

import pytest

from components.lessons.one_step.program import program
from components.lstm.build import build
from components.settings import Settings
from tests import fresh
from tests.lstm.equations import equations


class Case(NamedTuple):
    settings: Settings
    layer: int
    direction: int
    sample: int
    t: int
    unit: int


CASES = [
    Case(Settings(), 0, 0, 0, 3, 2),
    Case(Settings(num_layers=3, bidirectional=True, batch_size=2, seed=7, bias=False), 1, 1, 1, 4, 3),
    Case(
        Settings(proj_size=2, num_layers=2, batch_first=True, batch_size=2, dtype="float64", signal="sine"),
        1,
        0,
        1,
        5,
        3,
    ),
]


@pytest.fixture(scope="module")
def printed() -> dict[Case, str]:
    runs = fresh.run_all([program(*case) for case in CASES])
    assert [(run.returncode, run.stderr) for run in runs] == [(0, "")] * len(CASES)
    return dict(zip(CASES, (run.stdout for run in runs), strict=True))


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_it_prints_torch_s_numbers(case: Case, printed: dict[Case, str]) -> None:
    """Gates, c and h equal the equations to four decimals. The terms of each gate add up to its sum."""
    said = printed[case]
    settings, layer, direction, sample, t, unit = case
    found = equations(settings, build(settings), layer, direction, sample)

    def near(text: str, number: float) -> bool:
        return abs(float(text) - number) < 0.5001e-4 + 1e-6

    for gate in "ifgo":
        pattern = rf"((?:^    .*\n)+){gate}: (\S+) before, (\S+) after"
        match = re.search(pattern, said, re.MULTILINE)
        assert match is not None
        lines, total, opened = match.groups()
        terms = [float(line.split()[-1]) for line in lines.splitlines()]
        assert abs(sum(terms) - float(total)) < 1e-4 * len(terms)
        assert near(opened, found[gate][t - 1, unit].item())
    (c,) = re.findall(r"^c: .* = (\S+)$", said, re.MULTILINE)
    assert near(c, found["c"][t - 1, unit].item())
    ((row, h),) = re.findall(r"^h\[(\d+)\]: ([^,\n]+)", said, re.MULTILINE)
    assert near(h, found["h"][t - 1, int(row)].item())
    (difference,) = re.findall(r"apart by (\S+)", said)
    assert float(difference) < 1e-6
