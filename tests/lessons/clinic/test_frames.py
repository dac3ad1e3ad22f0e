"""The picture of the probes, the map, and the curves."""

import numpy as np
import pytest

from components.lessons.clinic import CASES
from components.lessons.clinic.charts import cells, losses
from components.lessons.clinic.frames import (
    FAILED,
    NO_MEANING,
    NOT_RUN,
    PASSED,
    POINTS,
    curves,
    figure_of,
    overview,
    probes,
)
from components.lessons.clinic.quoted import PROBES, Finding
from tests.charts.specs import datasets

GOOD, BAD, NONE = Finding(True, 0.0, "good"), Finding(False, 0.4711, "bad"), Finding(None, 0, "none")


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (None, "?"),
        (GOOD, "✓ 0"),
        (BAD, "✗ 0.47"),
        (NONE, "–"),
        (Finding(True, 1e-8, ""), "✓ 0"),
        (Finding(False, 1e-8, ""), "✗ more than 0"),
        (Finding(False, 0.0, ""), "✗ 0"),
        (Finding(False, 2513.0, ""), "✗ 2500"),
    ],
)
def test_a_cell_has_a_mark_and_a_figure(finding: Finding | None, text: str) -> None:
    """The verdict is told by a mark, not by the colour alone."""
    assert figure_of(finding) == text


def test_every_probe_is_a_row_with_two_cells() -> None:
    first, second, *_ = PROBES
    layout = probes({first: (BAD, GOOD), second: (NONE, NONE)}, second)
    found = layout.columns["cells"]
    states = np.array(found["state"]).reshape(len(PROBES), 2)
    assert states[0].tolist() == [FAILED, PASSED]
    assert states[1].tolist() == [NO_MEANING] * 2
    assert (states[2:] == NOT_RUN).all()
    assert found["did"][0] == f"{first}: bad"
    words = layout.columns["words"]
    bold = [text for text, style in zip(words["text"], words["style"], strict=True) if style == 1]
    assert bold == [second]


def test_the_map_has_a_row_for_each_case() -> None:
    third = [*PROBES][2]
    found = overview(CASES, {CASES[4]: {third: (BAD, GOOD)}}).columns["cells"]
    states = np.array(found["state"]).reshape(len(CASES), len(PROBES))
    assert states[4, 2] == FAILED
    assert (np.delete(states.ravel(), 4 * len(PROBES) + 2) == NOT_RUN).all()


def test_the_template_stays_while_the_findings_change() -> None:
    """A finding changes data alone: the browser updates the picture in place."""
    first = next(iter(PROBES))
    layouts = [probes({}, ""), probes({first: (BAD, GOOD)}, first)]
    assert layouts[0].form == layouts[1].form
    assert datasets(cells(layouts[0].form)) == {*layouts[0].columns} == {"cells", "words"}
    assert datasets(losses("a", "b")) == {"curves"}


def test_curves_are_thinned() -> None:
    """At most so many points for each program; the first step is 1."""
    found = curves({"a": [1.0, 0.5], "b": [float(n) for n in range(450)]})
    assert [*found["program"]].count("a") == 2
    assert 100 <= [*found["program"]].count("b") <= POINTS
    assert [*found["step"]][:3] == [1, 2, 1]
    assert [*found["loss"]][3] == found["step"][3] - 1
    assert len(curves({"a": []})["step"]) == 0
