"""The lesson on layers and directions: results come after an answer, figures are torch's, each check can fail."""

import dataclasses
import json
import re
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from torch import nn

import components.lessons.layers.show as ui
from components.lessons.layers import KINDS, STAGES, TOPICS
from components.lessons.layers.facts import Change, Dropout, Mirror, Rows, change, dropout, kind, mirror, rows, warned
from components.lstm.build import build
from components.settings import Settings, meet
from components.ui.figures import figure
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.lstm.strategies import limit, settings_id, small_settings
from tests.pages.app import answer, answers_of, assert_stands, done, linked, texts, visit

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")

LAYERS = next(lesson for lesson in SYLLABUS if lesson.stem == "layers")
BOTH = Settings(num_layers=2, batch_size=2, bidirectional=True)
CASES = [
    BOTH,
    dataclasses.replace(BOTH, seq_len=1, hidden_size=1, bias=False, initial_state="zeros"),
    dataclasses.replace(BOTH, num_layers=4, batch_size=5, proj_size=2, batch_first=True, dtype="float64"),
    dataclasses.replace(BOTH, seq_len=120, signal="pulse"),
]
cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)
ENDS = "Which direction moves at every step?"
RIGHT = "layer 0: forward from that step on, reverse up to it; in the layers above: every h"


def open_layers(
    settings: Settings = BOTH, controls: dict[str, Any] | None = None, topic: str = "", **view: Any
) -> AppTest:
    """A new session on the page, with the tab `topic` open."""
    own = (controls or {}) | ({"layers_topic": topic} if topic else {})
    return visit(LAYERS, linked(settings, **view) | {name: str(value) for name, value in own.items()})


def turn_to(app: AppTest, topic: str) -> AppTest:
    """Open another tab."""
    app.session_state["layers_topic"] = topic
    return app.run()


def verdicts(app: AppTest) -> list[str]:
    """The messages of the checks: green ones, red ones, then findings, each in the page's order."""
    return [text for kind in ("success", "error", "info") for text in texts(app, kind)]


def said(app: AppTest, start: str) -> str:
    """The one text that begins with bold words."""
    (found,) = [text for text in verdicts(app) if text.startswith(f"**{start}")]
    return found


def table(app: AppTest, heading: str) -> dict[str, list[str]]:
    """The table whose first line has `heading`, by the first cell of each row."""
    for text in texts(app, "markdown"):
        lines = [line for line in text.split("\n") if line.startswith("|")]
        if lines and heading in lines[0]:
            cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
            return {row[0]: row[1:] for row in cells}
    return {}


def test_it_needs_two_of_each_and_says_so() -> None:
    settings, met = meet(Settings(), LAYERS.needs)
    assert settings == BOTH
    app = visit(LAYERS)
    assert all(any(one in text for text in texts(app, "markdown")) for one in met)


def test_no_change_is_drawn_before_an_answer() -> None:
    """The grid is there at once, with empty cells. After an answer they have numbers, and the verdict comes."""
    app = open_layers()
    assert len(app.get("vega_lite_chart")) == 1
    assert verdicts(app) == []
    assert (sizes_shown(app) == -1).all()
    answer(app, RIGHT)
    assert any(text.startswith("**Right.**") for text in texts(app, "success"))
    assert len(app.get("vega_lite_chart")) == 1
    assert (sizes_shown(app) >= 0).all()
    assert any("They change by 0." in text for text in verdicts(app))


def sizes_shown(app: AppTest) -> np.ndarray:
    """The numbers in the cells of the picture."""
    (picture, *_) = app.get("vega_lite_chart")
    (data,) = (dataset.data.data for dataset in picture.proto.datasets if dataset.name == "cells")
    values: np.ndarray = pa.ipc.open_stream(data).read_all()["value"].to_numpy()
    return values


def test_one_answer_is_right() -> None:
    app = open_layers()
    offered = answers_of(app)
    assert len(offered) == 4
    for chosen in offered:
        answer(app, chosen)
        assert_stands(app)
        wrong = [text for text in texts(app, "warning") if text.startswith("**No.**")]
        assert len(wrong) == (chosen != RIGHT)
        app.button(key="ask_again").click().run()


def every_h(settings: Settings, inputs: torch.Tensor) -> torch.Tensor:
    """h of sample 0 in every layer, (L, T, D, P), from an `nn.LSTM` of so many layers with these parameters."""
    module, _, (h_0, c_0) = build(settings)
    found = []
    for layers in range(1, settings.num_layers + 1):
        lower = {name: p for name, p in module.state_dict().items() if int(re.findall(r"_l(\d)", name)[0]) < layers}
        part = nn.LSTM(
            settings.input_size,
            settings.hidden_size,
            layers,
            settings.bias,
            settings.batch_first,
            bidirectional=True,
            proj_size=settings.proj_size,
            dtype=inputs.dtype,
        )
        part.load_state_dict(lower)
        with torch.no_grad():
            output, _ = part(inputs, (h_0[: 2 * layers], c_0[: 2 * layers]))
        found.append((output[0] if settings.batch_first else output[:, 0]).unflatten(1, (2, -1)))
    return torch.stack(found)


@cases
def test_what_a_change_reaches_is_torch_s(settings: Settings) -> None:
    """Two runs of plain modules, with and without the change, give the page's counts of moved and faded h."""
    step = min(3, settings.seq_len)
    inputs = build(settings).inputs
    changed = inputs.clone()
    changed[(0, step - 1, 0) if settings.batch_first else (step - 1, 0, 0)] += 1
    differences = (every_h(settings, changed) - every_h(settings, inputs)).abs().amax(dim=3)
    module, _, hx = build(settings)
    with torch.no_grad():
        moved = differences > limit(torch.cat([module(given, hx)[1][1] for given in (inputs, changed)]))
    reach = moved.numel() - (settings.seq_len - 1)
    (told,) = [text for text in texts(open_layers(settings, answers=True), "success") if "h change." in text]
    assert f"{int(moved.sum())} of {reach} h change." in told
    assert ("the change has faded" in told) == (moved.sum() < reach)


@cases
def test_the_figures_are_those_found(settings: Settings) -> None:
    """Slots, rows, dropout, kinds and palindrome are those of the facts, which are tested with torch."""
    app = open_layers(settings, answers=True)
    assert_stands(app)
    slots = table(app, "= layer · D + direction")
    for number in range(2 * settings.num_layers):
        layer, direction = divmod(number, 2)
        side, ended = ("reverse", 1) if direction else ("forward", settings.seq_len)
        assert slots[f"`[{number}]`"] == [f"{layer} · 2 + {direction}: layer {layer}, {side}", f"t = {ended}"]
    assert len(slots) == 2 * settings.num_layers

    turn_to(app, "Dropout")
    found = dropout(settings)
    dropped = table(app, "with `dropout=0.5`")
    assert dropped["`train()`: two calls differ by up to"] == [figure(found.training)]
    assert dropped["`eval()`: two calls differ by up to"] == [figure(found.evaluation)]
    assert dropped["zeros in what the layers above layer 0 read, in training"] == ["{:,} of {:,}".format(*found.read)]
    assert dropped["zeros in `output`, in training"] == ["{:,} of {:,}".format(*found.output)]
    assert any(warned() in text for text in texts(app, "markdown"))

    turn_to(app, "Rows")
    right, wrong = rows(settings)
    told = said(app, "With `right`, only row 0 moves")
    assert f"rows {', '.join(map(str, wrong.moved))} move, and {wrong.mixed} of {right.whose.size} pieces" in told

    made = table(app, "right holds")
    assert list(made) == [f"row {row}" for row in range(settings.batch_size)]
    for row in range(settings.batch_size):
        for cell, one in zip(made[f"row {row}"], (right, wrong), strict=True):
            assert [int(number) for number in re.findall(r"\d+", cell)] == one.whose[row].tolist()
            moves = [piece.startswith(":primary-background[**") for piece in cell.split("\u2002")]
            assert moves == one.pieces_moved[row].tolist()

    turn_to(app, "GRU and RNN")
    kinds = [kind(settings, name) for name in KINDS]
    compared = table(app, "| GRU |")
    assert compared["parameters"] == [f"{one.parameters:,}" for one in kinds]
    assert compared["blocks of H rows"] == ["4", "3", "1"]
    assert compared["end"] == ["`h_n`, `c_n`", "`h_n`", "`h_n`"]
    assert compared["shapes"] == [" and ".join(map(str, dict.fromkeys(one.states))) for one in kinds]
    assert compared["projection"] == ["yes", "no", "no"]

    turn_to(app, "Palindrome")
    as_drawn = mirror(settings, STAGES[0], 0)
    assert f"layer 1: {figure(as_drawn.worst(1))}" in said(app, "Not the same in both directions.")


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("step", [1, 4, 9])
def test_the_change_follows_step_module_and_sample(name: str, step: int) -> None:
    """The chosen one is shown: the numbers in the cells are those of the two runs."""
    settings = dataclasses.replace(BOTH, seq_len=9, batch_size=3)
    app = open_layers(settings, {"step": step, "kind": name}, answers=True, sample=2)
    assert texts(app, "warning") == []
    assert any(f"step {step} of sample 2" in text for text in texts(app, "markdown"))
    moved = change(settings, name, step, 2).moved
    assert f"{int(moved.sum())} of {moved.size - 8} h" in "".join(texts(app, "success"))
    assert ENDS not in done(app)  # it takes both ends
    for end in (1, 9):
        app.select_slider(key="step").set_value(end).run()
    first, last = (change(settings, name, end, 2).moved[0].sum(axis=1) for end in (1, 9))
    outcome = done(app)[ENDS]
    assert f"forward moves at {first[0]} of 9 steps when the first is changed, and at {last[0]} when" in outcome
    assert f"Reverse moves at {first[1]} and at {last[1]}." in outcome


@pytest.mark.parametrize(
    ("control", "value", "back"),
    [("seed", 2, 1), ("hidden_size", 5, 4), ("sample", 1, 0), ("kind", "GRU", "LSTM")],
)
def test_both_ends_are_those_of_one_run(control: str, value: Any, back: Any) -> None:
    """Both ends must be tried on the same run. A change of the run starts the attempt again."""
    app = open_layers(dataclasses.replace(BOTH, seq_len=9), {"step": 1}, answers=True)

    def choose(step: int) -> None:
        app.select_slider(key="step").set_value(step).run()

    def move(value: Any) -> None:
        choose(5)
        app.session_state[control] = value
        app.run()

    move(value)
    choose(9)
    assert ENDS not in done(app)
    move(back)
    choose(9)
    assert ENDS not in done(app)
    choose(1)
    assert ENDS in done(app)


def test_a_single_step_has_one_end() -> None:
    """With one step the first step is the last. The attempt is not done, and the task says what is needed."""
    app = open_layers(dataclasses.replace(BOTH, seq_len=1), answers=True)
    one_end = "with one step, the first is the last"
    assert ENDS not in done(app)
    assert any(one_end in text for text in texts(app, "markdown"))
    app.slider(key="seq_len").set_value(2).run()
    assert not any(one_end in text for text in texts(app, "markdown"))
    for end in (1, 2):
        app.select_slider(key="step").set_value(end).run()
    assert "of 2 steps when" in done(app)[ENDS]


def test_the_step_stays_within_the_sequence() -> None:
    app = open_layers(dataclasses.replace(BOTH, seq_len=20), {"step": 17})
    assert app.select_slider(key="step").value == 17
    app.slider(key="seq_len").set_value(6).run()
    assert_stands(app)
    assert app.select_slider(key="step").value == 6
    for steps in (1, 2, 200):
        app.slider(key="seq_len").set_value(steps).run()
        assert_stands(app)
    assert len(app.select_slider(key="step").options) == 200


@pytest.mark.parametrize("raw", ["0", "6", "-1", "inf", "", "x", ["2", "3"]], ids=str)
def test_a_step_that_cannot_be_is_said(raw: Any) -> None:
    app = visit(LAYERS, {"step": raw})
    assert_stands(app)
    assert app.select_slider(key="step").value in range(1, 6)
    (told,) = texts(app, "warning")
    assert "step" in told


@pytest.mark.parametrize(("settings", "needed"), [(BOTH, 2), (dataclasses.replace(BOTH, seq_len=1), 1)])
def test_a_palindrome_is_mended(settings: Settings, needed: int) -> None:
    """Copies make layer 0 equal, swapped halves make every layer equal. With one step copies are enough.

    A link with a choice of reverse weights opens the tab that has it.
    """
    for number, stage in enumerate(STAGES[1:], start=1):
        app = open_layers(settings, {"reverse": stage})
        assert_stands(app)
        assert app.session_state["layers_topic"] == "Palindrome"
        found = mirror(settings, stage, 0)
        start = "The same in both directions, in every layer."
        if number < needed:
            start = "The same in both directions up to layer 0, but not in layer 1."
        assert figure(found.worst(1)) in said(app, start)
    app = open_layers(settings, topic="Palindrome")
    assert figure(mirror(settings, STAGES[0], 0).worst(1)) in said(app, "Not the same in both directions.")


@pytest.mark.parametrize(
    "settings", [BOTH, dataclasses.replace(BOTH, seq_len=1), dataclasses.replace(BOTH, num_layers=3)]
)
def test_the_smallest_change_is_found_by_trying_less(settings: Settings) -> None:
    """The attempt is done with the smallest choice that is enough, once each smaller one was tried on the same run."""
    title = "Make both directions the same"
    enough = [mirror(settings, stage, 0).alike == settings.num_layers for stage in STAGES].index(True)
    app = open_layers(settings, topic="Palindrome", answers=True)

    def choose(stage: int) -> None:
        app.button_group(key="reverse").set_value(STAGES[stage]).run()
        assert_stands(app)

    for stage in (enough, 0):  # what is enough, but nothing less tried
        choose(stage)
        assert (title in done(app)) == (enough == 1)
    app.session_state["seed"] = 2
    app.run()
    for stage in range(enough):
        choose(stage)
        assert title not in done(app)
    choose(enough)
    assert done(app)[title].startswith(f"“{STAGES[enough]}” is enough: all {settings.num_layers} layers agree")


def test_a_change_that_fades_is_recognised() -> None:
    title = "How far does the change reach?"
    assert title not in done(open_layers(answers=True))
    settings = dataclasses.replace(BOTH, seq_len=200)
    found = change(settings, "LSTM", 3, 0)
    faded = int((~found.moved[-1]).sum())
    assert faded > 0
    app = open_layers(settings, answers=True)
    assert figure(float(found.h[-1].min())) in done(app)[title]
    assert f"{faded} of 400 h do not move" in done(app)[title]
    assert title not in done(open_layers(settings))  # not before an answer


# Checks that fail


def broken(monkeypatch: pytest.MonkeyPatch, name: str, result: Any) -> AppTest:
    """The page, with a fact of one of its checks replaced and the tab of this check open."""
    monkeypatch.setattr(ui, name, lambda *_: result)
    return open_layers(topic={"rows": "Rows", "dropout": "Dropout"}.get(name, ""), answers=True)


def test_a_change_out_of_reach_turns_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    h = np.ones((2, 2, 5), np.float32)
    app = broken(monkeypatch, "change", Change(np.zeros(5, np.float32), h, 2e-6))
    assert "4 of 4 h that the change cannot reach move" in said(app, "Something moves that should not.")


def test_rows_that_mix_turn_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = rows(BOTH)[1]
    app = broken(monkeypatch, "rows", (Rows(wrong.whose, wrong.change, wrong.limit), wrong))
    assert "Rows 0, 1 move." in said(app, "Not only row 0 moves.")


@pytest.mark.parametrize(
    "found",
    [Dropout(0.3, 0.2, (3, 8), (0, 8), 0, 2e-6), Dropout(0.3, 0.0, (3, 8), (4, 8), 4, 2e-6)],
    ids=["unsteady", "zeros"],
)
def test_dropout_elsewhere_turns_the_verdict(monkeypatch: pytest.MonkeyPatch, found: Dropout) -> None:
    app = broken(monkeypatch, "dropout", found)
    assert f"{found.output[0]} of 8" in said(app, "Not only between layers.")


@pytest.mark.parametrize("name", ["change", "rows", "dropout"])
def test_rounding_turns_no_verdict(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Differences of 7.5e-09 may come or not, as numbers lie in memory. No check turns red because of them."""
    noise, found, (right, wrong) = np.float32(7.5e-9), change(BOTH, "LSTM", 3, 0), rows(BOTH)
    results = {
        "change": dataclasses.replace(found, h=found.h + noise),
        "rows": (dataclasses.replace(right, change=right.change + noise), wrong),
        "dropout": dataclasses.replace(dropout(BOTH), evaluation=7.5e-9),
    }
    app = broken(monkeypatch, name, results[name])
    assert texts(app, "error") == []
    assert len(texts(app, "success")) == 1 + (name != "change")


def test_a_broken_mirror_turns_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "mirror", lambda *_: Mirror(np.array([[0.0], [0.5]]), 1e-6))
    app = open_layers(controls={"reverse": STAGES[2]})
    assert "layer 1: 0.5" in said(app, "The same in both directions up to layer 0, but not in layer 1.")


# Charts


@cases
@pytest.mark.parametrize("topic", TOPICS)
def test_charts_are_fed_what_they_draw(settings: Settings, topic: str) -> None:
    """There is the picture, and one chart more in two of the tabs. What is in a closed tab is not made."""
    app = open_layers(settings, topic=topic, answers=True)
    app.session_state["mirror_steps"] = True
    charts = app.run().get("vega_lite_chart")
    assert len(charts) == (2 if topic in ("Turns", "Palindrome") else 1)
    for chart in charts:
        assert {dataset.name for dataset in chart.proto.datasets} == datasets(json.loads(chart.proto.spec))
        assert not re.search(r"\d", chart.proto.alt)


def test_specifications_stay_when_numbers_change() -> None:
    app = open_layers(topic="Turns", answers=True)
    specs = [chart.proto.spec for chart in app.get("vega_lite_chart")]
    for name, value in (("seq_len", 9), ("hidden_size", 7), ("input_size", 2)):
        app.slider(key=name).set_value(value).run()
        assert [chart.proto.spec for chart in app.get("vega_lite_chart")] == specs
    app.select_slider(key="step").set_value(1).run()
    assert [chart.proto.spec for chart in app.get("vega_lite_chart")] == specs


@examples(deadline=None, derandomize=True, max_examples=20)
@given(
    settings=small_settings(bidirectional=True),
    step=st.integers(1, 12),
    name=st.sampled_from(list(KINDS)),
    stage=st.sampled_from(STAGES),
    topic=st.sampled_from(TOPICS),
)
def test_it_stands_for_any_settings(settings: Settings, step: int, name: str, stage: str, topic: str) -> None:
    """Whatever is chosen: no check fails, and the palindrome's two directions differ only while they must."""
    controls = {"step": step, "kind": name} | ({"reverse": stage} if topic == "Palindrome" else {})
    app = open_layers(settings, controls, topic, answers=True)
    assert_stands(app)
    assert texts(app, "error") == []
    found = [text for text in texts(app, "info") if "same in both directions" in text]
    settings, _ = meet(settings, LAYERS.needs)
    assert len(found) == (topic == "Palindrome" and mirror(settings, stage, 0).alike < settings.num_layers)


@pytest.mark.parametrize("moved", [False, True])
def test_a_step_that_nobody_has_moved_is_the_one_of_the_address(moved: bool) -> None:
    """It stands where a new visit of the same address puts it. A moved one stays, and the address names it."""
    app = open_layers(dataclasses.replace(BOTH, seq_len=2))
    step = app.select_slider(key="step")
    assert step.value == 2
    if moved:
        step.set_value(1).run()
    app.slider(key="seq_len").set_value(9).run()
    anew = open_layers(dataclasses.replace(BOTH, seq_len=9)).select_slider(key="step").value
    assert app.select_slider(key="step").value == (1 if moved else anew)
    assert anew != 2
