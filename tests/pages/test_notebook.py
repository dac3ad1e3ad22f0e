"""The notebook's page: every digit the notebook printed, two mistakes to be found, and what mending them changes."""

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.lessons.notebook import MENDS
from components.lessons.notebook.facts import GAP, input_sequence, replay
from components.lessons.notebook.program import AS_IT_WAS, COMPARE, first_cells, last_cell, program
from components.lessons.notebook.show import PRINTED
from components.settings import FIELDS, Settings
from components.ui.figures import scientific
from components.ui.furniture import SHOW_ME
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.lessons.notebook.test_facts import HIDDEN, INPUT_SEQUENCE, OUT, nameless
from tests.lstm.strategies import settings_id
from tests.pages.app import assert_stands, linked, take_along, texts, visit

NOTEBOOK = next(lesson for lesson in SYLLABUS if lesson.stem == "notebook")
CASES = [
    Settings(),
    Settings(input_size=1, hidden_size=1, seq_len=1),
    Settings(hidden_size=9, seq_len=12, seed=7),
    Settings(input_size=64, hidden_size=128, seq_len=200),
]
settings_cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)
HEADLINES = ("It raises an error.", "It runs.", "The same.", "Not the same.")


def open_notebook(settings: Settings | None = None, mends: tuple[bool, bool] = AS_IT_WAS, **view: Any) -> AppTest:
    """A new session on the notebook's page."""
    link = linked(settings or Settings(), **view)
    made = dict(zip(MENDS, mends, strict=True))
    return visit(NOTEBOOK, link | {key: "true" for key, mended in made.items() if mended})


def verdicts(app: AppTest) -> list[tuple[bool, str]]:
    """The verdicts from top to bottom: whether it is the green box, and what it says."""
    boxes = [(kind == "success", text) for kind in ("success", "error") for text in texts(app, kind)]
    told = [(good, text) for good, text in boxes if text.startswith(tuple(f"**{one}**" for one in HEADLINES))]
    return sorted(told, key=lambda one: not one[1].startswith("**It"))


def prints(app: AppTest) -> list[str]:
    """What the cells print."""
    return [block.value for block in app.code if block.language != "python"]


def task(app: AppTest) -> str:
    """The experiment, done or not."""
    (text,) = [text for text in texts(app, "markdown") if "A mistake that hides" in text]
    return text


# What is printed


def test_every_digit_the_notebook_printed_is_on_the_page() -> None:
    """At the defaults, before anything is answered or mended, in the notebook's own form."""
    displayed, printed = prints(open_notebook())
    assert displayed == INPUT_SEQUENCE
    assert nameless(printed) == f"Inputs shape: torch.Size([5, 1, 3])\n{OUT}\n{HIDDEN}"


@settings_cases
@pytest.mark.parametrize("mends", [(False, False), (True, True)])
def test_the_page_prints_what_torch_prints(settings: Settings, mends: tuple[bool, bool]) -> None:
    """Sizes, seed and mends change the code and what it prints; what is left out is said to be."""
    app = take_along(open_notebook(settings, mends, answers=True))
    assert_stands(app)
    run = replay(settings, mends[1])
    assert prints(app) == [input_sequence(settings), f"Inputs shape: {run.shape}\n{run.out}\n{run.hidden}"]
    code = [block.value for block in app.code if block.language == "python"]
    assert code == [first_cells(settings), last_cell(mends), COMPARE, program(settings, mends)]
    cut = [text for text in texts(app, "markdown") if "lines that are left out" in text]
    assert len(cut) == sum(GAP in text for text in prints(app))
    assert any(f"this version says `{run.grad_fn}`" in text for text in texts(app, "markdown"))


def test_what_has_no_effect_is_said_and_has_none() -> None:
    """Only three sizes and the seed move the page: the other controls are greyed out, and the caption states B = 1."""
    assert set(FIELDS) - set(NOTEBOOK.idle) == {"input_size", "hidden_size", "seq_len", "seed"}
    others = Settings(
        batch_size=4, num_layers=2, bidirectional=True, proj_size=2, bias=False, dtype="float64", signal="sine"
    )
    apps = [open_notebook(answers=True), open_notebook(others, answers=True)]
    for kind in ("title", "caption", "markdown", "code", "info", "success", "error"):
        assert texts(apps[0], kind) == texts(apps[1], kind)
    assert apps[1].session_state["batch_size"] == 4
    assert apps[1].slider(key="batch_size").disabled


# The two mistakes


def test_the_mistakes_are_there_to_be_found() -> None:
    """Before an answer nothing gives them away: no verdict, no chart, no switch to press, no word of what is wrong."""
    app = open_notebook()
    assert verdicts(app) == []
    assert len(app.get("vega_lite_chart")) == 0
    assert all(app.toggle(key=key).disabled for key in MENDS)
    said = " ".join(texts(app, "markdown"))
    assert not any(word in said for word in ("NameError", "is about to make", "drawn again", "`len(", "earlier run"))


def test_every_answer_reveals_and_one_is_right() -> None:
    """Each answer gives both verdicts and frees the switches; three are wrong and name what they take for what."""
    options = [option for option in open_notebook().radio[0].options if option != SHOW_ME]
    judged = []
    for answer in options:
        app = open_notebook()
        app.radio[0].set_value(answer).run()
        assert_stands(app)
        assert len(verdicts(app)) == 2
        assert not any(app.toggle(key=key).disabled for key in MENDS)
        judged.append(any(text.startswith("**Right.**") for text in texts(app, "success")))
        assert judged[-1] or any("may think that" in text for text in texts(app, "warning"))
    assert judged == [answer.startswith("it raises") and "differs" in answer for answer in options]


@settings_cases
def test_each_switch_mends_its_own_mistake(settings: Settings) -> None:
    """All four states: the first switch is about the error, the second about the difference, each alone."""
    for mends in ((False, False), (True, False), (False, True), (True, True)):
        (runs, name), (same, start) = verdicts(open_notebook(settings, mends, answers=True))
        assert (runs, same) == mends
        assert ("`NameError: name 'inputs' is not defined`" in name) == (not mends[0])
        apart = max(replay(settings, mends[1]).comparison.per_step)
        figure = f"{apart:.2g}" if not same else scientific(apart) if apart else "Not one bit differs"
        assert figure in start


def test_pressed_on_the_page_the_switches_turn_the_verdicts() -> None:
    """In one session, one after the other, and back."""
    app = open_notebook(answers=True)
    for key, good in (
        ("mend_first", [True, False]),
        ("mend_second", [True, True]),
        ("mend_first", [False, True]),
        ("mend_second", [False, False]),
    ):
        app.toggle(key=key).set_value(not app.toggle(key=key).value).run()
        assert_stands(app)
        assert [one for one, _ in verdicts(app)] == good


@settings_cases
def test_the_chart_is_fed_what_it_draws_and_keeps_its_structure(settings: Settings) -> None:
    """Mended or not, small or large: one specification; its data are the steps of the two comparisons."""
    (plain,) = open_notebook(answers=True).get("vega_lite_chart")
    for mends in ((False, False), (True, True)):
        (chart,) = open_notebook(settings, mends, answers=True).get("vega_lite_chart")
        assert chart.proto.spec == plain.proto.spec
        assert {dataset.name for dataset in chart.proto.datasets} == datasets(json.loads(chart.proto.spec))
        assert chart.proto.alt == plain.proto.alt
        assert not re.search(r"\d", chart.proto.alt)


# The experiment


def test_a_mistake_that_hides_is_recognised() -> None:
    """A long sequence ends alike in spite of the mistake: the page confirms, with the differences as they are."""
    settings = Settings(seq_len=40)
    steps = replay(settings).comparison.per_step
    assert steps[-1] < PRINTED < max(steps)
    text = task(open_notebook(settings, answers=True))
    assert "**Done.**" in text
    assert f"At t = 40 they differ by {scientific(steps[-1])}, " in text
    assert f"at t = {steps.index(max(steps)) + 1} by {max(steps):.2g}." in text


def test_other_states_are_not_taken_for_it() -> None:
    """Too short, mended, or not yet asked: nothing is confirmed, and before an answer no figure is given."""
    short = task(open_notebook(answers=True))
    assert f"they differ by {replay(Settings()).comparison.per_step[-1]:.2g}." in short
    mended = task(open_notebook(Settings(seq_len=40), (True, True), answers=True))
    unasked = task(open_notebook(Settings(seq_len=40)))
    assert "turn the second switch off" in mended
    for text in (short, mended, unasked):
        assert "**Done.**" not in text
    assert "apart" not in unasked
