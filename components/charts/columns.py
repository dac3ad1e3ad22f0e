"""Tensors to tidy columns, which a chart draws, and to pandas frames, which a table shows. No drawing in here."""

from collections.abc import Mapping, Sequence

import numpy as np

Label = tuple[str, float, float, str]  # kind, x, y, text

Columns = Mapping[str, np.ndarray]
"""A dataset of a chart: its columns by name, all of one length. Never written to.

It is no DataFrame, because Arrow reads it column by column and nothing else does: pandas takes longer to put a small
frame together and to take it apart again than Arrow to write it.
"""


def label_columns(labels: Sequence[Label]) -> Columns:
    """Words of a picture as columns: kind (how a word is written), x, y, text."""
    kinds, xs, ys, texts = zip(*labels, strict=True)
    return {
        "kind": np.array(kinds, object),
        "x": np.array(xs, np.float32),
        "y": np.array(ys, np.float32),
        "text": np.array(texts, object),
    }
