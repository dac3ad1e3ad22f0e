"""Runs and who may run: the same digits beside others, a queue, every way to end, and nothing left behind."""

import gc
import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest
import torch

from components.training.registry import NAME, Desk, Registry
from components.training.run import DONE, FAILED, STOPPED, TRAINING, WAITING, Run
from components.training.task import Task, updates

PATIENCE = 20.0  # s a condition may take on a busy machine
SHORT = Task(4, 1, steps=20)


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> float:
    """Wait for it, and give how long it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not come"
        time.sleep(0.002)
    return time.monotonic() - start


def threads() -> list[str]:
    """The names of the trainings' threads that are alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(NAME)]


def endless(task: Task) -> Iterator[float]:
    """A training that never ends by itself."""
    while True:
        yield 0.5


def broken(task: Task) -> Iterator[float]:
    """A training that fails in its third update."""
    yield from (0.7, 0.6)
    raise RuntimeError("the disk is at /secret/path")


def diverged(task: Task) -> Iterator[float]:
    """A training whose loss is lost."""
    yield 0.7
    yield math.nan


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A registry whose runs all end with the test."""
    registry = Registry(patience=60)
    yield registry
    for run in [*registry._queue, *registry._training]:
        registry.stop(run, "the test is over")
    until(lambda: not threads())


# One run


def test_a_run_has_the_digits_of_its_task_whatever_else_the_process_does(registry: Registry) -> None:
    """Two at once, a third behind them, and this thread drawing, seeding and computing: each as if it were alone."""
    tasks = [SHORT, Task(7, 2, steps=20), Task(4, 3, steps=20)]
    runs = [registry.enter(task) for task in tasks]
    with torch.random.fork_rng():
        while any(run.live for run in runs):
            torch.manual_seed(0)
            torch.randn(40, 40) @ torch.randn(40, 40)
    assert [run.state for run in runs] == [DONE] * 3
    assert [list(run.losses) for run in runs] == [[*updates(task)] for task in tasks]


def test_progress_is_counted_in_whole_steps(registry: Registry) -> None:
    run = registry.enter(SHORT)
    assert run.task is SHORT
    seen = []
    while run.live:
        seen.append((run.step, run.left))
        time.sleep(0.002)
    steps = [step for step, _ in seen]
    assert steps == sorted(steps)
    assert run.step == SHORT.steps
    assert all(math.isinf(left) == (step == 0) for step, left in seen)
    assert run.left == 0


def test_stop_ends_it_before_its_next_update(registry: Registry) -> None:
    run = registry.enter(SHORT, endless)
    until(lambda: run.step > 2)
    registry.stop(run, "as you wished")
    assert until(lambda: not run.live) < 1
    assert (run.state, run.why) == (STOPPED, "as you wished")
    taken = len(run.losses)
    until(lambda: not threads())
    assert len(run.losses) == taken
    registry.stop(run, "again")
    assert run.why == "as you wished"


@pytest.mark.parametrize(("source", "name"), [(broken, "RuntimeError"), (diverged, "ArithmeticError")])
def test_a_failed_run_says_so_and_blocks_nobody(registry: Registry, source, name: str, caplog) -> None:
    """It keeps what it found and the error's name; its words go to the log alone; who waits gets its place."""
    failing = [registry.enter(SHORT, source) for _ in range(2)]
    after = registry.enter(SHORT)
    until(lambda: not after.live)
    assert after.state == DONE
    for run in failing:
        assert (run.state, run.why) == (FAILED, name)
        assert len(run.losses) == (2 if source is broken else 1)
    assert caplog.text.count("a training failed") == 2
    until(lambda: registry.held == 0)


# Several


def test_two_at_once_and_the_others_in_their_order(registry: Registry) -> None:
    """Four: two train, the third is next, the fourth is after it; each end lets one in."""
    runs = [registry.enter(SHORT, endless) for _ in range(4)]
    assert [run.state for run in runs] == [TRAINING, TRAINING, WAITING, WAITING]
    assert [registry.ahead(run) for run in runs[2:]] == [(2, 0), (2, 1)]
    assert len(threads()) == 2
    registry.stop(runs[0], "")
    until(lambda: runs[2].state == TRAINING)
    assert registry.ahead(runs[3]) == (2, 0)
    registry.stop(runs[3], "")  # in the queue
    assert runs[3].state == STOPPED
    assert registry.held == 2
    until(lambda: len(threads()) == 2)


def test_a_run_nobody_asks_for_ends() -> None:
    """Its owner's silence ends one that trains and one that waits; who is asked for goes on."""
    registry = Registry(at_once=1, patience=0.3)
    kept, left = registry.enter(SHORT, endless), registry.enter(SHORT, endless)

    def both() -> bool:
        kept.beat()
        registry.ahead(kept)
        return left.state == STOPPED

    assert 0.2 < until(both) < 3
    assert kept.state == TRAINING
    assert until(lambda: not kept.live) < 3
    assert kept.why == left.why == "nobody was looking at it"
    until(lambda: not threads())


def test_who_left_the_queue_does_not_train() -> None:
    """A place that falls free goes past those who are gone."""
    registry = Registry(at_once=1, patience=0.3)
    first, gone = registry.enter(SHORT, endless), registry.enter(SHORT, endless)

    def gone_for_long() -> bool:
        first.beat()
        return gone.abandoned

    until(gone_for_long)
    last = registry.enter(SHORT, endless)
    registry.stop(first, "")
    until(lambda: last.state == TRAINING)
    assert gone.state == STOPPED
    registry.stop(last, "")
    until(lambda: not threads())


# A visitor's desk


def test_a_closed_visit_ends_its_run_and_starts_no_other(registry: Registry) -> None:
    desk = Desk(registry)
    desk.begin(SHORT, "a", endless)
    run = desk.run
    assert run is not None
    desk.close()
    assert until(lambda: not run.live) < 1
    assert desk.run is None
    desk.begin(SHORT, "a", endless)  # a click that was on its way
    assert desk.run is None
    until(lambda: registry.held == 0)


def test_a_changed_setting_ends_the_run_and_no_other_s(registry: Registry) -> None:
    """What it found stays while it belongs to this task, and goes with another; the neighbour trains on."""
    desk, other = Desk(registry), Desk(registry)
    desk.begin(SHORT, "a", endless)
    other.begin(SHORT, "a", endless)
    run, neighbour = desk.run, other.run
    assert run is not None
    assert neighbour is not None
    desk.turn_to(SHORT, "a")
    assert run.state == TRAINING
    until(lambda: run.step > 1)
    desk.turn_to(SHORT, "b")
    until(lambda: not run.live)
    assert (desk.run, run.state, run.why) == (run, STOPPED, "a setting was changed")
    desk.turn_to(Task(5, 1), "c")
    assert desk.run is None
    assert neighbour.state == TRAINING


def test_a_run_that_goes_gives_up_its_place(registry: Registry) -> None:
    """With another task it is not the desk's any more, whatever its settings: nobody could stop it later."""
    desk = Desk(registry)
    desk.begin(SHORT, "a", endless)
    run = desk.run
    assert run is not None
    desk.turn_to(Task(5, 1), "a")
    assert desk.run is None
    until(lambda: not run.live)
    until(lambda: registry.held == 0)


def test_a_second_training_ends_the_first(registry: Registry) -> None:
    desk = Desk(registry)
    desk.begin(SHORT, "a", endless)
    first = desk.run
    desk.begin(SHORT, "a", endless)
    assert first is not None
    until(lambda: not first.live)
    assert desk.run is not first
    until(lambda: registry.held == 1)


def test_twenty_trainings_leave_nothing() -> None:
    """No thread, no run in the registry, and no run anywhere but the one at the desk, which holds its losses alone."""
    registry, runs = Registry(patience=60), weakref.WeakSet[Run]()
    desk = Desk(registry)
    for seed in range(20):
        desk.begin(Task(4, seed, steps=2), seed)
        assert desk.run is not None
        runs.add(desk.run)
        until(lambda: desk.run is not None and not desk.run.live)
    until(lambda: not threads() and registry.held == 0)
    gc.collect()
    assert [*runs] == [desk.run]
    held = vars(desk.run)
    assert not any(isinstance(value, torch.Tensor | torch.nn.Module) for value in held.values())
    assert desk.run is not None
    assert len(desk.run.losses) == 6
    desk.close()
    gc.collect()
    assert len(runs) == 0
