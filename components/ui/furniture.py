"""What lessons are made of: ask, predict, check, try, code, source, next. A page says what, this says how it looks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from components.programs.notebook import notebook
from components.settings import VIEWS
from components.ui.component import component
from components.ui.shell import Page
from components.ui.syllabus import following, named
from components.ui.tab import ANSWER, DONE

# What the equations say, in words; the letters are those of the line of settings above them.
GLOSS = (
    "i: how much to write into the memory c, f: how much of it to keep, g: what to write, o: how much to show as h. "
    "σ squeezes into 0 … 1, tanh into −1 … 1; ⊙ multiplies number by number; W and b are the parameters. "
    "T steps, H units, I input features, B samples, L layers, D directions."
)


# MathML, which browsers set by themselves. Streamlit's own formulas bring a typesetter of a quarter of a megabyte along
# and are set anew at every move.
_EQUATIONS = component(Path(__file__).parent / "equations")

SHOW_ME = "Show me"  # the answer of those who would rather not guess


@dataclass(frozen=True)
class Answer:
    """One answer to a question. A wrong one names, in `why`, the belief that leads to it."""

    text: str
    why: str
    right: bool = False


def ask(page: Page, text: str) -> None:
    """The question as the title, the settings it is asked for, and what the page is about."""
    st.title(page.lesson.question, anchor=False)
    st.caption(page.settings.caption)
    st.markdown("  \n".join((text, *(f":material/info: :gray[{sentence}]" for sentence in page.met))))


def section(title: str, text: str = "") -> None:
    """A part of the lesson, with a sentence on it."""
    st.markdown(f"## {title}\n\n{text}")


def small(text: str) -> str:
    """Small print, as part of a text. Not a caption, on whose grey inline code would be too faint."""
    return f":small[:gray[{text}]]"


def aside(text: str) -> None:
    """Small print by itself: how to read a picture."""
    st.markdown(small(text))


def reads_below(page: Page) -> str:
    """What x is in a layer above the first; empty for the first."""
    layer = page.view.layer
    return f"Layer {layer} reads no input: its x is the h of layer {layer - 1}." if layer else ""


def which_drawn(page: Page, samples: bool = True) -> str:
    """Which sample, layer and direction is shown, where there are several; empty where there is one of each."""
    settings, view = page.settings, page.view
    several = {
        f"sample {view.sample} of {settings.batch_size}": settings.batch_size if samples else 1,
        f"layer {view.layer} of {settings.num_layers}": settings.num_layers,
        f"the {view.direction} direction": settings.num_directions,
    }
    shown = [name for name, count in several.items() if count > 1]
    return f"Drawn: {', '.join(shown)} (choose in the sidebar)." if shown else ""


def equations(page: Page) -> None:
    """The LSTM's equations in the colours of the gates, and what their letters mean."""
    _EQUATIONS(key="equations", data={"projected": page.settings.proj_size > 0}, height="content")
    gloss = GLOSS
    if page.view.reverse:
        gloss += " The reverse direction starts at the end: for it, read t + 1 where the equations say t − 1."
    aside(gloss)


def predict(page: Page, question: str, answers: tuple[Answer, ...]) -> bool:
    """Ask before the result is shown; true once it may be: after an answer, "Show me", or "Show answers".

    The page hands this on to whatever shows the result, which calls `locked` instead while it is False.
    """
    name = page.lesson.stem
    key, texts = f"{ANSWER}{name}", [*(answer.text for answer in answers), SHOW_ME]
    if st.session_state.get(key) not in (None, *texts):  # kept by a browser since the lesson had another question
        del st.session_state[key]
    with st.container(border=True, key=f"predict_{name}"):
        if page.view.answers:
            right = next(answer for answer in answers if answer.right)
            st.markdown(f"**The question.** {question}\n\n**The answer:** {right.text}. {right.why}")
            return True
        given = st.radio(
            f"**Predict.** {question}",
            texts,
            index=None,
            key=key,
            persist_state="session",
        )
        answer = next((one for one in answers if one.text == given), None)
        if given == SHOW_ME:
            right = next(one for one in answers if one.right)
            st.info(f"**The answer:** {right.text}. {right.why}", icon=":material/lightbulb:")
        elif answer is not None and answer.right:
            st.success(f"**Right.** {answer.why}", icon=":material/check_circle:")
        elif answer is not None:
            st.warning(f"**Not quite.** {answer.why}", icon=":material/psychology_alt:")
    return given is not None


def locked() -> None:
    """What stands in place of a result while `predict` has given False."""
    st.info("Predict first, above: the verdict comes with your answer.", icon=":material/lock:")


def verdict(good: bool, headline: str, text: str) -> None:
    """The result of a check: an icon, bold words, and the figure they rest on."""
    if good:
        st.success(f"**{headline}** {text}", icon=":material/check_circle:")
    else:
        st.error(f"**{headline}** {text}", icon=":material/cancel:")


@dataclass(frozen=True)
class Attempt:
    """Something to do with the sliders; `outcome` is what was found, empty while it is not done."""

    title: str
    task: str
    outcome: str = ""


def attempts(*tried: Attempt) -> None:
    """What to try, each with its outcome once the page has seen it done; what was done stays marked in the session."""
    said = []
    before: set[str] = st.session_state.setdefault(DONE, set())
    for one in tried:
        tick = ":green[:material/check_circle:]" if one.outcome or one.title in before else ""
        said.append(f"{tick or ':material/radio_button_unchecked:'} **{one.title}**  \n{one.task}")
        if one.outcome:
            before.add(one.title)
            said.append(f":green-background[**Done.**] {one.outcome}")
    st.markdown("\n\n".join(said))


def turn_on_two_directions(page: Page) -> None:
    """A button for those who do not look for the switch."""
    if not page.settings.bidirectional:
        st.button(
            "Turn Bidirectional on",
            on_click=lambda: st.session_state.update({"bidirectional": True}),
            icon=":material/sync_alt:",
        )


def code(body: str, height: str = "content") -> None:
    """Python on a page: a complete program if it begins with its imports, else an excerpt of one on the same page."""
    st.code(body, language="python", height=height)  # type: ignore[arg-type]


def printed(text: str) -> None:
    """What a program prints, character for character."""
    st.code(text, language=None, wrap_lines=True)


def download(label: str, data: str, name: str, mime: str) -> None:
    """A small file to take along, there at once; what is large is `made` on a click (`ui/files.py`)."""
    st.download_button(label, data, name, mime, on_click="ignore", icon=":material/download:")


def folded(label: str, key: str, icon: str = ":material/table_rows:") -> Any:
    """A place that is closed at first, to be filled only while it is open; None while it is closed.

    What a closed expander holds would be made and sent at every move all the same.
    """
    place = st.expander(label, key=key, on_change="rerun", icon=icon)
    return place if place.open else None


def take_away(
    program: str,
    name: str,
    what: str = "the whole program for these settings, as .py and .ipynb",
    as_notebook: str = "",
) -> None:
    """The whole program of a lesson, to read, and to take as `name`.py and `name`.ipynb; sent only while it is open.

    `as_notebook` is another program for the .ipynb, where it is not the one on the page.
    """
    if place := folded(f"Take it with you: {what}", "program", ":material/code:"):
        with place:
            code(program)
            with st.container(horizontal=True):
                download("Python file", program + "\n", f"{name}.py", "text/x-python")
                download(
                    "Jupyter notebook",
                    notebook(as_notebook or program),
                    f"{name}.ipynb",
                    "application/x-ipynb+json",
                )


def sources(*lines: str) -> None:
    """Where the equations and claims come from, linked."""
    st.markdown("### Source\n\n" + "\n".join(f"- {line}" for line in lines))


def refer(stem: str, label: str) -> None:
    """A link to another lesson, wherever it is in the syllabus; nothing while there is no such lesson."""
    if (lesson := named(stem)) is not None:
        st.page_link(f"pages/{lesson.stem}.py", label=label, icon=lesson.icon)


def go_on(page: Page) -> None:
    """The way to the next lesson, once there is one."""
    if (lesson := following(page.lesson)) is not None:
        st.page_link(
            f"pages/{lesson.stem}.py",
            label=f"Next: {lesson.title}",  # a phone cuts its question off
            icon=":material/arrow_forward:",
        )


def say_reach(name: str, reach: float, shown: int) -> None:
    """Say that a state leaves the range it is shown on, and offer the next one."""
    if reach <= shown:
        return
    field = VIEWS[f"{name}_range"]
    wider = next((r for r in field.options() if r >= reach), None)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"{name} reaches {reach:.2f} here, beyond the drawn −{shown} … {shown}: "
            "what lies beyond is drawn as the end of the range.",
            icon=":material/unfold_more:",
        )
        if wider is not None:
            st.button(
                f"Draw −{wider} … {wider}",
                on_click=lambda: st.session_state.update({f"{name}_range": wider}),
            )
