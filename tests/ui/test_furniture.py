"""The parts of a page that are more than one call of Streamlit."""

from streamlit.testing.v1 import AppTest

from components.ui.syllabus import SYLLABUS
from tests.pages.app import assert_stands, visit


def referring() -> None:
    """A script with a link to a lesson that does not exist, and a printed text."""
    from components.ui import furniture

    furniture.refer("no_such_lesson", "Nowhere")
    furniture.printed("a  `b`\n\n  *c*")


def test_a_lesson_that_does_not_exist_is_not_linked() -> None:
    """`refer` shows nothing then, so a page can be written before the lesson that it links to."""
    app = AppTest.from_function(referring).run()
    assert len(app.exception) == 0
    assert len(app.get("page_link")) == 0
    assert len(app.code) == 1


def test_what_is_printed_stands_there_character_for_character() -> None:
    """It stands in a block without a language, unlike a program."""
    (block,) = AppTest.from_function(referring).run().code
    assert block.value == "a  `b`\n\n  *c*"
    assert block.language != "python"


def test_a_lesson_that_exists_is_linked() -> None:
    """The first lesson links to the next one at its end, as in its head."""
    app = visit()
    assert_stands(app)
    *head, last = (link.proto.page for link in app.get("page_link"))
    assert last == SYLLABUS[1].stem
    assert last in head
