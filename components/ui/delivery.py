"""Decides which messages a script run may name instead of sending them again.

In this file, a *run* is a script run. If the browser still has an element, Streamlit does not send it again: it sends a
name, the hash of its message. With every request the browser lists the messages that it has. The server believes this
list until the requested run ends.

But the list can be out of date. While the browser sends its request, the run before may still go on. When a run ends,
the browser forgets every message that was not used in the last `global.maxCachedMessageAge` runs that ended. If the
server then names a forgotten message, the page is dead: "Cached ForwardMsg MISS". Quick key presses on a slider do
that.

So a run names only messages that the browser cannot have forgotten. The runs of a session are counted, and the messages
of each run are noted. The last element of a run is a mark with the number of the run. If the browser lists the mark of
run m, it has received all of run m, in order. So it has used every message of run m since that run began. From run m to
run n, at most n - m runs end. The messages of run m are safe as long as n - m is at most half the age. The other half
is left for runs that are not counted here: when a fragment that no longer exists reruns, none of this code is called.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from components.ui.cheaper import hand_over, stop_if_asked

AGE = "global.maxCachedMessageAge"
DELIVERY = "_delivery"  # in the session
# An HTML comment: it is invisible and takes no space. It is so long that Streamlit lets the browser keep it.
MARK = "<!-- the last element of the run with this number, in this session: {} -->"

Send = Callable[[ForwardMsg], None]


class Delivery:
    """Notes which messages the latest runs of a session have used."""

    def __init__(self, age: int) -> None:
        self.age = age  # the browser keeps an unused message for so many runs
        self.run = 0  # the number of the latest run
        self._used: dict[int, tuple[str, frozenset[str]]] = {}  # by run: the hash of its mark, and all its hashes

    def open_run(self, listed: frozenset[str]) -> frozenset[str]:
        """Count a new run. Returns those of the hashes `listed` by the browser that this run may name."""
        self.run += 1
        self._used = {run: used for run, used in self._used.items() if self.run - run <= self.age // 2}
        safe: set[str] = set()
        for mark, used in self._used.values():
            if mark in listed:
                safe |= used
        return listed & safe

    def close_run(self, run: int, mark: str, used: frozenset[str]) -> None:
        """Note the hashes that a run has used, and which of them is its mark."""
        self._used[run] = mark, used


class Notes:
    """Sends the messages of a run to the browser, and notes the last message for each place of the page.

    While `held` is a list, messages wait there for `release`.
    """

    def __init__(self, send: Send) -> None:
        self.send = send
        self.run = 0
        self.noting = False
        self.mark = ""
        self.places: dict[tuple[int, ...], str] = {}
        self.held: list[ForwardMsg] | None = None

    def __call__(self, message: ForwardMsg) -> None:
        """Send a message, and note it if the browser may keep it."""
        if self.noting:
            place = tuple(message.metadata.delta_path)
            # A second message for the same place can replace the first one before it is sent.
            self.places.pop(place, None)
            named = message.WhichOneof("type") == "ref_hash"
            if named or message.metadata.cacheable:
                self.mark = self.places[place] = message.ref_hash if named else message.hash
        if self.held is None:
            self.send(message)
        else:
            stop_if_asked(self.send)
            self.held.append(message)

    def release(self) -> None:
        """Send all messages that wait."""
        if self.held:
            messages, self.held = self.held, []
            hand_over(messages, self.send)


def begin() -> None:
    """Begin a run of the whole page: from here on it names only safe messages, and its messages are noted.

    Its messages wait for `release`. Those of the first run do not: they show that something goes on, while a lesson is
    imported.
    """
    context, notes = _context()
    delivery: Delivery = st.session_state.setdefault(DELIVERY, Delivery(st.get_option(AGE)))
    context.cached_message_hashes = delivery.open_run(context.cached_message_hashes)
    notes.run, notes.places, notes.noting = delivery.run, {}, True
    notes.held = [] if delivery.run > 1 else None


def release() -> None:
    """Send the messages of this run that wait."""
    if get_script_run_ctx() is not None:  # else a call in a test, outside any run
        _context()[1].release()


def finish() -> None:
    """Send the messages that wait, and from here on each at once. Called however a run ends."""
    _, notes = _context()
    notes.release()
    notes.held = None


def end() -> None:
    """End a run of the whole page: send its mark, which must be the last element, and note what the run has used."""
    _, notes = _context()
    st.html(MARK.format(notes.run))
    st.session_state[DELIVERY].close_run(notes.run, notes.mark, frozenset(notes.places.values()))
    notes.noting = False


@contextmanager
def send_whole() -> Iterator[None]:
    """Inside this block all messages are sent whole. Every fragment needs it, in a run of the page and in its own runs.

    A fragment reruns by the clock, also while the page runs. Then its messages may replace those that the page has
    noted for the same places.
    """
    if get_script_run_ctx() is None:  # a call in a test, outside any run
        yield
        return
    context, notes = _context()
    delivery: Delivery | None = st.session_state.get(DELIVERY)
    if context.fragment_ids_this_run and delivery is not None:
        delivery.open_run(frozenset())
    listed, noting, held = context.cached_message_hashes, notes.noting, notes.held
    context.cached_message_hashes, notes.noting = frozenset(), False
    if context.fragment_ids_this_run:
        notes.held = []
    try:
        yield
    finally:
        context.cached_message_hashes, notes.noting = listed, noting
        if context.fragment_ids_this_run:
            notes.release()
            notes.held = held


def _context() -> tuple[ScriptRunContext, Notes]:
    """Streamlit's context of this run, and the notes on it. Streamlit has no public way to reach them."""
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("there is no script run in this thread")
    if not isinstance(context._enqueue, Notes):
        context._enqueue = Notes(context._enqueue)
    return context, context._enqueue
