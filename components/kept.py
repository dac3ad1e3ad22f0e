"""What is computed once and kept: one store for the whole process, and no more bytes in it than `BOUND`.

A page asks for the same things at every move of a slider: the module, what it returned, the columns of a chart. The
settings decide how large they are, from a few hundred bytes to 26 MB. So entries are counted in bytes, not by their
number, and what nobody has asked for the longest goes first. All visitors share the store: nothing in it is ever
written to.

    @kept
    def halves(settings: Settings, sample: int = 0) -> np.ndarray: ...

    halves(settings)            # computed
    halves(settings, sample=0)  # found: the same call, written in another way
"""

import contextlib
import ctypes
import gc
import inspect
import sys
from collections.abc import Callable, Hashable
from functools import update_wrapper
from threading import Lock, RLock
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar

import numpy as np
from cachetools import LRUCache
from torch import Tensor

P = ParamSpec("P")
R = TypeVar("R")

# At the largest settings one page uses up to 60 MB of it: the module, 13 MB, what it returned, 7 MB, every h, 26 MB,
# and what is shown. So a move does not compute again what the one before has left. A server with one visitor at these
# settings then stays under 700 MB, of which 370 are Python's libraries.
BOUND = 64 * 2**20

LARGE = 2**20  # a value of so many bytes is made of temporary tensors of as many, and more
ENTRY = 300  # bytes of the tables for one entry, whatever is in it
TENSOR = 500  # bytes of a tensor without its numbers
PLAIN = {str, bytes, int, float, bool, type(None)}  # these hold nothing further
SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)  # there anyway, and they lead everywhere


class _Entry(NamedTuple):
    value: Any
    size: int


class _Making:
    """A value that is being computed, for all who wait for it. The lock may be taken twice by the same thread, so that
    a function that calls itself without end fails as it would without a store."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.done = False
        self.value: Any = None


class Store:
    """Values by key, of at most `bound` bytes together."""

    def __init__(self, bound: int) -> None:
        self._entries: LRUCache[Hashable, _Entry] = LRUCache(bound, getsizeof=lambda entry: entry.size)
        self._making: dict[Hashable, _Making] = {}
        self._lock = Lock()

    @property
    def bound(self) -> int:
        """The most bytes there can be."""
        return int(self._entries.maxsize)

    @property
    def size(self) -> int:
        """How many bytes there are, as counted when each value came in."""
        return int(self._entries.currsize)

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """The value of `key`: the one kept, or what `compute` gives.

        Only those who want the same key wait for each other. A value larger than the bound is given to all who wait
        for it, and is not kept. Nor is an exception kept: who waits computes it in turn.
        """
        with self._lock:
            try:
                return self._entries[key].value
            except KeyError:
                making = self._making.setdefault(key, _Making())
        with making.lock:
            if not making.done:
                try:
                    making.value = compute()
                    making.done = True
                    entry = _Entry(making.value, ENTRY + size((key, making.value)))
                    with self._lock:
                        if entry.size <= self.bound:
                            self._entries[key] = entry
                    if entry.size > LARGE:
                        _give_back()
                finally:
                    with self._lock:
                        if self._making.get(key) is making:
                            del self._making[key]
            return making.value

    def forget(self, which: Callable[[Any], bool] = lambda key: True) -> None:
        """Drop the entries of such keys."""
        with self._lock:
            for key in [key for key in self._entries if which(key)]:
                del self._entries[key]


def _give_back() -> None:
    """Return to the system what is free: glibc leaves it with the process, in small pieces. It takes 5 ms."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another libc
            ctypes.CDLL(None).malloc_trim(0)


STORE = Store(BOUND)


class Kept(Generic[P, R]):
    """A function whose results are in `STORE`. As with `lru_cache`, `__wrapped__` is the function itself."""

    __wrapped__: Callable[P, R]

    def __init__(self, function: Callable[P, R]) -> None:
        update_wrapper(self, function)
        self._function = function
        self._signature = inspect.signature(function)
        parameters = self._signature.parameters.values()
        self._required = sum(one.default is one.empty for one in parameters)
        self._defaults = tuple(one.default for one in parameters)
        # If all are plain, a call by position has its key at once; binding takes ten times as long.
        self._plain = all(one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD) for one in parameters)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result for these arguments; they have to be hashable."""
        given: tuple[Any, ...] = args
        if self._plain and not kwargs and self._required <= len(args) <= len(self._defaults):
            given += self._defaults[len(args) :]
        else:
            bound = self._signature.bind(*args, **kwargs)
            bound.apply_defaults()
            given = tuple(bound.arguments.values())
        result: R = STORE.get((self._function, *given), lambda: self._function(*args, **kwargs))
        return result

    def cache_clear(self) -> None:
        """Forget this function's results, as `lru_cache` does."""
        STORE.forget(lambda key: key[0] is self._function)


def kept(function: Callable[P, R]) -> Kept[P, R]:
    """Keep what the function returns, for all visitors, as long as there is room."""
    return Kept(function)


def size(value: object) -> int:
    """The bytes of a value and of all it holds. What two parts share counts once, and a view as all of its memory.

    A tensor of 100 float32 in a list: 400 bytes of numbers, the rest is the tensor's and the list's own.
    """
    total = 0
    seen: set[int] = set()
    ahead: list[Any] = [value]
    while ahead:
        one = ahead.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if type(one) in PLAIN:  # most of what there is, so it is asked first
            total += sys.getsizeof(one)
        elif isinstance(one, SHARED):
            pass
        elif isinstance(one, Tensor):
            memory = one.untyped_storage()
            if memory.data_ptr() not in seen:
                seen.add(memory.data_ptr())
                total += memory.nbytes()
            total += TENSOR
            ahead.append(one.grad)
        elif hasattr(one, "memory_usage"):  # a frame, column or index of pandas
            total += int(np.sum(one.memory_usage(deep=True)))
        else:
            total += sys.getsizeof(one)
            if isinstance(one, np.ndarray):
                ahead += [one.base, *(one.ravel().tolist() if one.dtype.hasobject else ())]
            else:
                ahead += gc.get_referents(one)
    return total
