"""Uses the app as a visitor does: starts a server, waits until a page is ready, presses keys, reads pixels and tables.

Everything here waits for a condition, for at most `PATIENCE`. This is long, because a shared machine may be slow.
"""

import contextlib
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from components.settings import FIELDS, MAIN
from components.ui.furniture import SHOW_ME
from components.ui.lesson import Lesson
from tests import ROOT, forks

PATIENCE = 60.0  # seconds
LAUNCH = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"


@dataclass(frozen=True)
class Server:
    """A running app: its address without a slash at the end, and its log file."""

    url: str
    log: Path

    def said(self, start: int = 0) -> str:
        """The log, from character `start` on."""
        return self.log.read_text("utf-8")[start:]


def free_port() -> int:
    """A free loopback port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextlib.contextmanager
def serve(log: Path, port: int = 0, *, cold: bool = False) -> Iterator[Server]:
    """Run `streamlit run dashboard.py` in a new process until the block ends, on `port` or on a free loopback port.

    It is a child of the fork server, which has imported torch and Streamlit. With `cold` it imports them itself.
    """
    port = port or free_port()
    command = ["streamlit", "run", "dashboard.py", "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    server = Server(f"http://127.0.0.1:{port}", log)
    if forks.AVAILABLE and not cold:
        child = forks.child("server", command, log)
        try:
            _until_healthy(server, lambda: child.alive)
            yield server
        finally:
            child.terminate()
            child.wait(20)
        return
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _until_healthy(server, lambda: process.poll() is None)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until_healthy(server: Server, alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and alive():
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError(f"The app did not start. It said:\n{server.said()}")


def settle(page: Page) -> None:
    """Wait until the page is connected, no script run goes on, and no placeholder is left."""
    page.locator(READY).wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def expect_shell(page: Page, question: str) -> None:
    """Check that the page is complete: the main sliders are there, the title is the question, and there is no error."""
    raised = page.get_by_test_id("stException")
    expect(title(page).or_(raised).first).to_be_visible()
    expect(raised).to_have_count(0, timeout=1000)
    expect(title(page)).to_have_text(question.replace("`", ""))
    for name in MAIN:
        expect(main_slider(page, name)).to_be_visible()


def title(page: Page) -> Locator:
    """The page's question."""
    return page.get_by_role("main").get_by_role("heading", level=1)


def current(page: Page) -> Locator:
    """The elements of the latest script run. Until it ends, the page also has elements of the run before."""
    return page.locator("[data-testid=stElementContainer][data-stale=false]")


def caption(page: Page) -> Locator:
    """The line below the title that states the settings."""
    return current(page).get_by_test_id("stCaptionContainer").filter(has_text=re.compile(r"^T = \d"))


def main_slider(page: Page, name: str) -> Locator:
    """The slider of a size above the page, by the name of its setting."""
    return page.locator(".st-key-sizes").get_by_role("slider", name=FIELDS[name].label)


def answer(page: Page, text: str) -> None:
    """Give an answer to the page's question with the keyboard, or ask to be shown."""
    if text != SHOW_ME:
        page.get_by_role("radio", name=text).press("Space")
    page.locator(f".st-key-{'show_me' if text == SHOW_ME else 'check_answer'} button").press("Enter")
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()
    settle(page)


def open_settings(page: Page) -> None:
    """Open *Settings*, which has all controls but the sizes."""
    page.locator(".st-key-settings summary").press("Enter")
    expect(page.get_by_role("switch", name="Bidirectional")).to_be_visible()
    settle(page)


def alert(page: Page, start: str) -> Locator:
    """A message on the page, by the bold words at its start (in its text, the name of an icon comes before them)."""
    return (
        current(page)
        .get_by_test_id("stAlertContainer")
        .filter(has=page.locator("p").filter(has_text=re.compile("^" + re.escape(start))))
    )


def success(page: Page, start: str) -> Locator:
    """A message in green."""
    return alert(page, start).filter(has=page.get_by_test_id("stAlertContentSuccess"))


def finding(page: Page, start: str) -> Locator:
    """A message in blue."""
    return alert(page, start).filter(has=page.get_by_test_id("stAlertContentInfo"))


def failure(page: Page, start: str) -> Locator:
    """A message in red."""
    return alert(page, start).filter(has=page.get_by_test_id("stAlertContentError"))


def in_address(page: Page, *parts: str) -> None:
    """Wait until the address has each `name=value`, spelled as in a URL. A name in `!name` must be absent."""
    for part in parts:
        pattern = rf"[?&]{re.escape(part.removeprefix('!'))}"
        if part.startswith("!"):
            expect(page).not_to_have_url(re.compile(pattern))
        else:
            expect(page).to_have_url(re.compile(pattern + "(&|$)"))


def go_to(page: Page, lesson: Lesson) -> None:
    """Choose a lesson in the menu, as a visitor does on a wide screen."""
    page.get_by_test_id("stTopNav").get_by_role("button", name=lesson.section).click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text=lesson.title).click()


# The chart's pixels


def chart(page: Page) -> Locator:
    """The score's canvas."""
    return page.get_by_test_id("stVegaLiteChart").locator("canvas").first


# A number for the pixels of a canvas; a picture as PNG costs ten times as much.
PRINT = """(canvas) => {
  const { width, height } = canvas;
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
  let found = 2166136261;
  for (const pixel of pixels) found = Math.imul(found ^ pixel, 16777619);
  return `${width} ${height} ${found}`;
}"""
_STILL = f"""async () => {{
  const print = {PRINT};
  const find = () => document.querySelector("[data-testid=stVegaLiteChart] canvas");
  await document.fonts.ready;
  let last = null, same = 0;
  while (same < 4) {{
    await new Promise((done) => setTimeout(done, 100));
    const now = find()?.width ? print(find()) : null;
    same = now !== null && now === last ? same + 1 : 0;
    last = now;
  }}
  return find().toDataURL();
}}"""
_CHANGED = """(before) => {
  const canvas = document.querySelector("[data-testid=stVegaLiteChart] canvas");
  return canvas?.width > 0 && canvas.toDataURL() !== before;
}"""


def pixels(page: Page) -> str:
    """The score's pixels, when they have stopped changing."""
    chart(page).wait_for()
    drawn: str = page.evaluate(_STILL)
    return drawn


def expect_new_pixels(page: Page, before: str) -> None:
    """Wait until the score's pixels differ from `before`."""
    page.wait_for_function(_CHANGED, arg=before, polling=100)


# The Step control


def step_slider(page: Page) -> Locator:
    """The native range input below the score. It is in a shadow DOM; selectors by role find it there."""
    return page.get_by_role("slider", name="Step", exact=True)


def step_to(page: Page, key: str, t: int) -> list[list[str]]:
    """Press `key` on the Step control and wait until it is at t; its table, with rows of row, x, i, f, g, o, c, h."""
    slider = step_slider(page)
    slider.press(key)
    expect(page.locator(".st-key-step_control output")).to_have_text(f"t = {t}")
    rows: list[list[str]] = page.locator(".st-key-step_control tbody").evaluate(
        "body => [...body.rows].map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return rows


def expect_numbers(cells: list[str], numbers: list[float | None]) -> None:
    """Check that cells have these numbers with four decimals and a real minus sign. None is an empty cell.

    The tolerance is a little more than half a unit of the fourth decimal, because sums in another order round
    differently.
    """
    for cell, number in zip(cells, numbers, strict=True):
        if number is None:
            assert cell == "", f"{cell!r} where there is no number"
        else:
            assert re.fullmatch(r"\u2212?\d+\.\d{4}", cell), f"{cell!r} is not a number with four decimals"
            assert abs(float(cell.replace("\u2212", "-")) - number) < 0.5e-4 + 2e-6, f"{cell} instead of {number:.6f}"
