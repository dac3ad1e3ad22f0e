"""A trace as frames: the score's two datasets, and every number as tidy rows."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import torch

from components.recurrence.build import build
from components.recurrence.trace import Trace, trace
from components.settings import Settings

LANES = ("x", "i", "f", "g", "o", "c", "h")

# About as many cells as a browser redraws at once without a pause: 32 units over 100 steps, seven lanes.
MAX_CELLS = 22_400


@dataclass(frozen=True)
class Window:
    """The rows of a lane that are drawn: `first` to `last`, both included, page `page` of `pages`."""

    first: int
    last: int
    page: int
    pages: int


def window(steps: int, rows: int, page: int = 0) -> Window:
    """Page `page` (from 0, clamped) of even pages, each of no more rows than `MAX_CELLS` allows over `steps`."""
    fit = max(MAX_CELLS // (len(LANES) * steps), 1)
    pages = -(-rows // fit)
    size = -(-rows // pages)
    page = min(page, pages - 1)
    return Window(page * size, min((page + 1) * size, rows) - 1, page, pages)


@dataclass(frozen=True, eq=False)
class Scored:
    """What a score draws, and how far its states reach."""

    inputs: pd.DataFrame  # t, row, x
    units: pd.DataFrame  # t, row, i, f, g, o, c, h
    c: float  # largest |c|
    h: float  # largest |h| at t = 1..T: without a projection never above 1


# Shared by all visitors and never written to. A whole trace can have 80 MB; what is drawn of one, 0.7 MB at most.
@lru_cache(maxsize=64)
def scored(settings: Settings, layer: int, direction: int, sample: int, page: int) -> Scored:
    """The score's frames for some settings, from one traced call."""
    run = trace(*build(settings))
    frames = score_frames(run, layer, direction, sample, page)
    h = run.h[layer, direction, :, sample].abs().max().item()
    return Scored(**frames, c=float(frames["units"]["c"].abs().max()), h=h)


def score_frames(trace: Trace, layer: int, direction: int, sample: int, page: int = 0) -> dict[str, pd.DataFrame]:
    """The score's datasets for one layer, direction and sample, float32.

    `inputs`: t, row, x: what this layer reads, which above the first layer is the h of the layer below.
    `units`: t, row, i, f, g, o, c, h; NaN where there is no such cell (gates of the initial state, h beyond
    `proj_size`). t is 1..T; the initial state is t = 0, in the reverse direction t = T + 1. Of more rows than fit,
    `page` is drawn.
    """
    lanes = _lanes(trace, layer, direction, sample)
    steps = len(lanes["x"])
    features = window(steps, lanes["x"].shape[1], page)
    units = window(steps, lanes["c"].shape[1], page)
    x = lanes.pop("x")[:, features.first : features.last + 1]
    cells = np.full((len(lanes), steps + 1, units.last - units.first + 1), np.nan, np.float32)
    for values, lane in zip(cells, lanes.values(), strict=True):
        lane = lane[:, units.first : units.last + 1]
        # Gates have no column for the initial state, which comes first, or last in the reverse direction.
        start = 0 if direction else len(values) - len(lane)
        values[start : start + len(lane), : lane.shape[1]] = lane
    columns = dict(zip(lanes, cells.reshape(len(lanes), -1), strict=True))
    return {
        "inputs": pd.DataFrame(_axes(1, x, features.first) | {"x": x.ravel().astype(np.float32, copy=False)}),
        "units": pd.DataFrame(_axes(1 if direction else 0, cells[0], units.first) | columns),
    }


def packed(inputs: pd.DataFrame, units: pd.DataFrame) -> bytes:
    """The score's frames as float32 in one piece, for a script in the browser.

    Six numbers of layout (first t, columns, units, first unit, features, first feature), then x (step, feature), then
    i, f, g, o, c, h, each (column, unit).
    """
    columns = units["t"].nunique()
    layout = [
        units["t"].iloc[0],
        columns,
        len(units) // columns,
        units["row"].iloc[0],
        len(inputs) // (columns - 1),
        inputs["row"].iloc[0],
    ]
    lanes = [units[lane].to_numpy() for lane in LANES if lane != "x"]
    return np.concatenate([layout, inputs["x"], *lanes]).astype(np.float32).tobytes()


def table_frame(inputs: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The score's frames side by side, a row a (t, row)."""
    return inputs.merge(units, on=["t", "row"], how="outer")


def tidy_frame(trace: Trace) -> pd.DataFrame:
    """Every number of a trace, one a row: layer, direction, sample, lane, t, unit, value, as torch computed it.

    The lane x of layer 0 holds the inputs. The initial states stand at t = 0 (T + 1 in the reverse direction).
    """
    parts = []
    layers, directions, steps, batch = trace.c.shape[:4]
    for layer, direction, sample in np.ndindex(layers, directions, batch):
        for name, cells in _lanes(trace, layer, direction, sample).items():
            if name == "x" and (layer or direction):
                continue
            where = {"layer": layer, "direction": direction, "sample": sample, "lane": name}
            first = 1 if len(cells) == steps or direction else 0
            axes = _axes(first, cells, 0)
            axes["unit"] = axes.pop("row")
            parts.append(pd.DataFrame(where | axes | {"value": cells.ravel()}))
    return pd.concat(parts, ignore_index=True)


def _axes(first_t: int, cells: np.ndarray, first_row: int) -> dict[str, np.ndarray]:
    """t and row of every cell of (steps, rows), as small integers."""
    steps, rows = cells.shape
    return {
        "t": np.repeat(np.arange(first_t, first_t + steps, dtype=np.int16), rows),
        "row": np.tile(np.arange(first_row, first_row + rows, dtype=np.int16), steps),
    }


def _lanes(trace: Trace, layer: int, direction: int, sample: int) -> dict[str, np.ndarray]:
    """Each lane as (steps, rows), time ascending; c and h have the initial state as one more step."""
    below = trace.x if layer == 0 else torch.cat(list(trace.h[layer - 1]), dim=2)
    lanes = {"x": below[:, sample]}
    lanes |= {name: getattr(trace, name)[layer, direction, :, sample] for name in "ifgo"}
    for name, start in (("c", trace.c_0), ("h", trace.h_0)):
        states = getattr(trace, name)[layer, direction, :, sample]
        initial = start[layer, direction, sample][None]
        lanes[name] = torch.cat([states, initial] if direction else [initial, states])
    return {name: lane.numpy() for name, lane in lanes.items()}
