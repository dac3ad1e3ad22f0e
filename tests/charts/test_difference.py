"""The difference between two runs as a frame: the comparison's own numbers, none invented."""

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.charts import difference as columns
from components.charts.difference import FLOORS
from components.lessons.live.check.facts import check
from components.settings import FIELDS, Settings
from tests.charts.tables import tabled

difference_columns = tabled(columns.difference_columns)

steady = examples(deadline=None, derandomize=True, max_examples=60)


@pytest.mark.parametrize("mistake", ["none", "zeros", "redraw", "h_only", "as_batch", "forward_loop"])
def test_a_row_a_step_with_the_check_s_numbers(mistake: str) -> None:
    """t = 1..T, the check's difference at that step, and its tolerance in every row."""
    result = check(Settings(seq_len=9), mistake)
    frame = difference_columns(result.per_step, result.tolerance, FLOORS["float32"])
    assert list(frame.columns) == ["t", "difference", "clamped", "tolerance"]
    assert frame["t"].tolist() == list(range(1, 10))
    assert tuple(frame["difference"]) == result.per_step
    assert set(frame["tolerance"]) == {result.tolerance}


@steady
@given(
    per_step=st.lists(st.floats(0, 10), min_size=1, max_size=20),
    floor=st.sampled_from(sorted(FLOORS.values())),
)
def test_clamped_differences_stand_on_the_floor(per_step: list[float], floor: float) -> None:
    """A difference below the floor, such as 0, stands at the floor. Any other stands at its own value."""
    frame = difference_columns(per_step, 2e-6, floor)
    assert frame["clamped"].tolist() == [max(difference, floor) for difference in per_step]
    assert frame["difference"].tolist() == per_step


@pytest.mark.parametrize("dtype", FIELDS["dtype"].options())
def test_the_floor_is_below_what_rounding_leaves(dtype: str) -> None:
    """For either precision there is a floor, well below the tolerance, so that 0 cannot be taken for a number."""
    assert 0 < FLOORS[dtype] < check(Settings(dtype=dtype)).tolerance / 50
