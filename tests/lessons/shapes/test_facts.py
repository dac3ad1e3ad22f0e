"""Shapes against torch: sizes and letters, what batch_first moves, what a nudge moves, what torch refuses."""

import dataclasses
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from components.lessons.shapes.facts import BREAKAGES, NUDGE, flip, nudge, readings, refusal
from components.lstm.build import build
from components.settings import Settings
from tests.lstm.strategies import GRID, assert_close, settings_id, small_settings

grid = pytest.mark.parametrize("settings", GRID, ids=settings_id)


@given(settings=small_settings(), data=st.data())
def test_shapes_are_those_of_the_tensors(settings: Settings, data: st.DataObject) -> None:
    """On the side of the settings every shape is that of the tensor, and each letter stands for its size."""
    layer = data.draw(st.integers(0, settings.num_layers - 1))
    direction = data.draw(st.integers(0, settings.num_directions - 1))
    module, inputs, (h_0, c_0) = build(settings)
    output, (h_n, c_n) = module(inputs, (h_0, c_0))
    tensors = dict(module.named_parameters()) | {"inputs": inputs, "h_0": h_0, "c_0": c_0}
    tensors |= {"output": output, "h_n": h_n, "c_n": c_n}
    letters = {"T": settings.seq_len, "B": settings.batch_size, "I": settings.input_size, "H": settings.hidden_size}
    letters |= {"P": settings.proj_size, "L·D": settings.num_layers * settings.num_directions}
    for row in flip(settings, layer, direction):
        shape = row.on if settings.batch_first else row.off
        assert shape.sizes == tuple(tensors[shape.name].shape)
        for letter, size in zip(shape.axes, shape.sizes, strict=True):
            times, name = (int(letter[0]), letter[1:]) if letter[0].isdigit() else (1, letter)
            assert size == times * letters[name], (shape, letter)


@grid
def test_every_parameter_of_the_layer_is_there(settings: Settings) -> None:
    """The tensors of all layers and directions together are all parameters, each once."""
    names = [
        row.off.name
        for layer in range(settings.num_layers)
        for direction in range(settings.num_directions)
        for row in flip(settings, layer, direction)
        if row.off.axes[0] in ("4H", "P")
    ]
    assert names == [name for name, _ in build(settings).module.named_parameters()]


@given(settings=small_settings())
def test_batch_first_swaps_inputs_and_output_alone(settings: Settings) -> None:
    """inputs and output swap their first two axes, everything else stays as it is, bit for bit or within rounding."""
    for row in flip(settings):
        if row.off.name in ("inputs", "output"):
            assert row.swaps, row
            assert row.on.axes == (row.off.axes[1], row.off.axes[0], row.off.axes[2])
        else:
            assert row.stays, row
            assert row.on.axes == row.off.axes


def test_a_flip_that_does_not_hold_is_noticed() -> None:
    """Output without a swap is not the same, and neither is h_n with a swap. If shapes differ, there is no figure."""
    found = {row.off.name: row for row in flip(Settings(seq_len=3, batch_size=3, num_layers=3))}
    assert not found["output"].stays
    assert found["output"].kept is not None
    assert not found["h_n"].swaps
    assert found["h_n"].swapped is not None
    assert {row.off.name: row for row in flip(Settings(batch_size=2))}["output"].kept is None


@grid
def test_a_sequence_and_a_batch(settings: Settings) -> None:
    """The rows of nn.LSTM are one run. Each row of nn.LSTMCell is a run of one step. The first rows agree."""
    plain: dict[str, Any] = {
        "num_layers": 1,
        "bidirectional": False,
        "proj_size": 0,
        "batch_first": False,
        "batch_size": 1,
    }
    module, inputs, _ = build(dataclasses.replace(settings, **plain))
    read = readings(settings)
    assert torch.equal(read.read, inputs[:, 0])
    with torch.no_grad():
        assert_close(read.sequence, module(inputs)[0][:, 0], 1e-6)
        alone = torch.cat([module(row[None, None])[0][0] for row in read.read])
    assert_close(read.batch, alone, 1e-6)
    assert 1 <= read.agreeing <= settings.seq_len
    assert (read.agreeing == settings.seq_len) == torch.allclose(read.sequence, read.batch, atol=2e-6)


@given(settings=small_settings(signal="random"))
def test_a_nudge_moves_its_own_sample_after_transpose(settings: Settings) -> None:
    """After transpose sample 0 alone moves; after view the first min(T, B) samples do; mixed is what view does."""
    found = nudge(settings)
    assert set(found["transpose"].moved) <= {0}
    assert not found["transpose"].mixed
    assert set(found["view"].moved) <= set(range(min(settings.seq_len, settings.batch_size)))
    assert found["view"].mixed == (settings.seq_len > 1 and settings.batch_size > 1)
    assert found["view"].change.shape == (settings.seq_len, settings.batch_size)


@pytest.mark.parametrize(("steps", "batch"), [(5, 4), (3, 4), (4, 4), (1, 4), (12, 5)])
def test_a_nudge_is_torch_s_own(steps: int, batch: int) -> None:
    """The change of each output is that of two calls in this test, and it is larger than rounding."""
    settings = Settings(seq_len=steps, batch_size=batch)
    module, inputs, hx = build(settings)
    data = inputs.transpose(0, 1).contiguous()
    other = torch.cat([data[:1] + NUDGE, data[1:]])
    with torch.no_grad():
        for name, made in (
            ("transpose", lambda x: x.transpose(0, 1)),
            ("view", lambda x: x.view(steps, batch, 3)),
        ):
            found = nudge(settings)[name]
            change = (module(made(other), hx)[0] - module(made(data), hx)[0]).abs().amax(dim=2)
            assert_close(found.change, change, 1e-6)
            assert torch.equal(made(data), data[found.origin, _rows(name, steps, batch)])
    assert nudge(settings)["transpose"].moved == (0,)
    assert nudge(settings)["view"].moved == tuple(range(min(steps, batch)))


def _rows(name: str, steps: int, batch: int) -> torch.Tensor:
    """The step of data that stands at (t, b), so that sample and step together name a row of it."""
    if name == "transpose":
        return torch.arange(steps)[:, None].expand(steps, batch)
    return (torch.arange(steps * batch) % steps).view(steps, batch)


@pytest.mark.parametrize("breakage", BREAKAGES)
@grid
def test_torch_s_own_words(settings: Settings, breakage: str) -> None:
    """The error's type and words are those of a call made by hand; none where torch raises none."""
    module, inputs, (h_0, c_0) = build(settings)
    wrong = {
        "features": lambda: module(torch.cat([inputs, inputs[..., :1]], dim=-1)),
        "axes": lambda: module(inputs.unsqueeze(0)),
        "state": lambda: module(inputs, (h_0[:, :1].clone(), c_0[:, :1].clone())),
        "state_first": lambda: module(inputs, (h_0.transpose(0, 1).clone(), c_0.transpose(0, 1).clone())),
    }[breakage]
    said = refusal(settings, breakage)
    if said:
        with pytest.raises((RuntimeError, ValueError)) as caught:
            wrong()
        assert (type(caught.value).__name__, str(caught.value)) == (said.name, said.words)
        return
    wrong()
    assert breakage.startswith("state")
    assert settings.batch_size in (1, settings.num_layers * settings.num_directions)


def test_nothing_global_is_touched() -> None:
    """No draw of the process-wide generator, and gradients stay as they were."""
    before = torch.random.get_rng_state()
    settings = Settings(batch_size=4)
    for work in (flip, readings, nudge):
        work(settings)
    assert torch.equal(before, torch.random.get_rng_state())
    assert torch.is_grad_enabled()
    assert isinstance(build(settings).module, nn.LSTM)
