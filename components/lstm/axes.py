"""Where the time axis of a batch is: `nn.LSTM` reads (T, B, ...), or (B, T, ...) under `batch_first`."""

from torch import Tensor


def time_axis(batch_first: bool) -> int:
    """The axis that holds the steps of a batch: 1 under `batch_first`, else 0."""
    return 1 if batch_first else 0


def time_major(sequence: Tensor, batch_first: bool) -> Tensor:
    """The sequence as (T, B, ...). Under `batch_first` it comes as (B, T, ...), else it is returned as it is.

    The result shares the sequence's memory, so a write to one changes the other. A second call gives (B, T, ...) again.
    """
    return sequence.transpose(0, 1) if batch_first else sequence
