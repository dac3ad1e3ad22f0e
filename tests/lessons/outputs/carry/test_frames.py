"""The four curves: torch's differences, each at its own step, and 0 at the floor."""

import numpy as np

from components.lessons.outputs.carry import frames
from components.lessons.outputs.carry.facts import CARRIED, continued
from components.settings import Settings
from tests.charts.tables import tabled

carry_columns = tabled(frames.carry_columns)


def test_each_difference_stands_at_its_step() -> None:
    result = continued(Settings(num_layers=2, seq_len=8), 3)
    frame = carry_columns(result, 1e-9)
    for name in CARRIED:
        curve = frame[frame["carried"] == name]
        assert curve["t"].tolist() == [4, 5, 6, 7, 8]
        expected = np.array(result.per_step[name], np.float32)
        assert curve["difference"].tolist() == expected.tolist()
        assert curve["clamped"].tolist() == np.maximum(expected, np.float32(1e-9)).tolist()
    assert len(frame) == 4 * 5
    assert frame["clamped"].min() > 0
