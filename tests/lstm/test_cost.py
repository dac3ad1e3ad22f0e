"""Two computations are timed in turns. The time in which they wait does not count."""

import threading
import time

import pytest
import torch

from components.lstm.build import build
from components.lstm.cost import FINE, PAIRS, clock, in_turns
from components.lstm.loop import loop
from components.settings import Settings


def work(times: int) -> None:
    """Something that takes the processor."""
    sum(range(20_000 * times))


def test_the_ratio_is_that_of_the_times() -> None:
    """Three times the work takes three times as long, within what a busy machine adds."""
    costs = [*in_turns(lambda: work(3), lambda: work(1))]
    assert [cost.pairs for cost in costs] == [*range(1, PAIRS + 1)]
    last = costs[-1]
    assert 2 < last.ratio < 4
    assert last.low <= last.ratio <= last.high
    assert costs[0].ratio == costs[0].low == costs[0].high


@pytest.mark.skipif(not FINE, reason="this system's clock of a thread is too coarse")
def test_what_is_waited_for_does_not_count() -> None:
    """One computation also waits, ten times as long as it computes. Both still cost about the same."""
    before = clock()
    work(1)
    alone = clock() - before

    def slow() -> None:
        work(1)
        time.sleep(10 * alone)

    (cost,) = in_turns(slow, lambda: work(1), pairs=1)
    assert cost.ratio < 3


@pytest.mark.skipif(not FINE, reason="this system's clock of a thread is too coarse")
def test_a_loop_that_has_to_share_python_s_lock_costs_what_it_costs_alone() -> None:
    """A second thread of pure Python takes the lock at each call of the loop, which makes it wait, not compute."""
    setup = build(Settings(seq_len=50, hidden_size=32))
    alone = [*in_turns(lambda: loop(*setup), lambda: setup.module(setup.inputs, setup.hx))][-1].ratio
    over = threading.Event()

    def busy() -> None:
        while not over.is_set():
            sum(range(1000))

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        costs = [*in_turns(lambda: loop(*setup), lambda: setup.module(setup.inputs, setup.hx), pairs=10)]
    finally:
        over.set()
        thread.join()
    assert costs[-1].ratio == pytest.approx(
        alone, rel=0.5
    )  # by the time that passes it is three times as much, and more


def test_no_pair_is_begun_when_the_time_is_up() -> None:
    """The limit counts the time that passes, not processor time. The first pair is always measured."""
    waits = in_turns(lambda: time.sleep(0.02), lambda: work(1), pairs=100, patience=0.1)
    assert 1 <= len([*waits]) <= 6
    assert len([*in_turns(lambda: work(1), lambda: work(1), patience=0.0)]) == 1


def test_no_graph_is_kept_and_gradients_are_as_they_were_between_pairs() -> None:
    seen = []
    weight = torch.ones(1, requires_grad=True)
    for _ in in_turns(lambda: seen.append((weight * 2).requires_grad), lambda: work(1), pairs=2):
        seen.append(torch.is_grad_enabled())
    assert seen == [False, True, False, True]
