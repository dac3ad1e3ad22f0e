"""The experiments' figures: the parameters as a sum, and the step at which two runs agree."""

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.lessons.live.show import COUNTED, first_agreement
from components.lstm.build import build
from components.lstm.compare import AGREED, Comparison
from components.settings import Settings
from components.ui.figures import parameter_formula, scientific
from tests.lstm.strategies import small_settings

steady = examples(deadline=None, derandomize=True, max_examples=100)


@steady
@given(settings=small_settings())
def test_the_formula_is_true(settings: Settings) -> None:
    """The sum has the value that it states, and this is `sum(p.numel())` of the module."""
    terms, total = parameter_formula(settings).replace("\u202f", "").split(" = ")
    count = sum(parameter.numel() for parameter in build(settings).module.parameters())
    assert int(total) == count
    assert eval(terms.replace("·", "*"), {"__builtins__": {}}) == count


@steady
@given(settings=small_settings())
def test_what_is_counted_decides_the_formula(settings: Settings) -> None:
    """The formula depends only on `COUNTED` and the hidden size. No other setting changes it."""
    counted = {name: getattr(settings, name) for name in (*COUNTED, "hidden_size")}
    assert parameter_formula(Settings(**counted)) == parameter_formula(settings)


def test_the_formula_can_be_followed() -> None:
    """`4 · H · (I + H + 2)` with the numbers in it; thousands are set apart."""
    assert parameter_formula(Settings()) == "4 · 4 · (3 + 4 + 2) = 144"
    assert parameter_formula(Settings(bias=False, proj_size=2)) == "4 · 4 · (3 + 2) + 2 · 4 = 88"
    assert parameter_formula(Settings(bidirectional=True)) == "2 · (4 · 4 · (3 + 4 + 2)) = 288"
    assert parameter_formula(Settings(input_size=64, hidden_size=128)).endswith("= 99\u202f328")


@steady
@given(per_step=st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_first_agreement_is_the_first(per_step: list[float]) -> None:
    """The step is within `AGREED`, and no step before it is. If it is None, no step is within `AGREED`."""
    step = first_agreement(Comparison((), tuple(per_step), 2e-6))
    if step is None:
        assert min(per_step) > AGREED
    else:
        assert per_step[step - 1] <= AGREED
        assert all(apart > AGREED for apart in per_step[: step - 1])


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (1.19e-7, "1.2e\u201107"), (0.5, "5.0e\u201101"), (12.0, "1.2e+01")]
)
def test_a_difference_is_written_in_one_piece(value: float, text: str) -> None:
    """One decimal and a power of ten, with a hyphen at which no line ends; exactly 0 is 0."""
    assert scientific(value) == text
