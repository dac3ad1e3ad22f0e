"""The page of the search."""

import pytest

from components.ui.finder import EXAMPLES
from components.ui.search import find
from components.ui.syllabus import FIND
from tests.pages.app import texts, visit


def test_without_a_question_it_has_examples() -> None:
    app = visit(FIND)
    assert texts(app, "exception") == []
    assert texts(app, "title") == [FIND.question]
    assert [link.proto.label for link in app.get("page_link") if link.proto.page == FIND.stem] == [
        f"`{example}`" for example in EXAMPLES
    ]


@pytest.mark.parametrize("query", EXAMPLES)
def test_an_example_has_results_with_a_link_each(query: str) -> None:
    app = visit(FIND, {"q": query})
    results = find(query)
    assert results
    opened = [(link.proto.page or "live", link.proto.query_string) for link in app.get("page_link")]
    assert [page for page, _ in opened] == [found.lesson.stem for found in results]
    assert [bool(query) for _, query in opened] == [bool(found.asked.link) for found in results]
    assert texts(app, "warning") == []


@pytest.mark.parametrize("query", ["pizza", "<script>alert(1)</script>", "[x](https://example.org)", "*" * 1999])
def test_words_that_fit_nothing_get_a_sentence(query: str) -> None:
    app = visit(FIND, {"q": query})
    assert texts(app, "exception") == []
    (said,) = texts(app, "info")
    assert said.startswith("Nothing fits")
    assert query not in said


def test_a_line_that_is_too_long_is_remarked_on() -> None:
    app = visit(FIND, {"q": "x" * 3000})
    assert texts(app, "exception") == []
    assert app.text_input(key="q").value == "" or texts(app, "warning")


def test_on_a_lesson_the_query_has_no_effect() -> None:
    from components.ui.syllabus import SYLLABUS

    (said,) = texts(visit(SYLLABUS[2], {"q": "loss nan"}), "warning")
    assert "`q` has no effect here" in said
