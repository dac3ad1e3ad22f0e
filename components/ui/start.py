"""What the server does when it starts, and what it answers beside pages: it loads torch, and serves the rooms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from components.classroom import routes
from components.ui import loading, ready

ROUTES = [ready.ROUTE, *routes.routes()]


@asynccontextmanager
async def lifespan(server: Any) -> AsyncIterator[None]:
    """What goes on while the server runs."""
    async with loading.lifespan(server), routes.telling():
        yield
