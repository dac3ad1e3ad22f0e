"""The two stores. A test that takes `store` runs with each."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from components.classroom.memory import Memory
from components.classroom.redis import Redis
from components.classroom.rooms import Rooms
from components.classroom.store import Store
from tests.classroom import server


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis server for this process."""
    path = server.executable()
    if path is None:
        pytest.skip(server.MISSING)
    with server.running(path) as url:
        yield url


@pytest.fixture(params=["memory", "redis"])
def make_store(request: pytest.FixtureRequest) -> Iterator[Callable[..., Store]]:
    """A function that makes a store; in Redis, all of them have the same rooms."""
    with ExitStack() as stack:

        def make(**options: Any) -> Store:
            store: Store
            if request.param == "memory":
                store = Memory(**options)
            else:
                store = Redis(request.getfixturevalue("redis_url"), **options)
            stack.callback(store.close)
            return store

        if request.param == "redis":
            made = make()
            assert isinstance(made, Redis)
            made._redis.flushdb()
        yield make


@pytest.fixture
def store(make_store: Callable[..., Store]) -> Store:
    """An empty store."""
    return make_store()


@pytest.fixture
def rooms(store: Store) -> Rooms:
    """Rooms in an empty store."""
    return Rooms(store)
