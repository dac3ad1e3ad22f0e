"""Links: remarks on what a link asked for and did not get, the controls in pages, and the button that copies a link.

When Streamlit cannot use a value of a link, it takes the default and says nothing. So this module says it, once: which
value was not used, and which one is used instead.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from components.settings import DEFAULTS, FIELDS, VIEWS, Choice, Field, Text
from components.ui.component import BUTTON, component
from components.ui.syllabus import FIND, SYLLABUS

# In the session: what the first link says, controls without a value, numbers that a script in the browser writes, and
# where the sliders in pages start.
ASKED, EMPTIED, PLACED, USUALLY = "_asked", "_emptied", "_placed", "_usually"

ROOM = "room"  # the parameter of a class's room, which is no setting (`ui/classroom/`)

# The controls that are in a page and not in *Settings*, by their keys. All pages know them: so a page without the
# control can say that the value in the link has no effect.
IN_PAGES = {key: field for lesson in (FIND, *SYLLABUS) for key, field in lesson.controls.items()}
# Built once, because every script run looks up every setting.
ALL: dict[str, Field | Text] = {**FIELDS, **VIEWS, **IN_PAGES}
USUAL: dict[str, Any] = DEFAULTS | {key: value for lesson in SYLLABUS for key, value in lesson.starts.items()}
CHOICES = [name for name, field in ALL.items() if isinstance(field, Choice)]


def arrive() -> bool:
    """Keep what the first link of a session says, before Streamlit changes it; whether this is the first run."""
    for name in st.session_state.get(EMPTIED, ()):
        st.session_state[name] = _default(name)
    if ASKED in st.session_state:
        return False
    st.session_state[ASKED] = {name: st.query_params.get_all(name) for name in st.query_params if name != ROOM}
    return True


def refill(held: Mapping[str, Any]) -> None:
    """Rerun with the default in each choice that is None in `held`, because the link has an empty one (`?dtype=`)."""
    emptied = [name for name in CHOICES if held.get(name, name) is None]
    again = st.session_state.pop(EMPTIED, None) is not None
    if emptied and not again:  # only once: otherwise a choice that stays empty would make the page rerun for ever
        st.session_state[EMPTIED] = emptied
        st.rerun()


def is_refilled(name: str) -> bool:
    """Whether this script run puts a default into an empty control. Streamlit takes none if it is greyed out."""
    return name in st.session_state.get(EMPTIED, ())


def default(name: str) -> Any:
    """The value of a control that the address does not name. Some sliders in pages start where the settings say."""
    if name in DEFAULTS:
        return DEFAULTS[name]
    usually: dict[str, Any] = st.session_state.get(USUALLY, {})
    return usually[name] if name in usually else _default(name)


def _default(name: str) -> Any:
    return USUAL[name] if name in USUAL else next(iter(IN_PAGES[name].options()))


def says_otherwise(name: str, value: Any) -> bool:
    """Whether the address has another value than `value` for a setting. Without an entry it has the default."""
    in_address = st.query_params.get_all(name)
    return in_address != [ALL[name].spelling(value)] if in_address else value != _default(name)


def remark() -> bool:
    """Say once which values of the first link were not used, and what is used instead; whether there were any.

    The controls must exist.
    """
    asked: dict[str, list[str]] = st.session_state[ASKED]
    remarks = [remark for name, raws in asked.items() if (remark := _judge(name, raws))]
    st.session_state[ASKED] = {}
    if remarks:
        shown = remarks[:8] + ([f"… and {len(remarks) - 8} more."] if len(remarks) > 8 else [])
        st.warning(
            "**Some parts of this link could not be used.**\n\n" + "\n".join(f"- {remark}" for remark in shown),
            icon=":material/link_off:",
        )
    return bool(remarks)


def _judge(name: str, raws: list[str]) -> str:
    """What is wrong with `name=raw` of a link, in one sentence; empty if nothing is wrong."""
    field = ALL.get(name)
    if field is None:
        return f"{_quoted(name)} is not a setting and is ignored."
    placed = st.session_state.get(PLACED, {})
    if name in IN_PAGES and name not in st.session_state and name not in placed:
        return f"`{name}` has no effect here."
    held = placed.get(name, st.session_state.get(name))
    used = field.spelling(_default(name) if held is None else held)
    if len(raws) > 1:
        return f"`{name}` is given {len(raws)} times; {_quoted(used)} is used."
    if raws[0] != used and raws[0] in map(field.spelling, field.options()):
        return f"`{name}={raws[0]}` does not fit here; {_quoted(used)} is used instead."
    if raws[0] != used:
        return f"{_quoted(f'{name}={raws[0]}')} is not {field.limits()}; {_quoted(used)} is used instead."
    return ""


def place(name: str, low: int, high: int, usual: int) -> int:
    """A number in the address that a script in the browser reads and writes; the server has no control for it.

    It follows the rule of that script. A number outside `low`..`high` becomes the nearest limit. If the address has the
    name twice, or spells the value in a way that the app does not, the number is `usual`.
    """
    field, raws = IN_PAGES[name], st.query_params.get_all(name)
    understood = len(raws) == 1 and raws[0] in map(field.spelling, field.options())
    value = min(max(int(raws[0]), low), high) if understood else usual
    st.session_state.setdefault(PLACED, {})[name] = value
    return value


def _quoted(raw: str) -> str:
    """Any text as one short piece of Markdown code that cannot contain a link or markup."""
    clean = "".join(c for c in raw if c.isprintable() and c != "`")
    return f"`{clean[:40]}{'…' if len(clean) > 40 else ''}`" if clean.strip() else "an empty value"


def choose(name: str) -> str:
    """Show a choice of a page, bound to the URL; the chosen option as text."""
    field = IN_PAGES[name]
    default = _default(name)
    chosen = st.segmented_control(
        field.label, list(field.options()), default=default, required=True, key=name, bind="query-params", wrap=True
    )
    return str(chosen or default)  # empty until `refill`


def choose_up_to(last: int, name: str, label: str, first: int = 0, usual: int = 0, help: str | None = None) -> int:
    """Show a slider in a page, bound to the URL; the chosen number, from `first` to `last`.

    `last` and `usual`, the number at which it starts, may change with the settings.
    """
    held, usually = st.session_state.get(name), st.session_state.get(USUALLY, {})
    if held is not None and held == usually.get(name, usual) != usual:
        # The visitor has not moved the slider, so the address does not have it. It goes to the new start, where the
        # same address would put it in a new tab.
        st.session_state[name] = usual
    elif held is not None and held > last:
        st.session_state[name] = last
    st.session_state[USUALLY] = usually | {name: usual}
    # Not st.slider: with another upper end it is a new widget, and the old value disappears from the URL.
    chosen = st.select_slider(label, range(first, last + 1), usual, help=help, key=name, bind="query-params")
    return min(max(chosen or first, first), last)


_COPY = component(Path(__file__).parent / "copy_link", BUTTON)


def copy_button(answers: bool) -> None:
    """Show a button that copies the address of this page. The address opens the same numbers elsewhere.

    The copied address asks the questions, for a class. While reference mode is on, a second button copies it with the
    `answers`.
    """
    _COPY(key="copy_link", data=answers, height="content")
