"""The soak: restless visitors in a real Chromium, while other processes keep the cores busy.

`python -m tests.browser.soak` (or `make soak`) goes on for `--minutes`, from lesson to lesson and from habit to habit.
It says how many pages were lost. A short form with a fixed seed is a test.

After every burst of presses the page is checked. It is lost if it has a dialog or an exception, if the browser or the
server has logged an error, or if it does not come to rest. It is also lost if it does not agree with its address: the
same address, opened again, must show the same settings, words, numbers and pixels.
"""

import argparse
import asyncio
import contextlib
import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    TimeoutError,
    expect,
    sync_playwright,
)

from components.settings import MAIN
from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS
from tests.browser import chromium
from tests.browser.driving import LAUNCH, PATIENCE, READY, Server, free_port, go_to, main_slider, serve, settle

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# Console errors that are no fault of the page, each with its reason.
EXCUSED = (
    r"_stcore/(health|host-config)",  # for a link to a page, Streamlit first looks for its endpoints below it
)
# Messages of the browser and of Streamlit while there is no server.
NO_SERVER = (
    r"server is not responding|No response received|Failed to load resource|WebSocket|Connection timed out"
    r"|disconnected from server|Failed to fetch|Not connected"
)


class LostPageError(AssertionError):
    """A lost page. The message says what is wrong with it."""


class Wire:
    """A connection to the server that can be cut. Its port passes everything on, or closes and refuses connections."""

    def __init__(self, port: int) -> None:
        self.port, self._to = free_port(), port
        self._whole = True
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Wire":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def cut(self) -> None:
        """Close the open connections, and refuse new ones."""
        self._whole = False
        self._loop.call_soon_threadsafe(self._abort)

    def mend(self) -> None:
        """Pass connections on again."""
        self._whole = True

    def _abort(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    def _run(self) -> None:
        self._loop.run_until_complete(self._stand())
        self._loop.close()

    async def _stand(self) -> None:
        async with await asyncio.start_server(self._serve, "127.0.0.1", self.port):
            await self._over.wait()
            self._whole = False
            self._abort()
            await asyncio.gather(*self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        back = writer
        with contextlib.suppress(OSError):  # the server is gone, or the wire is cut
            if self._whole:
                there, back = await asyncio.open_connection("127.0.0.1", self._to)
                self._open |= {writer, back}
                await asyncio.gather(self._hand_on(reader, back), self._hand_on(there, writer))
        for end in (writer, back):
            self._open.discard(end)
            end.transport.abort()
            with contextlib.suppress(OSError):
                await end.wait_closed()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(2**16):
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()


@dataclass
class Visitor:
    """A visitor with a page of the app."""

    page: Page
    url: str  # address of the server, without a slash at the end
    lesson: Lesson
    chance: random.Random
    presses: int = 0
    complaints: list[str] = field(default_factory=list)  # errors in the browser
    excused: str = ""  # a pattern for the complaints that the habit itself causes
    haste: float = 1.0  # below 1 there are fewer presses
    answered: bool = True  # whether reference mode is on; then nothing on the page depends on the visitor's answers

    def open(self) -> None:
        """Open the lesson at a new address."""
        path = "" if self.lesson is SYLLABUS[0] else self.lesson.stem
        sizes = f"seq_len={self.chance.randint(2, 20)}&hidden_size={self.chance.randint(2, 8)}"
        self.page.goto(f"{self.url}/{path}?{sizes}{'&answers=true' if self.answered else ''}")
        settle(self.page)

    def wait(self, least: int = 30, most: int = 400) -> None:
        """Pause for a random time, from `least` to `most` ms."""
        self.page.wait_for_timeout(self.chance.randint(least, most))

    def times(self, least: int, most: int) -> range:
        """A random number of repetitions, for a loop."""
        return range(max(2, round(self.haste * self.chance.randint(least, most))))

    def press(self, key: str) -> None:
        """Press a key on the element with the focus."""
        self.page.keyboard.press(key)
        self.presses += 1

    def choose(self, *places: str) -> None:
        """Press a random element among those that the selectors find and that can be pressed, if there is one."""
        found = [
            element
            for place in places
            for element in self.page.locator(place).all()
            if element.is_visible() and element.is_enabled()
        ]
        if found:
            with contextlib.suppress(TimeoutError):  # a newer script run has removed it
                self.chance.choice(found).press("Space", timeout=2000)
                self.presses += 1

    def slide(self, keys: tuple[str, ...] = ("ArrowRight", "ArrowLeft")) -> None:
        """Press a random key on a random main slider that can be moved."""
        movable = [name for name in MAIN if main_slider(self.page, name).is_enabled()]
        if movable:
            with contextlib.suppress(TimeoutError):
                main_slider(self.page, self.chance.choice(movable)).focus(timeout=2000)
                self.press(self.chance.choice(keys))

    def listen(self) -> None:
        """Note the errors that the browser reports."""

        def console(message: ConsoleMessage) -> None:
            said = f"{message.text} ({message.location['url']})"
            if message.type == "error" and not any(re.search(excuse, said) for excuse in EXCUSED):
                self.complaints.append(f"console: {said[:300]}")

        self.page.on("console", console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))


STATE, PIXELS = Path(__file__).with_name("soak.js").read_text("utf-8").split("// ---\n")[1:]
# As a text, because Playwright takes a long time to hand over ten thousand numbers.
PIXELS = f"() => JSON.stringify((\n{PIXELS}\n)())"
ALIKE = 40  # largest difference of a colour value, of 255, that counts as alike


def at_rest(page: Page) -> dict[str, Any]:
    """The state of the page when nothing has changed for a second and a half."""
    deadline = time.monotonic() + 2 * PATIENCE
    states: list[dict[str, Any]] = []
    while time.monotonic() < deadline:
        settle(page)
        states = [*states[-3:], page.evaluate(STATE) | {"pixels": page.evaluate(PIXELS)}]
        if len(states) == 4 and all(state == states[-1] for state in states):
            return _with_pixels(states[-1])
        page.wait_for_timeout(500)
    first, last = (_with_pixels(state) for state in (states[0], states[-1]))
    raise LostPageError(f"the page does not come to rest: {_difference(first, last)}")


def _with_pixels(state: dict[str, Any]) -> dict[str, Any]:
    return state | {"pixels": json.loads(state["pixels"])}


def look(visitor: Visitor, again: bool = True) -> None:
    """Raise `LostPageError` if the page is lost. With `again`, also compare it with its address after a reload."""
    page = visitor.page
    try:
        state = at_rest(page)
    except TimeoutError:
        state = {}
    said = page.locator("[role=dialog], [data-testid=stException]").all_inner_texts()
    said += [text for text in page.locator("[role=alert]").all_inner_texts() if "reload it" in text.lower()]
    if said:
        raise LostPageError(f"on the page: {' / '.join(said)[:300]!r}")
    if not state:
        app = page.get_by_test_id("stApp")
        states = [app.get_attribute(f"data-test-{name}-state") for name in ("connection", "script")]
        raise LostPageError(f"the page is not ready: {states}")
    if complaints := [one for one in visitor.complaints if not (visitor.excused and re.search(visitor.excused, one))]:
        raise LostPageError(" / ".join(complaints)[:600])
    for text in state["texts"]:
        if stated := re.match(r"T = (\d+) · H = (\d+) · I = (\d+)", text):
            if state["sizes"] != [int(size) for size in reversed(stated.groups())]:
                raise LostPageError(f"the sizes are at {state['sizes']}, the page says {stated[0]}")
            break
    else:
        raise LostPageError(f"no settings stand on the page: {state['texts'][:3]}")
    if again:
        visitor.page.reload()
        settle(page)
        if not visitor.answered:  # the browser gives the answers to the new session
            page.wait_for_timeout(500)
        if difference := _difference(state, at_rest(page)):
            raise LostPageError(f"it is not what its address says: {difference}")


def _difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    """How two states of a page differ, in short; empty if they do not."""
    found = []
    for part in one.keys() | other.keys():
        mine, theirs = one.get(part), other.get(part)
        if mine == theirs or (part == "pixels" and _look_alike(mine, theirs)):
            continue
        if part == "pixels" and mine and theirs:
            charts = [
                f"chart {number}: {sum(abs(a - b) > ALIKE for a, b in zip(*pair, strict=False))} of {len(pair[0])}"
                for number, pair in enumerate(zip(mine, theirs, strict=False))
                if pair[0] != pair[1]
            ]
            found.append(f"pixels: {len(mine)} charts, then {len(theirs)}; clearly different in {', '.join(charts)}")
            continue
        if isinstance(mine, list) and isinstance(theirs, list):
            if len(mine) != len(theirs):
                found.append(f"{part}: {len(mine)}, then {len(theirs)}")
            mine, theirs = next(
                ((a, b) for a, b in zip(mine, theirs, strict=False) if a != b), (mine[-1:], theirs[-1:])
            )
        mine, theirs = str(mine), str(theirs)
        first = next((i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)
        start = max(0, first - 60)
        found.append(f"{part}: {mine[start : first + 100]!r}, then {theirs[start : first + 100]!r}")
    return "; ".join(found)


def _look_alike(one: Any, other: Any) -> bool:
    """Whether two lists of charts look the same."""
    return (
        bool(one and other)
        and [len(chart) for chart in one] == [len(chart) for chart in other]
        and all(
            abs(a - b) <= ALIKE
            for mine, theirs in zip(one, other, strict=True)
            for a, b in zip(mine, theirs, strict=True)
        )
    )


# What visitors do. After each habit the page has to come to rest.


def hold_keys(visitor: Visitor) -> None:
    """Press Arrow and Page keys one after another, then hold one down."""
    for _ in visitor.times(30, 60):
        visitor.slide(("ArrowRight", "ArrowLeft", "ArrowRight", "ArrowLeft", "PageUp", "PageDown"))
        visitor.wait()
    key = visitor.chance.choice(("ArrowRight", "ArrowLeft"))
    for _ in visitor.times(4, 20):
        visitor.page.keyboard.down(key)
        visitor.presses += 1
        visitor.page.wait_for_timeout(33)
    visitor.page.keyboard.up(key)


def click_around(visitor: Visitor) -> None:
    """Press switches and choices in *Settings* and in the page."""
    visitor.page.locator(".st-key-settings summary").dispatch_event("click")
    settle(visitor.page)
    for _ in visitor.times(20, 40):
        visitor.choose(
            "[role=switch]:not([aria-label='Reference'])",
            "[data-testid=stButtonGroup] [role=radio]",
            "[data-testid=stTabs] [role=tab]",
        )
        visitor.wait(20, 300)
    fold_all(visitor)


def answer(visitor: Visitor) -> None:
    """Change the answer again and again, while the script run of a slider goes on."""
    visitor.answered = False
    visitor.open()
    for _ in visitor.times(12, 24):
        visitor.slide()
        visitor.wait(0, 120)
        visitor.choose("[data-testid=stRadio] input[type=radio]")
        visitor.wait(0, 120)
        visitor.choose(".st-key-check_answer button", ".st-key-show_me button", ".st-key-ask_again button")
        visitor.wait(20, 400)


def change_lessons(visitor: Visitor) -> None:
    """Go to another lesson and back during a script run."""
    own = visitor.lesson
    for _ in visitor.times(2, 4):
        for lesson in (visitor.chance.choice(SYLLABUS), own):
            visitor.slide()
            visitor.wait(0, 150)
            go_to(visitor.page, lesson)
            visitor.presses += 1
            visitor.wait(50, 900)


def go_back_and_forward(visitor: Visitor) -> None:
    """Go through the history of this tab, and move sliders in between."""
    page, own = visitor.page, visitor.lesson
    for lesson in (visitor.chance.choice(SYLLABUS), own):
        visitor.slide()
        visitor.wait(100, 900)
        go_to(page, lesson)
        settle(page)
        visitor.slide()
        visitor.wait(100, 900)
    for _ in visitor.times(3, 7):
        page.evaluate("n => history.go(n)", visitor.chance.choice((-1, -1, 1)))
        visitor.presses += 1
        visitor.wait(100, 1200)
        if not page.url.startswith(visitor.url):  # the empty page before the first address
            page.go_forward()
        if visitor.chance.random() < 0.4:
            visitor.slide()
            visitor.wait(50, 500)


def reload(visitor: Visitor) -> None:
    """Reload the page during a script run."""
    for _ in visitor.times(2, 4):
        visitor.slide()
        visitor.wait(0, 300)
        visitor.page.reload(wait_until="commit")
        visitor.presses += 1
        if visitor.chance.random() < 0.5:
            settle(visitor.page)


def use_two_tabs(visitor: Visitor) -> None:
    """Use a second tab with another lesson at the same time."""
    page = visitor.page.context.new_page()
    other = Visitor(page, visitor.url, visitor.chance.choice(SYLLABUS), visitor.chance)
    other.listen()
    try:
        other.open()
        for _ in visitor.times(20, 40):
            one = visitor.chance.choice((visitor, other))
            one.page.bring_to_front()
            one.slide()
            one.wait(20, 250)
        look(other)
    finally:
        visitor.presses += other.presses
        page.close()
        visitor.page.bring_to_front()


LINES = {
    "line": (
        "x.view(B, T, I)",
        "x.transpose(0, 1)",
        "x.reshape(-1)",
        "x.flip(0).view(T, -1)",
        "import os",
        "x[",
        "x.t()",
    ),
    "lengths": ("5, 3, 2", "9,2,5", "1", "4, 4, 4, 4", "0, 3", "a, b", "12, 1, 1, 7", "3,,2"),
}


def type_fast(visitor: Visitor) -> None:
    """Type lines letter by letter, and send the next one before the last one is answered."""
    page = visitor.page
    for _ in visitor.times(3, 6):
        for key, lines in LINES.items():
            box = page.locator(f".st-key-{key} input")
            if box.count():
                box.fill("", timeout=5000)
                page.keyboard.type(visitor.chance.choice(lines), delay=visitor.chance.randint(0, 40))
                visitor.press("Enter")
        visitor.wait(0, 500)
        if visitor.chance.random() < 0.3:
            visitor.slide()


def train(visitor: Visitor) -> None:
    """Press Train, Stop and a slider in quick order."""
    for _ in visitor.times(3, 6):
        for action in visitor.chance.sample(("train", "train_stop", "slide"), 3):
            if action == "slide":
                visitor.slide()
            else:
                visitor.choose(f".st-key-{action} button")
            visitor.wait(0, 250)
        visitor.wait(0, 900)
    visitor.choose(".st-key-train_stop button")


def tap(visitor: Visitor) -> None:
    """Tap with a finger while the page still scrolls."""
    page = visitor.page
    for _ in visitor.times(8, 16):
        found = page.locator("[data-testid=stButtonGroup] [role=radio], [data-testid=stRadio] label, summary")
        target = visitor.chance.choice([one for one in found.all() if one.is_visible()])
        target.evaluate("target => target.scrollIntoView({ behavior: 'smooth', block: 'center' })")
        visitor.wait(50, 500)
        box = target.bounding_box()
        if box and 80 < box["y"] < PHONE["viewport"]["height"] - 80:
            place = [box["x"] + min(box["width"], 60) / 2, box["y"] + box["height"] / 2]
            # The page still scrolls. A tap on a chart lights a cell, which no address says.
            if page.evaluate("place => document.elementFromPoint(...place)?.tagName", place) != "CANVAS":
                page.touchscreen.tap(*place)
                visitor.presses += 1
        visitor.wait(50, 400)
    fold_all(visitor)


def fold_all(visitor: Visitor) -> None:
    """Close all expanders, because no address says which ones are open.

    If an expander is closed while it opens, Streamlit opens it again. A tap during a script run opens it afterwards. So
    all of them must be closed at two checks in a row.
    """
    quiet = 0
    for _ in range(10):
        visitor.page.wait_for_timeout(700)
        settle(visitor.page)
        summaries = visitor.page.get_by_test_id("stMain").locator("summary").all()  # also those inside components
        opened = [summary for summary in summaries if summary.evaluate("summary => summary.parentElement.open")]
        quiet = 0 if opened else quiet + 1
        if quiet == 2:
            return
        for summary in opened:
            summary.dispatch_event("click")


HABITS: dict[str, Callable[[Visitor], None]] = {
    "hold keys": hold_keys,
    "click around": click_around,
    "answer": answer,
    "change lessons": change_lessons,
    "back and forward": go_back_and_forward,
    "reload": reload,
    "two tabs": use_two_tabs,
    "type fast": type_fast,
    "train": train,
    "tap": tap,
}
# Habits that only some lessons have controls for.
ONLY = {"type fast": ("views", "lengths"), "train": ("batches",)}


@dataclass
class Tally:
    """The result of a habit."""

    bursts: int = 0
    presses: int = 0
    lost: list[str] = field(default_factory=list)


@contextlib.contextmanager
def visitor_of(
    browser: Browser | BrowserContext | Page,
    url: str,
    lesson: Lesson,
    chance: random.Random,
    tally: Tally,
    excused: str = "",
    phone: bool = False,
) -> Iterator[Visitor]:
    """Somebody with a browser of their own, with tabs of their own in a context, or in a tab that stays open.

    Their presses are counted.
    """
    with ExitStack() as stack:
        if isinstance(browser, Browser):
            context = stack.enter_context(browser.new_context(**(PHONE if phone else DESK)))
        else:
            context = browser.context if isinstance(browser, Page) else browser
        others = [*context.pages]
        context.set_default_timeout(PATIENCE * 1000)
        page = browser if isinstance(browser, Page) else context.new_page()
        visitor = Visitor(page, url, lesson, chance, excused=excused)
        visitor.listen()
        try:
            yield visitor
        finally:
            tally.presses += visitor.presses
            for page in context.pages:
                if page not in others:
                    page.close()


def burst(
    browser: Browser | BrowserContext | Page,
    url: str,
    habit: str,
    lesson: Lesson,
    chance: random.Random,
    tally: Tally,
    haste: float = 1.0,
) -> None:
    """Let a visitor with one habit use one lesson. Raises `LostPageError`."""
    with visitor_of(browser, url, lesson, chance, tally, phone=habit == "tap") as visitor:
        visitor.haste = haste
        visitor.answered = habit != "tap" or chance.random() < 0.5
        visitor.open()
        HABITS[habit](visitor)
        look(visitor)


def cut_off(
    browser: Browser | BrowserContext, wire: Wire, seconds: float, lesson: Lesson, chance: random.Random, tally: Tally
) -> None:
    """The way to the server is cut while a slider moves, and mended after `seconds`."""
    with visitor_of(browser, f"http://127.0.0.1:{wire.port}", lesson, chance, tally, NO_SERVER) as visitor:
        visitor.open()
        visitor.slide()
        visitor.wait(0, 200)
        wire.cut()
        visitor.page.wait_for_timeout(1000 * seconds)
        wire.mend()
        visitor.page.locator(READY).wait_for(timeout=2 * PATIENCE * 1000)
        visitor.slide()
        visitor.page.wait_for_timeout(1500)  # so that the message about the connection has time to disappear
        look(visitor)


def restart(browser: Browser, log: Path, lesson: Lesson, chance: random.Random, tally: Tally) -> None:
    """Stop the server during a script run, and start another one in its place. Raises `LostPageError`."""
    port = free_port()
    with visitor_of(browser, f"http://127.0.0.1:{port}", lesson, chance, tally, NO_SERVER) as visitor:
        with serve(log, port):
            visitor.open()
            visitor.slide()
            visitor.wait(0, 200)
        visitor.page.wait_for_timeout(chance.randint(0, 6000))
        with serve(log, port):
            visitor.page.locator(READY).wait_for(timeout=2 * PATIENCE * 1000)
            visitor.slide()
            visitor.page.wait_for_timeout(1500)
            look(visitor)
            visitor.page.close()


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep this number of cores busy until the block ends."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def main() -> int:
    """Run the soak, and print what was lost; 1 if a page was lost, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="how long, at most 240")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--busy", type=int, default=2, help="processes that keep the cores busy meanwhile, at most 8")
    parser.add_argument("--habits", nargs="*", help="some of them; default all")
    options = parser.parse_args()
    end = time.monotonic() + 60 * min(options.minutes, 240)
    chance, start = random.Random(options.seed), time.monotonic()
    tallies: dict[str, Tally] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server: Server = stack.enter_context(serve(folder / "log"))
        wire = stack.enter_context(Wire(int(server.url.rsplit(":", 1)[1])))
        stack.enter_context(busy(min(options.busy, 8)))
        playwright = stack.enter_context(sync_playwright())
        expect.set_options(timeout=PATIENCE * 1000)
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=LAUNCH)
        log = folder / "restarted"
        kinds: dict[str, Callable[[Lesson, random.Random, Tally], None]] = {
            habit: partial(burst, browser, server.url, habit) for habit in HABITS
        }
        kinds |= {f"cut for {seconds} s": partial(cut_off, browser, wire, seconds) for seconds in (1, 5, 30)}
        kinds["restart"] = partial(restart, browser, log)
        rare = {name: 4 for name in kinds if name not in HABITS} | {
            "cut for 30 s": 8
        }  # seldom, because they mostly wait
        round_number = 0
        while time.monotonic() < end:
            for number, (name, act) in enumerate(kinds.items()):
                if (options.habits and name not in options.habits) or (round_number + number) % rare.get(name, 1):
                    continue
                stems = ONLY.get(name, tuple(lesson.stem for lesson in SYLLABUS))
                lesson = next(one for one in SYLLABUS if one.stem == stems[(round_number + number) % len(stems)])
                tally, said = tallies.setdefault(name, Tally()), len(server.said())
                tally.bursts += 1
                try:
                    act(lesson, chance, tally)
                    if "Traceback" in (raised := server.said(said)):
                        raise LostPageError(f"the server raised: {raised[-600:]}")
                except (LostPageError, Error, AssertionError) as loss:  # what playwright expects in vain, too
                    tally.lost.append(f"{lesson.stem}: {str(loss)[:900]}")
                    print(f"LOST in {name!r}, {tally.lost[-1]}", flush=True)
            round_number += 1
            told = sum(tally.presses for tally in tallies.values())
            lost = sum(len(tally.lost) for tally in tallies.values())
            print(
                f"{(time.monotonic() - start) / 60:.1f} min: {told} presses, {lost} lost", file=sys.stderr, flush=True
            )
    print("| habit | bursts | presses | lost |\n|---|---|---|---|")
    for name, tally in tallies.items():
        print(f"| {name} | {tally.bursts} | {tally.presses} | {len(tally.lost)} |")
    presses, lost = (sum(t.presses for t in tallies.values()), sum(len(t.lost) for t in tallies.values()))
    print(f"{presses} presses in {(time.monotonic() - start) / 60:.0f} minutes, seed {options.seed}: {lost} lost")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
