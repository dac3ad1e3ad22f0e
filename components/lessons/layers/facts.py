"""A stack of layers in two directions: what feeds what, what a nudge reaches, and what is where in `h_n`.

Each layer reads, at every step, the h of both directions of the layer below; its forward direction starts at the first
step, its reverse direction at the last: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
Slots of `h_n` and `c_n` are numbered layer * D + direction. A row, here, is one layer in one direction.
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
from components.lstm.compare import tolerance
from components.lstm.parts import run_layer
from components.lstm.refusal import Refusal, refused
from components.lstm.returned import returned
from components.settings import Settings

CLASSES: dict[str, type[nn.LSTM] | type[nn.GRU] | type[nn.RNN]] = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}
NUDGE = 1.0  # what is added to an input
DROPOUT = 0.5


# What feeds what


@cache  # eight of at most 64 truth values: that is all there can be
def feeds(layers: int, directions: int) -> tuple[tuple[bool, ...], ...]:
    """Which rows feed which slot: `feeds(L, D)[slot][row]`, found by moving each row's start in a small module.

    Three steps, two units, float64: what arrives at all arrives in its bits.
    """
    rows = layers * directions
    module = blank(nn.LSTM, 2, 2, num_layers=layers, bidirectional=directions == 2, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    fill(module, generator)
    x = torch.randn(3, 1, 2, generator=generator, dtype=torch.float64)
    h_0 = torch.randn(rows, 1, 2, generator=generator, dtype=torch.float64)
    c_0 = torch.zeros_like(h_0)
    with torch.no_grad():
        _, (as_it_is, _) = module(x, (h_0, c_0))
        found = []
        for row in range(rows):
            moved = h_0.clone()
            moved[row] += NUDGE
            _, (h_n, _) = module(x, (moved, c_0))
            found.append((h_n != as_it_is).flatten(1).any(dim=1).tolist())
    return tuple(zip(*found, strict=True))


@kept
def turns(layers: int, directions: int, steps: int) -> np.ndarray:
    """The turn in which each h can be computed at the earliest, (L, D, T) from 1, if a turn is one step of a cell."""
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


# What a nudge reaches


def stack(settings: Settings, kind: str) -> nn.RNNBase:
    """The module of that kind: the LSTM of the settings, or what plain code draws after `torch.manual_seed(seed)`.

    A GRU or RNN has no projection.
    """
    return shared_build(settings).module if kind == "LSTM" else _other(_one_step(settings), kind)


def _one_step(settings: Settings) -> Settings:
    """The settings with one step of one sample: no parameter depends on how many there are."""
    return dataclasses.replace(settings, seq_len=1, batch_size=1)


@kept
def _other(settings: Settings, kind: str) -> nn.RNNBase:
    module = sized(CLASSES[kind], settings)
    fill(module, torch.Generator().manual_seed(settings.seed))
    return module


def hidden(module: nn.RNNBase, x: Tensor, state: tuple[Tensor, ...] | None = None) -> Tensor:
    """h of every layer, direction and step, (L, D, T, B, P), of a module of any kind, for time-major `x`.

    `state` is the module's own, zeros if left out.
    """
    directions, layers = 2 if module.bidirectional else 1, []
    for layer in range(module.num_layers):
        rows = slice(layer * directions, (layer + 1) * directions)
        x, _ = run_layer(module, layer, x, None if state is None else tuple(one[rows] for one in state))
        layers.append(torch.stack(x.chunk(directions, dim=2)))
    return torch.stack(layers)


@dataclass(frozen=True, eq=False)
class Change:
    """How far one changed number of the input moves everything, the largest change of each h; exact zeros are none."""

    x: np.ndarray  # (T,)
    h: np.ndarray  # (L, D, T)


@kept
def undisturbed(settings: Settings, kind: str = "LSTM") -> Tensor:
    """h of every layer, direction, step and sample as it is, (L, D, T, B, P), before anything is changed."""
    return hidden(stack(settings, kind), stack_inputs(settings), _start(settings, kind))


def _start(settings: Settings, kind: str) -> tuple[Tensor, ...] | None:
    """An LSTM starts as the settings say, a GRU or RNN, whose h may be wider, from zeros."""
    return shared_build(settings).hx if kind == "LSTM" else None


@kept
def change(settings: Settings, kind: str, step: int, sample: int) -> Change:
    """Two runs, one with `NUDGE` added to the first number of one sample's x at `step` (from 1), and what differs.

    Both run the whole batch: numbers that lie otherwise in memory may be added up in another order.
    """
    x = stack_inputs(settings)
    moved = x.clone()
    moved[step - 1, sample, 0] += NUDGE
    h = hidden(stack(settings, kind), moved, _start(settings, kind))
    max_abs_diff = (h[..., sample, :] - undisturbed(settings, kind)[..., sample, :]).abs().amax(dim=3)
    return Change((moved - x)[:, sample].abs().amax(dim=1).numpy(), max_abs_diff.numpy())


def out_of_reach(found: Change, step: int) -> np.ndarray:
    """Which h (L, 2, T) cannot depend on x at `step`, as the equations have it: what `found` is checked against."""
    outside = np.zeros(found.h.shape, bool)
    outside[0, 0, : step - 1] = True  # forward has not read it yet
    outside[0, 1, step:] = True  # nor has reverse
    return outside


def stack_inputs(settings: Settings) -> Tensor:
    """The inputs as (T, B, I), whatever `batch_first` is."""
    return time_major(shared_build(settings).inputs, settings.batch_first)


# A row a sample


@dataclass(frozen=True, eq=False)
class Rows:
    """`h_n` as a row a sample, rightly or wrongly: whose numbers each piece of P holds, and how far they move."""

    whose: np.ndarray  # (B, L*D): the sample
    change: np.ndarray  # (B, L*D): the largest change of the piece when the first sample's inputs are nudged

    @property
    def moved(self) -> tuple[int, ...]:
        """The rows that move."""
        return tuple(int(row) for row in np.flatnonzero(self.change.any(axis=1)))

    @property
    def mixed(self) -> int:
        """How many pieces hold the numbers of another sample than their row's."""
        return int((self.whose != np.arange(len(self.whose))[:, None]).sum())


@kept
def rows(settings: Settings) -> tuple[Rows, Rows]:
    """`h_n.view(L, D, B, P)` with the batch axis brought to the front, and `h_n.view(B, -1)`: right and wrong."""
    module, x, hx = shared_build(settings)
    before = returned(settings).h_n
    other = x.clone()
    time_major(other, settings.batch_first)[:, 0] += NUDGE
    with torch.no_grad():
        _, (after, _) = module(other, hx)
    whose = torch.arange(settings.batch_size).view(1, -1, 1).expand(before.shape).contiguous()
    moved = (after - before).abs()
    found = []
    for right in (True, False):
        pieces = [_row_a_sample(one, settings, right) for one in (whose, moved)]
        pieces = [one.reshape(settings.batch_size, len(before), settings.output_size) for one in pieces]
        found.append(Rows(pieces[0][:, :, 0].numpy(), pieces[1].amax(dim=2).numpy()))
    return found[0], found[1]


def _row_a_sample(h_n: Tensor, settings: Settings, right: bool) -> Tensor:
    """(L*D, B, P) as (B, L*D*P)."""
    batch = settings.batch_size
    if not right:
        return h_n.view(batch, -1)
    by_layer = h_n.view(settings.num_layers, settings.num_directions, batch, settings.output_size)
    return by_layer.permute(2, 0, 1, 3).reshape(batch, -1)


# Dropout


@dataclass(frozen=True)
class Dropout:
    """Two calls in training mode and two in evaluation mode."""

    training: float  # largest difference of output between the two calls
    evaluation: float
    read: tuple[int, int]  # zeros in what the layers above the first read, in the first training call, and of how many
    output: tuple[int, int]  # zeros in its output, and of how many


def dropped(settings: Settings, generator: torch.Generator | None) -> tuple[list[Tensor], Tensor]:
    """What each layer above the first reads, each (T, B, D*P), and output (T, B, D*P), with dropout.

    As `nn.LSTM(..., dropout=DROPOUT)` in training mode, with the masks from a generator of one's own: torch takes
    them from the one that all visitors share. Without a generator, as in evaluation mode.
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
    """What dropout does to some settings, the masks drawn after `manual_seed(seed)`."""
    generator = torch.Generator().manual_seed(settings.seed)
    (reads, one), (_, two) = dropped(settings, generator), dropped(settings, generator)
    still = returned(settings).output
    three = time_major(still, settings.batch_first)
    four = torch.cat(list(undisturbed(settings)[-1]), dim=2)  # layer by layer
    zeros = sum(int((read == 0).sum()) for read in reads)
    return Dropout(
        (two - one).abs().max().item(),
        (four - three).abs().max().item(),
        (zeros, sum(read.numel() for read in reads)),
        (int((one == 0).sum()), one.numel()),
    )


@cache
def warned() -> str:
    """What torch says of dropout in a single layer.

    `warnings.catch_warnings` would listen to every thread, and change what the others' warnings meet. So torch's own
    `__init__` is run in which the name `warnings` stands for a listener.
    """
    said: list[str] = []
    listener = SimpleNamespace(warn=lambda message, *_, **__: said.append(str(message)))
    init = nn.RNNBase.__init__
    heard = FunctionType(
        init.__code__, init.__globals__ | {"warnings": listener}, argdefs=init.__defaults__, closure=init.__closure__
    )
    # As in `blank`, nothing is drawn.
    listening = type("Listening", (nn.LSTM,), {"__init__": heard, "reset_parameters": lambda _: None})
    listening("LSTM", 1, 1, dropout=DROPOUT)
    return next((words for words in said if "dropout" in words), "")


# Palindromes


@dataclass(frozen=True, eq=False)
class Mirror:
    """A palindrome, read from both ends: how far the two directions' h are apart, one read backwards."""

    max_abs_diff: np.ndarray  # (L, T): layer, and step as the forward direction counts
    limit: float  # what rounding explains

    def worst(self, layer: int) -> float:
        """The largest difference in a layer."""
        return float(self.max_abs_diff[layer].max())

    @property
    def alike(self) -> int:
        """How many layers, from the first on, read it the same both ways."""
        different = [layer for layer in range(len(self.max_abs_diff)) if not self.worst(layer) <= self.limit]
        return different[0] if different else len(self.max_abs_diff)


@kept
def mirror(settings: Settings, stage: str, sample: int) -> Mirror:
    """One sample made a palindrome, both directions started alike, through the module of a stage of `STAGES`.

    Copied: each reverse parameter is the forward one. Halves swapped: above the first layer, the columns of the
    reverse `weight_ih` that read the forward h and those that read the reverse h have changed places.
    """
    x = stack_inputs(settings)
    half = len(x) // 2
    x = torch.cat([x[: len(x) - half], x[:half].flip(0)])
    # The forward start, for both directions.
    state = tuple(s[::2].repeat_interleave(2, dim=0) for s in shared_build(settings).hx)
    h = hidden(_mirrored(settings, STAGES.index(stage)), x, state)[:, :, :, sample]
    max_abs_diff = (h[:, 0] - h[:, 1].flip(1)).abs().amax(dim=2).numpy()
    return Mirror(max_abs_diff, tolerance(h.dtype, h))


def _mirrored(settings: Settings, stage: int) -> nn.LSTM:
    """The module of the settings with its reverse weights made after the forward ones, as the stage says."""
    module = shared_build(settings).module
    if not stage:
        return module
    taken: dict[str, Tensor] = {}
    given = module.state_dict()
    for name in given:
        forward = name.removesuffix("_reverse")
        taken[name] = given[forward]
        if stage == 2 and name != forward and name.startswith("weight_ih") and not name.startswith("weight_ih_l0"):
            taken[name] = taken[name].roll(settings.output_size, dims=1)
    mirrored = sized(nn.LSTM, settings)
    mirrored.load_state_dict(taken, assign=True)
    return mirrored


# The three kinds


@dataclass(frozen=True)
class Kind:
    """What `nn.LSTM`, `nn.GRU` or `nn.RNN` of the same sizes is like, from a module that was called."""

    name: str
    gates: int  # blocks of H rows in weight_ih
    parameters: int
    states: tuple[tuple[int, ...], ...]  # shapes of what comes back beside output
    refusal: Refusal | None  # what torch says to `proj_size`


def kind(settings: Settings, name: str) -> Kind:
    """One of `KINDS`, of the sizes of the settings; what it gives is seen from a call."""
    gates, parameters, states = _counted(dataclasses.replace(_one_step(settings), batch_size=settings.batch_size), name)
    if name == "LSTM":
        states = tuple(tuple(one.shape) for one in returned(settings)[1:])
    return Kind(name, gates, parameters, states, _refusal(name))


@kept
def _counted(settings: Settings, name: str) -> tuple[int, int, tuple[tuple[int, ...], ...]]:
    """Blocks of H rows, parameters, and the shape of the state that a GRU or an RNN returns."""
    module = stack(settings, name)
    states: tuple[tuple[int, ...], ...] = ()
    if name != "LSTM":
        with torch.no_grad():
            states = (tuple(module(shared_build(settings).inputs)[1].shape),)
    gates = module.get_parameter("weight_ih_l0").shape[0] // settings.hidden_size
    return gates, sum(parameter.numel() for parameter in module.parameters()), states


@cache  # one for each of `KINDS`
def _refusal(name: str) -> Refusal | None:
    """What torch says to a projection."""
    return refused(lambda: blank(CLASSES[name], 2, 2, proj_size=1))
