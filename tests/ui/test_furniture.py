"""What lessons are made of, where it is more than one call of Streamlit."""

from streamlit.testing.v1 import AppTest

from tests.pages.app import assert_stands, visit


def referring() -> None:
    """Two references, as a script."""
    from components.ui import furniture

    furniture.refer("no_such_lesson", "Nowhere")
    furniture.printed("a  `b`\n\n  *c*")


def test_a_lesson_that_does_not_exist_is_not_linked() -> None:
    """A reference to it leaves no trace, so that a page can be written before the one it names."""
    app = AppTest.from_function(referring).run()
    assert len(app.exception) == 0
    assert len(app.get("page_link")) == 0
    assert len(app.code) == 1


def test_what_is_printed_stands_there_character_for_character() -> None:
    """In a block without a language, which tells it from a program."""
    (block,) = AppTest.from_function(referring).run().code
    assert block.value == "a  `b`\n\n  *c*"
    assert block.language != "python"


def test_a_lesson_that_exists_is_linked() -> None:
    """The way on from the first lesson is such a link."""
    app = visit()
    assert_stands(app)
    assert len(app.get("page_link")) == 1
