"""The settings that every number on every page depends on, as one frozen value.

Each field of the dataclass `Settings` has its own description: label, limits, symbol and help. `FIELDS` is the table of
these descriptions, in the order of the dataclass. The controls, the URL, the limits and the caption are made from it.
So a new setting is one new field.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from components.jobs import JOBS, Job

SINE_PERIOD = 8  # time steps of one wave of the sine signal
# The inputs of so many steps are drawn before the initial state, at every sequence length. It is the length of the
# notebook, which draws all its inputs before.
FIRST_STEPS = 5
# The state from which the next chunk of a stream starts: that of the same row, zeros, that of another row.
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
    """A line to type, of at most `longest` characters. It is never a setting: only a page itself has such controls."""

    label: str
    longest: int
    default: str
    help: str

    def spelling(self, value: Any) -> str:
        """The one way in which the app itself writes `value` in a URL."""
        return str(value)

    def options(self) -> Iterable[str]:
        """The default, which is the only value that is known in advance."""
        return (self.default,)

    def limits(self) -> str:
        """The allowed values in words."""
        return f"a line of at most {self.longest} characters"


def _setting(default: Any, field: Field) -> Any:
    return dataclasses.field(default=default, metadata={"field": field})


@dataclass(frozen=True)
class Settings:
    """One value for every setting. The defaults are the example of the notebook that this project grew from.

    Raises `ValueError` when a value is outside its limits, when `proj_size` is not below `hidden_size`, or when
    `weights` names a job that fixes another value. `for_job` gives the settings of a job. `settle` gives allowed
    settings for any values, and says what it changed.
    """

    input_size: int = _setting(
        3, Whole("Input size", 1, 64, "How many numbers each x_t has: the features of one time step.", "I")
    )
    hidden_size: int = _setting(
        4,
        Whole("Hidden size", 1, 128, "How many units h_t and c_t have. More units mean more parameters.", "H"),
    )
    seq_len: int = _setting(
        5, Whole("Sequence length", 1, 200, "How many time steps there are. More steps need no more parameters.", "T")
    )
    weights: str = _setting(
        "sampled",
        Choice(
            "Weights",
            ("sampled", *JOBS),
            "Sampled at random, or set by hand for a job. "
            + " ".join(f"{job.title}: {job.does}" for job in JOBS.values()),
        ),
    )
    batch_size: int = _setting(
        1, Whole("Batch size", 1, 16, "How many sequences run side by side. They do not affect each other.", "B")
    )
    num_layers: int = _setting(
        1,
        Whole(
            "Layers",
            1,
            4,
            "How many layers there are. Each layer above the first reads the output of the layer below.",
            "L",
        ),
    )
    bidirectional: bool = _setting(
        False, Switch("Bidirectional", "A second set of weights reads the sequence from its end to its start.")
    )
    proj_size: int = _setting(
        0,
        Whole(
            "Projection size",
            0,
            127,
            "If above 0, h_t is projected to so many numbers. It must be below the hidden size.",
            "P",
        ),
    )
    bias: bool = _setting(True, Switch("Biases", "Whether every layer has its two bias vectors."))
    batch_first: bool = _setting(
        False, Switch("batch_first", "Whether the batch is the first axis of inputs and output.")
    )
    dtype: str = _setting("float32", Choice("Precision", ("float32", "float64"), "The data type of every number."))
    initial_state: str = _setting(
        "sampled", Choice("Initial state", ("sampled", "zeros"), "What h_0 and c_0 contain: sampled numbers or zeros.")
    )
    signal: str = _setting(
        "random",
        Choice(
            "Input signal",
            ("random", "pulse", "sine", "constant"),
            "Random: sampled from the normal distribution. Pulse: 1 at one step (in sample b at step b + 1, if there "
            f"is such a step), else 0. Sine: one wave every {SINE_PERIOD} steps. Constant: 1 everywhere.",
        ),
    )
    seed: int = _setting(
        1,
        Whole("Seed", 0, 9999, "Decides every sampled number. The same seed gives the same numbers."),
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
        """The settings of a job: what it fixes, and `free` for the others."""
        return cls(**JOBS[weights].fixed, weights=weights, **free)

    @property
    def job(self) -> Job | None:
        """The job for which the weights are set by hand; None if they are drawn."""
        return JOBS.get(self.weights)

    @property
    def fixed(self) -> dict[str, Any]:
        """The settings that the job fixes, by name; empty if there is no job."""
        return self.job.fixed if self.job else {}

    @property
    def num_directions(self) -> int:
        """D: 2 when bidirectional, else 1."""
        return 2 if self.bidirectional else 1

    @property
    def output_size(self) -> int:
        """The width of h_t in one direction: `proj_size` if it is above 0, else `hidden_size`."""
        return self.proj_size or self.hidden_size

    @property
    def num_parameters(self) -> int:
        """How many numbers the module learns: the value of `sum(p.numel() for p in lstm.parameters())`."""
        total = 0
        for layer in range(self.num_layers):
            width = self.input_size if layer == 0 else self.output_size * self.num_directions
            in_direction = 4 * self.hidden_size * (width + self.output_size + 2 * self.bias)
            in_direction += self.proj_size * self.hidden_size
            total += in_direction * self.num_directions
        return total

    def changed(self) -> dict[str, Any]:
        """The settings that differ from the defaults, in order. A link needs only these."""
        return {name: getattr(self, name) for name in FIELDS if getattr(self, name) != DEFAULTS[name]}

    @property
    def caption(self) -> str:
        """The settings in one line: the sizes by their letters, then all others that are not at their default."""
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
    """What is shown of the numbers. It changes no number. A link contains it, like the settings."""

    sample: int = _setting(0, Whole("Sample", 0, 15, "Which sequence of the batch is shown."))
    layer: int = _setting(0, Whole("Layer", 0, 3, "Which layer is shown. Layer 0 reads the inputs."))
    direction: str = _setting("forward", Choice("Direction", ("forward", "reverse"), "Which direction is shown."))
    c_range: int = _setting(
        2,
        Choice(
            "Range of c",
            (2, 5, 10, 20, 50, 200),
            "The cell state is shown on a scale from minus this number to this number.",
        ),
    )
    answers: bool = _setting(
        False, Switch("Reference", "For who knows already: no questions, every answer and result is shown at once.")
    )

    @property
    def reverse(self) -> bool:
        """Whether the reverse direction is shown."""
        return self.direction == "reverse"

    def fitted(self, settings: Settings) -> tuple["View", list[str]]:
        """This view, adjusted to the samples, layers and directions that exist, and a sentence for each change.

        The range of c becomes wide enough for the job, if there is one.
        """
        changes = []
        taken = {}
        for name, count, of in (
            ("sample", settings.batch_size, "a batch of"),
            ("layer", settings.num_layers, "a module with layers:"),
        ):
            taken[name] = min(getattr(self, name), count - 1)
            if taken[name] != getattr(self, name):
                changes.append(
                    f"{VIEWS[name].label} {getattr(self, name)} is not in {of} {count}: "
                    f"{name} {taken[name]} is shown instead."
                )
        taken["direction"] = self.direction if settings.bidirectional else "forward"
        if taken["direction"] != self.direction:
            changes.append("There is no reverse direction: the forward direction is shown instead.")
        reach = settings.job.reach(settings.seq_len) if settings.job else 0
        taken["c_range"] = max(self.c_range, min(bound for bound in VIEWS["c_range"].options() if bound >= reach))
        return dataclasses.replace(self, **taken), changes


FIELDS: dict[str, Field] = {f.name: f.metadata["field"] for f in dataclasses.fields(Settings)}
VIEWS: dict[str, Field] = {f.name: f.metadata["field"] for f in dataclasses.fields(View)}
DEFAULTS: dict[str, Any] = {f.name: f.default for table in (Settings, View) for f in dataclasses.fields(table)}
MAIN = ("input_size", "hidden_size", "seq_len")


def _allowed(field: Field, value: Any) -> bool:
    # True == 1, so the type has to be compared as well as the value.
    if isinstance(field, Whole):
        return type(value) is int and field.low <= value <= field.high
    return any(type(value) is type(option) and value == option for option in field.options())


def _short(value: Any) -> str:
    # Python refuses to write out integers of thousands of digits.
    if isinstance(value, int) and abs(value) >= 10**40:
        return "of more than 40 digits"
    return f"{value!s:.40}"


# Pairs of a setting's name and what a lesson needs: for a number the least value, for any other setting the value
# itself.
Needs = tuple[tuple[str, Any], ...]


def meet(settings: Settings, needs: Needs, idle: Iterable[str] = ()) -> tuple[Settings, list[str]]:
    """Settings that meet what a lesson needs, and one sentence on the changes, if there are any.

    A number is raised to the least value that the lesson needs. Any other setting gets the value that the lesson needs.
    An idle setting, which changes nothing on the lesson's page, gets its default, so that the caption is right. Only
    the main settings keep their values, because every page states them. What a job fixes stays as it is.
    """
    unused = {name: DEFAULTS[name] for name in idle if name in FIELDS and name not in MAIN}
    fixed = {} if "weights" in unused else settings.fixed
    settings = dataclasses.replace(settings, **(unused | fixed))
    raised, changes, is_below = {}, [], False
    for name, needed in needs:
        if name in fixed:
            continue
        field, value = FIELDS[name], getattr(settings, name)
        least = isinstance(field, Whole)
        if value == needed or (least and value > needed):
            continue
        raised[name] = needed
        words = {True: "on", False: "off"}.get(needed, needed) if isinstance(field, Switch) else needed
        changes.append(f"{field.label} is {words}")
        is_below |= least
    if not changes:
        return settings, []
    *others, last = changes
    why = "with less, its main point could not be seen" if is_below else "its main point needs that"
    sentence = f"On this page {', '.join(others)}{' and ' if others else ''}{last}: {why}."
    return dataclasses.replace(settings, **raised), [sentence]


def settle(values: Mapping[str, Any]) -> tuple[Settings, list[str]]:
    """The allowed settings that are nearest to `values`, and one sentence for each change.

    A number beyond a limit becomes that limit. Any other value that is not allowed becomes its default. What a job
    fixes gets the value that the job needs, whatever `values` contains. `fixing` gives the sentence on that.
    """
    taken: dict[str, Any] = {}
    changes = []
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
        changes.append(f"{field.label} {_short(value)} is not {field.limits()}: {used} is used instead.")
    if job := JOBS.get(taken["weights"]):
        taken |= job.fixed
    if taken["proj_size"] >= taken["hidden_size"]:
        below = taken["hidden_size"] - 1
        used = f"{below} is used" if below else "no projection is used"
        changes.append(
            f"Projection size {taken['proj_size']} is not below Hidden size {taken['hidden_size']}: {used} instead."
        )
        taken["proj_size"] = below
    return Settings(**taken), changes


def fixing(settings: Settings) -> str:
    """What the job fixes, in one sentence, with the values of the main settings; empty if there is no job."""
    if settings.job is None:
        return ""
    *others, last = [FIELDS[name].label for name in settings.fixed if name not in MAIN]
    main = ", ".join(f"{FIELDS[name].label} ({value})" for name, value in settings.fixed.items() if name in MAIN)
    return f"{settings.job.title} fixes {main}, {', '.join(others)} and {last}."
