"""A browser, a server, and visits. After each visit, a check looks for errors that no page may cause."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
    Request,
    ViewportSize,
    WebSocket,
    expect,
    sync_playwright,
)

from tests.browser import chromium
from tests.browser.driving import LAUNCH, PATIENCE, Server, serve, settle

# For a link to a page, Streamlit first looks for its own endpoints below the path of the page. The browser reports each
# of these requests as an error.
STREAMLITS_OWN_404 = re.compile(r"/[a-z_]+/_stcore/(health|host-config)$")


DESK: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 720},
    "permissions": ["clipboard-read", "clipboard-write"],
}


# For the package, not for the whole test session: Playwright keeps an event loop open in this thread, and other tests
# may not expect one.
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
    """The browser context of most visits. They share it, so that the app's scripts are fetched once."""
    with browser.new_context(**DESK) as context:
        context.set_default_timeout(PATIENCE * 1000)
        yield context


class Tabs:
    """Tabs of one context, used again: one that has compiled the app's scripts opens a page at half the cost.

    The scripts of another address are others to the browser, so each address has its own tabs.
    """

    def __init__(self, home: BrowserContext) -> None:
        self._home = home
        self._free: dict[str, list[Page]] = {}

    def take(self, server: Server) -> Page:
        """A tab that is as a new one: empty, and with nothing kept."""
        free = self._free.get(server.url)
        return free.pop() if free else self._home.new_page()

    def give_back(self, page: Page, server: Server) -> None:
        """End the visit. The place it waits at belongs to the app, so that what the tab has kept can be thrown away."""
        if page.is_closed():
            return
        page.mouse.move(0, 0)
        try:
            page.goto(f"{server.url}/_stcore/health")
        except Error:  # the test has ended the server
            page.close()
            return
        page.evaluate("sessionStorage.clear(); localStorage.clear()")
        page.set_viewport_size(DESK["viewport"])
        page.emulate_media(color_scheme="light")
        self._free.setdefault(server.url, []).append(page)


@pytest.fixture(scope="package")
def tabs(desk: BrowserContext) -> Tabs:
    """The tabs of ordinary visits."""
    return Tabs(desk)


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
        viewport: ViewportSize | None = None,
        own: bool = False,
        **context: Any,
    ) -> Page: ...


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visit]:
    """Opens pages. At the end of the test, no page may have caused trouble.

    Trouble is a console error, a page error, a dialog, an exception in the server's log, or a request to another server
    than the app's. `at` is a server to use instead of the shared one. Frames that the page sends are added to `sent`,
    frames that it receives to `received`. `excused` is a pattern for console errors that Streamlit itself causes. If
    there are options in `context`, or for an `own` one, the page gets a browser context for itself: a person's browser,
    which keeps nothing of other visits.
    """
    troubles: list[str] = []
    pages: list[Page] = []
    borrowed: list[tuple[Page, Handlers, Server]] = []
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
        viewport: ViewportSize | None = None,
        own: bool = False,
        **context: Any,
    ) -> Page:
        own = own or bool(context)
        server: Server = at or request.getfixturevalue("server")
        logs.setdefault(server, len(server.said()))
        if own:
            home = browser.new_context(**DESK | context)
            home.set_default_timeout(PATIENCE * 1000)
            contexts.append(home)
            page = home.new_page()
        else:
            page = request.getfixturevalue("tabs").take(server)
        if viewport:
            page.set_viewport_size(viewport)
        handlers = _watch(page, server, excused, troubles)
        if sent is not None:
            handlers.append(("websocket", _record("framesent", sent)))
        if received is not None:
            handlers.append(("websocket", _record("framereceived", received)))
        for event, handler in handlers:
            page.on(event, handler)  # type: ignore[call-overload]  # one overload an event
        if own:
            pages.append(page)
        else:
            borrowed.append((page, handlers, server))
        page.goto(f"{server.url}{path}{'?' + query if query else ''}")
        settle(page)
        return page

    yield open_page

    for page in pages:
        page.close()
    for page, handlers, server in borrowed:
        for event, handler in handlers:
            page.remove_listener(event, handler)
        request.getfixturevalue("tabs").give_back(page, server)
    for home in contexts:
        home.close()
    for server, start in logs.items():
        if "Traceback" in (said := server.said(start)):
            troubles.append(f"the server raised:\n{said}")
    assert not troubles, "\n".join(troubles)


Handlers = list[tuple[str, Callable[..., None]]]  # each with its event


def _watch(page: Page, server: Server, excused: str, troubles: list[str]) -> Handlers:
    """What notes all that must not happen."""

    def console(message: ConsoleMessage) -> None:
        if message.type != "error" or STREAMLITS_OWN_404.search(message.location["url"]):
            return
        if not (excused and re.search(excused, message.text)):
            troubles.append(f"console error: {message.text} ({message.location['url']})")

    def request(asked: Request) -> None:
        # A websocket never appears here. It goes to the app's server, otherwise the page would not be connected.
        if not asked.url.startswith((f"{server.url}/", "data:", f"blob:{server.url}/")):
            troubles.append(f"a request left the machine: {asked.url}")

    def dialog(opened: Dialog) -> None:
        troubles.append(f"dialog: {opened.message}")
        opened.dismiss()

    def error(raised: Error) -> None:
        troubles.append(f"page error: {raised}")

    return [("console", console), ("pageerror", error), ("dialog", dialog), ("request", request)]


def _record(event: Literal["framesent", "framereceived"], frames: list[str | bytes]) -> Callable[[WebSocket], None]:
    """What adds a page's frames to a list."""

    def connected(socket: WebSocket) -> None:
        socket.on(
            event, lambda frame: frames.append(frame)
        )  # not frames.append itself: Playwright sets an attribute on it

    return connected
