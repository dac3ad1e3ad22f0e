"""Why the state is a tuple: a sequence is cut in two, and continued with all, half or nothing of the state.

c is not in h: h = o tanh(c) has gone through the output gate. So a call that is to go on needs both. A simple
`nn.RNN` has no c, and one tensor is its whole state: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
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
    """How far the continued sequence is from the uncut one: the largest difference of `output` at each step."""

    cut: int  # steps before the cut
    per_step: dict[str, tuple[float, ...]]  # by what was carried, for t = cut + 1 .. T
    tolerance: float

    def same(self, carried: str) -> bool:
        """Whether only rounding is left, at every step."""
        return max(self.per_step[carried]) <= self.tolerance


def continued(settings: Settings, cut: int) -> Continued:
    """Cut after `cut` steps and go on with `(h, c)`, with zeros for c, with zeros for h, and with zeros for both.

    Raises `ValueError` unless there is at least one step on either side of the cut.
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
    """A sequence before and after the cut."""
    if not 1 <= cut < settings.seq_len:
        raise ValueError(f"cut is {cut}, not a step from 1 to {settings.seq_len - 1}")
    first, rest = torch.split(sequence, [cut, settings.seq_len - cut], dim=time_axis(settings.batch_first))
    return first, rest


def rnn_continued(settings: Settings, cut: int) -> tuple[float, ...]:
    """The same cut through an `nn.RNN` that starts from zeros, continued with its one tensor h."""
    rnn, inputs = build_rnn(settings), shared_build(settings).inputs
    first, rest = _parts(inputs, settings, cut)
    with torch.no_grad():
        whole, _ = rnn(inputs)
        _, h = rnn(first)
        _, expected = _parts(whole, settings, cut)
        return differences(rnn(rest, h)[0], expected, settings.batch_first)


def one_tensor(setup: Setup) -> Refusal | None:
    """What torch says when an LSTM is given h_0 alone instead of the two tensors; None when it says nothing."""
    module, inputs, (h_0, _) = setup
    return refused(lambda: module(inputs, h_0))
