"""Runs a program as a learner would: in a new Python process. A warning is an error there."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

Done = subprocess.CompletedProcess[str]
PYTHON = [sys.executable, "-W", "error"]

# Loads torch once. Then it forks a child process for each program, and the child runs the program. So each program
# starts as if it had loaded torch itself. A line of input names the files for the program, its output and its errors. A
# line of output is the exit code.
NURSERY = """
import json, os, pathlib, sys, torch
for line in sys.stdin:
    source, *streams = json.loads(line)
    child = os.fork()
    if not child:
        for number, path in enumerate(streams, start=1):
            os.dup2(os.open(path, os.O_WRONLY), number)
        exec(compile(pathlib.Path(source).read_text("utf-8"), "<stdin>", "exec"), {"__name__": "__main__"})
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@lru_cache
def run(source: str) -> Done:
    """What a program prints, and how it ends. The same source runs only once."""
    return subprocess.run([*PYTHON, "-"], input=source, capture_output=True, text=True, encoding="utf-8", timeout=120)


def run_all(sources: Iterable[str]) -> list[Done]:
    """The same for several programs. On Linux, where a process can fork safely, torch is loaded only once."""
    if sys.platform != "linux":
        return [run(source) for source in sources]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("program.py", "printed", "complained")]
        command = json.dumps([str(path) for path in files])
        with subprocess.Popen([*PYTHON, "-c", NURSERY], stdin=-1, stdout=-1, text=True) as nursery:
            assert nursery.stdin is not None
            assert nursery.stdout is not None
            done = []
            for source in sources:
                for path, text in zip(files, (source, "", ""), strict=True):
                    path.write_text(text, encoding="utf-8")
                print(command, file=nursery.stdin, flush=True)
                code = int(nursery.stdout.readline())
                printed, complained = (path.read_text("utf-8") for path in files[1:])
                done.append(Done(source, code, printed, complained))
    return done
