"""Installs HAProxy for the tests, where that can be done without a question: on Debian and Ubuntu, as root.

`python -m tests.deploy.haproxy` is a part of `make test`. Where HAProxy cannot be had, the tests that need it are
skipped, and say so.
"""

import os
import shutil
import subprocess

from deploy.serve import found

COMMANDS = (
    ["apt-get", "update"],
    ["apt-get", "install", "--yes", "--no-install-recommends", "haproxy"],
)
MISSING = "HAProxy is not installed (on Debian and Ubuntu: apt-get install haproxy)"


def ensure() -> str | None:
    """The path of HAProxy; installs it if that is possible. None if there is none."""
    can_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if found("haproxy") is None and can_install:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in COMMANDS:
            print("+", *command, flush=True)
            if subprocess.run(command, stdin=subprocess.DEVNULL, env=quiet, timeout=900).returncode:
                break
    return found("haproxy")


if __name__ == "__main__":
    print("HAProxy for the tests:", ensure() or f"none. {MISSING}: the tests that need it are skipped.")
