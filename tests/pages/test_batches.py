"""The lesson on state between batches: results after an answer, torch's figures, red for a wrong way."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.lessons.batches import TOPICS
from components.lessons.batches.clipping.facts import clipped
from components.lessons.batches.truncation import show as truncation
from components.lessons.batches.truncation.facts import Reach, backward_refusal, growth, reach
from components.lstm.stream import handed
from components.settings import CARRY, RESET, SHUFFLED, Settings, meet
from components.training.registry import Desk
from components.ui.figures import figure
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.pages.app import answer, answers_of, assert_stands, done, linked, table, take_along, texts, visit
from tests.training.test_registry import until

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
BATCHES = next(lesson for lesson in SYLLABUS if lesson.stem == "batches")
RIGHT = "the state, detached, row for row"
STREAM, _ = meet(Settings(), BATCHES.needs, BATCHES.idle)


def open_batches(settings: Settings | None = None, link: dict[str, str] | None = None, **view: Any) -> AppTest:
    """A new session on the page."""
    return visit(BATCHES, linked(settings or Settings(), **view) | (link or {}))


def test_it_needs_a_batch_and_chunks_and_says_so() -> None:
    """Four rows and twenty steps, so that even chunks of ten are two."""
    assert (STREAM.seq_len, STREAM.batch_size) == (20, 4)
    app = open_batches()
    assert_stands(app)
    assert sum("with less, its main point could not be seen" in text for text in texts(app, "markdown")) == 1
    assert app.slider(key="chunk").value == 4


def test_nothing_is_told_before_an_answer() -> None:
    """Before an answer there is no verdict, error or gradient, in no tab. The picture keeps its specification."""
    for topic in TOPICS[:-1]:
        app = open_batches(link={"batches_topic": topic})
        assert len(app.get("vega_lite_chart")) == 1
        assert texts(app, "success") == texts(app, "error") == []
        assert table(app, "largest difference") == []
        assert not any("Torch says" in text or "ln 2" in text for text in texts(app, "markdown"))
        assert sum("Answer the question" in text for text in texts(app, "info")) == 2
        assert not any(text.startswith("## In short") for text in texts(app, "markdown"))
    spec = app.get("vega_lite_chart")[0].proto.spec
    assert datasets(json.loads(spec)) == {"cells", "cuts", "steps", "joins", "frames", "words"}
    answer(app, RIGHT)
    assert_stands(app)
    assert app.get("vega_lite_chart")[0].proto.spec == spec
    said = texts(app, "success")
    for start in (
        "**Right.**",
        "**The carried state is right: the outputs are those of one call.**",
        "**With the graph kept",
    ):
        assert any(text.startswith(start) for text in said), start
    assert any(text.startswith("## In short") for text in texts(app, "markdown"))


def test_only_the_open_tab_is_made() -> None:
    """Each tab has its own content and no other's: a closed tab costs nothing."""
    signs = dict(zip(TOPICS, ("The echo task", "How strongly does", "Torch says", "Many programs clip"), strict=True))
    for topic in TOPICS:
        app = open_batches(link={"batches_topic": topic}, answers=True)
        found = [name for name, sign in signs.items() if any(sign in text for text in texts(app, "markdown"))]
        assert found == [topic]


@pytest.mark.parametrize("place", range(4))
def test_every_answer_but_one_is_wrong(place: int) -> None:
    app = open_batches()
    given = answers_of(app)[place]
    answer(app, given)
    assert any(text.startswith("**No.**") for text in texts(app, "warning")) != (given == RIGHT)


CASES = [
    (Settings(), 4),
    (Settings(seq_len=33, batch_size=5, num_layers=2, proj_size=2, dtype="float64"), 10),
    (Settings(signal="sine", initial_state="zeros", bias=False, hidden_size=1, input_size=1), 1),
]


@pytest.mark.parametrize(("settings", "length"), CASES, ids=["defaults", "deep", "smallest"])
@pytest.mark.parametrize("way", [CARRY, RESET, SHUFFLED])
def test_every_figure_is_torch_s(settings: Settings, length: int, way: str) -> None:
    """The ways, the chosen verdict, gradients, errors, nodes and norms are those of the facts."""
    tabs = {
        topic: open_batches(settings, {"chunk": str(length), "handed": way, "batches_topic": topic}, answers=True)
        for topic in TOPICS[1:]
    }
    app = tabs["What detach cuts"]
    assert_stands(app)
    met, _ = meet(settings, BATCHES.needs, BATCHES.idle)
    ways = handed(met, length)
    total = met.seq_len * met.batch_size
    rows = [[cell.strip("*") for cell in row] for row in table(app, "largest difference")]
    assert rows == [[name, figure(one.largest), f"{one.off} of {total}"] for name, one in ways.items()]

    chosen = ways[way]
    starts = {CARRY: "**The carried state is right", RESET: "**Zeros are wrong", SHUFFLED: "**Shuffled rows are wrong"}
    kind = "success" if chosen.same else "info"
    (said,) = (text for text in texts(app, kind) if text.startswith(starts[way]))
    assert f"{math.ceil(met.seq_len / length)} calls, compared with one call" in said

    found = reach(met, length)
    (said,) = (text for text in texts(app, "success") if text.startswith("**Before the last `detach`"))
    assert f"at all {found.border} steps" in said
    assert figure(max(found.kept[: found.border])) in said

    app = tabs["Without detach"]
    assert_stands(app)
    grown = growth(met, length)
    (said,) = (text for text in texts(app, "success") if text.startswith("**With the graph kept"))
    assert f"chunk {len(grown.kept)} visits {grown.kept[-1]:.0f} nodes" in said
    quoted = [text.replace("\\", "") for text in texts(app, "markdown") if "Torch says: " in text]
    for step, text in zip((False, True), quoted, strict=True):
        refusal = backward_refusal(met, length, step)
        assert refusal is not None
        assert text.endswith(f"Torch says: *{refusal.name}: {refusal.words}*")

    app = tabs["Clipping"]
    assert_stands(app)
    norms = table(app, "returned")
    assert [row[0] for row in norms] == [one.name for one in clipped(met, length)]
    assert [row[1] == row[2] for row in norms] == [True] * 5
    assert norms[-1][1:] == ["nan", "nan", "every number NaN"]
    assert norms[2][1:] == ["inf", "inf", "every number 0"]


def test_a_leak_would_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict on gradients can fail."""
    leaky = Reach(16, (1.0,) * 20, (1e-9,) + (0.0,) * 15 + (1.0,) * 4, 0, 15, 1e-5)
    monkeypatch.setattr(truncation, "reach", lambda settings, length: leaky)
    app = open_batches(link={"batches_topic": "What detach cuts"}, answers=True)
    (said,) = (
        text for text in texts(app, "error") if text.startswith("**`detach` does not stop all of the gradient.**")
    )
    assert "Only 15 of 16" in said


def test_time_is_measured_when_it_is_asked_for(desks: dict[str, Desk]) -> None:
    """A button adds a chart of the same two lines, with the last chunk's time. Other settings have no chart yet."""
    app = open_batches(link={"batches_topic": "Without detach"}, answers=True)
    assert len(app.get("vega_lite_chart")) == 2
    app.button(key="backward").click().run()
    run = desks["backward"].run
    assert run is not None
    until(lambda: not run.live)
    app.run()
    assert_stands(app)
    assert len(app.get("vega_lite_chart")) == 3
    last = run.findings[-1]
    words = f"takes {last.kept[-1]:.2g} ms with the graph kept and {last.cut[-1]:.2g} ms with `detach`"
    assert any(words in text for text in texts(app, "markdown"))
    app.run()
    assert len(app.get("vega_lite_chart")) == 3
    app.slider(key="chunk").set_value(5).run()
    assert len(app.get("vega_lite_chart")) == 2


def test_both_attempts_are_seen() -> None:
    """The page recognises a reset in the longest chunks, and a sequence so long that the first gradient fades."""
    assert done(open_batches(answers=True)) == {}
    app = open_batches(link={"handed": RESET, "chunk": "10"}, answers=True)
    cost = done(app)["What does a reset cost?"]
    for length in (10, 1):
        assert figure(handed(STREAM, length)[RESET].max_abs_diff.mean().item()) in cost
    app = open_batches(Settings(seq_len=120), {"chunk": "10"}, answers=True)
    found = reach(replace(STREAM, seq_len=120), 10)
    assert found.kept[0] / max(found.kept) < truncation.FAINT
    assert list(done(app)) == ["How much does `detach` take away?"]


@pytest.mark.parametrize("length", [1, 10])
def test_the_program_is_for_these_settings(length: int) -> None:
    link = {"chunk": str(length), "batches_topic": "Without detach"}
    app = take_along(open_batches(Settings(hidden_size=9), link, answers=True))
    programs = [block.value for block in app.code if "import torch" in block.value]
    assert sum(one.startswith("# raises: RuntimeError") for one in programs) == 2
    (loop,) = (one for one in programs if "optimiser.step()" in one)
    assert f"rows.split({length})" in loop
    assert "nn.LSTM(1, 9)" in loop


def test_a_link_is_followed() -> None:
    """The address holds chunk and way. A chunk length that cannot be used is named and not used."""
    app = open_batches(link={"chunk": "11", "handed": "shuffled carry"})
    assert app.slider(key="chunk").value == 4
    (said,) = texts(app, "warning")
    assert "`chunk=11` is not a whole number from 1 to 10; `4` is used instead." in said
    assert app.session_state["handed"] == SHUFFLED
