"""The rows of the table. Each row measures one thing about the app, and gives figures with their bars.

Machines differ and are busy. So a figure on speed is a ratio of two medians, of two things that took turns in one
measurement. Only memory, bytes and blocks of the main thread are absolute numbers.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Error

from benchmarks.browser import PATIENCE, QUIET, Move, Tab, chromium
from benchmarks.replicas import Site, Work, cores, press
from benchmarks.rooms import MEDIAN, SLOWEST, Measured, hold, processes
from benchmarks.server import FLOOR, Server
from benchmarks.sessions import Load, Session, Trainer, load, opening
from components.ui.syllabus import SYLLABUS

LIVE = "seq_len=20&hidden_size=8&input_size=3"
LARGEST = {"seq_len": 200, "hidden_size": 128, "input_size": 64, "batch_size": 16, "num_layers": 4}
FRAME = 1000 / 60  # ms


@dataclass(frozen=True)
class Figure:
    """A number, and the bar that it must not exceed. Without a bar (None) it is only for information."""

    what: str
    value: float | None  # None: it could not be measured, and `detail` says why
    bar: float | None
    unit: str = ""
    detail: str = ""

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "missing"
        if self.bar is None:
            return ""
        return "ok" if self.value <= self.bar else "over"

    def record(self) -> dict[str, object]:
        return {**asdict(self), "verdict": self.verdict}


@dataclass(frozen=True)
class Plan:
    """Which app to measure, and how much: moves, seconds of load, reruns for the memory."""

    app: Path
    moves: int
    seconds: int
    reruns: int


def p95(values: Sequence[float]) -> float:
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def spread(values: Sequence[float], unit: str = "ms") -> str:
    return f"{statistics.median(values):.3g} ({p95(values):.3g}) {unit}"


def ratio(what: str, mine: Sequence[float], base: Sequence[float], bar: float) -> Figure:
    """The ratio of the medians. `detail` has both medians, each with its 95th percentile (p95) in brackets."""
    value = statistics.median(mine) / statistics.median(base)
    return Figure(what, value, bar, "×", f"{spread(mine)} against {spread(base)}")


def fresh(plan: Plan) -> list[Figure]:
    """Time from a slider to fresh charts, server CPU, and bytes. The app and the floor take turns."""
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        servers = [stack.enter_context(Server(app)) for app in (plan.app, FLOOR)]
        tabs = [Tab(browser, server) for server in servers]
        moves: list[list[Move]] = [[], []]
        # T goes from 12 to 27, then again with another input size. The charts have the same size, but the server has
        # not seen the settings before. So no result that it keeps can answer.
        for number in range(plan.moves):
            if number % 15 == 0:
                for tab in tabs:
                    tab.open(f"seq_len=11&hidden_size=8&input_size={3 + number // 15}")
                    tab.move()  # the first rerun after opening is not counted
            for turn in (0, 1) if number % 2 else (1, 0):
                moves[turn].append(tabs[turn].move())
    app, floor = moves
    received = [move.received / 1e3 for move in app]
    return [
        ratio("slider to fresh charts", [m.fresh for m in app], [m.fresh for m in floor], 0.45),
        ratio("server CPU of a rerun", [m.cpu for m in app], [m.cpu for m in floor], 0.2),
        Figure(
            "bytes received a move",
            statistics.median(received),
            30,
            "kB",
            f"p95 {p95(received):.3g}; floor {spread([m.received / 1e3 for m in floor], 'kB')}",
        ),
    ]


def lessons(plan: Plan) -> list[Figure]:
    """The other lessons: server CPU and bytes of a move. All lessons and the floor take turns."""
    stems = [lesson.stem for lesson in SYLLABUS[1:]]
    # Below the value that a lesson needs, a move would change nothing.
    starts = {lesson.stem: dict(lesson.needs).get("seq_len", 4) for lesson in SYLLABUS}
    # Some lessons do not use the sequence length. On the lesson on parameters it changes almost nothing.
    still = [lesson.stem for lesson in SYLLABUS if "seq_len" in {*lesson.idle, *dict(lesson.decides)}]
    sliders = dict.fromkeys([*still, "weights"], "hidden_size")
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        server, floor = (stack.enter_context(Server(app)) for app in (plan.app, FLOOR))
        tabs = {stem: Tab(browser, server) for stem in stems} | {"": Tab(browser, floor)}
        moves: dict[str, list[Move]] = {stem: [] for stem in tabs}
        for number in range(plan.moves):
            for stem, tab in tabs.items():
                if number % 15 == 0:
                    tab.open(
                        f"seq_len={starts.get(stem, 4)}&hidden_size=4&input_size={3 + number // 15}&answers=true", stem
                    )
                    tab.move(slider=sliders.get(stem, "seq_len"))
                moves[stem].append(tab.move(slider=sliders.get(stem, "seq_len")))
    base = [move.cpu for move in moves.pop("")]
    figures = []
    for stem, of_lesson in moves.items():
        received = [move.received / 1e3 for move in of_lesson]
        figures.append(ratio(f"{stem}: server CPU of a rerun", [move.cpu for move in of_lesson], base, 0.2))
        figures.append(Figure(f"{stem}: bytes received a move", statistics.median(received), 30, "kB"))
    return figures


def cold(plan: Plan) -> list[Figure]:
    """Time from navigation until all charts are settled. The browser has nothing cached; the server is up."""
    times: list[list[float]] = [[], []]
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        servers = [stack.enter_context(Server(app)) for app in (plan.app, FLOOR)]
        for number in range(max(4, plan.moves // 4) + 1):
            for turn in (0, 1) if number % 2 else (1, 0):
                tab = Tab(browser, servers[turn])
                elapsed = tab.open(LIVE)
                tab.close()
                if number:  # not the first visit, in which the server imports its modules
                    times[turn].append(elapsed)
    return [ratio("cold open to all charts settled", times[0], times[1], 1.2)]


def start(plan: Plan) -> list[Figure]:
    """Time from the start of the process to the first text and to settled charts, for a visitor who waits for it."""
    texts: list[list[float]] = [[], []]
    times: list[list[float]] = [[], []]
    text = "[data-testid=stMain] :is(h1, [data-testid=stCaptionContainer])"
    with chromium() as browser:
        for number in range(max(2, plan.moves // 8) + 1):
            for turn in (0, 1) if number % 2 else (1, 0):
                began = time.perf_counter()
                with Server((plan.app, FLOOR)[turn]) as server:
                    tab = Tab(browser, server)
                    tab.page.goto(f"{server.url}?{LIVE}", wait_until="commit")
                    went = time.perf_counter()
                    tab.page.locator(text).first.wait_for(timeout=PATIENCE)
                    said = time.perf_counter()
                    settled = tab.settled()
                    tab.close()
                if number:  # not the first start, which reads the files of all modules
                    texts[turn].append((said - began) * 1e3)
                    times[turn].append((went - began) * 1e3 + settled)
    return [
        ratio("start of the process to the first text", texts[0], texts[1], 1.6),
        ratio("start of the process to settled charts", times[0], times[1], 1.6),
    ]


def scrub(plan: Plan) -> list[Figure]:
    """The Step slider and the mouse pointer, which must not ask the server."""
    with chromium() as browser, Server(plan.app) as server:
        tab = Tab(browser, server)
        tab.open(LIVE)
        step = tab.page.get_by_role("slider", name="Step", exact=True)
        try:
            step.focus(timeout=5000)
        except Error:
            return [Figure("scrubbing", None, 0, detail="no slider named Step on the page")]
        tab.page.wait_for_timeout(500)
        before, right = tab.received, True
        frames, times, blocks = [], [], []
        for _ in range(plan.moves):
            # The step goes from one end to the other and back: a press at an end would change nothing.
            value, low, high = step.evaluate("s => [s.value, s.min, s.max].map(Number)")
            right = value < high and (right or value <= low)
            tab.page.keyboard.press("ArrowRight" if right else "ArrowLeft")
            tab.page.wait_for_timeout(150)
            last = tab.ask("({...__watch.last(), ms: __watch.last().time - __watch.key})")
            shown = last["ms"] > 0
            frames.append(float(last["frame"]) if shown else float("inf"))
            times.append(last["ms"] if shown else float("inf"))
            blocks.append(tab.ask("__watch.longest()"))
        scrubbed, before = tab.received - before, tab.received
        tab.ask("__watch.key = performance.now()")
        canvas = tab.page.locator("[data-testid=stVegaLiteChart] canvas")
        box = None
        if canvas.count():
            canvas.first.scroll_into_view_if_needed()
            box = canvas.first.bounding_box()
        if box:
            for number in range(plan.moves):
                across = (number + 0.5) / plan.moves
                down = 0.3 + 0.4 * (number % 2)
                tab.page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
                tab.page.wait_for_timeout(50)
        hovered, hover_block = tab.received - before, tab.ask("__watch.longest()")
    return [
        Figure("scrubbing: bytes received", scrubbed, 0, "B", f"{plan.moves} presses"),
        Figure("scrubbing: shown within", max(frames), 2, "frames", spread(times)),
        Figure("scrubbing: longest block", max(blocks), 50, "ms", "0 where none reached 50"),
        Figure("hover: bytes received", hovered if box else None, 0, "B", "pointer moved over the first chart"),
        Figure("hover: longest block", hover_block if box else None, 50, "ms"),
    ]


def sessions(plan: Plan) -> list[Figure]:
    """Thirty visitors who move a slider once a second each, compared with one visitor alone."""
    with Server(plan.app) as server:
        alone = asyncio.run(load(server, 1, plan.seconds, input_size=60))
        crowd = asyncio.run(load(server, 30, plan.seconds))
        tracebacks = server.tracebacks()
    if not (alone.times and crowd.times):
        return [Figure("30 sessions", None, 0, detail="no move was answered")]
    detail = f"one session {spread(alone.times)}; thirty {spread(crowd.times)}"
    return [
        Figure("30 sessions: p95 of a move", p95(crowd.times), 2 * p95(alone.times) + 150, "ms", detail),
        Figure("30 sessions: moves answered", crowd.rate, None, "a second", f"{len(crowd.times)} moves"),
        Figure("30 sessions: errors", crowd.errors + tracebacks, 0, "", "on screen or logged"),
        Figure("30 sessions: lost", crowd.lost, 0),
    ]


def opens(plan: Plan) -> list[Figure]:
    """Thirty visitors who open the app at the same moment, as a class does, compared with one, and with the floor."""
    visitors, rounds = 30, max(1, plan.moves // 15)
    seeds = itertools.count(step=visitors)
    loads = {"alone": Load(), "crowd": Load(), "floor": Load()}
    processor: dict[str, list[float]] = {name: [] for name in loads}  # ms an opening

    def measure(name: str, server: Server) -> None:
        count = visitors if name == "crowd" else 1
        before = server.cpu()
        loads[name].add(asyncio.run(opening(server, count, next(seeds))))
        time.sleep(0.2)  # the work of the server when visitors leave counts too
        processor[name].append((server.cpu() - before) / count)

    with Server(plan.app) as server, Server(FLOOR) as floor:
        for started in (server, floor):  # not counted, because the server imports its modules
            asyncio.run(opening(started, 1, next(seeds)))
        for _ in range(rounds):
            for _ in range(10):
                measure("alone", server)
                measure("floor", floor)
            measure("crowd", server)
        tracebacks = server.tracebacks()
    alone, crowd = loads["alone"], loads["crowd"]
    if not (alone.times and crowd.times and loads["floor"].times):
        return [Figure("30 at once: opening", None, 0, detail="nobody got the page")]
    return [
        # One after another, thirty visitors wait as long as thirty openings take. At once, nobody should wait longer.
        Figure(
            "30 at once: p95 of opening",
            p95(crowd.times),
            visitors * statistics.median(alone.times) + 150,
            "ms",
            f"alone {spread(alone.times)}; at once {spread(crowd.times)}",
        ),
        ratio("30 at once: server CPU of an opening", processor["crowd"], processor["alone"], 1.2),
        ratio("server CPU of an opening, against the floor", processor["alone"], processor["floor"], 0.3),
        Figure("30 at once: errors", alone.errors + crowd.errors + tracebacks, 0, "", "on screen or logged"),
        Figure("30 at once: lost", alone.lost + crowd.lost, 0),
    ]


def memory(plan: Plan) -> list[Figure]:
    """Resident memory of the server: with one session, for each further session, and over many reruns."""
    further = 20

    async def measure(server: Server) -> list[Figure]:
        start = {"seq_len": 20, "hidden_size": 8, "input_size": 3}
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(Session(server, **start))
            for seq_len in range(21, 31):
                await session.rerun(seq_len=seq_len)
            first = server.memory()
            for _ in range(further):
                # All visitors use the same settings: a result that the server keeps for them is no cost of a session.
                visitor = await stack.enter_async_context(Session(server, **start))
                for seq_len in (21, 22, 23):
                    await visitor.rerun(seq_len=seq_len)
            each = (server.memory() - first) / further
            # The store of results has a bound in bytes. With the largest settings it is full at once.
            async with Session(server, **LARGEST) as visitor:
                for seq_len in range(180, 200):
                    await visitor.rerun(seq_len=seq_len)
            # Settings that never repeat, so that a store without a bound would grow. The settings do not get larger.
            # The first third is not counted.
            sizes = []
            for number in range(plan.reruns * 3 // 2):
                await session.rerun(seq_len=12 + number % 25, input_size=4 + number // 25 % 60)
                sizes.append(server.memory())
        tail = sizes[plan.reruns // 2 :]
        tenth = max(1, len(tail) // 10)
        growth = statistics.median(tail[-tenth:]) - statistics.median(tail[:tenth])
        return [
            Figure("memory: server with one session", first, 400, "MB"),
            Figure("memory: each further session", each, 2, "MB", f"{further} of them"),
            # The memory of an allocator varies by a few MB. 10 kB that stay at every rerun would be 5 MB after 500.
            Figure("memory: growth over reruns", growth, 5, "MB", f"{len(tail)} reruns"),
        ]

    with Server(plan.app) as server:
        return asyncio.run(measure(server))


def largest(plan: Plan) -> list[Figure]:
    """A move at the largest settings, compared with one at the defaults; and the longest block."""
    quiet = 4 * QUIET  # a large chart may pause while it is drawn
    small: list[Move] = []
    large: list[Move] = []
    with chromium() as browser, Server(plan.app) as server:
        default, most = Tab(browser, server), Tab(browser, server)
        for number in range(plan.moves):
            if number % 10 == 0:
                default.open(f"seq_len=14&hidden_size=8&input_size={3 + number // 10}")
                most.open(f"seq_len=189&hidden_size=128&input_size={64 - number // 10}")
                default.move()
                most.move(quiet=quiet)
            small.append(default.move())
            large.append(most.move(quiet=quiet))
    blocks = [move.block for move in large]
    return [
        ratio("largest: fresh charts", [m.fresh for m in large], [m.fresh for m in small], 4),
        Figure("largest: longest block", max(blocks), 200, "ms", spread(blocks)),
    ]


def trace(plan: Plan) -> list[Figure]:
    """The trace of every gate and state, compared with the call of `nn.LSTM` itself, with one torch thread."""
    try:
        import torch

        from components.lstm.trace import trace as run
    except ImportError as missing:
        return [Figure("trace", None, None, detail=str(missing))]
    torch.set_num_threads(1)
    figures = []
    for shape, bar, repeats in (((50, 1, 8, 32), 2.5, 200), ((1000, 1, 64, 256), 1.7, 30)):
        seq_len, batch_size, input_size, hidden_size = shape
        module = torch.nn.LSTM(input_size, hidden_size)
        inputs = torch.randn(seq_len, batch_size, input_size)
        calls = (partial(run, module, inputs), partial(module, inputs))
        times: tuple[list[float], list[float]] = ([], [])
        with torch.no_grad():
            for number in range(repeats + 3):
                for call, taken in zip(calls, times, strict=True):
                    start = time.perf_counter()
                    call()
                    if number >= 3:  # the first calls are slower, because they choose their kernels
                        taken.append((time.perf_counter() - start) * 1e3)
        figures.append(ratio(f"trace against fused, {shape}", times[0], times[1], bar))
    return figures


def training(plan: Plan) -> list[Figure]:
    """Moves of a visitor while another one trains, in turns with moves alone; memory and threads after trainings."""
    rounds = min(20, plan.moves // 2)

    async def measure(server: Server) -> list[Figure]:
        numbers = itertools.count()
        alone: list[float] = []
        beside: list[float] = []
        durations: list[float] = []

        async def move(visitor: Session, pause: float = 0.25) -> float:
            # A quarter of a second between two moves: slower than a key that is held down, faster than a person who
            # looks.
            await asyncio.sleep(pause)
            number = next(numbers)
            return await visitor.rerun(seq_len=12 + number % 50, input_size=4 + number // 50 % 60)

        async with (
            Session(server, seq_len=11, hidden_size=8, input_size=3) as visitor,
            Trainer(server, seed=1) as trainer,
        ):
            for _ in range(2):  # not counted: modules are imported and memory is allocated once
                await trainer.train()
            for _ in range(80):
                await move(visitor, pause=0)
            memory, threads = server.memory(), server.threads()
            for _ in range(rounds):
                began, moved = time.perf_counter(), len(beside)
                job = asyncio.create_task(trainer.train())
                while not job.done():
                    beside.append(await move(visitor))
                await job
                durations.append(time.perf_counter() - began)
                alone += [await move(visitor) for _ in beside[moved:]]
            grown, left = server.memory() - memory, server.threads() - threads
            errors = visitor.errors + trainer.errors + server.tracebacks()
        detail = f"of {len(beside)} moves beside {rounds} trainings, and as many alone"
        return [
            ratio("a move while another trains", beside, alone, 2),
            Figure("a move while another trains: p95", p95(beside) / p95(alone), 2, "×", detail),
            Figure("a training, beside moves", statistics.median(durations), None, "s"),
            Figure(f"memory: growth over {rounds} trainings", grown, 5, "MB"),
            Figure(f"threads left after {rounds} trainings", left, 0),
            Figure("trainings: errors", errors, 0, "", "on screen or logged"),
        ]

    with Server(plan.app) as server:
        return asyncio.run(measure(server))


def replicas(plan: Plan) -> list[Figure]:
    """Two processes behind HAProxy, in turns with one: moves a second for visitors who never rest."""
    visitors, rounds = 12, 3
    one, two = Work(), Work()
    with Site(1) as small, Site(2) as large:
        for number in range(rounds):
            for site, work in ((small, one), (large, two)) if number % 2 else ((large, two), (small, one)):
                work.add(press(site, visitors, plan.seconds / 2, number))
        tracebacks = small.tracebacks() + large.tracebacks()
    if not (one.moves and two.moves):
        return [Figure("replicas", None, 0, detail="no move was answered")]
    costs = {name: getattr(two, name) / two.moves * 1e3 for name in ("replicas", "proxy", "visitors")}
    shares = f"a move: replica {costs['replicas']:.3g} ms, proxy {costs['proxy']:.2g}, visitors {costs['visitors']:.3g}"
    return [
        Figure(
            "two replicas: moves a second, against one",
            two.rate / one.rate,
            None,
            "×",
            f"{two.rate:.3g} against {one.rate:.3g}, with {two.cores:.3g} and {one.cores:.3g} of {cores()} cores busy",
        ),
        Figure(
            "two replicas: CPU of a move, against one",
            (two.cores / two.rate) / (one.cores / one.rate),
            1.15,
            "×",
            "of replicas, proxy and visitors",
        ),
        Figure(
            "two replicas: the visitors' share of the CPU", two.visitors / (two.cores * two.seconds), None, "", shares
        ),
        Figure("two replicas: computed, visitors elsewhere", 2e3 / costs["replicas"], None, "a second"),
        Figure("the proxy, against a replica: CPU of a move", costs["proxy"] / costs["replicas"], 0.1, "×"),
        Figure("two replicas: a move", statistics.median(two.times), None, "ms", spread(two.times)),
        Figure("two replicas: errors", one.errors + two.errors + tracebacks, 0, "", "on screen or logged"),
        Figure("two replicas: lost", one.lost + two.lost, 0),
    ]


def rooms(plan: Plan) -> list[Figure]:
    """A room of 30 students and one of 300, who follow their teacher and vote. Each room has a process of its own."""
    small, large = 30, 300
    changes = max(1, plan.moves // 5)
    figures = []
    each = 0.0
    for students in (small, large):
        with Server(plan.app) as server:
            found = asyncio.run(hold(server, students, changes))
            found.errors += server.tracebacks()
        figures += of_room(found, bars=students == small)
        if found.times:
            each = max(each, found.each)
    if each:
        detail = f"computed: a core for each, the slowest within {SLOWEST / 1e3:.3g} s, {each:.3g} ms a student"
        figures.append(Figure(f"{large} followers: processes", processes(large, each), None, "", detail))
    return figures


def of_room(found: Measured, bars: bool) -> list[Figure]:
    """The figures of one room, with or without bars for the time until its students have followed."""
    students, followers = f"{found.students} students", f"{found.students} followers"
    if not (found.votes and found.times):
        return [Figure(followers, None, 0, detail="nobody has followed")]
    alone = f"{found.empty / 10:.2g} with the teacher alone"
    votes = f"{spread(found.votes)}, mean {statistics.fmean(found.votes):.3g}"
    own = f"{len(found.own)} changes; the teacher's own run {spread(found.own)}"
    busy = f"{spread(found.times)}, while the server had {found.cores:.2g} of a core"
    clients = f"clients {found.clients / len(found.times):.3g} ms, {found.share:.0%} of all"
    median = statistics.median(found.times)
    return [
        Figure(f"{students} at rest: server CPU", found.idle / 10, None, "% of a core", alone),
        Figure(f"{students}: server CPU of a vote", statistics.median(found.votes), None, "ms", votes),
        Figure(f"{followers}: after the teacher's release", median, MEDIAN if bars else None, "ms", own),
        Figure(f"{followers}: the slowest", max(found.times), SLOWEST if bars else None, "ms", busy),
        Figure(f"{followers}: server CPU for each", found.each, None, "ms", clients),
        Figure(f"{followers}: errors", found.errors, 0, "", "on screen, logged, or other settings than the teacher's"),
        Figure(f"{followers}: lost", found.lost, 0, "", "students, or votes that were not counted"),
    ]


ROWS: dict[str, Callable[[Plan], list[Figure]]] = {
    "fresh": fresh,
    "lessons": lessons,
    "start": start,
    "open": cold,
    "scrub": scrub,
    "sessions": sessions,
    "opens": opens,
    "memory": memory,
    "largest": largest,
    "trace": trace,
    "training": training,
    "replicas": replicas,
    "rooms": rooms,
}


def table(figures: Iterable[Figure]) -> str:
    """The figures as an aligned table: what, measured, bar, verdict, detail."""
    head = ("What", "Measured", "Bar", "", "Median (p95) and more")
    lines = [head]
    for figure in figures:
        measured = "-" if figure.value is None else f"{figure.value:.3g} {figure.unit}".strip()
        bar = "" if figure.bar is None else f"{figure.bar:.3g} {figure.unit}".strip()
        lines.append((figure.what, measured, bar, figure.verdict, figure.detail))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
