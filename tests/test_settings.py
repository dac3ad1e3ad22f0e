"""`Settings`: their defaults and limits, and that `settle` makes allowed settings from any values."""

import dataclasses
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import nn

from components.jobs import JOBS
from components.settings import DEFAULTS, FIELDS, MAIN, Choice, Settings, Switch, View, Whole, fixing, meet, settle

steady = examples(deadline=None, derandomize=True, max_examples=120)

WHOLES = {
    "input_size": (1, 64),
    "hidden_size": (1, 128),
    "seq_len": (1, 200),
    "batch_size": (1, 16),
    "num_layers": (1, 4),
    "proj_size": (0, 127),
    "seed": (0, 9999),
}
SWITCHES = ("bidirectional", "bias", "batch_first")
CHOICES = {
    "weights": ("sampled", "latch", "counter", "delay"),
    "dtype": ("float32", "float64"),
    "initial_state": ("sampled", "zeros"),
    "signal": ("random", "pulse", "sine", "constant"),
}

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-300, 300),
    st.integers(),
    st.floats(allow_nan=True),
    st.text(max_size=60),
    st.sampled_from(["zeros", "pulse", "float64", "Float64", "4", "true", "float16"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
MAPPINGS = st.dictionaries(st.sampled_from([*FIELDS, "page", ""]), ANYTHING)


@st.composite
def allowed_values(draw: st.DrawFn) -> dict[str, Any]:
    """Some settings, each within its limits, and `proj_size` below `hidden_size`."""
    values = {name: draw(st.sampled_from(list(f.options()))) for name, f in FIELDS.items()}
    values["proj_size"] = draw(st.integers(0, values["hidden_size"] - 1))
    return values | (JOBS[values["weights"]].fixed if values["weights"] in JOBS else {})


def make(**values: Any) -> Settings:
    """Settings with any values, right or wrong."""
    return Settings(**values)


# Settings


def test_defaults_are_the_notebook_s_example() -> None:
    """The defaults are `nn.LSTM(3, 4)`, five steps of one sample, a drawn start and seed 1."""
    assert dataclasses.asdict(Settings()) == {
        "input_size": 3,
        "hidden_size": 4,
        "seq_len": 5,
        "weights": "sampled",
        "batch_size": 1,
        "num_layers": 1,
        "bidirectional": False,
        "proj_size": 0,
        "bias": True,
        "batch_first": False,
        "dtype": "float32",
        "initial_state": "sampled",
        "signal": "random",
        "seed": 1,
    }


def test_settings_are_a_value() -> None:
    """Settings cannot be changed in place; equal ones are interchangeable as keys of a cache."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().seed = 2  # type: ignore[misc]
    assert Settings(seed=2) == dataclasses.replace(Settings(), seed=2) != Settings()
    assert len({Settings(seed=2), Settings(seed=2), Settings()}) == 2


def test_fields_table_is_complete() -> None:
    """`FIELDS` describes every field of the dataclass, in its order; `DEFAULTS` has its value."""
    names = [field.name for field in dataclasses.fields(Settings)]
    assert list(FIELDS) == names
    assert {name: DEFAULTS[name] for name in names} == dataclasses.asdict(Settings())
    assert {*WHOLES, *SWITCHES, *CHOICES} == set(names)
    assert set(MAIN) <= set(names)


@pytest.mark.parametrize("name", FIELDS)
def test_fields_explain_themselves(name: str) -> None:
    """Every field has a label of its own and a help text, and its default is one of its options."""
    field = FIELDS[name]
    assert field.label
    assert field.help.endswith(".")
    assert [f.label for f in FIELDS.values()].count(field.label) == 1
    assert DEFAULTS[name] in list(field.options())
    assert all(f.symbol != field.symbol for n, f in FIELDS.items() if n != name and f.symbol)


@pytest.mark.parametrize("name", WHOLES)
def test_whole_number_limits(name: str) -> None:
    """A whole number is allowed from its low to its high limit, both included, and not beyond."""
    low, high = WHOLES[name]
    assert isinstance(FIELDS[name], Whole)
    roomy: dict[str, Any] = {} if name == "hidden_size" else {"hidden_size": 128}
    for value in (low, high):
        assert getattr(make(**{**roomy, name: value}), name) == value
    for value in (low - 1, high + 1):
        with pytest.raises(ValueError, match=f"{name} is {value}, .*from {low} to {high}"):
            make(**{**roomy, name: value})
    assert list(FIELDS[name].options()) == list(range(low, high + 1))
    assert FIELDS[name].limits() == f"a whole number from {low} to {high}"


@pytest.mark.parametrize("name", CHOICES)
def test_choice_limits(name: str) -> None:
    """A choice takes its own words, exactly as they are written, and names them when refused."""
    assert isinstance(FIELDS[name], Choice)
    assert tuple(FIELDS[name].options()) == CHOICES[name]
    for word in CHOICES[name]:
        needed = JOBS[word].fixed if word in JOBS else {}
        assert getattr(make(**{**needed, name: word}), name) == word
    for value in (CHOICES[name][0].upper(), "", None, 0, True):
        with pytest.raises(ValueError, match=f"{name} is .*{', '.join(CHOICES[name])}"):
            make(**{name: value})


@pytest.mark.parametrize("name", SWITCHES)
def test_switch_limits(name: str) -> None:
    """A switch is True or False: not 1, not 0, not a word."""
    assert isinstance(FIELDS[name], Switch)
    assert list(FIELDS[name].options()) == [False, True]
    for value in (False, True):
        assert getattr(make(**{name: value}), name) is value
    for other in (0, 1, "true", None):
        with pytest.raises(ValueError, match=f"{name} is .*true or false"):
            make(**{name: other})


@pytest.mark.parametrize("name", WHOLES)
@pytest.mark.parametrize("value", [True, False, 1.0, "1", None], ids=repr)
def test_whole_number_is_an_int(name: str, value: Any) -> None:
    """True equals 1 and so does 1.0, but a number of units is neither."""
    with pytest.raises(ValueError, match=f"{name} is {value!r}"):
        make(**{name: value})


@pytest.mark.parametrize("hidden_size", [1, 2, 4, 128])
def test_proj_size_stays_below_hidden_size(hidden_size: int) -> None:
    """`proj_size` is below `hidden_size`, as `nn.LSTM` demands; the message has both numbers."""
    proj_size = hidden_size - 1
    assert Settings(hidden_size=hidden_size, proj_size=proj_size).proj_size == proj_size
    if hidden_size == 128:
        return
    with pytest.raises(ValueError, match=f"proj_size is {hidden_size}, .*size, {hidden_size}"):
        Settings(hidden_size=hidden_size, proj_size=hidden_size)
    with pytest.raises(ValueError, match="smaller than hidden_size"):
        nn.LSTM(1, hidden_size, proj_size=hidden_size)


def test_derived_sizes() -> None:
    """D is 2 when bidirectional; h_t is as wide as the projection, or as H without one."""
    assert (Settings().num_directions, Settings(bidirectional=True).num_directions) == (1, 2)
    assert (Settings().output_size, Settings(proj_size=3).output_size) == (4, 3)


@pytest.mark.parametrize(
    ("num_layers", "bidirectional", "proj_size", "bias"),
    list(itertools.product((1, 2, 4), (False, True), (0, 1, 5), (False, True))),
)
def test_num_parameters_counts_what_torch_makes(
    num_layers: int, bidirectional: bool, proj_size: int, bias: bool
) -> None:
    """`num_parameters` is the sum of `numel` over the parameters of the module itself."""
    for input_size, hidden_size in ((1, 6), (3, 7), (64, 20)):
        module = nn.LSTM(
            input_size,
            hidden_size,
            num_layers=num_layers,
            bidirectional=bidirectional,
            proj_size=proj_size,
            bias=bias,
            device="meta",
        )
        ours = Settings(
            input_size=input_size,
            hidden_size=hidden_size,
            num_layers=num_layers,
            bidirectional=bidirectional,
            proj_size=proj_size,
            bias=bias,
        )
        assert ours.num_parameters == sum(p.numel() for p in module.parameters())


def test_num_parameters_ignores_what_is_not_learned() -> None:
    """More steps, more samples or another seed do not change the number of parameters."""
    longer = Settings(seq_len=200, batch_size=16, seed=7, signal="sine", batch_first=True)
    assert longer.num_parameters == Settings().num_parameters == 144


@steady
@given(allowed_values())
def test_changed_is_enough_to_come_back(values: dict[str, Any]) -> None:
    """`changed` holds what differs from the defaults, in order, and rebuilds the settings."""
    ours = Settings(**values)
    assert ours.changed() == {k: v for k, v in values.items() if v != DEFAULTS[k]}
    assert list(ours.changed()) == [name for name in FIELDS if name in ours.changed()]
    assert Settings(**ours.changed()) == ours


def test_nothing_changed() -> None:
    """The defaults need no link parameters."""
    assert Settings().changed() == {}


@pytest.mark.parametrize("name", FIELDS)
def test_spelling_is_unambiguous(name: str) -> None:
    """No two allowed values of a field are written alike."""
    options = list(FIELDS[name].options())
    spelled = [FIELDS[name].spelling(value) for value in options]
    assert all(type(word) is str for word in spelled)
    assert len(set(spelled)) == len(options)


def test_switches_are_spelled_in_lower_case() -> None:
    """A switch in a URL reads true or false."""
    assert [FIELDS["bias"].spelling(value) for value in (True, False)] == ["true", "false"]


# meet


def test_meet_raises_what_a_lesson_needs() -> None:
    """A number below the least is raised, and another setting gets its value. One sentence names the changes."""
    needs = (("batch_size", 4), ("bidirectional", True))
    ours, changes = meet(Settings(batch_size=2, seed=7), needs)
    assert ours == Settings(batch_size=4, bidirectional=True, seed=7)
    assert changes == [
        "On this page Batch size is 4 and Bidirectional is on: with less, its main point could not be seen."
    ]
    assert meet(ours, (("bias", False),))[1] == ["On this page Biases is off: its main point needs that."]
    more = Settings(batch_size=9, bidirectional=True)
    assert meet(more, needs) == (more, [])


def test_an_idle_setting_has_its_default() -> None:
    """A setting that is idle on a page has its default there, and nothing is said. An idle view changes nothing."""
    ours, changes = meet(Settings(batch_size=9, dtype="float64", seed=7), (), ("batch_size", "dtype", "sample"))
    assert (ours, changes) == (Settings(seed=7), [])
    assert meet(Settings(batch_size=9), (("batch_size", 4),), ("batch_size",))[0] == Settings(batch_size=4)


# settle


@steady
@given(MAPPINGS)
def test_settle_always_gives_allowed_settings(values: dict[str, Any]) -> None:
    """For any values `settle` raises nothing, and a second time it changes nothing."""
    ours, _ = settle(values)
    assert Settings(**dataclasses.asdict(ours)) == ours
    assert settle(dataclasses.asdict(ours)) == (ours, [])


@steady
@given(MAPPINGS)
def test_settle_says_what_it_changed(values: dict[str, Any]) -> None:
    """There is a sentence for each changed value, with its label, and none for the other values."""
    ours, changes = settle(values)
    for name, field in FIELDS.items():
        if name in ours.fixed:
            continue
        given_value = values.get(name, DEFAULTS[name])
        used = getattr(ours, name)
        unchanged = type(used) is type(given_value) and used == given_value
        about = [words for words in changes if words.startswith(f"{field.label} ")]
        assert unchanged == (not about), (name, given_value, used, changes)
        if about:
            assert field.spelling(used) in about[-1] or "no projection" in about[-1]
    assert all(words.endswith("instead.") for words in changes)
    assert len(changes) == len(set(changes))


@steady
@given(allowed_values(), st.data())
def test_settle_leaves_allowed_values_untouched(
    values: dict[str, Any],
    data: st.DataObject,
) -> None:
    """Allowed values are not changed, and nothing is said, even if another value is wrong."""
    assert settle(values) == (Settings(**values), [])
    fixed = Settings(**values).fixed
    alone = [n for n in FIELDS if n not in ("hidden_size", "proj_size", "weights", *fixed)]
    broken = data.draw(st.sampled_from(alone))
    ours, changes = settle({**values, broken: "?"})
    assert ours == dataclasses.replace(Settings(**values), **{broken: DEFAULTS[broken]})
    assert len(changes) == 1


@steady
@given(st.sampled_from([n for n in WHOLES if n != "proj_size"]), st.integers(-(10**9), 10**9))
def test_settle_takes_the_nearest_limit(name: str, value: int) -> None:
    """A whole number beyond a limit becomes that limit."""
    low, high = WHOLES[name]
    ours, changes = settle({name: value})
    assert getattr(ours, name) == sorted((low, value, high))[1]
    assert len(changes) == (0 if low <= value <= high else 1)


@pytest.mark.parametrize("value", [True, False, 7.0, "7", None, float("nan"), [7]], ids=repr)
def test_settle_takes_the_default_for_what_is_no_whole_number(value: Any) -> None:
    """A value that is not a whole number becomes the default. True and False are not numbers."""
    ours, changes = settle({"input_size": value})
    assert ours == Settings()
    assert changes == [f"Input size {value} is not a whole number from 1 to 64: 3 is used instead."]


@pytest.mark.parametrize("value", [1, 0, "true", None], ids=repr)
def test_settle_takes_the_default_for_what_is_no_switch(value: Any) -> None:
    """A value that is neither True nor False becomes the default. 1 is not True."""
    ours, changes = settle({"bias": value})
    assert ours == Settings()
    assert changes == [f"Biases {value} is not true or false: true is used instead."]


@pytest.mark.parametrize(
    ("hidden_size", "proj_size", "used", "words"),
    [
        (4, 4, 3, ["Projection size 4 is not below Hidden size 4: 3 is used instead."]),
        (4, 90, 3, ["Projection size 90 is not below Hidden size 4: 3 is used instead."]),
        (1, 1, 0, ["Projection size 1 is not below Hidden size 1: no projection is used instead."]),
        (
            4,
            500,
            3,
            [
                "Projection size 500 is not a whole number from 0 to 127: 127 is used instead.",
                "Projection size 127 is not below Hidden size 4: 3 is used instead.",
            ],
        ),
    ],
    ids=["equal", "above", "one-unit", "beyond-both"],
)
def test_settle_keeps_the_projection_below(
    hidden_size: int,
    proj_size: int,
    used: int,
    words: list[str],
) -> None:
    """A projection as wide as the hidden state or wider becomes the widest that is allowed."""
    ours, changes = settle({"hidden_size": hidden_size, "proj_size": proj_size})
    assert (ours.hidden_size, ours.proj_size) == (hidden_size, used)
    assert changes == words


# Jobs


@pytest.mark.parametrize("name", JOBS)
def test_a_job_fixes_what_it_needs(name: str) -> None:
    """A setting that a job fixes allows one value. Sequence length, batch, axes, precision and seed are free."""
    free = {"seq_len": 200, "batch_size": 16, "batch_first": True, "dtype": "float64", "seed": 9999}
    ours = Settings.for_job(name, **free)
    assert (ours.job, ours.fixed) == (JOBS[name], JOBS[name].fixed)
    assert {*ours.fixed, *free, "weights"} == set(FIELDS)
    assert f"{name} by hand" in ours.caption
    others: dict[str, Any] = {
        "input_size": 64,
        "hidden_size": 64,
        "num_layers": 2,
        "bidirectional": True,
        "proj_size": 1,
    }
    others |= {"bias": False, "initial_state": "sampled", "signal": "sine"}
    assert set(others) == set(ours.fixed)
    for field, value in others.items():
        with pytest.raises(ValueError, match=f"{field} is .*"):
            Settings(**{**vars(ours), field: value})
    with pytest.raises(TypeError, match="multiple values"):
        Settings.for_job(name, hidden_size=64)


@steady
@given(st.sampled_from(list(JOBS)), MAPPINGS)
def test_a_job_is_settled_whatever_else_was_chosen(name: str, values: dict[str, Any]) -> None:
    """The job's values are used and nothing is said, whatever else was chosen. Free settings keep their values."""
    ours, changes = settle({**values, "weights": name})
    assert {field: getattr(ours, field) for field in ours.fixed} == JOBS[name].fixed
    drawn, also = settle({**values, "weights": "sampled"})
    assert all(
        getattr(ours, field) == getattr(drawn, field) for field in FIELDS if field not in {*ours.fixed, "weights"}
    )
    assert {*changes} <= {*also}
    alone, nothing = settle({"weights": name, "hidden_size": 64, "proj_size": 63, "initial_state": "sampled"})
    assert (alone, nothing) == (Settings.for_job(name), [])


@pytest.mark.parametrize("name", JOBS)
def test_what_a_job_fixes_is_one_sentence(name: str) -> None:
    """It has the sizes with their values, and every other setting by its label. It is empty if weights are drawn."""
    sentence = fixing(Settings.for_job(name))
    assert sentence.startswith(f"{name.title()} fixes Input size ({JOBS[name].input_size}), Hidden size (")
    assert all(FIELDS[field].label in sentence for field in JOBS[name].fixed)
    assert fixing(Settings()) == ""


def test_a_lesson_cannot_move_what_a_job_fixes() -> None:
    """An idle setting and a need of the lesson do not change it. If `weights` itself is idle, there is no job."""
    ours = Settings.for_job("latch", seq_len=9)
    assert meet(ours, (("num_layers", 2),), ("initial_state", "signal")) == (ours, [])
    drawn, changes = meet(ours, (("num_layers", 2),), ("weights", "initial_state"))
    assert drawn == Settings(input_size=3, hidden_size=2, seq_len=9, num_layers=2)
    assert len(changes) == 1


def test_the_range_of_c_is_wide_enough_for_a_job() -> None:
    """The range of a counter is at least the number of steps. A visitor may choose a wider one. Other jobs need 1."""
    assert [View().fitted(Settings.for_job("counter", seq_len=t))[0].c_range for t in (1, 2, 3, 20, 21, 200)] == [
        *(2, 2, 5),
        *(20, 50, 200),
    ]
    assert View(c_range=50).fitted(Settings.for_job("counter"))[0].c_range == 50
    assert View().fitted(Settings.for_job("latch", seq_len=200)) == (View(), [])
    assert View().fitted(Settings()) == (View(), [])


def test_settle_ignores_what_is_no_setting() -> None:
    """It ignores a name that is not a setting."""
    assert settle({"page": "gates", "utm_source": 3}) == (Settings(), [])


def test_settle_keeps_sentences_short() -> None:
    """The sentence on a long value quotes only its beginning."""
    _, (words,) = settle({"dtype": "x" * 10_000})
    assert len(words) < 140


def test_settle_takes_a_number_too_long_to_print() -> None:
    """Python refuses to print a number of more than 4300 digits. It is above the limit, so it becomes the limit."""
    ours, changes = settle({"seed": 10**5000})
    assert ours.seed == 9999
    assert len(changes) == 1
