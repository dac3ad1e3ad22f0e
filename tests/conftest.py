"""Property tests draw the same examples on every run: red means changed code, not luck."""

import pytest
from hypothesis import HealthCheck, settings

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
