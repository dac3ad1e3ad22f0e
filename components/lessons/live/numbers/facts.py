"""All numbers of a run in one file, if they are not too many."""

import dataclasses
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from components.lstm.build import shared_build
from components.lstm.trace import Trace, trace
from components.settings import Settings

# The largest file, in bytes of numbers. A click makes the file in the memory that all visitors share. The trace, its
# file and the room to compute them need a few times this size. The parameters of every module fit into it.
LIMIT = 12_000_000


def archive(settings: Settings) -> bytes:
    """An .npz file with every tensor of a `Trace` under its name. `np.load` reads it without pickle.

    Raises `ValueError` if the numbers are more than `LIMIT` bytes.
    """
    if (size := nbytes(settings)) > LIMIT:
        raise ValueError(f"all numbers are {size:,} bytes, and a file holds at most {LIMIT:,}")
    run = trace(*shared_build(settings))
    file = io.BytesIO()
    np.savez(
        file,
        allow_pickle=False,
        **{field.name: getattr(run, field.name).numpy() for field in dataclasses.fields(Trace)},
    )
    return file.getvalue()


def count(settings: Settings) -> int:
    """How many numbers a `Trace` holds."""
    steps, batch, hidden, width = settings.seq_len, settings.batch_size, settings.hidden_size, settings.output_size
    slots = settings.num_layers * settings.num_directions
    inside = slots * steps * batch * (5 * hidden + width)  # i, f, g, o, c, and h
    ends = 2 * slots * batch * (hidden + width)  # c_0 and c_n, h_0 and h_n
    return inside + ends + steps * batch * (settings.input_size + settings.num_directions * width)  # x and output


def nbytes(settings: Settings) -> int:
    """How many bytes the numbers of a `Trace` take."""
    return count(settings) * np.dtype(settings.dtype).itemsize


def fitting(settings: Settings) -> Iterator[tuple[str, int]]:
    """Pairs of a setting's name and its largest value with which all numbers fit into a file, if only it changes."""
    for name in ("batch_size", "num_layers", "hidden_size", "seq_len"):
        least = settings.proj_size + 1 if name == "hidden_size" else 1
        for value in range(getattr(settings, name) - 1, least - 1, -1):
            lower: dict[str, Any] = {name: value}
            if nbytes(dataclasses.replace(settings, **lower)) <= LIMIT:
                yield name, value
                break
