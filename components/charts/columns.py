"""Tensors to tidy columns, which a chart draws, and to pandas frames, which a table shows. No drawing in here."""

from collections.abc import Mapping

import numpy as np

Columns = Mapping[str, np.ndarray]
"""A dataset of a chart: its columns by name, all of one length. Never written to.

It is no DataFrame, because Arrow reads it column by column and nothing else does: pandas takes longer to put a small
frame together and to take it apart again than Arrow to write it.
"""
