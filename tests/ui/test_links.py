"""Remarks on a link: one sentence for each value that was not used, short and harmless whatever the link contains."""

from typing import Any

import pytest
import streamlit as st
from hypothesis import given, strategies
from hypothesis import settings as examples

from components.settings import DEFAULTS, FIELDS, VIEWS
from components.ui import links

steady = examples(deadline=None, derandomize=True, max_examples=200)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The values of the page's controls; replaces the session."""
    values: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", values)
    return values


@steady
@given(raw=strategies.text(max_size=200))
def test_quoted_text_is_one_short_piece_of_code(raw: str) -> None:
    """It is Markdown code from its first to its last character, on one line, with at most 40 characters of the text."""
    quoted = links._quoted(raw)
    if quoted == "an empty value":
        assert all(not char.isprintable() or char in "` " or char.isspace() for char in raw)
        return
    assert quoted[0] == quoted[-1] == "`"
    inside = quoted[1:-1]
    assert "`" not in inside
    assert inside.isprintable()
    assert len(inside) <= 41
    assert set(inside) <= set(raw) | {"…"}


@pytest.mark.parametrize(
    ("raw", "quoted"),
    [
        ("hidden_size=four", "`hidden_size=four`"),
        ("<script>alert(1)</script>", "`<script>alert(1)</script>`"),
        ("a`b``c", "`abc`"),
        ("a\nb\x00\u202ec", "`abc`"),
        ("x" * 40, f"`{'x' * 40}`"),
        ("x" * 41, f"`{'x' * 40}…`"),
        ("", "an empty value"),
        ("```", "an empty value"),
        (" \t", "an empty value"),
    ],
)
def test_quoted_by_hand(raw: str, quoted: str) -> None:
    """Markup stays text. Characters that cannot be printed are removed. A long text is cut."""
    assert links._quoted(raw) == quoted


@pytest.mark.parametrize("name", [*FIELDS, *VIEWS])
def test_nothing_is_said_of_the_app_s_own_spelling(name: str, used: dict[str, Any]) -> None:
    """A value that is used, spelled as the app spells it, needs no remark."""
    field = (FIELDS | VIEWS)[name]
    for value in field.options():
        used[name] = value
        assert links._judge(name, [field.spelling(value)]) == ""


@pytest.mark.parametrize(
    ("name", "raws", "value", "sentence"),
    [
        ("hidden_size", ["-5"], 4, "`hidden_size=-5` is not a whole number from 1 to 128; `4` is used instead."),
        ("hidden_size", ["1e2"], 100, "`hidden_size=1e2` is not a whole number from 1 to 128; `100` is used instead."),
        ("hidden_size", ["04"], 4, "`hidden_size=04` is not a whole number from 1 to 128; `4` is used instead."),
        ("hidden_size", ["7", "8"], 4, "`hidden_size` is given 2 times; `4` is used."),
        ("hidden_size", ["7"], 4, "`hidden_size=7` does not fit here; `4` is used instead."),
        ("bidirectional", ["True"], True, "`bidirectional=True` is not true or false; `true` is used instead."),
        ("dtype", ["int8"], "float32", "`dtype=int8` is not one of float32, float64; `float32` is used instead."),
        ("colour", ["red"], None, "`colour` is not a setting and is ignored."),
        ("colour", ["red", "blue"], None, "`colour` is not a setting and is ignored."),
    ],
)
def test_what_is_wrong_is_said(name: str, raws: list[str], value: Any, sentence: str, used: dict[str, Any]) -> None:
    """The sentence names the key, what is wrong with its value, and the value that is used."""
    if value is not None:
        used[name] = value
    assert links._judge(name, raws) == sentence


def test_without_a_control_the_default_is_what_is_used(used: dict[str, Any]) -> None:
    """For a control that is not on this page, the default counts."""
    assert used == {}
    assert links._judge("hidden_size", ["4"]) == ""
    assert "`4` is used" in links._judge("hidden_size", ["5"])
    assert DEFAULTS["hidden_size"] == 4


def test_a_page_s_own_keys_are_expected(used: dict[str, Any]) -> None:
    """A link may have the keys of a page's own controls. Their own options count."""
    label = str(list(links.IN_PAGES["mistake"].options())[2])
    used["mistake"] = label
    assert links._judge("mistake", [label]) == ""
    assert "is not one of" in links._judge("mistake", ["nothing"])
