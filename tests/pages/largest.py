"""One visitor who opens all there is at the largest settings, in a process of its own: what is offered, and what stays.

Every lesson, every folded part, every file. No button is pressed: a measurement adds 30 MB at most, for a while.

`python -m tests.pages.largest` prints it as JSON, in bytes: of each lesson its files by label and its tables, and,
on Linux with glibc, what all of it leaves in memory.
"""

import ctypes
import gc
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from components.kept import STORE
from components.settings import FIELDS, Settings, Whole
from components.ui.syllabus import SYLLABUS
from tests.pages.app import ALL_FOLDED, assert_stands, linked, visit

MOST: dict[str, Any] = {name: f.high for name, f in FIELDS.items() if isinstance(f, Whole) and name != "proj_size"}
LARGEST = Settings(**MOST, bidirectional=True, dtype="float64")
VIEW: dict[str, Any] = {"sample": 15, "layer": 3, "direction": "reverse", "answers": True}


MEASURED = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "mallinfo2")


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
    tables: list[int] = []
    download_button, dataframe = st.download_button, st.dataframe

    def button(label: str, data: str | Callable[[], bytes], *others: Any, **options: Any) -> bool:
        files[label] = data
        return download_button(label, data, *others, **options)

    def table(shown: pd.DataFrame, *others: Any, **options: Any) -> Any:
        tables.append(int(shown.memory_usage(deep=True).sum()))
        return dataframe(shown, *others, **options)

    st.download_button = button  # type: ignore[assignment]  # a script's own process
    st.dataframe = table  # type: ignore[assignment]
    offered = {}
    for lesson in SYLLABUS:
        app = visit(lesson, linked(LARGEST, **VIEW | ({"live_topic": "Numbers"} if lesson.stem == "live" else {})))
        assert_stands(app)
        files.clear()
        tables.clear()
        for key in ALL_FOLDED:
            app.session_state[key] = True
        assert_stands(app.run())
        sizes = {label: len(data() if callable(data) else data.encode()) for label, data in files.items()}
        offered[lesson.stem] = {"files": sizes, "tables": list(tables)}
    found: dict[str, Any] = {"offered": offered}
    if MEASURED:
        found |= {"resident": status("VmRSS"), "peak": status("VmHWM")}
        found |= {"counted": STORE.size, "bound": STORE.bound}
        del app
        gc.collect()
        before = in_use()
        STORE.forget()
        gc.collect()
        found |= {"freed": before - in_use(), "left": STORE.size}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
