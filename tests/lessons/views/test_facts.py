"""The interpreter of typed lines: a line in its grammar does what torch does, and no other line is accepted."""

import ast
import re
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import Tensor

from components.lessons.views import LONGEST
from components.lessons.views import facts as interpreter
from components.lessons.views.facts import (
    METHODS,
    MOST_AXES,
    MOST_ELEMENTS,
    MOST_STEPS,
    PROPERTIES,
    Chain,
    LineError,
    Step,
    elements,
    parse,
    positions,
    rearrange,
    written,
)
from components.lessons.views.storage.facts import shares, storage

SIZES = {"T": 5, "B": 2, "I": 3}
X = positions((5, 2, 3))
steady = examples(deadline=None, derandomize=True, max_examples=150)

# Valid chains, as text: each method with arguments of the right form, which torch may still refuse.

numbers = st.one_of(st.integers(-4, 7).map(str), st.sampled_from(list(SIZES)))
several = st.lists(numbers, min_size=1, max_size=4)


@st.composite
def arguments(draw: st.DrawFn, name: str) -> str:
    """Arguments of the right form for a method."""

    def tuple_of() -> str:
        return "(" + ", ".join(draw(several)) + ",)"

    if name in ("t", "contiguous"):
        return ""
    if name == "unflatten":
        return f"{draw(numbers)}, {tuple_of()}"
    count = {"transpose": 2, "swapaxes": 2, "select": 2, "narrow": 3, "unsqueeze": 1, "movedim": 2}.get(name)
    if name == "movedim" and draw(st.booleans()):
        return f"{tuple_of()}, {tuple_of()}"
    if count:
        return ", ".join(draw(st.lists(numbers, min_size=count, max_size=count)))
    if name in ("flatten", "squeeze"):
        return ", ".join(draw(st.lists(numbers, max_size=2 if name == "flatten" else 1)))
    return tuple_of() if draw(st.booleans()) else ", ".join(draw(several))


@st.composite
def indices(draw: st.DrawFn) -> str:
    """What stands between square brackets."""
    end = st.one_of(st.just(""), numbers)
    entry = st.one_of(numbers, st.tuples(end, end).map(":".join), st.tuples(end, end, end).map(":".join))
    return ", ".join(draw(st.lists(entry, min_size=1, max_size=4)))


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A line in the grammar."""
    line = "x"
    for _ in range(draw(st.integers(0, 5))):
        name = draw(st.sampled_from([*METHODS, *PROPERTIES, "[]"]))
        if name == "[]":
            line += f"[{draw(indices())}]"
        else:
            line += f".{name}" + ("" if name in PROPERTIES else f"({draw(arguments(name))})")
    return line


MUTATIONS = st.sampled_from(
    [*"()[],.:-+*='\"\\ #@{}\n\t\0", "x", "T", "0", "9" * 9, "_", "é", "x.", ".data", ".numpy()", "__class__",
     "lambda: ", "None", "True", "...", "1.5", "1e9", "0x10", "1j", "(" * 90, "-" * 90, "[" * 90, ".view(-1)",
     ".expand(1000000)"]
)  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """A valid line with a few pieces put in or taken out."""
    line = draw(lines())
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(line)))
        gone = draw(st.integers(0, 3))
        line = line[:at] + draw(st.one_of(st.just(""), MUTATIONS)) + line[at + gone :]
    return line


class Watched(torch.Tensor):
    """A tensor that notes what is asked of it."""

    asked: list[str]

    def __getattribute__(self, name: str) -> Any:
        Watched.asked.append(name)
        return super().__getattribute__(name)


def tried(line: str) -> Chain | None:
    """What becomes of a line; None when it cannot be read."""
    try:
        steps = parse(line, SIZES)
    except LineError as error:
        said = str(error)
    else:
        return rearrange(X, steps)
    assert 10 < len(said) < 300
    assert said.isprintable()
    return None


# What is in the grammar


@steady
@given(line=lines())
def test_a_line_does_what_python_would(line: str) -> None:
    """The oracle: Python's own `eval`, of lines that the strategy alone has written. Same tensor, same memory."""
    assume(len(line) <= LONGEST)
    chain = tried(line)
    assert chain is not None
    if chain.not_taken is not None and not chain.not_taken.error:
        return  # a limit of ours, tested below
    x = positions((5, 2, 3))
    raised: Exception | None = None
    try:
        expected = eval(line, {"__builtins__": {}}, {"x": x, **SIZES})
    except (RuntimeError, IndexError, TypeError, ValueError) as error:
        raised = error
    if raised is not None:
        assert chain.not_taken is not None, line
        assert chain.not_taken.error == type(raised).__name__
        assert str(raised).startswith(chain.not_taken.words)
        return
    assert chain.not_taken is None, (line, chain.not_taken)
    result = chain.result
    assert torch.equal(result, expected)
    assert (result.shape, result.stride()) == (expected.shape, expected.stride())
    assert result.storage_offset() == expected.storage_offset()
    assert shares(result, X) == shares(expected, x)


@steady
@given(line=lines())
def test_a_line_is_written_back_as_it_is_meant(line: str) -> None:
    """The steps' own text is a line again, and reads the same."""
    assume(len(line) <= LONGEST)
    steps = parse(line, SIZES)
    again = "x" + "".join(step.text for step in steps)
    assert parse(again, SIZES) == steps
    assert ast.dump(ast.parse(again)) == ast.dump(ast.parse(line))


@pytest.mark.parametrize("name", METHODS)
def test_every_method_s_example_is_in_the_grammar(name: str) -> None:
    """What an error names as an example can be read, and is one step of that method."""
    (step,) = parse(f"x{METHODS[name].example}", SIZES)
    assert (step.name, step.text) == (name, METHODS[name].example)


# What is not


@examples(steady, max_examples=500)
@given(line=st.one_of(st.text(max_size=240), mutations()))
def test_no_text_at_all_raises_anything_else(line: str) -> None:
    """Arbitrary text, and valid lines spoilt: a sentence or a chain, never another exception or a warning."""
    chain = tried(line)
    if chain is not None and chain.not_taken is not None:
        assert chain.not_taken.words
        assert len(chain.not_taken.words) <= 300


@steady
@given(line=st.one_of(mutations(), lines()))
def test_nothing_but_what_is_listed_is_asked_of_a_tensor(line: str) -> None:
    """Of a tensor only the steps' own methods and properties are asked, besides what the limits look at."""
    try:
        steps = parse(line, SIZES)
    except LineError:
        return
    assert {step.name for step in steps} <= {*METHODS, *PROPERTIES, "[]"}
    assert len(steps) <= MOST_STEPS
    Watched.asked = []
    watched = X.as_subclass(Watched)
    Watched.asked.clear()
    rearrange(watched, steps)
    looked = {"shape", "dim", "numel", "stride", "__torch_function__", "__torch_dispatch__", "__class__"}
    assert set(Watched.asked) - looked <= {step.name for step in steps}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("y", "starts with `x`"),
        ("x.sum()", "`.sum` is not among"),
        ("x.data", "`.data` is not known"),
        ("x.__class__", "`.__class__` is not known"),
        ("x.__getattribute__(0)", "is not among"),
        ("x.numpy()", "is not among"),
        ("x.fill_(1)", "is not among"),
        ("x.set_(0)", "is not among"),
        ("x.view", "needs brackets"),
        ("x.T()", "without brackets"),
        ("x.view()", "cannot be called like this"),
        ("x.transpose(0)", "cannot be called like this"),
        ("x.transpose((0, 1))", "cannot be called like this"),
        ("x.view((1, 2), 3)", "cannot be called like this"),
        ("x.view(((1,),))", "integers"),
        ("x.view(x)", "integers"),
        ("x.view(-T)", "integers"),
        ("x.view(--1)", "integers"),
        ("x.view(None)", "integers"),
        ("x.view(True)", "integers"),
        ("x[...]", "Numbers are whole|integers"),
        ("x[True]", "integers"),
        ("x[None]", "integers"),
        ("x[[0, 1]]", "integers"),
        ("x[x]", "integers"),
        ("x[()]", "entries"),
        ("x.view(2.5)", "whole"),
        ("x.view(1e3)", "whole"),
        ("x.view(0x10)", "whole"),
        ("x.view(1_0)", "whole"),
        ("x.view(3j)", "whole"),
        ("x.view(B, T*I)", "not calculated"),
        ("x.flatten(start_dim=1)", "no names"),
        ("x.view('a')", "texts"),
        ("x; x", "`;` cannot be used in a line"),
        ("x\n", "U+000A"),
        ("x`", "U+0060"),
        ("x.vi\u0435w(1)", "cannot be used in a line"),  # a Cyrillic letter
        ("x.view(٣)", "cannot be used in a line"),
        ("x\0", "U+0000"),
        ("x.view(2", "bracket"),
        ("x x", "bracket"),
        ("import os", "bracket"),
        ("x if x else x", "in a chain"),
        ("x, x", "in a chain"),
        ("5", "in a chain"),
        ("x.view(2)(3)", "in a chain"),
        ("(x for x in x)", "in a chain"),
        ("not x", "in a chain"),
        ("x.view(99999999)", "digits"),
        ("x" + ".t()" * 13, "13 steps"),
        ("x" + " " * 200, "201 characters"),
        ("x[" + "0, " * 9 + "]", "entries"),
        ("x.view(" + "1, " * 9 + ")", "axes"),
        ("(" * 99 + "x" + ")" * 99, ""),
        ("x.view(" + "-" * 150 + "1)", "integers"),
        ("x" + "[" * 99 + "]" * 99, "integers"),
    ],
)
def test_what_is_wrong_is_said(line: str, said: str) -> None:
    """Each kind of text that is not in the grammar has its own sentence."""
    if not said:
        assert parse(line, SIZES) == ()
        return
    with pytest.raises(LineError, match=said if "|" in said else re.escape(said)):
        parse(line, SIZES)


def test_a_step_that_was_not_read_is_not_taken() -> None:
    """Even if the grammar accepted a wrong name, the chain would not run it."""
    with pytest.raises(LineError, match="sum"):
        rearrange(X, (Step("sum", (), ".sum()"),))


# Limits


def test_the_largest_x_is_allowed_and_little_more() -> None:
    """The largest x of the sliders fits, and the limit is not much larger, so that no line takes long."""
    assert 200 * 16 * 64 <= MOST_ELEMENTS <= 300_000


@steady
@given(line=lines())
def test_no_result_is_larger_than_reckoned(line: str) -> None:
    """`elements` never gives fewer than torch does."""
    assume(len(line) <= LONGEST)
    tensor = X
    for step in parse(line, SIZES):
        reckoned = elements(tensor, step)
        chain = rearrange(tensor, (step,))
        if chain.not_taken is not None:
            return
        tensor = chain.result
        assert tensor.numel() <= reckoned <= MOST_ELEMENTS
        assert tensor.dim() <= MOST_AXES


HUGE = [
    "x.expand(1000000, 5, 2, 3)",
    "x.expand(9999999, 9999999, 9999999, 5, 2, 3).contiguous()",
    "x[:1, :1, :1].expand(1000, 1000, 1000).flatten()",
    "x[0, 0, 0].expand(9999999).reshape(-1)",
    "x[0, 0, :1].expand(600, 600).flip(0)",
    "x.unsqueeze(0).expand(9999, -1, -1, -1).contiguous()",
    "x.expand((9999999, -1, -1, -1)).flatten()",
]


@pytest.mark.parametrize("line", HUGE)
def test_torch_is_not_asked_for_what_is_too_large(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal comes before the call and states the count. No intermediate tensor is larger than allowed."""
    taken: list[Tensor] = []

    def counted(tensor: Tensor, step: Step) -> Tensor:
        taken.append(take(tensor, step))
        return taken[-1]

    take = interpreter._take
    monkeypatch.setattr(interpreter, "_take", counted)
    chain = tried(line)
    assert chain is not None
    assert chain.not_taken is not None
    assert (chain.not_taken.text[:7], chain.not_taken.error) == (".expand", "")
    assert "elements" in chain.not_taken.words
    assert all(tensor.numel() <= MOST_ELEMENTS for tensor in taken)


@steady
@given(line=st.one_of(lines(), mutations()), data=st.data())
def test_a_try_touches_no_more_memory_than_its_steps_allow(line: str, data: st.DataObject) -> None:
    """A line makes at most `MOST_STEPS` calls, and each copy has at most `MOST_ELEMENTS` elements."""
    sizes = tuple(data.draw(st.sampled_from([(5, 2, 3), (200, 16, 64)])))
    x = positions(sizes)
    try:
        steps = parse(line, dict(zip("TBI", sizes, strict=True)))
    except LineError:
        return
    stages = rearrange(x, steps).stages
    assert len(stages) <= MOST_STEPS + 1
    assert all(len(storage(stage.tensor)) <= MOST_ELEMENTS for stage in stages)


def test_axes_are_limited() -> None:
    """A ninth axis is refused, whatever step makes it."""
    for line in ("x" + ".unsqueeze(0)" * 6, "x" + ".unsqueeze(0)" * 5 + ".unflatten(0, (1, 1))"):
        chain = tried(line)
        assert chain is not None
        assert chain.not_taken is not None
        assert chain.not_taken.words == "The result would have 9 axes. This page allows 8."
        assert chain.result.dim() == MOST_AXES


# Refusals


@pytest.mark.parametrize(
    ("line", "error", "words", "why"),
    [
        ("x.mT.view(-1)", "RuntimeError", "view size is not compatible", "2 · 3 = 6 cells, but axis 1 goes on by 1"),
        ("x.view(4, -1)", "RuntimeError", "invalid for input of size 30", "cannot be divided into rows of 4"),
        ("x.reshape(4, 4)", "RuntimeError", "invalid", "multiply to 16, and the tensor has 30"),
        ("x.view(-1, -1)", "RuntimeError", "only one dimension", "once"),
        ("x.view(-2, 15)", "RuntimeError", "invalid shape dimension", "once"),
        ("x.view(0, -1)", "RuntimeError", "", "rows of 0"),
        ("x.expand(5, 2, 4)", "RuntimeError", "must match the existing size", "stride 0"),
        ("x.permute(0, 1)", "RuntimeError", "number of dimensions", "3 here"),
        ("x[::-1]", "ValueError", "step must be greater than zero", "never negative"),
        ("x[5]", "IndexError", "out of bounds", "(5, 2, 3)"),
        ("x[0][0][0][0]", "IndexError", "", "no axis left"),
        ("x.unflatten(0, (2, 3))", "RuntimeError", "multiply", "(5, 2, 3)"),
        ("x.T", "", "`.T` is meant for two axes", "`.mT`"),
    ],
)  # fmt: skip
def test_a_refusal_has_torch_s_words_and_a_reason(line: str, error: str, words: str, why: str) -> None:
    """The error's name and words are torch's, and the reason is in terms of shape and strides."""
    chain = tried(line)
    assert chain is not None
    assert chain.not_taken is not None
    assert chain.not_taken.error == error
    assert words in chain.not_taken.words
    assert why in chain.not_taken.why


# Writing


@steady
@given(line=lines())
def test_a_write_shows_exactly_where_memory_is_shared(line: str) -> None:
    """-1 in the result's first cell: `x` changes, at that place, if and only if the result lies in its memory."""
    assume(len(line) <= LONGEST)
    steps = parse(line, SIZES)
    chain, after = rearrange(X, steps), written(X, steps)
    assert torch.equal(X, positions((5, 2, 3)))
    assert [stage.text for stage in chain.stages] == [stage.text for stage in after.stages]
    if not chain.result.numel():
        assert torch.equal(after.stages[0].tensor, X)
        return
    origin = int(chain.result[(0,) * chain.result.dim()])
    expected = X.clone()
    if shares(chain.result, X):
        expected.view(-1)[origin] = -1
    assert torch.equal(after.stages[0].tensor, expected)
    assert torch.equal(after.result == -1, chain.result == origin)
