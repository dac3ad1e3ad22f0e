"""Turns: how many script runs go on at once, and who waits while the browser draws."""

import gc
import threading
from collections.abc import Callable, Iterator

import pytest

from components.ui import shell


def start_runs(work: Callable[[], None], count: int) -> list[threading.Thread]:
    """Start `count` script runs that do `work` in their turn; their threads."""

    def rerun() -> None:
        with shell._turn():
            shell._shell.known = True
            work()

    threads = [threading.Thread(target=rerun) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


@pytest.fixture
def ended() -> Iterator[threading.Event]:
    """An event that is set at the end of the test, so that no thread waits for ever."""
    event = threading.Event()
    yield event
    event.set()


def test_two_script_runs_have_a_turn_at_a_time(ended: threading.Event) -> None:
    """A third one begins when one of them has ended."""
    begun = threading.Semaphore(0)

    def work() -> None:
        begun.release()
        ended.wait(30)

    threads = start_runs(work, 3)
    assert [begun.acquire(timeout=30) for _ in range(2)] == [True, True]
    assert not begun.acquire(timeout=0.2)
    ended.set()
    assert begun.acquire(timeout=30)
    for thread in threads:
        thread.join(30)


def test_a_script_run_waits_a_second_at_most(ended: threading.Event) -> None:
    """It then goes on without a turn, so it gives none back. Afterwards there are two turns, not three."""

    def work() -> None:
        ended.wait(30)

    threads = start_runs(work, 2)
    went = threading.Event()
    (third,) = start_runs(went.set, 1)
    third.join(30)
    assert went.is_set()
    ended.set()
    for thread in threads:
        thread.join(30)
    assert [shell._turns.acquire(blocking=False) for _ in range(3)] == [True, True, False]
    shell._turns.release(2)


def test_another_script_run_has_the_turn_while_the_browser_draws(
    monkeypatch: pytest.MonkeyPatch, ended: threading.Event
) -> None:
    """Two script runs let the browser draw, and a third one runs meanwhile. All turns are free again at the end."""
    begun = threading.Semaphore(0)

    def sleep(_: float) -> None:
        begun.release()
        ended.wait(30)

    monkeypatch.setattr("time.sleep", sleep)
    paused = start_runs(shell.draw_first, 2)
    assert [begun.acquire(timeout=30) for _ in paused] == [True, True]
    had = threading.Event()
    (third,) = start_runs(had.set, 1)
    third.join(0.8)  # less than the second after which it would go on without a turn
    assert had.is_set()
    ended.set()
    for thread in paused:
        thread.join(30)
    assert [shell._turns.acquire(blocking=False) for _ in range(3)] == [True, True, False]
    shell._turns.release(2)


def test_a_session_s_first_run_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no picture yet that could follow a slider."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    for known in (False, True):
        with shell._turn():
            monkeypatch.setattr(shell._shell, "known", known, raising=False)
            shell.draw_first()
    assert waits == [shell._MOMENT]


def test_what_was_imported_is_frozen_once() -> None:
    """The garbage collector skips all objects, each time the number of modules has changed."""
    gc.disable()
    try:
        shell._freeze(-1)
        before, new_objects = gc.get_freeze_count(), [[number] for number in range(1000)]
        shell._freeze(-1)
        assert gc.get_freeze_count() < before + 500
        shell._freeze(-2)
        assert gc.get_freeze_count() >= before + len(new_objects)
    finally:
        gc.enable()  # what is frozen stays so: unfrozen, it would slow down every page that is visited after this
