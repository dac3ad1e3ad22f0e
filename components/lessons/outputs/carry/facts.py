"""Why the state is a tuple: a sequence is cut in two and continued with all, half or nothing of the state.

c cannot be computed from h, because h = o tanh(c) has gone through the output gate. So a call that continues a sequence
needs both. An `nn.RNN` has no c, and one tensor is its whole state:
https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from components.lstm.axes import time_axis
from components.lstm.build import Setup, State, build_rnn, shared_build
from components.lstm.compare import differences, tolerance
from components.lstm.refusal import Refusal, refused
from components.settings import Settings

CARRIED = ("(h, c)", "h alone", "c alone", "neither")


@dataclass(frozen=True)
class Continued:
    """The difference between the continued and the uncut sequence: the largest one of `output` at each step."""

    cut: int  # steps before the cut
    per_step: dict[str, tuple[float, ...]]  # for each of `CARRIED`, for t = cut + 1 .. T
    tolerance: float

    def same(self, carried: str) -> bool:
        """Whether rounding explains the difference at every step."""
        return max(self.per_step[carried]) <= self.tolerance


def continued(settings: Settings, cut: int) -> Continued:
    """The sequence cut after `cut` steps and continued with each of `CARRIED`. What is not carried is zeros.

    Raises `ValueError` if there is no step before the cut, or none after it.
    """
    module, inputs, hx = shared_build(settings)
    first, rest = _parts(inputs, settings, cut)
    with torch.no_grad():
        whole, (_, c_n) = module(inputs, hx)
        _, (h, c) = module(first, hx)
        no_h, no_c = torch.zeros_like(h), torch.zeros_like(c)
        states: tuple[State, ...] = ((h, c), (h, no_c), (no_h, c), (no_h, no_c))
        _, expected = _parts(whole, settings, cut)
        max_abs_diff = {
            name: differences(module(rest, state)[0], expected, settings.batch_first)
            for name, state in zip(CARRIED, states, strict=True)
        }
    return Continued(cut, max_abs_diff, tolerance(whole.dtype, c_n))


def _parts(sequence: Tensor, settings: Settings, cut: int) -> tuple[Tensor, Tensor]:
    """The parts of a sequence before and after the cut. Raises `ValueError` if one of them has no step."""
    if not 1 <= cut < settings.seq_len:
        raise ValueError(f"cut is {cut}, not a step from 1 to {settings.seq_len - 1}")
    first, rest = torch.split(sequence, [cut, settings.seq_len - cut], dim=time_axis(settings.batch_first))
    return first, rest


def rnn_continued(settings: Settings, cut: int) -> tuple[float, ...]:
    """The differences for an `nn.RNN` that starts from zeros, is cut in the same place, and continues with h alone."""
    rnn, inputs = build_rnn(settings), shared_build(settings).inputs
    first, rest = _parts(inputs, settings, cut)
    with torch.no_grad():
        whole, _ = rnn(inputs)
        _, h = rnn(first)
        _, expected = _parts(whole, settings, cut)
        return differences(rnn(rest, h)[0], expected, settings.batch_first)


def one_tensor(setup: Setup) -> Refusal | None:
    """The error that torch raises if an LSTM is given h_0 alone, not two tensors; None if it raises none."""
    module, inputs, (h_0, _) = setup
    return refused(lambda: module(inputs, h_0))
