"""The lessons in their order, and the map of them. A new lesson needs a folder, a page and a line here."""

from components.lessons import (
    batches,
    clinic,
    layers,
    lengths,
    live,
    memory,
    notebook,
    one_step,
    outputs,
    shapes,
    views,
    weights,
)
from components.settings import Text
from components.ui.lesson import Lesson

SYLLABUS = (
    live.LESSON,
    notebook.LESSON,
    shapes.LESSON,
    outputs.LESSON,
    views.LESSON,
    one_step.LESSON,
    memory.LESSON,
    weights.LESSON,
    lengths.LESSON,
    layers.LESSON,
    batches.LESSON,
    clinic.LESSON,
)

# Pages that are no lessons: they have no picture, no question to answer, and no place in the order. The first shows all
# lessons, the second finds the lesson that answers a question.
MAP = Lesson("lessons", "All lessons", "What there is to learn", "", ":material/map:")
QUERY = Text("Your question, or an error message", 2000, "", "Words, or what torch has said. Numbers do not matter.")
FIND = Lesson("find", "Find an answer", "What are you stuck on?", "", ":material/search:", controls={"q": QUERY})
OTHER = (MAP, FIND)


def named(stem: str) -> Lesson | None:
    """The lesson with this stem, or None."""
    return next((lesson for lesson in SYLLABUS if lesson.stem == stem), None)


def number(lesson: Lesson) -> int:
    """The place of a lesson in the order, from 1."""
    return SYLLABUS.index(lesson) + 1


def following(lesson: Lesson) -> Lesson | None:
    """The next lesson, or None."""
    return SYLLABUS[number(lesson)] if number(lesson) < len(SYLLABUS) else None


def preceding(lesson: Lesson) -> Lesson | None:
    """The lesson before, or None."""
    return SYLLABUS[number(lesson) - 2] if number(lesson) > 1 else None
