"""The terms of c add up to torch's c, each term is that of the equation, and half-lives are counted from f."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.lessons.memory.authors.facts import authors, half_lives
from components.lessons.memory.facts import Hold, Surgery, operate
from components.lstm.build import build
from components.settings import Settings
from tests.lstm.strategies import limit, small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=40)


@steady
@given(small_settings(), st.integers(0, 10**6), st.sampled_from([None, 0.0, 0.5, 1.0]))
def test_the_terms_add_up_to_torch_s_c(settings: Settings, pick: int, held: float | None) -> None:
    """This holds at every step, for any layer, direction, sample and unit, with gates held or not."""
    layer, direction = pick % settings.num_layers, pick % settings.num_directions
    sample, unit = pick % settings.batch_size, pick % settings.hidden_size
    surgery = Surgery(() if held is None else (Hold("f", held),), layer=layer, direction=direction)
    run = operate(build(settings), surgery)
    wrote = authors(run, sample, unit)
    c = run.c[:, sample, unit]
    order = list(range(settings.seq_len))[:: -1 if direction else 1]
    assert np.abs(wrote.shares.sum(axis=1) - c[order].double().numpy()).max() <= limit(run.c)
    assert wrote.max_abs_diff <= limit(run.c)
    f, i, g = (getattr(run, name)[order, sample, unit].double() for name in "fig")
    last = settings.seq_len - 1
    for n in {0, last // 2, last}:
        assert wrote.shares[last, n + 1] == pytest.approx(float(f[n + 1 :].prod() * i[n] * g[n]), abs=1e-12)
    start = float(f.prod() * run.c_0[sample, unit].double())
    assert wrote.shares[last, 0] == pytest.approx(start, abs=1e-12)
    assert not np.triu(wrote.shares[:, 1:], 1).any()  # a term is 0 before its step


@pytest.mark.parametrize(
    ("f", "lives"),
    [
        ([1, 1, 1], [0, 0, 0]),  # nothing is ever lost
        ([0, 0, 0], [1, 1, 1]),  # everything is lost at the next step
        ([0.5, 0.5, 0.5], [2, 2, 0]),  # a half is not less than a half
        ([0.7] * 4, [2, 2, 2, 0]),
        ([1, 0.4, 1, 1], [2, 1, 0, 0]),
    ],
)
def test_half_lives_are_counted(f: list[float], lives: list[int]) -> None:
    assert half_lives(np.array(f)).tolist() == lives


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_a_half_life_is_the_least_that_halves(f: list[float]) -> None:
    for n, life in enumerate(half_lives(np.array(f)).tolist()):
        left = np.cumprod(f[n:])
        below = [k + 1 for k, share in enumerate(left) if share < 0.5]
        assert life == (below[0] if below else 0)


def test_a_forget_bias_lengthens_every_half_life() -> None:
    """A larger forget bias gives a longer half-life, until it is longer than the sequence."""
    setup = build(Settings(seq_len=60))
    left = []
    for bias in (0, 1, 2, 3, 10):
        run = operate(setup, Surgery(forget_bias=float(bias)))
        left.append(authors(run, 0, 0).kept.prod())
    assert left == sorted(left)
    assert left[0] < 0.5 < left[-1]
    assert torch.is_tensor(run.c)
