"""Every lesson: it stands for any settings and any link, says what it could not use, and its code is whole."""

import ast
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from components.lessons.live import LABELS
from components.lessons.live.check.facts import MISTAKES
from components.settings import DEFAULTS, FIELDS, MAIN, VIEWS, Choice, Settings, Text, fixing, meet
from components.ui import links
from components.ui.lesson import Lesson
from components.ui.syllabus import OTHER, SYLLABUS, following
from tests import ROOT, fresh
from tests.lstm.strategies import any_settings, settings_id
from tests.pages.app import assert_stands, attempts, held, linked, take_along, texts, visit

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=120)

lessons = pytest.mark.parametrize("lesson", SYLLABUS, ids=lambda lesson: lesson.stem)


def shared_out(values: Sequence[Any]) -> list[tuple[Lesson, Any]]:
    """Every value on the first lesson, and on one of the others in turn: links are the shell's, which all share."""
    return [
        (lesson, value)
        for place, lesson in enumerate(SYLLABUS)
        for number, value in enumerate(values)
        if not place or number % (len(SYLLABUS) - 1) == place - 1
    ]


def sampled(values: Sequence[Any]) -> pytest.MarkDecorator:
    """A test for each of these pairs."""
    cases = shared_out(values)
    return pytest.mark.parametrize(
        ("lesson", "value"), cases, ids=[f"{lesson.stem}-{ascii(value)[:14]}" for lesson, value in cases]
    )


LARGEST: dict[str, Any] = {"input_size": 64, "hidden_size": 128, "seq_len": 200}
EXTREMES: dict[str, tuple[Settings, dict[str, Any]]] = {
    "smallest": (Settings(input_size=1, hidden_size=1, seq_len=1), {}),
    "smallest both ways": (
        Settings(input_size=1, hidden_size=1, seq_len=1, bidirectional=True),
        {"direction": "reverse"},
    ),
    "largest": (Settings(**LARGEST), {}),
    "largest of all": (
        Settings(**LARGEST, batch_size=16, num_layers=4, bidirectional=True),
        {"sample": 15, "layer": 3, "direction": "reverse", "c_range": 200},
    ),
    "projected to one": (Settings(hidden_size=128, seq_len=200, proj_size=1, num_layers=2), {"layer": 1}),
    "projected to all but one": (Settings(hidden_size=128, proj_size=127, bidirectional=True), {}),
    "one step of a batch": (Settings(seq_len=1, batch_size=16, dtype="float64", batch_first=True), {}),
    "nothing drawn": (Settings(initial_state="zeros", signal="pulse", bias=False), {}),
}


def movable(lesson: Lesson) -> str:
    """A main setting, not the input size, that moves the page. In the clinic none does: it is greyed out there."""
    free = [name for name in ("seq_len", "hidden_size") if name not in {*lesson.idle, *dict(lesson.decides)}]
    assert free or lesson.stem == "clinic", f"neither Sequence length nor Hidden size moves {lesson.stem}"
    return free[0] if free else "hidden_size"


def move(app: AppTest, lesson: Lesson) -> AppTest:
    """Set this setting to 9, as a visitor or, where it is greyed out, as another page would."""
    slider = app.slider(key=movable(lesson))
    if slider.disabled:
        app.session_state[movable(lesson)] = 9
    else:
        slider.set_value(9)
    return app.run()


# Any settings


def test_the_entry_point_opens_the_first_lesson() -> None:
    """Without a page in the address the first lesson opens."""
    app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=60).run()
    assert_stands(app)
    assert texts(app, "title")[0] == SYLLABUS[0].question


@lessons
def test_a_lesson_opens_with_the_defaults(lesson: Lesson) -> None:
    """Its question is the title, every control is at its default, there is nothing to warn of, and it leads on.

    The page ends with a link to the next lesson, if there is one; links on the way lead to lessons too.
    """
    app = visit(lesson)
    assert_stands(app)
    assert texts(app, "title")[0] == lesson.question
    assert {name: held(app, name) for name in FIELDS | VIEWS} == DEFAULTS
    assert texts(app, "warning") == []
    *on_the_way, last = [None, *(element.proto.page for element in app.get("page_link"))]
    after = following(lesson)
    assert after is None or last == after.stem
    assert {*on_the_way, last} <= {None, "", *(one.stem for one in (*OTHER, *SYLLABUS))}


@lessons
def test_the_map_knows_the_tasks_of_a_lesson(lesson: Lesson) -> None:
    """The titles that the lesson names are those of its attempts."""
    assert {*attempts(visit(lesson, {"answers": "true"}))} == {*lesson.tasks}


@lessons
@pytest.mark.parametrize(("settings", "view"), EXTREMES.values(), ids=list(EXTREMES))
def test_a_lesson_stands_at_the_limits(lesson: Lesson, settings: Settings, view: dict[str, Any]) -> None:
    """The smallest and the largest of everything: the page stands, and every control has what the link says."""
    link = linked(settings, **view)
    app = visit(lesson, link)
    assert_stands(app)
    assert texts(app, "warning") == []
    for name, value in (settings.changed() | view).items():
        assert held(app, name) == value
    assert lesson.shown(settings).caption in texts(app, "caption")


@lessons
@examples(steady, max_examples=15)
@given(settings=any_settings(), mistake=st.sampled_from(list(MISTAKES)))
def test_a_lesson_stands_for_any_settings(lesson: Lesson, settings: Settings, mistake: str) -> None:
    """Any allowed settings, with any mistake made and everything unfolded: no exception, and what is shown is whole.

    The caption states T, H and I, and code that is no complete program is, word for word, part of one on the same page.
    """
    app = visit(lesson, linked(settings, mistake, answers=True))
    assert_stands(app)
    programs, excerpts = blocks(app)
    assert_stands(app)
    for excerpt in excerpts:
        assert any(stands_in(excerpt, program) for program in programs), excerpt
    settings = lesson.shown(settings)
    assert settings.caption in texts(app, "caption")
    for letter, value in (("T", settings.seq_len), ("H", settings.hidden_size), ("I", settings.input_size)):
        assert re.search(rf"\b{letter} = {value}\b", settings.caption)


@lessons
def test_controls_move_the_page(lesson: Lesson) -> None:
    """Moved one after another, in one session, the main sliders are stated and each run stands."""
    app = visit(lesson)
    for name, value in (("seq_len", 200), ("hidden_size", 128), ("input_size", 64), ("hidden_size", 1), ("seq_len", 1)):
        if name in {*lesson.idle, *dict(lesson.decides)}:  # greyed out: nobody can move it
            continue
        app.slider(key=name).set_value(value).run()
        assert_stands(app)
        used = max(value, dict(lesson.needs).get(name, value))
        assert any(f"{FIELDS[name].symbol} = {used} ·" in text for text in texts(app, "caption"))


CRISS_CROSS = next(step for step in range(4, 4 + len(SYLLABUS)) if math.gcd(step, len(SYLLABUS)) == 1)


@pytest.mark.parametrize("step", [1, -1, CRISS_CROSS], ids=["onwards", "backwards", "criss-cross"])
def test_settings_stay_from_page_to_page(step: int) -> None:
    """What was chosen on one lesson is what the next one shows, in whichever order they are opened."""
    app = visit(SYLLABUS[0], {"hidden_size": "7", "seed": "42"})
    opened = [SYLLABUS[step * number % len(SYLLABUS)] for number in range(1, len(SYLLABUS) + 1)]
    assert {*opened} == {*SYLLABUS}
    for lesson in opened:
        app.switch_page(f"pages/{lesson.stem}.py").run()
        assert_stands(app)
        assert texts(app, "title")[0] == lesson.question
        assert (app.session_state["hidden_size"], app.session_state["seed"]) == (7, 42)


@lessons
def test_a_job_is_only_where_the_lesson_has_use_for_it(lesson: Lesson) -> None:
    """`weights` is shown with what the job fixes, or greyed out and without effect on any number of the page."""
    app = visit(lesson, {"weights": "latch", "hidden_size": "7"})
    assert_stands(app)
    job = Settings() if "weights" in lesson.idle else Settings.for_job("latch")
    shown, _ = meet(job, lesson.needs, lesson.idle)
    size = shown.hidden_size if job.job else 7
    assert f"H = {size} ·" in texts(app, "caption")[0]
    assert ("latch by hand" in texts(app, "caption")[0]) == bool(job.job)
    app.session_state["settings"] = True
    captions = "\n".join(texts(app.run(), "caption"))
    assert ("Latch fixes" in captions) == bool(job.job)
    assert fixing(job) in captions
    assert app.slider(key="hidden_size").value == 7


@lessons
def test_what_is_idle_changes_nothing(lesson: Lesson) -> None:
    """All idle settings and choices at once have another value: the page says and draws the same."""
    several = {"batch_size": "2", "num_layers": "2", "bidirectional": "true"}  # of which to choose another
    others = {"sample": "1", "layer": "1", "direction": "reverse", "c_range": "5"}
    another = {name: value for name, value in others.items() if name in lesson.idle} | {
        name: next(field.spelling(value) for value in field.options() if value != DEFAULTS[name])
        for name, field in FIELDS.items()
        if name in lesson.idle and name not in MAIN
    }
    # One more than the default: at a size of 1 other settings would not fit.
    another |= {name: str(DEFAULTS[name] + 1) for name in MAIN if name in lesson.idle}
    plain, moved = (take_along(visit(lesson, {"answers": "true"} | several | link)) for link in ({}, another))
    for kind in ("markdown", "caption", "code", "success", "error", "warning", "info"):
        # The line of the settings states the sizes, also those without effect.
        said = [[text for text in texts(app.main, kind) if not text.startswith("T = ")] for app in (moved, plain)]  # type: ignore[arg-type]
        assert said[0] == said[1]
    drawn = [[chart.proto.SerializeToString() for chart in app.get("vega_lite_chart")] for app in (plain, moved)]
    assert drawn[0] == drawn[1]


@lessons
def test_what_does_not_fit_is_said(lesson: Lesson) -> None:
    """A projection as wide as the units, a sample, layer or direction there is not: each is said, with what is used."""
    link = {"proj_size": "9", "hidden_size": "4", "sample": "15", "layer": "3", "direction": "reverse"}
    there = lesson.shown(Settings(proj_size=3))
    app = visit(lesson, link)
    assert_stands(app)
    said = texts(app, "info")
    assert "Projection size 9 is not below Hidden size 4: 3 is used instead." in said
    assert any("Sample 15" in one and f"sample {there.batch_size - 1}" in one for one in said)
    assert any("Layer 3" in one and f"layer {there.num_layers - 1}" in one for one in said)
    assert there.bidirectional or any("no reverse direction" in one for one in said)


# Any link

HOSTILE = [
    "-1",
    "0x4",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "1e2",
    "1e400",
    "04",
    "1_0",
    "4.0",
    "12.7",
    "+4",
    " 4",
    "",
    " ",
    "None",
    "null",
    "[]",
    "4;5",
    "9" * 400,
    "-" + "9" * 400,
    "0." + "3" * 400,
    "٤",
    "\uff14",
    "四",
    "½",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "`4`",
    "$4$",
    "**4**\n# 4",
    ":red[4]",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%00",
    "\x00",
    "\u202e4",
    "🙂",
    "a" * 5000,
]


def assert_used_and_said(app: AppTest, link: dict[str, Any]) -> None:
    """What is used is allowed; exactly where that is not what the link says, a sentence names key and used value."""
    assert_stands(app)
    known = FIELDS | VIEWS | links.IN_PAGES
    told = [text for text in texts(app, "warning") if "Some parts of this link" in text]
    sentences = told[0].split("\n- ")[1:] if told else []
    wrong = 0
    for name, raw in link.items():
        raws = raw if isinstance(raw, list) else [raw]
        if name not in known:
            wrong += 1
            continue
        placed: dict[str, Any] = app.session_state[links.PLACED] if links.PLACED in app.session_state else {}  # noqa: SIM401 (has no get)
        absent = name not in app.session_state and name not in placed
        if absent and name in links.IN_PAGES:  # the page has no such control now
            wrong += 1
            assert len(link) > 8 or f"`{name}` has no effect here." in sentences
            continue
        used = placed[name] if name in placed else held(app, name)
        if used is None and raws == [""] and name in FIELDS | VIEWS:
            used = DEFAULTS[name]  # a greyed out control that a link has emptied stays empty
        # Any text may be typed: whether it is of use is the page's to say.
        assert isinstance(known[name], Text) or used in list(known[name].options()), (name, used)
        if raws == [known[name].spelling(used)]:
            continue
        wrong += 1
        if len(link) <= 8:
            assert any(
                one.startswith(f"`{name}") and f"`{known[name].spelling(used)}` is used" in one for one in sentences
            ), (name, raw, sentences)
    assert len(told) == (1 if wrong else 0)
    assert len(sentences) == min(wrong, 9 if wrong > 8 else 8)
    assert all(len(sentence) < 260 for sentence in sentences)


@sampled(HOSTILE)
def test_a_hostile_value_is_not_used_and_said(lesson: Lesson, value: str) -> None:
    """A value the app would not write itself: what is used is within the limits, and a warning names both."""
    link: dict[str, Any] = dict.fromkeys((*MAIN, "batch_size", "dtype", "bidirectional", "c_range"), value)
    app = visit(lesson, link)
    assert_used_and_said(app, link)
    assert len(texts(app, "warning")) == 1
    app.run()
    assert texts(app, "warning") == []  # said once


@sampled([*FIELDS, *VIEWS])
def test_every_control_bears_a_hostile_link(lesson: Lesson, value: str) -> None:
    """Each key alone, with a value, with a repeated one, and with its own spelling in capitals."""
    name, field = value, (FIELDS | VIEWS)[value]
    spelled = field.spelling(DEFAULTS[name])
    for raw in ("-7", "inf", "<b>", "", [spelled, spelled], spelled.upper()):
        assert_used_and_said(visit(lesson, {name: raw}), {name: raw})


@lessons
def test_an_emptied_choice_is_the_default(lesson: Lesson) -> None:
    """`?name=`, be the control greyed out or not: the page comes to rest, with the default, and says so."""
    choices = [name for name, field in (FIELDS | VIEWS).items() if isinstance(field, Choice)]
    app = visit(lesson, dict.fromkeys(choices, ""))
    assert_stands(app)
    (said,) = texts(app, "warning")
    for name in choices:
        assert f"`{name}=` is not one of" in said
        assert f"`{(FIELDS | VIEWS)[name].spelling(DEFAULTS[name])}` is used" in said


VALUES = st.one_of(
    st.sampled_from(HOSTILE),
    st.integers(-300, 300).map(str),
    st.floats().map(str),
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.lists(st.integers(-5, 300).map(str), min_size=2, max_size=4),
    st.sampled_from(["true", "false", "float64", "sine", "zeros", "reverse", *LABELS.values()]),
)
KEYS = st.one_of(
    st.sampled_from([*FIELDS, *VIEWS, *links.IN_PAGES]),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(lambda key: not key.startswith("embed")),
)


@steady
@given(lesson=st.sampled_from(SYLLABUS), link=st.dictionaries(KEYS, VALUES, min_size=1, max_size=8))
def test_any_link_at_all(lesson: Lesson, link: dict[str, Any]) -> None:
    """Whatever keys and values a link has, the page stands and says what it did not use."""
    assert_used_and_said(visit(lesson, link), link)


def test_a_long_link_is_said_shortly() -> None:
    """A hundred unknown keys of thousands of characters: eight are named, cut short, and the rest counted."""
    link = {f"{number}{'x' * 2000}": "y" * 2000 for number in range(100)}
    app = visit(SYLLABUS[0], link)
    assert_stands(app)
    (said,) = texts(app, "warning")
    assert said.count("is not a setting and is ignored.") == 8
    assert said.endswith("- … and 92 more.")
    assert len(said) < 1000


@sampled([*FIELDS, *VIEWS])
def test_a_link_the_app_itself_wrote_is_followed_silently(lesson: Lesson, value: str) -> None:
    """The first and the last value in the app's own spelling: used as it is, and nothing is said of the link."""
    name, field = value, (FIELDS | VIEWS)[value]
    options = list(field.options())
    for chosen in {options[0], options[-1]} if name != "proj_size" else {0, 3}:
        app = visit(lesson, {name: field.spelling(chosen)})
        assert_stands(app)
        assert app.session_state[name] == chosen
        assert texts(app, "warning") == []


# Code on a page


IMPORTS = re.compile(r"(# raises: (?P<error>\w+)\n)?(import|from) ")
CODE: list[tuple[Settings, str]] = [
    (Settings(), "none"),
    (Settings(), "as_batch"),
    (Settings(), "forward_loop"),
    (Settings(proj_size=2, num_layers=2, bidirectional=True, batch_first=True, batch_size=2), "redraw"),
    (Settings(signal="sine", dtype="float64", initial_state="zeros", proj_size=1), "h_only"),
    (Settings(signal="pulse", batch_size=2, bias=False), "as_batch"),
    (Settings.for_job("delay", batch_size=2), "h_only"),
]


def blocks(app: AppTest) -> tuple[list[str], list[str]]:
    """The page's complete programs, and its excerpts; the program to take along is shown when it is asked for."""
    take_along(app)
    # What a program prints stands in a block without a language.
    code = [block.value for block in app.code if block.language == "python"]
    return [one for one in code if IMPORTS.match(one)], [one for one in code if not IMPORTS.match(one)]


def stands_in(excerpt: str, program: str) -> bool:
    """Whether the lines of `excerpt` are lines of `program` in one piece, word for word, indentation aside."""
    few, many = ([line.strip() for line in text.strip().splitlines()] for text in (excerpt, program))
    return any(many[at : at + len(few)] == few for at in range(len(many) - len(few) + 1))


def test_an_excerpt_that_is_changed_is_noticed() -> None:
    """The rule below can fail: a word, a missing line or another order is not word for word."""
    program = "import torch\nfor t in x:\n    a = 1\n    b = 2\n"
    assert stands_in("a = 1\nb = 2", program)
    assert not stands_in("a = 1\nb = 3", program)
    assert not stands_in("b = 2\na = 1", program)
    assert not stands_in("for t in x:\n    b = 2", program)


@lessons
def test_every_complete_program_of_a_page_runs(lesson: Lesson) -> None:
    """A block that begins with its imports runs in a fresh process without a warning, or raises the error it names.

    In all situations on the first lesson, in two on each of the rest, the second in turn: some programs train.
    """
    place = SYLLABUS.index(lesson)
    cases = [CODE[0], CODE[1 + place % (len(CODE) - 1)]] if place else CODE
    found = [blocks(visit(lesson, linked(settings, mistake, answers=True)))[0] for settings, mistake in cases]
    programs = list(dict.fromkeys(program for one in found for program in one))
    for program, done in zip(programs, fresh.run_all(programs), strict=True):
        match = IMPORTS.match(program)
        assert match is not None
        if error := match["error"]:
            assert done.returncode == 1
            assert done.stderr.splitlines()[-1].startswith(f"{error}: ")
        else:
            assert (done.returncode, done.stderr) == (0, "")


# Sessions


@lessons
def test_two_sessions_share_nothing(lesson: Lesson) -> None:
    """What one visitor chooses, answers and does leaves another's page as it was, element for element."""

    def everything(app: AppTest) -> list[Any]:
        kinds = ("title", "caption", "markdown", "code", "info", "success", "warning", "error")
        return [texts(app, kind) for kind in kinds]

    alone = everything(visit(lesson).run())
    one, other = visit(lesson), visit(lesson)
    move(one, lesson)
    other.run()
    one.session_state["input_size"] = 7
    one.run()
    for radio in one.radio:
        radio.set_value(radio.options[0])
    one.run()
    one.session_state["answers"] = True
    one.run()
    assert everything(other.run()) == alone
    assert {name: held(other, name) for name in FIELDS | VIEWS} == DEFAULTS
    assert one.session_state[movable(lesson)] == 9
    assert_stands(one)


# Charts


@lessons
def test_a_chart_is_described_in_words_that_hold(lesson: Lesson) -> None:
    """Every chart says what is seen, and says the same for other numbers: a new description starts the chart anew."""
    app = visit(lesson, linked(Settings(), answers=True))
    before = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    assert all(len(alt) > 40 for alt in before)
    move(app, lesson)
    assert [chart.proto.alt for chart in app.get("vega_lite_chart")] == before


# Page files


OPENS = ast.dump(ast.parse("page = open_lesson()").body[0])


def faults(source: str) -> list[str]:
    """What a page file must not have: functions, classes, imports of anything but streamlit and components, length.

    And another beginning than opening the lesson: that is what puts the shell around a page whose address is the first
    that a process is asked for.
    """
    found = []
    page = ast.parse(source)
    words = ast.get_docstring(page) is not None
    statements = [node for node in page.body[words:] if not isinstance(node, ast.Import | ast.ImportFrom)]
    if not statements or ast.dump(statements[0]) != OPENS:
        found.append("beginning")
    for node in ast.walk(page):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                found.append("function")
            case ast.ClassDef():
                found.append("class")
            case ast.Import(names=names):
                found += [alias.name for alias in names if alias.name.partition(".")[0] not in ALLOWED]
            case ast.ImportFrom(module=module, level=level):
                found += [str(module)] if level or str(module).partition(".")[0] not in ALLOWED else []
    return found + (["length"] if len(source.splitlines()) > 90 else [])


ALLOWED = ("streamlit", "components")
OPEN = "page = open_lesson()\n"


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.stem)
def test_a_page_file_is_a_script(path: Path) -> None:
    """It opens its lesson first; no function, no class, no import but streamlit's and the project's own, 90 lines."""
    assert faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"{OPEN}def f():\n    pass", ["function"]),
        (f"{OPEN}f = lambda: 1", ["function"]),
        (f"{OPEN}class A:\n    pass", ["class"]),
        (f"{OPEN}if True:\n    import torch", ["torch"]),
        (f"from pandas import DataFrame\n{OPEN}", ["pandas"]),
        (f"from . import other\n{OPEN}", ["None"]),
        (f"import streamlit as st\nfrom components.ui import shell\n{OPEN}", []),
        (f'"""A question?"""\n\nimport streamlit as st\n\n{OPEN}st.write(1)', []),
        (OPEN + "\n" * 90 + "a = 1", ["length"]),
        (f"import streamlit as st\nst.write(1)\n{OPEN}", ["beginning"]),
        ("import streamlit as st", ["beginning"]),
        ("page = open_lesson(1)", ["beginning"]),
    ],
)
def test_a_fault_in_a_page_file_is_found(source: str, expected: list[str]) -> None:
    """The check itself can fail."""
    assert faults(source) == expected


def test_every_page_file_is_a_lesson() -> None:
    """The files in `pages/` are the map and the syllabus, each lesson once, and the last one has none after it."""
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == {lesson.stem for lesson in (*OTHER, *SYLLABUS)}
    assert len({lesson.stem for lesson in SYLLABUS}) == len(SYLLABUS)
    assert [following(lesson) for lesson in SYLLABUS] == [*SYLLABUS[1:], None]


@pytest.mark.parametrize("settings", [Settings(), Settings(seed=3, bidirectional=True)], ids=settings_id)
def test_a_link_of_a_setting_names_no_default(settings: Settings) -> None:
    """These tests write links as the app does: defaults are left out."""
    assert set(linked(settings)) == set(settings.changed())
