"""The continuations of a cut sequence as cells: a row for each, a column for each step after the cut."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from components.charts.scene import WIDTH, Layout, Scene, wide_enough

MARGIN = 88  # px left of the cells
HEAD, ROW, GAP, FOOT = 26, 27, 10, 4  # px: above the cells, of a row, above the last row, and below
MAX_STEPS = 24  # the most columns that are shown; half of them are the first steps, half the last
BREAK = 0.6  # empty columns where steps are left out
FAINTEST, DEEPEST = 1e-4, 1.0  # a difference of at most the first has no shade, one of the second the deepest
_WORDS = ("small margin", "faint tick", "faint step")


def carry_height(rows: int) -> int:
    """The height of the picture in px."""
    return HEAD + rows * ROW + GAP + FOOT


def carry_picture(first: int, per_step: Mapping[str, Sequence[float]]) -> Layout:
    """The differences of some runs by name, at the steps from `first` on. Not more than `MAX_STEPS` steps are shown.

    The columns of the cells are t, carried, difference and shade. `shade` is 0 for `FAINTEST` and 1 for `DEEPEST`, on
    a logarithmic scale. There is a gap above the last run.
    """
    count = len(next(iter(per_step.values())))
    half = MAX_STEPS // 2
    steps = np.arange(count) if count <= MAX_STEPS else np.r_[:half, count - half : count]
    places = np.arange(len(steps)) + (steps != np.arange(len(steps))) * BREAK
    wide = WIDTH / (places[-1] + 1)
    scene = Scene(carry_height(len(per_step)), _WORDS, MARGIN, heights={"cells": ROW - 2})
    for row, (name, differences) in enumerate(per_step.items()):
        top = HEAD + row * ROW + (GAP if row == len(per_step) - 1 else 0)
        shown = np.array(differences, np.float64)[steps]
        scene.cells(
            places * wide + 1,
            top,
            wide - 2,
            ROW - 2,
            t=(first + steps).astype(np.int16),
            carried=np.array([name] * len(steps), object),
            difference=shown.astype(np.float32),
            shade=_shades(shown),
        )
        scene.label("small margin", 0, top + ROW / 2 - 1, name)
    for place, step in zip(places, steps, strict=True):
        at_end = step in (0, count - 1)
        text = f"t = {first + step}" if step == 0 else str(first + step)
        x = (place + 0.5) * wide
        scene.label("faint tick" if at_end else "faint step", x, 14, text, least=0 if at_end else wide_enough(24, wide))
    if count > MAX_STEPS:
        scene.label("faint tick", (half + BREAK / 2) * wide, 14, "…")
    return scene.layout()


def _shades(differences: np.ndarray) -> np.ndarray:
    """From 0 to 1, by the logarithm of the difference."""
    low, high = np.log10(FAINTEST), np.log10(DEEPEST)
    powers = np.log10(np.maximum(differences, FAINTEST))
    shades: np.ndarray = np.minimum((powers - low) / (high - low), 1).astype(np.float32)
    return shades


def carry_table(first: int, per_step: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """All the differences, a row for each step t, a column for each run."""
    count = len(next(iter(per_step.values())))
    return pd.DataFrame({"t": range(first, first + count)} | {name: list(of) for name, of in per_step.items()})
