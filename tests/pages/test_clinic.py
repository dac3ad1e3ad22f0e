"""The clinic's page: probes are run on a click, the line and its reason are asked, and then both programs run."""

from typing import Any

import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from streamlit.testing.v1 import AppTest

from components.lessons.clinic import CASES, VIEWS, show
from components.lessons.clinic.cases.show import SAID
from components.lessons.clinic.facts import Program, probed
from components.lessons.clinic.frames import figure_of
from components.lessons.clinic.program import marked, mend, number_of, program
from components.lessons.clinic.quoted import PROBES, plain
from components.training.registry import Desk
from components.ui.furniture import SHOW_ME
from components.ui.syllabus import SYLLABUS
from tests.pages.app import answer, answers_of, assert_stands, done, table, texts, visit
from tests.training.test_registry import until

CLINIC = next(lesson for lesson in SYLLABUS if lesson.stem == "clinic")
PROBE = "change one sample"  # River fails it, and its mended twin passes


def open_clinic(case: str = "River", view: str = VIEWS[0], answered: bool = True, **link: Any) -> AppTest:
    """A new session at a case, with the page's question answered."""
    app = visit(CLINIC, {"case": case} | ({} if view == VIEWS[0] else {"clinic_view": view}) | link)
    return answer(app, SHOW_ME) if answered and "answers" not in link else app


def press(app: AppTest, desks: dict[str, Desk], key: str, desk: str = "") -> AppTest:
    """Start a piece of work, and look at the page until its end: a run that nobody looks at is given up.

    `key` is the button's, and that of its `desk` if that has no other.
    """
    app.button(key=key).click().run()
    run = desks[desk or key].run
    assert run is not None
    until(lambda: bool(app.run()) and not run.live)
    app.run()
    assert_stands(app)
    return app


def fed_columns(app: AppTest, name: str, place: int = 0) -> pd.DataFrame:
    """A dataset of the first chart of the page, or of another one."""
    sets = app.get("vega_lite_chart")[place].proto.datasets
    frame: pd.DataFrame = next(pa.ipc.open_stream(one.data.data).read_pandas() for one in sets if one.name == name)
    return frame


def radio(app: AppTest, start: str) -> Any:
    (found,) = [one for one in app.radio if str(one.key).startswith(start)]
    return found


def point(app: AppTest, case: str, start: str) -> AppTest:
    """Point at the line that begins so."""
    lines = radio(app, "line_")
    lines.set_value(next(option for option in lines.options if option.startswith(f"{number_of(case, start)}: ")))
    return app.button(key="point").click().run()


def say_why(app: AppTest, text: str) -> AppTest:
    radio(app, "why_").set_value(text)
    return app.button(key="why").click().run()


def test_nothing_is_told_before_the_answer() -> None:
    """The picture and the program are there; no probe, no line to point at, no map."""
    for view in VIEWS:
        app = open_clinic(view=view, answered=False)
        assert_stands(app)
        assert not [one for one in app.selectbox if one.key == "probe"]
        assert [str(one.key) for one in app.radio] == ["choice_clinic"]
        assert texts(app, "success") == texts(app, "error") == []
        assert not any("What this visit has found" in text for text in texts(app, "markdown"))


@pytest.mark.parametrize("place", range(4))
def test_every_answer_but_one_is_wrong(place: int) -> None:
    app = open_clinic(answered=False)
    given = answers_of(app)[place]
    answer(app, given)
    assert any(text.startswith("**No.**") for text in texts(app, "warning")) != given.startswith("only that")


def test_a_probe_shows_the_figures_of_both_programs(desks: dict[str, Desk]) -> None:
    """On a press, and not before. The sentence says what a right program does and what this one did."""
    app = open_clinic()
    assert ":small[Run probes, point at the wrong line, say why, run both.]" in texts(app, "markdown")
    app.selectbox(key="probe").set_value(PROBE).run()
    cells = fed_columns(app, "cells")
    assert set(cells["text"]) == {"?"}
    press(app, desks, "clinic_probe")
    own, healthy = (probed(program("River", mended), "River", 1, PROBE) for mended in (False, True))
    row = [*PROBES].index(PROBE)
    assert [*fed_columns(app, "cells")["text"]][2 * row : 2 * row + 2] == [figure_of(own), figure_of(healthy)]
    (said,) = texts(app, "error")
    assert said.startswith("**Failed.** Change one sample: in a right model only")
    assert said.endswith(own.did)
    app.selectbox(key="probe").set_value("add padding").run()
    assert texts(app, "error") == []
    press(app, desks, "clinic_probe")
    assert any(text.startswith("**No meaning here.**") for text in texts(app, "info"))


def test_the_answer_is_folded_once_a_case_is_begun() -> None:
    """Then the coach has room for the case. *Ask again* shows the question whole."""
    app = open_clinic(view=VIEWS[1])
    assert "The question, and your answer" not in [one.label for one in app.expander]
    point(app, "River", next(iter(SAID["River"].lines)))
    app.run()
    (folded,) = [one for one in app.expander if one.label == "The question, and your answer"]
    assert not folded.proto.expanded
    folded.button(key="ask_again").click().run()
    assert_stands(app)
    assert "choice_clinic" in [one.key for one in app.radio]
    assert "The question, and your answer" not in [one.label for one in app.expander]


def test_the_verdict_is_that_of_the_program(desks: dict[str, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mended program in place of the broken one, the same probe passes."""
    mended = program("River", True)
    monkeypatch.setattr(show, "_sources", lambda page, case: (mended, mended))
    app = open_clinic()
    app.selectbox(key="probe").set_value(PROBE).run()
    press(app, desks, "clinic_probe")
    assert texts(app, "error") == []
    assert any(text.startswith("**Passed.**") for text in texts(app, "success"))


def test_all_probes_fill_picture_and_map(desks: dict[str, Desk]) -> None:
    """Other random numbers are another program: their figures are not mixed."""
    app = open_clinic()
    app.selectbox(key="probe").set_value(show.ALL).run()
    press(app, desks, "clinic_probe")
    assert "?" not in set(fed_columns(app, "cells")["text"])
    assert any(text.startswith("It fails 3 of the 12 that were run: *change one") for text in texts(app, "markdown"))
    assert [*fed_columns(app, "cells", 1)["state"]].count(2) == 3
    app.session_state["seed"] = 7
    app.run()
    assert set(fed_columns(app, "cells")["text"]) == {"?"}


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_solved_by_its_line_and_its_reason(case: str) -> None:
    """Wrong lines and wrong reasons are answered with what is said of them. Then comes the mend."""
    said = SAID[case]
    app = open_clinic(case, VIEWS[1])
    (shown,) = [block.value for block in app.code if block.value.startswith("import torch")]
    assert shown == program(case)
    for start, remark in said.lines.items():
        point(app, case, start)
        assert_stands(app)
        told = f"**No. Line {number_of(case, start)} does its work.** {remark}"
        assert told in texts(app, "warning")
    assert program(case) in [block.value for block in app.code]  # nothing is marked yet
    point(app, case, said.wrong)
    number = number_of(case, said.wrong)
    assert any(text == f"**Line {number} is wrong.**" for text in texts(app, "success"))
    (shown,) = [block.value for block in app.code if block.value.startswith("import torch")]
    assert shown == marked(program(case), number)
    for belief in sorted(said.beliefs, key=lambda belief: belief.right):
        say_why(app, belief.text)
        assert_stands(app)
        kind = "success" if belief.right else "warning"
        assert any(text.endswith(belief.why) for text in texts(app, kind))
    assert mend(case) in [block.value for block in app.code]
    assert any(f"You have found 1 of {len(CASES)}." in text for text in texts(app, "markdown"))


def test_pressing_without_a_choice_changes_nothing() -> None:
    app = open_clinic(view=VIEWS[1])
    app.button(key="point").click().run()
    assert_stands(app)
    assert len(radio(app, "line_").options) == 4
    point(app, "River", SAID["River"].wrong)
    app.button(key="why").click().run()
    assert_stands(app)
    assert len(radio(app, "why_").options) == 3
    assert not any("**No.**" in text for text in texts(app, "warning"))


def test_the_mended_program_runs_beside_the_broken_one(desks: dict[str, Desk]) -> None:
    """Before the fault is found only the program itself runs. The figures are those that the programs report."""
    app = open_clinic()
    app.session_state["clinic_view"] = VIEWS[2]
    press(app.run(), desks, "clinic_run")
    (rows, columns) = (table(app, "this program"), fed_columns(app, "curves"))
    assert {len(row) for row in rows} == {2}
    assert set(columns["program"]) == {"this program"}
    app.session_state["clinic_view"] = VIEWS[1]
    app.run()
    point(app, "River", SAID["River"].wrong)
    say_why(app, next(belief.text for belief in SAID["River"].beliefs if belief.right))
    app.session_state["clinic_view"] = VIEWS[2]
    app.run()
    assert set(fed_columns(app, "curves")["program"]) == {"this program"}  # the earlier curve stays
    assert any("The mended program has not run yet." in text for text in texts(app, "markdown"))
    app.session_state["clinic_view"] = VIEWS[1]
    press(app.run(), desks, "both", "clinic_run")
    assert app.session_state["clinic_view"] == VIEWS[2]
    expected: dict[str, list[str]] = {}
    for mended in (False, True):
        one = Program(program("River", mended), 1)
        *_, loss = one.train()
        for name, value in ({"loss at the end": loss} | one.report()).items():
            expected.setdefault(name, [name]).append(plain(value))
    assert table(app, "this program") == [*expected.values()]
    assert set(fed_columns(app, "curves")["program"]) == {"this program", "mended"}


def test_one_can_go_on_with_a_case_that_looks_alike() -> None:
    """Three cases and a pair are the two attempts."""
    app = open_clinic("River", VIEWS[1])
    for case in ("River", "Marker", "Bakery"):
        assert app.session_state["case"] == case
        app.session_state["clinic_view"] = VIEWS[1]
        app.run()
        point(app, case, SAID[case].wrong)
        say_why(app, next(belief.text for belief in SAID[case].beliefs if belief.right))
        app.button(key="akin").click().run()
        assert_stands(app)
    assert [*done(app)] == ["Find three faults", "The same look, another cause"]
    assert app.session_state["case"] == SAID["Bakery"].akin


def test_answers_show_the_line_the_reason_and_the_mend() -> None:
    """In reference mode nothing is asked."""
    app = open_clinic("Melody", VIEWS[1], answers="true")
    assert_stands(app)
    assert list(app.radio) == []
    assert mend("Melody") in [block.value for block in app.code]
    assert any(
        text.startswith(f"**Line {number_of('Melody', SAID['Melody'].wrong)}:**") for text in texts(app, "success")
    )
    assert [one.key for one in app.button if one.key == "clinic_all"]


def test_probes_can_be_hidden() -> None:
    """By a link: then the fault has to be found by reading."""
    app = open_clinic(probes="false")
    assert_stands(app)
    assert not [one for one in app.selectbox if one.key == "probe"]
    assert any("The probes are hidden." in text for text in texts(app, "markdown"))
    assert texts(app, "warning") == []


def test_a_case_that_there_is_not_is_said() -> None:
    app = open_clinic("Nonsense", answered=False)
    (said,) = texts(app, "warning")
    assert "`case=Nonsense` is not one of River, Bakery" in said
    assert "`River` is used" in said
