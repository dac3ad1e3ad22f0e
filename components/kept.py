"""A store for results that were computed once. There is one store for the whole process, with at most `BOUND` bytes.

A page needs the same results at every move of a slider: the module, its output, the columns of a chart. Their size
depends on the settings, from a few hundred bytes to 26 MB. So the store counts bytes, not entries. When it is full, it
drops the entry that nobody has asked for the longest. All visitors share the store, so nobody may write to a result.

    @kept
    def halves(settings: Settings, sample: int = 0) -> np.ndarray: ...

    halves(settings)            # computed
    halves(settings, sample=0)  # from the store: the same call in another spelling
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

# At the largest settings one page uses up to 60 MB: 13 MB for the module, 7 MB for its output, 26 MB for every h, and
# the rest for charts. So 64 MB are enough that a move does not compute again what the move before has computed. A
# server with one visitor at these settings then stays below 700 MB, of which 370 MB are Python's libraries.
BOUND = 64 * 2**20

LARGE = 2**20  # bytes; computing a larger value needs temporary tensors of at least the same size
ENTRY = 300  # bytes that one entry takes in the store's tables
TENSOR = 500  # bytes of a tensor without its numbers
PLAIN = {str, bytes, int, float, bool, type(None)}  # types that hold no other objects
SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)  # not counted: they exist without the value


class _Entry(NamedTuple):
    value: Any
    size: int


class _Making:
    """A value that is being computed, and the lock on which other threads wait for it.

    One thread may take the lock twice. So a function that calls itself without end fails as it would without a store.
    """

    def __init__(self) -> None:
        self.lock = RLock()
        self.done = False
        self.value: Any = None


class Store:
    """Values by key, with at most `bound` bytes in total."""

    def __init__(self, bound: int) -> None:
        self._entries: LRUCache[Hashable, _Entry] = LRUCache(bound, getsizeof=lambda entry: entry.size)
        self._making: dict[Hashable, _Making] = {}
        self._lock = Lock()

    @property
    def bound(self) -> int:
        """The largest number of bytes that the store may hold."""
        return int(self._entries.maxsize)

    @property
    def size(self) -> int:
        """How many bytes it holds now. Each value was counted when it came in."""
        return int(self._entries.currsize)

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """The value of `key`: from the store, or else from `compute`.

        Threads that ask for the same key at the same time wait for one computation; other keys do not wait. A value
        larger than the bound is given to all who wait, but not kept. If `compute` raises an exception, it is not kept
        either: the next thread that waits computes the value itself.
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
        """Drop the entries whose keys fulfil `which`; by default all."""
        with self._lock:
            for key in [key for key in self._entries if which(key)]:
                del self._entries[key]


def _give_back() -> None:
    """Return free memory to the system. Otherwise glibc keeps it in small pieces. This takes 5 ms."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another libc
            ctypes.CDLL(None).malloc_trim(0)


STORE = Store(BOUND)


class Kept(Generic[P, R]):
    """A function whose results are in `STORE`. `__wrapped__` is the function itself, as with `lru_cache`."""

    __wrapped__: Callable[P, R]

    def __init__(self, function: Callable[P, R]) -> None:
        update_wrapper(self, function)
        self._function = function
        self._signature = inspect.signature(function)
        parameters = self._signature.parameters.values()
        self._required = sum(parameter.default is parameter.empty for parameter in parameters)
        self._defaults = tuple(parameter.default for parameter in parameters)
        # For a call by position, the key is then the arguments and the defaults. `bind` would take ten times as long.
        plain_kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        self._plain = all(parameter.kind in plain_kinds for parameter in parameters)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result for these arguments, which must be hashable."""
        arguments: tuple[Any, ...] = args
        if self._plain and not kwargs and self._required <= len(args) <= len(self._defaults):
            arguments += self._defaults[len(args) :]
        else:
            bound = self._signature.bind(*args, **kwargs)
            bound.apply_defaults()
            arguments = tuple(bound.arguments.values())
        result: R = STORE.get((self._function, *arguments), lambda: self._function(*args, **kwargs))
        return result

    def cache_clear(self) -> None:
        """Forget the results of this function. The name is that of `lru_cache`."""
        STORE.forget(lambda key: key[0] is self._function)


def kept(function: Callable[P, R]) -> Kept[P, R]:
    """Decorator: keep what the function returns, for all visitors, as long as there is room."""
    return Kept(function)


def size(value: object) -> int:
    """The bytes of a value and of all objects in it. A shared object counts once, and a view counts all of its memory.

    For a tensor of 100 float32 in a list: 400 bytes for the numbers, and some more for the tensor and the list.
    """
    total = 0
    seen: set[int] = set()
    todo: list[Any] = [value]
    while todo:
        item = todo.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if type(item) in PLAIN:  # first, because most objects are plain
            total += sys.getsizeof(item)
        elif isinstance(item, SHARED):
            pass
        elif isinstance(item, Tensor):
            memory = item.untyped_storage()
            if memory.data_ptr() not in seen:
                seen.add(memory.data_ptr())
                total += memory.nbytes()
            total += TENSOR
            todo.append(item.grad)
        elif hasattr(item, "memory_usage"):  # a frame, column or index of pandas
            total += int(np.sum(item.memory_usage(deep=True)))
        else:
            total += sys.getsizeof(item)
            if isinstance(item, np.ndarray):
                todo += [item.base, *(item.ravel().tolist() if item.dtype.hasobject else ())]
            else:
                todo += gc.get_referents(item)
    return total
