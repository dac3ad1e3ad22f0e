"""check_my_lstm.py: twelve probes for a recurrent model. They find faults that raise no error.

A probe runs the model and looks at what comes out. It does not read the code. Import your own model, describe it as a
`Subject`, and print the verdicts:

    from check_my_lstm import Subject, check
    from my_project import Net, x, y, mse  # x is (samples, steps, features), y is (samples, 1)

    check(Subject(Net, x, y, loss=lambda model, x, y: mse(model(x), y)))

Add `samples=1, time=0` if time is the first axis of x, and `each_step=True` if there is a prediction at each step. With
`pad`, `stream` and the other fields of `Subject` further probes have a meaning. `Net` is called without arguments.

`python check_my_lstm.py` checks two models as an example. The file needs nothing but torch.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Subject:
    """A model and a batch of its data, with what the probes must know. Only the first four have no default.

    A probe for which something is missing says "not applicable" and why.
    """

    build: Callable[[], Any]  # makes a new model, with new random parameters
    x: Tensor  # a batch of inputs, with 16 or more samples
    y: Tensor  # their targets; whole numbers are classes
    loss: Callable[[Any, Tensor, Tensor], Tensor]  # loss(model, x, y), as the training computes it
    predict: Callable[[Any, Tensor], Tensor] = lambda model, x: model(x)  # as in use; classes on the last axis
    samples: int = 0  # the axis of x, y and the predictions that counts the samples
    time: int = 1  # the axis of x that counts the time steps
    each_step: bool = False  # whether there is a prediction at each step; then `time` is their axis too
    causal: bool = True  # whether the prediction at a step may only know x up to this step
    evaluate: Callable[[Any, Tensor, Tensor], Tensor] | None = None  # predictions, if evaluation gets the targets too
    pad: Callable[[Tensor, int], Tensor] | None = None  # pad(x, n): x with n more steps of padding
    stream: Callable[[Any, Tensor], Tensor] | None = None  # the predictions, with x read in pieces
    restart: Callable[[Tensor, int, int], Tensor] | None = None  # restart(x, row, step): a new episode begins there
    targets: Callable[[Tensor], Tensor] | None = None  # makes y from x, if y is a part of x: "the next value"
    answer: Callable[[Any, Tensor], Tensor] | None = None  # predictions that match y, if `predict` does not
    steps: int = 100  # training steps; a model that needs more may fail the last three probes
    rate: float = 0.02
    optimiser: Callable[..., Any] = torch.optim.Adam


@dataclass(frozen=True)
class Finding:
    """What a probe found. `passed` is None if the probe has no meaning for this model; then `did` says why."""

    passed: bool | None
    figure: float  # the number on which the verdict rests
    did: str  # what this model did


HEART = 0.25  # of the loss at the start; softmax before cross_entropy ends at .54 of it with four classes
SAME = 1e-4  # of the size of the predictions; what is less is rounding
TINY = 1e-12  # in place of a divisor that is zero


def plain(value: float) -> str:
    """Two digits without a power of ten: 0.042, 8600. Below 0.000001 it is "almost 0", if it is not zero."""
    if 0 < value < 1e-6:
        return "almost 0"
    digits = f"{value:.2g}"
    return f"{float(digits):.7f}".rstrip("0").rstrip(".") if abs(value) < 1e9 else digits


def more_than_zero(value: float) -> str:
    """As `plain`, where it counts that the figure is not zero, however small: then it is "more than 0"."""
    return "more than 0" if 0 < value < 1e-6 else plain(value)


def _compared(probe: Callable[[Subject, Any, Tensor], Finding]) -> Callable[[Subject], Finding]:
    """The probe with a new model in eval mode, 16 samples, and the predictions for them; if two calls are equal."""

    @wraps(probe)
    def compared(s: Subject) -> Finding:
        few = replace(s, x=s.x.narrow(s.samples, 0, 16), y=s.y.narrow(s.samples, 0, 16))
        model = s.build().eval()
        before = _run(few, model, few.x)
        return probe(few, model, before) if torch.equal(before, _run(few, model, few.x)) else UNSTEADY

    return compared


def call_twice(s: Subject) -> Finding:
    """Call it twice in eval(): a right model gives the same bits."""
    model = s.build().eval()
    gap = _largest(_run(s, model, s.x) - _run(s, model, s.x))
    did = f"The largest difference between two calls with the same input is {more_than_zero(gap)}."
    return Finding(gap == 0, gap, did)


@_compared
def change_one_sample(s: Subject, model: Any, before: Tensor) -> Finding:
    """Change one sample: in a right model only the result of this sample moves."""
    changed = s.x.clone()
    changed.select(s.samples, 0).copy_(s.x.select(s.samples, 1))
    moved = (_run(s, model, changed) - before).movedim(s.samples, 0)
    own, others = _largest(moved[0]), _largest(moved[1:])
    share = others / max(own, others, TINY)
    did = f"The sample's own result moves by {plain(own)}, the results of the others by {plain(others)} at most."
    return Finding(own > 0 and share < SAME, share, did)


@_compared
def change_the_future(s: Subject, model: Any, before: Tensor) -> Finding:
    """Change what comes after a step: in a right model the predictions up to this step stand still."""
    if not s.each_step or not s.causal:
        return Finding(None, 0, "It does not predict at each step from the past alone.")
    half = s.x.shape[s.time] // 2
    past, future = s.x.split([half, s.x.shape[s.time] - half], s.time)
    moved = _run(s, model, torch.cat((past, future.roll(1, s.samples)), s.time)) - before
    early = _largest(moved.narrow(s.time, 0, half)) / max(_largest(moved), TINY)
    did = (
        f"The steps after {half} are changed. The predictions up to {half} move by {plain(early)} of the largest move."
    )
    return Finding(early < SAME, early, did)


@_compared
def change_the_targets(s: Subject, model: Any, before: Tensor) -> Finding:
    """Change the targets that the evaluation gets: in a right model the predictions stand still."""
    if s.evaluate is None:
        return Finding(None, 0, "Its evaluation hands no targets to the model.")
    with torch.no_grad():
        moved = s.evaluate(model, s.x, s.y) - s.evaluate(model, s.x, s.y.roll(1, s.samples))
    share = _largest(moved) / max(_largest(before), TINY)
    return Finding(
        share < SAME, share, f"With other targets the predictions move by {plain(share)} of their size at most."
    )


@_compared
def add_padding(s: Subject, model: Any, before: Tensor) -> Finding:
    """Add padding at the end: in a right model nothing moves."""
    if s.pad is None:
        return Finding(None, 0, "Its sequences have no padding.")
    after = _run(s, model, s.pad(s.x, 4))
    if s.each_step:
        after = after.narrow(s.time, 0, before.shape[s.time])
    share = _largest(after - before) / max(_largest(before), TINY)
    return Finding(
        share < SAME, share, f"With 4 more steps of padding the results move by {plain(share)} of their size."
    )


@_compared
def cut_and_go_on(s: Subject, model: Any, before: Tensor) -> Finding:
    """Cut the series and hand the state on, or begin anew in one row: equal to one call, or to a fresh start."""
    if s.stream is not None:
        with torch.no_grad():
            gap = s.stream(model, s.x) - before
        said = "Read in pieces, its results differ from one call by {} of their size at most."
    elif s.restart is not None:
        row, step = 2, s.x.shape[s.time] // 2
        begun = s.restart(s.x, row, step)
        length = begun.shape[s.time] - step
        right = before.movedim((s.samples, s.time), (0, 1)).clone()
        fresh = _run(s, model, begun.narrow(s.time, step, length)).movedim((s.samples, s.time), (0, 1))
        right[row, step:] = fresh[row]
        gap = _run(s, model, begun).movedim((s.samples, s.time), (0, 1)) - right
        said = f"Row {row} begins anew at step {step + 1}. The results are off by {{}} of their size at most."
    else:
        return Finding(None, 0, "It reads whole sequences: no state is handed on.")
    share = _largest(gap) / max(_largest(before), TINY)
    return Finding(share < SAME, share, said.format(plain(share)))


@_compared
def clear_weight_hh(s: Subject, model: Any, before: Tensor) -> Finding:
    """Set weight_hh to zeros: a right model reads its past, so the result changes. (Looked at: the first sample.)"""
    recurrent = [value for name, value in model.named_parameters() if "weight_hh" in name]
    if not recurrent:
        return Finding(None, 0, "It has no parameter that is called weight_hh.")
    with torch.no_grad():
        for value in recurrent:
            value.zero_()
    moved = (_run(s, model, s.x) - before).select(s.samples, 0)
    share = _largest(moved) / max(_largest(before), TINY)
    return Finding(share > SAME, share, f"Without weight_hh the first result moves by {plain(share)} of its size.")


def equal_inputs(s: Subject, steps: int = 20) -> Finding:
    """Train on equal inputs with unequal targets: a right model gives equal outputs, as it cannot tell them apart."""
    copies = torch.cat([s.x.narrow(s.samples, 0, 1)] * 3, s.samples)
    model = s.build().train()
    *_, loss = _train(s, model, copies, s.y.narrow(s.samples, 0, 3), steps)
    first = _run(s, model.eval(), copies)
    if not torch.equal(first, _run(s, model, copies)):
        return UNSTEADY
    outputs = first.movedim(s.samples, 0)
    share = _largest(outputs - outputs[:1]) / max(_largest(outputs), TINY)
    trained = f"loss {plain(loss)}, {steps} steps"
    did = f"Three equal inputs get outputs that differ by {plain(share)} of their size ({trained})."
    return Finding(share < SAME, share, did)


def pure_noise(s: Subject, steps: int = 60) -> Finding:
    """Train on pure noise: on new noise a right model is no better than with the targets exchanged (figure: 1)."""
    if s.targets is None:
        return Finding(None, 1, "Its targets are not a part of its inputs.")
    noise, new = _noise(s), _noise(s)
    model = s.build().train()
    for _ in _train(s, model, noise, s.targets(noise), steps):
        pass
    model.eval()
    with torch.no_grad():
        told = s.loss(model, new, s.targets(new)).item()
        exchanged = s.loss(model, new, s.targets(new).roll(1, s.samples)).item()
    did = f"On new noise its loss is {plain(told)}, and {plain(exchanged)} with the targets exchanged."
    return Finding(told / exchanged > 0.7, told / exchanged, did)


def by_heart(s: Subject, steps: int = 150) -> Finding:
    """Train on four samples alone: a right model learns them by heart, so the loss goes to zero (figure: its share)."""
    x, y = s.x.narrow(s.samples, 0, 4), s.y.narrow(s.samples, 0, 4)
    model = s.build().train()
    first = last = _loss(s, model, x, y)
    step = 0
    for step, _ in enumerate(_train(s, model, x, y, steps), start=1):
        if step % 15 == 0 and (last := _loss(s, model, x, y)) < HEART * first:
            break
    share = last / first
    return Finding(
        share < HEART, share, f"On four samples the loss goes from {plain(first)} to {plain(last)} in {step} steps."
    )


def every_parameter(s: Subject) -> Finding:
    """Look at every parameter: in a right model a call alone changes none, and a training step moves each."""
    model = s.build().train()
    values = [(name, value) for name, value in model.named_parameters() if value.requires_grad]
    optimiser = s.optimiser([value for _, value in values], lr=s.rate)
    start = [value.detach().clone() for _, value in values]
    loss = s.loss(model, s.x, s.y)
    by_call = [name for (name, value), old in zip(values, start, strict=True) if not torch.equal(value, old)]
    optimiser.zero_grad()
    loss.backward()
    start = [value.detach().clone() for _, value in values]
    optimiser.step()
    stuck = [name for (name, value), old in zip(values, start, strict=True) if torch.equal(value, old)]
    faulty = [f"{name} is changed by a call" for name in by_call] + [f"{name} does not move" for name in stuck]
    did = "; ".join(faulty[:3]) or f"Each of {len(values)} parameters is moved by a training step, and none by a call"
    return Finding(not faulty, float(len(faulty)), f"{did}.")


def beside_a_guess(s: Subject) -> Finding:
    """Compare it on later samples with guesses: the mean, the last value, the most frequent class. It must win."""
    half = s.x.shape[s.samples] // 2
    (x, x_new, *_), (y, y_new, *_) = s.x.split(half, s.samples), s.y.split(half, s.samples)
    model = s.build().train()
    for _ in _train(s, model, x, y, s.steps):
        pass
    guess = _run(replace(s, predict=s.answer or s.predict), model.eval(), x_new)
    if y.is_floating_point():
        error = ((guess.reshape(y_new.shape) - y_new) ** 2).mean().item()
        last = x_new.narrow(s.time, -1, 1)
        guesses = [y.mean(), *([last.reshape(y_new.shape)] if last.numel() == y_new.numel() else [])]
        best = min(((guess - y_new) ** 2).mean().item() for guess in guesses)
    else:
        error = (guess.argmax(-1) != y_new).float().mean().item()
        best = (y.flatten().mode().values != y_new).float().mean().item()
    share = error / max(best, TINY)
    return Finding(
        share < 0.9, share, f"Its error on later samples is {plain(error)}, the best guess's is {plain(best)}."
    )


PROBES: dict[str, Callable[[Subject], Finding]] = {
    "call it twice in eval()": call_twice,
    "change one sample": change_one_sample,
    "change the future": change_the_future,
    "change the targets it is told": change_the_targets,
    "add padding": add_padding,
    "cut, hand the state on": cut_and_go_on,
    "set weight_hh to zeros": clear_weight_hh,
    "equal inputs, unequal targets": equal_inputs,
    "pure noise as data": pure_noise,
    "four samples by heart": by_heart,
    "every parameter": every_parameter,
    "beside a guess": beside_a_guess,
}
UNSTEADY = Finding(None, 0, "Two equal calls differ already, so nothing can be compared. First mend that.")


def check(subject: Subject) -> dict[str, Finding]:
    """Run all probes and print a table of their verdicts. The findings, by the names of the probes.

    Raises `ValueError` if there are fewer than 16 samples.
    """
    if (count := subject.x.shape[subject.samples]) < 16:
        raise ValueError(f"x has {count} samples on axis {subject.samples}; the probes need 16 or more")
    found = {name: probe(subject) for name, probe in PROBES.items()}
    for name, finding in found.items():
        word = {True: "passed", False: "FAILED", None: "-"}[finding.passed]
        print(f"{word:7} {name:30} {finding.did}")
    return found


@torch.no_grad()
def _run(s: Subject, model: Any, x: Tensor) -> Tensor:
    return s.predict(model, x)


@torch.no_grad()
def _loss(s: Subject, model: Any, x: Tensor, y: Tensor) -> float:
    """The loss in eval mode."""
    loss = s.loss(model.eval(), x, y).item()
    model.train()
    return loss


def _train(s: Subject, model: Any, x: Tensor, y: Tensor, steps: int) -> Iterator[float]:
    """Train the model, and yield the loss before each step."""
    optimiser = s.optimiser(model.parameters(), lr=s.rate)
    for _ in range(steps):
        loss = s.loss(model, x, y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        yield loss.item()


def _noise(s: Subject) -> Tensor:
    """The steps of all samples in a random order: noise with the same values."""
    steps = s.x.movedim((s.samples, s.time), (0, 1))
    flat = steps.flatten(0, 1)
    return flat[torch.randperm(len(flat))].view_as(steps).movedim((0, 1), (s.samples, s.time))


def _largest(values: Tensor) -> float:
    return values.abs().max().item()


class Example(nn.Module):
    """Predicts the mean of a sequence. With batch_first=False its LSTM takes the samples for time steps."""

    def __init__(self, batch_first: bool) -> None:
        super().__init__()
        self.lstm, self.head = nn.LSTM(2, 16, batch_first=batch_first), nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        """The prediction, (N, 1), for x of (N, T, 2)."""
        prediction: Tensor = self.head(self.lstm(x)[0][:, -1])
        return prediction


if __name__ == "__main__":
    torch.manual_seed(1)
    x = torch.randn(64, 10, 2)
    y = x.mean((1, 2))[:, None]
    for batch_first in (True, False):
        print(f"\nnn.LSTM(2, 16, batch_first={batch_first})")
        check(Subject(partial(Example, batch_first), x, y, loss=lambda model, x, y: ((model(x) - y) ** 2).mean()))
