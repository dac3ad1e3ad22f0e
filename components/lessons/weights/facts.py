"""The parameters of an `nn.LSTM`: whose rows are whose, how they are drawn, what two biases do, and other orders.

`weight_ih`, `weight_hh` and both biases are four blocks of H rows, one a gate, in the order i f g o:
https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html#torch.nn.LSTM. Nothing in a tensor says which block is
whose; the order is an agreement, and other libraries have agreed on others.
"""

import copy
import dataclasses
import io
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from components.lstm.build import Setup, shared_build
from components.lstm.compare import TOLERANCE, Comparison, compare
from components.lstm.parts import parameters
from components.lstm.trace import trace_direction
from components.settings import DEFAULTS, Settings

GATES = "ifgo"  # PyTorch's order of the blocks


@dataclass(frozen=True)
class Library:
    """How a library sorts and shapes the four blocks; `order` is in PyTorch's letters."""

    name: str
    order: str
    g: str  # what it calls the cell gate
    projects: bool  # whether it has projections at all


# Keras 3: keras.layers.LSTM; ONNX: the operator LSTM, "W[iofc]"; TensorFlow 1: tf.nn.rnn_cell.LSTMCell, "i, j, f, o".
# The first is the one the page opens with.
LIBRARIES = {
    one.name: one
    for one in (
        Library("ONNX", "iofg", "c", projects=False),
        Library("TensorFlow 1", "igfo", "j", projects=True),
        Library("Keras", "ifgo", "c", projects=False),
        Library("PyTorch", "ifgo", "g", projects=True),
    )
}


def own(settings: Settings) -> Settings:
    """The settings that decide the parameters; those that do not have their defaults."""
    others = {"seq_len", "batch_size", "batch_first", "initial_state", "signal"}.difference(settings.fixed)
    return dataclasses.replace(settings, **{name: DEFAULTS[name] for name in others})


def tensors(module: nn.LSTM, layer: int, reverse: bool) -> dict[str, Tensor]:
    """The parameters of one layer and direction, by their names without the suffix; they share the module's memory.

    weight_ih (4H, I), above the first layer (4H, D*P); weight_hh (4H, P); bias_ih and bias_hh (4H,), if there are any;
    weight_hr (P, H), with a projection.
    """
    return {name: parameter.detach() for name, parameter in parameters(module, layer, int(reverse)).items()}


def by_gate(tensor: Tensor) -> dict[str, Tensor]:
    """The blocks of (4H, ...) by their gate, each (H, ...)."""
    return dict(zip(GATES, tensor.chunk(4), strict=True))


def sorted_for(tensor: Tensor, order: str) -> Tensor:
    """(4H, ...) with its blocks in another order: what a library that sorts so wants to be given."""
    blocks = by_gate(tensor)
    return torch.cat([blocks[gate] for gate in order])


def read_as(tensor: Tensor, order: str) -> Tensor:
    """(4H, ...) as PyTorch would have to hold it to mean what a reader of `order` takes it for.

    Undoes `sorted_for`; of a tensor that was never sorted it makes what such a reader computes with.
    """
    blocks = tensor.chunk(4)
    return torch.cat([blocks[order.index(gate)] for gate in GATES])


def _with(module: nn.LSTM, change: Callable[[str, Tensor], Tensor]) -> nn.LSTM:
    """A module of the same sizes, loaded with every parameter as `change(name, tensor)` gives it."""
    other = copy.deepcopy(module)
    other.load_state_dict({name: change(name, tensor) for name, tensor in module.state_dict().items()})
    return other


def _against_own(settings: Settings, change: Callable[[str, Tensor], Tensor]) -> Comparison:
    """What a module with changed parameters returns, compared with the module's own."""
    module, inputs, hx = shared_build(settings)
    with torch.no_grad():
        return compare(_with(module, change)(inputs, hx), module(inputs, hx), settings.batch_first)


def misread(settings: Settings, order: str) -> Comparison:
    """The module's rows, unsorted, taken for blocks in `order`, compared with what the module computes."""
    # weight_hr has a row a projected unit, and no gates.
    return _against_own(settings, lambda name, tensor: tensor if "weight_hr" in name else read_as(tensor, order))


def exchanged(settings: Settings) -> Comparison | None:
    """The first layer with `weight_ih` and `weight_hh` exchanged; None where their shapes differ."""
    state = shared_build(settings).module.state_dict()
    if state["weight_ih_l0"].shape != state["weight_hh_l0"].shape:
        return None
    other = {"weight_ih_l0": "weight_hh_l0", "weight_hh_l0": "weight_ih_l0"}
    other |= {f"{one}_reverse": f"{two}_reverse" for one, two in other.items()}
    return _against_own(settings, lambda name, tensor: state[other.get(name, name)])


def archive(module: nn.LSTM) -> bytes:
    """Every parameter under PyTorch's name as an .npz file, which `np.load` reads without pickle."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **{name: tensor.numpy() for name, tensor in module.state_dict().items()})
    return file.getvalue()


# How they are drawn

BINS = 16


@dataclass(frozen=True)
class Spread:
    """All parameters of a module in bins of equal width between -k and k, k = 1/sqrt(H)."""

    bound: float  # k
    counts: tuple[int, ...]
    outside: int  # parameters beyond k, which nn.LSTM draws none of
    largest: float  # |parameter|
    mean: float
    deviation: float

    @property
    def count(self) -> int:
        """How many parameters there are."""
        return sum(self.counts) + self.outside

    @property
    def expected(self) -> float:
        """Of a uniform draw, in each bin."""
        return self.count / len(self.counts)

    @property
    def scatter(self) -> float:
        """Standard deviation of the number in one bin of a uniform draw: that of a binomial."""
        return math.sqrt(self.expected * (1 - 1 / len(self.counts)))

    @property
    def ordinary(self) -> int:
        """Bins within two standard deviations of what is expected."""
        return sum(abs(count - self.expected) <= 2 * self.scatter for count in self.counts)


def spread(settings: Settings) -> Spread:
    """How the module's parameters are spread: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html."""
    numbers = torch.cat([p.detach().flatten() for p in shared_build(settings).module.parameters()]).double().numpy()
    # The module's own numbers are rounded, so its bound is too.
    bound = float(np.dtype(settings.dtype).type(1 / math.sqrt(settings.hidden_size)))
    counts, _ = np.histogram(numbers, BINS, (-bound, bound))
    return Spread(
        bound,
        tuple(counts.tolist()),
        int((np.abs(numbers) > bound).sum()),
        float(np.abs(numbers).max()),
        float(numbers.mean()),
        float(numbers.std()),
    )


# Two biases

STEPS = 4  # of the run on which the biases are tried
RATE = 0.1  # of the step that SGD takes
FAINT = 1e-9  # a largest gradient below which a step drowns in rounding, as it does beside biases set by hand


@dataclass(frozen=True)
class Biases:
    """What becomes of two biases where their sum is all that a gate sees. Gradients and steps are float64."""

    moved: Comparison  # all of bias_ih moved into bias_hh, against the module as it is
    gradient: float  # largest |gradient|
    unequal: float  # largest difference of the gradients of bias_ih and bias_hh
    ratio: float  # how far SGD moves the sum, for how far it moves a single bias; nan where gradients are faint
    shift: float  # of the forget gate's pre-activation, with both biases 1 rather than 0
    kept: tuple[float, float]  # mean forget gate of the first layer, with both biases 0 and with both 1

    @property
    def equal(self) -> bool:
        """Whether the gradients of both are the same, up to rounding."""
        return self.unequal <= TOLERANCE[torch.float64] * max(1.0, self.gradient)

    @property
    def twice(self) -> bool:
        """Whether two biases take the sum twice as far."""
        return abs(self.ratio - 2) < 1e-6

    @property
    def two(self) -> bool:
        """Whether filling both with 1 gives 2."""
        return abs(self.shift - 2) < 1e-6


def trial(settings: Settings) -> Settings:
    """The short run on which biases are tried: one sample, at most `STEPS` steps."""
    return dataclasses.replace(settings, seq_len=min(settings.seq_len, STEPS), batch_size=1, batch_first=False)


def biases(settings: Settings) -> Biases | None:
    """Try the biases of a module on the run of these settings, which `trial` makes short; None without biases."""
    if not settings.bias:
        return None
    module, inputs, hx = shared_build(settings)
    moved = _against_own(settings, _pooled(module, "bias_ih", "bias_hh"))
    exact = Setup(copy.deepcopy(module).double(), inputs.double(), (hx[0].double(), hx[1].double()))
    # One bias: the sum in bias_ih, and a bias_hh of zeros that stays so.
    single = exact._replace(module=_with(exact.module, _pooled(exact.module, "bias_hh", "bias_ih")))
    both, one = _gradients(exact), _gradients(single)
    b_ih, b_hh = (torch.cat([g for name, g in both.items() if kind in name]) for kind in ("bias_ih", "bias_hh"))
    sum_moved = _stepped(exact.module, both, "bias")
    one_moved = _stepped(single.module, one, "bias_ih")
    shift, kept = _forget(exact)
    largest = float(b_ih.abs().max())
    return Biases(
        moved,
        largest,
        float((b_ih - b_hh).abs().max()),
        sum_moved / one_moved if largest > FAINT else math.nan,
        shift,
        kept,
    )


def _pooled(module: nn.LSTM, source: str, target: str) -> Callable[[str, Tensor], Tensor]:
    """Moves all of one kind of bias into the other."""
    state = module.state_dict()

    def change(name: str, tensor: Tensor) -> Tensor:
        if target in name:
            return torch.add(tensor, state[name.replace(target, source)])
        return torch.zeros_like(tensor) if source in name else tensor

    return change


def _gradients(setup: Setup) -> dict[str, Tensor]:
    """Gradients of the mean square of `output`, by parameter."""
    with torch.enable_grad():
        output, _ = setup.module(setup.inputs, setup.hx)
        named = dict(setup.module.named_parameters())
        found = torch.autograd.grad(output.square().mean(), list(named.values()))
    return dict(zip(named, found, strict=True))


def _stepped(module: nn.LSTM, gradients: dict[str, Tensor], kind: str) -> float:
    """How far one step of SGD moves the sums of the biases whose names have `kind`, added over all of them.

    By hand, p - rate * gradient: torch.optim would import a compiler, which everyone's pages then pay for.
    """
    far: dict[str, Tensor] = {}
    for name, parameter in module.state_dict().items():
        if kind in name:
            place = name.split("_l")[1]
            far[place] = far.get(place, torch.zeros(())) + ((parameter - RATE * gradients[name]) - parameter)
    return float(torch.cat(list(far.values())).abs().sum())


def _forget(setup: Setup) -> tuple[float, tuple[float, float]]:
    """The largest shift of the forget gate's pre-activation at t = 1, and its mean, for both biases 0 and 1."""
    units = setup.module.hidden_size

    def filled(value: float) -> Tensor:
        def change(name: str, tensor: Tensor) -> Tensor:
            if "bias" not in name:
                return tensor
            new = tensor.clone()
            new[units : 2 * units] = value
            return new

        return trace_direction(_with(setup.module, change), setup.inputs, setup.hx, 0, 0).f  # (T, B, H)

    shut, opened = filled(0.0), filled(1.0)
    shift = opened[0].logit() - shut[0].logit()
    return float(shift.median()), (float(shut.mean()), float(opened.mean()))
