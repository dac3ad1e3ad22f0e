"""The benchmark measures the app with its own settings, and counts lost visitors."""

import asyncio

from benchmarks.replicas import Work
from benchmarks.rows import ROWS, Figure
from benchmarks.server import FLOOR, ROOT, Server
from benchmarks.sessions import Load, opening

# The options that a server needs for a measurement: an address, a port, and no questions at the start.
OWN = {"server.address", "server.port", "server.headless", "browser.gatherUsageStats"}


def options(server: Server) -> set[str]:
    """The names of the options in the command. They override the app's own settings."""
    return {word.removeprefix("--").partition("=")[0] for word in server.command if word.startswith("--")}


def test_the_app_is_started_with_its_own_settings() -> None:
    """No option in the command changes what is measured."""
    assert options(Server(ROOT / "dashboard.py")) == OWN


def test_the_floor_has_no_file_watcher() -> None:
    """A watcher would slow down the floor, and the app would look better than it is."""
    assert options(Server(FLOOR)) == OWN | {"server.fileWatcherType"}


def test_a_visitor_who_does_not_get_the_page_is_lost() -> None:
    """Without a server all three visitors are lost, and no time is noted."""
    assert asyncio.run(opening(Server(FLOOR), 3, seed=1)) == Load(times=[], lost=3)


def test_rounds_are_counted_together() -> None:
    both = Load(times=[1.0], errors=1)
    both.add(Load(times=[2.0], errors=2, lost=3))
    assert both == Load(times=[1.0, 2.0], errors=3, lost=3)


def test_rounds_of_visitors_who_never_rest_are_counted_together() -> None:
    both = Work(moves=10, seconds=2, replicas=1, proxy=0.5, visitors=0.5, times=[1.0])
    both.add(Work(moves=20, seconds=4, replicas=2, proxy=1, visitors=1, times=[2.0], errors=1, lost=1))
    assert (both.rate, both.cores) == (5, 1)
    assert (both.times, both.errors, both.lost) == ([1.0, 2.0], 1, 1)


def test_every_row_is_described() -> None:
    """The README's table has every row, by its name."""
    text = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    assert [name for name in ROWS if f"\n| `{name}` |" not in text] == []


def test_a_figure_over_its_bar_is_said_to_be() -> None:
    assert [Figure("", value, 2).verdict for value in (1, 2, 3, None)] == ["ok", "ok", "over", "missing"]
