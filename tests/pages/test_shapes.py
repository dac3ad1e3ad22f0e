"""The lesson on axes: its verdict is the flip's, its switch is the setting, its words follow the sizes."""

import json
import re
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import settings as examples
from streamlit.testing.v1 import AppTest

from components.lessons.shapes import LABELS, TOPICS
from components.lessons.shapes.facts import BREAKAGES, nudge, refusal
from components.settings import Settings, meet
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.lstm.strategies import settings_id, small_settings
from tests.pages.app import answer, answers_of, assert_stands, done, held, linked, texts, visit

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
SHAPES = next(lesson for lesson in SYLLABUS if lesson.stem == "shapes")
WRONG, UNNOTICED, TWO_AXES, ALL_SHAPES = TOPICS
SWAPPED = "**`inputs` and `output` swap their first two axes"
CASES = [
    Settings(batch_size=4),
    Settings(batch_size=4, batch_first=True, num_layers=2, bidirectional=True, proj_size=2),
    Settings(batch_size=7, seq_len=20, hidden_size=8, dtype="float64", bias=False),
    Settings(batch_size=4, seq_len=1),
    Settings(batch_size=4, seq_len=4),
]
CHARTED = (UNNOTICED, TWO_AXES, ALL_SHAPES)  # the topics with a picture
cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)


def open_shapes(settings: Settings | None = None, breakage: str = "", topic: str = "", **view: Any) -> AppTest:
    """A new session on the lesson."""
    link = linked(settings or Settings(), **view)
    link |= {"breakage": LABELS[breakage]} if breakage else {}
    return visit(SHAPES, link | ({"shapes_topic": topic} if topic else {}))


def boxes(app: AppTest) -> list[str]:
    return [text for kind in ("success", "error", "info") for text in texts(app, kind)]


def test_four_samples_are_raised_and_said() -> None:
    """With one sample there is no axis to see: the lesson takes four, says so, and leaves the visitor's own alone."""
    app = open_shapes()
    (cells,) = [data.data.data for data in app.get("vega_lite_chart")[0].proto.datasets if data.name == "cells"]
    assert set(pa.ipc.open_stream(cells).read_pandas()["b"]) == {0, 1, 2, 3}
    assert any("On this page Batch size is 4" in text for text in texts(app, "markdown"))
    assert held(app, "batch_size") == 1
    assert not any("On this page Batch size" in text for text in texts(open_shapes(Settings(batch_size=6)), "markdown"))


@cases
def test_the_verdict_waits_and_is_the_flip_s(settings: Settings) -> None:
    """Before an answer no verdict stands there, and the tape and the topic of all shapes tell nothing; then they do."""
    app = open_shapes(settings, topic=ALL_SHAPES)
    assert not any(text.startswith(SWAPPED) for text in boxes(app))
    assert len(texts(app, "info")) == 1  # the topic is locked
    charts = app.get("vega_lite_chart")
    assert len(charts) == 2
    (before,) = [dataset.data.data for dataset in charts[1].proto.datasets if dataset.name == "axes"]
    app = answer(app, answers_of(app)[1])
    assert_stands(app)
    assert sum(text.startswith(SWAPPED) for text in texts(app, "success")) == 1
    charts = app.get("vega_lite_chart")
    assert len(charts) == 3
    (after,) = [dataset.data.data for dataset in charts[1].proto.datasets if dataset.name == "axes"]
    assert before != after
    assert texts(app, "info") == []


def test_every_answer_gets_feedback() -> None:
    """One answer is right. Each other gets a text of its own."""
    judged, said = [], set()
    for text in answers_of(open_shapes()):
        app = answer(open_shapes(), text)
        right = [one for one in texts(app, "success") if one.startswith("**Right.**")]
        wrong = [one for one in texts(app, "warning") if one.startswith("**No.** ")]
        assert len(right) + len(wrong) == 1
        judged.append(bool(right))
        said.update(wrong)
    assert judged == [True, False, False, False]
    assert len(said) == 3


@pytest.mark.parametrize("first", [False, True])
def test_the_switch_is_the_setting(first: bool) -> None:
    """The page's switch moves the one in *Settings*, and the other way round; the words and the code follow."""
    app = open_shapes(Settings(batch_first=first), answers=True, topic=WRONG)
    app.session_state["settings"] = True
    app.run()
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
    """A finding where view mixes samples, with how many move; green where one step leaves nothing to mix."""
    app = open_shapes(settings, answers=True, topic=UNNOTICED)
    found = nudge(settings)
    mixes = [text for text in texts(app, "info") if text.startswith("**`view` mixes")]
    green = [text for text in texts(app, "success") if text.startswith("**Here `view` does no harm")]
    assert (len(mixes), len(green)) == ((1, 0) if found["view"].mixed else (0, 1))
    (text,) = mixes + green
    assert "After `transpose` only the outputs of sample 0 move." in text
    if len(found["view"].moved) == settings.batch_size:
        assert f"After `view` the outputs of all {settings.batch_size} samples move." in text


@pytest.mark.parametrize("breakage", BREAKAGES)
@cases
def test_torch_s_words_stand_on_the_page(settings: Settings, breakage: str) -> None:
    """The error's type and words for these settings, or that there is none, and the program that makes it."""
    app = open_shapes(settings, breakage)
    refused = refusal(settings, breakage)
    (text,) = [text for text in texts(app, "info") if ":material/build:" in text]
    assert text.startswith(f"**{refused.name}:** `{refused.words}`" if refused else "**Torch gives no error:**")
    assert len(raising(app)) == bool(refused)
    assert_stands(app)


def test_a_link_to_a_wrong_shape_opens_its_topic() -> None:
    """A link from before there were topics leads to the control that it sets. A topic in the link counts more."""
    app = open_shapes(breakage="axes")
    assert_stands(app)
    assert app.session_state["shapes_topic"] == WRONG
    assert app.session_state["breakage"] == LABELS["axes"]
    assert texts(app, "warning") == []
    app = open_shapes(breakage="axes", topic=TWO_AXES)
    assert app.session_state["shapes_topic"] == TWO_AXES
    assert raising(app) == []


@examples(deadline=None, derandomize=True, max_examples=25)
@given(settings=small_settings())
def test_charts_are_fed_what_they_draw(settings: Settings) -> None:
    """Two charts on the stage and one in a topic, each with words for those who do not see it, fed what it draws."""
    for topic in (*CHARTED, WRONG):
        charts = open_shapes(settings, answers=True, topic=topic).get("vega_lite_chart")
        assert len(charts) == (3 if topic in CHARTED else 2)
        for chart in charts:
            assert {dataset.name for dataset in chart.proto.datasets} == datasets(json.loads(chart.proto.spec))
            assert len(chart.proto.alt) > 40
            assert not re.search(r"\d", chart.proto.alt)


@pytest.mark.parametrize("topic", CHARTED)
def test_the_specification_stays_when_numbers_change(topic: str) -> None:
    """A move within the same structure sends the same specifications and other numbers."""
    app = open_shapes(answers=True, topic=topic)
    seen = []
    for name, value in (("seq_len", 7), ("input_size", 5), ("seed", 9)):
        app.session_state[name] = value
        app.run()
        seen.append([chart.proto.spec for chart in app.get("vega_lite_chart")])
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        (Settings(), []),
        (Settings(seq_len=4), ["Make the axes look alike"]),
        (Settings(seq_len=6, batch_size=6), ["Make the axes look alike"]),
        (Settings(seq_len=4, signal="constant"), ["Make the axes look alike"]),
        (Settings(seq_len=1), ["Make `view` harmless"]),
    ],
    ids=lambda value: settings_id(value) if isinstance(value, Settings) else "",
)
def test_attempts_are_confirmed(settings: Settings, found: list[str]) -> None:
    """What was asked for is recognised by the sizes themselves."""
    app = open_shapes(settings, answers=True)
    assert list(done(app)) == found
    said = "even the numbers are the same" in " ".join(done(app).values())
    assert said == (settings.signal == "constant")


def test_windows_are_said() -> None:
    """What is not drawn is said, for each picture."""
    large = Settings(seq_len=30, batch_size=12, input_size=9, hidden_size=20)
    apps = [open_shapes(large, answers=True, topic=topic) for topic in CHARTED[:2]]
    said = " ".join(text for app in apps for kind in ("markdown", "info") for text in texts(app, kind))
    assert "the first 8 of 30 time steps, the first 4 of 12 samples, the first 4 of 9 features" in said
    assert "Shown: steps 1 to 5, samples 0 to 7." in said
    assert "Shown: rows 0 to 3, units 0 to 7." in said
    assert "Shown:" not in " ".join(texts(open_shapes(answers=True), "markdown"))
    settings, _ = meet(Settings(), SHAPES.needs)
    assert settings.batch_size == 4
