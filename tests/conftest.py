"""Property tests draw the same examples on every run: red means changed code, not luck."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:  # torch takes its time, and not every test has any
    from components.training.registry import Desk

settings.register_profile(
    "steady",
    deadline=None,  # the first call of a module is slow, and a shared machine is not a stopwatch
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    # torch says it once a process, of every call with a projection; the numbers are the same.
    message = "LSTM with projections is not supported with oneDNN"
    config.addinivalue_line("filterwarnings", f"ignore:{message}:UserWarning")


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, "Desk"]]:
    """The desks of one visitor, by the key of their button, for this test alone: to AppTest all sessions are one."""
    from components.training.registry import Desk, Registry
    from components.ui import beside

    registry = Registry()
    desks: dict[str, Desk] = {}

    def desk_of(key: str) -> Desk:
        return desks.setdefault(key, Desk(registry))

    monkeypatch.setattr(beside, "_registry", registry)
    monkeypatch.setattr(beside, "desk_of", desk_of)
    yield desks
    for desk in desks.values():
        desk.close()
