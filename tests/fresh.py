"""Runs a program as a learner would: in a new Python process. A warning is an error there."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests import forks
from tests.forks import LIMIT

Done = subprocess.CompletedProcess[str]
PYTHON = [sys.executable, "-W", "error"]


def alone(source: str) -> Done:
    """What `source` printed and how it ended, in a process that shares nothing with any other; it takes seconds."""
    return subprocess.run([*PYTHON, "-"], input=source, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT)


def born(source: str) -> Done:
    """The same in a child of the fork server, which has imported torch already."""
    if not forks.AVAILABLE:
        return alone(source)
    with tempfile.TemporaryDirectory() as folder:
        program, printed, complained = (Path(folder, name) for name in ("program.py", "printed", "complained"))
        program.write_text(source, encoding="utf-8")
        code = forks.child("program", [str(program)], printed, complained).wait(2 * LIMIT)
        return Done(source, code, printed.read_text("utf-8"), complained.read_text("utf-8"))


@cache
def run(source: str) -> Done:
    """The same, but a source runs only once in a test run, whichever processes ask for it."""
    kept = forks.folder() / hashlib.sha256(source.encode()).hexdigest()
    if not kept.exists():
        done = born(source)
        half = kept.with_suffix(f".{os.getpid()}")
        half.write_text(json.dumps([done.returncode, done.stdout, done.stderr]), "utf-8")
        half.replace(kept)
    return Done(source, *json.loads(kept.read_text("utf-8")))


def run_all(sources: Iterable[str]) -> list[Done]:
    """The same for several."""
    return [run(source) for source in sources]
