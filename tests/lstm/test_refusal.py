"""An error of torch's is told in its own words, and any other error is not taken for one."""

import pytest
import torch
from torch import nn

from components.lstm.refusal import refused


def test_a_refusal_is_the_error_that_torch_raises() -> None:
    def call() -> object:
        return nn.LSTM(3, 4)(torch.zeros(5, 1, 2))

    with pytest.raises(RuntimeError) as caught:
        call()
    refusal = refused(call)
    assert refusal is not None
    assert (refusal.name, refusal.words) == ("RuntimeError", str(caught.value))


def test_a_call_that_torch_takes_is_not_refused() -> None:
    assert refused(lambda: nn.LSTM(3, 4)(torch.zeros(5, 1, 3))) is None


@pytest.mark.parametrize("error", [ZeroDivisionError, AttributeError, AssertionError])
def test_a_mistake_of_our_own_goes_on(error: type[Exception]) -> None:
    def mistaken() -> object:
        raise error

    with pytest.raises(error):
        refused(mistaken)
