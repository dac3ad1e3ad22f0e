"""Datasets as DataFrames, for tests that select, sort and group rows."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import wraps
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from components.charts.scene import FULL, SOLID, TENTHS, Layout


def tabled(make: Callable[..., Any]) -> Callable[..., Any]:
    """`make`, changed so that each dataset in its result is a DataFrame."""

    @wraps(make)
    def made(*args: Any, **kwargs: Any) -> Any:
        return tables(make(*args, **kwargs))

    return made


def tables(found: Any) -> Any:
    """A dataset as a DataFrame. A dataclass or a scene keeps its form, with DataFrames in it; other values stay."""
    if isinstance(found, Layout):
        return seen(found)
    if isinstance(found, dict) and found and all(isinstance(column, np.ndarray) for column in found.values()):
        return pd.DataFrame(found)
    if is_dataclass(found) and not isinstance(found, type):
        return replace(found, **{field.name: tables(getattr(found, field.name)) for field in fields(found)})
    return found


def seen(layout: Layout) -> SimpleNamespace:
    """The datasets of a scene by name, with places in px, opacities from 0 to 1, and styles by name."""
    return SimpleNamespace(
        form=layout.form, **{name: _meant(layout, name, columns) for name, columns in layout.columns.items()}
    )


def _meant(layout: Layout, dataset: str, columns: Any) -> pd.DataFrame:
    table, form = pd.DataFrame(columns), layout.form
    for name in {"x", "x2", "y", "y2"}.intersection(table):
        table[name] = table[name] / (TENTHS if name[0] == "x" or not form.pitch else 1 / form.pitch)
    if "down" in table:
        table["y"] += table.pop("down") / TENTHS
    heights = dict(form.heights) | ({dataset: form.pitch * SOLID} if form.pitch and "x2" in table else {})
    if dataset in heights:
        table["y2"] = table["y"] + heights[dataset]
    if "opacity" in table:
        table["opacity"] = table["opacity"] / FULL
    if "style" in table:
        table["style"] = [form.words[number] for number in table["style"]]
    return table
