"""An altered LSTM: gates are held at a value, cells of its state or its inputs are set, its forget bias is changed.

An alteration shows what each part of the module is *for*. If the forget gate is held at 1 and the input gate at 0, c_n
is c_0. If the forget gate is held at 0, c keeps nothing, but h still carries something on.

`nn.LSTM` itself can hold a gate at v: the gate's rows of both weights are set to zero, and its bias is set to the
number whose activation is v. That is logit(v) for i, f and o, and atanh(v) for g. `by_torch` does this, as a check.
"""

import math
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor, nn

from components.lstm.axes import time_major
from components.lstm.build import Setup, State, blank
from components.lstm.compare import max_abs_diff, tolerance
from components.lstm.parts import run_layer, single, start_of
from components.lstm.trace import DirectionTrace, trace_direction

GATES = ("i", "f", "g", "o")  # in the order of PyTorch's rows


@dataclass(frozen=True)
class Hold:
    """A gate that is held at `value` from step `first` to step `last`, both included, in one unit or in all units."""

    gate: str
    value: float
    unit: int | None = None  # None: all units
    first: int = 1
    last: int | None = None  # None: to the end

    def at(self, t: int) -> bool:
        """Whether the gate is held at step t = 1..T."""
        return self.first <= t and (self.last is None or t <= self.last)


@dataclass(frozen=True)
class Edit:
    """Cells that are set to `value` in every sample: of `h` or `c` at step 0, or of `x` from step `first` to `last`."""

    tensor: str
    value: float
    index: int | None = None  # a unit, or a feature of x; None: all
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class Surgery:
    """All alterations of a run. They change one layer and direction; only edits of x change the inputs of the module.

    If several holds or several edits change the same cell, the last one counts.
    """

    holds: tuple[Hold, ...] = ()
    edits: tuple[Edit, ...] = ()
    forget_bias: float = 0.0  # added to the pre-activation of f
    layer: int = 0
    direction: int = 0

    @property
    def alters(self) -> bool:
        """Whether anything is altered."""
        return bool(self.holds or self.edits or self.forget_bias)

    @property
    def held(self) -> tuple[str, ...]:
        """The gates that are held in any unit at any step, in PyTorch's order."""
        return tuple(gate for gate in GATES if any(hold.gate == gate for hold in self.holds))

    def everywhere(self, gate: str) -> float | None:
        """The value at which a gate is held in all units at all steps; None if it is not."""
        last = next((hold for hold in reversed(self.holds) if hold.gate == gate), None)
        whole = last is not None and (last.unit, last.first, last.last) == (None, 1, None)
        return last.value if last is not None and whole else None


NOTHING = Surgery()


@torch.no_grad()
def operate(setup: Setup, surgery: Surgery) -> DirectionTrace:
    """All gates and states of the altered layer and direction, in the form that `trace_direction` returns.

    If nothing is altered, this is what `trace_direction` returns, bit for bit. If only `h_0`, `c_0` or x is edited, it
    is what `trace_direction` returns for the edited numbers. If a gate is held or the forget bias is changed, the steps
    of this layer and direction run one by one. The layers below always run in normal calls.
    """
    module, inputs, hx = edited(setup, surgery)
    layer, direction = surgery.layer, surgery.direction
    if not (surgery.holds or surgery.forget_bias):
        return trace_direction(module, inputs, hx, layer, direction)
    x = time_major(inputs, module.batch_first)  # (T, B, I)
    directions = 2 if module.bidirectional else 1
    for number in range(layer):
        slots = slice(number * directions, (number + 1) * directions)
        x, _ = run_layer(module, number, x, (hx[0][slots], hx[1][slots]))
    start = start_of(module, hx, layer, direction)
    run = _step_by_step(
        single(module, layer, direction, time_major=True), x.flip(0) if direction else x, start, surgery
    )
    return DirectionTrace(
        layer, direction, x, *(part.flip(0) if direction else part for part in run), *(state[0] for state in start)
    )


def edited(setup: Setup, surgery: Surgery) -> Setup:
    """The setup with edited inputs and initial state. They are copies; without edits it is `setup` itself."""
    if not surgery.edits:
        return setup
    module, inputs, (h_0, c_0) = setup
    inputs, h_0, c_0 = inputs.clone(), h_0.clone(), c_0.clone()
    x = time_major(inputs, module.batch_first)
    slot = surgery.layer * (2 if module.bidirectional else 1) + surgery.direction
    for edit in surgery.edits:
        cells = {"h": h_0[slot], "c": c_0[slot], "x": x[max(edit.first - 1, 0) : edit.last]}[edit.tensor]
        cells[..., slice(None) if edit.index is None else edit.index] = edit.value
    return Setup(module, inputs, (h_0, c_0))


def _step_by_step(part: nn.LSTM, x: Tensor, start: State, surgery: Surgery) -> tuple[Tensor, ...]:
    """i, f, g, o, c, h of one layer and direction in the order of reading: (T, B, H) each, and h (T, B, P)."""
    steps, width = len(x), part.hidden_size
    own = dict(part.named_parameters())
    bias = own["bias_ih_l0"] + own["bias_hh_l0"] if part.bias else None
    from_x = nn.functional.linear(x, own["weight_ih_l0"], bias)  # (T, B, 4H), all steps at once
    from_x[..., width : 2 * width] += surgery.forget_bias
    held = _held(surgery, steps, from_x.new_empty(steps, width))
    h, c = (state[0] for state in start)
    rows = []
    for t in range(steps):
        before = from_x[t] + h @ own["weight_hh_l0"].T
        gates = dict(zip(GATES, before.sigmoid().chunk(4, dim=1), strict=True))
        gates["g"] = before[:, 2 * width : 3 * width].tanh()
        for gate, (where, values) in held.items():
            gates[gate] = torch.where(where[t], values[t], gates[gate])
        c = gates["f"] * c + gates["i"] * gates["g"]
        h = gates["o"] * c.tanh()
        if part.proj_size:
            h = h @ own["weight_hr_l0"].T
        rows.append((*gates.values(), c, h))
    return tuple(torch.stack(column) for column in zip(*rows, strict=True))


def _held(surgery: Surgery, steps: int, like: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """For each gate that is held: at which steps and units, and at which values. Both are (T, H), in reading order."""
    held = {}
    for gate in surgery.held:
        where, values = torch.zeros_like(like, dtype=torch.bool), torch.zeros_like(like)
        for hold in surgery.holds:
            if hold.gate == gate:
                cells = slice(hold.first - 1, hold.last), slice(None) if hold.unit is None else hold.unit
                where[cells], values[cells] = True, hold.value
        held[gate] = (where.flip(0), values.flip(0)) if surgery.direction else (where, values)
    return held


@dataclass(frozen=True)
class Proof:
    """The altered run compared with torch, in its layer and direction, for the whole batch."""

    h: float  # largest difference between h and what `by_torch` gives
    c: float  # the same for the last c
    tolerance: float
    calls: int  # how many calls of nn.LSTM the comparison took
    moved: float  # largest difference between the last c and c_0
    bitwise: bool  # whether the last c and c_0 are equal bit for bit

    @property
    def kept(self) -> bool:
        """Whether the last c is c_0, up to rounding."""
        return self.moved <= self.tolerance


def prove(setup: Setup, surgery: Surgery, run: DirectionTrace) -> Proof:
    """`run`, which `operate` returned, compared with torch with altered weights, and its last c compared with c_0."""
    h, c, calls = by_torch(setup, surgery, run)
    last = run.c[0 if surgery.direction else -1]
    return Proof(
        max_abs_diff(run.h, h),
        max_abs_diff(last, c),
        tolerance(c.dtype, run.c, run.c_0),
        calls,
        max_abs_diff(last, run.c_0),
        torch.equal(last, run.c_0),
    )


@torch.no_grad()
def by_torch(setup: Setup, surgery: Surgery, run: DirectionTrace) -> tuple[Tensor, Tensor, int]:
    """h (T, B, P) and the last c (B, H) by `nn.LSTM` with altered weights, and how many calls that took.

    If a gate is held at some steps only, the sequence is cut where the hold begins and ends. Each piece is one call,
    and the state goes on from call to call. The layer reads the x of `run`, which `operate` returned.
    """
    module, _, hx = edited(setup, surgery)
    layer, direction = surgery.layer, surgery.direction
    part, state = single(module, layer, direction, time_major=True), start_of(module, hx, layer, direction)
    order = range(len(run.x), 0, -1) if direction else range(1, len(run.x) + 1)
    outputs = []
    for active, piece in groupby(order, lambda t: tuple(hold for hold in surgery.holds if hold.at(t))):
        x = run.x[[t - 1 for t in piece]]
        out, state = _reweighted(part, active, surgery.forget_bias)(x, state)
        outputs.append(out)
    h = torch.cat(outputs)
    return h.flip(0) if direction else h, state[1][0], len(outputs)


def _reweighted(part: nn.LSTM, holds: tuple[Hold, ...], forget_bias: float) -> nn.LSTM:
    """A copy of `part` in which each held gate has weights of zero and a bias that gives the value."""
    width = part.hidden_size
    own = dict(part.named_parameters())
    none = own["weight_ih_l0"].new_zeros(4 * width)
    altered = {name: own.get(name, none).clone() for name in ("bias_ih_l0", "bias_hh_l0", *own)}
    altered["bias_ih_l0"][width : 2 * width] += forget_bias
    for hold in holds:
        first = GATES.index(hold.gate) * width
        rows = slice(first, first + width) if hold.unit is None else first + hold.unit
        for name in ("weight_ih_l0", "weight_hh_l0", "bias_hh_l0"):
            altered[name][rows] = 0
        altered["bias_ih_l0"][rows] = before(hold.gate, hold.value)
    module = blank(nn.LSTM, part.input_size, width, proj_size=part.proj_size)
    module.load_state_dict(altered, assign=True)
    return module


def before(gate: str, value: float) -> float:
    """The pre-activation at which a gate has this value: logit, or atanh for g. It is infinite at the range's ends."""
    # tanh(x) = 2 sigmoid(2x) - 1
    share = (value + 1) / 2 if gate == "g" else value
    if share in (0.0, 1.0):
        return math.inf if share else -math.inf
    logit = math.log(share / (1 - share))
    return logit / 2 if gate == "g" else logit
