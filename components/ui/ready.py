"""Says whether this process is ready for visitors: the route `/ready`, for proxies.

A new process answers at once, but its first page takes seconds: torch is still being imported, and no chart has been
built. A proxy that asks here sends nobody before that is over. `/_stcore/health`, Streamlit's own route, only says that
the process is alive.

`dashboard.py` imports this module before Streamlit runs, like `loading.py`. So nothing in here may import a module that
makes components.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.runtime import Runtime

from components.ui import loading


class Warming:
    """Runs the first page once, for nobody, as soon as torch is there."""

    def __init__(self) -> None:
        self._run: asyncio.Task[tuple[bool, str]] | None = None

    def state(self) -> str:
        """`ok` when the page has run; otherwise what is still going on. Call it in the event loop of the server.

        A run that fails is tried again at the next call. So a process that cannot show its page is never ready.
        """
        if not loading.is_over():
            return "loading PyTorch"
        if self._run is None or (self._run.done() and not _succeeded(self._run)):
            self._run = asyncio.create_task(Runtime.instance().does_script_run_without_error())
        return "ok" if _succeeded(self._run) else "running the first page"


def _succeeded(run: asyncio.Task[tuple[bool, str]]) -> bool:
    return run.done() and not run.cancelled() and run.exception() is None and run.result()[0]


_warming = Warming()


async def _ready(_request: Request) -> PlainTextResponse:
    """200 if this process is ready; otherwise 503, with the reason as its text."""
    state = _warming.state()
    return PlainTextResponse(state, 200 if state == "ok" else 503, {"Cache-Control": "no-store"})


ROUTE = Route("/ready", _ready, methods=["GET", "HEAD"])
