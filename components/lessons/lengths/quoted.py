"""The check of lengths. The app runs this function, and the lesson's program contains its source."""

import torch
from torch import Tensor


def checked_lengths(lengths: list[int] | Tensor, steps: int, batch: int) -> Tensor:
    """Lengths that fit a block of `batch` sequences, padded to the `steps` of the longest."""
    lengths = lengths.tolist() if isinstance(lengths, Tensor) else list(lengths)
    if len(lengths) != batch:
        raise ValueError(f"lengths: {len(lengths)}, sequences: {batch}")
    for length in lengths:
        if type(length) is not int or not 1 <= length <= steps:
            raise ValueError(f"length {length!r} is not a whole number from 1 to {steps}")
    if max(lengths) != steps:
        raise ValueError(f"the block has {steps} steps, the longest sequence {max(lengths)}")
    return torch.tensor(lengths)
