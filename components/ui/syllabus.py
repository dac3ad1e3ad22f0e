"""The lessons in their order. A new lesson needs a folder, a page and a line here."""

from components.lessons import (
    batches,
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
)


def named(stem: str) -> Lesson | None:
    """The lesson with this stem, or None."""
    return next((lesson for lesson in SYLLABUS if lesson.stem == stem), None)


def following(lesson: Lesson) -> Lesson | None:
    """The next lesson, or None."""
    place = SYLLABUS.index(lesson) + 1
    return SYLLABUS[place] if place < len(SYLLABUS) else None
