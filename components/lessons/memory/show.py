"""Surgery on a page: the stories, the controls, and the run as it is above the altered one."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.charts.score import STAGE_GAP, Lane, Size, score
from components.lessons.memory import EDITS, FORGET_BIAS, FREE, HOLDS, LONGEST
from components.lessons.memory import program as programs
from components.lessons.memory.echo import show as echo
from components.lessons.memory.echo.facts import pulse_is_late
from components.lessons.memory.edits import facts as notation
from components.lessons.memory.facts import GATES, Hold, Surgery
from components.lessons.memory.frames import WAS, Operated, operated, table_frame
from components.settings import SINE_PERIOD
from components.ui import links
from components.ui.chart import chart
from components.ui.follow import follow
from components.ui.furniture import aside, folded, say_reach, small
from components.ui.lesson import UNIT
from components.ui.shell import Page


@dataclass(frozen=True)
class Story:
    """A way to set the controls, and what to look at then, in words that hold for all settings."""

    look: str
    hold: tuple[tuple[str, str], ...] = ()
    forget_bias: int = 0
    edits: str = ""

    def controls(self) -> dict[str, str | int]:
        """What every control says in this story."""
        return IDLE | {f"hold_{gate}": value for gate, value in self.hold} | self.rest()

    def rest(self) -> dict[str, str | int]:
        """What is not a held gate."""
        return {"forget_bias": self.forget_bias, "edits": self.edits}


IDLE: dict[str, str | int] = {**dict.fromkeys(HOLDS, FREE), "forget_bias": 0, "edits": ""}
STORIES = {
    "As it is": Story(
        "Nothing is altered. f says how much of c each step keeps. Where f is pale, a row of c changes quickly, and a "
        "column of *Who wrote c* fades at once."
    ),
    "Keep all": Story(
        "f = 1 keeps all of c, and i = 0 writes nothing. Look along a row of the altered c. Then look at h: it still "
        "moves, because the output gate still reads x.",
        (("f", "1"), ("i", "0")),
    ),
    "Keep nothing": Story(
        "Each c is only what its own step wrote, i\u00a0⊙\u00a0g. It holds nothing from the steps before.",
        (("f", "0"),),
    ),
    "Show nothing": Story(
        "The output gate is shut, so h is zero from the first step on. But c goes on: every step still keeps and "
        "still writes.",
        (("o", "0"),),
    ),
    "Cut once": Story(
        "f is 0 at one step only. Nothing else is altered. From that step on, c holds nothing of what it held before.",
        edits="f_6 = 0",
    ),
    "Forget bias +1": Story(
        "Every f gets larger, so every column of *Who wrote c* gets longer. Many begin a training with a forget bias "
        "of 1, so that there is a memory to train.",
        forget_bias=1,
    ),
}
# Of the cells whose weights are set by hand, as they are.
JOBS = {
    "latch": "This cell is a latch. A column of *Who wrote c* begins at a `set`. It does not fade until a `reset` or "
    "the next `set`: there f is shut, and everything that shows goes at once.",
    "counter": "This cell is a counter. As it is, f is 1, so the column of every pulse keeps its full length to the "
    "end, and c is their sum. Hold f a little below 1, and the count is lost.",
    "delay": "This cell is a delay. As it is, f is shut already, so “Keep nothing” changes nothing that shows. What "
    "the cell remembers goes through h, from one unit to the next.",
}
ASKED, BEFORE = "Keep nothing", "This is what the question asks about. Look along the rows of c and along those of h."
OWN_HANDS = (
    "You set the gates yourself. Look along the rows of c. Then look at *Who wrote c*: it shows what is left of what "
    "each step wrote."
)
ALT = (
    "Heat maps, one column for each time step and one row for each unit: the gates that are held, or the forget gate; "
    "the cell state and the hidden state. Where something is altered, each state is there as it was and altered. The "
    "table below holds the same numbers."
)


@dataclass(frozen=True)
class Asked:
    """What the controls ask for, and the place of the picture, which is between them."""

    holds: tuple[Hold, ...]
    forget_bias: float
    line: str
    picture: Any

    def surgery(self, page: Page) -> Surgery:
        """The alterations that the page's settings allow: with a smaller size, a part of the line may mean nothing."""
        read = notation.read(self.line, page.settings)
        view = page.view
        return Surgery((*self.holds, *read.holds), read.edits, self.forget_bias, view.layer, int(view.reverse))


def choose_surgery(page: Page) -> Asked:
    """The stories above the picture, and the controls below it, folded; what they say, made to fit."""
    with page.picture:
        stories, picture = st.container(), st.container()
        with st.container():
            holds, bias, line = _controls(page)
        with stories:  # made after the controls, which may come from a link: it is they that tell a story
            st.session_state["story"] = _told()
            st.pills("Choose an operation", list(STORIES), key="story", on_change=_tell, label_visibility="collapsed")
    return Asked(holds, bias, line, picture)


def _controls(page: Page) -> tuple[tuple[Hold, ...], float, str]:
    with st.expander("Set the gates yourself", icon=":material/surgical:"):
        with st.container(horizontal=True):
            holds = {gate: _hold(gate) for gate in GATES}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            field = FORGET_BIAS
            bias = st.slider(
                field.label, field.low, field.high, 0, key="forget_bias", bind="query-params", help=field.help
            )
            line = st.text_input(
                EDITS.label,
                EDITS.default,
                max_chars=LONGEST,
                key="edits",
                bind="query-params",
                placeholder="c_0[1] = 2.5, x_3[0] = -1, f_3..5[2] = 0",
                help=f"{EDITS.help} Write a letter, `_` and a step, and in brackets a unit (or a feature of x). "
                "What you leave out means all of them.",
            )
    if said := notation.read(line or "", page.settings).said:
        st.warning(
            "**Not all of the line is used.**\n\n" + "\n".join(f"- {sentence}" for sentence in said[:6]),
            icon=":material/keyboard_off:",
        )
    held = tuple(hold for hold in holds.values() if hold is not None)
    return held, float(min(max(bias, field.low), field.high)), line or ""


def _hold(gate: str) -> Hold | None:
    field = HOLDS[f"hold_{gate}"]
    chosen = st.select_slider(field.label, field.values, FREE, key=f"hold_{gate}", bind="query-params", help=field.help)
    return None if chosen in (None, FREE) else Hold(gate, float(chosen))


def _told() -> str | None:
    """The story that the controls tell; they may not be there yet."""
    held = {name: st.session_state.get(name, default) for name, default in IDLE.items()}
    return next((name for name, story in STORIES.items() if story.controls() == held), None)


def _tell() -> None:
    if (name := st.session_state["story"]) is not None:
        st.session_state.update(STORIES[name].controls())


def show_asked() -> None:
    """Set the controls to what the question asks about, unless the visitor has set them to something else."""
    if _told() == "As it is":
        st.session_state.update(STORIES[ASKED].controls())


def choose_unit(page: Page) -> int:
    """The unit that is looked at closely."""
    with st.container(width=360):
        return links.choose_up_to(page.settings.hidden_size - 1, "unit", UNIT.label)


def said(surgery: Surgery) -> str:
    """What is altered, in words."""
    words = []
    for hold in surgery.holds:
        where = "" if hold.unit is None else f" in unit {hold.unit}"
        when = f" from step {hold.first} to {hold.last}" if hold.last else ""
        when = f" at step {hold.first}" if hold.first == hold.last else when
        words.append(f"{hold.gate} held at {hold.value:g}{where}{when}")
    for edit in surgery.edits:
        at = "" if edit.index is None else f"[{edit.index}]"
        steps = f"{edit.first}" if edit.first == edit.last else f"{edit.first}..{edit.last}"
        words.append(f"{edit.tensor}_{steps}{at} set to {edit.value:g}")
    if surgery.forget_bias:
        words.append(f"forget bias {surgery.forget_bias:+g}")
    return ", ".join(words).replace("-", "−")


def show_surgery(page: Page, asked: Asked, unit: int, revealed: bool, place: Any) -> Operated:
    """Both runs as scores on the same scales, again while a size is dragged; in `place` the verdict, once `revealed`.

    In the coach stands what to look at.
    """
    with asked.picture:
        run = follow(page, _picture, asked, unit, revealed, place)
    surgery = asked.surgery(page)
    altered = f"\n\n{small(f'Altered: {said(surgery)}.')}" if surgery.alters else ""
    page.coach.markdown(f"**{_told() or 'Your own operation'}.** {_look(page, revealed)}{altered}")
    return run


def _picture(page: Page, asked: Asked, unit: int, revealed: bool, place: Any) -> Operated:
    surgery = asked.surgery(page)
    run = operated(page.settings, surgery, page.view.sample, min(unit, page.settings.hidden_size - 1))
    lane_size = _size(run, page.settings.seq_len)
    bound = float(page.view.c_range)
    lanes = tuple(_lane(name, surgery, bound, run.rows[name] <= lane_size.fits(name)) for name in run.lanes)
    chart(score(lanes, lane_size, (), run.units.first), alt=ALT, cells=run.cells)
    if revealed:
        with place:
            echo.show_verdict(page)
    return run


def _size(run: Operated, steps: int) -> Size:
    """The size of the lanes: all of them on the first screen, and as high without an altered run as with one."""
    rows, gates = run.units.last - run.units.first + 1, sum(name in GATES for name in run.lanes)
    dense = rows > 8 or steps > 30
    if len(run.lanes) == gates + 2:  # nothing is altered: c and h are there once
        return Size(dense, 108, 0, 90, STAGE_GAP)
    if rows <= 4:
        return Size(dense, 58, 0, 58 if gates == 1 else 40, STAGE_GAP)
    return Size(dense, 73, 0, 40, STAGE_GAP)


def show_reading(page: Page, run: Operated) -> None:
    """How to read the picture; a state that reaches beyond its shades; and the picture's numbers as a table."""
    aside(_reading(page, run))
    with st.container():
        say_reach("c", run.c, page.view.c_range)
    if table := folded("The numbers as a table", "surgery_table"):
        with table:
            st.dataframe(table_frame(run), hide_index=True, height=320)


def _lane(column: str, surgery: Surgery, bound: float, numbered: bool) -> Lane:
    state = column[0]
    bound = bound if state == "c" else 1.0
    if state not in "ch" or not surgery.alters:
        return Lane(column, bound, numbered)
    return Lane(column, bound, numbered, state, "as it was" if column.endswith(WAS) else "altered")


def _look(page: Page, revealed: bool) -> str:
    """What to look at, for the chosen story and for the input."""
    story = _told()
    asked = story == ASKED and not revealed
    words = [OWN_HANDS if story is None else BEFORE if asked else STORIES[story].look]
    words += {
        "pulse": [
            f"In sample {page.view.sample} the pulse would come after the last step, so every x is zero."
            if pulse_is_late(page.settings, page.view.sample)
            else "The input is one pulse. It wrote one column of *Who wrote c*; biases and h wrote the others."
        ],
        "sine": [
            f"The input is a sine, so what is written changes its sign about every {SINE_PERIOD // 2} steps. What is "
            "kept is soon cancelled by its opposite."
        ],
        "constant": [
            "The input never changes. Once h settles, every step writes the same, and c is the sum of what is left of "
            "it."
        ],
    }.get(page.settings.signal, [])
    words += [JOBS[job]] if (job := page.settings.weights) in JOBS else []
    return " ".join(words)


def _reading(page: Page, run: Operated) -> str:
    """How to read the picture, in words that hold for these settings."""
    settings, view = page.settings, page.view
    start = f"t = {settings.seq_len + 1}" if view.reverse else "t = 0"
    words = [
        f"One column is one step, one row is one unit. c and h begin with the initial state, at {start}. Red is "
        "below zero, teal above.",
        "Both lanes of c have the same scale, and so have both lanes of h: compare them row by row."
        if "c" + WAS in run.lanes
        else "",
    ]
    if settings.num_layers * settings.num_directions > 1:
        words.append(f"Gates are altered in layer {view.layer}, {view.direction} direction (choose in *Settings*).")
    if settings.batch_size > 1:
        words.append(f"Shown: sample {view.sample}. Every sample is altered in the same way.")
    if run.units.pages > 1:
        words.append(f"Shown: units {run.units.first} to {run.units.last} of {settings.hidden_size}, around Unit.")
    return " ".join(filter(None, words))


def program(page: Page, surgery: Surgery, unit: int) -> str:
    """The lesson's program, which prints the digits of the page."""
    return programs.program(page.settings, dataclasses.astuple(surgery), page.view.sample, unit)
