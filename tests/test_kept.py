"""The store never has more bytes than its bound, and computes a value once when several threads ask for it at once."""

import ast
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from components import kept as module
from components.kept import ENTRY, TENSOR, Store, kept, size
from components.lessons.layers.facts import undisturbed
from components.settings import Settings
from tests import ROOT

BOUND = 100_000
PATIENCE = 10  # seconds, after which a test fails instead of waiting for ever


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """A small store for the test alone; it replaces the store of the process."""
    own = Store(BOUND)
    monkeypatch.setattr(module, "STORE", own)
    return own


class Counted:
    """A function that counts its calls and returns a value of `count` bytes and two more."""

    def __init__(self, count: int = 1000) -> None:
        self.calls = 0
        self.count = count

    def __call__(self, key: int) -> bytes:
        self.calls += 1
        return key.to_bytes(2) + bytes(self.count)


# The bound


def test_the_bound_holds_over_many_insertions(store: Store) -> None:
    """The oldest entries are dropped. An entry that is asked for again and again stays."""
    counted = Counted()
    kept_counted = kept(counted)
    for key in range(500):
        assert kept_counted(key) == key.to_bytes(2) + bytes(1000)
        assert kept_counted(0)[:2] == b"\0\0"
        assert store.size <= store.bound
    assert store.size > BOUND - 2000
    assert counted.calls == 500
    kept_counted(499)
    assert counted.calls == 500
    kept_counted(1)
    assert counted.calls == 501


def test_the_bound_holds_from_eight_threads(store: Store) -> None:
    """With values of many sizes, some too large, the store keeps the bound and every thread gets the right value."""
    over: list[int] = []

    @kept
    def full(key: int) -> np.ndarray:
        return np.full(key * 300, key)

    def ask(seed: int) -> None:
        for key in np.random.default_rng(seed).integers(1, 60, 400).tolist():
            assert (full(key) == key).all()
            if store.size > store.bound:
                over.append(store.size)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert over == []
    assert 0 < store.size <= store.bound
    assert store._making == {}


def test_what_is_larger_than_the_bound_is_given_and_not_kept(store: Store) -> None:
    counted = Counted(BOUND)
    kept_counted = kept(counted)
    assert len(kept_counted(1)) == len(kept_counted(1)) == BOUND + 2
    assert counted.calls == 2
    assert store.size == 0


def test_the_keys_count_too(store: Store) -> None:
    """Otherwise a million small results would have a million keys that nobody counts."""
    nothing = kept(lambda text: None)
    for number in range(200):
        nothing(f"{number}" + "x" * 5000)
    assert store.size <= store.bound
    assert len(store._entries) < BOUND / 5000


# One computation


def test_two_spellings_are_one_key(store: Store) -> None:
    calls = []

    @kept
    def number_of_call(settings: Settings, kind: str = "LSTM", step: int = 1) -> int:
        calls.append((settings, kind, step))
        return len(calls)

    settings = Settings(seq_len=7)
    spellings: list[Callable[[], int]] = [
        lambda: number_of_call(settings),
        lambda: number_of_call(settings, "LSTM"),
        lambda: number_of_call(Settings(seq_len=7), "LSTM", 1),
        lambda: number_of_call(settings=settings),
        lambda: number_of_call(settings, step=1),
        lambda: number_of_call(step=1, kind="LSTM", settings=settings),
    ]
    assert [spelling() for spelling in spellings] == [1] * 6
    assert number_of_call(settings, step=2) == number_of_call(settings, "LSTM", 2) == 2
    with pytest.raises(TypeError, match="missing a required argument: 'settings'"):
        number_of_call(kind="LSTM")  # type: ignore[call-arg]


def test_a_module_s_h_is_computed_once(store: Store) -> None:
    """Two lessons ask for it, each in its own spelling."""
    settings = Settings(num_layers=2, bidirectional=True)
    assert undisturbed(settings) is undisturbed(settings, "LSTM")


def test_functions_do_not_share_keys_and_are_forgotten_one_by_one(store: Store) -> None:
    first, second = Counted(), Counted()
    kept_first, kept_second = kept(first), kept(second)
    for _ in range(2):
        kept_first(1)
        kept_second(1)
    assert (first.calls, second.calls) == (1, 1)
    kept_first.cache_clear()
    kept_first(1)
    kept_second(1)
    assert (first.calls, second.calls) == (2, 1)


def test_threads_that_ask_at_the_same_time_wait_for_one_computation(store: Store) -> None:
    """This holds even for a value that is too large to keep. A thread that asks for another key does not wait."""
    begun, go_on = threading.Event(), threading.Event()
    calls = []

    @kept
    def slow(key: int) -> bytes:
        calls.append(key)
        begun.set()
        assert go_on.wait(PATIENCE)
        return bytes(2 * BOUND)

    quick = kept(Counted())
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(slow, 1)
        assert begun.wait(PATIENCE)
        waiting = [pool.submit(slow, 1) for _ in range(2)]
        assert pool.submit(quick, 1).result(PATIENCE)
        time.sleep(0.05)  # so that both threads wait by now
        assert not any(future.done() for future in waiting)
        go_on.set()
        results = [future.result(PATIENCE) for future in (first, *waiting)]
    assert calls == [1]
    assert results[0] is results[1] is results[2]


def test_functions_that_ask_for_each_other_do_not_lock(store: Store) -> None:
    """Each of two threads computes a value for which it needs values that the other thread is computing."""
    meet = threading.Barrier(2, timeout=PATIENCE)

    @kept
    def even(n: int) -> int:
        if n == 4:
            meet.wait()
        return odd(n - 1) + 1 if n else 0

    @kept
    def odd(n: int) -> int:
        if n == 5:
            meet.wait()
        return even(n - 1) + 1 if n else 0

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(even, 4), pool.submit(odd, 5)]
        assert [future.result(PATIENCE) for future in futures] == [4, 5]


def test_a_function_that_calls_itself_without_end_fails_as_without_a_store(store: Store) -> None:
    @kept
    def endless(n: int) -> int:
        return endless(n)

    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(200)
        with pytest.raises(RecursionError):
            endless(1)
    finally:
        sys.setrecursionlimit(limit)
    assert store._making == {}


def test_an_exception_is_not_kept_and_blocks_nobody(store: Store) -> None:
    """The first thread fails. The second one, which waited for it, computes the value, and the third call finds it."""
    begun, fail = threading.Event(), threading.Event()
    calls = []

    @kept
    def fails_once(key: int) -> int:
        calls.append(key)
        if len(calls) == 1:
            begun.set()
            assert fail.wait(PATIENCE)
            raise ValueError("no")
        return key

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(fails_once, 1)
        assert begun.wait(PATIENCE)
        second = pool.submit(fails_once, 1)
        time.sleep(0.05)
        fail.set()
        with pytest.raises(ValueError, match="no"):
            first.result(PATIENCE)
        assert second.result(PATIENCE) == 1
    assert fails_once(1) == 1
    assert len(calls) == 2
    assert store._making == {}


def test_a_result_is_found_at_once(store: Store) -> None:
    """A move of a slider asks dozens of times, so a call must take less than 0.05 ms. The best of 20 counts."""

    @kept
    def result(settings: Settings, kind: str = "LSTM") -> int:
        return 1

    settings = Settings()
    result(settings)
    best = min(_seconds(lambda: result(settings)) for _ in range(20))
    assert best < 5e-5


def _seconds(call: Callable[[], object], times: int = 100) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


# How sizes are counted


@dataclass(frozen=True)
class Held:
    """A result as a dataclass."""

    tensor: torch.Tensor
    columns: dict[str, np.ndarray]


class Named(NamedTuple):
    """A result as a named tuple."""

    tensor: torch.Tensor
    text: str


def numbers(count: int) -> torch.Tensor:
    """A tensor of `count` float32."""
    return torch.zeros(count)


FLOATS = numbers(10_000)  # 40 kB
ARRAY = np.zeros(5_000)  # 40 kB
FRAME = pd.DataFrame({"value": ARRAY})
MODULE = nn.LSTM(3, 40, num_layers=2, bidirectional=True)
SIZES: dict[str, tuple[Any, int]] = {
    "a tensor": (FLOATS, 40_000),
    "float64": (FLOATS.double(), 80_000),
    "a view is all of its memory": (FLOATS[:1], 40_000),
    "two views are one memory": ([FLOATS[:1], FLOATS[5:]], 40_000),
    "two tensors": ((FLOATS, FLOATS.clone()), 80_000),
    "an array": (ARRAY, 40_000),
    "a view of an array": (ARRAY[::2][:3], 40_000),
    "an array on a tensor": ((FLOATS.numpy(), FLOATS), 40_000),
    "bytes": (bytes(40_000), 40_000),
    "text": ("x" * 40_000, 40_000),
    "the same text twice": (["x" * 40_000] * 2, 40_000),
    "words in an array": (np.array(["x" * 20_000, "y" * 20_000], object), 40_000),
    "a dataclass": (Held(FLOATS, {"a": ARRAY, "b": ARRAY}), 80_000),
    "a named tuple": (Named(FLOATS, "x" * 40_000), 80_000),
    "a set": ({bytes(40_000)}, 40_000),
    "a frame": (FRAME, 40_000),
    "a column": (FRAME["value"], 40_000),
    "a module": (MODULE, 4 * sum(parameter.numel() for parameter in MODULE.parameters())),
    "a function, which is there anyway": (lambda: FLOATS, 0),
}


@pytest.mark.parametrize(("value", "expected"), SIZES.values(), ids=list(SIZES))
def test_sizes_are_those_of_the_numbers(value: Any, expected: int) -> None:
    """They also include a little for each object: a few hundred bytes for a tensor, list, dictionary or array."""
    tensors = sum(1 for _ in value.parameters()) if isinstance(value, nn.Module) else 2
    assert expected <= size(value) <= expected + tensors * TENSOR + (30_000 if isinstance(value, nn.Module) else 1500)


def test_an_entry_is_more_than_its_value(store: Store) -> None:
    kept(lambda: None)()
    assert ENTRY < store.size < ENTRY + 200


# Nothing else grows with the settings


def unbounded(name: str, source: str) -> Iterator[str]:
    """The functions whose results a cache of `functools` keeps, if they take Settings or if they are wrapped in a call.

    Such a cache counts entries, not bytes.
    """

    def is_cache(node: ast.expr) -> bool:
        while isinstance(node, ast.Call):
            node = node.func
        return getattr(node, "attr", getattr(node, "id", "")) in ("cache", "lru_cache")

    decorators = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            decorators |= {decorator for decorator in node.decorator_list if is_cache(decorator)}
            types = [ast.unparse(argument.annotation) for argument in node.args.args if argument.annotation is not None]
            if any(map(is_cache, node.decorator_list)) and any("Settings" in type_ for type_ in types):
                yield f"{name}: {node.name}"
        if isinstance(node, ast.Call) and is_cache(node) and node.args and node not in decorators:
            yield f"{name}: {ast.unparse(node)}"


def test_what_grows_with_the_settings_is_in_the_store() -> None:
    names: list[str] = []
    for path in (ROOT / "components").rglob("*.py"):
        names += unbounded(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    assert names == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("@lru_cache(maxsize=8)\ndef f(settings: Settings): ...", 1),
        ("@functools.cache\ndef f(one: int, settings: 'Settings | None' = None): ...", 1),
        ("f = lru_cache(maxsize=8)(g)", 1),
        ("f = cache(g)", 1),
        ("@lru_cache(maxsize=8)\ndef f(name: str): ...", 0),
        ("@kept\ndef f(settings: Settings): ...", 0),
    ],
)
def test_that_check_can_fail(source: str, count: int) -> None:
    assert len(list(unbounded("f.py", source))) == count
