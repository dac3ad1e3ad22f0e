"""A chart is a template: it is built once, then only fed.

Building and validating an Altair chart takes tens of milliseconds. A page that did this on every rerun would spend most
of its time on it. So a chart function reads *named* datasets (`alt.NamedData("units")`), holds no number of its own,
and is wrapped in `@template`. Then its result is made once for each combination of arguments, and kept as a Vega-Lite
specification. The specification does not change with the numbers, so the browser updates the chart in place too, and
does not start it again.

    @template
    def bars(color: str) -> Chart:
        return alt.Chart(alt.NamedData("bars")).mark_bar(color=color).encode(x="t:O", y="value:Q")

    fed(bars("primary"), bars=columns)  # what st.vega_lite_chart takes
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache, wraps
from threading import Lock
from typing import Any, ParamSpec

import altair as alt
import pyarrow as pa  # type: ignore[import-untyped]
from altair.utils import schemapi
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

# The small tables of a chart (its labels) stay where they are used. This is set at import because it holds for the
# whole process.
alt.data_transformers.enable(consolidate_datasets=False)

# Streamlit replaces colour names ("gray", "primary", "blue", ...) by the theme's colours, light or dark. It does so in
# `color.value` and `color.scale.range`, and nowhere else in a specification.
INK = "gray"  # the theme makes it the colour of text
HAIRLINE = "rgba(128,128,128,.28)"

# Altair gives this to a chart without data. It is also the data of a mark that stands alone.
NO_DATA: dict[str, Any] = {"values": [{}]}

FONTS_EVENT = "unrolledfonts"  # `ui/tab/tab.js` sends it when a typeface has been loaded
FONTS: dict[str, Any] = {
    "name": "fonts",
    "value": 0,
    "on": [{"events": {"source": "window", "type": FONTS_EVENT}, "update": "fonts + 1"}],
}

P = ParamSpec("P")
Spec = dict[str, Any]
Chart = Any  # an Altair chart; the types of Altair get lost in its method chains

# A canvas takes half the time of SVG. aria is off because the marks of a canvas are not elements of the page. The text
# `alt=` and the table beside a chart say what it shows.
CONFIG: Spec = {"aria": False, "view": {"stroke": None}}
EMBED: Spec = {"embedOptions": {"renderer": "canvas"}}


def template(draw: Callable[P, Chart]) -> Callable[P, Spec]:
    """The chart function, changed so that its result is a validated specification, which is kept."""

    @lru_cache(maxsize=64)  # no page has more structures; the largest takes 50 kB, because it holds no numbers
    def build(*args: P.args, **kwargs: P.kwargs) -> Spec:
        with schemapi.debug_mode(False):  # else Altair validates after each method; once at the end is enough
            spec = plain(draw(*args, **kwargs))
        valid(spec)
        usermeta = EMBED | spec.pop("usermeta", {})
        config = CONFIG | usermeta.pop("config", {})
        if f"'expr': \"{FONTS['name']} " in str((spec, config)):
            config["signals"] = [FONTS, *config.get("signals", ())]
        return spec | {"config": config, "usermeta": usermeta}

    building = Lock()

    @wraps(draw)
    def chart(*args: P.args, **kwargs: P.kwargs) -> Spec:
        with building:  # if thirty students follow a link at the same time, the template is built only once
            spec: Spec = build(*args, **kwargs)  # type: ignore[arg-type]  # unhashable ones raise TypeError
        return spec

    return chart


def valid(spec: Spec) -> None:
    """Raise jsonschema's ValidationError if `spec` is not Vega-Lite."""
    _validator().validate(spec)


@cache
def _validator() -> Draft7Validator:
    # Altair's own function reads and copies the two megabytes of the schema for each chart: six times as long in all.
    return Draft7Validator(alt.load_schema())


def plain(chart: Chart) -> Spec:
    """The chart as Vega-Lite, without the parts that Altair adds for its own page: here Streamlit decides these."""
    spec: Spec = dict(chart) if isinstance(chart, dict) else chart.to_dict(validate=False)
    for name in ("$schema", "config", "datasets"):
        spec.pop(name, None)
    if spec.get("data") == NO_DATA:
        del spec["data"]
    return spec


def layered(*layers: Chart, **shared: Any) -> Spec:
    """Charts in one view. `shared` are Vega-Lite's own keys: data, transform, encoding, resolve, height.

    It does the same as `alt.layer`. But that copies all parts at every level, and takes seconds for fifty nested marks.
    """
    # Some of these are Altair's own objects, such as `FIT`.
    own = {key: value.to_dict() if hasattr(value, "to_dict") else value for key, value in shared.items()}
    return {"layer": [plain(layer) for layer in layers], **own}


def fed(spec: Spec, **datasets: Mapping[str, Any]) -> Spec:
    """A copy of `spec` with its named datasets filled, as Arrow. The template itself does not change.

    A dataset is a mapping from names to columns. Each column is an array or a sequence; all have the same length.
    """
    return spec | {"datasets": {name: _arrow(columns) for name, columns in datasets.items()}}


def _arrow(columns: Mapping[str, Any]) -> bytes:
    """Columns as an Arrow stream. A NaN becomes a missing number."""
    table = pa.table({name: pa.array(column, from_pandas=True) for name, column in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()
