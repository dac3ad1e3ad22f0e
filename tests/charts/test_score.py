"""The score's template: valid, small, the same for any numbers, and its lanes are named, coloured and outlined."""

import copy
import json
import re
from itertools import pairwise
from typing import Any

import pytest

from components.charts.difference import FLOORS
from components.charts.lanes import LANES
from components.charts.score import (
    DENSE,
    GATES,
    HUES,
    NAMES,
    ROOMY,
    SHUT,
    STEP_EVENT,
    TALL,
    Lane,
    Size,
    score,
    size,
    stage_size,
)
from components.charts.template import FONTS, INK, Spec, fed
from components.lessons.live.score.frames import scored
from components.settings import VIEWS, Settings
from tests import ROOT
from tests.charts.specs import datasets, nodes, validate

C, H = Lane("c", 2.0), Lane("h")
ALL = tuple({"c": C, "x": Lane("x", 2.5)}.get(name, Lane(name)) for name in LANES)
NUMBERED = tuple(Lane(lane.column, lane.bound, numbered=True) for lane in ALL)

STRUCTURES: dict[str, tuple[tuple[Lane, ...], Size, tuple[Lane, ...]]] = {
    "roomy": (ALL, ROOMY, (C, H)),
    "with numbers": (NUMBERED, ROOMY, (C, H)),
    "dense": (ALL, DENSE, (C, H)),
    "tall": (ALL, TALL, (C, H)),
    "no lines": (ALL, ROOMY, ()),
    "gates": (ALL[1:5], ROOMY, ()),
    "states": ((C, H), DENSE, (C, H)),
    "input": (ALL[:1], ROOMY, ()),
}
structures = pytest.mark.parametrize("structure", STRUCTURES.values(), ids=list(STRUCTURES))


def lanes_of(spec: Spec) -> dict[str, Spec]:
    """Each lane's cells, by the column that shades them: the layers whose rows are rows of the data."""
    lanes = [node for node in nodes(of_cells(spec)) if node.get("encoding", {}).get("y", {}).get("field") == "row"]
    assert lanes
    shades = [next(shade(lane)[name] for name in ("fillOpacity", "color") if name in shade(lane)) for lane in lanes]
    return {shaded["field"]: lane for shaded, lane in zip(shades, lanes, strict=True)}


def shade(lane: Spec) -> Spec:
    """The encoding of a lane's rectangles."""
    encoding: Spec = lane["layer"][0]["encoding"]
    return encoding


def of_cells(spec: Spec) -> Spec:
    """The view of cells, which comes first."""
    view: Spec = spec["vconcat"][0]
    return view


def expressions(spec: Spec) -> list[str]:
    """The expressions that marks read, beside their fields."""
    return [node["expr"] for node in nodes(spec) if isinstance(node.get("expr"), str)]


def inline(spec: Spec) -> list[dict[str, Any]]:
    """The rows of the charts' own small tables."""
    return [row for node in nodes(spec) for row in node.get("data", {}).get("values", [])]


@structures
def test_it_is_vega_lite(structure: tuple[Any, ...]) -> None:
    """The specification as it travels, after all that is done to it, is still valid Vega-Lite."""
    validate(score(*structure))


@structures
def test_it_is_built_once(structure: tuple[Any, ...]) -> None:
    """The same lanes, size and lines give the very same object."""
    assert score(*structure) is score(*structure)


@structures
def test_it_is_small(structure: tuple[Any, ...]) -> None:
    """A specification travels with every move of a slider, so it has less than 16 kB."""
    assert len(json.dumps(score(*structure))) < 16_000


@pytest.mark.parametrize("floor", FLOORS.values())
@pytest.mark.parametrize("marked", [False, True])
@pytest.mark.parametrize(("rows", "steps"), [(1, 5), (4, 5), (4, 31), (5, 5), (8, 30), (9, 5), (128, 200)])
def test_on_a_stage_it_is_as_high_as_a_first_screen_allows(rows: int, steps: int, marked: bool, floor: float) -> None:
    """Seven lanes and the bars are at most 520 px high, and every lane has a number's height a row at four units."""
    lane_size = stage_size(rows, steps)
    spec = score(ALL, lane_size, marked=marked, floor=floor)
    validate(spec)
    assert len(json.dumps(spec)) < 16_000
    heights = [view["height"] for view in spec["vconcat"]]
    assert len(heights) == 2
    assert sum(heights) + spec["spacing"] <= 520
    if rows <= 4:
        assert all(lane_size.fits(lane) >= rows for lane in ("i", "f", "g", "o", "c", "h"))
    frames = [node for node in nodes(of_cells(spec)) if "_off > 0" in str(node.get("filter"))]
    assert len(frames) == (2 if marked else 0)
    assert datasets(spec) == {"cells", "differences"}


@pytest.mark.parametrize("bound", VIEWS["c_range"].options())
def test_every_range_of_c_on_offer_can_be_shown(bound: float) -> None:
    """Each range a visitor can choose gives a valid template that states it."""
    lane = Lane("c", float(bound))
    spec = score((lane,), ROOMY, (lane,))
    validate(spec)
    assert {row["range"] for row in inline(spec) if "lane" in row} == {f"−{bound} … {bound}"}


@structures
def test_every_dataset_is_read_and_fed(structure: tuple[Any, ...]) -> None:
    """The datasets that views read are those that are fed. Otherwise the browser stops updating, or shows nothing."""
    spec = score(*structure)
    given = fed(spec, cells=scored(Settings(), 0, 0, 0, 0).cells)
    assert datasets(spec) == {"cells"} == set(given["datasets"])


def test_it_does_not_depend_on_the_numbers() -> None:
    """With other settings of the same size, the specification and the template stay the same to the last character."""
    template = score(ALL, ROOMY, (C, H))
    before = copy.deepcopy(template)
    texts, numbers = set(), set()
    for settings in (Settings(), Settings(seed=2), Settings(signal="pulse", seq_len=30, hidden_size=8)):
        given = fed(
            score(ALL, size(settings.hidden_size, settings.seq_len), (C, H)),
            cells=scored(settings, 0, 0, 0, 0).cells,
        )
        numbers.add(given.pop("datasets")["cells"])
        texts.add(json.dumps(given))
    assert texts == {json.dumps(before)}
    assert len(numbers) == 3
    assert template == before


def test_a_page_of_many_names_its_units() -> None:
    """Pointing at a cell of a later page says its unit's and its feature's own number, and the template stays valid."""
    for first_unit, first_feature in ((0, 0), (32, 10)):
        spec = score(ALL, DENSE, (C, H), first_unit, first_feature)
        validate(spec)
        said = " ".join(node["calculate"] for node in nodes(spec) if "tip" in str(node.get("as")))
        assert set(re.findall(r"unit:datum\.row\+(\d+)", said)) == {str(first_unit)}
        assert set(re.findall(r"feature:datum\.row\+(\d+)", said)) == {str(first_feature)}


@structures
def test_the_frame_has_every_column_it_reads(structure: tuple[Any, ...]) -> None:
    """Cells, lines and tooltips read only columns that exist or are computed. A lane reads its own column."""
    spec = score(*structure)
    made: set[str] = set()
    for node in nodes(spec):
        made.update([node["as"]] if isinstance(node.get("as"), str) else node.get("as", []))
    own = {name for row in inline(spec) for name in row}
    columns = set(scored(Settings(), 0, 0, 0, 0).cells)
    read = {node["field"] for node in nodes(spec) if isinstance(node.get("field"), str)}
    read |= set(re.findall(r"^datum\.(\w+)$", "\n".join(expressions(spec)), re.MULTILINE))
    assert {"xtip" if lane.column == "x" else "tip" for lane in structure[0]} <= read
    assert read <= columns | made | own
    assert list(lanes_of(spec)) == [lane.column for lane in structure[0]]
    for column, lane in lanes_of(spec).items():
        drawn = {node["field"] for node in nodes(lane) if isinstance(node.get("field"), str)}
        assert drawn & set(LANES) == {column}


@structures
def test_every_lane_is_named_once_in_order(structure: tuple[Any, ...]) -> None:
    """The labels name the lanes from top to bottom, by symbol, name and range; none overlaps the next."""
    lanes, _, lines = structure
    spec = score(*structure)
    named = [row for row in inline(spec) if "lane" in row]
    assert [row["lane"] for row in named] == [lane.column for lane in lanes]
    assert [row["name"] for row in named] == [NAMES[lane.column] for lane in lanes]
    assert [row["symbol"] for row in named] == [lane.column for lane in lanes]
    for row, lane in zip(named, lanes, strict=True):
        low = "0" if lane.column in GATES else f"−{lane.bound:g}"
        assert row["range"] == f"{low} … {lane.bound:g}"
        assert row["y"] < row["y2"]
    assert all(above["y2"] < below["y"] for above, below in pairwise(named))
    assert named[-1]["y2"] == of_cells(spec)["height"]
    symbols = [
        [text for node in nodes(view) if isinstance(text := node.get("text"), str)] for view in spec["vconcat"][1:]
    ]
    assert symbols == [[lane.column, "t", "a line a unit"] for lane in lines]


@structures
def test_cells_stand_beside_their_label(structure: tuple[Any, ...]) -> None:
    """The rows of a lane stand between the same pixels as its label."""
    spec = score(*structure)
    labels = {row["lane"]: [row["y"], row["y2"]] for row in inline(spec) if "lane" in row}
    assert {name: lane["encoding"]["y"]["scale"]["range"] for name, lane in lanes_of(spec).items()} == labels


@structures
def test_shades_stand_for_the_range_on_the_label(structure: tuple[Any, ...]) -> None:
    """The deepest shade is the end of the range that is stated: 1 of a gate, its own bound of a signed lane."""
    for (name, drawn), lane in zip(lanes_of(score(*structure)).items(), structure[0], strict=True):
        assert name == lane.column
        channel = "fillOpacity" if name in GATES else "color"
        assert shade(drawn)[channel]["field"] == name
        assert shade(drawn)[channel]["scale"]["domain"] == [lane.low, lane.bound]


@structures
def test_the_signs_have_a_key(structure: tuple[Any, ...]) -> None:
    """Words beside the step numbers say once which colour is which sign, above all lanes."""
    spec = score(*structure)
    (key,) = [row["key"] for row in inline(spec) if "key" in row]
    assert key == "red < 0 < teal"
    assert min(row["y"] for row in inline(spec) if "lane" in row) >= 16


def test_gates_are_gates_and_the_rest_is_signed() -> None:
    """i, f and o live on 0..1; g and h on -1..1; x and c on a symmetric range that is given."""
    assert set(GATES) == {"i", "f", "o"}
    assert [Lane(name).low for name in LANES] == [-1, 0, 0, -1, 0, -1, -1]
    assert Lane("c", 5.0).low == -5
    assert set(NAMES) == set(LANES)


def test_gates_have_their_hues() -> None:
    """i is blue, f orange, g green, o violet, in the labels as in the cells; what is no gate is ink."""
    assert HUES == {"i": "blue", "f": "orange", "g": "green", "o": "violet"}
    scales = [
        dict(zip(node["domain"], node["range"], strict=True))
        for node in nodes(score(ALL, ROOMY, (C, H)))
        if isinstance(node.get("range"), list) and isinstance(node.get("domain"), list) and "i" in node["domain"]
    ]
    labels = {name: HUES.get(name, INK) for name in LANES}
    assert scales
    assert all(scale == labels for scale in scales)
    cells = {name: shade(lane)["color"]["value"] for name, lane in lanes_of(score(ALL, ROOMY)).items() if name in GATES}
    assert cells == {name: HUES[name] for name in "ifo"}


def test_gates_are_capped_where_numbers_stand_on_them() -> None:
    """Roomy cells carry numbers, so a gate at 1 is no deeper than ink on it allows; dense ones use the full hue."""
    for lane_size, caps in ((ROOMY, GATES), (DENSE, dict.fromkeys(GATES, 1))):
        lanes = lanes_of(score(ALL, lane_size))
        assert {gate: shade(lanes[gate])["fillOpacity"]["scale"]["range"] for gate in GATES} == {
            gate: [SHUT, cap] for gate, cap in caps.items()
        }


def test_signed_values_share_one_kind_of_scale() -> None:
    """Signed values share the theme's diverging colours, clamped, with zero in the middle, deepening with the root."""
    scales = [node for node in nodes(score(ALL, ROOMY)) if node.get("range") == "diverging"]
    assert len(scales) == 4  # x, g, c, h
    for scale in scales:
        assert scale["domain"][0] == -scale["domain"][1]
        assert scale["type"] == "sqrt"
        assert scale["clamp"] is True


def test_lines_have_their_lane_s_domain() -> None:
    """The lines of a state have its range, and the numbers do not choose it."""
    spec = score(ALL, ROOMY, (Lane("c", 5.0), H))
    domains = {
        node["field"]: node["scale"]["domain"]
        for node in nodes(spec)
        if node.get("field") in ("c", "h") and "scale" in node and "axis" in node
    }
    assert domains == {"c": [-5.0, 5.0], "h": [-1.0, 1.0]}


# The outline


@structures
def test_one_step_is_outlined_by_one_signal(structure: tuple[Any, ...]) -> None:
    """One signal, none chosen at first, follows the pointer and the page's event; every outline reads it."""
    (signal,) = [one for one in score(*structure)["config"]["signals"] if "on" in one and one != FONTS]
    assert signal["name"] == "step"
    assert signal["value"] == -1
    sources = [on["events"] for on in signal["on"]]
    assert sources == [{"source": "window", "type": STEP_EVENT}, "pointermove"]
    outlined = [node for node in nodes(score(*structure)) if "step - span[0]" in str(node.get("x", ""))]
    assert len(outlined) == 1 + len(structure[2])


def test_the_step_control_sends_the_event_the_score_waits_for() -> None:
    """The event's name is written in Python and in JavaScript; it has to be the same word."""
    script = (ROOT / "components/lessons/live/score/step/step.js").read_text("utf-8")
    assert re.findall(r"new CustomEvent\(\"([^\"]+)\"", script) == [STEP_EVENT]


# Size


@pytest.mark.parametrize(
    ("rows", "steps", "expected"),
    [
        (1, 1, ROOMY),
        (8, 30, ROOMY),
        (9, 30, DENSE),
        (8, 31, DENSE),
        (32, 200, DENSE),
        (33, 1, TALL),
        (128, 24, TALL),
    ],
)
def test_size_follows_rows_and_steps(rows: int, steps: int, expected: Size) -> None:
    """Up to 8 units over 30 steps are roomy; more are dense; beyond 32 units lanes are taller."""
    assert size(rows, steps) == expected


def test_numbers_are_printed_where_rows_are_high_enough() -> None:
    """Other lanes, and dense ones, have no marks for numbers at all: hidden ones would cost as much as shown ones."""
    for lane_size in (ROOMY, DENSE, TALL):
        for lanes in (ALL, NUMBERED, (*NUMBERED[:1], *ALL[1:])):
            spec = score(lanes, lane_size)
            printed, narrow = (
                [node["field"] for node in nodes(spec) if node.get("format") == digits] for digits in (".2f", ".1f")
            )
            assert printed == narrow == ([] if lane_size.dense else [lane.column for lane in lanes if lane.numbered])
    assert [ROOMY.fits(name) for name in ("x", "i", "h")] == [4, 5, 5]


def test_sizes_grow() -> None:
    """A dense lane is higher than a roomy one and a tall one higher still, the input lane in proportion."""
    assert (ROOMY.dense, DENSE.dense, TALL.dense) == (False, True, True)
    assert ROOMY.height < DENSE.height < TALL.height
    assert ROOMY.input_height < DENSE.input_height < TALL.input_height


def test_a_frame_is_not_needed_to_build() -> None:
    """The template holds no number of any run: its only inline data are the labels."""
    for row in inline(score(ALL, ROOMY, (C, H))):
        assert set(row) <= {"lane", "symbol", "sub", "name", "range", "beside", "y", "y2", "key"}
