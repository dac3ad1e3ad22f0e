"""What the fork server makes is fresh, ends as it would alone, and does not outlive those who asked for it."""

import os
import sys
import time
from pathlib import Path

import pytest

from tests import forks
from tests.forks import OWNER, Child, child

pytestmark = pytest.mark.skipif(not forks.AVAILABLE, reason="there is no fork server where a process cannot be split")


def program(folder: Path, source: str) -> tuple[Child, Path]:
    """A child that runs `source`, and the file that it prints to."""
    file, printed = folder / "program.py", folder / "printed"
    file.write_text(source, "utf-8")
    return child("program", [str(file)], printed), printed


def gone(pid: int) -> bool:
    """Whether a process has ended, or does so within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.02)
    return False


def test_a_child_has_torch_and_nothing_of_the_project_or_of_pytest(tmp_path: Path) -> None:
    """What it has is what its kind imports."""
    source = (
        "import sys\nprint('torch' in sys.modules, {'components', 'tests', 'pytest', 'streamlit'} & {*sys.modules})"
    )
    one, printed = program(tmp_path, source)
    assert one.wait(60) == 0
    assert printed.read_text("utf-8") == "True set()\n"


@pytest.mark.parametrize(("last", "code"), [("", 0), ("sys.exit(3)", 3), ("1 / 0", 1), ("os.abort()", -6)])
def test_the_code_is_that_of_subprocess(tmp_path: Path, last: str, code: int) -> None:
    """Also when a signal ends it. While it runs it is alive."""
    one, _ = program(tmp_path, f"import os, sys, time\ntime.sleep(0.3)\n{last}")
    assert one.alive
    assert one.wait(60) == code


def test_the_environment_is_that_of_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the one in which the fork server was made."""
    monkeypatch.setenv("UNROLLED_TOLD", "just now")
    one, printed = program(tmp_path, "import os\nprint(os.environ['UNROLLED_TOLD'], os.getcwd())")
    assert one.wait(60) == 0
    assert printed.read_text("utf-8") == f"just now {Path(__file__).parents[1]}\n"


def test_it_does_not_outlive_the_patience_of_who_asked(tmp_path: Path) -> None:
    """Whoever stops waiting has no use for it."""
    one, _ = program(tmp_path, "import time\ntime.sleep(100)")
    with pytest.raises(TimeoutError):
        one.wait(0.1)
    assert gone(one.pid)


def test_it_can_be_asked_to_end(tmp_path: Path) -> None:
    """As a server is."""
    one, _ = program(tmp_path, "import time\ntime.sleep(100)")
    one.terminate()
    assert one.wait(60) == -15


def test_a_forks_ends_with_its_owner(tmp_path: Path) -> None:
    """Here the owner is a process that makes a child, says which process made it, and is gone."""
    (tmp_path / "asks.py").write_text("import os\nprint(os.getppid())", "utf-8")
    source = f"""
import os, pathlib
from tests import forks
home = pathlib.Path({str(tmp_path)!r})
with forks.of_this_run():
    forks.child("program", [str(home / "asks.py")], home / "parent").wait(60)
    os._exit(0)  # without a word to the fork server
"""
    one, printed = program(tmp_path, f"import sys\nsys.path[0] = ''\n{source}")
    assert one.wait(60) == 0, printed.read_text("utf-8")
    assert gone(int((tmp_path / "parent").read_text("utf-8")))


def test_the_owner_is_the_process_that_starts_the_tests() -> None:
    """A worker has it from there."""
    worker = "PYTEST_XDIST_WORKER" in os.environ
    assert (os.environ[OWNER] != str(os.getpid())) == worker, sys.argv
