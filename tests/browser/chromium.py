"""The Chromium that the browser tests drive: found, or else installed.

Looked for in this order: the environment variable CHROMIUM; a Chromium or Chrome on PATH;
Playwright's own download. `python -m tests.browser.chromium` says which one it is. Where there is
none, it downloads Playwright's, and if that fails (no network, or system libraries missing)
installs the system's package: on Debian, as root.
"""

import functools
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = (
    "Install Chromium or Chrome, or set CHROMIUM to the path of one. Playwright's own download: "
    "`python -m playwright install --with-deps chromium` (on Linux it asks for root)."
)


class NoBrowserError(RuntimeError):
    """No Chromium was found. The message says where it was looked for and what to do."""


@functools.cache
def executable() -> str | None:
    """Give the `executable_path` for Playwright's `launch`; None stands for Playwright's own.

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
    """Tell whether it runs: a stub that wants a snap, or one that lacks libraries, does not."""
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
    """Give the path at which Playwright keeps its own Chromium, whether or not it is there."""

    def ask() -> str:
        with sync_playwright() as playwright:
            return playwright.chromium.executable_path

    # A thread of its own: Playwright refuses a second instance in a thread that has one open.
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(ask).result()


def installers() -> list[list[list[str]]]:
    """Give the ways to get a browser, best first: each a list of commands that must all succeed."""
    ways = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
        ways.append([["apt-get", "update"], install])
    return ways


def ensure() -> str | None:
    """Give `executable()`, after installing a browser if there was none.

    A wrong CHROMIUM is not repaired: whoever set it meant that one.
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


def succeeds(command: list[str]) -> bool:
    """Run a command that may take minutes, in the open and with nobody to answer its questions."""
    print("+", *command, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        finished = subprocess.run(command, stdin=subprocess.DEVNULL, env=quiet, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as failure:
        print(failure, flush=True)
        return False
    return finished.returncode == 0


if __name__ == "__main__":
    try:
        print("Browser for the tests:", ensure() or f"Playwright's own, {own_download()}")
    except NoBrowserError as missing:
        sys.exit(str(missing))
