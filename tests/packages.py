"""Installs packages of Debian or Ubuntu that tests need, where that can be done without a question: as root."""

import os
import shutil
import subprocess


def installing(package: str) -> list[list[str]]:
    """The commands that install a package, which must all succeed; none if this user may not, or without apt-get."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        return []
    return [["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", package]]


def succeeds(command: list[str]) -> bool:
    """Whether a command succeeds. It may take minutes; its output is visible, and it cannot ask questions."""
    print("+", *command, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        finished = subprocess.run(command, stdin=subprocess.DEVNULL, env=quiet, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as failure:
        print(failure, flush=True)
        return False
    return finished.returncode == 0
