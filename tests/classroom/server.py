"""Finds a Redis server for the tests, or installs one, and runs it.

`python -m tests.classroom.server` says which one it is. If there is none on PATH, it installs Debian's `redis-server`,
where it may: as root, with apt-get. Without one, the tests of rooms in Redis are skipped.
"""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator

import redis

from tests.browser.driving import free_port
from tests.packages import installing, succeeds

NAMES = ("redis-server", "valkey-server")
MISSING = "There is no redis-server or valkey-server on PATH, so rooms in Redis are not tested. Install one of them."
PATIENCE = 20.0  # seconds


def executable() -> str | None:
    """The path of a server; None if there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def ensure() -> str | None:
    """Like `executable`, but installs a server if there is none and this user may."""
    if executable() is None:
        all(map(succeeds, installing("redis-server")))
    return executable()


@contextlib.contextmanager
def running(path: str) -> Iterator[str]:
    """Run a server on a free loopback port, which writes no file; its URL."""
    port = free_port()
    command = [path, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        _until_ready(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    with contextlib.closing(redis.Redis.from_url(url)) as client:
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(redis.ConnectionError):
                client.ping()
                return
            time.sleep(0.05)
    raise RuntimeError("the Redis server did not start")


if __name__ == "__main__":
    print("Redis server for the tests:", ensure() or MISSING)
