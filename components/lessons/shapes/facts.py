"""Which axis is which: the shape of every tensor of one call, what `batch_first` moves, and what goes wrong.

The sizes are those of real tensors. No rule says what an axis *counts*: this is found by an experiment. A second module
of the same structure runs with sizes that are different primes, so each size in a shape shows which size it is.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from components.kept import kept
from components.lstm.build import Setup, blank, shared_build
from components.lstm.compare import counts, max_abs_diff, tolerance
from components.lstm.parts import parameters, suffix
from components.lstm.refusal import Refusal, refused
from components.settings import Settings

# Each prime is larger than L * D can be. Two or four times a prime is none of the other sizes.
_PRIMES: dict[str, Any] = {"seq_len": 11, "batch_size": 13, "input_size": 17, "hidden_size": 23}
_PROJECTED = 19
_LETTERS = {11: "T", 13: "B", 17: "I", 23: "H", 46: "2H", 92: "4H", 19: "P", 38: "2P"}
STATES_AXIS = "L·D"  # the first axis of a state: a slot for each layer and direction

NUDGE = 1.0  # what is added to every number of the first sample


@dataclass(frozen=True)
class Shape:
    """The axes of a tensor in order: what each counts and its size."""

    name: str
    axes: tuple[str, ...]  # T, B, I, H, P, "4H", "L·D" ...
    sizes: tuple[int, ...]

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.sizes))}{',' if len(self.sizes) == 1 else ''})"


@dataclass(frozen=True)
class Flip:
    """A tensor without and with `batch_first`, from two modules with the same weights and the same start."""

    off: Shape
    on: Shape
    swapped: float | None  # largest difference after the first two axes are swapped; None if the shapes then differ
    kept: float | None  # largest difference without swapping; None if the shapes differ
    limit: float  # the largest difference that rounding explains

    @property
    def swaps(self) -> bool:
        """Whether `batch_first` swaps the first two axes of the tensor."""
        return self.swapped is not None and self.swapped <= self.limit

    @property
    def stays(self) -> bool:
        """Whether `batch_first` leaves the tensor as it is."""
        return self.kept is not None and self.kept <= self.limit


def parameter_names(module: nn.LSTM, layer: int, direction: int) -> tuple[str, ...]:
    """The names of the parameters of one layer in one direction, in torch's order."""
    return tuple(name + suffix(layer, direction) for name in parameters(module, layer, direction))


def flip(settings: Settings, layer: int = 0, direction: int = 0) -> tuple[Flip, ...]:
    """Every tensor without and with `batch_first`: inputs, h_0, c_0, the parameters of a layer, output, h_n, c_n."""
    off, on = (_tensors(dataclasses.replace(settings, batch_first=first), layer, direction) for first in (False, True))
    limit = tolerance(off["c_n"].dtype, off["c_n"])
    letters = [_axes(_structure(settings, first), layer, direction) for first in (False, True)]
    rows = []
    for name, a in off.items():
        b = on[name]
        shapes = [Shape(name, axes[name], tuple(t.shape)) for axes, t in zip(letters, (a, b), strict=True)]
        turned = a.transpose(0, 1) if a.dim() > 1 else a
        rows.append(Flip(shapes[0], shapes[1], _max_abs_diff(turned, b), _max_abs_diff(a, b), limit))
    return tuple(rows)


def _max_abs_diff(a: Tensor, b: Tensor) -> float | None:
    """`max_abs_diff`, or None if the shapes differ."""
    return max_abs_diff(a, b) if a.shape == b.shape else None


def _tensors(settings: Settings, layer: int, direction: int) -> dict[str, Tensor]:
    """The tensors of a call by name: those that go in, then the parameters, then those that come out."""
    module, inputs, (h_0, c_0) = shared_build(settings)
    with torch.no_grad():
        output, (h_n, c_n) = module(inputs, (h_0, c_0))
    given = {"inputs": inputs, "h_0": h_0, "c_0": c_0}
    own = {name: getattr(module, name).detach() for name in parameter_names(module, layer, direction)}
    return given | own | {"output": output, "h_n": h_n, "c_n": c_n}


def _structure(settings: Settings, batch_first: bool) -> Settings:
    """Settings of the same structure, with a prime for each size."""
    return Settings(
        **_PRIMES,
        proj_size=_PROJECTED if settings.proj_size else 0,
        num_layers=settings.num_layers,
        bidirectional=settings.bidirectional,
        bias=settings.bias,
        batch_first=batch_first,
    )


@kept
def _axes(structure: Settings, layer: int, direction: int) -> dict[str, tuple[str, ...]]:
    """What each axis of each tensor counts, recognised by its prime."""
    return {
        name: tuple(_LETTERS.get(size, STATES_AXIS) for size in tensor.shape)
        for name, tensor in _tensors(structure, layer, direction).items()
    }


# Two axes only


@dataclass(frozen=True, eq=False)
class Readings:
    """One tensor (N, I), read by `nn.LSTM` as a sequence and by `nn.LSTMCell` as a batch. The weights are the same."""

    read: Tensor  # (N, I)
    sequence: Tensor  # (N, H): what nn.LSTM returns; row t depends on the rows up to t
    batch: Tensor  # (N, H): what nn.LSTMCell returns; row n depends only on row n

    @property
    def agreeing(self) -> int:
        """How many rows agree, counted from the first row. That always agrees, because both start from zeros."""
        limit = tolerance(self.read.dtype, self.batch)
        different = counts((self.sequence - self.batch).abs().amax(dim=1), limit)
        return int(different.nonzero()[0]) if different.any() else len(different)


def readings(settings: Settings) -> Readings:
    """Both readings of the first sample. A cell has one layer, one direction and no projection, so `nn.LSTM` too."""
    plain = dataclasses.replace(
        settings, batch_size=1, num_layers=1, bidirectional=False, proj_size=0, batch_first=False
    )
    module, inputs, _ = shared_build(plain)
    cell = blank(nn.LSTMCell, plain.input_size, plain.hidden_size, bias=plain.bias)
    cell.load_state_dict({name.removesuffix("_l0"): p for name, p in module.state_dict().items()}, assign=True)
    read = inputs[:, 0]
    with torch.no_grad():
        return Readings(read, module(read)[0], cell(read)[0])


# The mistake that raises nothing


@dataclass(frozen=True, eq=False)
class Nudged:
    """One way to make (T, B, I) from (B, T, I): which sample is read where, and which outputs a nudge moves."""

    origin: Tensor  # (T, B), integers: the sample whose numbers the module reads at step t as sample b
    change: Tensor  # (T, B): the largest change of output[t, b] if the first sample is nudged
    limit: float  # rounding explains a change up to this

    @property
    def moved(self) -> tuple[int, ...]:
        """The samples whose outputs the nudge moves."""
        return tuple(counts(self.change.amax(dim=0), self.limit).nonzero().flatten().tolist())

    @property
    def mixed(self) -> bool:
        """Whether the module reads some numbers as part of a sample that is not theirs."""
        return bool((self.origin != torch.arange(self.origin.shape[1])).any())


ARRANGED: dict[str, Callable[[Tensor], Tensor]] = {
    "transpose": lambda data: data.transpose(0, 1),
    "view": lambda data: data.view(data.shape[1], data.shape[0], *data.shape[2:]),
}


def nudge(settings: Settings) -> dict[str, Nudged]:
    """What a nudge moves, for each of `ARRANGED`: the right and the wrong way from (B, T, I) to (T, B, I).

    The nudge adds `NUDGE` to all numbers of the first sample. The module and its start are those of the settings,
    without `batch_first`.
    """
    module, inputs, hx = shared_build(dataclasses.replace(settings, batch_first=False))
    data = inputs.transpose(0, 1).contiguous()  # (B, T, I)
    nudged_data = data.clone()
    nudged_data[0] += NUDGE
    whose = torch.arange(len(data))[:, None].repeat(1, data.shape[1])  # (B, T)
    results = {}
    for name, arrange in ARRANGED.items():
        with torch.no_grad():
            before, (_, c_n) = module(arrange(data), hx)
            after, (_, c_after) = module(arrange(nudged_data), hx)
        limit = tolerance(c_n.dtype, c_n, c_after)
        results[name] = Nudged(arrange(whose), (after - before).abs().amax(dim=2), limit)
    return results


# The mistakes that raise


def _more_features(setup: Setup) -> object:
    *shape, features = setup.inputs.shape
    return setup.module(torch.zeros(*shape, features + 1, dtype=setup.inputs.dtype))


BREAKAGES: dict[str, Callable[[Setup], object]] = {
    "features": _more_features,
    "axes": lambda setup: setup.module(setup.inputs[None]),
    "state": lambda setup: setup.module(setup.inputs, tuple(s[:, :1].contiguous() for s in setup.hx)),
    "state_first": lambda setup: setup.module(setup.inputs, tuple(s.transpose(0, 1).contiguous() for s in setup.hx)),
}


@torch.no_grad()
def refusal(settings: Settings, breakage: str) -> Refusal | None:
    """The error that torch raises for one of `BREAKAGES`; None if it raises none."""
    return refused(lambda: BREAKAGES[breakage](shared_build(settings)))
