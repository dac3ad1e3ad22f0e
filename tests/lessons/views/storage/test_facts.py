"""How tensors lie in memory: torch's own `view` is the oracle for where there is one."""

from math import prod

import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.lessons.views.storage.facts import obstacle, shares, storage

steady = examples(deadline=None, derandomize=True, max_examples=300)


@st.composite
def strided(draw: st.DrawFn) -> torch.Tensor:
    """A tensor whose axes are swapped, thinned out, repeated or of size 1."""
    shape = draw(st.lists(st.sampled_from([1, 2, 2, 3, 4]), min_size=1, max_size=4))
    tensor = torch.arange(prod(shape)).view(shape).permute(draw(st.permutations(range(len(shape)))))
    for axis in range(len(shape)):
        if draw(st.integers(0, 3)) == 0:
            tensor = tensor.narrow(axis, 0, draw(st.integers(0 if axis == 0 else 1, tensor.shape[axis])))
        if tensor.shape[axis] == 1 and draw(st.booleans()):
            tensor = tensor.expand([3 if other == axis else -1 for other in range(len(shape))])
    return tensor


@st.composite
def targets(draw: st.DrawFn, count: int) -> tuple[int, ...]:
    """Sizes that multiply to `count`."""
    sizes: list[int] = []
    while count > 1 and len(sizes) < 4 and draw(st.booleans()):
        sizes.append(draw(st.sampled_from([size for size in range(1, count + 1) if count % size == 0])))
        count //= sizes[-1]
    return (*sizes, count)


@steady
@given(tensor=strided(), data=st.data())
def test_there_is_an_obstacle_exactly_where_torch_refuses_a_view(tensor: torch.Tensor, data: st.DataObject) -> None:
    """For any shape, strides and target; and it is one: two neighbours of more than one entry, whose strides differ."""
    target = data.draw(targets(tensor.numel()))
    found = obstacle(tuple(tensor.shape), tensor.stride(), target)
    try:
        tensor.view(target)
    except RuntimeError:
        assert found is not None
        assert found.outer < found.inner
        assert all(size == 1 for size in tensor.shape[found.outer + 1 : found.inner])
        assert found.size == tensor.shape[found.inner] > 1
        assert tensor.shape[found.outer] > 1
        assert (found.outer_stride, found.inner_stride) == (tensor.stride(found.outer), tensor.stride(found.inner))
        assert found.outer_stride != found.size * found.inner_stride
        inside = prod(tensor.shape[found.inner :])
        assert prod(target[found.new + 1 :]) < inside < prod(target[found.new :])
    else:
        assert found is None


def test_a_known_obstacle() -> None:
    """In the transposed (5, 2, 3), a row per sample needs one stride for steps (6 cells) and features (3 · 1 cells)."""
    tensor = torch.arange(30).view(5, 2, 3).transpose(0, 1)
    found = obstacle((2, 5, 3), tensor.stride(), (2, 15))
    assert found is not None
    assert (found.new, found.outer, found.inner) == (1, 1, 2)
    assert (found.outer_stride, found.size, found.inner_stride) == (6, 3, 1)


@steady
@given(tensor=strided())
def test_storage_is_all_of_it(tensor: torch.Tensor) -> None:
    """Every element stands in the storage at offset + sum of index times stride."""
    cells = storage(tensor)
    assert shares(cells, tensor)
    assert torch.equal(torch.as_strided(cells, tensor.shape, tensor.stride(), tensor.storage_offset()), tensor)
    assert not shares(tensor.clone(), tensor)
