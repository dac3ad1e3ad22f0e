"""Who has a turn, and what a moment for the browser costs whom."""

import gc
import threading
from collections.abc import Callable, Iterator

import pytest

from components.ui import shell


def others(work: Callable[[], None], count: int) -> list[threading.Thread]:
    """That many reruns that do `work` in their turn, begun."""

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
    """Ends what waits for it, at the latest with the test."""
    event = threading.Event()
    yield event
    event.set()


def test_two_reruns_have_a_turn_at_a_time(ended: threading.Event) -> None:
    """A third begins when one of them has ended."""
    begun = threading.Semaphore(0)

    def work() -> None:
        begun.release()
        ended.wait(30)

    threads = others(work, 3)
    assert [begun.acquire(timeout=30) for _ in range(2)] == [True, True]
    assert not begun.acquire(timeout=0.2)
    ended.set()
    assert begun.acquire(timeout=30)
    for thread in threads:
        thread.join(30)


def test_who_has_waited_a_second_goes_ahead(ended: threading.Event) -> None:
    """Without a turn, so that none is given back: afterwards there are two, not three."""

    def work() -> None:
        ended.wait(30)

    threads = others(work, 2)
    went = threading.Event()
    (third,) = others(went.set, 1)
    third.join(30)
    assert went.is_set()
    ended.set()
    for thread in threads:
        thread.join(30)
    assert [shell._turns.acquire(blocking=False) for _ in range(3)] == [True, True, False]
    shell._turns.release(2)


def test_who_waits_for_the_browser_lets_others_have_the_turn(
    monkeypatch: pytest.MonkeyPatch, ended: threading.Event
) -> None:
    """While two let the browser draw, a third is worked on; all turns are there again when they have ended."""
    begun = threading.Semaphore(0)

    def sleep(_: float) -> None:
        begun.release()
        ended.wait(30)

    monkeypatch.setattr("time.sleep", sleep)
    paused = others(shell.draw_first, 2)
    assert [begun.acquire(timeout=30) for _ in paused] == [True, True]
    had = threading.Event()
    (third,) = others(had.set, 1)
    third.join(0.8)  # sooner than one goes ahead without a turn
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
    """Whenever the number of modules has changed, what there is leaves the garbage collector's walks."""
    gc.disable()
    try:
        shell._freeze(-1)
        before, made = gc.get_freeze_count(), [[number] for number in range(1000)]
        shell._freeze(-1)
        assert gc.get_freeze_count() < before + 500
        shell._freeze(-2)
        assert gc.get_freeze_count() >= before + len(made)
    finally:
        gc.unfreeze()
        gc.enable()
