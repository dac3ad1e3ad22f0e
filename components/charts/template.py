"""A chart is a template: built once, then only fed.

Building and validating an Altair chart costs tens of milliseconds, and a page of charts that does it on every rerun
spends most of its time there. So a chart function draws *named* datasets (`alt.NamedData("units")`), holds no number
of its own, and is wrapped in `@template`: its result is made once per combination of arguments and kept as the
Vega-Lite specification. Because the specification stays the same when numbers change, the browser too updates the
drawing in place instead of starting it anew.

    @template
    def bars(color: str) -> Chart:
        return alt.Chart(alt.NamedData("bars")).mark_bar(color=color).encode(x="t:O", y="value:Q")

    fed(bars("primary"), bars=columns)  # what st.vega_lite_chart takes
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, ParamSpec

import altair as alt
import pyarrow as pa  # type: ignore[import-untyped]
from altair.utils import schemapi

# A chart's own small tables (labels) stay where they are used. Set at import: the registry is the whole process's.
alt.data_transformers.enable(consolidate_datasets=False)

# In `color.value` and `color.scale.range` Streamlit turns these and its other colour names ("primary", "blue", ...)
# into the theme's colours, light or dark; elsewhere in a specification it does not.
INK = "gray"  # the theme makes it the colour of text
HAIRLINE = "rgba(128,128,128,.28)"

# What Altair gives a chart without data, and what a mark that stands alone is drawn from.
NO_DATA: dict[str, Any] = {"values": [{}]}

P = ParamSpec("P")
Spec = dict[str, Any]
Chart = Any  # an Altair chart; Altair's own types do not survive its method chains

# Canvas draws in half the time of SVG. aria is off because the marks of a canvas are not in the page: `alt=` and the
# table beside a chart say what it shows.
CONFIG: Spec = {"aria": False, "view": {"stroke": None}}
EMBED: Spec = {"embedOptions": {"renderer": "canvas"}}


def template(draw: Callable[P, Chart]) -> Callable[P, Spec]:
    """A chart function whose result is validated and kept, for as many structures as a page can have."""

    @lru_cache(maxsize=64)  # more structures than a page has; the largest takes 50 kB, and no numbers are in it
    def build(*args: P.args, **kwargs: P.kwargs) -> Spec:
        with schemapi.debug_mode(False):  # validates at every link of a chain; once, at the end, says the same
            spec = plain(draw(*args, **kwargs))
        schemapi.validate_jsonschema(spec, alt.load_schema())
        usermeta = EMBED | spec.pop("usermeta", {})
        config = CONFIG | usermeta.pop("config", {})
        return spec | {"config": config, "usermeta": usermeta}

    building = Lock()

    @wraps(draw)
    def chart(*args: P.args, **kwargs: P.kwargs) -> Spec:
        with building:  # a class that follows one link needs one template, not thirty at the same time
            spec: Spec = build(*args, **kwargs)  # type: ignore[arg-type]  # unhashable ones raise TypeError
        return spec

    return chart


def plain(chart: Chart) -> Spec:
    """A chart as Vega-Lite, without what Altair adds for a page of its own: that is Streamlit's business here."""
    spec: Spec = dict(chart) if isinstance(chart, dict) else chart.to_dict(validate=False)
    for name in ("$schema", "config", "datasets"):
        spec.pop(name, None)
    if spec.get("data") == NO_DATA:
        del spec["data"]
    return spec


def layered(*layers: Chart, **shared: Any) -> Spec:
    """Charts in one view, and what they share in Vega-Lite's words: data, transform, encoding, resolve, height.

    As `alt.layer`, which copies all its parts at every level: a nest of fifty marks takes it seconds.
    """
    return {"layer": [plain(layer) for layer in layers], **shared}


def fed(spec: Spec, **datasets: Mapping[str, Any]) -> Spec:
    """`spec` with its named datasets filled, as Arrow; the template itself is not touched.

    A dataset is its columns by name, each an array or a sequence, all of one length.
    """
    return spec | {"datasets": {name: _arrow(columns) for name, columns in datasets.items()}}


def _arrow(columns: Mapping[str, Any]) -> bytes:
    """Columns as an Arrow stream; a NaN is a missing number there."""
    table = pa.table({name: pa.array(column, from_pandas=True) for name, column in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()
