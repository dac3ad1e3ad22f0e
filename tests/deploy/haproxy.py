"""Installs HAProxy for the tests, where that can be done without a question: on Debian and Ubuntu, as root.

`python -m tests.deploy.haproxy` is a part of `make test`. Where HAProxy cannot be had, the tests that need it are
skipped, and say so.
"""

from deploy.serve import found
from tests.packages import installing, succeeds

MISSING = "HAProxy is not installed (on Debian and Ubuntu: apt-get install haproxy)"


def ensure() -> str | None:
    """The path of HAProxy; installs it if that is possible. None if there is none."""
    if found("haproxy") is None:
        all(map(succeeds, installing("haproxy")))
    return found("haproxy")


if __name__ == "__main__":
    print("HAProxy for the tests:", ensure() or f"none. {MISSING}: the tests that need it are skipped.")
