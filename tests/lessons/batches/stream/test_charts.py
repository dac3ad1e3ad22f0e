"""The chart of a stream is valid, small, built once, and has fixed scales."""

import json
from dataclasses import replace

import pytest

from components.charts.scene import FULL
from components.lessons.batches.stream.charts import stream
from components.lessons.batches.stream.frames import GLYPHS, stream_picture
from components.settings import CARRY, SHUFFLED, Settings
from tests.charts.specs import assert_fed, datasets, nodes, validate

STREAM = Settings(seq_len=20, batch_size=4)


@pytest.mark.parametrize("batch", [4, 16])
def test_it_is_vega_lite_small_and_built_once(batch: int) -> None:
    """All settings with as many rows have one template, for any chunks and any state of the next chunk."""
    settings = replace(STREAM, batch_size=batch)
    spec = stream(stream_picture(settings, 4, SHUFFLED).form)
    validate(spec)
    assert len(json.dumps(spec)) < 4_500
    assert stream(stream_picture(replace(settings, seq_len=50), 2, CARRY).form) is spec


def test_its_datasets_are_used_and_fed() -> None:
    picture = stream_picture(STREAM, 4, SHUFFLED)
    spec = stream(picture.form)
    assert_fed(spec, picture)
    assert datasets(spec) == {"cells", "cuts", "steps", "joins", "frames", "words"}


def test_its_shades_have_fixed_scales() -> None:
    """Shades go from 0 to 1 and have their own colours. Each kind of sign has a colour."""
    scales = [
        node["scale"]
        for node in nodes(stream(stream_picture(STREAM, 4, CARRY).form))
        if "scale" in node and "range" in (node["scale"] or {})
    ]
    opacity, off, signs, crowded_signs = scales
    assert (opacity["domain"], opacity["range"]) == ([0, FULL], [0, 1])
    assert (off["domain"], off["range"][0]) == ([0, 1], "transparent")
    assert signs["domain"] == list(GLYPHS.values())
    assert len(set(signs["range"])) == len(GLYPHS)
    assert crowded_signs == signs
