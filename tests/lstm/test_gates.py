"""Gates set by hand, in both dtypes: an open gate is exactly 1, a shut gate is not exactly 0, and the effects."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from torch import Tensor

from components.jobs import JOBS, OPEN, SHARE, SHUT
from components.lstm.build import build
from components.lstm.gates import ends
from components.settings import Settings
from tests.lstm.strategies import job_settings
from tests.lstm.test_jobs import run

both = pytest.mark.parametrize("dtype", ["float32", "float64"])


def one(value: float, dtype: str) -> Tensor:
    return torch.tensor(value, dtype=getattr(torch, dtype))


@both
def test_open_is_one_to_the_last_bit_and_shut_is_not_zero(dtype: str) -> None:
    """σ(40) and tanh(40) are 1; σ(−40) is e⁻⁴⁰, up to rounding, and less than half the spacing of numbers below 1."""
    found = ends(Settings.for_job("latch", dtype=dtype))
    assert found.opened == one(OPEN, dtype).sigmoid().item() == one(OPEN, dtype).tanh().item() == 1
    assert found.shut == one(SHUT, dtype).sigmoid().item() == pytest.approx(math.exp(SHUT), rel=1e-6)
    assert 0 < found.shut < (1 - torch.nextafter(one(1, dtype), one(0, dtype)).item()) / 2


@both
def test_what_a_shut_gate_lets_in_changes_no_one_and_adds_up_from_zero(dtype: str) -> None:
    """Over a thousand steps of c = 1 · c + σ(−40) · 1."""
    shut, full, empty = one(SHUT, dtype).sigmoid(), one(1, dtype), one(0, dtype)
    for _ in range(1000):
        full, empty = full + shut, empty + shut
    assert full.item() == 1
    assert empty.item() == pytest.approx(1000 * shut.item(), rel=1e-3)


@pytest.mark.parametrize("name", JOBS)
@both
def test_every_gate_is_open_shut_or_the_share(name: str, dtype: str) -> None:
    """Checked with the pre-activations of `nn.LSTM` in a long run, for every gate of every job."""
    settings = Settings.for_job(name, seq_len=200, batch_size=16, dtype=dtype)
    module, inputs, _ = build(settings)
    _, h = run(module, inputs)
    weights = module.state_dict()
    before = torch.cat([torch.zeros_like(h[:1]), h[:-1]])
    logits = torch.cat([inputs, before], 2) @ torch.cat([weights["weight_ih_l0"], weights["weight_hh_l0"]], 1).T
    logits += weights["bias_ih_l0"]
    i, f, _, o = (gate.detach().sigmoid() for gate in logits.chunk(4, dim=2))
    found = ends(settings)
    between = {v for gate in (i, f, o) for v in gate.unique().tolist()} - {found.opened, found.shut}
    assert sorted(between) == ([pytest.approx(SHARE)] if name == "counter" else [])


@examples(deadline=None, derandomize=True, max_examples=40)
@given(settings=job_settings())
def test_what_is_left_is_in_torch_s_own_c(settings: Settings) -> None:
    """`left` is the largest c below a twentieth of `nn.LSTM`, step by step. The counter shuts no gate and has none."""
    module, inputs, _ = build(replace(settings, batch_first=False))
    c = run(module, inputs).c.abs()
    small = c[c < SHARE / 2].tolist()
    assert ends(settings).left == pytest.approx(max(small, default=0.0), rel=1e-4, abs=1e-30)
    assert (settings.weights == "counter") <= (ends(settings).left == 0)


def test_what_is_left_grows_while_a_latch_waits() -> None:
    """After a reset c is what two shut gates let in. Each step after it adds what one more lets in."""
    settings = Settings.for_job("latch", seq_len=200, dtype="float64")
    module, inputs, _ = build(settings)
    c = run(module, inputs).c[:, 0, 0].tolist()
    shut, wait = ends(settings).shut, 0
    for x_t, c_t in zip(inputs[:, 0].tolist(), c, strict=True):
        wait = 0 if x_t[0] else 1 if x_t[1] else wait + bool(wait)
        assert c_t == pytest.approx((wait + 1) * shut if wait else 1, rel=1e-9)
    assert any(c_t != 1 for c_t in c)
