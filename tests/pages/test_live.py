"""The live page: its verdict is the check's, it waits for an answer, and it sees what is done with the sliders."""

import json
import math
import re
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Pagination

from components.jobs import JOBS
from components.lessons.live import LABELS
from components.lessons.live.check.facts import MISTAKES, as_batch_words, check
from components.lessons.live.check.program import call, faulty_line, loop, program, raising
from components.lessons.live.check.show import checked
from components.lessons.live.score import show as score
from components.lessons.live.score.frames import packed, scored
from components.lessons.live.show import first_agreement
from components.lstm.build import build
from components.lstm.compare import AGREED
from components.settings import VIEWS, Settings, fixing
from components.training.registry import Desk
from components.ui import furniture, shell
from components.ui.figures import parameter_formula, scientific
from components.ui.furniture import SHOW_ME
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.lstm.strategies import any_settings, settings_id
from tests.pages.app import answer, answers_of, assert_stands, attempts, done, linked, take_along, texts, visit
from tests.training.test_registry import until

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=60)

LIVE = next(lesson for lesson in SYLLABUS if lesson.stem == "live")
CASES = [
    Settings(),
    Settings(seq_len=1, initial_state="zeros"),
    Settings(bidirectional=True, num_layers=2, batch_size=3),
    Settings(dtype="float64", proj_size=2, batch_first=True, batch_size=2),
    Settings(hidden_size=16, seq_len=60, signal="sine", bias=False),
    Settings.for_job("counter", seq_len=30, batch_size=2),
]
settings_cases = pytest.mark.parametrize("settings", CASES, ids=settings_id)
mistakes = pytest.mark.parametrize("mistake", MISTAKES)


def open_live(settings: Settings | None = None, mistake: str = "none", **view: Any) -> AppTest:
    """A new session on the live page."""
    return visit(LIVE, linked(settings or Settings(), mistake, **{"live_topic": "Loop and call"} | view))


def verdicts(app: AppTest) -> list[tuple[bool, str]]:
    """The verdicts on the page: whether it is the green box, and what it says."""
    boxes = [(kind == "success", text) for kind in ("success", "error") for text in texts(app, kind)]
    return [(good, text) for good, text in boxes if re.match(r"\*\*(The same|Not the same)", text)]


def table(app: AppTest) -> list[list[str]]:
    """The check's table: name, difference, within, bit for bit."""
    (text,) = [text for text in texts(app, "markdown") if text.startswith("| | largest difference")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]


# The verdict


@mistakes
@settings_cases
def test_the_verdict_is_the_check_s(settings: Settings, mistake: str) -> None:
    """One verdict, green if and only if `check` finds the two the same, with the figures it rests on in the table."""
    app = open_live(settings, mistake, answers=True)
    assert_stands(app)
    result = check(settings, mistake)
    ((good, text),) = verdicts(app)
    assert good == result.same
    assert text.startswith("**The same" if result.same else "**Not the same.**")
    assert ("in spite of the mistake" in text) == (result.same and mistake != "none")
    assert result.same or f"`{faulty_line(settings, mistake)}`" in text
    rows = table(app)
    assert [row[0] for row in rows] == ["output", "h_n", "c_n"]
    for row, shown in zip(result.rows, rows, strict=True):
        if math.isnan(row.difference):
            assert shown[1] == f"shapes {row.shapes[0]} and {row.shapes[1]}"
        else:
            assert shown[1] == scientific(row.difference)
        assert (":green[" in shown[2], ":red[" in shown[2]) == (row.within, not row.within)
        assert shown[3] == ("yes" if row.bitwise else "no")


@steady
@given(settings=any_settings(), mistake=st.sampled_from(list(MISTAKES)))
def test_the_verdict_is_never_written_down(settings: Settings, mistake: str) -> None:
    """For any settings and any mistake the box has the colour that the comparison gives it."""
    app = open_live(settings, mistake, answers=True)
    assert [good for good, _ in verdicts(app)] == [check(settings, mistake).same]


@pytest.mark.parametrize("mistake", [name for name in MISTAKES if name != "none"])
def test_each_mistake_flips_the_verdict(mistake: str) -> None:
    """Chosen on the page, each mistake turns the verdict red and names itself; taken back, it is green again."""
    app = open_live(Settings(bidirectional=mistake == "forward_loop"), answers=True)
    assert [good for good, _ in verdicts(app)] == [True]
    app.button_group(key="mistake").set_value(LABELS[mistake]).run()
    ((good, text),) = verdicts(app)
    assert not good
    assert MISTAKES[mistake].sentence in text
    app.button_group(key="mistake").set_value(LABELS["none"]).run()
    assert [good for good, _ in verdicts(app)] == [True]


@pytest.mark.parametrize(
    ("settings", "mistake"),
    [
        (Settings(seq_len=1, initial_state="zeros"), "zeros"),
        (Settings(initial_state="zeros"), "redraw"),
        (Settings(seq_len=1), "h_only"),
        (Settings(seq_len=1, initial_state="zeros"), "as_batch"),
        (Settings(), "forward_loop"),
    ],
)
def test_a_mistake_without_effect_says_why(settings: Settings, mistake: str) -> None:
    """Where a mistake does no harm the page does not claim one, and gives the reason."""
    ((good, text),) = verdicts(open_live(settings, mistake, answers=True))
    assert good
    assert MISTAKES[mistake].harmless(settings)
    assert MISTAKES[mistake].harmless(settings) in text


@mistakes
def test_the_code_beside_it_is_that_of_the_mistake(mistake: str) -> None:
    """Loop, call and the whole program are those of the settings and the mistake; the raising one only where it is."""
    settings = Settings(hidden_size=6, seq_len=7)
    app = open_live(settings, mistake, answers=True)
    code = texts(take_along(app), "code")
    shown = [loop(settings, mistake), call(settings, mistake)]
    shown += [raising(settings)] if mistake == "as_batch" else []
    assert code == [*shown, program(settings, mistake)]


def test_torch_s_own_words_are_quoted() -> None:
    """With the axes swapped the page quotes the error torch raises for these settings, or says that there is none."""
    settings = Settings(seq_len=7)
    words = as_batch_words(build(settings))
    assert words
    said = texts(open_live(settings, "as_batch", answers=True), "markdown")
    assert any(f"*{words}*" in text for text in said)
    app = open_live(Settings(seq_len=3, batch_size=3), "as_batch", answers=True)
    assert any("Torch gives no error here" in text for text in texts(app, "markdown"))
    assert not any("# raises" in text for text in texts(app, "code"))


# Predict


@mistakes
def test_the_verdict_waits_for_an_answer(mistake: str) -> None:
    """Before an answer there is no verdict, no table and no code, whatever mistake is chosen."""
    app = open_live(mistake=mistake)
    assert verdicts(app) == []
    assert not any("largest difference" in text for text in texts(app, "markdown"))
    assert any("Answer the question" in text for text in texts(app, "info"))
    assert texts(app, "code") == []


def test_every_answer_reveals_and_is_answered() -> None:
    """Each answer shows the verdict and feedback in words; one is right, every other names what it takes for what."""
    judged = []
    for text in answers_of(open_live()):
        app = answer(open_live(), text)
        assert_stands(app)
        assert len(verdicts(app)) == 1
        right = [text for text in texts(app, "success") if text.startswith("**Right.**")]
        wrong = [text for text in texts(app, "warning") if text.startswith("**No.**")]
        assert len(right) + len(wrong) == 1
        judged.append(bool(right))
    assert judged.count(True) == 1
    assert len(judged) == 4


def test_the_right_answer_is_the_one_the_check_confirms() -> None:
    """The answer called right is "the same, up to rounding", which is what the check finds for every case here."""
    app = answer(open_live(), "the same, up to rounding")
    assert any(text.startswith("**Right.**") for text in texts(app, "success"))
    assert all(check(settings).same for settings in CASES)


def test_show_me_skips_the_question() -> None:
    """ "Show me" reveals the verdict without an answer, and stays so when the page is moved."""
    app = answer(open_live(), SHOW_ME)
    assert len(verdicts(app)) == 1
    assert not any(
        text.startswith(("**Right", "**No.")) for kind in ("success", "warning") for text in texts(app, kind)
    )
    app.slider(key="seq_len").set_value(9).run()
    assert len(verdicts(app)) == 1


def test_answers_can_be_shown_to_a_class() -> None:
    """With `answers` the right answer stands there at once, and nothing has to be clicked; off again, it is hidden."""
    app = open_live(answers=True)
    assert len(verdicts(app)) == 1
    assert answers_of(app) == []
    assert any("**The answer:** the same, up to rounding." in text for text in texts(app, "markdown"))
    app.toggle(key="answers").set_value(False).run()
    assert verdicts(app) == []


def test_an_answer_can_be_taken_back() -> None:
    """ "Ask again" asks anew, and the verdict waits for another answer. *Check* without a choice does nothing."""
    app = open_live()
    app.button(key="check_answer").click().run()
    assert verdicts(app) == []
    answer(app, answers_of(app)[1])
    app.button(key="ask_again").click().run()
    assert len(answers_of(app)) == 4
    assert verdicts(app) == []
    assert app.session_state["answer_live"] is None


def test_an_answer_stays_while_sliders_move() -> None:
    """Given once, an answer and its verdict stay; the verdict is the new settings' own."""
    app = open_live()
    given = answers_of(app)[1]
    answer(app, given)
    app.slider(key="hidden_size").set_value(9).run()
    assert len(verdicts(app)) == 1
    assert app.session_state["answer_live"] == given
    assert table(app)[0][1] == scientific(check(Settings(hidden_size=9)).rows[0].difference)


# Experiments

UNITS, START = "Units are not time steps", "How long is the start remembered?"


@settings_cases
def test_the_parameter_count_is_the_module_s(settings: Settings) -> None:
    """The page states the formula with these settings' numbers, and its result is `sum(p.numel())`."""
    task = attempts(open_live(settings, answers=True))[UNITS]
    count = sum(parameter.numel() for parameter in build(settings).module.parameters())
    assert f"**{parameter_formula(settings)}**" in task
    assert f"= {count:,}**".replace(",", "\u202f") in task


@pytest.mark.parametrize("first", ["seq_len", "hidden_size"])
def test_raising_one_slider_then_the_other_is_recognised(first: str) -> None:
    """Both raised, each alone, in either order: the page confirms, with rows, columns and parameters as they are."""
    values = {"seq_len": 9, "hidden_size": 7}
    second = next(name for name in values if name != first)
    app = open_live(answers=True)
    app.slider(key=first).set_value(values[first]).run()
    assert done(app) == {}
    assert "raised" in attempts(app)[UNITS]
    app.slider(key=second).set_value(values[second]).run()
    (text,) = done(app).values()
    more = Settings(hidden_size=7).num_parameters - Settings().num_parameters
    assert "5 → 9: 4 more columns, 0 more parameters" in text
    assert f"4 → 7: 3 more rows, {more} more parameters" in text
    assert_stands(app)


@pytest.mark.parametrize(
    ("key", "value", "counts"), [("input_size", 6, False), ("num_layers", 2, False), ("seed", 9, True)]
)
def test_both_sliders_are_raised_on_modules_of_one_formula(key: str, value: int, counts: bool) -> None:
    """What another formula counted is no part of it; another seed leaves the formula as it is."""
    app = open_live(answers=True)
    app.slider(key="seq_len").set_value(9).run()
    app.session_state[key] = value
    app.run()
    app.slider(key="hidden_size").set_value(7).run()
    assert (UNITS in done(app)) == counts
    app.slider(key="seq_len").set_value(12).run()
    assert UNITS in done(app)


def test_other_moves_are_not_taken_for_it() -> None:
    """Lowered sliders, other sliders, and both raised in one move do not count."""
    app = open_live(Settings(seq_len=20, hidden_size=20), answers=True)
    for name, value in (("seq_len", 9), ("hidden_size", 7), ("input_size", 8)):
        app.slider(key=name).set_value(value).run()
    assert done(app) == {}
    app.slider(key="seq_len").set_value(30)
    app.slider(key="hidden_size").set_value(30).run()
    assert done(app) == {}
    assert "raised" not in attempts(app)[UNITS]


@pytest.mark.parametrize("settings", [Settings(seq_len=60), Settings(seq_len=200, hidden_size=32)], ids=settings_id)
def test_a_forgotten_start_is_recognised(settings: Settings) -> None:
    """ "New start" with a long sequence: the page names the first step from which the check's difference is small."""
    step = next(t for t, apart in enumerate(check(settings, "redraw").per_step, start=1) if apart <= AGREED)
    (text,) = done(open_live(settings, "redraw", answers=True)).values()
    assert text.startswith(f"At t = {step} the outputs differ by {check(settings, 'redraw').per_step[step - 1]:.2g}")


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(hidden_size=16, seed=4),
        Settings(signal="sine", batch_size=3),
        Settings(num_layers=2, proj_size=2, batch_first=True, dtype="float64"),
    ],
    ids=settings_id,
)
def test_a_longer_sequence_forgets_its_start_at_the_same_step(settings: Settings) -> None:
    """From the length at which the page names a step, every longer sequence has the same answer."""
    lengths = [*range(2, 80), 150, 200]
    found = [first_agreement(checked(replace(settings, seq_len=seq_len), "redraw")) for seq_len in lengths]
    step = found[-1]
    assert step is not None
    assert 1 < step < 75
    assert found == [step if seq_len >= step else None for seq_len in lengths]


def test_a_start_that_is_remembered_is_not_done() -> None:
    """With few steps the two runs still differ: the page says by how much, and confirms nothing."""
    app = open_live(Settings(seq_len=2), "redraw", answers=True)
    apart = check(Settings(seq_len=2), "redraw").per_step[-1]
    assert apart > AGREED
    assert done(app) == {}
    assert f"At step 2 they still differ by {apart:.2g}." in attempts(app)[START]


def test_a_start_that_is_not_drawn_cannot_be_forgotten() -> None:
    """From zeros both runs start alike: nothing is confirmed, and the page says what has to be chosen."""
    app = open_live(Settings(seq_len=60, initial_state="zeros"), "redraw", answers=True)
    assert done(app) == {}
    assert "to “sampled”" in attempts(app)[START]


def test_another_mistake_is_not_taken_for_a_new_start() -> None:
    """Only "New start" compares two starts."""
    assert done(open_live(Settings(seq_len=60), "zeros", answers=True)) == {}


# The score on the page


def test_a_mistake_s_numbers_stand_beside_the_right_ones() -> None:
    """In the tab *Numbers*: the call and the loop. Without a mistake, or before an answer, there is no such table."""
    app = open_live(mistake="zeros", answers=True, live_topic="Numbers")
    (both,) = (one.value for one in app.dataframe if "c, loop" in one.value)
    module, inputs, _ = build(Settings())
    with torch.no_grad():
        ends = [module(x) for x in inputs.split(1)]  # each step from zeros
    wrong = torch.stack([c_n[0, 0] for _, (_, c_n) in ends])
    assert both["c, loop"].to_numpy() == pytest.approx(wrong.flatten().numpy(), abs=1e-5)
    assert (both["c differs"] == "≠").all()
    for app in (open_live(live_topic="Numbers", answers=True), open_live(mistake="zeros", live_topic="Numbers")):
        assert not any("c, loop" in one.value for one in app.dataframe)


@settings_cases
def test_charts_are_fed_what_they_draw(settings: Settings) -> None:
    """Every chart has a text alternative, and its datasets are the ones its specification names."""
    for mistake in ("none", "zeros"):
        app = open_live(settings, mistake, answers=True)
        assert len(app.get("vega_lite_chart")) == 1
        charts = open_live(settings, mistake, answers=True, live_topic="Numbers").get("vega_lite_chart")
        assert len(charts) == 2
        for chart in charts:
            spec = json.loads(chart.proto.spec)
            fed = {dataset.name for dataset in chart.proto.datasets}
            assert fed == datasets(spec)
            assert len(chart.proto.alt) > 40


def test_the_specification_stays_when_numbers_change() -> None:
    """Another seed, another size within the same structure: the browser gets the same specification, other numbers."""
    app = open_live()
    charts = [app.get("vega_lite_chart")[0].proto]
    for name, value in (("seq_len", 9), ("hidden_size", 3), ("input_size", 2)):
        app.slider(key=name).set_value(value).run()
        charts.append(app.get("vega_lite_chart")[0].proto)
    assert len({chart.spec for chart in charts}) == 1
    assert len({chart.datasets[0].data.data for chart in charts}) == len(charts)


def test_a_state_that_leaves_its_range_is_said() -> None:
    """Where c goes beyond what is drawn the page says how far, and a button draws the next range that holds it."""
    settings = Settings(hidden_size=64, seed=3)
    app = open_live(settings)
    (button,) = [button for button in app.button if button.label.startswith("c reaches")]
    reach = float(re.findall(r"c reaches (\d+\.\d+)", button.label)[0])
    _, _, (_, c_0) = build(settings)
    assert reach > 2
    assert reach >= round(c_0.abs().max().item(), 2)
    button.click().run()
    assert app.session_state["c_range"] == min(r for r in VIEWS["c_range"].options() if r >= reach)
    assert not any(button.label.startswith("c reaches") for button in app.button)


def test_many_units_are_drawn_in_parts() -> None:
    """What does not fit is drawn page by page, the page says which part, and a link can name it."""
    settings = Settings(hidden_size=128, seq_len=200, input_size=64)
    app = open_live(settings)
    (pages,) = app.get("pagination")
    assert any("Shown: units 0 to 4 of 128, features 0 to 4 of 64." in text for text in texts(app, "caption"))
    assert isinstance(pages, Pagination)
    pages.set_value(26).run()
    assert_stands(app)
    assert any("Shown: units 125 to 127 of 128, features 60 to 63 of 64." in text for text in texts(app, "caption"))
    app.slider(key="hidden_size").set_value(4)
    app.slider(key="seq_len").set_value(5).run()
    assert_stands(app)
    assert len(app.get("pagination")) == 0


@settings_cases
def test_the_step_control_has_the_score_s_numbers(settings: Settings) -> None:
    """The numbers that travel to the browser are those of the drawn score, NaN where there is no cell."""
    sample, layer = settings.batch_size - 1, settings.num_layers - 1
    app = open_live(settings, sample=sample, layer=layer)
    sent = [component.proto.bytes for component in app.get("bidi_component")]
    assert packed(scored(settings, layer, 0, sample, 0)) in sent


def test_the_cost_is_measured_on_the_button_only(desks: dict[str, Desk]) -> None:
    """No time is spent on measuring before it is asked for; then the ratio and its pairs stand there, and stay."""

    def told(app: AppTest) -> list[str]:
        return [text for text in texts(app, "markdown") if "as long as the single call" in text]

    app = open_live(Settings(seq_len=7))
    assert desks["cost"].run is None
    assert told(app) == []
    app.button(key="cost").click().run()
    run = desks["cost"].run
    assert run is not None
    until(lambda: not run.live)
    app.run()
    assert_stands(app)
    (said,) = told(app)
    assert f"takes **{run.findings[-1].ratio:.1f} times** as long" in said
    assert f"median of {run.findings[-1].pairs} pairs" in said
    assert len(run.findings) == run.findings[-1].pairs > 1
    assert "pays it for every step: 7 times" in said
    assert told(app.run()) == [said]


def test_new_draw_draws_another_seed() -> None:
    """The button changes the seed and nothing else, and the seed stays within its limits."""
    app = open_live()
    (button,) = [button for button in app.button if button.label == "New draw"]
    seen = set()
    for _ in range(6):
        button.click().run()
        assert_stands(app)
        seen.add(app.session_state["seed"])
    assert len(seen) > 1
    assert all(0 <= seed <= 9999 for seed in seen)
    assert app.session_state["hidden_size"] == 4


# Jobs


def test_what_a_job_fixes_is_greyed_out_and_comes_back() -> None:
    """A link may ask for more than a job allows: the page says what is fixed, the controls keep their values."""
    app = visit(LIVE, {"weights": "counter", "hidden_size": "64", "num_layers": "2", "seq_len": "30"})
    assert_stands(app)
    assert texts(app, "warning") == []
    fixed = [key for key in JOBS["counter"].fixed if key in ("input_size", "hidden_size", "num_layers")]
    shown = Settings.for_job("counter", seq_len=30)
    assert [caption for caption in texts(app, "caption") if caption == shown.caption]
    assert any(fixing(shown) in text for text in texts(app, "markdown"))
    assert all(app.slider(key=key).disabled for key in fixed)
    assert not app.slider(key="seq_len").disabled
    assert (app.slider(key="hidden_size").value, app.slider(key="num_layers").value) == (64, 2)
    app.button_group(key="weights").set_value("sampled").run()
    assert_stands(app)
    assert Settings(hidden_size=64, num_layers=2, seq_len=30).caption in texts(app, "caption")
    assert not any(app.slider(key=key).disabled for key in fixed)
    assert not any(" fixes " in text for text in texts(app, "markdown"))


@pytest.mark.parametrize("name", JOBS)
def test_a_job_is_explained_and_checked(name: str) -> None:
    """What it does, what to look at and a sentence a gate stand on the page; the check holds, c is in its range."""
    settings = Settings.for_job(name, seq_len=20)
    app = open_live(settings, "h_only", answers=True)
    (said,) = [text for text in texts(app, "markdown") if text.startswith("An LSTM reads")]
    job = JOBS[name]
    assert f"**{job.title}.** {job.does} {job.look}" in said
    assert all(f"[*{gate}*:] {words}" in said for gate, words in job.gates.items())
    assert not any("reaches" in button.label for button in app.button)
    ((good, text),) = verdicts(app)
    assert good == (name == "delay")  # which carries nothing in c
    assert ("The delay's forget gates are shut" in text) == (name == "delay")
    app.button_group(key="mistake").set_value(LABELS["none"]).run()
    assert [good for good, _ in verdicts(app)] == [True]
    assert f"{job.title} fixes Hidden size: for this, set Weights to “sampled”" in attempts(app)[UNITS]
    app.button_group(key="mistake").set_value(LABELS["redraw"]).run()
    assert "set Weights (More settings) to “sampled”" in attempts(app)[START]
    assert done(app) == {}


def test_a_job_stands_whatever_a_link_empties() -> None:
    """Choices that a job greys out, or that name it, may come empty: the page stands and says what it used."""
    app = visit(LIVE, {"weights": "latch", "initial_state": "", "signal": ""})
    assert_stands(app)
    assert Settings.for_job("latch").caption in texts(app, "caption")
    (said,) = texts(app, "warning")
    assert said.count("is used instead") == 2
    for raw in ("Latch", ""):
        app = visit(LIVE, {"weights": raw})
        assert_stands(app)
        assert len(texts(app, "warning")) == 1
        assert Settings().caption in texts(app, "caption")


def test_the_picture_has_a_moment_to_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it has been sent, and before the words above it are."""
    order: list[str] = []

    def noted(module: ModuleType, name: str) -> None:
        done = getattr(module, name)

        def noting(*given: Any) -> Any:
            order.append(name)
            return done(*given)

        monkeypatch.setattr(module, name, noting)

    noted(score, "show_score")
    noted(shell, "draw_first")
    noted(furniture, "ask")
    assert_stands(open_live())
    assert order == ["show_score", "draw_first", "ask"]
