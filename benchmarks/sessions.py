"""Visitors without a browser: websocket clients that speak Streamlit's own protocol.

A session does what Streamlit's front end does. It sends the states of the sliders with each rerun. It keeps large
messages and lists their hashes, so that the server may send a hash instead of the message. Thirty such clients cost the
machine little. With thirty browsers, the measurement would mainly show the cost of the browsers.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Protocol, Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from benchmarks.server import Server

PATIENCE = 60  # seconds until a session without an answer counts as lost


class LostSessionError(RuntimeError):
    """The connection closed, or no answer came in time."""


class Host(Protocol):
    """What a visitor connects to."""

    port: int
    url: str


class Session:
    """One visitor of `server`, on its default page; an async context manager."""

    def __init__(self, server: Host, **settings: int) -> None:
        self.server = server
        self.settings = settings
        self.errors = 0  # exceptions on the page, and scripts that did not compile
        self.sliders: dict[str, str] = {}  # widget id by the name of the setting
        self.page = ""
        self.runs = 0
        self.fragment = ""  # the id of a fragment that reruns by the clock
        self.interval = 0.0  # seconds between its reruns; 0 if there is no such fragment
        self.used: dict[str, int] = {}  # by the hash of a kept message: the latest run that used it
        self.age = 0  # for so many runs the front end keeps an unused message

    async def __aenter__(self) -> Self:
        self.socket: ClientConnection = await connect(
            f"ws://127.0.0.1:{self.server.port}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            compression=None,
            max_size=None,
        )
        await self.rerun()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    async def rerun(self, **settings: int) -> float:
        """Move sliders to `settings`; the ms from the message to the end of the script run."""
        self.settings |= settings
        return await self._ask(BackMsg())

    async def _ask(self, message: BackMsg) -> float:
        """Send `message` with what the front end adds to it; the ms to the end of the script run."""
        state = message.rerun_script
        state.query_string = self._query()
        state.page_script_hash = self.page
        state.context_info.url = self.server.url
        state.cached_message_hashes.extend(self.used)
        for name, identity in self.sliders.items():
            widget = state.widget_states.widgets.add(id=identity)
            widget.double_array_value.data.append(self.settings[name])
        sent = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                await self.socket.send(message.SerializeToString())
                await self._finished()
        except (WebSocketException, TimeoutError) as failure:
            raise LostSessionError(str(failure)) from failure
        return (time.perf_counter() - sent) * 1e3

    def _query(self) -> str:
        return urlencode(self.settings)

    async def _finished(self) -> None:
        interval = 0.0  # of the fragment in this script run
        while True:
            payload = await self.socket.recv(decode=False)
            message = ForwardMsg.FromString(payload)
            if message.metadata.cacheable:
                self.used[message.hash] = self.runs
            match message.WhichOneof("type"):
                case "ref_hash":
                    self.used[message.ref_hash] = self.runs
                case "new_session":
                    self.page = message.new_session.page_script_hash
                    self.age = message.new_session.config.max_cached_message_age
                    interval = 0.0
                case "navigation":
                    self.page = message.navigation.page_script_hash
                case "delta":
                    self._read(message)
                case "auto_rerun":
                    self.fragment, interval = message.auto_rerun.fragment_id, message.auto_rerun.interval
                case "script_finished":
                    status = message.script_finished
                    self.errors += status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
                    if status == ForwardMsg.FINISHED_SUCCESSFULLY:
                        self.interval = interval
                    if status != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        break
        self.runs += 1
        self.used = {name: run for name, run in self.used.items() if self.runs - run <= self.age}

    def _read(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        match element.WhichOneof("type"):
            case "exception":
                self.errors += 1
            case "slider":
                # A widget's id ends with the key that the app gave it.
                name = element.slider.id.rsplit("-", 1)[-1]
                if name in self.settings:
                    self.sliders[name] = element.slider.id


class Trainer(Session):
    """A visitor of the lesson with a training, who presses Train and looks at the progress."""

    def __init__(self, server: Server, **settings: int) -> None:
        super().__init__(server, **settings)
        self.button = ""

    async def train(self) -> None:
        """Press Train, and wait until the training has ended."""
        pressed = BackMsg()
        pressed.rerun_script.widget_states.widgets.add(id=self.button).trigger_value = True
        await self._ask(pressed)
        if not self.interval:
            raise LostSessionError("no training began")
        end = time.monotonic() + PATIENCE
        while self.interval:
            if time.monotonic() > end:
                raise LostSessionError("the training did not end")
            await asyncio.sleep(self.interval)
            look = BackMsg()
            look.rerun_script.fragment_id = self.fragment
            look.rerun_script.is_auto_rerun = True
            await self._ask(look)

    async def _ask(self, message: BackMsg) -> float:
        if not self.page:
            message.rerun_script.page_name = "batches"
        return await super()._ask(message)

    def _query(self) -> str:
        return f"{super()._query()}&answers=true"

    def _read(self, message: ForwardMsg) -> None:
        super()._read(message)
        button = message.delta.new_element.button
        if button.id.endswith("-train"):
            self.button = button.id


@dataclass
class Load:
    """The result of many sessions: ms of every move or opening, moves a second, errors and lost sessions."""

    times: list[float] = field(default_factory=list)
    rate: float = 0
    errors: int = 0
    lost: int = 0

    def add(self, load: "Load") -> None:
        """Add the result of another round."""
        self.times += load.times
        self.errors += load.errors
        self.lost += load.lost


async def load(server: Server, sessions: int, seconds: int, input_size: int = 1) -> Load:
    """Let `sessions` visitors move the sequence length once a second each, for `seconds`.

    Each visitor waits for the answer before the next move, as a person does. Every visitor has another input size, from
    `input_size` up. So no result that the server keeps for one visitor serves another.
    """
    result = Load()
    ready = asyncio.Barrier(sessions)
    starts: list[float] = []

    async def visit(number: int) -> None:
        settings = {"seq_len": 11, "hidden_size": 8, "input_size": input_size + number}
        session = Session(server, **settings)
        try:
            async with session:
                await ready.wait()
                start = time.perf_counter() + number / sessions
                starts.append(start)
                for second in range(seconds):
                    await asyncio.sleep(start + second - time.perf_counter())
                    if time.perf_counter() > start + seconds:
                        break  # the time is up, because answers took longer than a second
                    result.times.append(await session.rerun(seq_len=12 + second))
        except (LostSessionError, WebSocketException, OSError, asyncio.BrokenBarrierError):
            result.lost += 1
            await ready.abort()  # otherwise the others would wait for this visitor
        result.errors += session.errors

    await asyncio.gather(*(visit(number) for number in range(sessions)))
    if starts:
        # The last answers may come when the time is up. They count, and so does the time until they came.
        result.rate = len(result.times) / (time.perf_counter() - min(starts))
    return result


async def opening(server: Server, visitors: int, seed: int) -> Load:
    """Let `visitors` open the app at the same moment: ms from connecting to the end of the first script run.

    All stay until the last one has its page. Every visitor has another seed, from `seed` up.
    """
    result = Load()
    start = {"seq_len": 20, "hidden_size": 8, "input_size": 3}
    sessions = [Session(server, **start, seed=seed + number) for number in range(visitors)]

    async def visit(session: Session) -> None:
        began = time.perf_counter()
        try:
            await stack.enter_async_context(session)
            result.times.append((time.perf_counter() - began) * 1e3)
        except (LostSessionError, WebSocketException, OSError):
            result.lost += 1

    async with AsyncExitStack() as stack:
        await asyncio.gather(*map(visit, sessions))
    result.errors = sum(session.errors for session in sessions)
    return result
