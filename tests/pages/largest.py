"""One visitor who opens all there is at the largest settings, in a process of its own: what that leaves in memory.

Every lesson, every folded part, every file. No button is pressed: a measurement adds 30 MB at most, for a while.

`python -m tests.pages.largest` prints it as JSON, in bytes. Linux and glibc only.
"""

import ctypes
import gc
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from components.kept import STORE
from components.settings import Settings
from components.ui.syllabus import SYLLABUS
from tests.pages.app import ALL_FOLDED, assert_stands, linked, visit

LARGEST = Settings(
    input_size=64,
    hidden_size=128,
    seq_len=200,
    batch_size=16,
    num_layers=4,
    bidirectional=True,
    dtype="float64",
)
VIEW: dict[str, Any] = {"sample": 15, "layer": 3, "direction": "reverse", "answers": True}


class _Malloc(ctypes.Structure):
    """`struct mallinfo2` of glibc's malloc.h; `uordblks` and `hblkhd` together are the bytes in use."""

    _fields_ = [
        ("arena", ctypes.c_size_t),
        ("ordblks", ctypes.c_size_t),
        ("smblks", ctypes.c_size_t),
        ("hblks", ctypes.c_size_t),
        ("hblkhd", ctypes.c_size_t),
        ("usmblks", ctypes.c_size_t),
        ("fsmblks", ctypes.c_size_t),
        ("uordblks", ctypes.c_size_t),
        ("fordblks", ctypes.c_size_t),
        ("keepcost", ctypes.c_size_t),
    ]


def in_use() -> int:
    """The bytes that somebody has asked glibc for and not freed."""
    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = _Malloc
    found = libc.mallinfo2()
    return int(found.uordblks + found.hblkhd)


def status(name: str) -> int:
    """A line of this process's status, in bytes: VmRSS is what it has in memory, VmHWM the most it ever had."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def main() -> None:
    """Every lesson, every folded part, every file."""
    logging.disable(logging.CRITICAL)  # AppTest runs without a server, and says so at every step
    files: dict[str, str | Callable[[], bytes]] = {}  # a small text, or what makes a file on a click
    real = st.download_button

    def noted(label: str, data: str | Callable[[], bytes], *others: Any, **options: Any) -> bool:
        files[label] = data
        return real(label, data, *others, **options)

    st.download_button = noted  # type: ignore[assignment]  # a script's own process
    taken = 0
    for lesson in SYLLABUS:
        app = visit(lesson, linked(LARGEST, **VIEW))
        assert_stands(app)
        for key in ALL_FOLDED:
            app.session_state[key] = True
        assert_stands(app.run())
        taken += sum(len(data() if callable(data) else data) > 0 for data in files.values())
        files.clear()
    found = {"resident": status("VmRSS"), "peak": status("VmHWM"), "files": taken}
    found |= {"counted": STORE.size, "bound": STORE.bound}
    del app
    gc.collect()
    before = in_use()
    STORE.forget()
    gc.collect()
    print(json.dumps(found | {"freed": before - in_use(), "left": STORE.size}))


if __name__ == "__main__":
    main()
