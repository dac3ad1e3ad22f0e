"""Loads torch while the server starts, so that the first visitor waits for less.

To import torch takes longer than everything else together. A plain script begins with it when the first visitor is
there. A `streamlit.App` begins at once, in a thread, while the host and the browser are still busy. The shell shows the
menu, the question and the sizes meanwhile, because none of them needs torch.

`dashboard.py` imports this module before Streamlit runs. So nothing in here may import a module that makes components:
they would belong to no server.
"""

import gc
import importlib
import sys
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from components.ui import delivery
from components.ui.syllabus import SYLLABUS

WORDS = "The server has just started and is loading PyTorch. The picture will be here in a moment."

# Torch comes last of the large packages. A visitor who is already there gets the menu and the question before it: one
# of its libraries blocks all other threads while it is loaded.
LARGE = ("pandas", "altair", "torch")
# Seconds, while modules are imported: after so long another thread gets its turn. Python's default is 5 ms, and the
# forty files of the page would each wait for that several times.
TURN = 0.0003

_LESSONS = Path(__file__).parents[1] / "lessons"


class Loading:
    """Imports modules in a thread. A module that cannot be imported raises its error where a page imports it."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names
        self._begun = threading.Lock()  # never released: it begins once
        self._over = threading.Event()

    @property
    def over(self) -> bool:
        """Whether the modules are imported."""
        return self._over.is_set()

    def begin(self) -> None:
        """Start to import them, if that has not begun."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._load, name="loading", daemon=True).start()

    def wait(self) -> None:
        """Return when they are imported."""
        self.begin()
        self._over.wait()

    def _load(self) -> None:
        # An import makes hundreds of thousands of objects that stay. The garbage collector would walk through them
        # again and again: a fifth of the time of all imports.
        gc.disable()
        turn = sys.getswitchinterval()
        sys.setswitchinterval(TURN)
        try:
            for name in self._names:
                importlib.import_module(name)
        except Exception:  # any error of any module
            return
        finally:
            sys.setswitchinterval(turn)
            gc.freeze()  # nor does it have to walk through them later
            gc.enable()
            self._over.set()


def _parts(stem: str) -> list[str]:
    """The modules of a lesson, by their dotted names."""
    files = sorted(file for file in (_LESSONS / stem).rglob("*.py") if file.stem != "__init__")
    return [".".join(file.relative_to(_LESSONS.parents[1]).with_suffix("").parts) for file in files]


_loading = Loading([*LARGE, *_parts(SYLLABUS[0].stem)])


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """What the server does when it starts: it begins to load."""
    # Until a session has called `st.navigation`, Streamlit takes every file in `pages/` for a page of its own. Then the
    # menu has the names of the files, and a link to a page opens the file without the shell. `st.navigation` sets this
    # too, but outside a script run it logs a warning.
    PagesManager.uses_pages_directory = False
    _loading.begin()
    yield


def is_over() -> bool:
    """Whether torch and the first lesson are loaded, or cannot be loaded."""
    return _loading.over


def wait() -> None:
    """Wait until torch and the first lesson are loaded. If it takes a moment, a line says so."""
    if not _loading.over:
        delivery.finish()  # what was shown so far must not wait for the rest
        with st.spinner(WORDS):
            _loading.wait()
