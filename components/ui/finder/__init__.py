"""The page of the search: a line to type or paste into, and the lessons that answer."""

from pathlib import Path

import streamlit as st

from components.ui.component import script
from components.ui.search import Found, entries, find
from components.ui.shell import Page
from components.ui.syllabus import QUERY, number

INTRODUCTION = (
    "Type a question in a few words, or paste the error message that torch gave you. Each result opens the lesson with "
    "settings that show the answer."
)
EXAMPLES = (
    "expected hidden size",
    "retain_graph",
    "h_n[-1]",
    "loss nan",
    "always the same prediction",
    "gate order keras",
)


_OPEN = st.components.v2.component("unrolled_open", js=script(Path(__file__).parent / "open.js"))


def show(page: Page) -> None:
    """Show the line, and the results for what is in it."""
    with page.picture:
        st.markdown(INTRODUCTION)
        query = st.text_input(
            QUERY.label,
            key="q",
            bind="query-params",
            max_chars=QUERY.longest,
            help=QUERY.help,
            icon=":material/search:",
        )
        if not query.strip():
            _show_examples()
            return
        results = find(query)
        if not results:
            st.info(
                f"Nothing fits these words. There are {len(entries())} answers, all on LSTMs in PyTorch. Try one word "
                "of the message, or the name of a function. Does your program run without an error, but badly? "
                "*Find the fault* has programs of this kind, and probes for your own model.",
                icon=":material/search_off:",
            )
            _show_examples()
        for place, result in enumerate(results):
            _show(result, place)
        _OPEN(key="open", height="content")


def _show(result: Found, place: int) -> None:
    lesson, asked = result.lesson, result.asked
    with st.container(border=True, gap=None, key=f"result_{place}"):
        label = asked.question.replace("[", "\\[").replace("]", "\\]")
        st.page_link(
            f"pages/{lesson.stem}.py", label=f":primary[**{label}**]", icon="", query_params=dict(asked.link) or None
        )
        if result.is_message:
            st.markdown(":small[:primary[:material/check: **This is the message.**]]")
        seen = f"Lesson {number(lesson)}, {lesson.title}" + (
            f" · seen in {_address(asked.source)}" if asked.source else ""
        )
        st.markdown(f"{asked.answer}  \n:small[:gray[{seen}]]")


def _address(source: str) -> str:
    """A report as a link. `owner/name#number` is an issue on GitHub."""
    if "#" not in source or source.startswith("http"):
        return source
    repository, _, issue = source.partition("#")
    return f"[{source}](https://github.com/{repository}/issues/{issue})"


def _show_examples() -> None:
    st.markdown("For example:")
    with st.container(horizontal=True, gap="small"):
        for example in EXAMPLES:
            st.page_link("pages/find.py", label=f"`{example}`", icon="", query_params={"q": example})
