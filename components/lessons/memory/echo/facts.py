"""How long an input is heard: the run with the input compared with the run without it, step by step.

If the input is a pulse, the difference is what engineers call the impulse response. An `nn.RNN` has only h to carry it.
"""

import dataclasses
from typing import NamedTuple

import torch
from torch import Tensor

from components.lessons.memory.facts import Surgery, edited, operate
from components.lstm.axes import time_major
from components.lstm.build import Setup, build_rnn, shared_build
from components.lstm.compare import counts, tolerance
from components.settings import Settings

SILENT = 1e-6  # an input up to this counts as zero, because a computed sin(pi) is not exactly 0


def first_input(setup: Setup, sample: int, reverse: bool = False) -> int:
    """The first step t, in the order of reading, at which x_t of this sample is not zero; the first step if all are."""
    x = time_major(setup.inputs, setup.module.batch_first)[:, sample]
    heard = (x.abs().amax(dim=1) > SILENT).nonzero().flatten().tolist()
    if not heard:
        return len(x) if reverse else 1
    return int(heard[-1 if reverse else 0]) + 1


def pulse_is_late(settings: Settings, sample: int) -> bool:
    """Whether the input is a pulse that would come to this sample after the last step. Then every x of it is zero."""
    return settings.signal == "pulse" and sample >= settings.seq_len


class Echo(NamedTuple):
    """How much h of one layer and direction changes at each step if one input is set to 0."""

    change: Tensor  # (T,): the largest change
    limit: float  # rounding explains a change up to this

    def last(self, reverse: bool = False) -> int:
        """The last step t, in the order of reading, at which h changes by more than rounding; 0 if there is none."""
        moved = counts(self.change, self.limit).nonzero().flatten().tolist()
        return int(moved[0 if reverse else -1]) + 1 if moved else 0


def echo(setup: Setup, surgery: Surgery, sample: int, t: int) -> Echo:
    """The change in h of the altered layer and direction if x_t is set to 0 in all features."""
    module, inputs, hx = setup
    # With and without x_t, as a batch of two: so the loop over the steps runs once.
    twice = inputs[[sample, sample]] if module.batch_first else inputs[:, [sample, sample]]
    states = hx[0][:, [sample, sample]], hx[1][:, [sample, sample]]
    pair = edited(Setup(module, twice, states), surgery)
    time_major(pair.inputs, module.batch_first)[t - 1, 1] = 0
    run = operate(pair, dataclasses.replace(surgery, edits=()))
    return Echo((run.h[:, 0] - run.h[:, 1]).abs().amax(dim=1), tolerance(run.c.dtype, run.c, run.c_0))


@torch.no_grad()
def rnn_echo(settings: Settings, layer: int, direction: int, sample: int, t: int) -> Echo:
    """The same for h of an `nn.RNN` of the same sizes and seed, in one direction, which starts from zeros."""
    rnn = build_rnn(dataclasses.replace(settings, num_layers=layer + 1, bidirectional=False, batch_first=False))
    x = time_major(shared_build(settings).inputs, settings.batch_first)[:, sample : sample + 1]
    without = x.clone()
    without[t - 1] = 0
    with_it, without_it = (rnn(inputs.flip(0) if direction else inputs)[0] for inputs in (x, without))
    change = (with_it - without_it).abs().amax(dim=(1, 2))
    return Echo(change.flip(0) if direction else change, tolerance(with_it.dtype, with_it))
