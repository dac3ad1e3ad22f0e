"""Programs that share a loaded torch end as they do alone."""

import pytest

from components.lessons.live.check.program import raising
from components.settings import Settings
from tests import fresh

PROGRAMS = {
    "raises": raising(Settings()),
    "warns": "import warnings\nwarnings.warn('mind')",
    "leaves": "import sys\nprint('so long')\nsys.exit(3)",
    "draws": "import torch\ntorch.manual_seed(1)\nprint(torch.nn.LSTM(3, 4)(torch.randn(5, 3))[0])",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_ends_as_it_would_alone(name):
    """The same is printed, the same error named last, the same code returned."""
    # Twice: what a program leaves behind must not reach the next.
    alone, *together = fresh.alone(PROGRAMS[name]), *(fresh.born(PROGRAMS[name]) for _ in range(2))
    for one in together:
        assert (one.returncode, one.stdout) == (alone.returncode, alone.stdout)
        assert one.stderr.splitlines()[-1:] == alone.stderr.splitlines()[-1:]


def test_what_one_program_sets_does_not_reach_the_next():
    """This holds for names and for torch's own state."""
    first, second = fresh.run_all(
        [
            "import torch\ntorch.set_default_dtype(torch.float64)\nleft = 1",
            "import torch\nprint(torch.get_default_dtype(), 'left' in globals())",
        ]
    )
    assert first.returncode == 0
    assert second.stdout == "torch.float32 False\n"


def test_the_same_program_runs_once():
    source = "import os\nprint(os.getpid())"
    assert fresh.run(source) is fresh.run(source)
    assert fresh.born(source).stdout != fresh.run(source).stdout
