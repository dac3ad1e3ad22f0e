"""Strategies of the property tests: settings, and single calls of `nn.LSTM` in every shape.

Both print as short dataclasses, so that a failing example can be read and pasted.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import torch
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from components.jobs import JOBS
from components.lstm.build import State
from components.lstm.loop import Result
from components.settings import Settings

LIMITS = {torch.float32: 2e-6, torch.float64: 1e-12}


def limit(c: Tensor) -> float:
    """The largest difference that rounding explains, for cell states `c`."""
    return LIMITS[c.dtype] * max(1.0, c.abs().max().item() if c.numel() else 1.0)


def assert_close(ours: Tensor, theirs: Tensor, atol: float, what: str = "") -> None:
    """`ours` has the shape and type of `theirs`, and every number differs by at most `atol`."""
    assert ours.shape == theirs.shape, (what, tuple(ours.shape), tuple(theirs.shape))
    assert ours.dtype == theirs.dtype, (what, ours.dtype, theirs.dtype)
    assert not theirs.isnan().any(), what
    assert not ours.isnan().any(), what
    difference = (ours - theirs).abs().max().item() if ours.numel() else 0.0
    assert difference <= atol, f"{what}: {difference} apart, {atol} allowed"


def parts(result: Result) -> dict[str, Tensor]:
    """The three tensors of a result by name."""
    return {"output": result[0], "h_n": result[1][0], "c_n": result[1][1]}


class Call(NamedTuple):
    """What `trace` takes."""

    module: nn.LSTM
    inputs: Tensor
    hx: State | None
    lengths: list[int] | None


@dataclass(frozen=True)
class Shape:
    """Everything on which one call depends. `call()` makes the call, with the same numbers each time."""

    input_size: int = 3
    hidden_size: int = 4
    steps: int = 5
    batch: int | None = 1  # None: inputs without a batch axis
    num_layers: int = 1
    bidirectional: bool = False
    proj_size: int = 0
    bias: bool = True
    batch_first: bool = False
    dtype: str = "float32"
    start: bool = True  # whether the call is given (h_0, c_0)
    lengths: tuple[int, ...] | None = None
    seed: int = 0

    def __str__(self) -> str:
        changed = [f for f in fields(self) if getattr(self, f.name) != f.default]
        return ",".join(f"{f.name}={getattr(self, f.name)}" for f in changed) or "defaults"

    @property
    def directions(self) -> int:
        """D."""
        return 2 if self.bidirectional else 1

    @property
    def width(self) -> int:
        """Width of h_t in one direction."""
        return self.proj_size or self.hidden_size

    def but(self, **changes: Any) -> "Shape":
        """This shape with some values replaced."""
        return replace(self, **changes)

    def module(self) -> nn.LSTM:
        """An `nn.LSTM` of this shape, as plain code makes it."""
        return nn.LSTM(
            self.input_size,
            self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=self.bidirectional,
            proj_size=self.proj_size,
            bias=self.bias,
            batch_first=self.batch_first,
            dtype=getattr(torch, self.dtype),
        )

    def call(self) -> Call:
        """The module, inputs, initial state and lengths."""
        dtype = getattr(torch, self.dtype)
        slots = self.num_layers * self.directions
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            module = self.module()
            axes: tuple[int, ...] = (self.steps,)
            batch: tuple[int, ...] = ()
            if self.batch is not None:
                batch = (self.batch,)
                axes = (*batch, self.steps) if self.batch_first else (self.steps, *batch)
            inputs = torch.randn(*axes, self.input_size, dtype=dtype)
            h_0 = torch.randn(slots, *batch, self.width, dtype=dtype)
            c_0 = torch.randn(slots, *batch, self.hidden_size, dtype=dtype)
        lengths = None if self.lengths is None else list(self.lengths)
        return Call(module, inputs, (h_0, c_0) if self.start else None, lengths)


def by_torch(call: Call) -> tuple[Tensor, Tensor, Tensor]:
    """output, h_n, c_n as `nn.LSTM` itself gives them, packed when there are lengths."""
    module, inputs, hx, lengths = call
    with torch.no_grad():
        if lengths is None:
            output, (h_n, c_n) = module(inputs, hx)
            return output, h_n, c_n
        packed = pack_padded_sequence(
            inputs, torch.tensor(lengths), batch_first=module.batch_first, enforce_sorted=False
        )
        packed, (h_n, c_n) = module(packed, hx)
        steps = inputs.shape[1 if module.batch_first else 0]
        output, _ = pad_packed_sequence(packed, batch_first=module.batch_first, total_length=steps)
        return output, h_n, c_n


SEEDS = st.integers(0, 2**31 - 1)


@st.composite
def shapes(
    draw: st.DrawFn,
    /,
    *,
    batched: bool | None = None,
    padded: bool | None = None,
    directions: tuple[int, ...] = (1, 2),
    projected: bool | None = None,
    min_steps: int = 1,
    min_batch: int = 1,
    **fixed: Any,
) -> Shape:
    """Any shape of call; `fixed` holds the values that do not vary."""
    hidden_size = draw(st.integers(2 if projected else 1, 6))
    # Lengths and several samples need a batch axis; else one call in four goes without.
    free = batched is None and not padded and min_batch == 1
    with_batch = draw(st.sampled_from([True, True, True, False])) if free else batched is not False
    batch = draw(st.integers(min_batch, 4)) if with_batch else None
    steps = draw(st.integers(min_steps, 12))
    lengths = None
    if batch is not None and (draw(st.booleans()) if padded is None else padded):
        lengths = tuple(draw(st.lists(st.integers(1, steps), min_size=batch, max_size=batch)))
    proj_size = 0
    if hidden_size > 1 and (draw(st.booleans()) if projected is None else projected):
        proj_size = draw(st.integers(1, hidden_size - 1))
    values: dict[str, Any] = {
        "input_size": draw(st.integers(1, 5)),
        "hidden_size": hidden_size,
        "steps": steps,
        "batch": batch,
        "num_layers": draw(st.integers(1, 3)),
        "bidirectional": draw(st.sampled_from(directions)) == 2,
        "proj_size": proj_size,
        "bias": draw(st.booleans()),
        "batch_first": draw(st.booleans()),
        "dtype": draw(st.sampled_from(["float32", "float64"])),
        "start": draw(st.booleans()),
        "lengths": lengths,
        "seed": draw(SEEDS),
    }
    return Shape(**{**values, **fixed})


@st.composite
def small_settings(draw: st.DrawFn, /, **fixed: Any) -> Settings:
    """Allowed settings whose run takes milliseconds; `fixed` holds the values that do not vary."""
    hidden_size = fixed.get("hidden_size", draw(st.integers(1, 20)))
    values: dict[str, Any] = {
        "input_size": draw(st.integers(1, 20)),
        "hidden_size": hidden_size,
        "seq_len": draw(st.integers(1, 12)),
        "batch_size": draw(st.integers(1, 4)),
        "num_layers": draw(st.integers(1, 4)),
        "bidirectional": draw(st.booleans()),
        "proj_size": draw(st.integers(0, hidden_size - 1)),
        "bias": draw(st.booleans()),
        "batch_first": draw(st.booleans()),
        "dtype": draw(st.sampled_from(["float32", "float64"])),
        "initial_state": draw(st.sampled_from(["sampled", "zeros"])),
        "signal": draw(st.sampled_from(["random", "pulse", "sine", "constant"])),
        "seed": draw(st.integers(0, 9999)),
    }
    return Settings(**{**values, **fixed})


@st.composite
def job_settings(draw: st.DrawFn, /, **fixed: Any) -> Settings:
    """Settings of a cell that does a job. All settings that the job leaves free vary, except those in `fixed`."""
    values: dict[str, Any] = {
        "weights": draw(st.sampled_from(list(JOBS))),
        "seq_len": draw(st.integers(1, 12)),
        "batch_size": draw(st.integers(1, 4)),
        "batch_first": draw(st.booleans()),
        "dtype": draw(st.sampled_from(["float32", "float64"])),
        "seed": draw(st.integers(0, 9999)),
    }
    return Settings.for_job(**{**values, **fixed})


def any_settings() -> st.SearchStrategy[Settings]:
    """Small settings of every shape, and of every job."""
    return st.one_of(small_settings(), small_settings(), small_settings(), job_settings())


def settings_id(settings: Settings) -> str:
    """A readable test id: what differs from the defaults."""
    changed = [f for f in fields(settings) if getattr(settings, f.name) != f.default]
    return ",".join(f"{f.name}={getattr(settings, f.name)}" for f in changed) or "defaults"


GRID = [
    Settings(),
    Settings(seed=0),
    Settings(seed=9999, dtype="float64"),
    Settings(bias=False),
    Settings(bias=False, proj_size=2, batch_first=True, batch_size=2),
    Settings(proj_size=3),
    Settings(num_layers=2, batch_size=3),
    Settings(num_layers=4, dtype="float64"),
    Settings(bidirectional=True),
    Settings(bidirectional=True, batch_first=True, batch_size=5),
    Settings(bidirectional=True, num_layers=2, proj_size=1, batch_size=2),
    Settings(bidirectional=True, num_layers=3, bias=False, dtype="float64"),
    Settings(batch_first=True, batch_size=2),
    Settings(seq_len=1),
    Settings(seq_len=1, initial_state="zeros"),
    Settings(seq_len=1, bidirectional=True, batch_size=2),
    Settings(input_size=1, hidden_size=1, seq_len=2),
    Settings(initial_state="zeros"),
    Settings(initial_state="zeros", bidirectional=True, batch_size=2),
    Settings(signal="pulse", batch_size=3),
    Settings(signal="sine", batch_size=2, batch_first=True),
    Settings(signal="constant", initial_state="zeros", dtype="float64"),
    Settings(input_size=20, hidden_size=33, seq_len=12, batch_size=16, proj_size=17),
]


# Cells that do a job.
AT_WORK = [
    Settings.for_job("latch", seq_len=12),
    Settings.for_job("counter", batch_size=3, batch_first=True),
    Settings.for_job("delay", seq_len=9, dtype="float64", seed=7),
    *(Settings.for_job(name, seq_len=1) for name in JOBS),
]


def rows(tensor: Tensor) -> list[Any]:
    """A tensor as nested lists, for equality that shows its numbers when it fails."""
    listed: list[Any] = tensor.tolist()
    return listed


@st.composite
def settings_and_place(draw: st.DrawFn) -> tuple[Settings, int, int, int]:
    """Settings, and a layer, direction and sample they have."""
    settings = draw(small_settings())
    layer = draw(st.integers(0, settings.num_layers - 1))
    direction = draw(st.integers(0, settings.num_directions - 1))
    return settings, layer, direction, draw(st.integers(0, settings.batch_size - 1))
