"""The memory of a server, after one visitor has opened all there is at the largest settings."""

import ctypes
import json
import subprocess
import sys

import pytest

from components.ui.syllabus import SYLLABUS
from tests import ROOT

MB = 2**20


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="reads Linux's and glibc's figures"
)
def test_a_visit_at_the_largest_settings_fits_a_small_host() -> None:
    """Under 700 MB at the end and at every moment. One visit, a quarter of a minute, for all that it shows."""
    command = [sys.executable, "-m", "tests.pages.largest"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["files"] > len(SYLLABUS), "a file or more of every lesson"
    assert found["resident"] < 700 * MB
    assert found["peak"] < 700 * MB
    # The store holds no more than it may, and what it counts is what is free once it is empty.
    assert 20 * MB < found["counted"] <= found["bound"]
    assert abs(found["freed"] - found["counted"]) < 0.03 * found["counted"], found
    assert found["left"] == 0
