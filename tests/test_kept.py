"""The store: it never holds more bytes than it may, and what several ask for at the same time is computed once."""

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
PATIENCE = 10  # s; for threads that are never to meet


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """A small store of the test's own in place of the process's."""
    own = Store(BOUND)
    monkeypatch.setattr(module, "STORE", own)
    return own


class Counted:
    """A function that counts its calls and gives so many bytes."""

    def __init__(self, count: int = 1000) -> None:
        self.calls = 0
        self.count = count

    def __call__(self, key: int) -> bytes:
        self.calls += 1
        return key.to_bytes(2) + bytes(self.count)


# The bound


def test_the_bound_holds_over_many_insertions(store: Store) -> None:
    """The oldest go; those that are asked for again and again stay."""
    made = Counted()
    one = kept(made)
    for key in range(500):
        assert one(key) == key.to_bytes(2) + bytes(1000)
        assert one(0)[:2] == b"\0\0"
        assert store.size <= store.bound
    assert store.size > BOUND - 2000
    assert made.calls == 500
    one(499)
    assert made.calls == 500
    one(1)
    assert made.calls == 501


def test_the_bound_holds_from_eight_threads(store: Store) -> None:
    """Sizes of all kinds, some too large: never more than the bound, and everyone gets the right value."""
    over: list[int] = []

    @kept
    def made(key: int) -> np.ndarray:
        return np.full(key * 300, key)

    def ask(seed: int) -> None:
        for key in np.random.default_rng(seed).integers(1, 60, 400).tolist():
            assert (made(key) == key).all()
            if store.size > store.bound:
                over.append(store.size)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert over == []
    assert 0 < store.size <= store.bound
    assert store._making == {}


def test_what_is_larger_than_the_bound_is_given_and_not_kept(store: Store) -> None:
    made = Counted(BOUND)
    one = kept(made)
    assert len(one(1)) == len(one(1)) == BOUND + 2
    assert made.calls == 2
    assert store.size == 0


def test_the_keys_count_too(store: Store) -> None:
    """A million small results would otherwise be as many keys."""
    one = kept(lambda text: None)
    for number in range(200):
        one(f"{number}" + "x" * 5000)
    assert store.size <= store.bound
    assert len(store._entries) < BOUND / 5000


# One computation


def test_two_spellings_are_one_key(store: Store) -> None:
    calls = []

    @kept
    def made(settings: Settings, kind: str = "LSTM", step: int = 1) -> int:
        calls.append((settings, kind, step))
        return len(calls)

    one = Settings(seq_len=7)
    spellings: list[Callable[[], int]] = [
        lambda: made(one),
        lambda: made(one, "LSTM"),
        lambda: made(Settings(seq_len=7), "LSTM", 1),
        lambda: made(settings=one),
        lambda: made(one, step=1),
        lambda: made(step=1, kind="LSTM", settings=one),
    ]
    assert [spelling() for spelling in spellings] == [1] * 6
    assert made(one, step=2) == made(one, "LSTM", 2) == 2
    with pytest.raises(TypeError, match="missing a required argument: 'settings'"):
        made(kind="LSTM")  # type: ignore[call-arg]


def test_a_module_s_h_is_computed_once(store: Store) -> None:
    """As two lessons spell it."""
    settings = Settings(num_layers=2, bidirectional=True)
    assert undisturbed(settings) is undisturbed(settings, "LSTM")


def test_functions_do_not_share_keys_and_are_forgotten_one_by_one(store: Store) -> None:
    first, second = Counted(), Counted()
    one, other = kept(first), kept(second)
    for _ in range(2):
        one(1)
        other(1)
    assert (first.calls, second.calls) == (1, 1)
    one.cache_clear()
    one(1)
    other(1)
    assert (first.calls, second.calls) == (2, 1)


def test_two_who_ask_at_the_same_time_wait_for_one_computation(store: Store) -> None:
    """Even for what is too large to be kept; and who asks for something else does not wait."""
    begun, go_on = threading.Event(), threading.Event()
    calls = []

    @kept
    def slow(key: int) -> bytes:
        calls.append(key)
        begun.set()
        assert go_on.wait(PATIENCE)
        return bytes(2 * BOUND)

    other = kept(Counted())
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(slow, 1)
        assert begun.wait(PATIENCE)
        waiting = [pool.submit(slow, 1) for _ in range(2)]
        assert pool.submit(other, 1).result(PATIENCE)
        time.sleep(0.05)  # so that both have come to wait
        assert not any(one.done() for one in waiting)
        go_on.set()
        results = [one.result(PATIENCE) for one in (first, *waiting)]
    assert calls == [1]
    assert results[0] is results[1] is results[2]


def test_functions_that_ask_for_each_other_do_not_lock(store: Store) -> None:
    """Two threads, each in the midst of what the other one needs the half of."""
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
        assert [one.result(PATIENCE) for one in (pool.submit(even, 4), pool.submit(odd, 5))] == [4, 5]


def test_who_asks_for_itself_fails_as_without_a_store(store: Store) -> None:
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
    """Who waits for what fails computes in his turn; the next one finds what he made."""
    begun, fail = threading.Event(), threading.Event()
    calls = []

    @kept
    def made(key: int) -> int:
        calls.append(key)
        if len(calls) == 1:
            begun.set()
            assert fail.wait(PATIENCE)
            raise ValueError("no")
        return key

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(made, 1)
        assert begun.wait(PATIENCE)
        second = pool.submit(made, 1)
        time.sleep(0.05)
        fail.set()
        with pytest.raises(ValueError, match="no"):
            first.result(PATIENCE)
        assert second.result(PATIENCE) == 1
    assert made(1) == 1
    assert len(calls) == 2
    assert store._making == {}


def test_a_result_is_found_at_once(store: Store) -> None:
    """A move asks dozens of times: a hundredth of a millisecond each is what they may take. The best of several."""

    @kept
    def made(settings: Settings, kind: str = "LSTM") -> int:
        return 1

    one = Settings()
    made(one)
    best = min(_seconds(lambda: made(one)) for _ in range(20))
    assert best < 5e-5


def _seconds(call: Callable[[], object], times: int = 100) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


# How sizes are counted


@dataclass(frozen=True)
class Held:
    """What results are made of."""

    tensor: torch.Tensor
    columns: dict[str, np.ndarray]


class Named(NamedTuple):
    """The same as a tuple."""

    tensor: torch.Tensor
    text: str


def numbers(count: int) -> torch.Tensor:
    """So many float32."""
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
    """And of little else: a tensor's own bytes, a few hundred for each list, dictionary and array."""
    tensors = sum(1 for _ in value.parameters()) if isinstance(value, nn.Module) else 2
    assert expected <= size(value) <= expected + tensors * TENSOR + (30_000 if isinstance(value, nn.Module) else 1500)


def test_an_entry_is_more_than_its_value(store: Store) -> None:
    kept(lambda: None)()
    assert ENTRY < store.size < ENTRY + 200


# Nothing else grows with the settings


def unbounded(name: str, source: str) -> Iterator[str]:
    """The functions of Settings that a cache of `functools` counts by their number, and any that one is made of."""

    def is_cache(node: ast.expr) -> bool:
        while isinstance(node, ast.Call):
            node = node.func
        return getattr(node, "attr", getattr(node, "id", "")) in ("cache", "lru_cache")

    decorators = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            decorators |= {one for one in node.decorator_list if is_cache(one)}
            given = [ast.unparse(one.annotation) for one in node.args.args if one.annotation is not None]
            if any(map(is_cache, node.decorator_list)) and any("Settings" in one for one in given):
                yield f"{name}: {node.name}"
        if isinstance(node, ast.Call) and is_cache(node) and node.args and node not in decorators:
            yield f"{name}: {ast.unparse(node)}"


def test_what_grows_with_the_settings_is_in_the_store() -> None:
    files = (ROOT / "components").rglob("*.py")
    found = [one for path in files for one in unbounded(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))]
    assert found == []


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
