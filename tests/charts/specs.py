"""Look-ups in a Vega-Lite specification: its nodes, its named datasets, its validity, its colours."""

import re
from collections.abc import Iterator
from typing import Any

from components.charts.scene import Layout
from components.charts.template import Spec, fed, valid


def nodes(value: Any) -> Iterator[Spec]:
    """Every object in a specification, however deep."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)


def datasets(spec: Spec) -> set[str]:
    """The names of the datasets that some view reads."""
    return {node["data"]["name"] for node in nodes(spec) if "name" in node.get("data", {})}


def validate(spec: Spec) -> None:
    """Raise if `spec` is not Vega-Lite. `config.signals` are Vega's: Vega-Lite hands them on without knowing them."""
    config = {name: value for name, value in spec["config"].items() if name != "signals"}
    valid(spec | {"config": config})


def colours(spec: Spec) -> set[str]:
    """Every colour a mark is given by name: constant values and the ranges of colour scales."""
    found: set[str] = set()
    for node in nodes(spec):
        if node.get("color") in ("independent", "shared"):
            continue  # how a scale is resolved
        for channel in ("color", "fill", "stroke", "gridColor"):
            given = node.get(channel)
            if isinstance(given, str):
                found.add(given)
            elif isinstance(given, dict):
                if isinstance(given.get("value"), str):
                    found.add(given["value"])
                scale = given.get("scale") or {}
                span = scale.get("range", [])
                found.update([span] if isinstance(span, str) else span)
    return found


def marks(spec: Spec) -> Iterator[Spec]:
    """Every mark of a picture, with what its group has for all of its marks."""
    for layer in spec["layer"]:
        for mark in layer.get("layer", [layer]):
            shared = {name: layer[name] for name in ("data", "encoding") if name in layer}
            yield {**shared, **mark, "encoding": {**shared.get("encoding", {}), **mark["encoding"]}}


def assert_fed(spec: Spec, layout: Layout) -> None:
    """A picture shows exactly the datasets of its scene, and reads no column that is not there or computed."""
    held = layout.framing("") if "frames" in datasets(spec) else layout.columns
    assert datasets(spec) == set(held) == set(fed(spec, **held)["datasets"])
    for mark in marks(spec):
        columns = set(held[mark["data"]["name"]])
        columns |= {made["as"] for made in mark.get("transform", []) if "as" in made}
        shared = set() if {"x", "y"} <= set(mark["encoding"]) else {"x", "y"}
        read = {node["field"] for node in nodes(mark) if isinstance(node.get("field"), str)} | shared
        looked_up = {*re.findall(r"datum\.(\w+)", str(mark))}
        assert read | looked_up <= columns, (mark, read | looked_up - columns)
