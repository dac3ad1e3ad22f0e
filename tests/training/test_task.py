"""The echo task: its digits are those of an ordinary program, and its losses are those that theory gives."""

import math

import pytest
import torch
from torch import nn

from components.settings import CARRY, HANDED, RESET, SHUFFLED
from components.training.task import Task, at_best, trained, updates
from tests import fresh

TASK = Task(hidden_size=5, seed=3, steps=12)


def plainly(task: Task, way: str) -> list[float]:
    """The losses of one way, by an ordinary program: global seed, `torch.optim.Adam`, `backward`."""
    losses, last_bits, state = [], torch.zeros(task.lag, task.lanes), None
    with torch.random.fork_rng():
        torch.manual_seed(task.seed)
        lstm, head = nn.LSTM(1, task.hidden_size), nn.Linear(task.hidden_size, 1)
        optimiser = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=task.rate, fused=True)
        for _ in range(task.steps):
            bits = torch.randint(2, (task.chunk, task.lanes)).float()
            order = torch.randperm(task.lanes)
            target = torch.cat((last_bits, bits))[: task.chunk]
            last_bits = bits[task.chunk - task.lag :]
            if way == RESET:
                state = None
            elif way == SHUFFLED and state is not None:
                state = tuple(tensor[:, order] for tensor in state)
            output, state = lstm(bits.unsqueeze(2), state)
            state = tuple(tensor.detach() for tensor in state)
            loss = nn.functional.binary_cross_entropy_with_logits(head(output).squeeze(2), target)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    return losses


@pytest.mark.parametrize("place", range(3), ids=HANDED)
def test_a_training_has_the_digits_of_an_ordinary_program(place: int) -> None:
    """Every digit of every loss is the same, so parameters, bits, order and optimiser are the same too."""
    assert [*updates(TASK)][place::3] == plainly(TASK, HANDED[place])


def test_the_ways_begin_alike_and_part() -> None:
    """The three losses are equal at the first step and different at the third."""
    losses = [*updates(TASK)]
    assert losses[0] == losses[1] == losses[2]
    assert len({*losses[6:9]}) == 3
    assert len(losses) == 3 * TASK.steps


def test_another_seed_is_another_training() -> None:
    assert [*updates(TASK)] != [*updates(Task(5, 4, steps=12))]


def test_a_loss_that_is_not_finite_ends_the_training() -> None:
    """An infinite rate makes every parameter infinite. The losses of the first step are given, the next is an error."""
    losses = updates(Task(5, 3, steps=3, rate=math.inf))
    assert [next(losses) for _ in HANDED] == [*updates(Task(5, 3, steps=1))]
    with pytest.raises(ArithmeticError):
        next(losses)


def test_the_work_of_a_task_gives_the_losses_of_the_task() -> None:
    """Works of equal tasks are equal; works of different tasks are not."""
    work = trained(TASK)
    assert [*work.start()] == [*updates(TASK)]
    assert len([*work.start()]) == work.steps * work.parts
    assert work == trained(Task(hidden_size=5, seed=3, steps=12))
    assert work != trained(Task(hidden_size=5, seed=4, steps=12))


def test_the_global_generator_is_not_touched() -> None:
    before = torch.get_rng_state()
    [*updates(Task(4, 1, steps=2))]
    assert torch.equal(before, torch.get_rng_state())


def test_the_lines_are_those_of_theory() -> None:
    """Reset: 0.3 ln 2. Shuffled: the lowest cost of a single confidence, found by trying 4000 of them."""
    task = Task(16, 1)
    best = at_best(task)
    assert best[CARRY] == 0
    assert best[RESET] == pytest.approx(0.3 * math.log(2))
    assert best[RESET] == pytest.approx(0.208, abs=5e-4)
    right = torch.tensor(0.7 + 0.3 * (1 / 32 + 31 / 32 / 2), dtype=torch.float64)
    confidences = torch.linspace(0.5, 0.999, 4000, dtype=torch.float64)
    costs = -right * confidences.log() - (1 - right) * (1 - confidences).log()
    assert best[SHUFFLED] == pytest.approx(costs.min().item(), abs=1e-6)
    assert best[SHUFFLED] > best[RESET]


def test_the_ways_end_in_the_order_of_theory() -> None:
    """In a short training of 16 units, carry ends far below the line of reset, reset near it, shuffled above it."""
    task = Task(16, 1, steps=250)
    losses = [*updates(task)]
    carry, reset, shuffled = (sum(losses[place::3][-50:]) / 50 for place in range(3))
    line = at_best(task)[RESET]
    assert carry < line / 4
    assert abs(reset - line) < 0.03
    assert abs(shuffled - at_best(task)[SHUFFLED]) < 0.04


def test_nothing_heavy_is_imported() -> None:
    """A training does not import torch._dynamo and sympy: 77 MB, and a second in which the server serves nobody."""
    program = """
import sys
from components.training.task import Task, updates
assert len([*updates(Task(4, 1, steps=3))]) == 9
assert not {"torch._dynamo", "sympy"} & {*sys.modules}
"""
    ran = fresh.run(program)
    assert ran.returncode == 0, ran.stderr
