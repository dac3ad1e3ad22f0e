"""No page is lost: a run names no message that the browser has forgotten, whatever runs, ends and requests cross."""

import random
from collections.abc import Callable

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest

from components.ui.delivery import Delivery, Notes
from components.ui.syllabus import SYLLABUS
from tests.pages.app import visit

AGE = 4  # of the browsers here: short, so that they forget often
Filter = Callable[[Delivery, frozenset[str]], frozenset[str]]


class Browser:
    """What Streamlit's front end keeps of the messages it gets, by the rules of its ForwardMessageCache."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}  # hash: the count of ended runs when it was used last
        self.ended = 0
        self.listens = False  # whether a run has begun since the last request
        self.lost: list[str] = []  # names it did not know

    def request(self) -> frozenset[str]:
        """Ask for a run, and tell of all messages that are kept."""
        self.listens = False
        return frozenset(self.kept)

    def take(self, kind: str, name: str) -> None:
        """Take what the server has sent."""
        if kind == "begin":
            self.listens = True
        elif kind == "end" and self.listens:
            self.ended += 1
            self.kept = {one: used for one, used in self.kept.items() if self.ended - used <= AGE}
        elif kind == "name" and name not in self.kept:
            self.lost.append(name)
        elif kind in ("name", "whole"):
            self.kept[name] = self.ended


def message(place: int, name: str) -> ForwardMsg:
    """An element that the browser may keep."""
    made = ForwardMsg(hash=name)
    made.metadata.delta_path.append(place)
    made.metadata.cacheable = True
    return made


def drive(seed: int, allow: Filter, steps: int = 1500) -> tuple[Browser, int]:
    """A session in which everything happens at any time; the browser, and how many messages were named.

    Requests come while a run goes on, runs are cut short or end after all, what has not left is thrown away when the
    next run begins, and the browser takes its time.
    """
    chance = random.Random(seed)
    browser, delivery = Browser(), Delivery(AGE)
    waiting: frozenset[str] | None = None  # a request
    queue: list[tuple[str, str]] = []  # has not left the server
    wire: list[tuple[str, str]] = []  # has left, and has not been taken
    left: list[tuple[int, str]] | None = None  # what the run that goes on still has to send
    notes, told, value, named = Notes(lambda _: None), frozenset[str](), 0, 0
    for _ in range(steps):
        match chance.choice(("request", "run", "run", "run", "leave", "take", "take", "take")):
            case "request":
                value = max(0, value + chance.choice((-1, 1)))
                waiting = browser.request()
            case "run" if left is None and waiting is not None:
                queue = [("early" if kind == "end" else kind, name) for kind, name in queue if kind in ("begin", "end")]
                queue.append(("begin", ""))
                told, waiting = allow(delivery, waiting), None
                notes.places, notes.noting = {}, True
                left = [(place, f"still {place}") for place in range(3)]
                left += [(place, f"{place} at {value}") for place in range(3, 6)]
                left += [(3, f"3 after all at {value // 2}")] * chance.randint(0, 1)  # two for one place
                left += [(9, f"mark {delivery.run}")]
            case "run" if left and waiting is not None and chance.random() < 0.4:
                left = None  # cut short
                queue.append(("early", ""))
            case "run" if left:
                for place, name in (left.pop(0) for _ in range(min(len(left), 3))):
                    notes(message(place, name))
                    kind = "name" if name in told else "whole"
                    named += kind == "name"
                    # What is in the queue for the same place is replaced where it stands.
                    at = [i for i, (_, other) in enumerate(queue) if other.startswith(f"{place} ")]
                    if at:
                        queue[at[0]] = kind, name
                    else:
                        queue.append((kind, name))
            case "run" if left is not None:
                delivery.note(delivery.run, notes.mark, frozenset(notes.places.values()))
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
    """In none of many sessions is a message named that the browser has forgotten; and many are named."""
    total = 0
    for seed in range(150):
        browser, named = drive(seed, Delivery.next_run)
        assert browser.lost == [], f"session {seed}"
        total += named
    assert total > 1000


def test_believing_the_browser_loses_pages():
    """The same sessions without the rule, as Streamlit does it: the sessions above are able to lose a page."""

    def believe(delivery: Delivery, told: frozenset[str]) -> frozenset[str]:
        delivery.next_run(told)
        return told

    assert any(drive(seed, believe)[0].lost for seed in range(150))


def test_a_message_is_named_for_half_the_age():
    """The other half is left for runs that are not counted."""
    delivery, told = Delivery(AGE), frozenset({"mark", "a"})
    assert delivery.next_run(told) == frozenset()
    delivery.note(1, "mark", frozenset({"mark", "a"}))
    for run in range(2, 2 + AGE // 2):
        assert delivery.next_run(told) == told, f"run {run}"
    assert delivery.next_run(told) == frozenset()


@pytest.mark.parametrize("told", [frozenset({"a"}), frozenset({"mark"})])
def test_what_the_browser_has_not_told_of_is_sent(told):
    """A run counts only once its mark has come back, and only what the browser has told of is named."""
    delivery = Delivery(AGE)
    delivery.next_run(frozenset())
    delivery.note(1, "mark", frozenset({"mark", "a"}))
    assert delivery.next_run(told) == told - {"a"}


def test_a_page_ends_with_its_mark():
    """The mark is the last element of every run, long enough for the browser to keep it, and has the run's number."""
    app = visit(SYLLABUS[0])
    for number in (1, 2):
        marks = app.get("html")
        assert len(marks) == 1
        assert str(number) in marks[0].proto.body
        app.run()


def test_a_fragment_is_sent_whole() -> None:
    """What it sends is neither named nor noted, in a run of the page; the rest of that run is as before."""

    def page() -> None:
        import streamlit as st

        from components.ui import delivery

        delivery.begin()
        context, notes = delivery._context()
        context.cached_message_hashes = frozenset({"told"})
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
    assert app.session_state["after"] == (frozenset({"told"}), True)
