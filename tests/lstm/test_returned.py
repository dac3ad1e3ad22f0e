"""What one call returns, kept: it is what torch gives to whoever makes the call."""

import pytest
import torch

from components.lstm.build import build
from components.lstm.returned import returned
from components.settings import Settings
from tests.lstm.strategies import GRID, parts, settings_id

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")


@pytest.mark.parametrize("settings", GRID, ids=settings_id)
def test_it_is_what_torch_returns(settings: Settings) -> None:
    """Bit for bit, and without a graph."""
    module, inputs, hx = build(settings)
    with torch.no_grad():
        wanted = parts(module(inputs, hx))
    for name, tensor in returned(settings)._asdict().items():
        assert torch.equal(tensor, wanted[name]), name
        assert not tensor.requires_grad
