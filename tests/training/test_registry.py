"""Runs and the queue: a run has the same digits beside others, ends in one way, and leaves nothing behind."""

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

PATIENCE = 20.0  # seconds that a condition may take on a busy machine
SHORT = trained(Task(4, 1, steps=20))


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> float:
    """Wait until the condition is true; the seconds that it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "the condition did not become true"
        time.sleep(0.002)
    return time.monotonic() - start


def threads() -> list[str]:
    """The names of the live threads that carry out runs."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(NAME)]


def forever() -> Iterator[float]:
    """Findings without end."""
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
    """A registry; its runs end when the test ends."""
    registry = Registry(patience=60)
    yield registry
    for run in [*registry._queue, *registry._running]:
        registry.stop(run, "the test is over")
    until(lambda: not threads())


# One run


def test_a_run_has_the_digits_of_its_task_whatever_else_the_process_does(registry: Registry) -> None:
    """Two runs go on, a third waits, and this thread draws, seeds and computes. No digit of a run changes."""
    tasks = [Task(4, 1, steps=20), Task(7, 2, steps=20), Task(4, 3, steps=20)]
    runs = [registry.enter(trained(task)) for task in tasks]
    with torch.random.fork_rng():
        while any(run.live for run in runs):
            torch.manual_seed(0)
            torch.randn(40, 40) @ torch.randn(40, 40)
    assert [run.state for run in runs] == [DONE] * 3
    assert [list(run.findings) for run in runs] == [[*updates(task)] for task in tasks]


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


def test_stop_ends_a_run_before_its_next_update(registry: Registry) -> None:
    run = registry.enter(ENDLESS)
    until(lambda: run.step > 2)
    registry.stop(run, "you stopped it")
    assert until(lambda: not run.live) < 1
    assert (run.state, run.why) == (STOPPED, "you stopped it")
    taken = len(run.findings)
    until(lambda: not threads())
    assert len(run.findings) == taken
    registry.stop(run, "again")
    assert run.why == "you stopped it"


def test_a_failed_run_says_so_and_blocks_nobody(registry: Registry, caplog) -> None:
    """It keeps its findings and the error's name. The error's text is only in the log. The next run gets its place."""
    failing = [registry.enter(replace(SHORT, start=broken)) for _ in range(2)]
    after = registry.enter(SHORT)
    until(lambda: not after.live)
    assert after.state == DONE
    for run in failing:
        assert (run.state, run.why) == (FAILED, "RuntimeError")
        assert [*run.findings] == [0.7, 0.6]
    assert caplog.text.count("a run failed: training") == 2
    until(lambda: registry.held == 0)


def test_a_run_that_ends_by_time_has_no_more_time_left_than_that(registry: Registry) -> None:
    """There are a million steps but only a minute. `left` is the rest of the minute, and `share` follows the time."""
    run = registry.enter(Work(MEASURING, "a", 10**6, forever, seconds=60.0))
    until(lambda: run.step > 2)
    assert 0 < run.left <= 60
    run._began -= 30  # half of the minute is over
    assert 0 < run.left <= 30
    assert 0.5 <= run.share < 1
    run._began -= 60
    assert (run.left, run.share) == (0, 1)


@pytest.mark.parametrize(("stretch", "pauses"), [(0.0, 20), (1000.0, 0)])
def test_pauses_come_between_steps_and_as_often_as_the_work_says(
    monkeypatch: pytest.MonkeyPatch, stretch: float, pauses: int
) -> None:
    """A training pauses after each step. A measurement pauses only after a stretch of time."""
    slept: list[float] = []
    monkeypatch.setattr("components.training.run.time.sleep", slept.append)
    run = Run(Work(MEASURING, "a", 20, lambda: iter(range(20)), stretch=stretch), 60)
    run.start()
    run.carry_out()
    assert run.state == DONE
    assert slept == [PAUSE] * pauses


# How a run ends


def test_a_run_ends_in_one_way_whenever_it_is_stopped() -> None:
    """The thread itself stops the run before, during and after the last step. A run that is done has no `why`."""
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
    """A run in which the thread `held` waits before it writes: after it has read the state, until `go_on` is set."""

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
def test_the_first_thread_decides_how_a_run_ends(first: str) -> None:
    """The first thread has read the state and not yet written it. The second one has to wait, and changes nothing."""
    run = Held()
    ways: list[Callable[[], None]] = [lambda: run.stop("stop"), run._finish]
    first_way, second_way = ways if first == "stop" else ways[::-1]
    threads = [threading.Thread(target=first_way, name="held"), threading.Thread(target=second_way)]
    threads[0].start()
    assert run.looked.wait(PATIENCE)
    threads[1].start()
    threads[1].join(0.1)  # without a lock it would have ended by now
    run.go_on.set()
    for thread in threads:
        thread.join()
    assert (run.state, run.why) == ((STOPPED, "stop") if first == "stop" else (DONE, ""))


def test_stops_and_ends_in_a_tight_loop_never_mix() -> None:
    """Two threads end the same run at the same moment, thousands of times."""

    def one_step() -> Iterator[int]:
        yield 1

    runs = [Run(Work(TRAINING, "a", 1, one_step, stretch=60.0), 60) for _ in range(5000)]
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
    """A run that gets no thread says so. The next run in the queue starts, and no place is lost."""
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


# Several runs


def test_two_at_once_and_the_others_in_their_order(registry: Registry) -> None:
    """Of four runs two train, and two wait in their order. When a run ends, the next one starts."""
    runs = [registry.enter(ENDLESS) for _ in range(4)]
    assert [run.state for run in runs] == [RUNNING, RUNNING, WAITING, WAITING]
    assert [registry.ahead(run) for run in runs[2:]] == [([TRAINING] * 2, 0), ([TRAINING] * 2, 1)]
    assert len(threads()) == 2
    registry.stop(runs[0], "")
    until(lambda: runs[2].state == RUNNING)
    assert registry.ahead(runs[3]) == ([TRAINING] * 2, 0)
    registry.stop(runs[3], "")  # it waits in the queue
    assert runs[3].state == STOPPED
    assert registry.held == 2
    until(lambda: len(threads()) == 2)


def test_a_run_nobody_asks_for_ends() -> None:
    """This holds for a run that trains and for one that waits. A run that somebody looks at goes on."""
    registry = Registry(at_once=1, patience=0.3)
    seen, unseen = registry.enter(ENDLESS), registry.enter(ENDLESS)

    def unseen_has_ended() -> bool:
        seen.beat()
        registry.ahead(seen)
        return unseen.state == STOPPED

    assert 0.2 < until(unseen_has_ended) < 3
    assert seen.state == RUNNING
    assert until(lambda: not seen.live) < 3
    assert seen.why == unseen.why == "nobody was looking at it"
    until(lambda: not threads())


def test_an_abandoned_run_does_not_start() -> None:
    """A free place goes to the next run that somebody still looks at."""
    registry = Registry(at_once=1, patience=0.3)
    first, abandoned = registry.enter(ENDLESS), registry.enter(ENDLESS)

    def is_abandoned() -> bool:
        first.beat()
        return abandoned.abandoned

    until(is_abandoned)
    last = registry.enter(ENDLESS)
    registry.stop(first, "")
    until(lambda: last.state == RUNNING)
    assert abandoned.state == STOPPED
    registry.stop(last, "")
    until(lambda: not threads())


# Measurements


def test_one_measurement_at_a_time_and_the_second_place_for_others(registry: Registry) -> None:
    """A second measurement waits although there is room. A training behind it passes it and starts."""
    first, second, training = (registry.enter(work) for work in (MEASUREMENT, MEASUREMENT, ENDLESS))
    assert [run.state for run in (first, second, training)] == [RUNNING, WAITING, RUNNING]
    assert registry.ahead(second) == ([MEASURING, TRAINING], 0)
    assert registry.ahead(first) is None
    registry.stop(training, "")
    until(lambda: registry.held == 2)
    assert registry.ahead(second) == ([MEASURING], 0)
    registry.stop(first, "")
    until(lambda: second.state == RUNNING)


def test_the_measurement_that_waits_longest_is_next(registry: Registry) -> None:
    """A training that comes later does not take its place."""
    first, training, second, *later = (
        registry.enter(work) for work in (MEASUREMENT, ENDLESS, MEASUREMENT, ENDLESS, ENDLESS)
    )
    registry.stop(first, "")
    until(lambda: second.state == RUNNING)
    assert [run.state for run in (training, *later)] == [RUNNING, WAITING, WAITING]


def test_eight_visitors_press_at_once_and_each_measures_alone() -> None:
    """Two measurements never overlap, and each has its own findings."""
    registry, inside, most, lock = Registry(patience=60), [0], [0], threading.Lock()  # measurements: now, at most

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

    visitors = [threading.Thread(target=visitor, args=(desk,)) for desk in desks]
    trainer = Desk(registry)
    trainer.begin(SHORT, None)
    for thread in visitors:
        thread.start()
    for thread in visitors:
        thread.join()
    until(lambda: registry.held == 0)
    runs = [desk.run for desk in (*desks, trainer)]
    assert [run.state for run in runs if run] == [DONE] * 9
    assert most == [1]
    findings = [finding for run in runs[:8] if run for finding in run.findings]
    assert len({*map(id, findings)}) == 8 * 5


def test_a_measurement_goes_on_beside_a_training_whose_digits_stay(registry: Registry) -> None:
    """Both run at once, and each has the findings that it has alone."""
    both = threading.Barrier(2)

    def meeting(work: Work[Any]) -> Work[Any]:
        """The same work; it waits until the other one runs too."""

        def start() -> Iterator[Any]:
            both.wait(PATIENCE)
            yield from work.start()

        return replace(work, start=start)

    counted = Work(MEASURING, "a", 3, lambda: iter(range(3)))
    runs = [registry.enter(meeting(work)) for work in (SHORT, counted)]
    until(lambda: not any(run.live for run in runs))
    assert [run.state for run in runs] == [DONE, DONE]
    assert [[*run.findings] for run in runs] == [[*SHORT.start()], [0, 1, 2]]


# A visitor's desk


def test_a_closed_visit_ends_its_run_and_starts_no_other(registry: Registry) -> None:
    desk = Desk(registry)
    desk.begin(ENDLESS, "a")
    run = desk.run
    assert run is not None
    desk.close()
    assert until(lambda: not run.live) < 1
    assert desk.run is None
    desk.begin(ENDLESS, "a")  # a click that arrives late
    assert desk.run is None
    until(lambda: registry.held == 0)


def test_a_changed_setting_ends_the_visitor_s_run_alone(registry: Registry) -> None:
    """Its findings are shown for its own work only. The run of another visitor goes on."""
    desk, other_desk = Desk(registry), Desk(registry)
    desk.begin(ENDLESS, "a")
    other_desk.begin(ENDLESS, "a")
    run, other_run = desk.run, other_desk.run
    assert run is not None
    assert other_run is not None
    desk.turn_to(SHORT, "a")
    assert run.state == RUNNING
    until(lambda: run.step > 1)
    assert desk.turn_to(SHORT, "b") is run
    until(lambda: not run.live)
    assert (run.state, run.why) == (STOPPED, "a setting was changed")
    assert desk.turn_to(OTHER, "c") is desk.of(OTHER) is None
    assert desk.turn_to(SHORT, "a") is run
    assert other_run.state == RUNNING


def test_a_run_of_another_work_gives_up_its_place(registry: Registry) -> None:
    """The setting does not matter. A visitor who looks at other work has no button to stop this run."""
    desk = Desk(registry)
    desk.begin(ENDLESS, "a")
    run = desk.run
    assert run is not None
    assert desk.turn_to(OTHER, "a") is None
    until(lambda: not run.live)
    until(lambda: registry.held == 0)


def test_the_same_work_begun_again_runs_again(registry: Registry) -> None:
    """No finding is used again, neither for another visitor nor later. So three presses are three calls."""
    calls: list[int] = []

    def counted() -> Iterator[int]:
        calls.append(len(calls))
        yield calls[-1]

    work = Work(MEASURING, "the same", 1, counted)
    desks, findings = [Desk(registry), Desk(registry)], []
    for desk in (desks[0], desks[1], desks[0]):
        desk.begin(work, None)
        until(lambda desk=desk: desk.run is not None and not desk.run.live)  # type: ignore[misc]
        assert desk.run is not None
        findings.append([*desk.run.findings])
    assert findings == [[0], [1], [2]]
    assert desks[1].run is not None
    assert [*desks[1].run.findings] == [1]


def test_a_second_run_at_a_desk_ends_the_first(registry: Registry) -> None:
    desk = Desk(registry)
    desk.begin(ENDLESS, "a")
    first = desk.run
    desk.begin(ENDLESS, "a")
    assert first is not None
    until(lambda: not first.live)
    assert desk.run is not first
    until(lambda: registry.held == 1)


def test_twenty_trainings_leave_nothing() -> None:
    """No thread is left, and no run but the latest one at the desk. This run holds its losses and no tensor."""
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
    assert len(desk.run.findings) == 6
    desk.close()
    gc.collect()
    assert len(runs) == 0
