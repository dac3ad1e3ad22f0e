"""What one visitor at the largest settings is offered, all of it opened and taken: bounded, and so is the memory."""

import json
import subprocess
import sys

from components.lessons.live.numbers.facts import LIMIT
from components.ui.syllabus import SYLLABUS
from tests import ROOT
from tests.pages.largest import MEASURED

MB = 2**20


# One test, so that one process answers: two tests of a file may be run by two workers.
def test_what_is_offered_at_the_largest_settings_is_bounded_and_fits_a_small_host() -> None:
    """Files and tables of every lesson, and the memory of the one visit: under 700 MB at every moment."""
    command = [sys.executable, "-m", "tests.pages.largest"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    for lesson in SYLLABUS:
        offered = found["offered"][lesson.stem]
        programs = {"Python file", "Jupyter notebook"}
        assert programs <= set(offered["files"]), lesson.stem
        for label, size in offered["files"].items():
            assert 0 < size <= (50_000 if label in programs else LIMIT * 1.01), (lesson.stem, label)
        for size in offered["tables"]:
            assert 0 < size <= 5_000_000, lesson.stem
    assert {stem for stem, one in found["offered"].items() if one["tables"]} >= {"live", "memory", "weights", "views"}
    if MEASURED:
        assert found["resident"] < 700 * MB
        assert found["peak"] < 700 * MB
        # The store holds no more than it may, and what it counts is what is free once it is empty.
        assert 20 * MB < found["counted"] <= found["bound"]
        assert abs(found["freed"] - found["counted"]) < 0.03 * found["counted"], found
        assert found["left"] == 0
