"""The order in which a browser is looked for, and what happens if there is none."""

import shutil
import subprocess

import pytest

from tests import packages
from tests.browser import chromium

OWN = "/own/chrome"


@pytest.fixture
def machine(monkeypatch):
    """Pretends a machine: which browsers start (by path), and the value of CHROMIUM."""

    def make(*working, named=""):
        monkeypatch.setenv("CHROMIUM", named)
        monkeypatch.setattr(chromium, "own_download", lambda: OWN)
        monkeypatch.setattr(chromium, "starts", lambda path: path in working)
        monkeypatch.setattr(shutil, "which", lambda name: name if "/" in name else f"/bin/{name}")
        chromium.executable.cache_clear()

    yield make
    chromium.executable.cache_clear()


def test_the_named_browser_comes_first(machine):
    machine("/opt/mine", "/bin/chromium", OWN, named="/opt/mine")
    assert chromium.executable() == "/opt/mine"


def test_a_named_browser_that_does_not_start_is_an_error_and_installs_nothing(machine, monkeypatch):
    machine("/bin/chromium", OWN, named="/opt/broken")
    monkeypatch.setattr(chromium, "succeeds", lambda command: pytest.fail(f"ran {command}"))
    with pytest.raises(chromium.NoBrowserError, match="CHROMIUM is '/opt/broken'"):
        chromium.ensure()


@pytest.mark.parametrize("name", chromium.NAMES)
def test_a_browser_on_path_comes_before_playwrights_own(machine, name):
    machine(f"/bin/{name}", OWN)
    assert chromium.executable() == f"/bin/{name}"


def test_playwrights_own_is_none(machine):
    machine(OWN)
    assert chromium.executable() is None


def test_without_any_the_message_says_what_to_do(machine):
    machine()
    with pytest.raises(chromium.NoBrowserError, match=r"on PATH.*set CHROMIUM.*playwright install"):
        chromium.executable()


def test_what_is_found_is_not_installed_again(machine, monkeypatch):
    machine("/bin/chromium")
    monkeypatch.setattr(chromium, "succeeds", lambda command: pytest.fail(f"ran {command}"))
    assert chromium.ensure() == "/bin/chromium"


@pytest.mark.parametrize(
    ("helps", "brings", "found", "tried"),
    [
        ("download", OWN, None, ["download"]),
        ("system", "/bin/chromium", "/bin/chromium", ["download", "refresh", "system"]),
    ],
)
def test_the_ways_to_install_are_tried_in_turn(machine, monkeypatch, helps, brings, found, tried):
    machine()
    ran = []

    def succeeds(command):
        ran.extend(command)
        if command == [helps]:
            machine(brings)
        return command in ([helps], ["refresh"])

    ways = [[["download"]], [["refresh"], ["system"]]]
    monkeypatch.setattr(chromium, "installers", lambda: ways)
    monkeypatch.setattr(chromium, "succeeds", succeeds)
    assert chromium.ensure() == found
    assert ran == tried


def test_a_download_that_does_not_start_is_followed_by_the_next_way(machine, monkeypatch):
    machine()
    ran = []

    def succeeds(command):
        ran.extend(command)
        return True

    monkeypatch.setattr(chromium, "installers", lambda: [[["download"]], [["system"]]])
    monkeypatch.setattr(chromium, "succeeds", succeeds)
    with pytest.raises(chromium.NoBrowserError):
        chromium.ensure()
    assert ran == ["download", "system"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo Chromium 150.0", True),
        ("echo Google Chrome 150.0", True),
        ("echo Chromium is missing: install the snap; exit 1", False),
        ("echo something else", False),
    ],
)
def test_only_a_browser_that_runs_starts(tmp_path, script, expected):
    path = tmp_path / "browser"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    assert chromium.starts(str(path)) is expected
    assert chromium.starts(str(tmp_path / "absent")) is False


def test_a_command_that_cannot_run_does_not_succeed(monkeypatch):
    assert packages.succeeds(["true"])
    assert not packages.succeeds(["false"])
    assert not packages.succeeds(["no-such-command"])

    def late(command, **options):
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(subprocess, "run", late)
    assert not packages.succeeds(["true"])
