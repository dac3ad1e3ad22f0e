"""The parts that every page is built of: question, prediction, verdict, attempts, code, sources, next lesson."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from components.programs.notebook import notebook
from components.settings import VIEWS
from components.ui import classroom
from components.ui.component import component
from components.ui.shell import Page
from components.ui.syllabus import following, named
from components.ui.tab import ANSWER, DONE

# The equations in words. The letters T, H, I, B, L and D are those of the caption that states the settings.
GLOSS = (
    "The input gate i says how much to write into the memory c, the forget gate f how much of c to keep, the cell "
    "gate g what to write, the output gate o how much to show as h. σ squeezes into 0 … 1, tanh into −1 … 1; ⊙ "
    "multiplies number by number; W and b are the parameters. T time steps, H units, I input features, B samples, L "
    "layers, D directions."
)

# In MathML, which browsers typeset themselves. Streamlit's own formulas need a typesetter of a quarter of a megabyte,
# and they are typeset again at every move of a slider.
_EQUATIONS = component(Path(__file__).parent / "equations")

SHOW_ME = "Show me"  # for visitors who do not want to guess
LOOK = "_look"  # in the session: the place that the picture frames
FRAMED = " A dashed frame in the picture shows where."


@dataclass(frozen=True)
class Answer:
    """One answer to a question. `why` explains it; for a wrong answer it names the misconception.

    `look` is the name of the place in the picture where this can be seen. After the answer the picture frames it.
    """

    text: str
    why: str
    right: bool = False
    look: str = ""


def ask(page: Page, text: str, further: str = "") -> None:
    """Show a text on what the page is about, what it had to change, and a `further` paragraph.

    The shell has shown the question as title.
    """
    raised = (f":material/info: :gray[{sentence}]" for sentence in page.raised)
    st.markdown("\n\n".join(filter(None, ("  \n".join((text, *raised)), further))))


def section(title: str, text: str = "") -> None:
    """Show the heading of a part of the lesson, and a text below it."""
    st.markdown(f"## {title}\n\n{text}")


def small(text: str) -> str:
    """The text as small print, in Markdown. Not a caption: there, inline code is too faint to read."""
    return f":small[:gray[{text}]]"


def aside(text: str) -> None:
    """Show small print by itself, for example on how to read a picture."""
    st.markdown(small(text))


def reads_below(page: Page) -> str:
    """A sentence on what x is in a layer above the first; empty for the first layer."""
    layer = page.view.layer
    return f"Layer {layer} does not read the inputs: its x is the h of layer {layer - 1}." if layer else ""


def which_shown(page: Page, samples: bool = True) -> str:
    """A sentence on which sample, layer and direction the page shows; empty if there is only one of each."""
    settings, view = page.settings, page.view
    several = {
        f"sample {view.sample} of {settings.batch_size}": settings.batch_size if samples else 1,
        f"layer {view.layer} of {settings.num_layers}": settings.num_layers,
        f"the {view.direction} direction": settings.num_directions,
    }
    shown = [name for name, count in several.items() if count > 1]
    return f"Shown: {', '.join(shown)} (choose in *Settings*)." if shown else ""


def equations(page: Page, *further: str) -> None:
    """Show the LSTM's equations in the colours of the gates, the meaning of their letters, and `further` paragraphs."""
    _EQUATIONS(key="equations", data={"projected": page.settings.proj_size > 0}, height="content")
    gloss = GLOSS
    if page.view.reverse:
        gloss += " The reverse direction starts at the end: there, read t + 1 where the equations have t − 1."
    st.markdown("\n\n".join((small(gloss), *filter(None, further))))


def predict(page: Page, question: str, answers: tuple[Answer, ...], then: Callable[[], None] | None = None) -> bool:
    """Ask a question beside the picture, and return whether the page may show the result.

    True after an answer, after "Show me", and in reference mode. While it is False, the part that shows the
    result calls `locked` instead. An answer counts when *Check* is pressed: with the arrow keys a visitor passes other
    answers on the way. `then` is called when the question is answered, before the page runs again: it may set controls,
    so that the picture shows what the question asks about.
    """
    if page.asked is not None and not (page.asked.seat.leads and page.view.answers):
        return _predict_in_class(page, page.asked, question, answers, then)
    key = f"{ANSWER}{page.lesson.stem}"
    texts = [answer.text for answer in answers]
    right = next(answer for answer in answers if answer.right)
    given = st.session_state.get(key)
    asks = given not in (*texts, SHOW_ME)  # no answer, or one to an older question, from the browser
    shown = right if page.view.answers else next((answer for answer in answers if answer.text == given), right)
    st.session_state[LOOK] = "" if asks and not page.view.answers else shown.look
    with page.coach, st.container(border=asks or page.view.answers, key=f"predict_{page.lesson.stem}"):
        if page.view.answers:
            st.markdown(f"{question}\n\n**The answer:** {right.text}. {_why(right)}")
            return True
        if asks:
            st.session_state[key] = None
            choice = f"choice_{page.lesson.stem}"
            st.radio(f"**Predict.** {question}", texts, index=None, key=choice, on_change="ignore")
            with st.container(horizontal=True):
                # Not a primary button: on that the dark theme has white letters on light blue, which is hard to read.
                told = (key, choice, then)
                st.button("Check", icon=":material/check:", key="check_answer", on_click=_answer, args=told)
                st.button(SHOW_ME, type="tertiary", key="show_me", on_click=_answer, args=(key, None, then))
            return False
        _feedback(None if given == SHOW_ME else shown, right)
        st.button("Ask again", type="tertiary", icon=":material/undo:", key="ask_again", on_click=_forget, args=(key,))
    return True


def _predict_in_class(
    page: Page,
    asked: classroom.Asked,
    question: str,
    answers: tuple[Answer, ...],
    then: Callable[[], None] | None,
) -> bool:
    """Ask a question in a room: each answer counts, and the feedback comes when the teacher shows the result."""
    stem, given = page.lesson.stem, asked.given
    right = next(answer for answer in answers if answer.right)
    chosen = answers[given] if given is not None and 0 <= given < len(answers) else None
    with page.coach, st.container(border=True, key=f"predict_{stem}"):
        st.markdown(f"**Predict.** {question}")
        poll = classroom.put(asked, question, tuple(answer.text for answer in answers), answers.index(right))
        if poll.shown:
            _feedback(chosen, right)
    st.session_state[LOOK] = (chosen or right).look if poll.shown else ""
    if poll.shown:
        if then is not None and classroom.is_news(asked):
            then()
        st.session_state[f"{ANSWER}{stem}"] = chosen.text if chosen else SHOW_ME  # also when the room is closed
    return poll.shown


def _answer(key: str, choice: str | None, then: Callable[[], None] | None) -> None:
    """Take the chosen answer as given; without `choice` the visitor wants to be shown."""
    given = SHOW_ME if choice is None else st.session_state.get(choice)
    if given is None:
        st.toast("Choose one of the answers first.", icon=":material/radio_button_checked:")
        return
    st.session_state[key] = given
    if then is not None:
        then()


def _forget(key: str) -> None:
    st.session_state[key] = None


def _feedback(given: Answer | None, right: Answer) -> None:
    """What is said to an answer; None means that the visitor wanted to be shown."""
    if given is None:
        st.info(f"**The answer:** {right.text}. {_why(right)}", icon=":material/lightbulb:")
    elif given.right:
        st.success(f"**Right.** {_why(given)}", icon=":material/check_circle:")
    else:
        st.warning(
            f"**No.** You chose: {given.text}. {_why(given)}  \n**The answer:** {right.text}.",
            icon=":material/psychology_alt:",
        )


def _why(answer: Answer) -> str:
    return answer.why + (FRAMED if answer.look else "")


def look() -> str:
    """The name of the place that the picture frames, after an answer that has one; else empty.

    Call it after `predict`.
    """
    place: str = st.session_state.get(LOOK, "")
    return place


def revealed(page: Page) -> bool:
    """Whether the page may show its result: what `predict` returns. Also known before `predict` is called."""
    if page.asked is not None:
        return page.asked.shown or (page.asked.seat.leads and page.view.answers)
    return page.view.answers or st.session_state.get(f"{ANSWER}{page.lesson.stem}") is not None


def locked() -> None:
    """Show this in place of a result while `predict` returns False."""
    st.info("Answer the question beside the picture first. This part opens with your answer.", icon=":material/lock:")


def verdict_place(page: Page) -> Any:
    """An empty place in the coach, for a `verdict` that the picture's function fills (`with place:`).

    Call it after `predict`. So the verdict stands below the feedback: above a "No" its green box would look like a
    "Yes". It follows a size while it is dragged.
    """
    return page.coach.empty()


def verdict(good: bool, headline: str, text: str) -> None:
    """Show the result of a check: an icon, a bold headline, and a text with the figure behind it.

    Red is for a check that fails. What a page shows on purpose, such as a mistake and what it does, is a `finding`.
    """
    if good:
        st.success(f"**{headline}** {text}", icon=":material/check_circle:")
    else:
        st.error(f"**{headline}** {text}", icon=":material/cancel:")


def finding(headline: str, text: str) -> None:
    """Show what is found, if it is neither a success nor a failure, in the form of a `verdict`."""
    st.info(f"**{headline}** {text}", icon=":material/troubleshoot:")


@dataclass(frozen=True)
class Attempt:
    """Something to try with the controls. `outcome` says what the visitor sees; it is empty until it is done."""

    title: str
    task: str
    outcome: str = ""


def attempts(page: Page, *to_try: Attempt) -> None:
    """Show in the coach what to try, each with its outcome once it is done. The session remembers what was done.

    They are shown together with the result: before, the question is what matters.
    """
    paragraphs = ["**Try it**"]
    done: set[str] = st.session_state.setdefault(DONE, set())
    for attempt in to_try:
        tick = ":green[:material/check_circle:]" if attempt.outcome or attempt.title in done else ""
        paragraphs.append(f"{tick or ':material/radio_button_unchecked:'} **{attempt.title}**  \n{attempt.task}")
        if attempt.outcome:
            done.add(attempt.title)
            paragraphs.append(f":green-background[**Done.**] {attempt.outcome}")
    if revealed(page):
        page.coach.markdown("\n\n".join(paragraphs))


def turn_on_two_directions(page: Page) -> None:
    """Show a button that turns Bidirectional on, so that nobody has to look for the switch in *Settings*."""
    if not page.settings.bidirectional:
        st.button(
            "Turn Bidirectional on",
            on_click=lambda: st.session_state.update({"bidirectional": True}),
            icon=":material/sync_alt:",
        )


def code(body: str, height: str = "content") -> None:
    """Show Python code: a complete program with its imports, or an excerpt of a program on the same page."""
    st.code(body, language="python", height=height)  # type: ignore[arg-type]


def printed(text: str) -> None:
    """Show what a program prints, character for character."""
    st.code(text, language=None, wrap_lines=True)


def download(label: str, data: str, name: str, mime: str) -> None:
    """Show a button for a small file. For a large file use `file_button` of `ui/files.py`."""
    st.download_button(label, data, name, mime, on_click="ignore", icon=":material/download:")


def folded(label: str, key: str, icon: str = ":material/table_rows:") -> Any:
    """An expander that is closed at first. Returns the place to fill while it is open, else None.

    The content of a plain expander is computed and sent at every move of a slider, even while it is closed.
    """
    place = st.expander(label, key=key, on_change="rerun", icon=icon)
    return place if place.open else None


def topics(page: Page, key: str, inside: Mapping[str, str] | None = None) -> tuple[Any, ...]:
    """Tabs for what a lesson has below its stage, one for each value of its control `key`.

    Returns the place to fill for the open tab, and None for each other one: what is in a closed tab is not made.
    `inside` has the tab of each control that is in one, by the control's URL key. An address that names such a control
    and no tab opens its tab.
    """
    field = page.lesson.controls[key]
    if key not in st.session_state and key not in st.query_params:
        asked = next((tab for name, tab in (inside or {}).items() if name in st.query_params), None)
        if asked is not None:
            st.session_state[key] = asked
    places = st.tabs([str(name) for name in field.options()], key=key, on_change="rerun", bind="query-params")
    return tuple(place if place.open else None for place in places)


def take_away(
    program: str,
    name: str,
    what: str = "the whole program for these settings, as .py and .ipynb",
    as_notebook: str = "",
) -> None:
    """Show the whole program of a lesson, folded, with buttons for `name`.py and `name`.ipynb.

    `as_notebook` is the program for the .ipynb, if it is not the same as `program`.
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
    """Show links to the sources of the equations and claims."""
    st.markdown("### Source\n\n" + "\n".join(f"- {line}" for line in lines))


def refer(stem: str, label: str) -> None:
    """Show a link to another lesson; nothing if there is no lesson with this stem."""
    if (lesson := named(stem)) is not None:
        st.page_link(f"pages/{lesson.stem}.py", label=label, icon=lesson.icon)


def go_on(page: Page) -> None:
    """Show a link to the next lesson, if there is one."""
    if (lesson := following(page.lesson)) is not None:
        st.page_link(
            f"pages/{lesson.stem}.py",
            label=f"Next: {lesson.title}",  # not its question, which is too long for a phone
            icon=":material/arrow_forward:",
        )


def say_reach(name: str, reach: float, shown: int) -> None:
    """If a state reaches beyond −`shown` … `shown`, say so and offer a wider range."""
    if reach <= shown:
        return
    field = VIEWS[f"{name}_range"]
    wider = next((bound for bound in field.options() if bound >= reach), None)
    outside = f"The picture shows only −{shown} … {shown}: what lies outside is shown as the end of this range."
    if wider is None:
        aside(f"{name} reaches {reach:.2f} here. {outside}")
        return
    st.button(
        f"{name} reaches {reach:.2f} here: show −{wider} … {wider}",
        key=f"wider_{name}",
        help=outside,
        icon=":material/unfold_more:",
        on_click=lambda: st.session_state.update({f"{name}_range": wider}),
    )
