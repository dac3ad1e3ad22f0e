"""Datasets as DataFrames, for tests that select, sort and group."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import wraps
from typing import Any

import numpy as np
import pandas as pd


def tabled(make: Callable[..., Any]) -> Callable[..., Any]:
    """`make`, whose result is a dataset or holds some: each is a DataFrame in what is given instead."""

    @wraps(make)
    def made(*args: Any, **kwargs: Any) -> Any:
        return tables(make(*args, **kwargs))

    return made


def tables(found: Any) -> Any:
    """A dataset as a DataFrame; of a dataclass, those within it; anything else as it is."""
    if isinstance(found, dict) and found and all(isinstance(column, np.ndarray) for column in found.values()):
        return pd.DataFrame(found)
    if is_dataclass(found) and not isinstance(found, type):
        return replace(found, **{field.name: tables(getattr(found, field.name)) for field in fields(found)})
    return found
