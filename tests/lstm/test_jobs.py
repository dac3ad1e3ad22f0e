"""The cells that do a job: each does it for every sequence length, and its description is true."""

import math
import re
from itertools import pairwise
from typing import NamedTuple

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import Tensor, nn

from components.jobs import JOBS, Job
from components.lstm.build import build, redraw
from components.lstm.trace import trace
from components.settings import Settings
from tests.lstm.strategies import job_settings, rows

steady = examples(deadline=None, derandomize=True, max_examples=30)
jobs = pytest.mark.parametrize("name", JOBS)
dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])
LONGEST = 200


class Ran(NamedTuple):
    """What `nn.LSTM` itself gives, time-major: c and h after every step, (T, B, H)."""

    c: Tensor
    h: Tensor


def run(module: nn.LSTM, inputs: Tensor) -> Ran:
    """Call `module` step by step, for c at every step; `inputs` is (T, B, I), the start zeros."""
    c, h, state = [], [], None
    with torch.no_grad():
        for x_t in inputs:
            _, state = module(x_t[None], state)
            h.append(state[0][0])
            c.append(state[1][0])
    return Ran(torch.stack(c), torch.stack(h))


def cell(name: str, dtype: str = "float64") -> nn.LSTM:
    """The module of a job."""
    return build(Settings.for_job(name, dtype=dtype)).module


# What each cell does, for any input of its kind. The state after t steps is that of a sequence of t steps.


def held(inputs: Tensor) -> Tensor:
    """What a latch holds after every step, (T, B), computed as for a switch."""
    on = torch.zeros(inputs.shape[1], dtype=inputs.dtype)
    steps = []
    for x_t in inputs:
        on = x_t[:, 0] + (1 - x_t[:, 0]) * (1 - x_t[:, 1]) * on  # both at once: set wins
        steps.append(on)
    return torch.stack(steps)


def pulses(seed: int, features: int, chance: float, dtype: str) -> Tensor:
    """Pulses of 1 anywhere, (200, 5, features)."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(LONGEST, 5, features, generator=generator) < chance).to(getattr(torch, dtype))


@dtypes
@steady
@given(seed=st.integers(0, 2**31 - 1), chance=st.sampled_from([0.01, 0.1, 0.5, 1.0]))
def test_the_latch_holds_what_was_set(dtype: str, seed: int, chance: float) -> None:
    """After any set and reset pulses c is 1 or 0, to 1e-15; h is tanh(c), in unit 1 only where it is read."""
    inputs = pulses(seed, 3, chance, dtype)
    c, h = run(cell("latch", dtype), inputs)
    wanted = held(inputs)[:, :, None].expand_as(c)
    assert (c - wanted).abs().max() <= 1e-15
    shown = torch.stack([torch.ones_like(inputs[..., 2]), inputs[..., 2]], dim=2)
    assert (h - shown * wanted.tanh()).abs().max() <= (1e-7 if dtype == "float32" else 1e-15)


@dtypes
def test_the_latch_does_not_drift(dtype: str) -> None:
    """If it is set once, c has the same bits at each of 200 steps. If it is set at each step, c is not larger."""
    once, always = torch.zeros(2, LONGEST, 1, 3, dtype=getattr(torch, dtype))
    once[0, :, 0] = 1
    always[:, :, 0] = 1
    for inputs in (once, always):
        assert torch.equal(run(cell("latch", dtype), inputs).c, torch.ones(LONGEST, 1, 2, dtype=inputs.dtype))


@dtypes
@steady
@given(seed=st.integers(0, 2**31 - 1), chance=st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_the_counter_counts(dtype: str, seed: int, chance: float) -> None:
    """c of unit 0 is the number of pulses so far, exactly, up to 200; unit 1 has a tenth of it; h is tanh(c)."""
    inputs = pulses(seed, 1, chance, dtype)
    c, h = run(cell("counter", dtype), inputs)
    count = inputs[..., 0].cumsum(0)
    assert torch.equal(c[..., 0], count)
    allowed = 2e-4 if dtype == "float32" else 1e-12
    assert (c[..., 1] - count / 10).abs().max() <= allowed
    assert (h - c.tanh()).abs().max() <= 1e-6


@dtypes
@steady
@given(seed=st.integers(0, 2**31 - 1), chance=st.sampled_from([0.02, 0.3, 1.0]))
def test_the_delay_repeats_the_input(dtype: str, seed: int, chance: float) -> None:
    """h of unit k is tanh(1) times the input k steps before, and 0 before there was one, to 1e-12 (float32 1e-7)."""
    there, minus = pulses(seed, 2, chance, dtype).unbind(2)
    inputs = (there * (1 - 2 * minus))[..., None]
    _, h = run(cell("delay", dtype), inputs)
    for unit in range(4):
        late = torch.cat([torch.zeros_like(inputs[:unit]), inputs[: LONGEST - unit]])[..., 0]
        assert (h[..., unit] - math.tanh(1) * late).abs().max() <= (1e-12 if dtype == "float64" else 1e-7)


@jobs
@dtypes
def test_a_job_is_done_at_every_length(name: str, dtype: str) -> None:
    """For each T from 1 to 200 the page's own run does the job; |c| stays within what the job is said to reach."""
    longest = build(Settings.for_job(name, seq_len=LONGEST, batch_size=3, dtype=dtype))
    c, h = run(longest.module, longest.inputs)
    for seq_len in range(1, LONGEST + 1):
        module, inputs, hx = build(Settings.for_job(name, seq_len=seq_len, batch_size=3, dtype=dtype))
        assert torch.equal(inputs, longest.inputs[:seq_len])  # so the laws above are about this run too
        with torch.no_grad():
            output, (_, c_n) = module(inputs, hx)
        assert (output - h[:seq_len]).abs().max() <= 2e-6
        assert (c_n[0] - c[seq_len - 1]).abs().max() <= 2e-6 * max(1, c_n.max())
        assert c_n.abs().max() <= JOBS[name].reach(seq_len) + 1e-12


def test_a_longer_delay_needs_more_than_gain() -> None:
    """A shut gate leaves a rest of the last value. It grows 40 times at each hop: at the fourth it is at most 3e-13."""
    inputs = torch.zeros(LONGEST, 1, 1, dtype=torch.float64)
    inputs[::2] = 1
    h = run(cell("delay"), inputs).h
    left = h[1::2, 0, 0::2].abs().max(dim=0).values.tolist() + h[0::2, 0, 1::2].abs().max(dim=0).values.tolist()
    assert max(left) == pytest.approx(40**3 * torch.tensor(-40.0, dtype=torch.float64).sigmoid().item(), rel=0.1)


# The inputs


@jobs
@given(seed=st.integers(0, 9999), batch=st.integers(1, 16), dtype=st.sampled_from(["float32", "float64"]))
@steady
def test_inputs_are_made_for_the_job(name: str, seed: int, batch: int, dtype: str) -> None:
    """Inputs are -1, 0 or 1, and -1 only for the delay. The first step has a pulse. Set and reset never meet."""
    settings = Settings.for_job(name, seq_len=LONGEST, seed=seed, batch_size=batch, dtype=dtype)
    inputs = build(settings).inputs
    assert set(inputs.unique().tolist()) <= {-1.0, 0.0, 1.0}
    assert (inputs.min() < 0) == (name == "delay")
    assert (inputs[0, :, 0] == 1).all()
    assert len({str(rows(sample)) for sample in inputs.unbind(1)}) == batch  # each sample its own
    if name == "latch":
        presses = [(t, kind) for t, x_t in enumerate(inputs[:, 0], start=1) for kind in (0, 1) if x_t[kind]]
        assert [kind for _, kind in presses] == [n % 2 for n in range(len(presses))]
        assert presses[1][0] in (3, 4)
        assert all(after < 4 * before for (before, _), (after, _) in pairwise(presses[1:]))


@jobs
def test_the_seed_decides_the_inputs_alone(name: str) -> None:
    """With another seed the weights and both starts are the same, but the inputs are not."""
    one, two = (build(Settings.for_job(name, seed=seed, seq_len=50)) for seed in (1, 2))
    assert not torch.equal(one.inputs, two.inputs)
    for a, b in zip(one.module.parameters(), two.module.parameters(), strict=True):
        assert torch.equal(a, b)
    for state in (*one.hx, *redraw(Settings.for_job(name, seed=1))):
        assert not state.any()


@steady
@given(job_settings())
def test_a_job_has_the_sizes_it_says(settings: Settings) -> None:
    """Module, inputs and states are those of an `nn.LSTM` of the settings; batch_first only swaps two axes."""
    module, inputs, (h_0, c_0) = build(settings)
    plain = nn.LSTM(settings.input_size, settings.hidden_size, batch_first=settings.batch_first)
    assert {n: p.shape for n, p in module.named_parameters()} == {n: p.shape for n, p in plain.named_parameters()}
    axes = (settings.batch_size, settings.seq_len) if settings.batch_first else (settings.seq_len, settings.batch_size)
    assert tuple(inputs.shape) == (*axes, settings.input_size)
    assert inputs.is_contiguous()
    assert {t.dtype for t in (inputs, h_0, c_0, *module.parameters())} == {getattr(torch, settings.dtype)}
    assert all(p.requires_grad for p in module.parameters())
    assert sum(p.numel() for p in module.parameters()) == settings.num_parameters
    other = build(Settings(**{**vars(settings), "batch_first": not settings.batch_first})).inputs
    assert torch.equal(inputs.transpose(0, 1), other)
    module(inputs, (h_0, c_0))


# In words


def measured(job: Job, name: str, unit: int, gate: str, feature: str = "") -> float:
    """A gate of a unit as torch computes it from zeros, at a pulse on `feature` or at rest."""
    inputs = torch.zeros(1, 1, job.input_size, dtype=torch.float64)
    if feature:
        inputs[0, 0, job.features.index(feature)] = 1
    value: float = getattr(trace(cell(name), inputs), gate)[0, 0, 0, 0, unit].item()
    return value


LEVELS = {"open": 1.0, "shut": 0.0, "+1": 1.0}


@jobs
@pytest.mark.parametrize("gate", "ifgo")
def test_what_a_gate_is_said_to_do_it_does(name: str, gate: str) -> None:
    """If the words call a gate open or shut, or give its value and pre-activation, torch computes the same."""
    job = JOBS[name]
    words = job.gates[gate]
    parts = re.findall(r"units? (\d)(?: to (\d))?: ([^;]+)", words) or [("0", str(job.hidden_size - 1), words)]
    described = [unit for first, last, _ in parts for unit in range(int(first), int(last or first) + 1)]
    assert described == list(range(job.hidden_size))
    for first, last, said in parts:
        for unit in range(int(first), int(last or first) + 1):
            assert_said(job, name, unit, gate, said)


def assert_said(job: Job, name: str, unit: int, gate: str, said: str) -> None:
    """Check that the words about a gate of a unit are true."""
    if match := re.fullmatch(r"the sign of (?:`(\w+)`|the previous h of the unit before) \(weight 40\)", said):
        assert gate == "g"
        if match[1]:
            assert measured(job, name, unit, gate) == 0
            assert measured(job, name, unit, gate, match[1]) == 1
        else:
            weight = cell(name).get_parameter("weight_hh_l0")[2 * job.hidden_size + unit].tolist()
            assert weight == [40.0 * (other == unit - 1) for other in range(job.hidden_size)]
        return
    level = r"(?:at )?(\S+) \(([+−][\d.]+)\)"
    rest, *changes = said.removeprefix("always ").split(", ")
    assert said.startswith("always ") == (not changes)
    found: dict[str, tuple[str, str]] = {}
    match = re.fullmatch(level, rest)
    assert match is not None, said
    found |= dict.fromkeys(("", *job.features), (match[1], match[2]))
    for change in changes:
        match = re.fullmatch(level + r" at (.+)", change)
        assert match is not None, said
        found |= dict.fromkeys(re.findall(r"`(\w+)`", match[3]), (match[1], match[2]))
    for feature, (word, logit) in found.items():
        value = measured(job, name, unit, gate, feature)
        assert value == pytest.approx(LEVELS[word] if word in LEVELS else float(word), abs=1e-12), (said, feature)
        before = torch.tensor(value, dtype=torch.float64).logit().item()
        assert abs(value - 0.5) > 0.49 or before == pytest.approx(float(logit.replace("−", "-")), abs=0.05)


def test_the_words_are_made_from_the_weights() -> None:
    """The test reads the words as a reader does."""
    assert JOBS["latch"].gates == {
        "i": "shut (−40), open (+40) at `set`",
        "f": "open (+40), shut (−40) at `set` or `reset`",
        "g": "always +1 (+40)",
        "o": "unit 0: always open (+40); unit 1: shut (−40), open (+40) at `read`",
    }
    assert JOBS["counter"].gates["i"] == "unit 0: always open (+40); unit 1: always at 0.1 (−2.2)"
    assert JOBS["delay"].gates["g"] == (
        "unit 0: the sign of `x` (weight 40); units 1 to 3: the sign of the previous h of the unit before (weight 40)"
    )
