"""The lesson on views: the typed line is obeyed or refused in words, and its claims are computed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from components.lessons.views import LINE
from components.lessons.views.facts import parse, positions, rearrange
from components.lessons.views.family.facts import BOTH, COPY, VIEW, family, mixing
from components.lessons.views.show import FAMOUS
from components.settings import Settings, meet
from components.ui.furniture import SHOW_ME
from components.ui.syllabus import SYLLABUS
from tests import fresh
from tests.lessons.views.test_facts import lines, mutations
from tests.pages.app import answer, answers_of, assert_stands, attempts, done, linked, texts, visit
from tests.pages.test_pages import blocks

steady = examples(deadline=None, derandomize=True, max_examples=60)
VIEWS = next(lesson for lesson in SYLLABUS if lesson.stem == "views")
FAMOUS_LINES = [famous.line for famous in FAMOUS.values()]


def open_views(line: str | None = None, **link: Any) -> AppTest:
    """A new session on this page, with a line."""
    return visit(VIEWS, link | ({} if line is None else {"line": line}))


def stages(app: AppTest) -> list[list[str]]:
    """The table of the chain: step, shape and strides, memory."""
    (text,) = [text for text in texts(app, "markdown") if "| the line so far | shape" in text]
    rows = [row for row in text.splitlines() if row.startswith("| `")]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


def wrong(app: AppTest) -> list[str]:
    """What the page says against the line, above the picture: a line that it cannot use, or a step not taken."""
    signs = (":material/keyboard_off:", ":material/block:")
    return [text for text in texts(app, "markdown") if any(sign in text for sign in signs)]


def said(app: AppTest) -> str:
    """All that the page says of the line, as one text."""
    kinds = ("markdown", "error", "info", "warning", "success")
    return "\n".join(text for kind in kinds for text in texts(app, kind))


def test_it_opens_with_a_line_worth_knowing() -> None:
    """The default line is one of the list, and is shown as chosen."""
    app = open_views()
    assert_stands(app)
    assert app.session_state["line"] == LINE.default
    assert FAMOUS[app.session_state["famous"]].line == LINE.default
    assert stages(app) == [
        ["x", "(5, 2, 3) · (6, 3, 1)", "that of `x`, contiguous"],
        [".transpose(0, 1)", "(2, 5, 3) · (3, 6, 1)", "that of `x`, not contiguous"],
    ]
    assert "On this page Batch size is 2" in said(app)


@pytest.mark.parametrize("name", FAMOUS)
def test_a_famous_line_is_taken(name: str) -> None:
    """Chosen, it stands in the field; what is said of it is true: what raises raises, what copies copies."""
    app = open_views()
    app.button_group(key="famous").set_value(name).run()
    assert_stands(app)
    line = FAMOUS[name].line
    assert app.session_state["line"] == line
    x = positions((5, 2, 3))
    chain = rearrange(x, parse(line, {"T": 5, "B": 2, "I": 3}))
    assert bool(wrong(app)) == (chain.not_taken is not None) == (not FAMOUS[name].remark)
    copied = chain.result.untyped_storage().data_ptr() != x.untyped_storage().data_ptr()
    assert ("**Not shared:**" in said(app)) == copied == ("cop" in FAMOUS[name].remark)
    assert len(stages(app)) == len(chain.stages) + (chain.not_taken is not None)


@pytest.mark.parametrize(
    "settings", [Settings(), Settings(seq_len=1, input_size=1), Settings(seq_len=200, batch_size=16, input_size=64)]
)
def test_famous_lines_hold_for_every_size(settings: Settings) -> None:
    """At the smallest and the largest sizes each line ends as it does at the defaults."""
    settings, _ = meet(settings, VIEWS.needs)
    sizes = settings.seq_len, settings.batch_size, settings.input_size
    for famous in FAMOUS.values():
        app = visit(VIEWS, linked(settings) | {"line": famous.line})
        assert_stands(app)
        chain = rearrange(positions(sizes), parse(famous.line, dict(zip("TBI", sizes, strict=True))))
        assert (chain.not_taken is None) == bool(famous.remark)
        assert ("**Not shared:**" in said(app)) == ("cop" in famous.remark)


def test_a_refusal_is_in_torch_s_words_with_the_reason() -> None:
    """`view` after `transpose`: the error's name, the strides that do not fit, what is drawn, and torch's words."""
    app = open_views("x.transpose(0, 1).view(B, -1)")
    (error,) = wrong(app)
    assert "`.view(B, -1)` raises `RuntimeError`" in error
    assert "3 · 1 = 3 cells, but axis 1 goes on by 6" in error
    assert "Shown: the line before `.view(B, -1)`." in said(app)
    before, (step, name, words) = stages(app)[-2:]
    assert (before[0], step, name) == (".transpose(0, 1)", ".view(B, -1)", "RuntimeError")
    assert "at least one dimension spans across two contiguous subspaces" in words


def test_a_refusal_without_a_reason_has_torch_s_words() -> None:
    """Where strides are not the reason, the words of torch stand above the picture."""
    (error,) = wrong(open_views("x.unsqueeze(9)"))
    assert "`.unsqueeze(9)` raises `IndexError`" in error


@pytest.mark.parametrize(
    ("line", "copied"),
    [("x[1:].mT", []), ("x.flip(0).mT.contiguous()", [".flip(0)", ".contiguous()"]), ("x.contiguous()", [])],
)
def test_what_moves_is_said_of_any_line(line: str, copied: list[str]) -> None:
    """Of a line that is not on the list: which steps copied, or that none did."""
    text = said(open_views(line, answers="true"))
    assert ("No number moves" in text) == (not copied)
    assert ("Numbers are copied, by " + " and by ".join(f"`{step}`" for step in copied) in text) == bool(copied)


def test_what_is_no_line_is_said() -> None:
    """One warning says what is wrong and what is drawn instead; the page goes on with `x`."""
    app = open_views("x.sum()")
    assert_stands(app)
    (warning,) = wrong(app)
    assert "`.sum` is not among the methods" in warning
    assert "Shown: `x`." in warning
    assert [row[0] for row in stages(app)] == ["x"]


@examples(steady, max_examples=80)
@given(line=st.one_of(st.text(st.characters(codec="utf-8"), max_size=220), mutations(), lines()))
def test_no_line_breaks_the_page(line: str) -> None:
    """Whatever a link carries as a line: the page stands, and says at most one thing against it."""
    app = open_views(line)
    assert_stands(app)
    assert len(wrong(app)) <= 1
    for text in [*wrong(app), *texts(app, "warning")]:
        assert len(text) < 1000


@pytest.mark.parametrize(("raw", "used"), [(["x", "x.mT"], "`x.mT` is used"), ("x" * 300, "at most 200 characters")])
def test_a_link_s_line_that_is_not_used_is_said(raw: Any, used: str) -> None:
    """Given twice, or too long: the link is remarked upon."""
    app = open_views(raw)
    assert_stands(app)
    assert any(used in text for text in texts(app, "warning"))


def test_a_link_s_line_is_followed_silently() -> None:
    """A line as the app writes it is used, and nothing is said of the link."""
    for line in ("x", *FAMOUS_LINES):
        app = open_views(line, write="true")
        assert app.session_state["line"] == line
        assert app.session_state["write"] is True
        assert texts(app, "warning") == []


def test_other_pages_say_that_a_line_has_no_effect() -> None:
    """`line` belongs to this page; a link to another with it is told so."""
    app = visit(SYLLABUS[0], {"line": "x"})
    (warning,) = texts(app, "warning")
    assert "`line` has no effect here." in warning


# The check


@steady
@given(seq_len=st.integers(2, 9), batch=st.integers(2, 5), features=st.integers(2, 6))
def test_the_verdicts_are_computed(seq_len: int, batch: int, features: int) -> None:
    """The counts in both verdicts are those of the comparisons for these sizes."""
    link = {"seq_len": str(seq_len), "batch_size": str(batch), "input_size": str(features), "answers": "true"}
    app = open_views(None, **link)
    x = positions((seq_len, batch, features))
    mixed, found = mixing(x), family(x)
    (verdict,) = [text for text in texts(app, "info") if "Not the same numbers" in text]
    assert f"{mixed.same} of {mixed.total} places" in verdict
    (right,) = [text for text in texts(app, "success") if "remark holds" in text]
    both, copies = found.count(BOTH), found.count(COPY)
    assert (
        f"`view` works in {both}, `reshape` in {both + copies}, and `view` without `reshape` in {found.count(VIEW)}"
        in right
    )


def test_the_check_waits_for_an_answer() -> None:
    """No verdict before the prediction; the right answer, a wrong one and "Show me" all open it."""
    app = open_views()
    assert not [text for text in texts(app, "info") if "Not the same" in text]
    for option in (*answers_of(app), SHOW_ME):
        app = answer(open_views(), option)
        assert [text for text in texts(app, "info") if "Not the same" in text]
        assert bool([t for t in texts(app, "success") if "**Right.**" in t]) == ("mixes" in option)


def test_an_answer_moves_no_picture() -> None:
    """What is above the picture is the same before and after an answer: nothing, unless the line is wrong."""
    for line in ("x.view(B, T, I)", "x.transpose(0, 1).view(-1)"):
        assert wrong(open_views(line)) == wrong(open_views(line, answers="true"))


# Try it


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x", []),
        ("x.transpose(0, 1).reshape(B, -1)", ["One row for each sample"]),
        ("x.swapaxes(0, 1).flatten(1, 2)", ["One row for each sample"]),
        ("x.view(B, -1)", []),
        ("x.transpose(0, 1).view(B, -1)", []),
        ("x[0, 0, 0].expand(1000)", ["A thousand elements, one cell"]),
        ("x[0, 0, :1].expand(50, 40, 1)", ["A thousand elements, one cell"]),
        ("x[0, 0, :2].unsqueeze(0).expand(1000, -1)", []),
        ("x[0, 0, 0].expand(999)", []),
        ("x[0, 0, 0].expand(1000).contiguous()", []),
    ],
)
def test_experiments_are_recognised(line: str, found: list[str]) -> None:
    """What does what was asked is confirmed, whichever way it is written; what only looks like it is not."""
    assert list(done(open_views(line, write="true", answers="true"))) == found


def test_a_line_is_not_yet_written_into() -> None:
    """The attempt asks for a line and for a write: the line alone is found, but the attempt is not done."""
    app = open_views("x[0, 0, 0].expand(1000)", answers="true")
    assert done(app) == {}
    assert "The line is found" in attempts(app)["A thousand elements, one cell"]


def test_no_button_does_an_attempt() -> None:
    """Each famous line, also when it is written into, leaves both attempts open."""
    for line in FAMOUS_LINES:
        assert done(open_views(line, write="true", answers="true")) == {}


def test_a_right_shape_with_mixed_rows_is_named() -> None:
    """The shape alone is not enough, and the page says what the first row holds."""
    assert "row 0 holds numbers of samples A, B" in said(open_views("x.view(B, -1)", answers="true"))


# Code


def test_the_programs_of_lines_run() -> None:
    """Each famous line's program runs in a fresh process, or raises the error it names."""
    found = [blocks(open_views(line))[0] for line in FAMOUS_LINES]
    sources = [source for programs in found for source in programs]
    assert len(sources) == len(FAMOUS_LINES)
    for source, ran in zip(sources, fresh.run_all(sources), strict=True):
        assert (ran.returncode == 0) == (not source.startswith("# raises: "))
        if ran.returncode:
            assert f"\n{source.splitlines()[0].removeprefix('# raises: ')}: " in ran.stderr


def test_a_line_beyond_a_limit_has_no_program() -> None:
    """What this page does not allow cannot be shown to run; it is said."""
    app = open_views("x.expand(1000000, -1, -1, -1)")
    assert_stands(app)
    assert texts(app, "code") == []
    assert "there is no program of it" in said(app)
    assert "This page allows" in wrong(app)[0]


def test_the_numbers_are_also_a_table() -> None:
    """Opened, the table has a row for each element of the result."""
    app = open_views("x[0]", table="true")
    app.session_state["table"] = True
    app.run()
    (table,) = app.dataframe
    assert list(table.value.columns) == ["index", "number", "cell"]
    assert len(table.value) == 6
