"""A tab in a real Chromium that knows when its charts last changed.

`watch.js` runs before the page's own scripts and notes the time of every change of a chart's pixels. A key press on a
main slider starts the clock. The measured time ends at the last change before the page is settled: slider and caption
agree, no script runs, and the charts are quiet. A "change of pixels" is the mutation or the draw call. The frame that
the browser composes afterwards takes the same time for every app.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, WebSocket, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.server import Server
from tests.browser.chromium import executable

WATCH = Path(__file__).with_name("watch.js")
QUIET = 250  # ms without a change, after which a page is settled
PATIENCE = 60_000  # ms, after which a page that does not settle is an error
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


@dataclass(frozen=True)
class Move:
    """One key press: ms to fresh charts, server CPU in ms, bytes received, longest block in ms."""

    fresh: float
    cpu: float
    received: int
    block: float


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """A page of an app, in a browser context of its own, so that nothing is cached at first."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.server = server
        self.received = 0
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page = self.context.new_page()
        self.page.add_init_script(path=WATCH)
        self.page.on("websocket", self._listen)

    def open(self, query: str, path: str = "") -> float:
        """Load the app, or a page of it, with these URL parameters; the ms from navigation to the last change."""
        self.page.bring_to_front()
        self.page.goto(f"{self.server.url}/{path}?{query}", wait_until="commit")
        return self._settled(QUIET)

    def move(self, key: str = "ArrowRight", quiet: int = QUIET, slider: str = "seq_len") -> Move:
        """Press `key` on a main slider and wait until the charts have followed."""
        self.page.bring_to_front()
        own = self.page.locator(f"[data-size={slider}] .range")  # of the app; the floor has Streamlit's slider
        (own if own.count() else self.page.locator(f".st-key-{slider} input[type=range]")).focus()
        self.page.wait_for_timeout(50)
        cpu, received = self.server.cpu(), self.received
        self.page.keyboard.press(key)
        changed = self._settled(quiet)
        pressed, block = self.ask("[__watch.key, __watch.longest()]")
        return Move(changed - pressed, self.server.cpu() - cpu, self.received - received, float(block))

    def ask(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def settled(self) -> float:
        """Wait until all charts are settled; the ms from navigation to their last change."""
        return self._settled(QUIET)

    def close(self) -> None:
        self.context.close()

    def _settled(self, quiet: int) -> float:
        handle = self.page.wait_for_function(
            "quiet => window.__watch.settled(quiet)", arg=quiet, polling=25, timeout=PATIENCE
        )
        return float(handle.json_value())

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, payload: bytes | str) -> None:
        # Answers to the browser's heartbeat do not count: they come by the clock, not because of a move.
        if len(payload) < 100 and isinstance(payload, bytes):
            message = ForwardMsg.FromString(payload)
            if message.WhichOneof("type") == "heartbeat_ack":
                return
        self.received += len(payload)
