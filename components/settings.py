"""What every number on every page depends on, as one frozen value.

`Settings` is a dataclass whose fields carry their own description (label, limits, symbol, help). `FIELDS` is
that table, in the order of the dataclass: the controls, the URL, the limits and the caption are all read from it.
Nothing is written twice, so a new setting is one new field.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from components.jobs import JOBS, Job

SINE_PERIOD = 8  # time steps, of the sine signal
# What the next chunk of a stream starts from: the state of the same row, zeros, the state of another row.
HANDED = CARRY, RESET, SHUFFLED = ("carry", "reset", "shuffled carry")


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`, both included."""

    label: str
    low: int
    high: int
    help: str
    symbol: str = ""

    def spelling(self, value: Any) -> str:
        """The one way in which the app itself writes `value` in a URL."""
        return str(value)

    def options(self) -> Iterable[int]:
        """Every allowed value, in order."""
        return range(self.low, self.high + 1)

    def limits(self) -> str:
        """The allowed values in words."""
        return f"a whole number from {self.low} to {self.high}"


@dataclass(frozen=True)
class Choice:
    """One of a few words or numbers."""

    label: str
    values: tuple[Any, ...]
    help: str
    symbol: str = ""

    def spelling(self, value: Any) -> str:
        """The one way in which the app itself writes `value` in a URL."""
        return str(value)

    def options(self) -> Iterable[Any]:
        """Every allowed value, in order."""
        return self.values

    def limits(self) -> str:
        """The allowed values in words."""
        return "one of " + ", ".join(map(str, self.values))


@dataclass(frozen=True)
class Switch:
    """On or off."""

    label: str
    help: str
    symbol: str = ""

    def spelling(self, value: Any) -> str:
        """The one way in which the app itself writes `value` in a URL."""
        return "true" if value else "false"

    def options(self) -> Iterable[bool]:
        """Every allowed value, in order."""
        return (False, True)

    def limits(self) -> str:
        """The allowed values in words."""
        return "true or false"


Field = Whole | Choice | Switch


@dataclass(frozen=True)
class Text:
    """A line to type, of at most `longest` characters. No setting: only pages have such controls."""

    label: str
    longest: int
    default: str
    help: str

    def spelling(self, value: Any) -> str:
        """The one way in which the app itself writes `value` in a URL."""
        return str(value)

    def options(self) -> Iterable[str]:
        """The one value that can be named beforehand, the default."""
        return (self.default,)

    def limits(self) -> str:
        """The allowed values in words."""
        return f"a line of at most {self.longest} characters"


def _setting(default: Any, field: Field) -> Any:
    return dataclasses.field(default=default, metadata={"field": field})


@dataclass(frozen=True)
class Settings:
    """One choice of every setting; the defaults are the example of the notebook this project grew from.

    Raises `ValueError` when a value is outside its limits, `proj_size` is not below `hidden_size`, or `weights` names a
    job that fixes another value; `for_job` makes the settings of a job. `settle` makes an allowed `Settings` out of any
    values and says what it changed.
    """

    input_size: int = _setting(
        3, Whole("Input size", 1, 64, "Numbers in each x_t: the features of one time step.", "I")
    )
    hidden_size: int = _setting(
        4,
        Whole("Hidden size", 1, 128, "Units in each h_t and c_t. More units, more parameters.", "H"),
    )
    seq_len: int = _setting(5, Whole("Sequence length", 1, 200, "Time steps. More steps, not one parameter more.", "T"))
    weights: str = _setting(
        "drawn",
        Choice(
            "Weights",
            ("drawn", *JOBS),
            "Drawn, or set by hand for a job. " + " ".join(f"{job.title}: {job.does}" for job in JOBS.values()),
        ),
    )
    batch_size: int = _setting(1, Whole("Batch size", 1, 16, "Sequences that run side by side, without meeting.", "B"))
    num_layers: int = _setting(1, Whole("Layers", 1, 4, "Each further layer reads the outputs of the one below.", "L"))
    bidirectional: bool = _setting(
        False, Switch("Bidirectional", "A second set of weights reads the sequence from its end.")
    )
    proj_size: int = _setting(
        0,
        Whole(
            "Projection size",
            0,
            127,
            "When above 0, h_t is projected to this many numbers. Must stay below the hidden size.",
            "P",
        ),
    )
    bias: bool = _setting(True, Switch("Biases", "The two bias vectors of every layer."))
    batch_first: bool = _setting(False, Switch("batch_first", "Whether inputs and output put the batch axis first."))
    dtype: str = _setting("float32", Choice("Precision", ("float32", "float64"), "The type of every number."))
    initial_state: str = _setting("drawn", Choice("Initial state", ("drawn", "zeros"), "What h_0 and c_0 hold."))
    signal: str = _setting(
        "random",
        Choice(
            "Input signal",
            ("random", "pulse", "sine", "constant"),
            "Random: drawn from the normal distribution. Pulse: 1 at one step (sample b: step b + 1), else 0. "
            f"Sine: one wave every {SINE_PERIOD} steps. Constant: 1 everywhere.",
        ),
    )
    seed: int = _setting(
        1,
        Whole("Seed", 0, 9999, "Decides every drawn number; the same seed draws the same numbers."),
    )

    def __post_init__(self) -> None:
        for name, field in FIELDS.items():
            if not _allowed(field, getattr(self, name)):
                raise ValueError(f"{name} is {getattr(self, name)!r}, not {field.limits()}")
        if self.proj_size >= self.hidden_size:
            raise ValueError(f"proj_size is {self.proj_size}, not below hidden_size, {self.hidden_size}")
        for name, value in self.fixed.items():
            if getattr(self, name) != value:
                raise ValueError(f"{name} is {getattr(self, name)!r}, which {self.weights} fixes at {value!r}")

    @classmethod
    def for_job(cls, weights: str, **free: Any) -> "Settings":
        """Settings for a job, with what it fixes; `free` holds what it leaves free."""
        return cls(**JOBS[weights].fixed, weights=weights, **free)

    @property
    def job(self) -> Job | None:
        """What the cell's hand-set weights do; None where they are drawn."""
        return JOBS.get(self.weights)

    @property
    def fixed(self) -> dict[str, Any]:
        """The settings that the job fixes, by name; empty where there is none."""
        return self.job.fixed if self.job else {}

    @property
    def num_directions(self) -> int:
        """D: 2 when bidirectional, else 1."""
        return 2 if self.bidirectional else 1

    @property
    def output_size(self) -> int:
        """Width of h_t in one direction: `proj_size` when there is one, else `hidden_size`."""
        return self.proj_size or self.hidden_size

    @property
    def num_parameters(self) -> int:
        """How many numbers the module learns: what `sum(p.numel() for p in lstm.parameters())` gives."""
        total = 0
        for layer in range(self.num_layers):
            width = self.input_size if layer == 0 else self.output_size * self.num_directions
            one = 4 * self.hidden_size * (width + self.output_size + 2 * self.bias)
            one += self.proj_size * self.hidden_size
            total += one * self.num_directions
        return total

    def changed(self) -> dict[str, Any]:
        """The settings that differ from the defaults, in order: what a link has to carry."""
        return {name: getattr(self, name) for name in FIELDS if getattr(self, name) != DEFAULTS[name]}

    @property
    def caption(self) -> str:
        """The settings in one line: every size by its letter, and whatever else is not at its default."""
        sizes = [
            f"{FIELDS[name].symbol} = {getattr(self, name)}"
            for name in ("seq_len", "hidden_size", "input_size", "batch_size", "num_layers")
        ]
        sizes.append(f"D = {self.num_directions}")
        if self.proj_size:
            sizes.append(f"P = {self.proj_size}")
        rest = [f"{self.weights} by hand"] if self.job else []
        rest += [] if self.bias else ["no biases"]
        rest += ["batch_first"] if self.batch_first else []
        rest += ["h_0, c_0 zeros"] if self.initial_state == "zeros" else []
        rest += [] if self.signal == "random" else [f"{self.signal} input"]
        return " · ".join([*sizes, *rest, self.dtype, f"seed {self.seed}"])


@dataclass(frozen=True)
class View:
    """What is shown of the numbers, without changing one; part of a link as the settings are."""

    sample: int = _setting(0, Whole("Sample", 0, 15, "Which sequence of the batch is drawn."))
    layer: int = _setting(0, Whole("Layer", 0, 3, "Which layer is drawn; 0 reads the inputs."))
    direction: str = _setting("forward", Choice("Direction", ("forward", "reverse"), "Which direction is drawn."))
    c_range: int = _setting(
        2,
        Choice(
            "Range of c",
            (2, 5, 10, 20, 50, 200),
            "The cell state is drawn from minus this to this.",
        ),
    )
    answers: bool = _setting(False, Switch("Show answers", "Shows every result at once, without the questions."))

    @property
    def reverse(self) -> bool:
        """Whether the reverse direction is shown."""
        return self.direction == "reverse"

    def fitted(self, settings: Settings) -> tuple["View", list[str]]:
        """This view with the last sample, layer or direction that exists, and a sentence for each change.

        The range of c is at least what a job is known to need.
        """
        said = []
        taken = {}
        for name, count, of in (
            ("sample", settings.batch_size, "a batch of"),
            ("layer", settings.num_layers, "a module with layers:"),
        ):
            taken[name] = min(getattr(self, name), count - 1)
            if taken[name] != getattr(self, name):
                said.append(
                    f"{VIEWS[name].label} {getattr(self, name)} is not in {of} {count}: "
                    f"{name} {taken[name]} is drawn instead."
                )
        taken["direction"] = self.direction if settings.bidirectional else "forward"
        if taken["direction"] != self.direction:
            said.append("There is no reverse direction: the forward one is drawn instead.")
        reach = settings.job.reach(settings.seq_len) if settings.job else 0
        taken["c_range"] = max(self.c_range, min(r for r in VIEWS["c_range"].options() if r >= reach))
        return dataclasses.replace(self, **taken), said


FIELDS: dict[str, Field] = {f.name: f.metadata["field"] for f in dataclasses.fields(Settings)}
VIEWS: dict[str, Field] = {f.name: f.metadata["field"] for f in dataclasses.fields(View)}
DEFAULTS: dict[str, Any] = {f.name: f.default for table in (Settings, View) for f in dataclasses.fields(table)}
MAIN = ("input_size", "hidden_size", "seq_len")


def _allowed(field: Field, value: Any) -> bool:
    # True == 1, so a switch and a number have to be told apart by type as well as by value.
    if isinstance(field, Whole):
        return type(value) is int and field.low <= value <= field.high
    return any(type(value) is type(option) and value == option for option in field.options())


def _short(value: Any) -> str:
    # Python refuses to write out integers of thousands of digits.
    if isinstance(value, int) and abs(value) >= 10**40:
        return "of more than 40 digits"
    return f"{value!s:.40}"


Needs = tuple[tuple[str, Any], ...]  # by a setting's name: the least of a number, else the very value


def meet(settings: Settings, needs: Needs, idle: Iterable[str] = ()) -> tuple[Settings, list[str]]:
    """Settings that meet what a lesson needs, and one sentence on all that had to be changed, if anything.

    A number is raised to the least that shows the lesson's point, any other setting gets the value that does. An idle
    setting, which changes nothing on the lesson's page, has its default there: so its caption states what is shown.
    The main ones keep their values, which every page states. What a job fixes stays as it is.
    """
    unused = {name: DEFAULTS[name] for name in idle if name in FIELDS and name not in MAIN}
    fixed = {} if "weights" in unused else settings.fixed
    settings = dataclasses.replace(settings, **(unused | fixed))
    raised, said, short = {}, [], False
    for name, needed in needs:
        if name in fixed:
            continue
        field, value = FIELDS[name], getattr(settings, name)
        least = isinstance(field, Whole)
        if value == needed or (least and value > needed):
            continue
        raised[name] = needed
        words = {True: "on", False: "off"}.get(needed, needed) if isinstance(field, Switch) else needed
        said.append(f"{field.label} is {words}")
        short |= least
    if not said:
        return settings, []
    *others, last = said
    why = "with less its point would not show" if short else "its point needs that"
    sentence = f"On this page {', '.join(others)}{' and ' if others else ''}{last}: {why}."
    return dataclasses.replace(settings, **raised), [sentence]


def settle(values: Mapping[str, Any]) -> tuple[Settings, list[str]]:
    """Settings as near to `values` as the limits allow, and one sentence for each thing that was changed.

    A number beyond a limit becomes that limit; anything else that is not allowed becomes its default. What a job fixes
    is as the job needs it, whatever `values` says: `fixing` is the one sentence on that.
    """
    taken: dict[str, Any] = {}
    said = []
    for name, field in FIELDS.items():
        value = values.get(name, DEFAULTS[name])
        if _allowed(field, value):
            taken[name] = value
            continue
        if isinstance(field, Whole) and type(value) is int:
            taken[name] = min(max(value, field.low), field.high)
        else:
            taken[name] = DEFAULTS[name]
        used = field.spelling(taken[name])
        said.append(f"{field.label} {_short(value)} is not {field.limits()}: {used} is used instead.")
    if job := JOBS.get(taken["weights"]):
        taken |= job.fixed
    if taken["proj_size"] >= taken["hidden_size"]:
        below = taken["hidden_size"] - 1
        used = f"{below} is used" if below else "no projection is used"
        said.append(
            f"Projection size {taken['proj_size']} is not below Hidden size {taken['hidden_size']}: {used} instead."
        )
        taken["proj_size"] = below
    return Settings(**taken), said


def fixing(settings: Settings) -> str:
    """What the job fixes, in one sentence: the values of the main settings, the names of the others."""
    if settings.job is None:
        return ""
    *others, last = [FIELDS[name].label for name in settings.fixed if name not in MAIN]
    main = ", ".join(f"{FIELDS[name].label} ({value})" for name, value in settings.fixed.items() if name in MAIN)
    return f"{settings.job.title} fixes {main}, {', '.join(others)} and {last}."
