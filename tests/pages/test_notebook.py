"""The notebook's page: every digit the notebook printed, two mistakes to be found, and what mending them changes."""

import json
from typing import Any

import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from streamlit.testing.v1 import AppTest

from components.lessons.notebook import MENDS
from components.lessons.notebook.facts import GAP, input_sequence, replay
from components.lessons.notebook.program import AS_IT_WAS, COMPARE, first_cells, last_cell, program
from components.lessons.notebook.show import HEADLINES, PRINTED
from components.settings import FIELDS, Settings
from components.ui.figures import scientific
from components.ui.furniture import SHOW_ME
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.lessons.notebook.test_facts import HIDDEN, INPUT_SEQUENCE, OUT, nameless
from tests.lstm.strategies import settings_id
from tests.pages.app import answer, answers_of, assert_stands, attempts, done, linked, take_along, texts, visit

NOTEBOOK = next(lesson for lesson in SYLLABUS if lesson.stem == "notebook")
CASES = [
    Settings(),
    Settings(input_size=1, hidden_size=1, seq_len=1),
    Settings(hidden_size=9, seq_len=12, seed=7),
    Settings(input_size=64, hidden_size=128, seq_len=200),
]
settings_cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)


def open_notebook(settings: Settings | None = None, mends: tuple[bool, bool] = AS_IT_WAS, **view: Any) -> AppTest:
    """A new session on the notebook's page."""
    link = linked(settings or Settings(), **view)
    made = dict(zip(MENDS, mends, strict=True))
    return visit(NOTEBOOK, link | {key: "true" for key, mended in made.items() if mended})


def verdict(app: AppTest) -> tuple[bool, bool, str] | None:
    """The verdict: whether the cell runs, whether it agrees with the loop, and the words. None if there is none."""
    boxes = [(kind == "success", text) for kind in ("success", "info") for text in texts(app, kind)]
    told = [
        (runs, agrees, good, text.removeprefix(f"**{headline}**"))
        for good, text in boxes
        for (runs, agrees), headline in HEADLINES.items()
        if text.startswith(f"**{headline}**")
    ]
    if not told:
        return None
    ((runs, agrees, good, text),) = told
    assert good == (runs and agrees)
    return runs, agrees, text


def pictured(app: AppTest) -> dict[str, pd.DataFrame]:
    """The datasets of the picture."""
    (chart,) = app.get("vega_lite_chart")
    return {dataset.name: pa.ipc.open_stream(dataset.data.data).read_pandas() for dataset in chart.proto.datasets}


def prints(app: AppTest) -> list[str]:
    """What the cells print."""
    return [block.value for block in app.code if block.language != "python"]


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
    assert code == [last_cell(mends), first_cells(settings), COMPARE, program(settings, mends)]
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
    """Before an answer nothing gives them away: no verdict, no number of the call, no switch to press, no word."""
    app = open_notebook()
    assert verdict(app) is None
    assert pictured(app)["cells"]["call"].isna().all()
    assert pictured(app)["differences"].empty
    assert all(app.toggle(key=key).disabled for key in MENDS)
    said = " ".join(texts(app, "markdown"))
    assert not any(word in said for word in ("NameError", "is about to make", "drawn again", "`len(", "earlier run"))


def test_every_answer_reveals_and_one_is_right() -> None:
    """Each answer gives the verdict and frees the switches. To three the page says no, and where to look."""
    judged = []
    options = answers_of(open_notebook())
    for option in options:
        app = answer(open_notebook(), option)
        assert_stands(app)
        assert verdict(app) is not None
        assert not any(app.toggle(key=key).disabled for key in MENDS)
        judged.append(any(text.startswith("**Right.**") for text in texts(app, "success")))
        (no,) = [text for text in texts(app, "warning") if text.startswith("**No.**")] or [""]
        assert judged[-1] == (not no)
        assert ("what `len` gets" in no) == (option.startswith("it runs"))
        assert ("at t = 0" in no) == ("agrees" in option)
    assert judged == [option.startswith("it raises") and "differs" in option for option in options]
    assert verdict(answer(open_notebook(), SHOW_ME)) is not None


@settings_cases
def test_each_switch_mends_its_own_mistake(settings: Settings) -> None:
    """All four states: the first switch is about the error, the second about the difference, each alone."""
    for mends in ((False, False), (True, False), (False, True), (True, True)):
        told = verdict(open_notebook(settings, mends, answers=True))
        assert told is not None
        *states, text = told
        assert tuple(states) == mends
        assert ("`NameError: name 'inputs' is not defined`" in text) == (not mends[0])
        largest = max(replay(settings, mends[1]).comparison.per_step)
        same = scientific(largest) if largest else "Not one bit differs"
        assert (same if mends[1] else f"{largest:.2g}") in text


def test_pressed_on_the_page_the_switches_turn_the_verdict() -> None:
    """In one session, one after the other, and back."""
    app = open_notebook(answers=True)
    for key, good in (
        ("mend_first", (True, False)),
        ("mend_second", (True, True)),
        ("mend_first", (False, True)),
        ("mend_second", (False, False)),
    ):
        app.toggle(key=key).set_value(not app.toggle(key=key).value).run()
        assert_stands(app)
        told = verdict(app)
        assert told is not None
        assert told[:2] == good


@settings_cases
@pytest.mark.parametrize("mends", [(False, False), (True, True)])
def test_the_picture_has_both_runs(settings: Settings, mends: tuple[bool, bool]) -> None:
    """h of call and loop at t = 0..T, for the units that fit, and the largest difference of all units at each step."""
    run = replay(settings, mends[1])
    found = pictured(open_notebook(settings, mends, answers=True))
    cells = found["cells"]
    for name, states in (("call", run.call), ("loop", run.loop)):
        shown = cells.pivot(index="t", columns="row", values=name).to_numpy()
        assert shown.shape[0] == settings.seq_len + 1
        assert (shown == states[:, : shown.shape[1]]).all()
    assert found["differences"]["difference"].tolist() == list(run.comparison.per_step)


def test_units_that_are_not_shown_are_named() -> None:
    """The picture says so if it does not show all units. At the defaults nothing is left out."""
    few, many = (
        " ".join(texts(open_notebook(settings, answers=True), "markdown")) for settings in (Settings(), CASES[-1])
    )
    assert "Shown: units" not in few
    assert "of 128. The bars are for all units." in many


def test_the_picture_keeps_its_structure() -> None:
    """Answered or not, mended or not, longer or not: one specification. So the browser draws it again in place."""
    (plain,) = open_notebook().get("vega_lite_chart")
    assert {dataset.name for dataset in plain.proto.datasets} == datasets(json.loads(plain.proto.spec))
    for settings, mends in ((Settings(), (False, False)), (Settings(seq_len=9, seed=3), (True, True))):
        (chart,) = open_notebook(settings, mends, answers=True).get("vega_lite_chart")
        assert chart.proto.spec == plain.proto.spec
        assert chart.proto.alt == plain.proto.alt


# The experiment


def test_a_mistake_that_hides_is_recognised() -> None:
    """A long sequence ends alike in spite of the mistake: the page confirms, with the differences as they are."""
    settings = Settings(seq_len=40)
    steps = replay(settings).comparison.per_step
    assert steps[-1] < PRINTED < max(steps)
    text = done(open_notebook(settings, answers=True))["A mistake that hides"]
    assert f"At t = 40 they differ by {scientific(steps[-1])}, " in text
    assert f"at t = {steps.index(max(steps)) + 1} by {max(steps):.2g}." in text


def test_other_states_are_not_taken_for_it() -> None:
    """Too short, mended, or not yet asked: nothing is confirmed, and before an answer there is no attempt."""
    short = open_notebook(answers=True)
    mended = open_notebook(Settings(seq_len=40), (True, True), answers=True)
    unasked = open_notebook(Settings(seq_len=40))
    difference = replay(Settings()).comparison.per_step[-1]
    assert f"they differ by {difference:.2g}." in attempts(short)["A mistake that hides"]
    assert "turn the second switch off" in attempts(mended)["A mistake that hides"]
    assert attempts(unasked) == {}
    for app in (short, mended, unasked):
        assert done(app) == {}
