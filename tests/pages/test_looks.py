"""After an answer the picture frames the place that the answer points at."""

import json

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from streamlit.testing.v1 import AppTest

from components.settings import Settings
from components.ui.furniture import FRAMED, SHOW_ME
from components.ui.syllabus import named
from tests.charts.specs import datasets
from tests.pages.app import answer, answers_of, assert_stands, linked, texts, visit

FRAMING = ("outputs", "layers", "shapes", "weights", "lengths", "batches")  # lessons with such answers
LARGE = Settings(seq_len=60, hidden_size=20, batch_size=7, num_layers=3, bidirectional=True, proj_size=3)
framing = pytest.mark.parametrize("stem", FRAMING)


def open_lesson(stem: str, settings: Settings | None = None, answers: bool = False) -> AppTest:
    """The page of a lesson."""
    lesson = named(stem)
    assert lesson is not None
    return visit(lesson, linked(settings or Settings(), answers=answers))


def frames(app: AppTest) -> set[tuple[int, ...]]:
    """The corners of all frames that the pictures of a page show."""
    found: set[tuple[int, ...]] = set()
    for chart in app.get("vega_lite_chart"):
        for dataset in chart.proto.datasets:
            if dataset.name == "frames":
                assert "frames" in datasets(json.loads(chart.proto.spec))
                rows = pa.ipc.open_stream(dataset.data.data).read_pandas()
                found |= set(rows[["x", "x2", "y", "y2"]].itertuples(index=False, name=None))
    return found


def says_where(app: AppTest) -> bool:
    """Whether the page says that a frame shows the place."""
    return any(
        FRAMED.strip() in text for kind in ("success", "warning", "info", "markdown") for text in texts(app, kind)
    )


@framing
@pytest.mark.parametrize("settings", [Settings(), LARGE])
def test_every_answer_frames_its_place(stem: str, settings: Settings) -> None:
    """No frame before an answer. After each, a page that speaks of a frame has one, and its corners are in order."""
    app = open_lesson(stem, settings)
    assert frames(app) == set()
    assert not says_where(app)
    places = {}
    for text in (*answers_of(app), SHOW_ME):
        app = answer(open_lesson(stem, settings), text)
        assert_stands(app)
        places[text] = frames(app)
        assert says_where(app)
        assert places[text]
        assert all(x < x2 and y < y2 for x, x2, y, y2 in places[text])
    assert frames(open_lesson(stem, settings, answers=True)) == places[SHOW_ME]
    if stem not in ("lengths", "batches"):  # there all answers are about one place
        assert len(set(map(frozenset, places.values()))) > 1


def test_a_frame_goes_when_the_question_is_asked_again() -> None:
    """It has no place without an answer."""
    app = answer(open_lesson("outputs"), SHOW_ME)
    assert frames(app)
    app.button(key="ask_again").click().run()
    assert frames(app) == set()


def test_memory_shows_what_is_asked_with_the_answer() -> None:
    """The forget gate is then held at 0, unless the visitor has set a gate."""
    app = answer(open_lesson("memory"), SHOW_ME)
    assert_stands(app)
    assert app.session_state["hold_f"] == "0"
    assert app.session_state["story"] == "Keep nothing"
    lesson = named("memory")
    assert lesson is not None
    app = answer(visit(lesson, {"hold_o": "0"}), SHOW_ME)
    assert (app.session_state["hold_f"], app.session_state["hold_o"]) == ("free", "0")
