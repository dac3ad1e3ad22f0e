"""Opens the app as a visitor with a link does, in a session of its own, and reads what is on the page."""

import ast
import re
from typing import Any

from streamlit.testing.v1 import AppTest

from components.lessons.live import LABELS
from components.settings import DEFAULTS, Settings
from components.ui import links
from components.ui.furniture import SHOW_ME
from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS
from tests import ROOT

TIMEOUT = 60  # s; the first run of a process imports torch

# A server has one registry of components for all its sessions. AppTest makes one a session, and each time looks
# through every installed package for components, which takes four times as long as the page.
_registry: list[Any] = []


def visit(lesson: Lesson = SYLLABUS[0], link: dict[str, Any] | None = None) -> AppTest:
    """A new session that opens `lesson` with a link's parameters."""
    app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=TIMEOUT)
    if _registry:
        app._bidi_component_manager = _registry[0]
    app.query_params.update(link or {})
    app.switch_page(f"pages/{lesson.stem}.py").run()
    _registry[:] = [app._bidi_component_manager]
    return app


def linked(settings: Settings, mistake: str = "none", **view: Any) -> dict[str, str]:
    """The parameters of the link to some settings, as the app itself writes them."""
    link = {name: links.ALL[name].spelling(value) for name, value in (settings.changed() | view).items()}
    return link | ({} if mistake == "none" else {"mistake": LABELS[mistake]})


# The keys of what is folded away, read off the calls of `folded`.
ALL_FOLDED = sorted(
    str(call.args[1].value)
    for file in (ROOT / "components").rglob("*.py")
    for call in ast.walk(ast.parse(file.read_text("utf-8")))
    if isinstance(call, ast.Call)
    and "folded" in (getattr(call.func, "id", ""), getattr(call.func, "attr", ""))
    and isinstance(call.args[1], ast.Constant)
)
# But for tables, which only repeat what is drawn.
FOLDED = [key for key in ALL_FOLDED if not key.endswith("table")]


def take_along(app: AppTest) -> AppTest:
    """Open what is folded away: the lesson's whole program, and what else is made and sent only then."""
    for key in FOLDED:
        app.session_state[key] = True
    return app.run()


def answer(app: AppTest, text: str) -> AppTest:
    """Give an answer to the page's question, or ask to be shown."""
    if text == SHOW_ME:
        return app.button(key="show_me").click().run()
    (radio,) = [radio for radio in app.radio if str(radio.key).startswith("choice_")]
    radio.set_value(text)
    return app.button(key="check_answer").click().run()


def answers_of(app: AppTest) -> list[str]:
    """The answers that the page offers; none if the question is answered."""
    return [option for radio in app.radio if str(radio.key).startswith("choice_") for option in radio.options]


def held(app: AppTest, name: str) -> Any:
    """The value of a control. A control that is left out while *Settings* is closed has its default."""
    return app.session_state[name] if name in app.session_state else DEFAULTS[name]


def texts(app: AppTest, kind: str) -> list[str]:
    """What all elements of a kind say."""
    return [element.value for element in app.get(kind)]  # type: ignore[union-attr]  # only blocks have none


def table(app: AppTest, heading: str) -> list[list[str]]:
    """The rows of the table whose first line has `heading`, cell by cell."""
    for text in texts(app, "markdown"):
        lines = [line for line in text.split("\n") if line.startswith("|")]
        if lines and heading in lines[0]:
            return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return []


def attempts(app: AppTest) -> dict[str, str]:
    """What there is to try: title -> task."""
    pattern = re.compile(r":material/(?:radio_button_unchecked|check_circle):\]? \*\*(.*?)\*\*  \n(.*?)(?=\n\n|$)")
    return {title: task for text in texts(app, "markdown") for title, task in pattern.findall(text)}


def done(app: AppTest) -> dict[str, str]:
    """What the page confirms: title -> outcome."""
    pattern = re.compile(r"check_circle:\] \*\*(.*?)\*\*  \n.*?\n\n:green-background\[\*\*Done\.\*\*\] (.*?)(?=\n\n|$)")
    return {title: outcome for text in texts(app, "markdown") for title, outcome in pattern.findall(text)}


def assert_stands(app: AppTest) -> None:
    """No exception; and the shell is there, whose absence raises none: the sizes above the page."""
    assert texts(app, "exception") == []
    assert "sizes" in [element.proto.id.rsplit("-", 1)[-1] for element in app.get("bidi_component")]
    assert texts(app, "title")
