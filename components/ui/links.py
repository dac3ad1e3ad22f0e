"""Links: what a link asked for against what is shown, and the button that copies one.

Streamlit turns a value it cannot use into the default without a word. A visitor should be told, once, which value
of the link was not used and what is used instead.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from components.settings import DEFAULTS, FIELDS, VIEWS, Choice, Field, Text
from components.ui.component import BUTTON, component
from components.ui.syllabus import SYLLABUS

ASKED, EMPTIED, PLACED, USUALLY = "_asked", "_emptied", "_placed", "_usually"

# The controls that stand in a page rather than in the sidebar, by their keys. Known to all pages, so that a link to one
# that does not have the control says so.
IN_PAGES = {key: field for lesson in SYLLABUS for key, field in lesson.controls.items()}
# Put together once: every run asks for each setting whether the address has it.
ALL: dict[str, Field | Text] = {**FIELDS, **VIEWS, **IN_PAGES}
USUAL: dict[str, Any] = DEFAULTS | {key: value for lesson in SYLLABUS for key, value in lesson.starts.items()}
CHOICES = [name for name, field in ALL.items() if isinstance(field, Choice)]


def arrive() -> None:
    """Keep what the first link of a session says, as written, before Streamlit tidies it up."""
    for name in st.session_state.get(EMPTIED, ()):
        st.session_state[name] = _default(name)
    if ASKED not in st.session_state:
        st.session_state[ASKED] = {name: st.query_params.get_all(name) for name in st.query_params}


def refill() -> None:
    """Run again with the default in each choice that an empty value (`?dtype=`) has left without one."""
    emptied = [name for name in CHOICES if st.session_state.get(name, name) is None]
    again = st.session_state.pop(EMPTIED, None) is not None
    if emptied and not again:  # once: whatever a default cannot fill must not keep the page running for ever
        st.session_state[EMPTIED] = emptied
        st.rerun()


def is_refilled(name: str) -> bool:
    """Whether this run puts a default into an emptied control, which Streamlit does not take while it is greyed out."""
    return name in st.session_state.get(EMPTIED, ())


def _default(name: str) -> Any:
    return USUAL[name] if name in USUAL else next(iter(IN_PAGES[name].options()))


def says_otherwise(name: str, value: Any) -> bool:
    """Whether the address gives a setting another value than `value`; where it says nothing, that is the default."""
    said = st.query_params.get_all(name)
    return said != [ALL[name].spelling(value)] if said else value != _default(name)


def remark() -> None:
    """Say once, after the page has made its controls, what of the first link was not used and what is instead."""
    asked: dict[str, list[str]] = st.session_state[ASKED]
    said = [remark for name, raws in asked.items() if (remark := _judge(name, raws))]
    st.session_state[ASKED] = {}
    if said:
        shown = said[:8] + ([f"… and {len(said) - 8} more."] if len(said) > 8 else [])
        st.warning(
            "**This link could not be followed to the letter.**\n\n" + "\n".join(f"- {s}" for s in shown),
            icon=":material/link_off:",
        )


def _judge(name: str, raws: list[str]) -> str:
    """What is wrong with `name=raw` of a link, in one sentence; empty when nothing is."""
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
    """A number of the address that a script in the browser reads and writes by itself, without a control here.

    By the script's own rule: a number beyond `low`..`high` is the nearest of them, and what the app itself would not
    write, or write twice, is `usual`.
    """
    field, raws = IN_PAGES[name], st.query_params.get_all(name)
    understood = len(raws) == 1 and raws[0] in map(field.spelling, field.options())
    value = min(max(int(raws[0]), low), high) if understood else usual
    st.session_state.setdefault(PLACED, {})[name] = value
    return value


def _quoted(raw: str) -> str:
    """A stranger's text, short and harmless in Markdown."""
    clean = "".join(c for c in raw if c.isprintable() and c != "`")
    return f"`{clean[:40]}{'…' if len(clean) > 40 else ''}`" if clean.strip() else "an empty value"


def choose(name: str) -> str:
    """One of the choices that stand in a page, bound to the URL: the words it shows."""
    field = IN_PAGES[name]
    default = _default(name)
    chosen = st.segmented_control(
        field.label, list(field.options()), default=default, required=True, key=name, bind="query-params"
    )
    return str(chosen or default)  # emptied, until `refill`


def choose_up_to(last: int, name: str, label: str, first: int = 0, usual: int = 0, told: str | None = None) -> int:
    """A number from `first` to `last`, an end that moves with the settings, on a slider in a page, bound to the URL."""
    held, usually = st.session_state.get(name), st.session_state.get(USUALLY, {})
    if held is not None and held == usually.get(name, usual) != usual:
        # Nobody has moved it, so no address has it: it is where the same address opened anew puts it.
        st.session_state[name] = usual
    elif held is not None and held > last:  # the last one that is left
        st.session_state[name] = last
    st.session_state[USUALLY] = usually | {name: usual}
    # Not st.slider: with another upper end that is another widget, and what it held leaves the URL.
    chosen = st.select_slider(label, range(first, last + 1), usual, help=told, key=name, bind="query-params")
    return min(max(chosen or first, first), last)


_COPY = component(Path(__file__).parent / "copy_link", BUTTON)


def copy_button() -> None:
    """A button that copies this page's address: what opens the same numbers elsewhere."""
    _COPY(key="copy_link", height="content")
