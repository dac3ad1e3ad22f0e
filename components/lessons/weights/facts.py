"""The parameters of an `nn.LSTM`: which rows belong to which gate, how they are drawn, two biases, other orders.

`weight_ih`, `weight_hh` and both biases have four blocks of H rows, one block for each gate, in the order i f g o:
https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html#torch.nn.LSTM. Nothing in a tensor says which block
belongs to which gate. The order is an agreement, and other libraries use other orders.
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
from components.lstm.compare import TOLERANCE, Comparison, compare, gradient_tolerance
from components.lstm.parts import parameters
from components.lstm.trace import trace_direction
from components.settings import DEFAULTS, Settings

GATES = "ifgo"  # PyTorch's order of the blocks


@dataclass(frozen=True)
class Library:
    """How a library sorts the four blocks. `order` uses PyTorch's letters."""

    name: str
    order: str
    g: str  # the library's letter for the cell gate
    projects: bool  # whether it has projections


# Keras 3: keras.layers.LSTM; ONNX: the operator LSTM, "W[iofc]"; TensorFlow 1: tf.nn.rnn_cell.LSTMCell, "i, j, f, o".
# The page opens with the first one.
LIBRARIES = {
    library.name: library
    for library in (
        Library("ONNX", "iofg", "c", projects=False),
        Library("TensorFlow 1", "igfo", "j", projects=True),
        Library("Keras", "ifgo", "c", projects=False),
        Library("PyTorch", "ifgo", "g", projects=True),
    )
}


def own(settings: Settings) -> Settings:
    """The settings that decide the parameters. All other settings have their defaults."""
    others = {"seq_len", "batch_size", "batch_first", "initial_state", "signal"}.difference(settings.fixed)
    return dataclasses.replace(settings, **{name: DEFAULTS[name] for name in others})


def tensors(module: nn.LSTM, layer: int, reverse: bool) -> dict[str, Tensor]:
    """The parameters of one layer and direction by name, without the suffix. They share the module's memory.

    weight_ih is (4H, I), or (4H, D*P) above the first layer. weight_hh is (4H, P). bias_ih and bias_hh are (4H,), if
    the module has biases. weight_hr is (P, H), if it has a projection.
    """
    return {name: parameter.detach() for name, parameter in parameters(module, layer, int(reverse)).items()}


def by_gate(tensor: Tensor) -> dict[str, Tensor]:
    """The four blocks of a tensor (4H, ...) by gate, each (H, ...)."""
    return dict(zip(GATES, tensor.chunk(4), strict=True))


def sorted_for(tensor: Tensor, order: str) -> Tensor:
    """The tensor (4H, ...) with its blocks in `order`, as a library with that order needs it."""
    blocks = by_gate(tensor)
    return torch.cat([blocks[gate] for gate in order])


def read_as(tensor: Tensor, order: str) -> Tensor:
    """The tensor (4H, ...) in PyTorch's order, if its blocks are taken to be in `order`.

    This undoes `sorted_for`. If the tensor was never sorted, a library with that order computes with this result.
    """
    blocks = tensor.chunk(4)
    return torch.cat([blocks[order.index(gate)] for gate in GATES])


def _with(module: nn.LSTM, change: Callable[[str, Tensor], Tensor]) -> nn.LSTM:
    """A copy of the module in which each parameter is what `change(name, tensor)` returns."""
    changed = copy.deepcopy(module)
    changed.load_state_dict({name: change(name, tensor) for name, tensor in module.state_dict().items()})
    return changed


def _against_own(settings: Settings, change: Callable[[str, Tensor], Tensor]) -> Comparison:
    """What the module returns with changed parameters, compared with what it returns as it is."""
    module, inputs, hx = shared_build(settings)
    with torch.no_grad():
        return compare(_with(module, change)(inputs, hx), module(inputs, hx), settings.batch_first)


def misread(settings: Settings, order: str) -> Comparison:
    """The result if the module's unsorted rows are read in `order`, compared with the module's own result."""
    # weight_hr has no gates: each row is one projected unit.
    return _against_own(settings, lambda name, tensor: tensor if "weight_hr" in name else read_as(tensor, order))


def exchanged(settings: Settings) -> Comparison | None:
    """The result with `weight_ih` and `weight_hh` of the first layer exchanged; None if their shapes differ."""
    state = shared_build(settings).module.state_dict()
    if state["weight_ih_l0"].shape != state["weight_hh_l0"].shape:
        return None
    partner = {"weight_ih_l0": "weight_hh_l0", "weight_hh_l0": "weight_ih_l0"}
    partner |= {f"{source}_reverse": f"{target}_reverse" for source, target in partner.items()}
    return _against_own(settings, lambda name, tensor: state[partner.get(name, name)])


def archive(module: nn.LSTM) -> bytes:
    """An .npz file with every parameter under PyTorch's name. `np.load` reads it without pickle."""
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
    outside: int  # parameters beyond k; nn.LSTM draws none there
    largest: float  # |parameter|
    mean: float
    deviation: float

    @property
    def count(self) -> int:
        """How many parameters there are."""
        return sum(self.counts) + self.outside

    @property
    def expected(self) -> float:
        """How many parameters a uniform draw puts into each bin on average."""
        return self.count / len(self.counts)

    @property
    def scatter(self) -> float:
        """Standard deviation of the count in one bin for a uniform draw, which is binomial."""
        return math.sqrt(self.expected * (1 - 1 / len(self.counts)))

    @property
    def ordinary(self) -> int:
        """How many bins are within two standard deviations of the expected count."""
        return sum(abs(count - self.expected) <= 2 * self.scatter for count in self.counts)


def spread(settings: Settings) -> Spread:
    """How the module's parameters are spread: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html."""
    numbers = torch.cat([p.detach().flatten() for p in shared_build(settings).module.parameters()]).double().numpy()
    # The module's numbers are rounded to its type, so the bound is rounded too.
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

STEPS = 4  # time steps of the run on which the biases are tried
RATE = 0.1  # learning rate of SGD


@dataclass(frozen=True)
class Biases:
    """How two biases behave, although a gate uses only their sum. Gradients and steps are float64."""

    moved: Comparison  # the module with bias_ih moved into bias_hh, compared with the module as it is
    gradient: float  # largest |gradient| of bias_ih
    unequal: float  # largest difference between the gradients of bias_ih and bias_hh
    ratio: float  # how far SGD moves the sum, divided by how far it moves a single bias
    ratio_limit: float  # rounding explains a difference of `ratio` from 2 up to this
    shift: float  # of the forget gate's pre-activation, if both biases are 1 and not 0
    shift_limit: float  # rounding explains a difference of `shift` from 2 up to this
    kept: tuple[float, float]  # mean forget gate of the first layer: with both biases 0, and with both 1

    @property
    def equal(self) -> bool:
        """Whether both biases have the same gradient, up to rounding."""
        return self.unequal <= gradient_tolerance(torch.float64, self.gradient)

    @property
    def faint(self) -> bool:
        """Whether the gradients are so small that rounding could turn another whole number into 2.

        Biases set by hand have such gradients.
        """
        return not self.ratio_limit < 0.5

    @property
    def twice(self) -> bool:
        """Whether SGD moves the sum of two biases twice as far as a single bias."""
        return not self.faint and abs(self.ratio - 2) <= self.ratio_limit

    @property
    def two(self) -> bool:
        """Whether two biases of 1 shift the pre-activation by 2."""
        return abs(self.shift - 2) <= self.shift_limit


def trial(settings: Settings) -> Settings:
    """The settings of the short run on which biases are tried: one sample, at most `STEPS` steps."""
    return dataclasses.replace(settings, seq_len=min(settings.seq_len, STEPS), batch_size=1, batch_first=False)


def biases(settings: Settings) -> Biases | None:
    """How the biases behave on the run of `settings`, which `trial` has made short; None without biases."""
    if not settings.bias:
        return None
    module, inputs, hx = shared_build(settings)
    moved = _against_own(settings, _pooled(module, "bias_ih", "bias_hh"))
    exact = Setup(copy.deepcopy(module).double(), inputs.double(), (hx[0].double(), hx[1].double()))
    # A single bias: bias_ih holds the sum, and bias_hh is zero and stays zero.
    single = exact._replace(module=_with(exact.module, _pooled(exact.module, "bias_hh", "bias_ih")))
    both, alone = _gradients(exact), _gradients(single)
    b_ih, b_hh = (torch.cat([g for name, g in both.items() if kind in name]) for kind in ("bias_ih", "bias_hh"))
    sum_moved = _stepped(exact.module, both, "bias")
    single_moved = _stepped(single.module, alone, "bias_ih")
    shift, shift_limit, kept = _forget(exact)
    largest = float(b_ih.abs().max())
    # p - rate * gradient keeps only the digits that fit beside those of p.
    biggest = max(float(p.abs().max()) for name, p in exact.module.state_dict().items() if "bias" in name)
    step = RATE * largest
    return Biases(
        moved,
        largest,
        float((b_ih - b_hh).abs().max()),
        sum_moved / single_moved if single_moved else math.nan,
        2 * TOLERANCE[torch.float64] * max(1.0, biggest) / step if step else math.inf,
        shift,
        shift_limit,
        kept,
    )


def _pooled(module: nn.LSTM, source: str, target: str) -> Callable[[str, Tensor], Tensor]:
    """A change that adds all biases of kind `source` to those of kind `target` and sets `source` to zero."""
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
        gradients = torch.autograd.grad(output.square().mean(), list(named.values()))
    return dict(zip(named, gradients, strict=True))


def _stepped(module: nn.LSTM, gradients: dict[str, Tensor], kind: str) -> float:
    """How far one step of SGD moves the sum of the biases whose names contain `kind`, added up over all units.

    The step is p - rate * gradient, written out: torch.optim would import a compiler, which would slow all pages down.
    """
    moves: dict[str, Tensor] = {}
    for name, parameter in module.state_dict().items():
        if kind in name:
            place = name.split("_l")[1]
            moves[place] = moves.get(place, torch.zeros(())) + ((parameter - RATE * gradients[name]) - parameter)
    return float(torch.cat(list(moves.values())).abs().sum())


def _forget(setup: Setup) -> tuple[float, float, tuple[float, float]]:
    """The median shift of the forget gate's pre-activation at t = 1, the difference from it that rounding explains, and
    the gate's mean with both biases 0 and both 1.
    """
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
    shift, at = (opened[0].logit() - shut[0].logit()).flatten().median(dim=0)
    # d logit(f) / df = 1 / (f (1 - f)), so near 0 and 1 the rounding of f grows.
    room = min(float(f[0].flatten()[at] * (1 - f[0].flatten()[at])) for f in (shut, opened))
    limit = TOLERANCE[torch.float64] / room if room else 0.0
    return float(shift), limit, (float(shut.mean()), float(opened.mean()))
