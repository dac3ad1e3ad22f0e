"""A run and its weights as one piece of bytes. From these, a script in the browser explains each number of a step."""

import numpy as np

from components.kept import kept
from components.lstm.build import shared_build
from components.lstm.parts import parameters
from components.lstm.trace import trace_direction
from components.settings import Settings

LAYOUT = 8  # numbers before the arrays


def packed(settings: Settings, layer: int, direction: int, sample: int, c_range: int) -> bytes:
    """One layer, direction and sample of a run, with its parameters, as little-endian bytes.

    First come eight int32: T, R (how many numbers a step reads: I, or the h of the layer below), H, P (numbers of h),
    whether there are biases, whether it reads backwards, the layer, and `c_range`, the scale on which the picture shows
    c. Then come float32 arrays: x (T, R), i, f, g, o (T, H) each, c (T + 1, H), h (T + 1, P), weight_ih (4H, R),
    weight_hh (4H, P); bias_ih (4H,) and bias_hh (4H,) if there are biases; weight_hr (P, H) if there is a projection.

    c and h have the initial state first, or last in the reverse direction. float64 numbers are rounded to float32:
    its seven digits are enough for the four decimals shown.
    """
    x, arrays = _arrays(settings, layer, direction, sample)
    layout = [settings.seq_len, x, settings.hidden_size, settings.output_size]
    layout += [settings.bias, direction, layer, c_range]
    return np.array(layout, "<i4").tobytes() + arrays


def opening(settings: Settings, layer: int, direction: int, sample: int) -> int:
    """The unit at which a visit begins: the one with the largest |c_0|, the first of several; 0 if c_0 is all zeros.

    `cell.js` follows the same rule, with the same numbers as float32.
    """
    _, c_0 = shared_build(settings).hx
    slot = layer * settings.num_directions + direction
    return int(np.abs(c_0[slot, sample].numpy().astype(np.float32)).argmax())


@kept
def _arrays(settings: Settings, layer: int, direction: int, sample: int) -> tuple[int, bytes]:
    """How many numbers a step reads, and the bytes of all arrays."""
    setup = shared_build(settings)
    lanes = trace_direction(*setup, layer, direction).lanes(sample)
    weights = [weight.detach().numpy() for weight in parameters(setup.module, layer, direction).values()]
    arrays = [*(lanes[name] for name in ("x", "i", "f", "g", "o", "c", "h")), *weights]
    return lanes["x"].shape[1], b"".join(np.ascontiguousarray(array, "<f4").tobytes() for array in arrays)
