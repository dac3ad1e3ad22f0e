"""Cells that do a job: weights set by hand, so that every gate has a task one can read off and see.

With drawn weights every gate hovers around one half and nothing seems to happen. Here each gate is open or shut (one of
the counter's stands at `SHARE`). An open gate, sigmoid(40), is 1 to the last bit in float32 and in float64: 4e-18 is
missing, less than the spacing of the numbers below 1. So is tanh(40). A shut gate is not 0: sigmoid(-40) is 4e-18, a
number like any other. It is too small to change a 1, so a 1 that is kept stays the same for any number of steps. Where
c should be 0 it is added up, some 4e-18 a step.

A table without torch: `lstm/jobs.py` makes tensors of it, `programs/setup.py` source text.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

OPEN, SHUT = 40.0, -40.0  # pre-activations
SWING = OPEN - SHUT  # the weight with which a pulse of 1 turns one into the other
SHARE = 0.1  # of every pulse, which the counter's second unit lets in


@dataclass(frozen=True)
class Row:
    """One gate of one unit: its pre-activation is `bias`, plus weight times input, plus weight times previous h."""

    bias: float = 0.0
    inputs: Mapping[str, float] = field(default_factory=dict)  # by the feature's name; the others weigh 0
    units: Mapping[int, float] = field(default_factory=dict)  # by the unit whose previous h it is


@dataclass(frozen=True)
class Job:
    """A cell with a job: what it is called, what it does, what to look at, and every weight."""

    title: str
    does: str  # a sentence
    look: str  # what to look at in the score, in sentences that hold for every sequence length and seed
    features: tuple[str, ...]  # what each input feature is called
    rows: Mapping[str, tuple[Row, ...]]  # by gate, in PyTorch's order i, f, g, o: a row a unit
    grows: bool = False  # whether |c| grows by up to 1 a step; else it stays within 1

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
        """The settings that the job fixes. The input is its own, so that there is no signal to choose."""
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
        """What |c| does not exceed, up to rounding, over so many steps of the job's inputs."""
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
        """`bias_ih_l0`, (4*H); `bias_hh_l0` is 0, for only their sum matters."""
        return [row.bias for row in self._rows]

    @property
    def gates(self) -> dict[str, str]:
        """What each gate does, in words made from its weights, with names as code.

        A number alone in brackets is the pre-activation with which it is so.
        """
        return {gate: _words(gate, self.rows[gate]) for gate in "ifgo"}


def _words(gate: str, rows: tuple[Row, ...]) -> str:
    said: dict[str, list[int]] = {}
    for unit, row in enumerate(rows):
        said.setdefault(_row_words(gate, row, unit), []).append(unit)
    if len(said) == 1:
        return next(iter(said))
    named = {words: f"{u[0]} to {u[-1]}" if len(u) > 1 else str(u[0]) for words, u in said.items()}
    return "; ".join(f"unit{'s' * (len(said[words]) > 1)} {units}: {words}" for words, units in named.items())


def _row_words(gate: str, row: Row, unit: int) -> str:
    weights = {f"`{name}`": weight for name, weight in row.inputs.items()}
    for other, weight in row.units.items():
        weights[f"the previous h of {'the unit before' if other == unit - 1 else f'unit {other}'}"] = weight
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
    """What a gate is at a pre-activation, which follows in brackets: open (+40)."""
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
    "units hold the same: unit 0 shows it always, unit 1 only at a `read` (row 2). A 1 shows as tanh(1), 0.76.",
    ("set", "reset", "read"),
    MappingProxyType(
        {
            "i": _every(2, SHUT, set=SWING),
            # At `set` too: what was there goes, so that two in a row store 1 and not 2.
            "f": _every(2, OPEN, set=-SWING, reset=-SWING),
            "g": _every(2, OPEN),
            "o": (Row(OPEN), Row(SHUT, {"read": SWING})),
        }
    ),
)

COUNTER = Job(
    "Counter",
    "c counts the pulses.",
    "Nothing is forgotten: c climbs by one at every `pulse` and stays in between. Unit 1 lets in a tenth of each. What "
    "shows is tanh(c): after a few pulses h of unit 0 can hardly tell one count from the next, that of unit 1 can for "
    "ten times as many.",
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

# Each hop of the chain gives back a full 1 or -1, whatever it was given of one. A 0 is not restored: what a shut forget
# gate leaves of the last value, 4e-18, grows 40-fold at each hop, to 3e-13 at the last of four.
DELAY = Job(
    "Delay",
    "h repeats the input: unit 0 at once, unit 1 one step later, unit 2 two, unit 3 three.",
    "Follow a value of x down the diagonal of h. No unit keeps its value: what the cell remembers is on its way "
    "through h, each step from one unit to the next. A 1 shows as tanh(1), 0.76, and the next unit makes it a full 1 "
    "again.",
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
