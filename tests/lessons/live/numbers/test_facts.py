"""All numbers of a run as .npz: what is in it, how large it is, and what it takes to make one."""

import dataclasses
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples

from components.lessons.live.numbers.facts import LIMIT, archive, count, fitting, nbytes
from components.lessons.weights import facts as parameters
from components.lstm.build import build, shared_build
from components.lstm.trace import trace
from components.settings import FIELDS, Settings, Whole
from tests import fresh
from tests.lstm.strategies import small_settings

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=40)
MOST: dict[str, Any] = {
    name: field.high for name, field in FIELDS.items() if isinstance(field, Whole) and name != "proj_size"
}
LARGEST = Settings(**MOST, bidirectional=True, dtype="float64")


@steady
@given(settings=small_settings())
def test_the_file_is_the_trace(settings: Settings) -> None:
    """The file holds every tensor under its name, in PyTorch's shape, bit for bit, and `count` is right."""
    run = trace(*build(settings))
    with np.load(io.BytesIO(archive(settings))) as file:
        arrays = dict(file)
    assert list(arrays) == [field.name for field in dataclasses.fields(run)]
    for name, array in arrays.items():
        assert array.dtype == settings.dtype
        assert np.array_equal(array, getattr(run, name).numpy()), name
    slots = (settings.num_layers, settings.num_directions, settings.seq_len, settings.batch_size)
    assert arrays["f"].shape == (*slots, settings.hidden_size)
    assert count(settings) == sum(array.size for array in arrays.values())
    assert nbytes(settings) == sum(array.nbytes for array in arrays.values())


def test_what_is_too_large_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """It raises before anything is computed, with both figures."""
    monkeypatch.setattr("components.lessons.live.numbers.facts.trace", lambda *_: pytest.fail("computed"))
    with pytest.raises(ValueError, match=rf"{nbytes(LARGEST):,} bytes, and a file holds at most {LIMIT:,}"):
        archive(LARGEST)


@steady
@given(settings=small_settings())
def test_the_values_that_fit_are_the_largest_that_do(settings: Settings) -> None:
    """Each value that is said to fit does fit, if nothing else changes, and the next larger value does not."""
    large = dataclasses.replace(settings, seq_len=200, batch_size=16, hidden_size=128, proj_size=0)
    found: dict[str, Any] = dict(fitting(large))
    assert found
    for name, value in found.items():
        lower: dict[str, Any] = {name: value}
        assert nbytes(dataclasses.replace(large, **lower)) <= LIMIT
        assert value < getattr(large, name)
        if nbytes(large) > LIMIT:
            more: dict[str, Any] = {name: value + 1}
            assert nbytes(dataclasses.replace(large, **more)) > LIMIT


def test_there_is_a_way_at_the_largest() -> None:
    assert nbytes(LARGEST) > LIMIT
    assert "batch_size" in dict(fitting(LARGEST))
    assert "hidden_size" in dict(fitting(dataclasses.replace(LARGEST, proj_size=3)))
    assert "hidden_size" not in dict(fitting(dataclasses.replace(LARGEST, proj_size=120)))


def test_the_parameters_of_every_module_fit() -> None:
    """No module is larger than this one, and its file is within the limit of a file."""
    assert len(parameters.archive(shared_build(dataclasses.replace(LARGEST, seq_len=1, batch_size=1)).module)) <= LIMIT


# What it takes

PEAK = """
import threading, time
import psutil
from components.settings import Settings
from components.lstm.build import shared_build
{imports}

settings = {settings}
shared_build(settings)
process, peak, over = psutil.Process(), 0, threading.Event()

def watch():
    global peak
    while not over.is_set():
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.0005)

before = process.memory_info().rss
watching = threading.Thread(target=watch)
watching.start()
file = {made}
over.set()
watching.join()
print(peak - before, len(file))
"""
LARGEST_FILE = dataclasses.replace(LARGEST, batch_size=dict(fitting(LARGEST))["batch_size"])
MAKERS = {
    "all units as CSV": (
        "from components.lessons.live.numbers.frames import slot_csv",
        "slot_csv(settings, 3, 1, 15)",
        LARGEST,
    ),
    "all numbers as .npz": (
        "from components.lessons.live.numbers.facts import archive",
        "archive(settings)",
        LARGEST_FILE,
    ),
    "all parameters as .npz": (
        "from components.lessons.weights.facts import archive",
        "archive(shared_build(settings).module)",
        LARGEST,
    ),
}


@pytest.mark.parametrize("name", MAKERS)
def test_making_a_file_at_the_largest_takes_a_bounded_memory(name: str) -> None:
    """A fresh process grows by at most ten times the limit of a file, and the file is within the limit."""
    imports, made, settings = MAKERS[name]
    program = PEAK.format(imports=imports, made=made, settings=settings)
    done = fresh.born(program)
    assert done.returncode == 0, done.stderr
    grown, size = map(int, done.stdout.split())
    assert 0 < size <= LIMIT * 1.01  # names and lengths stand in the file too
    assert grown <= 10 * LIMIT
