"""Sites for the tests: HAProxy and replicas, started as `make serve` starts them."""

import pytest

from deploy.serve import found
from tests.deploy.haproxy import MISSING


@pytest.fixture(scope="session")
def haproxy() -> str:
    """The path of HAProxy."""
    path = found("haproxy")
    if path is None:
        pytest.skip(MISSING)
    return path
