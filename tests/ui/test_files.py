"""Files made on a click: one at a time, held until the browser fetches them, and a failure is shown."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from components.ui import files
from components.ui.files import HELD, make_file


@pytest.fixture(autouse=True)
def manager(monkeypatch: pytest.MonkeyPatch) -> MediaFileManager:
    """Streamlit's own store of files, without a server."""
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(media_file_mgr=manager))
    return manager


def pressed(manager: MediaFileManager, file: bytes) -> str:
    """Press the button for a file, as Streamlit does; the name with which the browser fetches it."""
    name = manager.add_deferred(
        lambda: make_file(lambda: file, "file.csv", "text/csv"), "text/csv", "a button", "file.csv"
    )
    return manager.execute_deferred(name).removeprefix("/media/")


def is_there(manager: MediaFileManager, name: str, file: bytes) -> bool:
    stored = manager.read_file(name)
    return stored is not None and stored.content == file


def test_a_file_waits_for_the_browser_while_others_move(manager: MediaFileManager) -> None:
    """The file stays while script runs of other visitors end."""
    name = pressed(manager, b"1,2,3")
    for _ in range(5):
        manager.remove_orphaned_files()  # what Streamlit does at the end of every script run
    assert is_there(manager, name, b"1,2,3")


def test_no_more_than_a_few_files_are_kept(manager: MediaFileManager) -> None:
    """Only the last `HELD` files stay, so that their bytes are bounded."""
    contents = [bytes([number]) * 10 for number in range(3 * HELD)]
    names = [pressed(manager, content) for content in contents]
    for _ in range(2):
        manager.remove_orphaned_files()
    there = [is_there(manager, name, content) for name, content in zip(names, contents, strict=True)]
    assert there == [False] * 2 * HELD + [True] * HELD


def test_one_file_is_made_at_a_time() -> None:
    """Twenty buttons are pressed at once. Each press gets its own file."""
    making, most, got = 0, 0, {}
    counting = threading.Lock()

    def data(number: int) -> bytes:
        nonlocal making, most
        with counting:
            making += 1
            most = max(most, making)
        threading.Event().wait(0.005)
        with counting:
            making -= 1
        return bytes([number])

    def press(number: int) -> None:
        got[number] = make_file(lambda: data(number), "file", "text/csv")

    presses = [threading.Thread(target=press, args=(number,)) for number in range(20)]
    for press_now in presses:
        press_now.start()
    for press_now in presses:
        press_now.join()
    assert most == 1
    assert got == {number: bytes([number]) for number in range(20)}


def test_a_press_that_waits_too_long_fails(manager: MediaFileManager, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error reaches Streamlit, which shows it beside the button. The next press gets its file."""
    monkeypatch.setattr(files, "PATIENCE", 0.01)
    with files._turn, pytest.raises(MediaFileStorageError, match=r"file\.csv was not made: other files .* for 0\.01 s"):
        pressed(manager, b"1")
    assert is_there(manager, pressed(manager, b"1"), b"1")


def test_a_file_that_fails_lets_the_next_one_in(manager: MediaFileManager) -> None:
    def fails() -> bytes:
        raise ValueError("too large")

    with pytest.raises(ValueError, match="too large"):
        make_file(fails, "file", "text/csv")
    assert is_there(manager, pressed(manager, b"1"), b"1")


def test_a_button_says_what_it_gives_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit gets a function that makes the file, not the file itself."""
    passed: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda *args, **named: passed.update(named, args=args))
    files.file_button("All", lambda: b"1", "file.csv", "text/csv", "Every number.")
    assert passed["help"] == f"Every number. {files.ONE_AT_A_TIME}"
    assert passed["args"][1]() == b"1"
