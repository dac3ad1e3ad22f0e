"""Buttons for large files. A file is made when a visitor clicks, one file at a time for all visitors.

Streamlit makes the file in a thread of its own, outside a script run. So pages stay quick meanwhile. But all visitors
share the memory: so only one file is made at a time, its maker bounds its size, and the server keeps only the last
`HELD` files of all visitors.
"""

import itertools
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import add_script_run_ctx

PATIENCE = 30.0  # seconds to wait for a turn; making a file takes less than two
HELD = 4  # files
ONE_AT_A_TIME = "Files are made one at a time. If no file comes, other visitors are waiting too: press again."

_turn = threading.Lock()  # whoever holds it makes a file
_count = itertools.count()  # of all files so far


def file_button(label: str, data: Callable[[], bytes], name: str, mime: str, what: str) -> None:
    """Show a button for a file. A click calls `data`, which makes the file; `what` says what is in it."""
    st.download_button(
        label,
        lambda: make_file(data, name, mime),
        name,
        mime,
        on_click="ignore",
        icon=":material/download:",
        help=f"{what} {ONE_AT_A_TIME}",
    )


def make_file(data: Callable[[], bytes], name: str, mime: str) -> bytes:
    """The bytes of the file, made by `data` as soon as no other file is being made.

    Raises `TimeoutError` after `PATIENCE` seconds of waiting. Streamlit shows beside the button that it failed.
    """
    if not _turn.acquire(timeout=PATIENCE):
        raise TimeoutError(f"{name} was not made: other files were being made for {PATIENCE:g} s")
    try:
        file = data()
        _hold(file, name, mime)
    finally:
        _turn.release()
    return file


def _hold(file: bytes, name: str, mime: str) -> None:
    """Keep a file until `HELD` other files were made.

    Streamlit itself forgets such a file as soon as two script runs have ended, whichever visitors they belong to. With
    thirty visitors that can be before the browser has fetched the file. But it keeps a file that belongs to a session.
    So the file is stored for a session that does not exist, in a thread with this session's context.
    """
    if not runtime.exists():  # a test of a page has no server
        return
    add: Any = runtime.get_instance().media_file_mgr.add
    place = f"held {next(_count) % HELD}"
    thread = threading.Thread(target=add, args=(file, mime, place, name, True))
    owner: Any = SimpleNamespace(session_id="files held for all")
    add_script_run_ctx(thread, owner)
    thread.start()
    thread.join()
