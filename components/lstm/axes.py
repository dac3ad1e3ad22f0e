"""Where the time axis of a batch is: `nn.LSTM` reads (T, B, ...), or (B, T, ...) under `batch_first`."""

from torch import Tensor


def time_axis(batch_first: bool) -> int:
    """The axis that holds the steps of a batch: 1 under `batch_first`, else 0."""
    return 1 if batch_first else 0


def time_major(sequence: Tensor, batch_first: bool) -> Tensor:
    """(T, B, ...) of a sequence that is (B, T, ...) under `batch_first`; what it is given where that is off.

    It shares the sequence's memory: what is written to one is in the other. A second call brings (B, T, ...) back.
    """
    return sequence.transpose(0, 1) if batch_first else sequence
