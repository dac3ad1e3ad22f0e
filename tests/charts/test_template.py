"""A template is built once, never written to, and does not depend on the numbers."""

import copy
import json

import altair as alt
import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from jsonschema import ValidationError  # type: ignore[import-untyped]

from components.charts.template import CONFIG, EMBED, Chart, fed, template
from tests.charts.specs import datasets, validate


def bars(color: str = "primary") -> Chart:
    """The example of the module's own documentation."""
    return alt.Chart(alt.NamedData("bars")).mark_bar(color=color).encode(x="t:O", y="value:Q")


def read(arrow: bytes) -> dict[str, list[float]]:
    """The columns of an Arrow stream."""
    columns: dict[str, list[float]] = pa.ipc.open_stream(arrow).read_all().to_pydict()
    return columns


def test_a_structure_is_built_once() -> None:
    """The same arguments give the same object, and the chart function runs once for each combination."""
    calls = []

    @template
    def counted(color: str) -> Chart:
        calls.append(color)
        return bars(color)

    first = counted("primary")
    assert counted("primary") is first
    assert counted("blue") is not first
    assert counted("blue") is counted("blue")
    assert calls == ["primary", "blue"]


def test_two_charts_do_not_share_what_they_keep() -> None:
    """Two chart functions of the same arguments have a template each."""
    points = template(lambda: alt.Chart(alt.NamedData("bars")).mark_point().encode(x="t:O"))
    assert points()["mark"] != template(bars)()["mark"]


def test_a_chart_that_is_not_vega_lite_is_refused() -> None:
    """Altair validates what it builds, so a wrong chart is an error here and no empty picture in a browser."""

    @template
    def wrong() -> Chart:
        return alt.Chart(alt.NamedData("bars")).mark_bar().encode(x=alt.X("t:O", axis=alt.Axis(grid="much")))  # type: ignore[arg-type]

    with pytest.raises(ValidationError, match="much"):
        wrong()


def test_validation_can_fail() -> None:
    """The validation these tests rest on refuses a property that Vega-Lite does not have, on top and deep inside."""
    spec = template(bars)()
    validate(spec)
    with pytest.raises(ValidationError):
        validate(spec | {"mark": {"type": "bar", "colour": "red"}})
    with pytest.raises(ValidationError):
        validate({"vconcat": [{"layer": [spec | {"mark": "blob"}]}], "config": {}})


def test_arguments_have_to_be_hashable() -> None:
    """A frame or a list as an argument is an error: numbers are fed, they are no part of a structure."""
    with pytest.raises(TypeError, match="unhashable"):
        template(bars)(["primary"])  # type: ignore[arg-type]


def test_what_streamlit_decides_is_left_to_it() -> None:
    """A template has no schema address, no data and none of Altair's defaults, only the project's own config."""
    spec = template(bars)()
    assert not {"$schema", "datasets"} & set(spec)
    assert spec["config"] == CONFIG
    assert spec["usermeta"] == EMBED
    assert spec["data"] == {"name": "bars"}


def test_a_chart_may_add_to_the_config() -> None:
    """`usermeta.config` of a chart joins the config all charts have, and does not travel twice."""
    spec = template(lambda: bars().properties(usermeta={"config": {"axisX": {"disable": True}}}))()
    assert spec["config"] == CONFIG | {"axisX": {"disable": True}}
    assert spec["usermeta"] == EMBED


def test_feeding_leaves_the_template_untouched() -> None:
    """`fed` adds datasets to a copy; fed twice, the specification is the same to the last character."""
    spec = template(bars)()
    before = copy.deepcopy(spec)
    sets = [{"t": [1, 2], "value": values} for values in ([0.5, 1.0], [7.0, -3.0])]
    given = [fed(spec, bars=columns) for columns in sets]
    assert spec == before
    for one, columns in zip(given, sets, strict=True):
        assert read(one["datasets"]["bars"]) == columns
        assert {name: value for name, value in one.items() if name != "datasets"} == spec
    assert datasets(spec) == {"bars"} == set(given[0]["datasets"])


def test_columns_travel_as_they_are() -> None:
    """They keep their names, types and missing numbers, and nothing is added to them."""
    columns = {
        "t": np.array([1, 2], np.int16),
        "c": np.array([0.5, np.nan], np.float32),
        "every other": np.arange(4, dtype=np.uint8)[::2],
        "text": np.array(["one", "two"], object),
    }
    table = pa.ipc.open_stream(fed(template(bars)(), bars=columns)["datasets"]["bars"]).read_all()
    types = ["int16", "float", "uint8", "string"]
    assert [(field.name, str(field.type)) for field in table.schema] == list(zip(columns, types, strict=True))
    assert table["every other"].to_pylist() == [0, 2]
    assert table["text"].to_pylist() == ["one", "two"]
    assert table.schema.metadata is None
    assert table["c"].to_pylist()[0] == 0.5
    assert table["c"].to_pylist()[1] is None or np.isnan(table["c"].to_pylist()[1])


def test_a_template_travels_as_json() -> None:
    """Nothing in a template is anything but JSON."""
    spec = template(bars)()
    assert json.loads(json.dumps(spec)) == spec
