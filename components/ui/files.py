"""Files that are large to make: made when somebody takes one, one at a time for all visitors, and then held a while.

A click asks for one outside the turns in which pages are served, in a thread of Streamlit's. So pages go on; but all
visitors share the memory. One file is made at a time, of a size that whoever makes it bounds, and `HELD` of them are
kept, whoever's they are.
"""

import itertools
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import add_script_run_ctx

PATIENCE = 30.0  # s; a file takes less than two
HELD = 4
ONE_AT_A_TIME = "Files are made one at a time. If none comes, others are waiting for theirs: press again."

_turn = threading.Lock()
_held = itertools.count()


def file_button(label: str, data: Callable[[], bytes], name: str, mime: str, what: str) -> None:
    """A button for a file that `data` makes on a click; `what` says what is in it."""
    st.download_button(
        label,
        lambda: make(data, name, mime),
        name,
        mime,
        on_click="ignore",
        icon=":material/download:",
        help=f"{what} {ONE_AT_A_TIME}",
    )


def make(data: Callable[[], bytes], name: str, mime: str) -> bytes:
    """Wait for one's turn and make the file. If this raises, Streamlit says beside the button that it failed."""
    if not _turn.acquire(timeout=PATIENCE):
        raise TimeoutError(f"{name} was not made: others have been waiting for theirs for {PATIENCE:g} s")
    try:
        file = data()
        _hold(file, name, mime)
    finally:
        _turn.release()
    return file


def _hold(file: bytes, name: str, mime: str) -> None:
    """Keep a file until `HELD` others were made.

    By itself Streamlit throws a file made on a click away as soon as two scripts have ended, whoever's they are: among
    thirty visitors, before the browser has come for it. What is some session's own it keeps.
    """
    if not runtime.exists():  # in a test of a page there is no server that could lose it
        return
    add: Any = runtime.get_instance().media_file_mgr.add
    place = f"held {next(_held) % HELD}"
    thread = threading.Thread(target=add, args=(file, mime, place, name, True))
    owner: Any = SimpleNamespace(session_id="files held for all")
    add_script_run_ctx(thread, owner)
    thread.start()
    thread.join()
