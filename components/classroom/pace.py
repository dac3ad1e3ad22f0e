"""How often somebody may do something. What comes too fast is refused, so that it costs next to nothing."""

import threading
import time
from collections import OrderedDict

MOST = 10_000  # keys that are remembered; the oldest are forgotten


class Pace:
    """Allows `burst` times at once for each key, and then `burst` times in `seconds`, evenly spread."""

    def __init__(self, burst: int, seconds: float) -> None:
        self._burst, self._rate = float(burst), burst / seconds
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is left at which time
        self._lock = threading.Lock()

    def may(self, key: str) -> bool:
        """Whether it is allowed now. It does not count as done."""
        with self._lock:
            return self._now(key) >= 1

    def take(self, key: str) -> bool:
        """Whether it is allowed now; if so, it counts as done."""
        with self._lock:
            left = self._now(key)
            taken = left >= 1
            self._left[key] = left - taken, time.monotonic()
            self._left.move_to_end(key)
            while len(self._left) > MOST:
                self._left.popitem(last=False)
            return taken

    def _now(self, key: str) -> float:
        left, then = self._left.get(key, (self._burst, 0.0))
        return min(self._burst, left + (time.monotonic() - then) * self._rate)
