"""The controls, made from the tables in `components/settings.py`: the sizes in the page, all others in *Settings*.

A control in *Settings* is left out while *Settings* is closed and the control says nothing: its value is the default,
and the address does not have it. What is left out costs nothing when a slider moves. Any other control must be there in
every script run, otherwise its value disappears from the address. So a control without effect on a page is greyed out.
"""

import dataclasses
import secrets
from collections.abc import Collection, Mapping
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
from components.ui import examples, links
from components.ui.lesson import SHOWN, Lesson
from components.ui.sizes import Size

Values = dict[str, Any]  # by the names of settings and views

# What `held` has returned. Streamlit locks the session for each single read, so everything is read at once.
Held = Mapping[str, Any]

# These are always made, because a script in the browser sets their values at any time.
KEPT = MAIN


@dataclass(frozen=True)
class Chosen:
    """What the visitor chose, adjusted to what is possible: the settings, and the view, which says what is shown."""

    settings: Settings
    view: View
    changes: tuple[str, ...]  # a sentence for each value that was not possible
    raised: tuple[str, ...]  # a sentence on the values that the lesson raised


def held() -> Held:
    """Everything in the session, as it is now, by its keys."""
    everything: Held = st.session_state.to_dict()
    return everything


def remembered(held: Held, new: Collection[str] = ()) -> Values | None:
    """The values of the controls in the session; None if they are not known before the controls are made.

    They are not known while the address has a value that a control does not have. This happens in the first script run
    of a session, and when the visitor goes back or forward in the browser's history: then a control takes its value
    from the address. The controls in `new` count, whatever the address has: this script run has set them.
    """
    values = _values(held)
    asked = (name for name in values if name not in new)
    if None in values.values() or any(links.says_otherwise(name, values[name]) for name in asked):
        return None
    return values


def _values(held: Held) -> Values:
    """The values of the controls in the session. A control has its default if it was left out so far."""
    return {name: held.get(name, default) for name, default in DEFAULTS.items()}


def write_address(names: Collection[str]) -> None:
    """Write the values of these controls into the address. Called before a script run.

    Streamlit writes a value into the address when the script sets it, even if it sets the same value.
    """
    for name in names:
        if name in st.session_state:
            st.session_state[name] = st.session_state[name]


def spelled(lesson: Lesson, held: Held) -> dict[str, str | None]:
    """What the address must say on the page of `lesson`, as it spells it; None if a control is at its default.

    A control of *Settings* that is at its default is left out.
    """
    values = _values(held) | {name: held.get(name) for name in lesson.controls}
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
    view = dataclasses.replace(view, **{name: DEFAULTS[name] for name in lesson.idle if name in VIEWS})
    return Chosen(settings, view, (*changes, *view_changes), tuple(raised))


def settings_place(lesson: Lesson | None) -> Any:
    """The closed *Settings* above the coach, for `fill`, and beside it the menu of examples, on the page of a lesson.

    An expander, because the browser keeps what is in it while it is closed. What is in a closed popover does not exist
    there, and then Streamlit takes the settings out of the address when the visitor goes to another lesson. While it is
    open it has the whole width, and the menu stands above it.
    """
    beside = not st.session_state.get("settings", False)
    with st.container(horizontal=beside, gap="small"):
        if lesson:
            examples.menu(lesson)
        return st.expander("Settings", icon=":material/tune:", key="settings", on_change="rerun")


def reference_switch() -> None:
    """Show the switch of reference mode. It is on every page, so it is always there, as the controls in `KEPT`.

    It has no room for its help on a phone. The map of the lessons says what it does.
    """
    _widget("answers", dataclasses.replace(VIEWS["answers"], help=""), disabled=False)


def state(settings: Settings, answers: bool) -> None:
    """Show the settings in one line, and the buttons for another draw and for a link to this page.

    `answers`: whether reference mode is on.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="state"):
        st.caption(settings.caption)
        st.button(
            "New draw", icon=":material/casino:", on_click=_draw_anew, help="Draws other random numbers: a new seed."
        )
        links.copy_button(answers)


def fill(settings: Any, lesson: Lesson, held: Held) -> Values:
    """Make the controls in *Settings*; the values of all controls as they are. `held` is the session before this."""
    is_open, before = settings.open, _values(held)
    values = {"weights": before["weights"]}  # the job decides what is greyed out, so its control comes first
    with settings:
        if is_open:
            st.markdown("**The module**")
        values["weights"] = _control("weights", is_open, before, disabled="weights" in lesson.idle)
        # What the job fixes is greyed out. The control keeps the visitor's value for when there is no job.
        job = _job(lesson, values)
        greyed = {*lesson.idle, *dict(lesson.decides), *(job.fixed if job else ())}
        for name in FIELDS:
            if name not in values:
                values[name] = _control(name, is_open or name in KEPT, before, disabled=name in greyed)
        fitted, _, _ = _fitted(lesson, values)
        if is_open:
            st.markdown("**What is shown**")
        greyed = _single(fitted).union(lesson.idle)
        values["answers"] = before["answers"]  # its switch is not in *Settings*
        for name in (name for name in VIEWS if name != "answers"):
            values[name] = _control(name, is_open, before, disabled=name in greyed)
        if is_open and (words := "  \n".join(filter(None, (_effects(lesson), fixing(fitted))))):
            st.caption(words)
    # Buttons set controls too. Streamlit writes such a value into the address only if the session had one before.
    for name in DEFAULTS:
        if name not in held and name not in st.session_state:
            st.session_state[name] = DEFAULTS[name]
    return values


def sizes(lesson: Lesson, values: Values, used: Settings) -> dict[str, Size]:
    """What the controls of the sizes show on this page: the values that it has `used`."""
    job, shown = _job(lesson, values), {}
    for name in MAIN:
        value, own, low = getattr(used, name), values[name], dict(lesson.needs).get(name, 1)
        if name in dict(lesson.decides):
            shown[name] = Size(value, 1, True, "Set by the line below.")
        elif job and name in job.fixed:
            shown[name] = Size(value, 1, True, f"Fixed by {job.title.lower()}.")
        elif name in lesson.idle:
            shown[name] = Size(value, 1, True, "Without effect on this page.")
        else:
            note = f"This lesson needs {low} or more." if own < low else ""
            shown[name] = Size(value, low, note=note)
    return shown


def _fitted(lesson: Lesson, values: Values) -> tuple[Settings, list[str], list[str]]:
    """The settings as the lesson needs and decides them; sentences on what was not possible, and on what it raised."""
    settings, changes = settle(values if _job(lesson, values) else values | {"weights": DEFAULTS["weights"]})
    settings, raised = meet(settings, lesson.needs)
    return dataclasses.replace(settings, **dict(lesson.decides)), changes, raised


def _job(lesson: Lesson, values: Values) -> Job | None:
    """The job that the weights are set for; None on a page where `weights` is idle."""
    return None if "weights" in lesson.idle else JOBS.get(values["weights"])


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


def _control(name: str, is_open: bool, before: Values, disabled: bool) -> Any:
    """Show the control of a setting or view, bound to the URL under its name; its value. It had a value `before`.

    While *Settings* is closed, a control that says nothing is left out.
    """
    default = DEFAULTS[name]
    if not is_open and name not in st.query_params and before[name] == default:
        return default
    value = _widget(name, (FIELDS | VIEWS)[name], disabled and not links.is_refilled(name))
    return default if value is None else value  # empty until `links.refill`


def _widget(name: str, field: Field, disabled: bool) -> Any:
    common: dict[str, Any] = {
        "key": name,
        "help": field.help or None,
        "disabled": disabled,
        "bind": "query-params",
    }
    default = DEFAULTS[name]
    if isinstance(field, Switch):
        return st.toggle(field.label, value=default, **common)
    if isinstance(field, Choice):
        return st.segmented_control(field.label, field.values, default=default, required=True, **common)
    return st.slider(field.label, field.low, field.high, default, **common)
