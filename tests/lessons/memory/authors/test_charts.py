"""The charts of who wrote c and how long an input is heard are valid, small, and the same for any numbers."""

import json

import pytest

from components.charts.score import ROOMY, Lane, score
from components.charts.template import FONTS, Spec, fed
from components.lessons.memory.authors.charts import READOUT_EVENT, authors
from components.lessons.memory.echo.charts import echo
from components.lessons.memory.facts import Hold, Surgery
from components.lessons.memory.frames import heard, operated
from components.settings import Settings
from tests.charts.specs import datasets, nodes, validate

NAMES = ("LSTM as it is", "LSTM, f held at 0", "nn.RNN", "LSTM altered")
SPECS = {
    "roomy": authors(1.0),
    "dense": authors(2.0, True),
    "three": echo(1e-9, NAMES[:3]),
    "four": echo(1e-14, NAMES, True),
}


@pytest.mark.parametrize("spec", SPECS.values(), ids=list(SPECS))
def test_it_is_valid_and_small(spec: Spec) -> None:
    validate(spec)
    assert len(json.dumps(spec)) < 5500


def test_frames_have_the_columns_that_are_read() -> None:
    """Every dataset is used and fed. Other numbers change nothing in the specification."""
    texts = set()
    for settings in (Settings(seq_len=12), Settings(seq_len=19, seed=3)):
        run = operated(settings, Surgery((Hold("f", 0.0),)), 0, 1)
        given = fed(authors(1.0), cells=run.terms.cells, rows=run.terms.rows)
        assert datasets(given) == set(given.pop("datasets"))
        texts.add(json.dumps(given))
    assert texts == {json.dumps(authors(1.0))}
    computed = {"y", "symbol", "sub", "name", "end", "total"}
    read = {node["field"] for node in nodes(authors(1.0)) if isinstance(node.get("field"), str)}
    assert read - computed <= set(run.terms.cells) | set(run.terms.rows)
    rows = heard(Settings(seq_len=12), Surgery(), 0, 1e-9).rows
    assert {node["field"] for node in nodes(SPECS["three"]) if "field" in node} == set(rows)


def test_pointer_and_page_choose_the_row() -> None:
    """At first the last row is chosen, which every run has. Bars and outline belong to the chosen row."""
    (signal,) = [one for one in authors(1.0)["config"]["signals"] if one != FONTS]
    window, pointer = signal["on"]
    assert signal["value"] == 0
    assert window["events"] == {"source": "window", "type": READOUT_EVENT}
    assert "pointermove" in pointer["events"]
    filters = [node["filter"] for node in nodes(authors(1.0)) if "filter" in node]
    assert sum("datum.back == readout" in condition for condition in filters) == 2  # the bars, the sum
    tests = {node["condition"]["test"] for node in nodes(authors(1.0)) if "condition" in node}
    assert tests == {"datum.back == readout"}


def test_bars_and_cells_share_one_scale() -> None:
    """Bars have a scale from -bound to bound, by the square root, whatever the numbers are. The levels say so."""
    spec = authors(2.0)
    scales = [node for node in nodes(spec) if node.get("type") == "sqrt"]
    assert [scale["domain"] for scale in scales] == [[-2.0, 2.0]] * 2
    ends = [row["end"] for node in nodes(spec) for row in node.get("data", {}).get("values", []) if "end" in row]
    assert ends == ["2", "0.5", "0", "−0.5", "−2"]


def test_lanes_of_one_quantity_are_told_apart() -> None:
    """`as it was`, `altered` and `difference` each have a column, a name and a tooltip, and share one scale."""
    names = {"h_was": ("as it was", ""), "h": ("altered", ""), "h_apart": ("difference", "Δ")}
    lanes = tuple(Lane(column, 1.0, False, "h", *said) for column, said in names.items())
    spec = score((Lane("f"), *lanes), ROOMY)
    validate(spec)
    labels = [row for node in nodes(spec) for row in node.get("data", {}).get("values", []) if "symbol" in row]
    assert [(row["symbol"], row["name"]) for row in labels[1:]] == [(f"{sign}h", name) for name, sign in names.values()]
    assert {row["lane"] for row in labels} == {"f", "h"}
    tip = next(node["calculate"] for node in nodes(spec) if node.get("as") == "tip")
    assert all(f"'h, {name}':isValid(datum.{column})" in tip for column, (name, _) in names.items())
