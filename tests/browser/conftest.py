"""A browser, a server, and visits that end with a check of what must never happen on any page."""

import re
from collections.abc import Iterator
from typing import Any, Literal, Protocol

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    WebSocket,
    expect,
    sync_playwright,
)

from tests.browser import chromium
from tests.browser.driving import LAUNCH, PATIENCE, Server, serve, settle

# Streamlit looks for its own endpoints below the deep link first, and the browser reports each miss.
STREAMLITS_OWN_404 = re.compile(r"/[a-z_]+/_stcore/(health|host-config)$")


DESK: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 720},
    "permissions": ["clipboard-read", "clipboard-write"],
}


# Package, not session: Playwright keeps an event loop open in this thread, which other tests may not expect.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium.executable(), args=LAUNCH)
        yield chrome
        chrome.close()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app, for every test that does not need a server of its own."""
    with serve(tmp_path_factory.mktemp("server") / "log") as running:
        yield running


@pytest.fixture(scope="package")
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """The context of ordinary visits, shared, so that the app's scripts are fetched once; each page is a session."""
    with browser.new_context(**DESK) as context:
        context.set_default_timeout(PATIENCE * 1000)
        yield context


class Visit(Protocol):
    """Opens the app at `path?query` and waits until it is ready; see `visit`."""

    def __call__(
        self,
        query: str = "",
        *,
        path: str = "/",
        at: Server | None = None,
        sent: list[str | bytes] | None = None,
        received: list[str | bytes] | None = None,
        excused: str = "",
        **context: Any,
    ) -> Page: ...


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visit]:
    """Open pages; when the test is over, each of them must have kept the peace.

    No console error, no page error, no dialog, no exception in the server's log, and no request beyond the app's own
    server. `at` is another server than the shared one. Frames that the page sends to it are added to `sent`, those it
    gets to `received`. `excused` is a pattern of console errors that Streamlit itself is known for. Anything in
    `context` opens a context of its own with these options.
    """
    troubles: list[str] = []
    pages: list[Page] = []
    contexts: list[BrowserContext] = []
    logs: dict[Server, int] = {}

    def open_page(
        query: str = "",
        *,
        path: str = "/",
        at: Server | None = None,
        sent: list[str | bytes] | None = None,
        received: list[str | bytes] | None = None,
        excused: str = "",
        **context: Any,
    ) -> Page:
        server: Server = at or request.getfixturevalue("server")
        logs.setdefault(server, len(server.said()))
        home: BrowserContext
        if context:
            home = browser.new_context(**DESK | context)
            home.set_default_timeout(PATIENCE * 1000)
            contexts.append(home)
        else:
            home = request.getfixturevalue("desk")
        page = home.new_page()
        pages.append(page)
        _watch(page, server, excused, troubles)
        if sent is not None:
            _record(page, "framesent", sent)
        if received is not None:
            _record(page, "framereceived", received)
        page.goto(f"{server.url}{path}{'?' + query if query else ''}")
        settle(page)
        return page

    yield open_page

    for page in pages:
        page.close()
    for home in contexts:
        home.close()
    for server, start in logs.items():
        if "Traceback" in (said := server.said(start)):
            troubles.append(f"the server raised:\n{said}")
    assert not troubles, "\n".join(troubles)


def _watch(page: Page, server: Server, excused: str, troubles: list[str]) -> None:
    def console(message: ConsoleMessage) -> None:
        if message.type != "error" or STREAMLITS_OWN_404.search(message.location["url"]):
            return
        if not (excused and re.search(excused, message.text)):
            troubles.append(f"console error: {message.text} ({message.location['url']})")

    def request(asked: Request) -> None:
        # ws: never shows up here; it is the server's own, or the page would not be connected.
        if not asked.url.startswith((f"{server.url}/", "data:", f"blob:{server.url}/")):
            troubles.append(f"a request left the machine: {asked.url}")

    def dialog(opened: Dialog) -> None:
        troubles.append(f"dialog: {opened.message}")
        opened.dismiss()

    page.on("console", console)
    page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
    page.on("dialog", dialog)
    page.on("request", request)


def _record(page: Page, event: Literal["framesent", "framereceived"], frames: list[str | bytes]) -> None:
    def connected(socket: WebSocket) -> None:
        socket.on(event, lambda frame: frames.append(frame))  # Playwright marks what it calls

    page.on("websocket", connected)
