"""check_my_lstm.py, as a person would use it: on healthy and broken models of several kinds, and pasted as a file."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from components.lessons.clinic import quoted
from components.lessons.clinic.quoted import PROBES, Subject, check, plain
from tests import fresh

(TWICE, SAMPLE, FUTURE, TARGETS, PADDING, CUT, WEIGHT_HH, EQUAL, NOISE, HEART, PARAMETERS, FOOL) = PROBES


def noise(seed: int, *shape: int) -> Tensor:
    """Numbers of a generator of their own."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


class Recurrent(nn.Module):
    """An `nn.LSTM` or `nn.GRU` and a head. The prediction is (N, 1), or (T, N, 1) with `steps`."""

    def __init__(self, kind: Callable[..., nn.Module] = nn.LSTM, steps: bool = False, **options: Any) -> None:
        super().__init__()
        self.steps, self.rnn = steps, kind(2, 16, **options)
        self.head = nn.Linear(32 if options.get("bidirectional") else 16, 1)

    def forward(self, x: Tensor) -> Tensor:
        output = self.rnn(x)[0]
        out: Tensor = self.head(output if self.steps else output[:, -1])
        return out


class Cells(nn.Module):
    """An `nn.LSTMCell` in a loop, (N, T, 1). With `forgets` it drops the state at every step."""

    def __init__(self, forgets: bool = False) -> None:
        super().__init__()
        self.forgets, self.cell, self.head = forgets, nn.LSTMCell(2, 16), nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        state, out = None, []
        for x_t in x.unbind(1):
            state = self.cell(x_t, None if self.forgets else state)
            out.append(self.head(state[0]))
        return torch.stack(out, 1)


class Transformer(nn.Module):
    """One encoder layer, (N, T, 1); without a mask every step sees the whole sequence."""

    def __init__(self, masked: bool) -> None:
        super().__init__()
        self.masked, self.embed, self.head = masked, nn.Linear(2, 16), nn.Linear(16, 1)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1]) if self.masked else None
        out: Tensor = self.head(self.layer(self.embed(x), src_mask=mask))
        return out


def mse(model: Any, x: Tensor, y: Tensor) -> Tensor:
    return nn.functional.mse_loss(model(x), y)


def last(build: Callable[[], nn.Module], **more: Any) -> Subject:
    """One prediction a sample: the mean of the sequence."""
    x = noise(1, 64, 6, 2)
    return Subject(build, x, x.mean((1, 2))[:, None], mse, **more)


def each(build: Callable[[], nn.Module], **more: Any) -> Subject:
    """A prediction at each step: the sum of this step's input and half of the one before."""
    x = noise(2, 64, 6, 2)
    before = nn.functional.pad(x, (0, 0, 1, 0))[:, :6]
    return Subject(build, x, (x + before / 2).sum(2, keepdim=True), mse, each_step=True, **more)


def time_first(build: Callable[[], nn.Module]) -> Subject:
    """The same with time on the first axis."""
    by_sample = each(build)
    x, y = (tensor.transpose(0, 1) for tensor in (by_sample.x, by_sample.y))
    return Subject(build, x, y, mse, each_step=True, samples=1, time=0)


HEALTHY: dict[str, Subject] = {
    "nn.LSTM": last(partial(Recurrent, batch_first=True)),
    "GRU": last(partial(Recurrent, nn.GRU, batch_first=True)),
    "nn.LSTM at each step, time first": time_first(partial(Recurrent, steps=True)),
    "LSTMCell": each(Cells),
    "Transformer": each(partial(Transformer, True), steps=200, rate=0.01),
}
BROKEN: dict[str, tuple[Subject, set[str]]] = {
    "nn.LSTM without batch_first": (last(Recurrent), {SAMPLE, WEIGHT_HH, EQUAL, FOOL}),
    "GRU without batch_first": (last(partial(Recurrent, nn.GRU)), {SAMPLE, WEIGHT_HH, EQUAL, FOOL}),
    "two directions": (each(partial(Recurrent, steps=True, batch_first=True, bidirectional=True)), {FUTURE}),
    "LSTMCell without its state": (each(partial(Cells, forgets=True)), {WEIGHT_HH, PARAMETERS}),
    "Transformer without a mask": (each(partial(Transformer, False), steps=200, rate=0.01), {FUTURE}),
}


def failed(subject: Subject) -> set[str]:
    """The probes that find a fault. The random state of this process is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return {name for name, finding in check(subject).items() if finding.passed is False}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_model_passes(name: str) -> None:
    assert failed(HEALTHY[name]) == set()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_is_found(name: str) -> None:
    subject, expected = BROKEN[name]
    assert failed(subject) == expected


def test_a_probe_without_a_meaning_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """A Transformer has no weight_hh; most models have no padding, stream or targets to change."""
    assert failed(HEALTHY["Transformer"]) == set()
    lines = {line[8:38].strip(): line for line in capsys.readouterr().out.splitlines()}
    assert set(lines) == {*PROBES}
    for name in (TARGETS, PADDING, CUT, WEIGHT_HH, NOISE):
        assert lines[name].startswith("- ")
    assert "has no parameter that is called weight_hh" in lines[WEIGHT_HH]


def test_it_runs_as_a_file() -> None:
    """Pasted and run, it prints a healthy and a broken model, without a warning."""
    done = fresh.alone(inspect.getsource(quoted))
    assert (done.returncode, done.stderr) == (0, "")
    healthy, broken = done.stdout.strip().split("\n\n")
    assert healthy.count("FAILED") == 0
    assert broken.count("FAILED") == 4


def test_it_is_used_as_its_first_lines_say() -> None:
    """The example in the module's docstring runs, with a model of one's own."""
    words = inspect.getdoc(quoted)
    assert words is not None
    example = "\n".join(line[4:] for line in words.splitlines() if line.startswith("    "))
    program = [
        inspect.getsource(quoted).partition('if __name__ == "__main__":')[0],
        "import sys, types",
        "mine = types.ModuleType('my_project')",
        "mine.Net, mine.mse = (lambda: Example(True)), nn.functional.mse_loss",
        "mine.x = torch.randn(64, 6, 2)",
        "mine.y = mine.x.mean((1, 2))[:, None]",
        "sys.modules |= {'my_project': mine, 'check_my_lstm': sys.modules['__main__']}",
        example,
    ]
    done = fresh.alone("\n".join(program))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(PROBES)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1e-8, "almost 0"), (1.44e-5, "0.000014"), (0.0421, "0.042"), (10.0, "10"), (8579.3, "8600")],
)
def test_a_figure_has_two_digits_and_no_power_of_ten(value: float, text: str) -> None:
    assert plain(value) == text


def test_two_calls_that_nearly_agree_differ_by_more_than_zero() -> None:
    """Bits count here: a tiny difference fails, and is not said to be 0."""

    class Trembling(nn.Linear):
        calls = 0

        def forward(self, x: Tensor) -> Tensor:
            self.calls += 1
            return super().forward(x) * 0 + self.calls * 1e-8

    x = noise(1, 16, 6, 2)
    found = PROBES[TWICE](Subject(partial(Trembling, 2, 1), x, x[..., :1], mse))
    assert found.passed is False
    assert found.did.endswith("is more than 0.")
    equal = PROBES[TWICE](Subject(Cells, x, x[..., :1], mse))
    assert equal.did.endswith("is 0.")


def test_too_few_samples_are_said() -> None:
    few = Subject(Cells, noise(1, 5, 6, 2), noise(2, 5, 6, 1), mse)
    with pytest.raises(ValueError, match="x has 5 samples on axis 0; the probes need 16 or more"):
        check(few)
