"""The map of the lessons: what each asks, how long it takes, what it builds on, and what the visitor has done."""

import streamlit as st

from components.ui.furniture import SHOW_ME
from components.ui.lesson import Lesson
from components.ui.shell import Page
from components.ui.syllabus import SYLLABUS, named, number
from components.ui.tab import ANSWER, DONE

COLUMNS = 4  # in more, the title of a lesson would be cut on a projector; further sections stand in the last one
INTRODUCTION = (
    "Unrolled takes PyTorch's `nn.LSTM` apart: you move sliders, the module is built anew, and torch computes every "
    "number that you see."
)


def show_lessons(page: Page) -> None:
    """Show what the project is, and each lesson as a card with a link to it, by section."""
    sections: dict[str, list[Lesson]] = {}
    for lesson in SYLLABUS:
        sections.setdefault(lesson.section, []).append(lesson)
    goes_on = next((lesson for lesson in SYLLABUS if not _given(lesson)), None)
    with page.picture:
        st.markdown(INTRODUCTION)
        places = st.columns(COLUMNS, gap="small")
        for n, (section, lessons) in enumerate(sections.items()):
            with places[min(n, COLUMNS - 1)].container(gap="xsmall"):
                st.markdown(f"#### {section}")
                for lesson in lessons:
                    _card(lesson, lesson is goes_on)
        places[0].markdown(_progress())


def _card(lesson: Lesson, is_next: bool) -> None:
    needed = [str(number(other)) for stem in lesson.after if (other := named(stem))]
    facts = f"{lesson.minutes} min" + (f" · builds on {' and '.join(needed)}" if needed else "")
    mark = _here(lesson) if is_next else _done(lesson)
    with st.container(border=True, gap=None, key=f"card_{lesson.stem}"):
        # Without the menu's icon: with it, a long title is cut.
        label = f"**:{'green' if _given(lesson) else 'primary'}[{number(lesson)}] {lesson.title}**"
        st.page_link(f"pages/{lesson.stem}.py", label=label, icon="")
        st.markdown("  \n".join(filter(None, (f":small[{lesson.question}]", f":small[:gray[{facts}]]", mark))))


def _here(lesson: Lesson) -> str:
    """The mark of the first lesson whose question is open."""
    return f":small[:primary[:material/arrow_forward: **{'Go on' if number(lesson) > 1 else 'Begin'} here**]]"


def _done(lesson: Lesson) -> str:
    """What the visitor has done in a lesson, in small print; empty for nothing."""
    given, tasks = _given(lesson), _tasks(lesson)
    said = ["looked up" if given == SHOW_ME else "answered"] if given else []
    if tasks:
        said.append(f"{tasks} of {len(lesson.tasks)} {'task' if len(lesson.tasks) == 1 else 'tasks'}")
    return f":small[:green[:material/check_circle:] {', '.join(said)}]" if said else ""


def _progress() -> str:
    """What the visitor has done in all lessons, and how long they take."""
    answered = sum(_given(lesson) not in (None, SHOW_ME) for lesson in SYLLABUS)
    tasks = sum(map(_tasks, SYLLABUS))
    hours = round(sum(lesson.minutes for lesson in SYLLABUS) / 30) / 2
    return (
        f"**{answered} of {len(SYLLABUS)}** questions answered  \n"
        f"**{tasks} of {sum(len(lesson.tasks) for lesson in SYLLABUS)}** tasks done\n\n"
        f":small[:gray[The numbers are the path, about {hours:g} hours in all. You can open any lesson at any time. "
        "Your settings go with you, and this tab keeps what you have done. *Reference* turns the questions off, for "
        "those who know already.]]"
    )


def _given(lesson: Lesson) -> str | None:
    answer: str | None = st.session_state.get(f"{ANSWER}{lesson.stem}")
    return answer


def _tasks(lesson: Lesson) -> int:
    done: set[str] = st.session_state.get(DONE, set())
    return len(done.intersection(lesson.tasks))
