"""The rooms of this process. They are in Redis if UNROLLED_REDIS_URL names a server, else in memory."""

import os
from collections.abc import Mapping

from components.classroom.hub import Hub
from components.classroom.memory import Memory
from components.classroom.rooms import Rooms
from components.classroom.store import Store

URL = "UNROLLED_REDIS_URL"


def store_for(environment: Mapping[str, str]) -> Store:
    """The store that the environment asks for. Raises ValueError, so that no server starts, if the URL is none."""
    if url := environment.get(URL):
        from components.classroom.redis import Redis  # the package is slow to import, and most hosts have no use for it

        return Redis(url)
    return Memory()


ROOMS = Rooms(store_for(os.environ))
HUB = Hub(ROOMS)
