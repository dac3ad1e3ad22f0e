"""Cells that do a job: their weights are set by hand, so that the reader can see what every gate does.

With drawn weights every gate is near one half, and nothing seems to happen. Here each gate is open or shut (only one
gate of the counter stands at `SHARE`). An open gate, sigmoid(40), is 1 to the last bit in float32 and in float64: only
4e-18 is missing, which is less than the spacing of the numbers below 1. The same holds for tanh(40). A shut gate is not
0: sigmoid(-40) is 4e-18. This is too small to change a 1, so a 1 that is kept stays the same for any number of steps.
But where c should be 0, it adds up: about 4e-18 at each step.

This file is a table without torch. `lstm/jobs.py` makes tensors from it, and `programs/setup.py` makes source text.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

OPEN, SHUT = 40.0, -40.0  # pre-activations
SWING = OPEN - SHUT  # with this weight, a pulse of 1 opens a shut gate; with minus this weight it shuts an open one
SHARE = 0.1  # the share of every pulse that the counter's second unit lets in


@dataclass(frozen=True)
class Row:
    """One gate of one unit. Its pre-activation is `bias` + sum of weight * input + sum of weight * previous h."""

    bias: float = 0.0
    inputs: Mapping[str, float] = field(default_factory=dict)  # weights by the name of the feature; all others are 0
    units: Mapping[int, float] = field(default_factory=dict)  # weights by the unit whose previous h they multiply


@dataclass(frozen=True)
class Job:
    """A cell with a job: its name, what it does, what to look at, and all its weights."""

    title: str
    does: str  # a sentence
    look: str  # what to look at in the score, in sentences that are true for every sequence length and seed
    features: tuple[str, ...]  # the names of the input features
    rows: Mapping[str, tuple[Row, ...]]  # by gate, in PyTorch's order i, f, g, o: one row for each unit
    grows: bool = False  # whether |c| can grow by 1 at each step; if not, it is at most 1

    @property
    def input_size(self) -> int:
        """I."""
        return len(self.features)

    @property
    def hidden_size(self) -> int:
        """H."""
        return len(self.rows["i"])

    @property
    def fixed(self) -> dict[str, Any]:
        """The settings that the job fixes, by name. It has inputs of its own, so the visitor cannot choose a signal."""
        return {
            "input_size": self.input_size,
            "hidden_size": self.hidden_size,
            "num_layers": 1,
            "bidirectional": False,
            "proj_size": 0,
            "bias": True,
            "initial_state": "zeros",
            "signal": "random",
        }

    def reach(self, seq_len: int) -> int:
        """The largest |c| that is possible in `seq_len` steps of the job's inputs, apart from rounding."""
        return seq_len if self.grows else 1

    @property
    def _rows(self) -> list[Row]:
        return [row for gate in "ifgo" for row in self.rows[gate]]

    @property
    def weight_ih(self) -> list[list[float]]:
        """`weight_ih_l0`, (4*H, I)."""
        return [[row.inputs.get(name, 0.0) for name in self.features] for row in self._rows]

    @property
    def weight_hh(self) -> list[list[float]]:
        """`weight_hh_l0`, (4*H, H)."""
        return [[row.units.get(unit, 0.0) for unit in range(self.hidden_size)] for row in self._rows]

    @property
    def bias(self) -> list[float]:
        """`bias_ih_l0`, (4*H). `bias_hh_l0` is 0, because only the sum of both matters."""
        return [row.bias for row in self._rows]

    @property
    def gates(self) -> dict[str, str]:
        """What each gate does, in words made from its weights. A number in brackets is a pre-activation.

        For example the input gate of the latch: "shut (−40), open (+40) at `set`".
        """
        return {gate: _words(gate, self.rows[gate]) for gate in "ifgo"}


def _words(gate: str, rows: tuple[Row, ...]) -> str:
    units_by_words: dict[str, list[int]] = {}
    for unit, row in enumerate(rows):
        units_by_words.setdefault(_row_words(gate, row, unit), []).append(unit)
    if len(units_by_words) == 1:
        return next(iter(units_by_words))
    parts = []
    for words, units in units_by_words.items():
        several = len(units) > 1
        parts.append(f"{f'units {units[0]} to {units[-1]}' if several else f'unit {units[0]}'}: {words}")
    return "; ".join(parts)


def _row_words(gate: str, row: Row, unit: int) -> str:
    weights = {f"`{name}`": weight for name, weight in row.inputs.items()}
    for source_unit, weight in row.units.items():
        name = "the unit before" if source_unit == unit - 1 else f"unit {source_unit}"
        weights[f"the previous h of {name}"] = weight
    if not weights:
        return f"always {_level(gate, row.bias)}"
    if gate == "g" and not row.bias and len(weights) == 1:
        ((source, weight),) = weights.items()
        return f"the sign of {source} (weight {weight:g})"
    levels: dict[str, list[str]] = {}
    for source, weight in weights.items():
        levels.setdefault(_level(gate, row.bias + weight), []).append(source)
    changes = [f"{level} at {' or '.join(names)}" for level, names in levels.items()]
    return f"{_level(gate, row.bias)}, {', '.join(changes)}"


def _level(gate: str, logit: float) -> str:
    """What a gate is at a pre-activation: "open (+40)"."""
    if gate == "g":
        return f"{_signed(math.tanh(logit))} ({_signed(logit)})"
    value = 1 / (1 + math.exp(-logit))
    return f"{'open' if value > 0.999 else 'shut' if value < 0.001 else f'at {value:.2g}'} ({_signed(logit)})"


def _signed(number: float) -> str:
    return f"{number:+.2g}".replace("-", "\u2212")


def _every(hidden_size: int, bias: float, **inputs: float) -> tuple[Row, ...]:
    return (Row(bias, inputs),) * hidden_size


LATCH = Job(
    "Latch",
    "A pulse on `set` stores a 1, a pulse on `reset` clears it, and in between it holds.",
    "Follow c: it is 1 from a `set` (row 0 of x) to the next `reset` (row 1), however many steps that takes. Both "
    "units hold the same c. Unit 0 always shows it in h, unit 1 only at a `read` (row 2). A 1 shows as tanh(1), 0.76.",
    ("set", "reset", "read"),
    MappingProxyType(
        {
            "i": _every(2, SHUT, set=SWING),
            # It also shuts at `set`, so that two pulses in a row store 1 and not 2.
            "f": _every(2, OPEN, set=-SWING, reset=-SWING),
            "g": _every(2, OPEN),
            "o": (Row(OPEN), Row(SHUT, {"read": SWING})),
        }
    ),
)

COUNTER = Job(
    "Counter",
    "c counts the pulses.",
    "Nothing is forgotten: c grows by one at every `pulse` and stays the same in between. Unit 1 lets in only a tenth "
    "of each pulse. h shows tanh(c): after a few pulses, h of unit 0 hardly changes from one count to the next. h of "
    "unit 1 still changes for ten times as many pulses.",
    ("pulse",),
    MappingProxyType(
        {
            "i": (Row(OPEN), Row(math.log(SHARE / (1 - SHARE)))),
            "f": _every(2, OPEN),
            "g": _every(2, 0.0, pulse=OPEN),
            "o": _every(2, OPEN),
        }
    ),
    grows=True,
)

# Each unit of the chain turns a positive value into a full 1, and a negative value into a full -1. It does not restore
# a 0: a shut forget gate leaves 4e-18 of the last value, and each unit multiplies this by 40. The last of the four
# units has 3e-13.
DELAY = Job(
    "Delay",
    "h repeats the input: unit 0 at once, unit 1 one step later, unit 2 two steps later, unit 3 three.",
    "Follow a value of x down the diagonal of h. No unit keeps its value: at each step, h carries it from one unit to "
    "the next. A 1 shows as tanh(1), 0.76, and the next unit makes it a full 1 again.",
    ("x",),
    MappingProxyType(
        {
            "i": _every(4, OPEN),
            "f": _every(4, SHUT),
            "g": (Row(0.0, {"x": OPEN}), *(Row(units={above: OPEN}) for above in range(3))),
            "o": _every(4, OPEN),
        }
    ),
)

JOBS: Mapping[str, Job] = MappingProxyType({"latch": LATCH, "counter": COUNTER, "delay": DELAY})
