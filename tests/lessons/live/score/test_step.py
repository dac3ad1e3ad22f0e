"""The Step control: its script reads the bytes as Python packs them."""

import re

import numpy as np

from components.charts.lanes import LANES
from components.lessons.live.score.frames import packed, scored
from components.settings import Settings
from tests import ROOT
from tests.charts.tables import tables

SCRIPT = (ROOT / "components/lessons/live/score/step/step.js").read_text("utf-8")


def test_both_sides_mean_the_same_layout() -> None:
    """The script's lanes, in its order, and the length of its layout are those of the packed bytes."""
    (lanes,) = re.findall(r"const LANES = (\[.*?\]);", SCRIPT)
    (layout,) = re.findall(r"const LAYOUT = (\d+);", SCRIPT)
    assert re.findall(r'"(\w)"', lanes) == list(LANES)
    data = packed(scored(Settings(), 0, 0, 0, 0))
    size, _, columns, rows, _, _ = np.frombuffer(data[: int(layout)], "<i4")
    assert len(data) == int(layout) + size * len(LANES) * columns * rows


def test_the_script_finds_each_number_where_python_put_it() -> None:
    """The script's place for (lane, t, row), computed here, holds that cell of the frame, in both directions."""
    (place,) = re.findall(r"const at = (.*);", SCRIPT)
    place = place.replace("LAYOUT", "24")
    for direction in (0, 1):
        run = scored(Settings(bidirectional=True, input_size=6, proj_size=2), 0, direction, 0, 0)
        data = packed(run)
        size, first, columns, rows, _, _ = np.frombuffer(data[:24], "<i4").tolist()
        where = {"size": size, "first": first, "columns": columns, "rows": rows}
        for cell in tables(run).cells.to_dict("records"):
            for lane, name in enumerate(LANES):
                at = eval(place, {"__builtins__": {}}, where | {"lane": lane, "t": cell["t"], "row": cell["row"]})
                whole = int.from_bytes(data[at : at + size], "little", signed=True)
                if whole == -(2 ** (8 * size - 1)):
                    assert np.isnan(cell[name])
                else:
                    assert abs(whole / 10_000 - cell[name]) <= 0.5001e-4
