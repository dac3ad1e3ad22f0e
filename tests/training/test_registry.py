"""Runs and who may run: the same digits beside others, a queue, every way to end, and nothing left behind."""

import gc
import math
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch

from components.training.registry import NAME, Desk, Registry
from components.training.run import DONE, FAILED, PAUSE, RUNNING, STOPPED, WAITING, Run
from components.training.task import Task, trained, updates
from components.training.work import MEASURING, TRAINING, Work

PATIENCE = 20.0  # s a condition may take on a busy machine
SHORT = trained(Task(4, 1, steps=20))


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> float:
    """Wait for it, and give how long it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not come"
        time.sleep(0.002)
    return time.monotonic() - start


def threads() -> list[str]:
    """The names of the runs' threads that are alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(NAME)]


def forever() -> Iterator[float]:
    """Steps that never end by themselves."""
    while True:
        yield 0.5


def broken() -> Iterator[float]:
    """Two findings, then a failure."""
    yield from (0.7, 0.6)
    raise RuntimeError("the disk is at /secret/path")


ENDLESS = replace(SHORT, start=forever)
OTHER = trained(Task(5, 1))
MEASUREMENT = Work(MEASURING, "a", 20, forever)


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A registry whose runs all end with the test."""
    registry = Registry(patience=60)
    yield registry
    for run in [*registry._queue, *registry._running]:
        registry.stop(run, "the test is over")
    until(lambda: not threads())


# One run


def test_a_run_has_the_digits_of_its_task_whatever_else_the_process_does(registry: Registry) -> None:
    """Two at once, a third behind them, and this thread drawing, seeding and computing: each as if it were alone."""
    tasks = [Task(4, 1, steps=20), Task(7, 2, steps=20), Task(4, 3, steps=20)]
    runs = [registry.enter(trained(task)) for task in tasks]
    with torch.random.fork_rng():
        while any(run.live for run in runs):
            torch.manual_seed(0)
            torch.randn(40, 40) @ torch.randn(40, 40)
    assert [run.state for run in runs] == [DONE] * 3
    assert [list(run.found) for run in runs] == [[*updates(task)] for task in tasks]


def test_progress_is_counted_in_whole_steps(registry: Registry) -> None:
    run = registry.enter(SHORT)
    assert run.work is SHORT
    seen, shares = [], []
    while run.live:
        seen.append((run.step, run.left))
        shares.append(run.share)
        time.sleep(0.002)
    steps = [step for step, _ in seen]
    assert steps == sorted(steps)
    assert run.step == SHORT.steps
    assert all(math.isinf(left) == (step == 0) for step, left in seen)
    assert run.left == 0
    assert shares == sorted(shares)
    assert run.share == 1


def test_stop_ends_it_before_its_next_update(registry: Registry) -> None:
    run = registry.enter(ENDLESS)
    until(lambda: run.step > 2)
    registry.stop(run, "you stopped it")
    assert until(lambda: not run.live) < 1
    assert (run.state, run.why) == (STOPPED, "you stopped it")
    taken = len(run.found)
    until(lambda: not threads())
    assert len(run.found) == taken
    registry.stop(run, "again")
    assert run.why == "you stopped it"


def test_a_failed_run_says_so_and_blocks_nobody(registry: Registry, caplog) -> None:
    """It keeps what it found and the error's name; its words go to the log alone; who waits gets its place."""
    failing = [registry.enter(replace(SHORT, start=broken)) for _ in range(2)]
    after = registry.enter(SHORT)
    until(lambda: not after.live)
    assert after.state == DONE
    for run in failing:
        assert (run.state, run.why) == (FAILED, "RuntimeError")
        assert [*run.found] == [0.7, 0.6]
    assert caplog.text.count("a run failed: training") == 2
    until(lambda: registry.held == 0)


def test_what_ends_by_time_has_no_more_left_than_that(registry: Registry) -> None:
    """A hundred steps of which there is time for a few: the rest of the time is left, and the share follows it."""
    run = registry.enter(Work(MEASURING, "a", 10**6, forever, seconds=60.0))
    until(lambda: run.step > 2)
    assert 0 < run.left <= 60
    run._began -= 30  # half of it is over
    assert 0 < run.left <= 30
    assert 0.5 <= run.share < 1
    run._began -= 60
    assert (run.left, run.share) == (0, 1)


@pytest.mark.parametrize(("stretch", "pauses"), [(0.0, 20), (1000.0, 0)])
def test_pauses_come_between_steps_and_as_often_as_the_work_says(
    monkeypatch: pytest.MonkeyPatch, stretch: float, pauses: int
) -> None:
    """After each step of a training; a measurement goes on for a stretch, whatever the number of its steps."""
    slept: list[float] = []
    monkeypatch.setattr("components.training.run.time.sleep", slept.append)
    run = Run(Work(MEASURING, "a", 20, lambda: iter(range(20)), stretch=stretch), 60)
    run.start()
    run.carry_out()
    assert run.state == DONE
    assert slept == [PAUSE] * pauses


# How a run ends


def test_a_stop_at_any_moment_settles_one_end() -> None:
    """Stops before, during and after the last step, from the thread itself: a run that is done has no `why`."""
    ends: dict[str, tuple[str, str]] = {}

    def stopped(when: str) -> Iterator[int]:
        yield 1
        if when == "before the last step":
            run.stop("stop")
        yield 2
        if when == "after the last step":
            run.stop("stop")

    for when in ("before it begins", "before the last step", "after the last step", "when it has ended"):
        run = Run(Work(TRAINING, "a", 2, lambda when=when: stopped(when)), 60)  # type: ignore[misc]
        if when == "before it begins":
            run.stop("stop")
        run.start()
        if run.live:
            run.carry_out()
        if when == "when it has ended":
            run.stop("stop")
        ends[when] = run.state, run.why
    assert ends == {
        "before it begins": (STOPPED, "stop"),
        "before the last step": (STOPPED, "stop"),
        "after the last step": (STOPPED, "stop"),
        "when it has ended": (DONE, ""),
    }


class Held(Run[int]):
    """A run in which the thread `held` waits between what it has looked at and what it writes, until it may go on."""

    def __init__(self) -> None:
        self.looked, self.go_on = threading.Event(), threading.Event()
        super().__init__(Work(TRAINING, "a", 1, lambda: iter([1])), 60)
        self.start()

    def __setattr__(self, name: str, value: object) -> None:
        if threading.current_thread().name == "held":
            self.looked.set()
            self.go_on.wait(PATIENCE)
        super().__setattr__(name, value)


@pytest.mark.parametrize("first", ["stop", "end"])
def test_who_looks_first_settles_the_end(first: str) -> None:
    """One has looked and not yet written when the other comes: that one has to wait, and then changes nothing."""
    run = Held()
    ways: list[Callable[[], None]] = [lambda: run.stop("stop"), run._finish]
    held, other = ways if first == "stop" else ways[::-1]
    threads = [threading.Thread(target=held, name="held"), threading.Thread(target=other)]
    threads[0].start()
    assert run.looked.wait(PATIENCE)
    threads[1].start()
    threads[1].join(0.1)  # without a lock it is through by now
    run.go_on.set()
    for thread in threads:
        thread.join()
    assert (run.state, run.why) == ((STOPPED, "stop") if first == "stop" else (DONE, ""))


def test_stops_and_ends_in_a_tight_loop_never_mix() -> None:
    """Two threads, thousands of times, each time in the same moment."""

    def once() -> Iterator[int]:
        yield 1

    runs = [Run(Work(TRAINING, "a", 1, once, stretch=60.0), 60) for _ in range(5000)]
    both = threading.Barrier(2)

    def stop() -> None:
        for run in runs:
            both.wait()
            run.stop("stop")

    stopper, interval = threading.Thread(target=stop), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        stopper.start()
        for run in runs:
            run.start()
            both.wait()
            run.carry_out()
        stopper.join()
    finally:
        sys.setswitchinterval(interval)
    assert {(run.state, run.why) for run in runs} <= {(DONE, ""), (STOPPED, "stop")}


def test_a_run_without_a_thread_gives_its_place_back(registry: Registry, monkeypatch, caplog) -> None:
    """What cannot start says so; the next in the queue goes on, and nothing is held for ever."""
    start, refuse = threading.Thread.start, [False]

    def limited(thread: threading.Thread) -> None:
        if refuse[0]:
            refuse[0] = False
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    first, second = registry.enter(ENDLESS), registry.enter(ENDLESS)
    third, fourth = registry.enter(ENDLESS), registry.enter(ENDLESS)
    refuse[0] = True
    registry.stop(first, "")
    until(lambda: fourth.state == RUNNING)
    assert (third.state, third.why) == (FAILED, "the server has too much to do")
    assert "can't start new thread" in caplog.text
    assert registry.held == 2
    assert second.state == RUNNING


# Several


def test_two_at_once_and_the_others_in_their_order(registry: Registry) -> None:
    """Four: two train, the third is next, the fourth is after it; each end lets one in."""
    runs = [registry.enter(ENDLESS) for _ in range(4)]
    assert [run.state for run in runs] == [RUNNING, RUNNING, WAITING, WAITING]
    assert [registry.ahead(run) for run in runs[2:]] == [([TRAINING] * 2, 0), ([TRAINING] * 2, 1)]
    assert len(threads()) == 2
    registry.stop(runs[0], "")
    until(lambda: runs[2].state == RUNNING)
    assert registry.ahead(runs[3]) == ([TRAINING] * 2, 0)
    registry.stop(runs[3], "")  # in the queue
    assert runs[3].state == STOPPED
    assert registry.held == 2
    until(lambda: len(threads()) == 2)


def test_a_run_nobody_asks_for_ends() -> None:
    """Its owner's silence ends one that trains and one that waits; who is asked for goes on."""
    registry = Registry(at_once=1, patience=0.3)
    kept, left = registry.enter(ENDLESS), registry.enter(ENDLESS)

    def both() -> bool:
        kept.beat()
        registry.ahead(kept)
        return left.state == STOPPED

    assert 0.2 < until(both) < 3
    assert kept.state == RUNNING
    assert until(lambda: not kept.live) < 3
    assert kept.why == left.why == "nobody was looking at it"
    until(lambda: not threads())


def test_who_left_the_queue_does_not_run() -> None:
    """A place that falls free goes past those who are gone."""
    registry = Registry(at_once=1, patience=0.3)
    first, gone = registry.enter(ENDLESS), registry.enter(ENDLESS)

    def gone_for_long() -> bool:
        first.beat()
        return gone.abandoned

    until(gone_for_long)
    last = registry.enter(ENDLESS)
    registry.stop(first, "")
    until(lambda: last.state == RUNNING)
    assert gone.state == STOPPED
    registry.stop(last, "")
    until(lambda: not threads())


# Measurements


def test_one_measurement_at_a_time_and_the_second_place_for_others(registry: Registry) -> None:
    """A second measurement waits although there is room, and a training behind it goes past it."""
    first, second, training = (registry.enter(work) for work in (MEASUREMENT, MEASUREMENT, ENDLESS))
    assert [run.state for run in (first, second, training)] == [RUNNING, WAITING, RUNNING]
    assert registry.ahead(second) == ([MEASURING, TRAINING], 0)
    assert registry.ahead(first) is None
    registry.stop(training, "")
    until(lambda: registry.held == 2)
    assert registry.ahead(second) == ([MEASURING], 0)
    registry.stop(first, "")
    until(lambda: second.state == RUNNING)


def test_who_waits_longest_to_measure_is_next(registry: Registry) -> None:
    """Trainings that come later do not take the place of a measurement that has waited for it."""
    first, training, second, *later = (
        registry.enter(work) for work in (MEASUREMENT, ENDLESS, MEASUREMENT, ENDLESS, ENDLESS)
    )
    registry.stop(first, "")
    until(lambda: second.state == RUNNING)
    assert [run.state for run in (training, *later)] == [RUNNING, WAITING, WAITING]


def test_eight_visitors_press_at_once_and_each_is_measured_alone() -> None:
    """Never two in the measured part, each has findings of its own, in any order."""
    registry, inside, most, lock = Registry(patience=60), [0], [0], threading.Lock()

    def measured() -> Iterator[object]:
        for _ in range(5):
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            time.sleep(0.001)
            with lock:
                inside[0] -= 1
            yield object()

    desks, press = [Desk(registry) for _ in range(8)], threading.Barrier(8)

    def visitor(desk: Desk) -> None:
        press.wait()
        desk.begin(Work(MEASURING, "the same", 5, measured), None)

    threads_ = [threading.Thread(target=visitor, args=(desk,)) for desk in desks]
    beside = Desk(registry)
    beside.begin(SHORT, None)
    for thread in threads_:
        thread.start()
    for thread in threads_:
        thread.join()
    until(lambda: registry.held == 0)
    runs = [desk.run for desk in (*desks, beside)]
    assert [run.state for run in runs if run] == [DONE] * 9
    assert most == [1]
    found = [finding for run in runs[:8] if run for finding in run.found]
    assert len({*map(id, found)}) == 8 * 5


def test_a_measurement_goes_on_beside_a_training_whose_digits_stay(registry: Registry) -> None:
    """Both at once, and each finds what it finds alone."""
    both = threading.Barrier(2)

    def met(work: Work[Any]) -> Work[Any]:
        def start() -> Iterator[Any]:
            both.wait(PATIENCE)  # breaks unless the other one is running, too
            yield from work.start()

        return replace(work, start=start)

    counted = Work(MEASURING, "a", 3, lambda: iter(range(3)))
    runs = [registry.enter(met(work)) for work in (SHORT, counted)]
    until(lambda: not any(run.live for run in runs))
    assert [run.state for run in runs] == [DONE, DONE]
    assert [[*run.found] for run in runs] == [[*SHORT.start()], [0, 1, 2]]


# A visitor's desk


def test_a_closed_visit_ends_its_run_and_starts_no_other(registry: Registry) -> None:
    desk = Desk(registry)
    desk.begin(ENDLESS, "a")
    run = desk.run
    assert run is not None
    desk.close()
    assert until(lambda: not run.live) < 1
    assert desk.run is None
    desk.begin(ENDLESS, "a")  # a click that was on its way
    assert desk.run is None
    until(lambda: registry.held == 0)


def test_a_changed_setting_ends_the_run_and_no_other_s(registry: Registry) -> None:
    """What it found stays while it belongs to this task, and goes with another; the neighbour trains on."""
    desk, other = Desk(registry), Desk(registry)
    desk.begin(ENDLESS, "a")
    other.begin(ENDLESS, "a")
    run, neighbour = desk.run, other.run
    assert run is not None
    assert neighbour is not None
    desk.turn_to(SHORT, "a")
    assert run.state == RUNNING
    until(lambda: run.step > 1)
    assert desk.turn_to(SHORT, "b") is run
    until(lambda: not run.live)
    assert (run.state, run.why) == (STOPPED, "a setting was changed")
    assert desk.turn_to(OTHER, "c") is desk.of(OTHER) is None
    assert desk.turn_to(SHORT, "a") is run
    assert neighbour.state == RUNNING


def test_a_run_of_another_work_gives_up_its_place(registry: Registry) -> None:
    """Whatever its settings: nobody who looks at other work could stop it later."""
    desk = Desk(registry)
    desk.begin(ENDLESS, "a")
    run = desk.run
    assert run is not None
    assert desk.turn_to(OTHER, "a") is None
    until(lambda: not run.live)
    until(lambda: registry.held == 0)


def test_the_same_work_begun_again_is_carried_out_again(registry: Registry) -> None:
    """Nothing is remembered for others or for later: two visitors, one of them twice, are three calls."""
    calls: list[int] = []

    def counted() -> Iterator[int]:
        calls.append(len(calls))
        yield calls[-1]

    work = Work(MEASURING, "the same", 1, counted)
    desks, found = [Desk(registry), Desk(registry)], []
    for desk in (desks[0], desks[1], desks[0]):
        desk.begin(work, None)
        until(lambda desk=desk: desk.run is not None and not desk.run.live)  # type: ignore[misc]
        assert desk.run is not None
        found.append([*desk.run.found])
    assert found == [[0], [1], [2]]
    assert desks[1].run is not None
    assert [*desks[1].run.found] == [1]


def test_a_second_training_ends_the_first(registry: Registry) -> None:
    desk = Desk(registry)
    desk.begin(ENDLESS, "a")
    first = desk.run
    desk.begin(ENDLESS, "a")
    assert first is not None
    until(lambda: not first.live)
    assert desk.run is not first
    until(lambda: registry.held == 1)


def test_twenty_trainings_leave_nothing() -> None:
    """No thread, no run in the registry, and no run anywhere but the one at the desk, which holds its losses alone."""
    registry, runs = Registry(patience=60), weakref.WeakSet[Run[Any]]()
    desk = Desk(registry)
    for seed in range(20):
        desk.begin(trained(Task(4, seed, steps=2)), seed)
        assert desk.run is not None
        runs.add(desk.run)
        until(lambda: desk.run is not None and not desk.run.live)
    until(lambda: not threads() and registry.held == 0)
    gc.collect()
    assert [*runs] == [desk.run]
    held = vars(desk.run)
    assert not any(isinstance(value, torch.Tensor | torch.nn.Module) for value in held.values())
    assert desk.run is not None
    assert len(desk.run.found) == 6
    desk.close()
    gc.collect()
    assert len(runs) == 0
