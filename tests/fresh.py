"""Runs a program as a learner would: in a new Python process. A warning is an error there."""

import atexit
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

Done = subprocess.CompletedProcess[str]
PYTHON = [sys.executable, "-W", "error"]
LIMIT = 120  # s, for one program

# Loads torch once, then becomes the program it is given, over and over: each in a child of its own, as fresh as if it
# had loaded torch itself. A line in: the files to read the program from and to print to. A line out: how it ended.
NURSERY = f"""
import json, os, pathlib, signal, sys, torch
for line in sys.stdin:
    source, *streams = json.loads(line)
    child = os.fork()
    if not child:
        signal.alarm({LIMIT})
        for number, path in enumerate(streams, start=1):
            os.dup2(os.open(path, os.O_WRONLY), number)
        exec(compile(pathlib.Path(source).read_text("utf-8"), "<stdin>", "exec"), {{"__name__": "__main__"}})
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def alone(source: str) -> Done:
    """What `source` printed and how it ended, in a process that shares nothing with any other; it takes seconds."""
    return subprocess.run([*PYTHON, "-"], input=source, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT)


@cache
def run(source: str) -> Done:
    """The same, without loading torch for each where a process can split itself safely; the same source runs once."""
    if sys.platform != "linux":
        return alone(source)
    nursery = _nursery()
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("program.py", "printed", "complained")]
        for path, text in zip(files, (source, "", ""), strict=True):
            path.write_text(text, encoding="utf-8")
        print(json.dumps([str(path) for path in files]), file=nursery.stdin, flush=True)
        code = int(nursery.stdout.readline())
        printed, complained = (path.read_text("utf-8") for path in files[1:])
    return Done(source, code, printed, complained)


def run_all(sources: Iterable[str]) -> list[Done]:
    """The same for several."""
    return [run(source) for source in sources]


@cache
def _nursery() -> "subprocess.Popen[str]":
    """The process that loads torch for all programs of this one."""
    nursery = subprocess.Popen([*PYTHON, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(nursery.communicate)  # its input ends, and so does the nursery
    return nursery
