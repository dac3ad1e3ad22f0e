"""The chart of a stream: valid, small, built once, on fixed scales."""

import json

import pytest

from components.charts.template import fed
from components.lessons.batches.stream.charts import stream
from components.lessons.batches.stream.frames import GLYPHS, drawn, height
from components.settings import SHUFFLED, Settings
from tests.charts.specs import datasets, nodes, validate

STREAM = Settings(seq_len=20, batch_size=4)


@pytest.mark.parametrize("batch", [4, 16])
@pytest.mark.parametrize("crowded", [False, True])
def test_it_is_vega_lite_small_and_built_once(batch: int, crowded: bool) -> None:
    spec = stream(height(batch), crowded)
    validate(spec)
    assert len(json.dumps(spec)) < 4_000
    assert stream(height(batch), crowded) is spec


def test_its_datasets_are_drawn_and_fed() -> None:
    picture = drawn(STREAM, 4, SHUFFLED)
    frames = {name: getattr(picture, name) for name in ("cells", "steps", "joins", "labels")}
    spec = stream(picture.height)
    assert datasets(spec) == set(frames) == set(fed(spec, **frames)["datasets"])
    columns = {column for frame in frames.values() for column in frame}
    assert {node["field"] for node in nodes(spec) if isinstance(node.get("field"), str)} <= columns | {"x", "y"}


def test_its_shades_have_fixed_scales() -> None:
    """Both from 0 to 1, each in a colour of its own; and a colour for each kind of sign."""
    scales = [node["scale"] for node in nodes(stream(228)) if "scale" in node and "range" in (node["scale"] or {})]
    shades = [one for one in scales if one["range"][0] == "transparent"]
    assert [one["domain"] for one in shades] == [[0, 1], [0, 1]]
    assert len({one["range"][1] for one in shades}) == 2
    (signs,) = (one for one in scales if one not in shades)
    assert signs["domain"] == list(GLYPHS.values())
    assert len(set(signs["range"])) == len(GLYPHS)
