"""What a browser asks of its room, beside Streamlit's own routes.

- The websocket `class/CODE/live` tells of changes. The first message says who is there: `{"student": ID}`, or
  `{"secret": SECRET}` for the teacher.
- POST `class/CODE/answer` counts an answer: `{"student", "lesson", "round", "answer"}`.
- POST `class/CODE/lead` does what the teacher asks for: `{"secret", "do", "value"}`; see `Rooms.do`.

A page of another site may ask none of these: its Origin is refused. No secret stands in an address, where logs keep it.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from components.classroom import process
from components.classroom.hub import Hub, Listener
from components.classroom.room import Room
from components.classroom.rooms import NOT_NOW, NOT_UNDERSTOOD, STUDENTS, RefusedError, Rooms
from components.classroom.store import SIGN, StoreError

LARGEST = 4096  # bytes of a request; a browser sends fewer than 2,000
GREETING = 10.0  # seconds for the first message
NOT_FROM_HERE = "This request comes from a page of another site."

ENDED = 4404  # the websocket's code for a room that has ended or never was; a browser does not try again
REFUSED = 4403
LATER = 4503


def routes(rooms: Rooms = process.ROOMS, hub: Hub = process.HUB) -> list[BaseRoute]:
    """The routes for these rooms; without arguments for those of this process."""

    async def answer(request: Request) -> JSONResponse:
        body = await _body(request)
        lesson, student = body.get("lesson"), body.get("student")
        round, given = body.get("round"), body.get("answer")
        if not (isinstance(lesson, str) and isinstance(student, str) and type(round) is int and type(given) is int):
            raise RefusedError(400, NOT_UNDERSTOOD)
        code = request.path_params["code"]
        await asyncio.to_thread(rooms.answer, code, lesson, round, student, given)
        return JSONResponse({})

    async def lead(request: Request) -> JSONResponse:
        body = await _body(request)
        secret, action = body.get("secret"), body.get("do")
        if not (isinstance(secret, str) and isinstance(action, str)):
            raise RefusedError(400, NOT_UNDERSTOOD)
        code, network = request.path_params["code"], _network(request)

        def led() -> None:
            rooms.do(rooms.lead(code, secret, network), action, body.get("value"))

        await asyncio.to_thread(led)
        return JSONResponse({})

    async def live(socket: WebSocket) -> None:
        await socket.accept()  # else the browser does not get the code with which it is closed
        try:
            if not _is_ours(socket):
                raise RefusedError(403, NOT_FROM_HERE)
            await _live(socket, rooms, hub)
        except RefusedError as refused:
            await _close(socket, ENDED if refused.status == 404 else REFUSED, str(refused))
        except StoreError:
            await _close(socket, LATER, NOT_NOW)
        except WebSocketDisconnect:
            return

    return [
        Route("/class/{code}/answer", _answered(answer), methods=["POST"]),
        Route("/class/{code}/lead", _answered(lead), methods=["POST"]),
        WebSocketRoute("/class/{code}/live", live),
    ]


@asynccontextmanager
async def telling(rooms: Rooms = process.ROOMS, hub: Hub = process.HUB) -> AsyncIterator[None]:
    """While the server runs: the hub hears of changes, in this process and in others."""
    hub.start()
    rooms.store.listen(hub.heard)
    try:
        yield
    finally:
        hub.stop()
        rooms.store.close()


async def _live(socket: WebSocket, rooms: Rooms, hub: Hub) -> None:
    code, network = socket.path_params["code"], _network(socket)
    hello = await _hello(socket)
    student, secret = hello.get("student"), hello.get("secret")
    if isinstance(secret, str):
        room, student = await asyncio.to_thread(rooms.lead, code, secret, network), ""
    elif isinstance(student, str):
        room = await asyncio.to_thread(rooms.find, code, network)
        await asyncio.to_thread(rooms.enter, room, student)
    else:
        raise RefusedError(400, NOT_UNDERSTOOD)
    code = room.code
    listener = hub.join(code, isinstance(secret, str), student)
    try:
        for_students, for_teacher = await asyncio.to_thread(hub.states, code)
        listener.give(for_teacher if listener.leads else for_students)
        if student:
            await asyncio.to_thread(rooms.store.tell, code)
        await _until_gone(socket, _speak(socket, listener, rooms, hub, room))
    finally:
        if not hub.leave(code, listener) and student:
            # The server may cancel this task when the browser is gone. The student must leave all the same.
            await asyncio.shield(asyncio.to_thread(_leave, rooms, code, student))


def _leave(rooms: Rooms, code: str, student: str) -> None:
    with suppress(StoreError):
        rooms.store.leave(code, student)
        rooms.store.tell(code)


async def _hello(socket: WebSocket) -> dict[str, Any]:
    """The first message."""
    try:
        message = await asyncio.wait_for(socket.receive(), GREETING)
    except TimeoutError:
        raise RefusedError(408, NOT_UNDERSTOOD) from None
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect
    return _understood(message.get("text") or "")


async def _speak(socket: WebSocket, listener: Listener, rooms: Rooms, hub: Hub, room: Room) -> None:
    """Send each piece of news; and from time to time note that this student is still here."""
    due = time.monotonic() + SIGN
    while True:
        try:
            text = await asyncio.wait_for(listener.next(), due - time.monotonic())
        except TimeoutError:
            due = time.monotonic() + SIGN
            if listener.student:
                await asyncio.to_thread(rooms.store.enter, room, listener.student, STUDENTS)
            hub.heard(room.code)  # the room may have ended by itself
            continue
        await socket.send_text(text)
        if '"closed"' in text:
            raise RefusedError(404, "")


async def _until_gone(socket: WebSocket, speak: Any) -> None:
    """Run `speak` until the browser is gone. What it says after the first message is not read."""
    speaking = asyncio.ensure_future(speak)
    hearing = asyncio.ensure_future(_wait_for_end(socket))
    try:
        await asyncio.wait((speaking, hearing), return_when=asyncio.FIRST_COMPLETED)
        if speaking.done():
            speaking.result()
    finally:
        for task in (speaking, hearing):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


async def _wait_for_end(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        await asyncio.sleep(0.1)  # whoever floods this socket waits


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    if socket.application_state is WebSocketState.CONNECTED and socket.client_state is WebSocketState.CONNECTED:
        with suppress(RuntimeError):
            await socket.close(code, reason)


Handler = Callable[[Request], Awaitable[JSONResponse]]


def _answered(handler: Handler) -> Handler:
    """Check where a request comes from, and answer with a sentence if it is refused."""

    async def answered(request: Request) -> JSONResponse:
        try:
            if not _is_ours(request):
                raise RefusedError(403, NOT_FROM_HERE)
            return await handler(request)
        except RefusedError as refused:
            return JSONResponse({"error": str(refused)}, refused.status)
        except StoreError:
            return JSONResponse({"error": NOT_NOW}, 503)

    return answered


async def _body(request: Request) -> dict[str, Any]:
    """The JSON object of a request. It reads no more than LARGEST bytes."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise RefusedError(413, NOT_UNDERSTOOD)
    return _understood(body)


def _understood(text: str | bytes) -> dict[str, Any]:
    """A JSON object. Raises RefusedError for anything else."""
    if len(text) > LARGEST:
        raise RefusedError(413, NOT_UNDERSTOOD)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise RefusedError(400, NOT_UNDERSTOOD) from None
    if not isinstance(value, dict):
        raise RefusedError(400, NOT_UNDERSTOOD)
    return value


def _is_ours(connection: HTTPConnection) -> bool:
    """Whether the request comes from a page of this server. Browsers always say where; a page cannot change it."""
    origin = urlsplit(connection.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == connection.headers.get("host")


def _network(connection: HTTPConnection) -> str:
    """The address of who asks. A class often has one address for all."""
    return connection.client.host if connection.client else ""
