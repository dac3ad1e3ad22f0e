"""The lesson on parameters: counts, the rows read in another order, and two biases."""

import json
import re
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from streamlit.testing.v1 import AppTest

from components.lessons.weights import TOPICS
from components.lessons.weights.facts import LIBRARIES, biases, exchanged, misread, spread, trial
from components.lstm.build import build
from components.settings import Settings
from components.ui.figures import figure
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.lstm.strategies import settings_id
from tests.pages.app import answer, answers_of, assert_stands, done, linked, texts, visit

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")

WEIGHTS = next(lesson for lesson in SYLLABUS if lesson.stem == "weights")
CASES = [
    Settings(),
    Settings(input_size=1, hidden_size=1, seq_len=1, bias=False),
    Settings(num_layers=3, bidirectional=True, proj_size=2, batch_first=True, batch_size=2, dtype="float64"),
    Settings(hidden_size=40, input_size=30, seq_len=3),
]
BY_HAND = [Settings.for_job("latch", seq_len=8), Settings.for_job("counter"), Settings.for_job("delay", batch_size=2)]
cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)


def open_weights(settings: Settings | None = None, reader: str = "ONNX", topic: str = "", **view: Any) -> AppTest:
    """A new session on the page, with the tab `topic` open."""
    link = linked(settings or Settings(), **view) | ({"weights_topic": topic} if topic else {})
    return visit(WEIGHTS, link | ({} if reader == "ONNX" else {"reader": reader}))


def said(app: AppTest, start: str) -> list[str]:
    """The messages of any colour that begin with these bold words."""
    kinds = ("success", "error", "warning", "info")
    return [text for kind in kinds for text in texts(app, kind) if text.startswith(f"**{start}")]


def markdown(app: AppTest) -> str:
    """All text of the page."""
    return "\n".join(texts(app, "markdown"))


@cases
def test_the_count_is_torch_s(settings: Settings) -> None:
    """Each tensor of the layer has torch's shape and size. The formula ends with the result of sum(p.numel())."""
    app = open_weights(settings)
    assert_stands(app)
    module = build(settings).module
    text = markdown(app)
    for name, parameter in module.named_parameters():
        row = re.search(rf"^\| `{name}` \| \((.*?)\) = (.*?) \| (\d+) \|$", text, re.MULTILINE)
        assert (row is not None) == name.endswith("_l0")  # layer 0, forward
        if row is not None:
            assert (row[2], int(row[3])) == (str(tuple(parameter.shape)), parameter.numel())
            sizes = {
                "H": settings.hidden_size,
                "I": settings.input_size,
                "P": settings.proj_size,
                "4H": 4 * settings.hidden_size,
            }
            assert [sizes[letter] for letter in row[1].split(", ")] == list(parameter.shape)
    counted = sum(parameter.numel() for parameter in module.parameters())
    formula = re.search(r"^Parameters: \*\*(.* = ([\d\u202f]+))\*\*", text, re.MULTILINE)
    assert formula is not None
    left = formula[1].split(" = ")[0]
    assert re.fullmatch(r"[\d +·()]+", left)
    assert eval(left.replace("·", "*")) == counted == int(formula[2].replace("\u202f", ""))
    assert f"Torch counts {counted:,} :green[".replace(",", "\u202f") in text


def test_nothing_is_told_before_an_answer() -> None:
    """The verdict and the chips wait for an answer. Only one answer is right, and the page's check agrees with it."""
    app = open_weights()
    offered = answers_of(app)
    assert len(offered) == 4
    assert said(app, "Other numbers") == []
    assert chips(app) == "????"
    for given in offered:
        answer(app, given)
        right = "without an error" in given
        assert bool(said(app, "Right.")) == right
        assert bool(said(app, "No.")) != right
        assert said(app, "Other numbers, and no error.")
        assert chips(app) == LIBRARIES["ONNX"].order
        app.button(key="ask_again").click().run()


def chips(app: AppTest) -> str:
    """PyTorch's letters on the chips beside the blocks, from top to bottom; a question mark if a chip hides its own."""
    (picture, *_) = app.get("vega_lite_chart")
    (data,) = (dataset.data.data for dataset in picture.proto.datasets if dataset.name == "chips")
    return "".join("ifgo?"[gate] for gate in pa.ipc.open_stream(data).read_all()["gate"].to_pylist())


@cases
@pytest.mark.parametrize("reader", LIBRARIES)
def test_the_verdict_is_what_the_misread_module_computes(settings: Settings, reader: str) -> None:
    """The verdict is green for PyTorch's own order, with no bit different. Else it is red, with torch's differences."""
    app = open_weights(settings, reader, answers=True)
    assert_stands(app)
    found = misread(settings, LIBRARIES[reader].order)
    if LIBRARIES[reader].order == "ifgo":
        (verdict,) = said(app, "The same order.")
        assert "not one bit differs" in verdict
        assert texts(app, "error") == []
    else:
        (verdict,) = said(app, "Other numbers, and no error.")
        assert all(f"`{row.name}` by up to {figure(row.difference)}" in verdict for row in found.rows)
        assert "the rows of f as " in verdict or "the rows of g as " in verdict


@pytest.mark.parametrize("reader", LIBRARIES)
def test_the_right_way_is_a_program_where_there_is_one(reader: str) -> None:
    """It is shown when it is opened. With a projection there is one only if the library has projections."""
    for settings in (Settings(), Settings(proj_size=2)):
        app = open_weights(settings, reader, "Other libraries")
        assert len(texts(app, "code")) == 0
        app.session_state["convert"] = True
        app.run()
        there = reader == "TensorFlow 1" or (reader != "PyTorch" and not settings.proj_size)
        assert len(texts(app, "code")) == there
        lacking = f"{reader}'s LSTM has no projection"
        assert any(text.startswith(lacking) for text in texts(app, "caption")) == (
            bool(settings.proj_size) and not LIBRARIES[reader].projects
        )


@cases
def test_the_claims_on_biases_stand_beside_what_was_found(settings: Settings) -> None:
    text = markdown(open_weights(settings, topic="Two biases"))
    found = biases(trial(settings))
    if found is None:
        assert "This module has no biases" in text
        return
    assert text.count(":material/check: holds:") == 4
    assert f"{found.ratio:.4f} times as far" in text
    assert f"{found.kept[0]:.3f} → {found.kept[1]:.3f}" in text


def test_a_claim_that_fails_turns_red(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says so if the gradients are not equal, or if the step is not twice as far."""
    import dataclasses

    import components.lessons.weights.show as ui

    found = biases(trial(Settings()))
    assert found is not None
    monkeypatch.setattr(ui, "tried", lambda settings: dataclasses.replace(found, unequal=0.1, ratio=1.5))
    text = markdown(open_weights(topic="Two biases"))
    assert text.count(":material/close: does not hold:") == 2
    assert "1.5000 times as far" in text


@cases
def test_the_spread_is_stated_as_found(settings: Settings) -> None:
    found = spread(settings)
    text = markdown(open_weights(settings, topic="First values"))
    assert f"k = 1/√H = **{found.bound:.4g}**" in text
    assert f"Of the {found.count} parameters here none lies outside" in text
    assert f"{found.ordinary} of {len(found.counts)} bars end in it." in text


@cases
@pytest.mark.parametrize("topic", TOPICS)
def test_charts_are_fed_what_they_draw(settings: Settings, topic: str) -> None:
    """There is the picture, and one chart more in two of the tabs. What is in a closed tab is not made."""
    charts = open_weights(settings, topic=topic).get("vega_lite_chart")
    assert len(charts) == (2 if topic in ("Other libraries", "First values") else 1)
    for chart in charts:
        assert {dataset.name for dataset in chart.proto.datasets} == datasets(json.loads(chart.proto.spec))
        assert not re.search(r"\d", chart.proto.alt.replace("TensorFlow 1", ""))


@pytest.mark.parametrize("topic", ["Other libraries", "First values"])
def test_more_steps_change_no_parameter(topic: str) -> None:
    """Another sequence length changes no byte of a chart. Another hidden size gives the same charts other data."""
    app = open_weights(Settings(seq_len=9), topic=topic)
    before = [chart.proto.SerializeToString() for chart in app.get("vega_lite_chart")]
    app.slider(key="seq_len").set_value(20).run()
    assert [chart.proto.SerializeToString() for chart in app.get("vega_lite_chart")] == before
    specs = [chart.proto.spec for chart in app.get("vega_lite_chart")]
    app.slider(key="hidden_size").set_value(5).run()
    assert [chart.proto.spec for chart in app.get("vega_lite_chart")] == specs


def test_a_window_is_said_and_can_be_moved() -> None:
    app = open_weights(Settings(hidden_size=40, input_size=30))
    shown = "Shown: units 0 to 7 of 40, columns of weight_ih 0 to 14 of 30, of weight_hh 0 to 19 of 40."
    assert shown in markdown(app)
    app = visit(WEIGHTS, linked(Settings(hidden_size=40, input_size=30)) | {"units": "3"})
    assert "Shown: units 16 to 23 of 40" in markdown(app)
    assert "Shown: " not in markdown(open_weights())


@pytest.mark.parametrize("settings", BY_HAND, ids=settings_id)
def test_weights_set_by_hand_are_read_off_and_not_called_drawn(settings: Settings) -> None:
    """There is a sentence for each gate, no histogram, and a shade for the largest number. The verdict stays."""
    app = open_weights(settings, topic="First values", answers=True)
    assert_stands(app)
    text = markdown(app)
    assert settings.job is not None
    assert all(words in text for words in settings.job.gates.values())
    largest = max(p.abs().max().item() for p in build(settings).module.parameters())
    assert f"Colours go from red at −{largest:g} to teal at {largest:g}" in text
    assert f"These parameters are set by hand, up to {largest:g}." in text
    assert "grey band" not in text
    assert len(app.get("vega_lite_chart")) == 1
    found = misread(settings, "iofg")
    (verdict,) = said(app, "Other numbers, and no error.")
    assert f"`output` by up to {figure(found.rows[0].difference)}" in verdict
    text = markdown(open_weights(settings, topic="Two biases"))
    seen, unseen = text.count(":material/check: holds:"), text.count(":material/remove: not seen here:")
    assert (seen + unseen, ":material/close:" in text) == (4, False)
    assert (unseen == 1) == (settings.weights != "counter")


# Experiments


def test_twice_the_units_is_recognised() -> None:
    """Only doubling counts, in one move or more. The page names both counts, and their ratio."""
    app = open_weights(answers=True)
    assert done(app) == {}
    for size in (5, 8):
        app.slider(key="hidden_size").set_value(size).run()
    before, after = Settings().num_parameters, Settings(hidden_size=8).num_parameters
    outcome = done(app)["Twice the units"]
    assert f"H 4 → 8: {before} → {after} parameters, **{after / before:.2f} times**" in outcome
    assert "`weight_ih_l0` 48 → 96, 2 times; `weight_hh_l0` 64 → 256, 4 times" in outcome
    app.slider(key="input_size").set_value(5).run()
    assert "Twice the units" not in done(app)


def test_weights_that_cannot_be_told_apart_are_recognised() -> None:
    title = "Two weights of one shape"
    settings = Settings(input_size=4)
    found = exchanged(settings)
    assert found is not None
    assert title not in done(open_weights(answers=True))
    outcome = done(open_weights(settings, answers=True))[title]
    assert f"by up to {figure(found.difference)}" in outcome
    assert title in done(open_weights(Settings(input_size=2, proj_size=2), answers=True))


@pytest.mark.parametrize("raw", ["", "onnx", "Keras ", "<b>", ["Keras", "ONNX"]], ids=str)
def test_a_reader_that_is_none_is_said(raw: Any) -> None:
    """The page says so in one sentence and uses the first reader."""
    app = visit(WEIGHTS, {"reader": raw, "answers": "true"})
    assert_stands(app)
    (sentence,) = texts(app, "warning")
    assert "reader" in sentence
    assert app.session_state["reader"] in LIBRARIES
