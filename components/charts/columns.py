"""The type of a chart's dataset: tidy columns. No drawing in here."""

from collections.abc import Mapping

import numpy as np

Columns = Mapping[str, np.ndarray]
"""A dataset of a chart: its columns by name, all of the same length. Nobody writes to it.

It is not a DataFrame, because only Arrow reads it, column by column. pandas takes longer to make a small frame and to
split it again than Arrow takes to write it.
"""
