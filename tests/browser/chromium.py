"""Finds the Chromium for the browser tests, or installs one.

The order is: the environment variable CHROMIUM, a Chromium or Chrome on PATH, Playwright's own download.
`python -m tests.browser.chromium` says which one it is. If there is none, it downloads Playwright's. If that fails,
because there is no network or a system library is missing, it installs the package of the system (on Debian, as root).
"""

import functools
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import sync_playwright

from tests.packages import installing, succeeds

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = (
    "Install Chromium or Chrome, or set CHROMIUM to the path of one. Playwright's own download: "
    "`python -m playwright install --with-deps chromium` (on Linux it asks for root)."
)


class NoBrowserError(RuntimeError):
    """There is no Chromium. The message says where the search was, and what to do."""


@functools.cache
def executable() -> str | None:
    """The `executable_path` for Playwright's `launch`; None means Playwright's own download.

    Raises NoBrowserError if there is none, or if CHROMIUM names something that does not start.
    """
    if named := os.environ.get("CHROMIUM"):
        path = shutil.which(named)
        if path and starts(path):
            return path
        raise NoBrowserError(f"CHROMIUM is {named!r}, which does not start. {REMEDY}")
    for name in NAMES:
        path = shutil.which(name)
        if path and starts(path):
            return path
    if starts(own_download()):
        return None
    raise NoBrowserError(f"No {', '.join(NAMES)} on PATH starts, nor Playwright's own download. {REMEDY}")


def starts(path: str) -> bool:
    """Whether this browser runs. A stub that needs a snap does not run, nor does a browser without its libraries."""
    try:
        answer = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and "Chrom" in answer.stdout


def own_download() -> str:
    """The path of Playwright's own Chromium, even if it is not downloaded."""

    def ask() -> str:
        with sync_playwright() as playwright:
            return playwright.chromium.executable_path

    # In another thread, because Playwright allows only one open instance in each thread.
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(ask).result()


def installers() -> list[list[list[str]]]:
    """The ways to install a browser, the best one first. Each way is a list of commands that must all succeed."""
    ways = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if commands := installing("chromium"):
        ways.append(commands)
    return ways


def ensure() -> str | None:
    """Like `executable`, but installs a browser if there is none.

    If CHROMIUM is set and wrong, nothing is installed, because somebody wants that browser and no other.
    """
    try:
        return executable()
    except NoBrowserError as missing:
        if os.environ.get("CHROMIUM"):
            raise
        print(missing, flush=True)
    for commands in installers():
        if all(succeeds(command) for command in commands):
            try:
                return executable()
            except NoBrowserError:
                continue
    return executable()


if __name__ == "__main__":
    try:
        print("Browser for the tests:", ensure() or f"Playwright's own, {own_download()}")
    except NoBrowserError as missing:
        sys.exit(str(missing))
