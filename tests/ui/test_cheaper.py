"""What Streamlit does in every script run, done at less cost: the browser gets the same."""

from typing import Any

import pytest
from streamlit import config
from streamlit.elements import vega_charts
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import Config, CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import ScriptRunner

from components.ui import cheaper
from components.ui.cheaper import CONFIG, RENAME, THEME, hand_over, keep_names, keep_theme, kept_message
from components.ui.delivery import Notes

keep_theme()
keep_names()
SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


@pytest.mark.parametrize("section", SECTIONS)
def test_the_theme_is_what_streamlit_makes(section: str) -> None:
    """The first time and every other time, in each part of the theme."""
    made = getattr(app_session, THEME).__wrapped__
    wanted = CustomThemeConfig()
    made(wanted, section)
    for _ in range(2):
        found = CustomThemeConfig()
        getattr(app_session, THEME)(found, section)
        assert found == wanted
    assert wanted.ListFields()  # the project's config file says something on each part


def test_so_are_the_options() -> None:
    wanted, found = Config(), Config()
    getattr(app_session, CONFIG).__wrapped__(wanted)
    getattr(app_session, CONFIG)(found)
    assert found == wanted
    assert wanted.ListFields()


@pytest.mark.parametrize("number", [1, 2])
def test_the_names_in_a_chart_are_those_that_streamlit_gives(number: int) -> None:
    """Two charts that differ, each twice: the second time it is what was kept."""
    specification = f'{{"mark": "rect", "params": [{{"name": "param_{number}7"}}], "title": "{number}"}}'
    wanted = getattr(vega_charts, RENAME).__wrapped__(specification)
    assert wanted != specification  # Streamlit has given another name
    for _ in range(2):
        assert getattr(vega_charts, RENAME)(specification) == wanted


def test_a_message_is_made_once_and_anew_for_a_new_config_file() -> None:
    """One message for each section. A config file that is read again may say something else."""
    calls: list[str] = []

    def fill(message: CustomThemeConfig, section: str = "theme") -> None:
        calls.append(section)
        message.primary_color = f"{section} {len(calls)}"

    merge = kept_message(fill)

    def said(*section: str) -> str:
        message = CustomThemeConfig()
        merge(message, *section)
        return message.primary_color

    assert [said(), said(), said("theme.dark"), said()] == ["theme 1", "theme 1", "theme.dark 2", "theme 1"]
    config._on_config_parsed.send()
    assert said() == "theme 3"


class Session:
    """A session of Streamlit's server, whose event loop is this list of calls."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.queue: list[ForwardMsg] = []
        self._scriptrunner: object = None

    def _call_soon_on_event_loop(self, call: Any) -> None:
        self.calls.append(call)

    def _enqueue_forward_msg(self, message: ForwardMsg) -> None:
        self.queue.append(message)


class Runner(ScriptRunner):
    """A script run. It counts how often it looked whether the visitor has asked for another one."""

    def __init__(self) -> None:
        self.looks = 0
        self.alone: list[ForwardMsg] = []

    def __del__(self) -> None:
        pass

    def _maybe_handle_execution_control_request(self) -> None:
        self.looks += 1

    def send(self, message: ForwardMsg) -> None:
        self.alone.append(message)


def messages(count: int) -> list[ForwardMsg]:
    return [ForwardMsg(hash=str(number)) for number in range(count)]


def test_messages_go_over_at_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    session, runner, sent = Session(), Runner(), messages(5)
    monkeypatch.setattr(cheaper, "_session", lambda: session)
    session._scriptrunner = runner
    hand_over(sent, runner.send)
    assert session.queue == []
    (call,) = session.calls
    call()
    assert session.queue == sent
    assert runner.alone == []


def test_a_run_that_was_overtaken_hands_over_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the script and the event loop, another run may have taken its place."""
    session, runner = Session(), Runner()
    monkeypatch.setattr(cheaper, "_session", lambda: session)
    hand_over(messages(5), runner.send)
    session._scriptrunner = Runner()
    session.calls[0]()
    assert session.queue == []


def test_without_a_session_each_is_sent_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    runner, sent = Runner(), messages(5)
    monkeypatch.setattr(cheaper, "_session", lambda: None)
    hand_over(sent, runner.send)
    assert runner.alone == sent


def test_a_run_that_holds_its_messages_can_still_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """At each element the run looks whether another one was asked for, as it does without holding."""
    session, runner, sent = Session(), Runner(), messages(3)
    monkeypatch.setattr(cheaper, "_session", lambda: session)
    session._scriptrunner = runner
    notes = Notes(runner.send)
    notes.held = []
    for message in sent:
        notes(message)
    assert (runner.looks, session.calls) == (3, [])
    notes.release()
    notes.release()
    assert len(session.calls) == 1
    session.calls[0]()
    assert session.queue == sent
