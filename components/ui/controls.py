"""The controls in the sidebar, made from the tables in `components/settings.py`. All are always there, in one order.

If a control is missing in one script run, its value disappears from the URL. So a control without effect is not left
out: it is greyed out.
"""

import dataclasses
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.jobs import JOBS, Job
from components.settings import (
    DEFAULTS,
    FIELDS,
    MAIN,
    VIEWS,
    Choice,
    Field,
    Settings,
    Switch,
    View,
    fixing,
    meet,
    settle,
)
from components.ui import links
from components.ui.lesson import SHOWN, Lesson

Values = dict[str, Any]  # by the names of settings and views


@dataclass(frozen=True)
class Chosen:
    """What the visitor chose, adjusted to what is possible: the settings, and the view, which says what is shown."""

    settings: Settings
    view: View
    changes: tuple[str, ...]  # a sentence for each value that was not possible
    raised: tuple[str, ...]  # a sentence on the values that the lesson raised


def remembered() -> Values | None:
    """The values of this session's controls; None if they are not known before the controls are made.

    They are not known in the first script run of a session, while a control has no value, and while the address has
    another value. The last happens when the visitor goes back or forward in the browser's history: then a control takes
    its value from the address.
    """
    values = {name: st.session_state.get(name) for name in DEFAULTS}
    if None in values.values() or any(links.says_otherwise(name, value) for name, value in values.items()):
        return None
    return values


def write_address(names: Collection[str]) -> None:
    """Write the values of these controls into the address. Called before a script run.

    Streamlit writes a value into the address when the script sets it, even if it sets the same value.
    """
    for name in names:
        if name in st.session_state:
            st.session_state[name] = st.session_state[name]


def spelled(lesson: Lesson) -> dict[str, str | None]:
    """What the address must say on the page of `lesson`, as it spells it; None if a control is at its default.

    A control of the sidebar that is at its default is left out.
    """
    values = {name: st.session_state.get(name) for name in (*DEFAULTS, *lesson.controls)}
    said = {
        name: None if value == links.default(name) else links.ALL[name].spelling(value)
        for name, value in values.items()
        if value is not None
    }
    return {name: spelling for name, spelling in said.items() if spelling is not None or name not in DEFAULTS}


def chosen(lesson: Lesson, values: Values) -> Chosen:
    """The values of the controls, within the limits and as the lesson needs them."""
    settings, changes, raised = _fitted(lesson, values)
    view, view_changes = View(**{name: values[name] for name in VIEWS}).fitted(settings)
    settings, _ = meet(settings, lesson.needs, lesson.idle)
    return Chosen(settings, view, (*changes, *view_changes), tuple(raised))


def sidebar(lesson: Lesson) -> Values:
    """Show all controls; their values as they are."""
    values: Values = {}
    with st.sidebar:
        st.title("Unrolled", anchor=False)
        st.caption("PyTorch's `nn.LSTM`, taken apart")
        main = st.container()  # filled last: the value of Weights says what a job fixes
        with st.container(horizontal=True):
            st.button("New draw", on_click=_draw_anew, width="stretch", help="Draws a new seed.")
            links.copy_button()
        with st.expander("More settings"):
            values["weights"] = _control("weights", FIELDS["weights"], disabled="weights" in lesson.idle)
            # What the job fixes is greyed out. The control keeps the visitor's value for when there is no job.
            job = _job(lesson, values)
            greyed = {*lesson.idle, *dict(lesson.decides), *(job.fixed if job else ())}
            for name, field in FIELDS.items():
                if name not in values and name not in MAIN:
                    values[name] = _control(name, field, disabled=name in greyed)
        with main:
            for name in MAIN:
                values[name] = _control(name, FIELDS[name], disabled=name in greyed)
        settings, _, _ = _fitted(lesson, values)
        with main:
            if words := "  \n".join(filter(None, (_below_needs(lesson, values), _effects(lesson), fixing(settings)))):
                st.caption(words)
        greyed_views = _single(settings).union(lesson.idle)
        with st.expander("What is shown", expanded=not greyed_views.issuperset(SHOWN[:3])):
            for name in SHOWN:
                values[name] = _control(name, VIEWS[name], disabled=name in greyed_views)
        values["answers"] = _control("answers", VIEWS["answers"])
    return values


def _fitted(lesson: Lesson, values: Values) -> tuple[Settings, list[str], list[str]]:
    """The settings as the lesson needs and decides them; sentences on what was not possible, and on what it raised."""
    settings, changes = settle(values if _job(lesson, values) else values | {"weights": DEFAULTS["weights"]})
    settings, raised = meet(settings, lesson.needs)
    return dataclasses.replace(settings, **dict(lesson.decides)), changes, raised


def _job(lesson: Lesson, values: Values) -> Job | None:
    """The job that the weights are set for; None on a page where `weights` is idle."""
    return None if "weights" in lesson.idle else JOBS.get(values["weights"])


def _below_needs(lesson: Lesson, values: Values) -> str:
    """A sentence on the main sliders that are below what the lesson needs: there, moving them changes nothing."""
    below = [
        f"{FIELDS[name].label} below {least}" for name, least in lesson.needs if name in MAIN and values[name] < least
    ]
    return f"On this page {' and '.join(below)} changes nothing." if below else ""


def _effects(lesson: Lesson) -> str:
    """A sentence on the controls that change the page, or on those that do not, whichever are fewer."""
    labels = {name: (FIELDS | VIEWS)[name].label for name in (*FIELDS, *SHOWN)}
    live = [label for name, label in labels.items() if name not in {*lesson.idle, *dict(lesson.decides)}]
    sentences = []
    if lesson.decides:
        sentences.append(f"Decided in the page: {', '.join(labels[name] for name, _ in lesson.decides)}.")
    if len(live) < len(lesson.idle):
        sentences.append(f"Only these have an effect on this page: {', '.join(live)}.")
    elif lesson.idle:
        sentences.append(f"Without effect on this page: {', '.join(labels[name] for name in lesson.idle)}.")
    return "  \n".join(sentences)


def _single(settings: Settings) -> set[str]:
    """The names of the views that have only one possible value."""
    counts = {
        "sample": settings.batch_size,
        "layer": settings.num_layers,
        "direction": settings.num_directions,
    }
    return {name for name, count in counts.items() if count == 1}


def _draw_anew() -> None:
    # Not the random generator of the process: one visitor's click must not depend on another visitor's.
    st.session_state["seed"] = secrets.randbelow(FIELDS["seed"].high + 1)  # type: ignore[union-attr]


def _control(name: str, field: Field, disabled: bool = False) -> Any:
    """Show the control of a field, bound to the URL under the field's name; its value."""
    value = _widget(name, field, disabled and not links.is_refilled(name))
    return DEFAULTS[name] if value is None else value  # empty until `links.refill`


def _widget(name: str, field: Field, disabled: bool) -> Any:
    common: dict[str, Any] = {
        "key": name,
        "help": field.help,
        "disabled": disabled,
        "bind": "query-params",
    }
    default = DEFAULTS[name]
    if isinstance(field, Switch):
        return st.toggle(field.label, value=default, **common)
    if isinstance(field, Choice):
        return st.segmented_control(field.label, field.values, default=default, required=True, **common)
    return st.slider(field.label, field.low, field.high, default, **common)
