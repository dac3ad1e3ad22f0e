"""What all tests share. Property tests use the same examples each time, so a red test means changed code."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import forks

if TYPE_CHECKING:  # importing torch is slow, and not every test needs it
    from components.training.registry import Desk

settings.register_profile(
    "steady",
    deadline=None,  # the first call of a module is slow, and so may be a shared machine
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # xdist's workers share the fork server of the process that starts them
        stack = contextlib.ExitStack()
        stack.enter_context(forks.of_this_run())
        config.add_cleanup(stack.close)
    # torch warns once for each process that has a projection. The numbers are the same.
    message = "LSTM with projections is not supported with oneDNN"
    config.addinivalue_line("filterwarnings", f"ignore:{message}:UserWarning")


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, "Desk"]]:
    """The desks of one visitor, by the keys of their buttons, for this test alone: AppTest knows only one session."""
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
