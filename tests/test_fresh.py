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


@pytest.fixture(scope="module")
def together():
    # Twice, because a program must not affect the next one.
    return dict(zip(PROGRAMS, fresh.run_all([*PROGRAMS.values(), *PROGRAMS.values()])[len(PROGRAMS) :], strict=True))


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_ends_as_it_would_alone(together, name):
    """Output, exit code and the last line of the errors are the same."""
    alone, shared = fresh.run(PROGRAMS[name]), together[name]
    assert (shared.returncode, shared.stdout) == (alone.returncode, alone.stdout)
    assert shared.stderr.splitlines()[-1:] == alone.stderr.splitlines()[-1:]


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
