"""The replayed notebook: plain PyTorch draws the same, prints the same, and differs by as much."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from IPython.lib.pretty import pretty
from torch import Tensor

from components.lessons.notebook.facts import (
    GAP,
    LAST,
    LINES,
    displayed,
    in_a_fresh_kernel,
    input_sequence,
    replay,
    shortened,
)
from components.lessons.notebook.program import AS_IT_WAS, MENDED, statement
from components.settings import Settings
from tests import plain

steady = examples(deadline=None, derandomize=True, max_examples=40)
own = st.builds(
    Settings,
    input_size=st.integers(1, 12),
    hidden_size=st.integers(1, 12),
    seq_len=st.integers(1, 9),
    seed=st.integers(0, 9999),
)

# What the notebook printed, with today's name of the operation in place of its own.
INPUT_SEQUENCE = """\
[tensor([[[ 0.0939,  1.2381, -1.3459]]]),
 tensor([[[ 0.5119, -0.6933, -0.1668]]]),
 tensor([[[-0.9999, -1.6476,  0.8098]]]),
 tensor([[[ 0.0554,  1.1340, -0.5326]]]),
 tensor([[[ 0.6592, -1.5964, -0.3769]]])]"""
OUT = """\
tensor([[[-0.2566,  0.1294,  0.0441, -0.5235]],

        [[-0.4444,  0.0762,  0.0304, -0.3889]],

        [[-0.1741,  0.1061, -0.0179, -0.1505]],

        [[-0.1409,  0.1110,  0.0773, -0.2373]],

        [[-0.2308,  0.1164, -0.0115, -0.2423]]], grad_fn=<>)"""
HIDDEN = (
    "(tensor([[[-0.2308,  0.1164, -0.0115, -0.2423]]], grad_fn=<>), "
    "tensor([[[-0.4093,  0.6065, -0.0288, -0.4107]]], grad_fn=<>))"
)


def nameless(text: str) -> str:
    """A printed text without the names of operations, each on the line of its tensor."""
    return re.sub(r",\s+grad_fn=<\w*>", ", grad_fn=<>", text)


def by_hand(settings: Settings) -> tuple[list[Tensor], Tensor, tuple[Tensor, Tensor], list[Tensor], Tensor]:
    """The notebook as plain code: its inputs, what its call gave, what its loop gave, and the call from there."""
    drawn = plain.draw(settings.input_size, settings.hidden_size, settings.seq_len, seed=settings.seed)
    lstm, sequence, start = drawn.lstm, list(drawn.inputs.split(1)), (drawn.h_0, drawn.c_0)
    outs, hidden = [], start
    for x in sequence:
        out, hidden = lstm(x, hidden)
        outs.append(out)
    inputs = torch.cat(sequence).view(len(sequence), 1, -1)
    out, hidden = lstm(inputs, drawn.again)
    return sequence, out, hidden, outs, lstm(inputs, start)[0]


def test_the_notebook_s_own_print() -> None:
    """At the defaults the texts are the notebook's, character for character but for the names of operations."""
    run = replay(Settings())
    assert input_sequence(Settings()) == INPUT_SEQUENCE
    assert run.shape == "torch.Size([5, 1, 3])"
    assert nameless(run.out) == OUT
    assert nameless(run.hidden) == HIDDEN


@steady
@given(settings=own)
def test_plain_code_prints_the_same(settings: Settings) -> None:
    """For any sizes and any seed the texts are those of the module and the tensors that plain code draws."""
    sequence, out, hidden, _, _ = by_hand(settings)
    run = replay(settings)
    assert input_sequence(settings) == shortened(pretty(sequence))
    assert run.out == shortened(str(out))
    assert run.hidden == shortened(str(hidden))
    assert out.grad_fn is not None
    assert run.grad_fn == out.grad_fn.name()
    assert run.grad_fn in run.out
    assert run.last_is_h


@steady
@given(settings=own)
def test_the_loop_is_compared_with_the_call(settings: Settings) -> None:
    """With a start that is drawn again, loop and call differ from the first step on. With the same start they agree."""
    _, out, _, outs, mended = by_hand(settings)
    for run, theirs in ((replay(settings), out), (replay(settings, same_start=True), mended)):
        difference = (torch.cat(outs) - theirs).abs().amax(dim=(1, 2)).tolist()
        assert run.comparison.per_step == pytest.approx(difference, abs=1e-7)
        assert run.comparison.same == (max(difference) <= run.comparison.tolerance)
    assert replay(settings, same_start=True).comparison.same
    assert not replay(settings).comparison.same


@steady
@given(settings=own, same_start=st.booleans())
def test_both_runs_are_told_step_by_step(settings: Settings, same_start: bool) -> None:
    """h at t = 0..T of both runs. Plain code draws the states; the differences at t = 1..T are those compared."""
    _, out, _, outs, mended = by_hand(settings)
    run = replay(settings, same_start)
    drawn = plain.draw(settings.input_size, settings.hidden_size, settings.seq_len, seed=settings.seed)
    assert torch.equal(torch.from_numpy(run.loop[0]), drawn.h_0[0, 0])
    assert torch.equal(torch.from_numpy(run.call[0]), (drawn.h_0 if same_start else drawn.again[0])[0, 0])
    assert torch.allclose(torch.from_numpy(run.loop[1:]), torch.cat(outs)[:, 0], atol=1e-6)
    assert torch.allclose(torch.from_numpy(run.call[1:]), (mended if same_start else out)[:, 0], atol=1e-6)
    assert tuple(abs(run.loop - run.call).max(axis=1)[1:].tolist()) == run.comparison.per_step


def test_it_prints_the_same_whatever_the_caller_s_mode() -> None:
    """Gradients are recorded under `no_grad` too, and the caller's mode and the global generator stay as they were."""
    before = torch.random.get_rng_state()
    with torch.no_grad():
        run = replay(Settings())
        assert not torch.is_grad_enabled()
    assert run.out == replay(Settings()).out
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("sizes", [(64, 128, 200), (64, 1, 200), (1, 5, 200), (3, 128, 7), (1, 1, 1), (3, 4, 20)])
def test_a_text_is_never_long(sizes: tuple[int, int, int]) -> None:
    """For all sizes a text has a limited number of lines. Its first and last lines are torch's, and a gap is marked."""
    inputs, hidden, steps = sizes
    settings = Settings(input_size=inputs, hidden_size=hidden, seq_len=steps)
    sequence, out, state, _, _ = by_hand(settings)
    run = replay(settings)
    for text, whole in ((input_sequence(settings), pretty(sequence)), (run.out, str(out)), (run.hidden, str(state))):
        lines, all_lines = text.splitlines(), whole.splitlines()
        assert len(lines) <= LINES
        if GAP in lines:
            assert len(all_lines) > LINES
            assert lines[: LINES - LAST - 1] == all_lines[: LINES - LAST - 1]
            assert lines[-LAST:] == all_lines[-LAST:]
        else:
            assert lines == all_lines


@steady
@given(st.lists(st.integers(1, 64), min_size=1, max_size=4), st.booleans())
def test_a_list_is_displayed_as_a_notebook_does(widths: list[int], small: bool) -> None:
    """Line for line what IPython makes of a list of tensors, short or long ones."""
    tensors = [torch.linspace(-1, 1 if small else 2000, width) for width in widths]
    assert displayed([repr(tensor) for tensor in tensors]) == pretty(tensors)


def test_python_s_own_words() -> None:
    """The original statement raises the error that Python itself raises there. The mended statement runs."""
    with pytest.raises(NameError) as raised:
        eval("inputs", {})
    assert in_a_fresh_kernel(statement(AS_IT_WAS), Settings()) == f"NameError: {raised.value}"
    assert in_a_fresh_kernel(statement(MENDED), Settings()) == ""
