"""Runs a program as its reader would: in a Python of its own, where a warning is an error."""

import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

Done = subprocess.CompletedProcess[str]


@lru_cache
def run(source: str) -> Done:
    """What `source` printed and how it ended; the same source runs once."""
    command = [sys.executable, "-W", "error", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, encoding="utf-8", timeout=120)


def run_all(sources: Iterable[str]) -> list[Done]:
    """The same for several, two at a time: most of it is waiting for torch to load."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, sources))
