"""The lesson on the memory: results come after an answer, stories set the controls, every figure is torch's."""

import dataclasses
import json
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.lessons.memory import TOPIC
from components.lessons.memory.authors import show as ui
from components.lessons.memory.authors.facts import authors
from components.lessons.memory.echo import show as ui_echo
from components.lessons.memory.facts import Hold, Surgery, operate, prove
from components.lessons.memory.frames import SHUT, carried, heard, operated
from components.lessons.memory.show import IDLE, JOBS, STORIES
from components.lstm.build import build
from components.settings import Settings, meet
from components.ui.figures import NON_BREAKING, figure, scientific
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.lstm.strategies import settings_id
from tests.pages.app import answer, answers_of, assert_stands, attempts, done, linked, texts, visit

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")

MEMORY = next(lesson for lesson in SYLLABUS if lesson.stem == "memory")
KEEP = Surgery((Hold("i", 0.0), Hold("f", 1.0)))
SETTINGS = Settings(seq_len=12)
CASES = [
    SETTINGS,
    Settings(seq_len=20, hidden_size=1, signal="constant"),
    Settings(
        seq_len=12, num_layers=2, bidirectional=True, batch_size=3, proj_size=2, batch_first=True, dtype="float64"
    ),
    Settings(seq_len=60, hidden_size=40, signal="pulse", initial_state="zeros", bias=False),
    Settings(seq_len=13, signal="sine"),
]
cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)


WROTE, THROUGH_H, CHECK = TOPIC.values


def open_memory(
    settings: Settings = SETTINGS, link: dict[str, str] | None = None, topic: str = WROTE, **view: Any
) -> AppTest:
    """A new session on the page, with the tab `topic` open."""
    return visit(MEMORY, linked(settings, **view) | {"memory_topic": topic} | (link or {}))


def verdicts(app: AppTest) -> list[str]:
    """The green messages."""
    return [text for text in texts(app, "success") if not text.startswith("**Right")]


def markdown(app: AppTest) -> str:
    """All running text."""
    return "\n\n".join(texts(app, "markdown"))


def test_it_needs_steps_to_fade_over() -> None:
    settings, met = meet(Settings(), MEMORY.needs)
    assert settings.seq_len == 12
    assert met[0] in markdown(visit(MEMORY))


def test_nothing_is_told_before_an_answer() -> None:
    """The pictures are there at once. The verdicts, and what h carries on, come after an answer."""
    before = {WROTE: 2, THROUGH_H: 1, CHECK: 1}
    after = {WROTE: 2, THROUGH_H: 2, CHECK: 1}
    for topic in TOPIC.values:
        app = open_memory(topic=topic)
        assert verdicts(app) == []
        assert len(app.get("vega_lite_chart")) == before[topic]
        assert "largest difference" not in markdown(app)
        answer(app, answers_of(app)[0])
        assert len(verdicts(app)) == (2 if topic == CHECK else 1)
        assert len(app.get("vega_lite_chart")) == after[topic]
    for given in answers_of(open_memory()):
        app = answer(open_memory(), given)
        assert_stands(app)
        wrong = [text for text in texts(app, "warning") if text.startswith("**No.** ")]
        assert len(wrong) == (0 if "but what was read" in given else 1)


def test_each_story_sets_the_controls_and_is_recognised() -> None:
    """One click sets the controls. A page opened from their link shows the same."""
    app = open_memory(answers=True, topic=CHECK)
    assert app.session_state["story"] == "As it is"
    for name, story in STORIES.items():
        app.button_group(key="story").set_value(name).run()
        assert_stands(app)
        assert {key: app.session_state[key] for key in IDLE} == story.controls()
        assert story.look in markdown(app)
        link = {key: str(value) for key, value in story.controls().items() if value != IDLE[key]}
        assert open_memory(link=link).session_state["story"] == name
        assert verdicts(app)[1].startswith("**The operation does what it says.**")
        assert ("bit for bit." in verdicts(app)[1]) == (name == "Keep all")
    app.select_slider(key="hold_g").set_value("0.5").run()
    assert app.session_state["story"] is None


@cases
def test_the_check_states_what_is_found(settings: Settings) -> None:
    """The page shows the figures of the three comparisons. The tests of the facts compare these with torch."""
    several = settings.num_layers > 1
    view = {"layer": 1, "direction": "reverse", "sample": 2} if several else {}
    link = {"hold_i": "0", "hold_f": "0.9", "forget_bias": "2", "edits": "o_3..5[0] = 0.5"}
    app = open_memory(settings, link, CHECK, answers=True, **view)
    assert_stands(app)
    holds = (Hold("i", 0.0), Hold("f", 0.9), Hold("o", 0.5, 0, 3, 5))
    surgery = Surgery(holds, (), 2.0, int(several), int(several))
    setup = build(settings)
    proof = prove(setup, surgery, operate(setup, surgery))
    assert proof.calls == 3
    run = operated(settings, surgery, 2 if several else 0, 0)
    text = markdown(app)
    assert f"3 calls, with the state carried | {scientific(max(proof.h, proof.c))} |" in text
    assert f"at every step | {scientific(run.terms.max_abs_diff)} |" in text
    assert (
        f"all units and samples | {figure(proof.moved)} | {'bit for bit' if proof.bitwise else 'not the same'} |"
        in text
    )
    assert verdicts(app)[1].startswith("**The operation does what it says.**")
    assert "Altered: i held at 0, f held at 0.9, o held at 0.5 in unit 0 from step 3 to 5, forget bias +2." in text
    assert ("Gates are altered in layer 1, reverse direction" in text) == several
    charts = [
        chart
        for topic in TOPIC.values
        for chart in open_memory(settings, link, topic, answers=True, **view).get("vega_lite_chart")
    ]
    assert len(charts) == 5
    for chart in charts:
        spec = json.loads(chart.proto.spec)
        assert {dataset.name for dataset in chart.proto.datasets} == datasets(spec)
        assert not re.search(r"\d", chart.proto.alt)


def test_a_broken_law_turns_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A red message appears if torch gives other numbers, and if c_n should be c_0 but is not."""
    page = open_memory(link={"hold_i": "0", "hold_f": "1"}, topic=CHECK, answers=True)
    assert texts(page, "error") == []
    run = operated(SETTINGS, KEEP, 0, 0)
    for broken in (
        dataclasses.replace(run, proof=dataclasses.replace(run.proof, h=0.5)),
        dataclasses.replace(run, proof=dataclasses.replace(run.proof, moved=0.1)),
        dataclasses.replace(run, terms=dataclasses.replace(run.terms, max_abs_diff=0.5)),
    ):
        monkeypatch.setattr("components.lessons.memory.show.operated", lambda *_, broken=broken: broken)
        app = open_memory(link={"hold_i": "0", "hold_f": "1"}, topic=CHECK, answers=True)
        assert any(text.startswith("**Something does not hold.**") for text in texts(app, "error"))
    monkeypatch.undo()
    silent = dataclasses.replace(carried(SETTINGS, 0, 0, 0), last=1)
    monkeypatch.setattr(ui_echo, "carried", lambda *_: silent)
    app = open_memory(answers=True)
    assert any(text.startswith("**Here nothing gets through.**") for text in texts(app, "error"))


@cases
def test_what_travels_through_h_is_stated_as_found(settings: Settings) -> None:
    app = open_memory(settings, topic=THROUGH_H, answers=True)
    floor = {"float32": 1e-9, "float64": 1e-14}[settings.dtype]
    found = heard(settings, Surgery(), 0, floor)
    (verdict,) = verdicts(app)
    assert verdict.startswith("**Even with f held at 0 at every step, h still carries something on.**")
    assert f"moves h until t = {found.last[SHUT]}" in verdict
    assert ("the very end" in verdict) == (found.last[SHUT] == settings.seq_len)
    assert "is rounding and is not counted." in markdown(app)
    for name in found.names:
        assert f"| {name} | t = {found.last[name]} | {figure(found.end[name])} |" in markdown(app)


def test_rounding_does_not_travel_to_the_end() -> None:
    """With f held at 0 the change falls below the tolerance long before the end. What is left is rounding."""
    settings = Settings(hidden_size=22, seq_len=32, input_size=12)
    app = open_memory(settings, {"hold_f": "0"}, answers=True)
    found = heard(settings, Surgery((Hold("f", 0.0),)), 0, 1e-9)
    assert 1 < found.last[SHUT] < 10
    assert found.end[SHUT] > 0
    assert f"moves h until t = {found.last[SHUT]}. After that the change is no more than rounding." in verdicts(app)[0]
    assert "the very end" not in verdicts(app)[0]


def test_the_half_life_is_in_words() -> None:
    """They are counted from f. With f at 1 there is none, and with f at 0 it is one step."""
    assert f"**Half{NON_BREAKING}life: none.** f is 1 at every step" in markdown(open_memory(link={"hold_f": "1"}))
    assert f"**Half{NON_BREAKING}life: 1 step.**" in markdown(open_memory(link={"hold_f": "0"}))
    assert f"**Half{NON_BREAKING}life: 7 steps.**" in markdown(open_memory(link={"hold_f": "0.9"}))
    left = operated(SETTINGS, Surgery((Hold("f", 0.99),)), 0, 0).left
    assert f"**Half{NON_BREAKING}life: longer than the sequence.** After 12 steps {left:.0%} of c_0" in markdown(
        open_memory(link={"hold_f": "0.99"})
    )


def test_attempts_are_confirmed_when_done() -> None:
    """The page recognises g = 0 and not i = 0, although both keep c_0, and a forget bias that outlasts the sequence."""
    first, second = "Keep c_0 without touching the input gate", "Remember to the end"
    for story in STORIES.values():  # a click on a story does no task
        link = {key: str(value) for key, value in story.controls().items() if value != IDLE[key]}
        assert done(open_memory(link=link, answers=True)) == {}
    assert set(done(open_memory(link={"hold_f": "1", "hold_g": "0"}, answers=True))) == {first}
    left = []
    for bias in range(0, 11):
        left.append(operated(SETTINGS, Surgery(forget_bias=float(bias)), 0, 2).left)
        app = open_memory(link={"forget_bias": str(bias), "unit": "2"}, answers=True)
        assert (second in done(app)) == (left[-1] >= 0.5 > min(left[-2:]) and bias > 0)
        if bias and left[-2] >= 0.5:
            break
        if left[-1] < 0.5:
            assert "less than half left after" in attempts(app)[second]
    assert bias > 1
    assert done(open_memory(link={"hold_f": "1", "forget_bias": "1"}, answers=True)) == {}


def test_a_line_that_cannot_be_read_is_said() -> None:
    """The page names each part that cannot be used, and uses all others."""
    app = open_memory(link={"edits": "c_0[0] = 3, c_0[9] = 1, <script>, f = 7"})
    assert_stands(app)
    (said,) = texts(app, "warning")
    assert said.count("\n- ") == 3
    assert "Altered: c_0[0] set to 3." in markdown(app)


def test_unit_stays_among_the_units() -> None:
    app = open_memory(Settings(seq_len=12, hidden_size=8), {"unit": "7"})
    assert "Who wrote c of unit 7" in markdown(app)
    app.slider(key="hidden_size").set_value(3).run()
    assert_stands(app)
    assert "Who wrote c of unit 2" in markdown(app)
    app = open_memory(link={"unit": "100"})
    assert "`unit=100` does not fit here; `0` is used instead." in texts(app, "warning")[0]


@pytest.mark.parametrize(
    ("key", "raw"), [("hold_f", "2"), ("hold_g", ""), ("forget_bias", "99"), ("forget_bias", "1e1"), ("unit", "x")]
)
def test_a_hostile_link_is_said(key: str, raw: str) -> None:
    app = open_memory(link={key: raw})
    assert_stands(app)
    assert any(f"`{key}" in text for text in texts(app, "warning"))


def test_a_window_is_said() -> None:
    text = markdown(open_memory(Settings(seq_len=200, hidden_size=128), {"unit": "40", "hold_o": "0"}))
    part = operated(Settings(seq_len=200, hidden_size=128), Surgery((Hold("o", 0.0),)), 0, 40).units
    assert f"Shown: units {part.first} to {part.last} of 128, around Unit." in text
    assert "Each column stands for 5 steps together" in text
    assert ui.DENSE < 200


def job(weights: str, **free: Any) -> Settings:
    """Settings of a cell that does a job."""
    return Settings.for_job(weights, **{"seq_len": 12, **free})


@pytest.mark.parametrize("steps", [12, 60])
def test_cells_with_a_job_show_what_lasts(steps: int) -> None:
    """The page describes each job. The counter's c is a sum of whole pulses. The delay loses nothing with f shut."""
    for weights, look in JOBS.items():
        app = open_memory(job(weights, seq_len=steps), topic=CHECK, answers=True)
        assert_stands(app)
        assert look in markdown(app)
        assert len(verdicts(app)) == 2
        assert texts(app, "error") == []
        assert verdicts(app)[0].startswith(
            "**Even with f held at 0 at every step, h still carries something on.**"
            if weights == "delay"
            else "**Here c is the only way.**"
        )
    counted = operated(job("counter", seq_len=steps), Surgery(), 0, 0)
    pulses = build(job("counter", seq_len=steps)).inputs.sum().item()
    assert counted.terms.c == pytest.approx(pulses, abs=1e-4)
    assert counted.left == 1
    last = operated(job("delay", seq_len=steps), Surgery((Hold("f", 0.0),)), 0, 3)
    assert np.nanmax(np.abs(last.cells["h"] - last.cells["h_was"])) < 1e-6


def test_the_latch_holds_until_a_reset() -> None:
    """The columns do not fade: a term is whole or gone."""
    wrote = authors(operate(build(job("latch", seq_len=60)), Surgery()), 0, 0)
    terms = wrote.shares[:, 1:]
    assert set(terms.round(6).ravel().tolist()) == {0.0, 1.0}
    assert {-1.0, 1.0} >= set((terms[1:] - terms[:-1]).round(6)[:, 0].tolist()) - {0.0}


@pytest.mark.parametrize(("sample", "late"), [(11, False), (12, True), (15, True)])
def test_a_pulse_that_would_come_too_late_is_said(sample: int, late: bool) -> None:
    """Sample b has its pulse at step b + 1. Without such a step every x is zero, and the page says so."""
    settings = Settings(seq_len=12, batch_size=16, signal="pulse")
    assert bool(build(settings).inputs[:, sample].any()) != late
    app = open_memory(settings, {"sample": str(sample)}, answers=True)
    assert_stands(app)
    said = f"In sample {sample} the pulse would come after the last step, so every x is zero"
    assert (said in markdown(app)) == late
    assert ("It wrote one column of *Who wrote c*" in markdown(app)) != late
    assert any(text.startswith(said) for text in texts(app, "info")) == late
