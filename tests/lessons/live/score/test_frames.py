"""The frames hold torch's numbers, each at its own step and unit, and NaN where there is no cell."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from torch import Tensor, nn

from components.charts import lanes
from components.charts.lanes import LANES, MAX_CELLS, window
from components.charts.pages import Window
from components.jobs import JOBS
from components.lessons.live.score import frames
from components.lessons.live.score.frames import Scored, packed
from components.lstm.build import build
from components.lstm.trace import Trace, trace
from components.settings import FIELDS, Settings
from tests.charts.tables import tabled, tables
from tests.lstm.strategies import assert_close, limit, settings_and_place, settings_id

scored = tabled(frames.scored)
fresh = tabled(frames.scored.__wrapped__)

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=60)

GATES = ("i", "f", "g", "o")
STATES = ("c", "h")
CASES = [
    Settings(),
    Settings(seq_len=1, input_size=1, hidden_size=1),
    Settings(num_layers=3, batch_size=2, dtype="float64"),
    Settings(bidirectional=True, num_layers=2, batch_first=True, batch_size=3),
    Settings(bidirectional=True, num_layers=2, proj_size=2, input_size=7),
    Settings(proj_size=3, bias=False, initial_state="zeros"),
]


def grid(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column as a table of t by row."""
    return frame.pivot(index="t", columns="row", values=column)


def at_steps(frame: pd.DataFrame, column: str, steps: int, rows: int) -> Tensor:
    """A column at t = 1..T in its first `rows` rows, as a tensor (T, rows)."""
    table = grid(frame, column).loc[1:steps, : rows - 1]
    return torch.from_numpy(table.to_numpy(copy=True))


def lane(run: Trace, name: str, layer: int, direction: int, sample: int) -> Tensor:
    """A gate or state of one layer, direction and sample, float32 as frames have it: (T, rows)."""
    tensor: Tensor = getattr(run, name)[layer, direction, :, sample]
    return tensor.float()


def lower_layers(module: nn.LSTM, layers: int) -> nn.LSTM:
    """The first `layers` layers of a module, as a module that returns its last one's h."""
    part = nn.LSTM(
        module.input_size,
        module.hidden_size,
        num_layers=layers,
        bias=module.bias,
        batch_first=module.batch_first,
        bidirectional=module.bidirectional,
        proj_size=module.proj_size,
        dtype=module.weight_ih_l0.dtype,
    )
    state = module.state_dict()
    part.load_state_dict({name: state[name] for name in part.state_dict()})
    return part


def torchs_h(settings: Settings, layer: int) -> Tensor:
    """h_t of one layer as `nn.LSTM` itself gives it, both directions side by side: (T, B, D * P)."""
    module, inputs, (h_0, c_0) = build(settings)
    slots = (layer + 1) * settings.num_directions
    with torch.no_grad():
        start = (h_0[:slots].contiguous(), c_0[:slots].contiguous())
        output: Tensor = lower_layers(module, layer + 1)(inputs, start)[0]
    return output.transpose(0, 1) if settings.batch_first else output


# The score's frame


@steady
@given(case=settings_and_place())
def test_every_cell_is_the_traced_number(case: tuple[Settings, int, int, int]) -> None:
    """Gates and states at t = 1..T are those of the trace, at their step and unit, as float32."""
    settings, layer, direction, sample = case
    run = trace(*build(settings))
    cells = scored(*case, 0).cells
    for name in (*GATES, *STATES):
        expected = lane(run, name, layer, direction, sample)
        assert torch.equal(at_steps(cells, name, *expected.shape), expected), name
        assert cells[name].dtype == np.float32


@steady
@given(case=settings_and_place())
def test_h_and_x_are_what_nn_lstm_returns(case: tuple[Settings, int, int, int]) -> None:
    """h is `nn.LSTM`'s own output; x is the inputs in layer 0, above it the whole output of the layer below."""
    settings, layer, direction, sample = case
    cells = scored(*case, 0).cells
    width, steps = settings.output_size, settings.seq_len
    allowed = 2 * limit(trace(*build(settings)).c.float())  # whatever the settings' type, the frame is float32
    h = torchs_h(settings, layer)[:, sample, direction * width : (direction + 1) * width]
    assert_close(at_steps(cells, "h", steps, width), h.float(), allowed, "h")
    if layer == 0:
        inputs = build(settings).inputs
        x = inputs[sample] if settings.batch_first else inputs[:, sample]
        assert torch.equal(at_steps(cells, "x", steps, settings.input_size), x.float())
    else:
        below = torchs_h(settings, layer - 1)[:, sample]
        assert_close(at_steps(cells, "x", steps, below.shape[1]), below.float(), allowed, "x")


@steady
@given(case=settings_and_place())
def test_the_initial_state_is_a_column_of_its_own(case: tuple[Settings, int, int, int]) -> None:
    """c and h begin at t = 0, at t = T + 1 in the reverse direction, with the (h_0, c_0) the module was given."""
    settings, layer, direction, sample = case
    _, _, (h_0, c_0) = build(settings)
    cells = scored(*case, 0).cells
    start = settings.seq_len + 1 if direction else 0
    assert sorted(cells["t"].unique()) == sorted({start, *range(1, settings.seq_len + 1)})
    slot = layer * settings.num_directions + direction
    for name, state in (("h", h_0), ("c", c_0)):
        expected = state[slot, sample].float().numpy()
        assert np.array_equal(grid(cells, name).loc[start].to_numpy()[: len(expected)], expected), name


@steady
@given(case=settings_and_place())
def test_no_cell_is_nan_and_only_that(case: tuple[Settings, int, int, int]) -> None:
    """A cell is NaN only if its lane has no such row, or if it is an input or gate at the initial state."""
    settings, layer, direction, _ = case
    cells = scored(*case, 0).cells
    initial = cells["t"] == (settings.seq_len + 1 if direction else 0)
    rows = dict.fromkeys((*GATES, "c"), settings.hidden_size) | {"h": settings.output_size, "x": reads(settings, layer)}
    for name in LANES:
        none = cells["row"] >= rows[name]
        assert (cells[name].isna() == (none if name in STATES else none | initial)).all(), name


def reads(settings: Settings, layer: int) -> int:
    """How many numbers a layer reads a step."""
    return settings.output_size * settings.num_directions if layer else settings.input_size


def test_final_states_are_c_n_and_h_n() -> None:
    """The forward direction ends at t = T and the reverse one at t = 1, with the states `nn.LSTM` returns."""
    settings = Settings(bidirectional=True, num_layers=2, batch_size=2, input_size=4)
    module, inputs, hx = build(settings)
    with torch.no_grad():
        _, (h_n, c_n) = module(inputs, hx)
    for layer, direction, sample in np.ndindex(2, 2, 2):
        cells = scored(settings, layer, direction, sample, 0).cells
        for name, final in (("h", h_n), ("c", c_n)):
            last = grid(cells, name).loc[1 if direction else 5, :3]
            assert np.allclose(last, final[2 * layer + direction, sample], atol=2e-6), name


@steady
@given(case=settings_and_place())
def test_the_frame_has_one_row_a_step_and_row(case: tuple[Settings, int, int, int]) -> None:
    """T + 1 columns of as many rows as the longest lane, each (t, row) once, with a column a lane, in order of time."""
    settings, layer, _, _ = case
    run = scored(*case, 0)
    assert list(run.cells.columns) == ["t", "row", *LANES]
    assert len(run.cells) == (settings.seq_len + 1) * max(settings.hidden_size, reads(settings, layer))
    assert not run.cells.duplicated(["t", "row"]).any()
    assert run.cells[["t", "row"]].equals(run.cells[["t", "row"]].sort_values(["t", "row"], ignore_index=True))
    assert run.units == window(settings.seq_len, settings.hidden_size)
    assert run.features == window(settings.seq_len, reads(settings, layer))


# Windows: the rows that are shown if not all fit


@pytest.mark.parametrize("direction", [0, 1])
def test_pages_together_are_the_whole_score(monkeypatch: pytest.MonkeyPatch, direction: int) -> None:
    """Every unit and feature is on some page, with the numbers that it has if all fit on one page."""
    settings = Settings(input_size=7, hidden_size=11, seq_len=6, proj_size=4, bidirectional=True)
    whole = scored(settings, 0, direction, 0, 0).cells
    monkeypatch.setattr(lanes, "MAX_CELLS", 3 * len(LANES) * 6)  # three rows a page
    parts = [fresh(settings, 0, direction, 0, page) for page in range(4)]
    assert [(part.units.first, part.units.last) for part in parts] == [(0, 2), (3, 5), (6, 8), (9, 10)]
    # The features have fewer pages than the units: their last one stays.
    assert [(part.features.first, part.features.last) for part in parts] == [(0, 2), (3, 5), (6, 6), (6, 6)]
    for name in LANES:
        several = []
        for part in parts[:3] if name == "x" else parts:
            shown = part.features if name == "x" else part.units
            table = grid(part.cells, name)
            assert table.loc[:, shown.last - shown.first + 1 :].isna().all(axis=None)
            table = table.loc[:, : shown.last - shown.first]
            several.append(table.set_axis(range(shown.first, shown.last + 1), axis=1))
        joined = pd.concat(several, axis=1)
        expected = grid(whole, name).loc[:, : joined.shape[1] - 1]
        assert list(joined.columns) == list(expected.columns)
        assert np.array_equal(joined, expected, equal_nan=True), name


def test_the_largest_settings_are_shown_page_by_page() -> None:
    """At T = 200, H = 128, I = 64 no page has more cells than `MAX_CELLS` (without initial states)."""
    settings = Settings(seq_len=200, hidden_size=128, input_size=64)
    for page in range(window(200, 128).pages):
        cells = scored(settings, 0, 0, 0, page).cells
        assert 0 < cells.loc[cells["t"] > 0, list(LANES)].notna().to_numpy().sum() <= MAX_CELLS


# What a page asks for


@pytest.mark.parametrize("settings", CASES, ids=settings_id)
def test_scored_says_how_far_its_states_reach(settings: Settings) -> None:
    """The largest |c| and |h| that are shown, including the initial state."""
    layer, direction, sample = settings.num_layers - 1, settings.num_directions - 1, settings.batch_size - 1
    run = trace(*build(settings))
    got = scored(settings, layer, direction, sample, 0)
    for name, reach in (("c", got.c), ("h", got.h)):
        start = getattr(run, f"{name}_0")[layer, direction, sample]
        states = torch.cat([lane(run, name, layer, direction, sample), start[None].float()])
        assert reach == states.abs().max().item(), name


@pytest.mark.parametrize("settings", CASES, ids=settings_id)
def test_what_is_kept_is_what_a_fresh_run_gives(settings: Settings) -> None:
    """The same settings are computed only once, and the kept frame equals the frame of a new run."""
    got = frames.scored(settings, 0, 0, 0, 0)
    assert frames.scored(settings, 0, 0, 0, 0) is got
    pd.testing.assert_frame_equal(tables(got).cells, fresh(settings, 0, 0, 0, 0).cells)


def test_what_is_kept_differs_for_every_setting() -> None:
    """Each setting is part of the key of a kept frame: a change of any setting changes the frame."""
    base = Settings(batch_size=2, num_layers=2, bidirectional=True)
    seen = [scored(base, 0, 0, 0, 0)]
    changes: dict[str, Any] = {
        "seed": 2,
        "hidden_size": 5,
        "input_size": 4,
        "seq_len": 6,
        "batch_size": 3,
        "num_layers": 3,
        "bidirectional": False,
        "proj_size": 1,
        "bias": False,
        "dtype": "float64",
        "initial_state": "zeros",
        "signal": "pulse",
    }
    for name, value in changes.items():
        settings = Settings(**{**base.changed(), name: value})
        got = scored(settings, 0, 0, 0, 0)
        pd.testing.assert_frame_equal(got.cells, fresh(settings, 0, 0, 0, 0).cells)
        assert all(not got.cells.equals(other.cells) for other in seen), name
        seen.append(got)
    for name in JOBS:
        got = scored(Settings.for_job(name), 0, 0, 0, 0)
        assert all(not got.cells.equals(other.cells) for other in seen), name
        seen.append(got)
    assert {*changes, "weights", "batch_first"} == set(FIELDS)  # batch_first is the one that changes no number
    plain, first = (scored(Settings(batch_first=value), 0, 0, 0, 0) for value in (False, True))
    pd.testing.assert_frame_equal(plain.cells, first.cells, atol=2e-6)
    views = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert len({scored(base, *view, 0).cells.to_csv() for view in views}) == len(views)


# For the browser, and as a table


def unpacked(data: bytes) -> tuple[list[int], np.ndarray]:
    """The six numbers of layout, and the cells as (lane, column, row) with NaN for no cell."""
    layout = np.frombuffer(data[:24], "<i4").tolist()
    kind = {2: "<i2", 4: "<i4"}[layout[0]]
    whole = np.frombuffer(data[24:], kind).reshape(len(LANES), layout[2], layout[3])
    return layout, np.where(whole == np.iinfo(kind).min, np.nan, whole / 10_000)


@steady
@given(case=settings_and_place())
def test_packed_numbers_can_be_taken_out_again(case: tuple[Settings, int, int, int]) -> None:
    """The bytes hold the layout, then x, i, f, g, o, c, h by column and row, to four decimals. NaN stays NaN."""
    settings, layer, direction, _ = case
    run = frames.scored(*case, 0)
    layout, lanes = unpacked(packed(run))
    rows = max(settings.hidden_size, reads(settings, layer))
    assert layout[1:] == [1 if direction else 0, settings.seq_len + 1, rows, 0, 0]
    for values, name in zip(lanes, LANES, strict=True):
        expected = grid(tables(run).cells, name).to_numpy()
        assert np.array_equal(np.isnan(values), np.isnan(expected)), name
        assert np.nanmax(np.abs(values - expected)) <= 0.5001e-4, name


def scored_as(*values: float) -> Scored:
    """A score of one column whose cells hold `values` in every lane."""
    axes = {"t": np.zeros(len(values), np.int16), "row": np.arange(len(values), dtype=np.int16)}
    cells = axes | dict.fromkeys(LANES, np.array(values, np.float32))
    whole = Window(0, len(values) - 1, 0, 1)
    return Scored(cells, whole, whole, len(values), c=0, h=0, rows={})


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ((0.5, -3.2767, 3.2767), 2),
        ((0.5, 3.2768), 4),
        ((0.5, -3.2768), 4),  # as two bytes it would be taken for no cell
        ((-200.12345, float("nan")), 4),
    ],
)
def test_packed_numbers_have_room(values: tuple[float, ...], size: int) -> None:
    """A cell has two bytes if they are enough, else four. A number is never cut off, and never taken for no cell."""
    layout, lanes = unpacked(packed(scored_as(*values)))
    assert layout[0] == size
    assert np.allclose(lanes[0, 0], np.array(values, np.float32), atol=0.6e-4, rtol=0, equal_nan=True)


def test_packed_numbers_know_their_page() -> None:
    """On a later page the layout names the first unit and the first feature that are shown."""
    run = scored(Settings(seq_len=200, hidden_size=128, input_size=16), 0, 0, 0, 2)
    layout, _ = unpacked(packed(run))
    assert layout[1:] == [0, 201, 5, 10, 8]


def test_rows_of_lanes_are_those_of_the_window() -> None:
    """The rows of a lane are the units or features of its window. With a projection, h has fewer rows."""
    assert scored(Settings(), 0, 0, 0, 0).rows == {"x": 3, **dict.fromkeys("ifgoch", 4)}
    assert scored(Settings(proj_size=2), 0, 0, 0, 0).rows["h"] == 2
    many = Settings(input_size=64, hidden_size=128, seq_len=200, proj_size=18)
    for page, h in ((0, 5), (3, 3), (4, 0)):
        assert scored(many, 0, 0, 0, page).rows == {**dict.fromkeys("xifgoc", 5), "h": h}
