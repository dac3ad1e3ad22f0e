"""Time-major is what `nn.LSTM` itself reads without `batch_first`."""

import pytest
import torch
from torch import nn

from components.lstm.axes import time_axis, time_major


def test_a_batch_first_module_computes_what_the_other_does_of_the_time_major() -> None:
    one = nn.LSTM(3, 4, dtype=torch.float64)
    other = nn.LSTM(3, 4, batch_first=True, dtype=torch.float64)
    other.load_state_dict(one.state_dict())
    inputs = torch.randn(2, 5, 3, dtype=torch.float64)  # (B, T, I)
    with torch.no_grad():
        swapped, whole = one(time_major(inputs, True))[0], other(inputs)[0]
    torch.testing.assert_close(swapped, time_major(whole, True), rtol=0, atol=1e-12)
    assert swapped.shape[time_axis(False)] == whole.shape[time_axis(True)] == 5


@pytest.mark.parametrize("batch_first", [False, True])
def test_it_shares_memory_and_undoes_itself(batch_first: bool) -> None:
    inputs = torch.arange(30.0).view(2, 5, 3)
    major = time_major(inputs, batch_first)
    assert major.data_ptr() == inputs.data_ptr()
    assert torch.equal(time_major(major, batch_first), inputs)
    assert (major.shape == inputs.shape) != batch_first
