"""A preview: what a browser may ask for while a size is dragged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.settings import FIELDS, MAIN, Whole
from components.ui.follow import _wanted


@given(st.sampled_from(MAIN), st.integers(-10, 300), st.integers(0, 10**9))
def test_a_preview_is_an_allowed_value_of_a_size(key: str, value: int, number: int) -> None:
    """It is taken as it is, or not at all."""
    field = FIELDS[key]
    assert isinstance(field, Whole)
    allowed = field.low <= value <= field.high
    assert _wanted({"key": key, "value": value, "number": number}) == ((key, value, number) if allowed else None)


@pytest.mark.parametrize(
    "asked",
    [
        None,
        5,
        [],
        {},
        {"key": "seed", "value": 3, "number": 1},
        {"key": "seq_len", "value": "3", "number": 1},
        {"key": "seq_len", "value": 3.0, "number": 1},
        {"key": "seq_len", "value": True, "number": 1},
        {"key": "seq_len", "value": 3},
        {"key": ["seq_len"], "value": 3, "number": 1},
    ],
)
def test_anything_else_is_no_preview(asked: Any) -> None:
    """The page is then shown as it is."""
    assert _wanted(asked) is None
