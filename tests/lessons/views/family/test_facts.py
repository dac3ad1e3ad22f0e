"""The outcomes of the calls, counted here a second time with torch alone."""

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.lessons.views.facts import positions
from components.lessons.views.family import facts as families
from components.lessons.views.family.facts import BOTH, COPY, NEITHER, STARTS, TARGETS, VIEW, family, mixing, samples

steady = examples(deadline=None, derandomize=True, max_examples=60)
sizes = st.tuples(st.integers(2, 7), st.integers(2, 5), st.integers(2, 6))


@steady
@given(shape=sizes)
def test_the_outcomes_are_torch_s(shape: tuple[int, int, int]) -> None:
    """Each cell of the table by hand: does `view` raise, does `reshape`, and do the two lie where the source lies?"""
    found = family(positions(shape))
    assert found.odd == 0
    assert found.count(VIEW) == 0
    for line, row in zip(STARTS, found.outcomes, strict=True):
        names = dict(zip("TBI", shape, strict=True))
        start = eval(line, {"__builtins__": {}}, {"x": positions(shape), **names})
        for target, outcome in zip(TARGETS, row, strict=True):
            wanted = eval(f"({target},)", {"__builtins__": {}}, names)
            try:
                reshaped = start.reshape(wanted)
            except RuntimeError:
                assert outcome == NEITHER
                continue
            copied = reshaped.untyped_storage().data_ptr() != start.untyped_storage().data_ptr()
            assert outcome == (COPY if copied else BOTH)


@steady
@given(shape=sizes)
def test_the_lesson_s_examples_survive_every_size_it_has(shape: tuple[int, int, int]) -> None:
    """At all sizes there are views and copies, `view` cannot flatten the transpose, and samples are mixed."""
    found = family(positions(shape))
    assert found.count(BOTH) > 0
    assert found.outcomes[STARTS.index("x.transpose(0, 1)")][0] == COPY
    mixed = mixing(positions(shape))
    assert mixed.shape == mixed.view_shape == (shape[1], shape[0], shape[2])
    assert mixed.mixed
    assert len(mixed.samples) > 1
    assert mixed.transposed_samples == (0,)


def test_a_view_alone_would_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check can fail: if `reshape` always raises, views stand alone; if it always copies, the copies are odd."""
    taken = families._result
    monkeypatch.setattr(families, "_result", lambda *call: None if "reshape" in call else taken(*call))
    assert family(positions((5, 2, 3))).count(VIEW) > 0

    def copying(tensor: torch.Tensor, method: str, shape: tuple[int, ...]) -> torch.Tensor | None:
        found = taken(tensor, method, shape)
        return found.clone() if found is not None and method == "reshape" else found

    monkeypatch.setattr(families, "_result", copying)
    assert family(positions((5, 2, 3))).odd > 0


def test_samples_by_hand() -> None:
    """In (5, 2, 3) the cells 0, 1, 2 are the first sample's first step, 3, 4, 5 the second's, 6 the first's again."""
    x = positions((5, 2, 3))
    assert samples(torch.tensor([0, 2, 6]), x.shape) == (0,)
    assert samples(torch.tensor([4, 27]), x.shape) == (1,)
    assert samples(torch.tensor([2, 3]), x.shape) == (0, 1)
