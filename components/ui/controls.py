"""The controls in the sidebar, made from the settings' table: all of them, always, in one order.

A control that is left out for a moment takes its value out of the URL, so those without effect are greyed out instead.
"""

import dataclasses
import secrets
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
from components.ui.lesson import Lesson

Values = dict[str, Any]  # by the names of settings and views

WRITTEN = "_written"  # in the session, in a run that has written the address
SHOWN = ("sample", "layer", "direction", "c_range")


@dataclass(frozen=True)
class Chosen:
    """What the visitor chose, made to fit: the settings every number depends on, and what of them is shown."""

    settings: Settings
    view: View
    said: tuple[str, ...]  # a sentence for each value that had to be changed
    met: tuple[str, ...]  # a sentence for each that the lesson raised


def remembered() -> Values | None:
    """What the controls of this session say; None where only the controls themselves can tell.

    That is so while there are none, while one is without a value, and where the address says something else: on the
    way back and forward through the browser's history a control takes its value from there when it is made.
    """
    values = {name: st.session_state.get(name) for name in DEFAULTS}
    return None if None in values.values() or contradicted() else values


def contradicted() -> list[str]:
    """The controls whose address says something else than they do."""
    values = {name: st.session_state.get(name) for name in DEFAULTS}
    return [name for name, value in values.items() if value is not None and links.says_otherwise(name, value)]


def write_address() -> None:
    """Before a run: let the address say what the controls do. Streamlit writes what a script has set."""
    st.session_state[WRITTEN] = True
    for name in contradicted():
        st.session_state[name] = st.session_state[name]


def agree() -> bool:
    """At the end of a run, whether address and controls say the same.

    Where this run has written the address there is nothing more to be done: whatever Streamlit does not write must not
    keep the page running for ever. Nor is there while a link is remarked upon: that stands until the next run.
    """
    return st.session_state.pop(WRITTEN, False) or bool(st.session_state[links.ASKED]) or not contradicted()


def chosen(lesson: Lesson, values: Values) -> Chosen:
    """What the controls say, within the limits and as the lesson needs it."""
    settings, said, met = _met(lesson, values)
    view, unseen = View(**{name: values[name] for name in VIEWS}).fitted(settings)
    settings, _ = meet(settings, lesson.needs, lesson.idle)
    return Chosen(settings, view, (*said, *unseen), tuple(met))


def sidebar(lesson: Lesson) -> Values:
    """All the controls; what they say, as they say it."""
    values: Values = {}
    with st.sidebar:
        st.title("Unrolled", anchor=False)
        st.caption("PyTorch's `nn.LSTM`, taken apart")
        main = st.container()  # filled last: what a job fixes is known when Weights has been read
        with st.container(horizontal=True):
            st.button("New draw", on_click=_draw_anew, width="stretch", help="Draws a new seed.")
            links.copy_button()
        with st.expander("More settings"):
            values["weights"] = _control("weights", FIELDS["weights"], disabled="weights" in lesson.idle)
            # What the job fixes is greyed out; its control keeps its own value, for when the weights are drawn again.
            job = _job(lesson, values)
            still = {*lesson.idle, *dict(lesson.decides), *(job.fixed if job else ())}
            for name, field in FIELDS.items():
                if name not in values and name not in MAIN:
                    values[name] = _control(name, field, disabled=name in still)
        with main:
            for name in MAIN:
                values[name] = _control(name, FIELDS[name], disabled=name in still)
        settings, _, _ = _met(lesson, values)
        with main:
            if words := "  \n".join(filter(None, (_counted(lesson, values), _effects(lesson), fixing(settings)))):
                st.caption(words)
        greyed = _alone(settings).union(lesson.idle)
        with st.expander("What is drawn", expanded=not greyed.issuperset(SHOWN[:3])):
            for name in SHOWN:
                values[name] = _control(name, VIEWS[name], disabled=name in greyed)
        values["answers"] = _control("answers", VIEWS["answers"])
    return values


def _met(lesson: Lesson, values: Values) -> tuple[Settings, list[str], list[str]]:
    """The settings as the lesson needs and decides them; what did not fit, and what the lesson raised."""
    settings, said = settle(values if _job(lesson, values) else values | {"weights": DEFAULTS["weights"]})
    settings, met = meet(settings, lesson.needs)
    return dataclasses.replace(settings, **dict(lesson.decides)), said, met


def _job(lesson: Lesson, values: Values) -> Job | None:
    """The job that the weights are set for, on a page that has use for one."""
    return None if "weights" in lesson.idle else JOBS.get(values["weights"])


def _counted(lesson: Lesson, values: Values) -> str:
    """Which main sliders stand below what the lesson needs, where moving them changes nothing."""
    below = [
        f"{FIELDS[name].label} below {least}" for name, least in lesson.needs if name in MAIN and values[name] < least
    ]
    return f"On this page {' and '.join(below)} changes nothing." if below else ""


def _effects(lesson: Lesson) -> str:
    """Which controls move the page, or which do not, whichever are fewer; nothing where all of them do."""
    labels = {name: (FIELDS | VIEWS)[name].label for name in (*FIELDS, *SHOWN)}
    live = [label for name, label in labels.items() if name not in {*lesson.idle, *dict(lesson.decides)}]
    said = []
    if lesson.decides:
        said.append(f"Decided in the page: {', '.join(labels[name] for name, _ in lesson.decides)}.")
    if len(live) < len(lesson.idle):
        said.append(f"Only these have an effect on this page: {', '.join(live)}.")
    elif lesson.idle:
        said.append(f"Without effect on this page: {', '.join(labels[name] for name in lesson.idle)}.")
    return "  \n".join(said)


def _alone(settings: Settings) -> set[str]:
    """The choices between one thing and nothing else."""
    counts = {
        "sample": settings.batch_size,
        "layer": settings.num_layers,
        "direction": settings.num_directions,
    }
    return {name for name, count in counts.items() if count == 1}


def _draw_anew() -> None:
    # Not the process-wide random generator: a visitor's click must not depend on another's.
    st.session_state["seed"] = secrets.randbelow(FIELDS["seed"].high + 1)  # type: ignore[union-attr]


def _control(name: str, field: Field, disabled: bool = False) -> Any:
    """The value of a field, from its widget, which is bound to the URL under the field's own name."""
    value = _widget(name, field, disabled and not links.is_refilled(name))
    return DEFAULTS[name] if value is None else value  # until `links.refill`


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
