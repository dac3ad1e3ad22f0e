"""Three things that Streamlit does in every script run, done at less cost. Streamlit has no public way to them.

The theme: in every script run, Streamlit makes the message that tells the browser of the theme, from some 200 options.
The options do not change while the server runs, so it is made once.

The charts: for each chart, Streamlit reads the whole Vega-Lite specification again, to rename what Altair has numbered.
Here a specification stays the same when the numbers change, so what Streamlit made of it is kept.

Bursts: a script run hands each element to the server's event loop by itself. Each time the loop's thread wakes up, and
takes Python's lock from the script. A run has about 60 elements, so it hands over many of them at once.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from streamlit import config, runtime
from streamlit.elements import vega_charts
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner, get_script_run_ctx

THEME, CONFIG = "_populate_theme_msg", "_populate_config_msg"  # the functions of Streamlit that fill these messages
RENAME = "_stabilize_vega_json_spec"  # the function of Streamlit that renames: text in, text out
SPECIFICATIONS = 64  # of at most 100 kB each; a visitor who moves sliders meets a few of them


def keep_theme() -> None:
    """Let Streamlit make the messages with its theme and options once, until an option changes."""
    for name in (THEME, CONFIG):
        fill = getattr(app_session, name)
        if not hasattr(fill, "__wrapped__"):  # a script that is run anew must not wrap the function again
            setattr(app_session, name, kept_message(fill))


def keep_names() -> None:
    """Let Streamlit rename the parts of a chart once for each specification."""
    rename = getattr(vega_charts, RENAME)
    if hasattr(rename, "__wrapped__"):
        return

    @lru_cache(maxsize=SPECIFICATIONS)
    def kept(specification: str) -> str:
        named: str = rename(specification)
        return named

    setattr(vega_charts, RENAME, kept)


def kept_message(fill: Callable[..., None]) -> Callable[..., None]:
    """`fill(message, *rest)`, which merges into `message` what it did the first time for the same `rest`."""
    kept: dict[Any, Any] = {}
    config.on_config_parsed(kept.clear, force_connect=True)  # while the app is written, its config file may change

    @wraps(fill)
    def merge(message: Any, *rest: Any) -> None:
        if rest not in kept:
            fresh = type(message)()
            fill(fresh, *rest)
            kept[rest] = fresh
        message.MergeFrom(kept[rest])

    return merge


def hand_over(messages: list[ForwardMsg], send: Callable[[ForwardMsg], None]) -> None:
    """Hand the messages of a script run to the server, all at once. `send` is Streamlit's way for a single one."""
    session, runner = _session(), getattr(send, "__self__", None)
    if session is None or not isinstance(runner, ScriptRunner):  # a test without a server
        for message in messages:
            send(message)
        return

    def enqueue() -> None:
        if session._scriptrunner is runner:  # else the run was overtaken, and Streamlit has no use for its messages
            for message in messages:
                session._enqueue_forward_msg(message)

    session._call_soon_on_event_loop(enqueue)


def stop_if_asked(send: Callable[[ForwardMsg], None]) -> None:
    """End the script run here if the visitor has asked for another one, as Streamlit does when it sends an element."""
    runner = getattr(send, "__self__", None)
    if isinstance(runner, ScriptRunner):
        runner._maybe_handle_execution_control_request()


def _session() -> AppSession | None:
    """The session of this script run; None if there is no server, or the browser's connection is cut."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return None
    manager = getattr(runtime.get_instance(), "_session_mgr", None)
    info = manager.get_active_session_info(context.session_id) if manager else None
    return info.session if info else None
