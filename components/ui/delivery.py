"""Which messages a run may name instead of sending them.

Streamlit sends an element that the browser still has as a name: the hash of its message. With every request the browser
tells which messages it has, and the server believes that until the requested run is over. But the run before may still
be going on. When a run ends, the browser forgets every message that was not used during the last
`global.maxCachedMessageAge` runs that ended. A message that is forgotten after the browser has told of it, and is named
then, leaves a dead page: "Cached ForwardMsg MISS". Quick key presses on a slider do that.

So a run names only messages that the browser cannot have forgotten. The runs of a session are counted, and what each of
them used is noted. The last element of a run is a mark with its number. A browser that tells of the mark of run m has
got all of run m, in order, so it has used the messages of run m since then. From run m to run n no more than n - m runs
end. While that is at most half the age, the messages of run m are safe. The other half is left for runs that are not
counted here: a look of a fragment that is no longer there ends without any code of ours.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

AGE = "global.maxCachedMessageAge"
DELIVERY = "_delivery"
# A comment: it is not drawn and takes no room. It is so long that Streamlit lets the browser keep it.
MARK = "<!-- the last element of the run with this number, in this session: {} -->"

Send = Callable[[ForwardMsg], None]


class Delivery:
    """What the latest runs of a session have used."""

    def __init__(self, age: int) -> None:
        self.age = age  # in runs, of the messages that the browser keeps
        self.run = 0  # the latest
        self._used: dict[int, tuple[str, frozenset[str]]] = {}  # by run: its mark, and all that it used

    def next_run(self, told: frozenset[str]) -> frozenset[str]:
        """Count a run; of the hashes that the browser has told of, those that the run may name."""
        self.run += 1
        self._used = {run: used for run, used in self._used.items() if self.run - run <= self.age // 2}
        safe: set[str] = set()
        for mark, used in self._used.values():
            if mark in told:
                safe |= used
        return told & safe

    def note(self, run: int, mark: str, used: frozenset[str]) -> None:
        """Keep what a run has used, the last of it being its mark."""
        self._used[run] = mark, used


class Notes:
    """Stands between a run and its browser, and notes which message goes to which place of the page."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.run = 0
        self.noting = False
        self.mark = ""
        self.places: dict[tuple[int, ...], str] = {}

    def __call__(self, message: ForwardMsg) -> None:
        """Send a message on."""
        if self.noting:
            place = tuple(message.metadata.delta_path)
            # One that has not left yet is replaced by the next one for its place.
            self.places.pop(place, None)
            named = message.WhichOneof("type") == "ref_hash"
            if named or message.metadata.cacheable:
                self.mark = self.places[place] = message.ref_hash if named else message.hash
        self.send(message)


def begin() -> None:
    """A run of the whole page begins: let it name what is safe, and note what it uses."""
    context, notes = _context()
    delivery: Delivery = st.session_state.setdefault(DELIVERY, Delivery(st.get_option(AGE)))
    context.cached_message_hashes = delivery.next_run(context.cached_message_hashes)
    notes.run, notes.places, notes.noting = delivery.run, {}, True


def end() -> None:
    """The run is over, and nothing comes after this."""
    _, notes = _context()
    st.html(MARK.format(notes.run))
    st.session_state[DELIVERY].note(notes.run, notes.mark, frozenset(notes.places.values()))
    notes.noting = False


@contextmanager
def send_whole() -> Iterator[None]:
    """Send all messages of a fragment whole, in a run of the page as in one of its own.

    A fragment runs by the clock, also while the page does, and what the page has noted for its places may be replaced
    by then.
    """
    if get_script_run_ctx() is None:  # without a run nothing is sent
        yield
        return
    context, notes = _context()
    delivery: Delivery | None = st.session_state.get(DELIVERY)
    if context.fragment_ids_this_run and delivery is not None:
        delivery.next_run(frozenset())
    told, noting = context.cached_message_hashes, notes.noting
    context.cached_message_hashes, notes.noting = frozenset(), False
    try:
        yield
    finally:
        context.cached_message_hashes, notes.noting = told, noting


def _context() -> tuple[ScriptRunContext, Notes]:
    """What Streamlit knows of this run, and the notes on it. Streamlit has no public way to either."""
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("there is no run of a page in this thread")
    if not isinstance(context._enqueue, Notes):
        context._enqueue = Notes(context._enqueue)
    return context, context._enqueue
