"""The benchmark measures the app as it is shipped, and counts the visitors it loses."""

import asyncio

from benchmarks.rows import ROWS, Figure
from benchmarks.server import FLOOR, ROOT, Server
from benchmarks.sessions import Load, opening

# What a server needs on the machine that measures: a place of its own, and nobody to ask.
OWN = {"server.address", "server.port", "server.headless", "browser.gatherUsageStats"}


def given(server: Server) -> set[str]:
    """The settings that stand in the command, before those of the app."""
    return {word.removeprefix("--").partition("=")[0] for word in server.command if word.startswith("--")}


def test_the_app_is_started_with_its_own_settings() -> None:
    """Nothing in the command decides what is measured."""
    assert given(Server(ROOT / "dashboard.py")) == OWN


def test_the_floor_is_spared_a_watcher() -> None:
    """It has no settings of its own; a watcher would cost it, and flatter the app."""
    assert given(Server(FLOOR)) == OWN | {"server.fileWatcherType"}


def test_who_does_not_get_the_page_is_lost() -> None:
    """Where no server listens, nobody does, and no time is noted."""
    assert asyncio.run(opening(Server(FLOOR), 3, seed=1)) == Load(times=[], lost=3)


def test_rounds_are_counted_together() -> None:
    both = Load(times=[1.0], errors=1)
    both.add(Load(times=[2.0], errors=2, lost=3))
    assert both == Load(times=[1.0, 2.0], errors=3, lost=3)


def test_every_row_is_described() -> None:
    """In the table of the README, by its name."""
    text = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    assert [name for name in ROWS if f"\n| `{name}` |" not in text] == []


def test_a_figure_over_its_bar_is_said_to_be() -> None:
    assert [Figure("", value, 2).verdict for value in (1, 2, 3, None)] == ["ok", "ok", "over", "missing"]
