"""A component in the browser has its own style, after the one that it shares with others."""

from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from components.ui.component import BUTTON, component
from tests import ROOT


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What Streamlit is given of the component that is made last."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(st.components.v2, "component", lambda name, **parts: given.update(parts, name=name))
    return given


@pytest.mark.parametrize("folder", ["components/ui/copy_link", "components/ui/tab"])
def test_a_shared_style_comes_first(mounted: dict[str, Any], folder: str) -> None:
    """So the component's own rules count where both say something."""
    own = (ROOT / folder / f"{Path(folder).name}.css").read_text("utf-8")
    component(ROOT / folder, BUTTON)
    assert mounted["css"] == BUTTON + own
    assert mounted["name"] == f"unrolled_{Path(folder).name}"


def test_without_one_a_component_has_its_own_alone(mounted: dict[str, Any]) -> None:
    folder = ROOT / "components/ui/equations"
    component(folder)
    assert mounted["css"] == (folder / "equations.css").read_text("utf-8")
