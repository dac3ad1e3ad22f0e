"""The lesson on axes: its verdict is the flip's, its switch is the setting, its words follow the sizes."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from streamlit.testing.v1 import AppTest

from components.lessons.shapes import LABELS
from components.lessons.shapes.facts import BREAKAGES, nudge, refusal
from components.settings import Settings, meet
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.lstm.strategies import settings_id, small_settings
from tests.pages.app import assert_stands, linked, take_along, texts, visit

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
SHAPES = next(lesson for lesson in SYLLABUS if lesson.stem == "shapes")
SWAPPED = "**`inputs` and `output` swap their first two axes"
CASES = [
    Settings(batch_size=4),
    Settings(batch_size=4, batch_first=True, num_layers=2, bidirectional=True, proj_size=2),
    Settings(batch_size=7, seq_len=20, hidden_size=8, dtype="float64", bias=False),
    Settings(batch_size=4, seq_len=1),
    Settings(batch_size=4, seq_len=4),
]
cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)


def open_shapes(settings: Settings | None = None, breakage: str = "", **view: Any) -> AppTest:
    """A new session on the lesson."""
    link = linked(settings or Settings(), **view)
    return visit(SHAPES, link | ({"breakage": LABELS[breakage]} if breakage else {}))


def boxes(app: AppTest) -> list[str]:
    return texts(app, "success") + texts(app, "error")


def test_four_samples_are_raised_and_said() -> None:
    """With one sample there is no axis to see: the lesson takes four, says so, and leaves the visitor's own alone."""
    app = open_shapes()
    assert "B = 4" in texts(app, "caption")[1] + texts(app, "caption")[0]
    assert any("On this page Batch size is 4" in text for text in texts(app, "markdown"))
    assert app.session_state["batch_size"] == 1
    assert not any("On this page Batch size" in text for text in texts(open_shapes(Settings(batch_size=6)), "markdown"))


@cases
def test_the_verdict_waits_and_is_the_flip_s(settings: Settings) -> None:
    """Before an answer neither tape nor verdict stands there; then both do."""
    app = open_shapes(settings)
    assert not any(text.startswith(SWAPPED) for text in boxes(app))
    assert any("Predict first" in text for text in texts(app, "info"))
    before = len(app.get("vega_lite_chart"))
    app.radio[0].set_value(app.radio[0].options[1]).run()
    assert_stands(app)
    assert sum(text.startswith(SWAPPED) for text in texts(app, "success")) == 1
    assert len(app.get("vega_lite_chart")) == before + 1


def test_every_wrong_answer_names_its_belief() -> None:
    """One answer is right; each other says what it takes for what."""
    *options, _ = open_shapes().radio[0].options
    judged = []
    for option in options:
        app = open_shapes()
        app.radio[0].set_value(option).run()
        right = [text for text in texts(app, "success") if text.startswith("**Right.**")]
        wrong = [text for text in texts(app, "warning") if text.startswith("**No.** You may think that")]
        assert len(right) + len(wrong) == 1
        judged.append(bool(right))
    assert judged == [True, False, False, False]


@pytest.mark.parametrize("first", [False, True])
def test_the_switch_is_the_setting(first: bool) -> None:
    """The page's switch moves the sidebar's, and the other way round; the words and the code follow."""
    app = open_shapes(Settings(batch_first=first), answers=True)
    for key in ("order", "batch_first"):
        for value in (not first, first):
            app.toggle(key=key).set_value(value).run()
            assert_stands(app)
            assert app.session_state["batch_first"] == app.session_state["order"] == value
            assert app.toggle(key="order").value == app.toggle(key="batch_first").value == value
            said = "sample 0, all its steps" if value else "step t = 1 of every sample"
            assert any(said in text for text in texts(app, "markdown"))
            assert any("batch_first=True" in text.splitlines()[-5] for text in raising(app)) == value


def raising(app: AppTest) -> list[str]:
    return [text for text in texts(app, "code") if text.startswith("# raises")]


@cases
def test_the_nudge_s_verdict_is_computed(settings: Settings) -> None:
    """Red where view mixes samples, with how many move; green where one step leaves nothing to mix."""
    app = open_shapes(settings, answers=True)
    found = nudge(settings)
    red = [text for text in texts(app, "error") if text.startswith("**`view` mixes")]
    green = [text for text in texts(app, "success") if text.startswith("**Here `view` does no harm")]
    assert (len(red), len(green)) == ((1, 0) if found["view"].mixed else (0, 1))
    (text,) = red + green
    assert "After `transpose` only the outputs of sample 0 move." in text
    if len(found["view"].moved) == settings.batch_size:
        assert f"After `view` the outputs of all {settings.batch_size} samples move." in text


@pytest.mark.parametrize("breakage", BREAKAGES)
@cases
def test_torch_s_words_stand_on_the_page(settings: Settings, breakage: str) -> None:
    """The error's type and words for these settings, or that there is none, and the program that makes it."""
    app = open_shapes(settings, breakage)
    refused = refusal(settings, breakage)
    (text,) = [text for text in texts(app, "error") if ":material/build:" in text]
    assert text.startswith(f"**{refused.name}:** `{refused.words}`" if refused else "**Torch gives no error:**")
    assert len(raising(app)) == bool(refused)
    assert_stands(app)


@examples(deadline=None, derandomize=True, max_examples=25)
@given(settings=small_settings())
def test_charts_are_fed_what_they_draw(settings: Settings) -> None:
    """Four charts, each with words for those who do not see it, fed what it draws."""
    charts = take_along(open_shapes(settings, answers=True)).get("vega_lite_chart")
    assert len(charts) == 4
    for chart in charts:
        assert {dataset.name for dataset in chart.proto.datasets} == datasets(json.loads(chart.proto.spec))
        assert len(chart.proto.alt) > 40
        assert not re.search(r"\d", chart.proto.alt)


def test_the_specification_stays_when_numbers_change() -> None:
    """A move within the same structure sends the same specifications and other numbers."""
    app = open_shapes(answers=True)
    seen = []
    for name, value in (("seq_len", 7), ("input_size", 5), ("seed", 9)):
        app.slider(key=name).set_value(value).run()
        seen.append([chart.proto.spec for chart in app.get("vega_lite_chart")])
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize(
    ("settings", "done"),
    [
        (Settings(), []),
        (Settings(seq_len=4), ["Make the axes look alike"]),
        (Settings(seq_len=6, batch_size=6), ["Make the axes look alike"]),
        (Settings(seq_len=4, signal="constant"), ["Make the axes look alike"]),
        (Settings(seq_len=1), ["Make `view` harmless"]),
    ],
    ids=lambda value: settings_id(value) if isinstance(value, Settings) else "",
)
def test_attempts_are_confirmed(settings: Settings, done: list[str]) -> None:
    """What was asked for is recognised by the sizes themselves."""
    app = open_shapes(settings, answers=True)
    (tried,) = [text for text in texts(app, "markdown") if "**Make the axes" in text]
    assert re.findall(r":green\[:material/check_circle:\] \*\*(.*?)\*\*", tried) == done
    assert tried.count("**Done.**") == len(done)
    assert ("even the numbers are the same" in tried) == (settings.signal == "constant")


def test_windows_are_said() -> None:
    """What is not drawn is said, for each picture."""
    app = take_along(open_shapes(Settings(seq_len=30, batch_size=12, input_size=9, hidden_size=20), answers=True))
    said = " ".join(texts(app, "caption") + texts(app, "markdown") + texts(app, "error"))
    assert "the first 5 of 30 time steps, the first 4 of 12 samples, the first 4 of 9 features" in said
    assert "Shown: steps 1 to 5, samples 0 to 7." in said
    assert "Shown: rows 0 to 3, units 0 to 7." in said
    assert "Shown:" not in " ".join(texts(open_shapes(answers=True), "caption"))
    settings, _ = meet(Settings(), SHAPES.needs)
    assert settings.batch_size == 4
