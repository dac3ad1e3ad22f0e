"""The player is sent torch's numbers and parameters, in the layout that the docstring states, and nothing else."""

import numpy as np
import pytest
from hypothesis import given

from components.lessons.one_step.frames import LAYOUT, packed
from components.lstm.build import build
from components.settings import Settings
from tests.lstm.equations import equations
from tests.lstm.strategies import any_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")


def unpacked(data: bytes) -> tuple[list[int], dict[str, np.ndarray]]:
    """The layout, and every array by its name, as the docstring of `packed` says."""
    layout = np.frombuffer(data[: 4 * LAYOUT], "<i4").tolist()
    steps, reads, units, shown, bias, *_ = layout
    shapes: dict[str, tuple[int, ...]] = {"x": (steps, reads), **dict.fromkeys("ifgo", (steps, units))}
    shapes |= {"c": (steps + 1, units), "h": (steps + 1, shown)}
    shapes |= {"weight_ih": (4 * units, reads), "weight_hh": (4 * units, shown)}
    shapes |= {"bias_ih": (4 * units,), "bias_hh": (4 * units,)} if bias else {}
    shapes |= {"weight_hr": (shown, units)} if shown < units else {}
    numbers, arrays, at = np.frombuffer(data[4 * LAYOUT :], "<f4"), {}, 0
    for name, shape in shapes.items():
        arrays[name] = numbers[at : at + int(np.prod(shape))].reshape(shape)
        at += int(np.prod(shape))
    assert at == len(numbers)
    return layout, arrays


@given(settings=any_settings())
def test_what_is_packed_is_torch_s(settings: Settings) -> None:
    """Gates and states are those of the equations, parameters equal bit for bit. The initial state has its place."""
    layer, direction, sample = settings.num_layers - 1, settings.num_directions - 1, settings.batch_size - 1
    layout, arrays = unpacked(packed(settings, layer, direction, sample, 5))
    setup = build(settings)
    found = equations(settings, setup, layer, direction, sample)
    reads = found["x"].shape[1]
    assert layout[:4] == [settings.seq_len, reads, settings.hidden_size, settings.output_size]
    assert layout[4:] == [settings.bias, direction, layer, 5]
    suffix = f"_l{layer}{'_reverse' if direction else ''}"
    for name, array in arrays.items():
        if name in "ch":
            begun = array[-1] if direction else array[0]
            np.testing.assert_array_equal(begun, found[f"{name}_0"].numpy().astype(np.float32))
            array = array[:-1] if direction else array[1:]
        if name in found:
            np.testing.assert_allclose(array, found[name].numpy(), atol=5e-6, rtol=1e-6)
        else:
            own = getattr(setup.module, name + suffix).detach().numpy()
            np.testing.assert_array_equal(array, own.astype(np.float32))


@pytest.mark.parametrize(
    ("settings", "most"),
    [
        (Settings(), 2_000),
        (Settings(seq_len=200, hidden_size=128, input_size=64), 1_100_000),
        (Settings(seq_len=200, hidden_size=128, input_size=64, num_layers=2, bidirectional=True), 1_700_000),
    ],
)
def test_it_is_small(settings: Settings, most: int) -> None:
    assert len(packed(settings, settings.num_layers - 1, 0, 0, 2)) < most
