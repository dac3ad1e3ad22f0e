"""A tensor is a row of memory cells, and a way to read them: shape, strides (in cells) and offset.

Element [i, j, ...] lies in cell offset + i * stride[0] + j * stride[1] + ...: https://docs.pytorch.org/docs/stable/tensor_view.html
"""

from dataclasses import dataclass
from itertools import accumulate
from operator import mul

import torch
from torch import Tensor


def storage(tensor: Tensor) -> Tensor:
    """All cells of a tensor's memory, in order, as a tensor with one axis. It shares the memory."""
    return torch.empty(0, dtype=tensor.dtype).set_(tensor.untyped_storage())


def shares(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors lie in the same memory."""
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()


@dataclass(frozen=True)
class Obstacle:
    """The reason why there is no view of some shape: axis `new` would need one stride for axes `outer` and `inner`.

    One stride is enough only if `outer_stride == size * inner_stride`, where `size` is that of `inner`. Axes of size 1
    do not count.
    """

    new: int
    outer: int
    inner: int
    size: int
    outer_stride: int
    inner_stride: int


def obstacle(shape: tuple[int, ...], stride: tuple[int, ...], target: tuple[int, ...]) -> Obstacle | None:
    """The innermost obstacle to a view of sizes `target`; None if there is such a view.

    `target` has as many elements as `shape`, and no -1.
    """
    if 0 in shape:
        return None
    axes = [axis for axis, size in enumerate(shape) if size > 1]
    # How many elements an entry of each target axis spans; first, all elements. Only there can a new stride begin.
    spans = list(accumulate(reversed(target), mul, initial=1))[::-1]
    count = 1
    for outer, inner in zip(axes[-2::-1], axes[:0:-1], strict=True):
        count *= shape[inner]
        if stride[outer] != shape[inner] * stride[inner] and count not in spans:
            new = max(axis for axis, span in enumerate(spans) if span > count)
            return Obstacle(new, outer, inner, shape[inner], stride[outer], stride[inner])
    return None
