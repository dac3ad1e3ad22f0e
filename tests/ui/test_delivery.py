"""No page is lost: a script run never names a message that the browser has forgotten.

That holds for any order of requests, runs and their ends.
"""

import random
from collections.abc import Callable

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest

from components.ui.delivery import Delivery, Notes
from components.ui.syllabus import SYLLABUS
from tests.pages.app import visit

AGE = 4  # runs; short, so that the browsers in these tests forget often
Filter = Callable[[Delivery, frozenset[str]], frozenset[str]]


class Browser:
    """Keeps messages by the rules of the ForwardMessageCache in Streamlit's front end."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}  # by hash: how many runs had ended when it was last used
        self.ended = 0  # runs that have ended
        self.listens = False  # whether a run has begun since the last request
        self.lost: list[str] = []  # messages that were named and not known

    def request(self) -> frozenset[str]:
        """Request a run, and list all messages that are kept."""
        self.listens = False
        return frozenset(self.kept)

    def take(self, kind: str, name: str) -> None:
        """Take a message from the server."""
        if kind == "begin":
            self.listens = True
        elif kind == "end" and self.listens:
            self.ended += 1
            self.kept = {hash_: used for hash_, used in self.kept.items() if self.ended - used <= AGE}
        elif kind == "name" and name not in self.kept:
            self.lost.append(name)
        elif kind in ("name", "whole"):
            self.kept[name] = self.ended


def message(place: int, name: str) -> ForwardMsg:
    """An element that the browser may keep."""
    element = ForwardMsg(hash=name)
    element.metadata.delta_path.append(place)
    element.metadata.cacheable = True
    return element


def drive(seed: int, allow: Filter, steps: int = 1500) -> tuple[Browser, int]:
    """A session in random order. Returns the browser, and how many messages were named.

    Requests come while a run goes on. Runs end early or late. When a run begins, messages that have not left the server
    are thrown away. The browser takes messages after any delay.
    """
    chance = random.Random(seed)
    browser, delivery = Browser(), Delivery(AGE)
    waiting: frozenset[str] | None = None  # a request
    queue: list[tuple[str, str]] = []  # messages that have not left the server
    wire: list[tuple[str, str]] = []  # messages between server and browser
    left: list[tuple[int, str]] | None = None  # messages that the present run still has to send
    notes, listed, value, named = Notes(lambda _: None), frozenset[str](), 0, 0
    for _ in range(steps):
        match chance.choice(("request", "run", "run", "run", "leave", "take", "take", "take")):
            case "request":
                value = max(0, value + chance.choice((-1, 1)))
                waiting = browser.request()
            case "run" if left is None and waiting is not None:
                queue = [("early" if kind == "end" else kind, name) for kind, name in queue if kind in ("begin", "end")]
                queue.append(("begin", ""))
                listed, waiting = allow(delivery, waiting), None
                notes.places, notes.noting = {}, True
                left = [(place, f"still {place}") for place in range(3)]
                left += [(place, f"{place} at {value}") for place in range(3, 6)]
                left += [(3, f"3 after all at {value // 2}")] * chance.randint(0, 1)  # two messages for one place
                left += [(9, f"mark {delivery.run}")]
            case "run" if left and waiting is not None and chance.random() < 0.4:
                left = None  # cut short
                queue.append(("early", ""))
            case "run" if left:
                for place, name in (left.pop(0) for _ in range(min(len(left), 3))):
                    notes(message(place, name))
                    kind = "name" if name in listed else "whole"
                    named += kind == "name"
                    # A message in the queue for the same place is replaced.
                    at = [i for i, (_, queued) in enumerate(queue) if queued.startswith(f"{place} ")]
                    if at:
                        queue[at[0]] = kind, name
                    else:
                        queue.append((kind, name))
            case "run" if left is not None:
                delivery.close_run(delivery.run, notes.mark, frozenset(notes.places.values()))
                queue.append(("end", ""))
                left = None
            case "leave":
                wire, queue = wire + queue, []
            case "take" if wire:
                browser.take(*wire.pop(0))
            case _:
                pass
    return browser, named


def test_no_name_is_forgotten():
    """In many sessions, no forgotten message is named, although many messages are named."""
    total = 0
    for seed in range(150):
        browser, named = drive(seed, Delivery.open_run)
        assert browser.lost == [], f"session {seed}"
        total += named
    assert total > 1000


def test_believing_the_browser_loses_pages():
    """Without the rule, as Streamlit does it, the same sessions lose pages. So the test above can fail."""

    def believe(delivery: Delivery, listed: frozenset[str]) -> frozenset[str]:
        delivery.open_run(listed)
        return listed

    assert any(drive(seed, believe)[0].lost for seed in range(150))


def test_a_message_is_named_for_half_the_age():
    """The other half is left for runs that are not counted."""
    delivery, listed = Delivery(AGE), frozenset({"mark", "a"})
    assert delivery.open_run(listed) == frozenset()
    delivery.close_run(1, "mark", frozenset({"mark", "a"}))
    for run in range(2, 2 + AGE // 2):
        assert delivery.open_run(listed) == listed, f"run {run}"
    assert delivery.open_run(listed) == frozenset()


@pytest.mark.parametrize("listed", [frozenset({"a"}), frozenset({"mark"})])
def test_a_message_that_the_browser_does_not_list_is_sent(listed):
    """A message is named only if the browser lists both the message and the mark of a run that used it."""
    delivery = Delivery(AGE)
    delivery.open_run(frozenset())
    delivery.close_run(1, "mark", frozenset({"mark", "a"}))
    assert delivery.open_run(listed) == listed - {"a"}


def test_a_page_ends_with_its_mark():
    """The mark is the last element of every run, and it has the number of the run."""
    app = visit(SYLLABUS[0])
    for number in (1, 2):
        marks = app.get("html")
        assert len(marks) == 1
        assert str(number) in marks[0].proto.body
        app.run()


def test_a_fragment_is_sent_whole() -> None:
    """In a run of the page, its messages are neither named nor noted. The rest of the run is not affected."""

    def page() -> None:
        import streamlit as st

        from components.ui import delivery

        delivery.begin()
        context, notes = delivery._context()
        context.cached_message_hashes = frozenset({"listed"})
        before = len(notes.places)
        with delivery.send_whole():
            st.session_state["named"] = context.cached_message_hashes
            st.write("a text that is long enough for the browser to keep it until the next run of the page")
            st.session_state["noted"] = len(notes.places) - before
        st.session_state["after"] = context.cached_message_hashes, notes.noting

    app = AppTest.from_function(page).run()
    assert not app.exception
    assert app.session_state["named"] == frozenset()
    assert app.session_state["noted"] == 0
    assert app.session_state["after"] == (frozenset({"listed"}), True)
