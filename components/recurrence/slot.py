"""One layer, direction and sample of a run, without the gates of all the others.

The layers below are run as `nn.LSTM` runs them, for their h alone; only the direction that is asked for is taken apart.
"""

import numpy as np
from torch import nn

from components.recurrence.build import blank, built
from components.recurrence.layers import one_layer, time_major
from components.recurrence.trace import lanes_of, trace
from components.settings import Settings


def slot_lanes(settings: Settings, layer: int, direction: int, sample: int) -> dict[str, np.ndarray]:
    """What `lanes_of` gives of a trace of all, up to rounding: x, i, f, g, o, c, h, each (steps, rows)."""
    module, _, (h_0, c_0) = built(settings)
    x = time_major(settings)
    for below in range(layer):
        slots = slice(below * settings.num_directions, (below + 1) * settings.num_directions)
        x, _ = one_layer(module, below, x, (h_0[slots], c_0[slots]))
    # The reverse direction is a forward one that is given the sequence from its end. It is rounding that may differ:
    # gates come out of one product of matrices, whose rows stand in another order then.
    slot = layer * settings.num_directions + direction
    run = trace(_alone(module, layer, direction), x.flip(0) if direction else x, (h_0[slot][None], c_0[slot][None]))
    lanes = lanes_of(run, 0, 0, sample)
    return {name: lane[::-1] for name, lane in lanes.items()} if direction else lanes


def _alone(module: nn.LSTM, layer: int, direction: int) -> nn.LSTM:
    """One direction of one layer as a module of its own, which shares its parameters."""
    mark = f"_l{layer}{'_reverse' * direction}"
    own = {name.replace(mark, "_l0"): p for name, p in module.state_dict().items() if name.endswith(mark)}
    reads, hidden = own["weight_ih_l0"].shape[1], module.hidden_size
    alone = blank(nn.LSTM, reads, hidden, bias=module.bias, proj_size=module.proj_size, dtype=module.weight_ih_l0.dtype)
    alone.load_state_dict(own, assign=True)
    return alone
