"""A stack of layers in two directions: what feeds what, what a changed input reaches, and what `h_n` holds.

At every step, each layer reads the h of both directions of the layer below. Its forward direction starts at the first
step, its reverse direction at the last step: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
The number of a slot of `h_n` and `c_n` is layer * D + direction. Here, a row is one layer in one direction.
"""

import dataclasses
from dataclasses import dataclass
from functools import cache
from types import FunctionType, SimpleNamespace

import numpy as np
import torch
from torch import Tensor, nn

from components.kept import kept
from components.lessons.layers import STAGES
from components.lstm.axes import time_major
from components.lstm.build import blank, fill, shared_build, sized
from components.lstm.compare import counts, tolerance
from components.lstm.parts import run_layer
from components.lstm.refusal import Refusal, refused
from components.lstm.returned import returned
from components.settings import Settings

CLASSES: dict[str, type[nn.LSTM] | type[nn.GRU] | type[nn.RNN]] = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}
NUDGE = 1.0  # added to a number, to see what it changes
DROPOUT = 0.5


# What feeds what


@cache  # there are at most eight results, each of at most 64 truth values
def feeds(layers: int, directions: int) -> tuple[tuple[bool, ...], ...]:
    """Whether a row feeds a slot: `feeds(L, D)[slot][row]`. A small module with a changed start of each row shows it.

    The module has two units and reads three steps in float64, so every effect is larger than rounding.
    """
    rows = layers * directions
    module = blank(nn.LSTM, 2, 2, num_layers=layers, bidirectional=directions == 2, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    fill(module, generator)
    x = torch.randn(3, 1, 2, generator=generator, dtype=torch.float64)
    h_0 = torch.randn(rows, 1, 2, generator=generator, dtype=torch.float64)
    c_0 = torch.zeros_like(h_0)
    with torch.no_grad():
        _, (as_it_is, c_n) = module(x, (h_0, c_0))
        limit = tolerance(c_n.dtype, c_n)
        reached = []
        for row in range(rows):
            moved = h_0.clone()
            moved[row] += NUDGE
            _, (h_n, _) = module(x, (moved, c_0))
            reached.append(counts((h_n - as_it_is).abs(), limit).flatten(1).any(dim=1).tolist())
    return tuple(zip(*reached, strict=True))


@kept
def turns(layers: int, directions: int, steps: int) -> np.ndarray:
    """The earliest turn in which each h can be computed: (L, D, T), from 1. In one turn a cell computes one step."""
    turn = np.zeros((layers, directions, steps), np.int16)
    below = np.zeros(steps, np.int16)
    for layer in range(layers):
        for direction in range(directions):
            before = 0
            for step in reversed(range(steps)) if direction else range(steps):
                before = 1 + max(before, int(below[step]))
                turn[layer, direction, step] = before
        below = turn[layer].max(axis=0)
    return turn


# What a changed input reaches


def stack(settings: Settings, kind: str) -> nn.RNNBase:
    """The module of that kind: the LSTM of the settings, or a GRU or RNN, which has no projection.

    A GRU or RNN has the weights that plain code draws after `torch.manual_seed(seed)`.
    """
    return shared_build(settings).module if kind == "LSTM" else _other(_one_step(settings), kind)


def _one_step(settings: Settings) -> Settings:
    """The settings with one step and one sample. No parameter depends on these two sizes."""
    return dataclasses.replace(settings, seq_len=1, batch_size=1)


@kept
def _other(settings: Settings, kind: str) -> nn.RNNBase:
    module = sized(CLASSES[kind], settings)
    fill(module, torch.Generator().manual_seed(settings.seed))
    return module


def hidden(module: nn.RNNBase, x: Tensor, state: tuple[Tensor, ...] | None = None) -> Tensor:
    """h of every layer, direction and step of a module of any kind: (L, D, T, B, P). `x` is time-major.

    `state` is the initial state in the module's own form; without it the module starts from zeros.
    """
    return _run(module, x, state)[0]


def _run(module: nn.RNNBase, x: Tensor, state: tuple[Tensor, ...] | None) -> tuple[Tensor, Tensor]:
    """`hidden`, and the last c of every layer and direction, or the last h if there is no c: (L, D, B, H)."""
    directions, layers, ends = 2 if module.bidirectional else 1, [], []
    for layer in range(module.num_layers):
        rows = slice(layer * directions, (layer + 1) * directions)
        x, last = run_layer(module, layer, x, None if state is None else tuple(part[rows] for part in state))
        layers.append(torch.stack(x.chunk(directions, dim=2)))
        ends.append(last[-1])
    return torch.stack(layers), torch.stack(ends)


@dataclass(frozen=True, eq=False)
class Change:
    """How much a changed number of the input changes x, and each h at most."""

    x: np.ndarray  # (T,)
    h: np.ndarray  # (L, D, T)
    limit: float  # rounding explains a change of h up to this

    @property
    def moved(self) -> np.ndarray:
        """Which h change by more than rounding: (L, D, T)."""
        return counts(self.h, self.limit)


def undisturbed(settings: Settings, kind: str = "LSTM") -> Tensor:
    """h of every layer, direction, step and sample without any change: (L, D, T, B, P)."""
    return _undisturbed(settings, kind)[0]


@kept
def _undisturbed(settings: Settings, kind: str) -> tuple[Tensor, Tensor]:
    """`undisturbed`, and the last states as `_run` returns them."""
    return _run(stack(settings, kind), stack_inputs(settings), _start(settings, kind))


def _start(settings: Settings, kind: str) -> tuple[Tensor, ...] | None:
    """The initial state: that of the settings for an LSTM; zeros (None) for a GRU or RNN, whose h may be wider."""
    return shared_build(settings).hx if kind == "LSTM" else None


@kept
def change(settings: Settings, kind: str, step: int, sample: int) -> Change:
    """The differences between two runs. One has `NUDGE` added to the first number of the sample's x at `step`, from 1.

    Both runs have the whole batch, because torch may add numbers in another order if they lie elsewhere in memory.
    """
    x = stack_inputs(settings)
    moved = x.clone()
    moved[step - 1, sample, 0] += NUDGE
    h, end = _run(stack(settings, kind), moved, _start(settings, kind))
    before, end_before = _undisturbed(settings, kind)
    max_abs_diff = (h[..., sample, :] - before[..., sample, :]).abs().amax(dim=3)
    limit = tolerance(h.dtype, end, end_before)
    return Change((moved - x)[:, sample].abs().amax(dim=1).numpy(), max_abs_diff.numpy(), limit)


def out_of_reach(effect: Change, step: int) -> np.ndarray:
    """Which h cannot depend on x at `step` by the equations: (L, 2, T). `effect` is compared with this."""
    outside = np.zeros(effect.h.shape, bool)
    outside[0, 0, : step - 1] = True  # the forward direction has not read x yet
    outside[0, 1, step:] = True  # nor has the reverse direction
    return outside


def stack_inputs(settings: Settings) -> Tensor:
    """The inputs as (T, B, I), whatever `batch_first` is."""
    return time_major(shared_build(settings).inputs, settings.batch_first)


# A row for each sample


@dataclass(frozen=True, eq=False)
class Rows:
    """`h_n` as one row for each sample, made rightly or wrongly. Each row has L * D pieces of P numbers."""

    whose: np.ndarray  # (B, L*D): the sample to which the numbers of each piece belong
    change: np.ndarray  # (B, L*D): the largest change in each piece if the first sample's inputs change
    limit: float  # rounding explains a change up to this

    @property
    def pieces_moved(self) -> np.ndarray:
        """In which pieces a number changes by more than rounding: (B, L*D)."""
        return counts(self.change, self.limit)

    @property
    def moved(self) -> tuple[int, ...]:
        """The rows in which a number changes by more than rounding."""
        return tuple(int(row) for row in np.flatnonzero(self.pieces_moved.any(axis=1)))

    @property
    def mixed(self) -> int:
        """How many pieces belong to another sample than their row."""
        return int((self.whose != np.arange(len(self.whose))[:, None]).sum())


@kept
def rows(settings: Settings) -> tuple[Rows, Rows]:
    """Right rows: `h_n.view(L, D, B, P)` with the batch axis moved to the front. Wrong rows: `h_n.view(B, -1)`."""
    module, x, hx = shared_build(settings)
    _, before, c_before = returned(settings)
    changed = x.clone()
    time_major(changed, settings.batch_first)[:, 0] += NUDGE
    with torch.no_grad():
        _, (after, c_after) = module(changed, hx)
    limit = tolerance(before.dtype, c_before, c_after)
    whose = torch.arange(settings.batch_size).view(1, -1, 1).expand(before.shape).contiguous()
    moved = (after - before).abs()
    ways = []
    for right in (True, False):
        flat = [_row_a_sample(tensor, settings, right) for tensor in (whose, moved)]
        pieces = [tensor.reshape(settings.batch_size, len(before), settings.output_size) for tensor in flat]
        ways.append(Rows(pieces[0][:, :, 0].numpy(), pieces[1].amax(dim=2).numpy(), limit))
    return ways[0], ways[1]


def _row_a_sample(h_n: Tensor, settings: Settings, right: bool) -> Tensor:
    """`h_n` (L*D, B, P) as rows (B, L*D*P)."""
    batch = settings.batch_size
    if not right:
        return h_n.view(batch, -1)
    by_layer = h_n.view(settings.num_layers, settings.num_directions, batch, settings.output_size)
    return by_layer.permute(2, 0, 1, 3).reshape(batch, -1)


# Dropout


@dataclass(frozen=True)
class Dropout:
    """Two calls in training mode and two in evaluation mode."""

    training: float  # largest difference between the outputs of the two calls in training mode
    evaluation: float  # the same in evaluation mode
    read: tuple[int, int]  # zeros, and all numbers, in what the upper layers read in the first training call
    output: tuple[int, int]  # zeros, and all numbers, in the output of that call
    taken: int  # zeros of that output where the last layer, run alone on what it reads, gives more than rounding
    limit: float  # the largest difference that rounding explains

    @property
    def steady(self) -> bool:
        """Whether two calls in evaluation mode give the same output, up to rounding."""
        return self.evaluation <= self.limit

    @property
    def reaches_output(self) -> bool:
        """Whether dropout acts on `output`. Other zeros are no sign of it: the last layer can give zero by itself."""
        return self.taken > 0


def dropped(settings: Settings, generator: torch.Generator | None) -> tuple[list[Tensor], Tensor]:
    """What each layer above the first reads with dropout, (T, B, D*P) each, and output (T, B, D*P).

    With a generator this is `nn.LSTM(..., dropout=DROPOUT)` in training mode, with masks from that generator. Torch
    takes its masks from the global generator, which all visitors share. Without a generator this is evaluation mode.
    """
    below, reads = torch.cat(list(undisturbed(settings)[0]), dim=2), []
    for layer in range(1, settings.num_layers):
        if generator is not None:
            kept = torch.empty_like(below).bernoulli_(1 - DROPOUT, generator=generator)
            below = below * kept.div_(1 - DROPOUT)
        reads.append(below)
        below = _layer(settings, layer, below)
    return reads, below


def _layer(settings: Settings, layer: int, x: Tensor) -> Tensor:
    """The output of a layer that reads `x` and starts as the settings say."""
    module, _, hx = shared_build(settings)
    at = slice(layer * settings.num_directions, (layer + 1) * settings.num_directions)
    return run_layer(module, layer, x, (hx[0][at], hx[1][at]))[0]


@kept
def dropout(settings: Settings) -> Dropout:
    """What dropout does with these settings. The masks are those that torch draws after `manual_seed(seed)`."""
    generator = torch.Generator().manual_seed(settings.seed)
    (reads, first), (_, second) = dropped(settings, generator), dropped(settings, generator)
    by_call = time_major(returned(settings).output, settings.batch_first)
    limit = tolerance(by_call.dtype, returned(settings).c_n)
    alone = _layer(settings, settings.num_layers - 1, reads[-1]) if reads else first
    by_layer = torch.cat(list(undisturbed(settings)[-1]), dim=2)
    zeros = sum(int((read == 0).sum()) for read in reads)
    return Dropout(
        (second - first).abs().max().item(),
        (by_layer - by_call).abs().max().item(),
        (zeros, sum(read.numel() for read in reads)),
        (int((first == 0).sum()), first.numel()),
        int(((first == 0) & counts(alone.abs(), limit)).sum()),
        limit,
    )


@cache
def warned() -> str:
    """Torch's warning about dropout in a single layer; empty if torch gives none.

    `warnings.catch_warnings` would change the warnings of all threads. So torch's own `__init__` runs with a listener
    in place of the module `warnings`.
    """
    said: list[str] = []
    listener = SimpleNamespace(warn=lambda message, *_, **__: said.append(str(message)))
    init = nn.RNNBase.__init__
    heard = FunctionType(
        init.__code__, init.__globals__ | {"warnings": listener}, argdefs=init.__defaults__, closure=init.__closure__
    )
    # As in `blank`, no parameter is drawn.
    listening = type("Listening", (nn.LSTM,), {"__init__": heard, "reset_parameters": lambda _: None})
    listening("LSTM", 1, 1, dropout=DROPOUT)
    return next((words for words in said if "dropout" in words), "")


# Palindromes


@dataclass(frozen=True, eq=False)
class Mirror:
    """The difference between the h of the two directions over a palindrome; the reverse h are read backwards."""

    max_abs_diff: np.ndarray  # (L, T): the layer, and the step of the forward direction
    limit: float  # the largest difference that rounding explains

    def worst(self, layer: int) -> float:
        """The largest difference in a layer."""
        return float(self.max_abs_diff[layer].max())

    @property
    def alike(self) -> int:
        """How many layers, from the first on, have the same h in both directions."""
        different = np.flatnonzero(counts(self.max_abs_diff, self.limit).any(axis=1))
        return int(different[0]) if len(different) else len(self.max_abs_diff)


@kept
def mirror(settings: Settings, stage: str, sample: int) -> Mirror:
    """The difference between the directions, if the sample is a palindrome and both directions have the same start.

    `stage` is one of `STAGES`. In the second, each reverse parameter is a copy of the forward one. In the third, the
    reverse `weight_ih` above the first layer also has its halves swapped: the columns that read the forward h, and the
    columns that read the reverse h.
    """
    x = stack_inputs(settings)
    half = len(x) // 2
    x = torch.cat([x[: len(x) - half], x[:half].flip(0)])
    # Both directions start from the forward direction's state.
    state = tuple(s[::2].repeat_interleave(2, dim=0) for s in shared_build(settings).hx)
    h, end = _run(_mirrored(settings, STAGES.index(stage)), x, state)
    h = h[:, :, :, sample]
    max_abs_diff = (h[:, 0] - h[:, 1].flip(1)).abs().amax(dim=2).numpy()
    return Mirror(max_abs_diff, tolerance(h.dtype, end))


def _mirrored(settings: Settings, stage: int) -> nn.LSTM:
    """The module of the settings. From stage 1 on, its reverse weights are made from its forward weights."""
    module = shared_build(settings).module
    if not stage:
        return module
    altered: dict[str, Tensor] = {}
    given = module.state_dict()
    for name in given:
        forward = name.removesuffix("_reverse")
        altered[name] = given[forward]
        if stage == 2 and name != forward and name.startswith("weight_ih") and not name.startswith("weight_ih_l0"):
            altered[name] = altered[name].roll(settings.output_size, dims=1)
    mirrored = sized(nn.LSTM, settings)
    mirrored.load_state_dict(altered, assign=True)
    return mirrored


# The three kinds


@dataclass(frozen=True)
class Kind:
    """The properties of an `nn.LSTM`, `nn.GRU` or `nn.RNN` of the same sizes, taken from a call."""

    name: str
    gates: int  # blocks of H rows in weight_ih
    parameters: int
    states: tuple[tuple[int, ...], ...]  # shapes of the returned states, which come after output
    refusal: Refusal | None  # torch's error for `proj_size`; None if there is none


def kind(settings: Settings, name: str) -> Kind:
    """The properties of one of `KINDS`, with the sizes of the settings. A call shows what it returns."""
    gates, parameters, states = _counted(dataclasses.replace(_one_step(settings), batch_size=settings.batch_size), name)
    if name == "LSTM":
        states = tuple(tuple(state.shape) for state in returned(settings)[1:])
    return Kind(name, gates, parameters, states, _refusal(name))


@kept
def _counted(settings: Settings, name: str) -> tuple[int, int, tuple[tuple[int, ...], ...]]:
    """How many blocks of H rows and parameters the module has, and the shape of the state of a GRU or RNN."""
    module = stack(settings, name)
    states: tuple[tuple[int, ...], ...] = ()
    if name != "LSTM":
        with torch.no_grad():
            states = (tuple(module(shared_build(settings).inputs)[1].shape),)
    gates = module.get_parameter("weight_ih_l0").shape[0] // settings.hidden_size
    return gates, sum(parameter.numel() for parameter in module.parameters()), states


@cache  # one for each of `KINDS`
def _refusal(name: str) -> Refusal | None:
    """Torch's error for a projection; None if there is none."""
    return refused(lambda: blank(CLASSES[name], 2, 2, proj_size=1))
