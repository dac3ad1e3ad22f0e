"""The lesson on what comes back: nothing is told before an answer, every figure is torch's, and the cut holds."""

import dataclasses
import json
import re
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from components.lessons.outputs.carry.facts import CARRIED, continued, one_tensor
from components.lessons.outputs.carry.frames import MAX_STEPS
from components.lessons.outputs.facts import pairs, summaries, variants
from components.lessons.outputs.frames import outputs_picture
from components.lstm.build import build, build_rnn
from components.settings import Settings, meet
from components.ui.figures import figure
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.lstm.strategies import limit, settings_id, small_settings
from tests.pages.app import answer, answers_of, assert_stands, attempts, done, linked, table, take_along, texts, visit

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=25)

RIGHT = "those of the last layer"
OUTPUTS = next(lesson for lesson in SYLLABUS if lesson.stem == "outputs")
CASES = [
    Settings(num_layers=2),
    Settings(num_layers=2, seq_len=1),
    Settings(num_layers=2, seq_len=2, initial_state="zeros"),
    Settings(num_layers=2, bidirectional=True, batch_size=3),
    Settings(num_layers=3, bidirectional=True, dtype="float64", proj_size=2, batch_first=True, batch_size=2),
    Settings(num_layers=2, hidden_size=40, seq_len=60),
    Settings(num_layers=2, signal="pulse", initial_state="zeros", bias=False, batch_size=4),
]
cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)


def open_outputs(settings: Settings | None = None, cut: int | None = None, **view: Any) -> AppTest:
    """A new session on the page."""
    link = linked(settings or Settings(), **view)
    return visit(OUTPUTS, link | ({} if cut is None else {"cut": str(cut)}))


# What comes back


def test_it_needs_two_layers_and_says_so() -> None:
    """With one layer h_n would hold nothing that output lacks."""
    settings, met = meet(Settings(), OUTPUTS.needs)
    assert settings.num_layers == 2
    app = open_outputs()
    assert any(met[0] in text for text in texts(app, "markdown"))
    assert outputs_picture(settings, 0).names == ("h_n[0, 0]", "h_n[1, 0]", "c_n[0, 0]", "c_n[1, 0]")


def open_folded(app: AppTest, key: str) -> AppTest:
    """Open one expander."""
    app.session_state[key] = True
    return app.run()


def sent(app: AppTest) -> Any:
    """The picture's element."""
    return app.get("vega_lite_chart")[0].proto


def test_nothing_is_told_before_an_answer() -> None:
    """No verdict, no table, no Slot control, and the picture has no outlines; after an answer, all of it."""
    app = take_along(open_outputs())
    assert table(app, "compared with") == []
    assert not any("bit for bit" in text for text in texts(app, "success"))
    keys = [element.proto.id for element in app.get("bidi_component")]
    assert not any("slot_control" in key for key in keys)
    before = {dataset.name: dataset.data.data for dataset in sent(app).datasets}
    spec = sent(app).spec
    app = take_along(answer(app, RIGHT))
    assert any(text.startswith("**Right.**") for text in texts(app, "success"))
    assert any(text.startswith("**The same numbers") for text in texts(app, "success"))
    assert table(app, "compared with")
    assert any("slot_control" in element.proto.id for element in app.get("bidi_component"))
    after = {dataset.name: dataset.data.data for dataset in sent(app).datasets}
    assert sent(app).spec == spec
    assert all(before[name] != after[name] for name in ("cells", "marks", "words"))


def test_each_answer_gets_feedback() -> None:
    """One answer is right. Each other gets a text of its own."""
    said = []
    for text in answers_of(open_outputs()):
        app = answer(open_outputs(), text)
        assert_stands(app)
        wrong = [one for one in texts(app, "warning") if one.startswith("**No.** ")]
        assert len(wrong) == (0 if text == RIGHT else 1)
        said += wrong
    assert len(set(said)) == len(said) == 3


@cases
def test_the_check_is_what_torch_gives(settings: Settings) -> None:
    """What stands in the table, run as Python on what `nn.LSTM` returns, has the differences it states.

    There is a row for each place where output and h_n might meet, and for each slot of h_n and c_n below or beside it.
    """
    app = take_along(open_outputs(settings, answers=True))
    assert_stands(app)
    module, inputs, hx = build(settings)
    with torch.no_grad():
        output, (h_n, c_n) = module(inputs, hx)
    returned = {"output": output, "h_n": h_n, "c_n": c_n}
    first = output[0] if settings.batch_first else output[:, 0]
    places = first.reshape(-1, settings.output_size)  # of sample 0: every step, in every direction
    rows = table(app, "compared with")
    slots, directions = settings.num_layers * settings.num_directions, settings.num_directions
    assert len(rows) == 2 * directions - 1 + 2 * slots - directions
    assert [row[0] for row in rows[2 * directions - 1 :]] == [
        *(f"`h_n[{slot}, 0]`" for slot in range(slots - directions)),
        *(f"`c_n[{slot}, 0]`" for slot in range(slots)),
    ]
    for left, right, told in rows:
        value = eval(left.strip("`"), {}, returned)
        if right == "steps of another length":
            assert value.numel() != settings.output_size
            assert told == "no"
            continue
        if value.dim() == 1:  # against the nearest row of all
            apart = (places - value).abs().amax(dim=1).min().item()
        else:
            other = eval(right.strip("`"), {}, returned)
            apart = (value - other).abs().max().item()
        same = apart <= limit(c_n)
        assert ("the same" in told) == same
        assert same or told == f"no, largest difference {apart:.2g}"
    (verdict,) = [text for text in texts(app, "success") if text.startswith("**The same numbers")]
    equal = re.findall(r"`([^`]+)` is `([^`]+)`", verdict)
    assert len(equal) == directions
    assert all(torch.equal(eval(one, {}, returned), eval(other, {}, returned)) for one, other in equal)
    assert ("*began*" in "".join(texts(app, "markdown"))) == settings.bidirectional


def test_a_broken_law_turns_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the numbers not the same, the page would say so in red. Rounding is no reason."""
    import components.lessons.outputs.show as ui

    broken = tuple(
        dataclasses.replace(pair, same=False, bitwise=False, difference=0.5) for pair in pairs(Settings(num_layers=2))
    )
    rounded = tuple(dataclasses.replace(pair, same=True, difference=7.5e-9) for pair in broken)
    monkeypatch.setattr(ui, "pairs", lambda settings: rounded)
    app = open_outputs(answers=True)
    assert texts(app, "error") == []
    assert any(text.startswith("**The same numbers, up to rounding.**") for text in texts(app, "success"))
    monkeypatch.setattr(ui, "pairs", lambda settings: broken)
    app = open_outputs(answers=True)
    assert any(text.startswith("**Not the same numbers.**") and "0.5" in text for text in texts(app, "error"))


@cases
def test_charts_are_fed_what_they_draw(settings: Settings) -> None:
    charts = open_outputs(settings, answers=True).get("vega_lite_chart")
    assert len(charts) == (1 if settings.seq_len == 1 else 2)
    for chart in charts:
        assert {dataset.name for dataset in chart.proto.datasets} == datasets(json.loads(chart.proto.spec))
        assert len(chart.proto.alt) > 40
        assert not re.search(r"\d", chart.proto.alt)


def test_the_specification_stays_when_numbers_change() -> None:
    app = open_outputs(answers=True)
    specs = {sent(app).spec}
    for name, value in (("seq_len", 9), ("hidden_size", 7), ("seq_len", 100), ("input_size", 2)):
        app.slider(key=name).set_value(value).run()
        specs.add(sent(app).spec)
    assert len(specs) == 1


def test_a_window_is_said() -> None:
    """Where not all is drawn the page says what is."""
    app = open_outputs(Settings(seq_len=60, hidden_size=40))
    said = "Shown: the first and the last 12 of 60 steps, units 0 to 15 of 40."
    assert any(said in text for text in texts(app, "markdown"))
    assert not any("Shown: " in text for text in texts(open_outputs(), "markdown"))


def test_table_and_program_are_made_when_asked_for() -> None:
    """Closed expanders hold nothing, so that a slider's move does not send them."""
    app = open_outputs(answers=True)
    assert len(app.dataframe) == 0
    assert texts(app, "code") == []
    assert table(app, "compared with") == []


# Why a tuple


RNN = "nn.RNN, h"


def sent_of_cut(app: AppTest) -> dict[str, list[float]]:
    """The differences in the cells of the picture of the cut, by the name of the run."""
    chart = app.get("vega_lite_chart")[-1].proto
    (cells,) = [dataset.data.data for dataset in chart.datasets if dataset.name == "cells"]
    frame = pa.ipc.open_stream(cells).read_pandas()
    return {str(name): rows["difference"].tolist() for name, rows in frame.groupby("carried")}


def cut_by_torch(settings: Settings, cut: int) -> tuple[dict[str, list[float]], float]:
    """How far each continuation is from the uncut run, step by step, and what rounding explains: plain calls."""
    module, inputs, hx = build(settings)
    rnn, time = build_rnn(settings), int(settings.batch_first)
    first, rest = inputs.split([cut, settings.seq_len - cut], dim=time)

    def steps(output: torch.Tensor, whole: torch.Tensor) -> list[float]:
        apart = output - whole.split([cut, settings.seq_len - cut], dim=time)[1]
        return [step.abs().max().item() for step in apart.unbind(time)]

    with torch.no_grad():
        whole, (_, c_n) = module(inputs, hx)
        h, c = module(first, hx)[1]
        states = [(h, c), (h, torch.zeros_like(c)), (torch.zeros_like(h), c), None]
        apart = {name: steps(module(rest, state)[0], whole) for name, state in zip(CARRIED, states, strict=True)}
        apart[RNN] = steps(rnn(rest, rnn(first)[1])[0], rnn(inputs)[0])
    return apart, limit(c_n)


@cases
def test_the_four_continuations_are_torch_s(settings: Settings) -> None:
    """The cells have the differences of each, and of the RNN; the verdict is what was found."""
    app = open_outputs(settings)
    if settings.seq_len == 1:
        assert len(app.get("vega_lite_chart")) == 1
        assert any("one step cannot be cut" in text for text in texts(app, "info"))
        return
    apart, tolerance = cut_by_torch(dataclasses.replace(settings, bidirectional=False), 1)
    half = MAX_STEPS // 2
    shown = {name: steps if len(steps) <= MAX_STEPS else steps[:half] + steps[-half:] for name, steps in apart.items()}
    found = sent_of_cut(app)
    assert found.keys() == shown.keys()
    for name, steps in shown.items():
        assert found[name] == pytest.approx(steps, rel=1e-6, abs=0), name
    whole = open_folded(app, "carry_table").dataframe[0].value
    assert {name: list(whole[name]) for name in apart} == {
        name: [figure(step) for step in steps] for name, steps in apart.items()
    }
    assert max(apart[CARRIED[0]]) <= tolerance
    harmless = [name for name in CARRIED[1:] if max(apart[name]) <= tolerance]
    start = "**(h, c) continues the sequence, and here less is enough:**" if harmless else "**You need both, h and c.**"
    (verdict,) = [text for text in texts(app, "success") if text.startswith(("**You need", "**(h, c) continues"))]
    assert verdict.startswith(start)
    assert all(name in verdict for name in (harmless or CARRIED[1:]))
    worse = [name for name in CARRIED[1:3] if max(apart[name]) > max(apart["neither"]) and not harmless]
    said = [text for text in texts(app, "markdown") if "worse than “neither”" in text]
    assert re.findall("“(.*?)”", said[0])[:-1] == worse if worse else said == []
    told = [text for text in texts(app, "markdown") if "cannot be cut like this" in text]
    assert len(told) == settings.bidirectional
    if settings.bidirectional:
        assert f"difference is {figure(max(cut_by_torch(settings, 1)[0]['(h, c)']))}, even with (h, c)" in told[0]


def test_the_cut_moves_and_stays_within_the_sequence() -> None:
    """Chosen, in the URL, and drawn back to the last cut that a shorter sequence has."""
    app = open_outputs(Settings(seq_len=20), cut=12)
    assert app.select_slider(key="cut").value == 12
    of_twenty = continued(Settings(num_layers=2, seq_len=20), 12).per_step["h alone"]
    assert sent_of_cut(app)["h alone"] == pytest.approx(of_twenty)
    app.slider(key="seq_len").set_value(5).run()
    assert_stands(app)
    assert (app.select_slider(key="cut").value, len(app.select_slider(key="cut").options)) == (4, 4)
    assert sent_of_cut(app)["h alone"] == pytest.approx(continued(Settings(num_layers=2), 4).per_step["h alone"])
    for steps in (2, 1, 200):
        app.slider(key="seq_len").set_value(steps).run()
        assert_stands(app)
    assert len(app.select_slider(key="cut").options) == 199


@pytest.mark.parametrize("raw", ["0", "5", "200", "-1", "nan", "1e2", "", "x", "2.5", ["2", "3"]], ids=str)
def test_a_cut_that_cannot_be_is_said(raw: Any) -> None:
    """A link to a cut that this sequence does not have: one sentence, and a cut that it has."""
    app = visit(OUTPUTS, {"cut": raw})
    assert_stands(app)
    assert app.select_slider(key="cut").value in (1, 2, 3, 4)
    (said,) = texts(app, "warning")
    assert "cut" in said


def test_a_good_cut_is_followed_silently() -> None:
    app = open_outputs(cut=3)
    assert app.select_slider(key="cut").value == 3
    assert texts(app, "warning") == []


@cases
def test_torch_s_own_words_are_quoted(settings: Settings) -> None:
    refusal = one_tensor(build(settings))
    assert refusal is not None
    app = open_folded(open_outputs(settings), "one_tensor")
    assert any(f"*{refusal.name}: {refusal.words}*" in text for text in texts(app, "markdown"))
    assert any(text.startswith(f"# raises: {refusal.name}\n") for text in texts(app, "code"))


# For a classifier


@cases
def test_each_candidate_is_judged_by_what_torch_gives(settings: Settings) -> None:
    """A row a candidate, a column a situation: the same bit for bit, how far off, or of another width."""
    app = take_along(open_outputs(settings))
    rows = table(app, "D = 2")
    columns = [summaries(variant) for variant in variants(settings).values()]
    assert [row[0] for row in rows] == [f"`{one.expression}`" for one in columns[0]]
    for row, found in zip(rows, zip(*columns, strict=True), strict=True):
        for told, one, column in zip(row[1:], found, columns, strict=True):
            if one.width != column[0].width:
                assert told == f"{one.width} numbers, not {column[0].width}"
            else:
                assert ("same" in told) == one.same
                assert one.same or told == f"largest difference {one.difference:.2g}"


# Experiments


def test_both_directions_in_the_last_row_are_recognised() -> None:
    """The button only turns Bidirectional on. The attempt is done at the length that the visitor has to find."""
    title = "Where does the reverse direction end?"
    app = open_outputs(answers=True)
    app.slider(key="seq_len").set_value(1).run()
    assert title not in done(app)
    app.slider(key="seq_len").set_value(5).run()
    (button,) = [button for button in app.button if button.label == "Turn Bidirectional on"]
    button.click().run()
    assert_stands(app)
    assert app.session_state["bidirectional"] is True
    assert not [button for button in app.button if button.label == "Turn Bidirectional on"]
    last = pairs(Settings(num_layers=2, bidirectional=True))[-1]
    assert title not in done(app)
    assert f"`{last.left}` and `{last.right}` differ by {last.difference:.2g}" in attempts(app)[title]
    app.slider(key="seq_len").set_value(1).run()
    assert f"`{last.left}` and `{last.right}` are the same." in done(app)[title]


def test_nothing_is_to_try_before_an_answer() -> None:
    app = open_outputs()
    assert attempts(app) == {}
    assert not [button for button in app.button if button.label == "Turn Bidirectional on"]


def test_a_loss_that_is_forgotten_is_recognised() -> None:
    """The step named is the first from which h alone stays within .01; at the defaults it is not there yet."""
    title = "How long does the loss of c last?"
    assert title not in done(open_outputs(answers=True))
    settings = Settings(num_layers=2, seq_len=40, hidden_size=16)
    apart = continued(settings, 1).per_step["h alone"]
    step = next(t for t in range(2, 41) if max(apart[t - 2 :]) <= 0.01)
    assert f"forgotten from step {step} on" in done(open_outputs(settings, answers=True))[title]


@steady
@given(settings=small_settings(), cut=st.integers(1, 199))
def test_it_stands_for_any_settings_and_cut(settings: Settings, cut: int) -> None:
    """Whatever is chosen, the verdicts are green: the laws hold, and (h, c) continues one direction."""
    app = open_outputs(settings, cut, answers=True)
    assert_stands(app)
    assert texts(app, "error") == []
