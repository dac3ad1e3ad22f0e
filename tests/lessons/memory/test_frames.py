"""What the memory lesson draws is torch's: both runs, their difference, the terms of c in groups, and what is heard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from components.charts.lanes import MAX_CELLS
from components.lessons.memory import frames
from components.lessons.memory.authors.facts import authors
from components.lessons.memory.echo.facts import echo, rnn_echo
from components.lessons.memory.facts import Hold, Surgery, operate
from components.lessons.memory.frames import ALTERED, AS_IS, LEAST, MAX_TERMS, RNN, SHUT, START, window
from components.lstm.build import build
from components.lstm.trace import trace_direction
from components.settings import Settings
from tests.charts.tables import tabled

heard = tabled(frames.heard)
operated = tabled(frames.operated)
terms = tabled(frames.terms)

KEEP = (Hold("f", 1.0), Hold("i", 0.0))


@pytest.mark.parametrize("reverse", [False, True])
def test_cells_hold_both_runs(reverse: bool) -> None:
    """As the score's: the initial state where reading begins, gates one column later, nothing beyond the projection."""
    settings = Settings(seq_len=12, bidirectional=True, batch_size=2, proj_size=3)
    surgery = Surgery(KEEP, direction=int(reverse))
    run = operated(settings, surgery, 1, 0)
    assert run.lanes == ("i", "f", "c_was", "c", "h_was", "h")
    altered, was = operate(build(settings), surgery), trace_direction(*build(settings), 0, int(reverse))
    grids = {name: run.cells.pivot(index="t", columns="row", values=name) for name in run.lanes}
    assert list(grids["c"].index) == (list(range(1, 14)) if reverse else list(range(13)))
    begin = 13 if reverse else 0
    for name, of in (("c", altered), ("c_was", was), ("h", altered), ("h_was", was)):
        rows = 3 if name[0] == "h" else 4
        states = getattr(of, name[0])[:, 1].numpy()
        assert np.array_equal(grids[name].drop(index=begin).to_numpy()[:, :rows], states)
        first = getattr(of, f"{name[0]}_0")[1].numpy()
        assert np.array_equal(grids[name].loc[begin].to_numpy()[:rows], first)
        assert grids[name].iloc[:, rows:].isna().all(axis=None)
    assert grids["f"].loc[begin].isna().all()
    assert (grids["f"].drop(index=begin) == 1).all(axis=None)


def test_the_table_names_units_by_their_own_number() -> None:
    """On a later page they go on counting; what is drawn is not written to, and every lane is there, rounded."""
    run = frames.operated(Settings(seq_len=200, hidden_size=128), Surgery(KEEP), 0, 127)
    assert run.units.first > 0
    before = run.cells["row"].tolist()
    table = frames.table_frame(run)
    assert list(table) == ["t", "unit", *run.lanes, "c_difference", "h_difference"]
    assert table["unit"].tolist() == [row + run.units.first for row in before]
    assert run.cells["row"].tolist() == before
    for state in "ch":
        difference = run.cells[state] - run.cells[f"{state}_was"]
        assert np.allclose(table[f"{state}_difference"], difference, atol=0.501e-4, equal_nan=True)
    for name in run.lanes:
        assert np.allclose(table[name], run.cells[name], atol=0.501e-4, equal_nan=True), name


def test_nothing_altered_draws_one_run() -> None:
    assert operated(Settings(seq_len=12), Surgery(), 0, 0).lanes == ("f", "c", "h")


@examples(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(1, 200), st.integers(1, 128), st.integers(1, 10), st.integers(0, 127))
def test_the_window_has_the_unit_and_is_bounded(steps: int, units: int, lanes: int, unit: int) -> None:
    unit = min(unit, units - 1)
    part = window(Settings(seq_len=steps, hidden_size=units), lanes, unit)
    assert 0 <= part.first <= unit <= part.last < units
    assert (part.last - part.first + 1) * lanes * steps <= max(MAX_CELLS, lanes * steps)


@examples(deadline=None, derandomize=True, max_examples=40)
@given(st.integers(1, 200), st.booleans(), st.sampled_from([0.0, 0.5, 1.0, None]))
def test_grouped_terms_still_add_up(steps: int, reverse: bool, held: float | None) -> None:
    """At most `MAX_TERMS` rows and columns; each row's cells, shown or left out as nothing, sum to its c."""
    settings = Settings(seq_len=steps, bidirectional=True)
    surgery = Surgery(() if held is None else (Hold("f", held),), direction=int(reverse))
    run = operate(build(settings), surgery)
    found = terms(authors(run, 0, 2), reverse)
    cells, rows = found.cells, found.rows[found.rows["label"] != START]
    assert len(rows) <= MAX_TERMS
    assert len(cells) <= (MAX_TERMS + 1) * (MAX_TERMS + 2) / 2
    c = run.c[:, 0, 2]
    sums = cells.groupby("back")["value"].sum()
    for back, t, shown in zip(rows["back"], rows["t"], rows["c"], strict=True):
        assert sums.get(back, 0.0) == pytest.approx(float(c[t - 1]), abs=(MAX_TERMS + 1) * LEAST)
        assert shown == pytest.approx(float(c[t - 1]), abs=1e-6)
    final = rows[rows["back"] == 0]
    assert final["t"].tolist() == [1 if reverse else steps]
    # Every group of steps has a column, and so has the initial state; none is written after it is read.
    assert cells["t"].nunique() == len(rows) + 1
    start = steps + 1 if reverse else 0
    assert set(cells["t"]) == {start, *rows["t"]}
    assert len(found.said) == len(found.names) == len(rows)
    assert found.group == -(-steps // MAX_TERMS)
    assert found.max_abs_diff < 1e-5


@pytest.mark.parametrize(
    "surgery", [Surgery(), Surgery(KEEP), Surgery((Hold("f", 0.0),))], ids=["as is", "keep", "shut"]
)
def test_what_is_heard_is_torch_s(surgery: Surgery) -> None:
    """A line each: the LSTM as it is, shut, altered where that is another, and the RNN."""
    settings = Settings(seq_len=12, signal="pulse", batch_size=3)
    found = heard(settings, surgery, 2, 1e-9)
    assert found.step == 3
    altered = len(surgery.holds) == 2
    assert found.names == (AS_IS, SHUT, RNN, ALTERED)[: 3 + altered]
    expected = {
        AS_IS: echo(build(settings), Surgery(), 2, 3),
        SHUT: echo(build(settings), Surgery((Hold("f", 0.0),)), 2, 3),
        ALTERED: echo(build(settings), surgery, 2, 3),
        RNN: rnn_echo(settings, 0, 0, 2, 3),
    }
    for name, rows in found.rows.groupby("run"):
        one = expected[str(name)]
        apart = one.change.numpy()
        assert np.array_equal(rows["difference"], apart)
        assert np.array_equal(rows["clamped"], np.maximum(apart, np.float32(1e-9)))
        assert found.end[str(name)] == apart[-1]
        assert found.limit[str(name)] == one.limit
        assert found.last[str(name)] == max((t for t in range(1, 13) if apart[t - 1] > one.limit), default=0)


@pytest.mark.parametrize("reverse", [False, True])
def test_what_h_carries_is_torch_s(reverse: bool) -> None:
    """As the run whose forget gate is shut hears the first input; a latch, whose gates read no h, carries nothing."""
    settings = Settings(seq_len=12, bidirectional=True, batch_size=3)
    found = frames.carried(settings, 0, int(reverse), 2)
    expected = echo(build(settings), Surgery((Hold("f", 0.0),), direction=int(reverse)), 2, 12 if reverse else 1)
    assert found.step == (12 if reverse else 1)
    assert (found.last, found.limit) == (expected.last(reverse), expected.limit)
    assert found.last not in (0, found.step)
    assert not found.deaf
    latch = frames.carried(Settings.for_job("latch", seq_len=12), 0, 0, 0)
    assert latch.deaf
    assert latch.last in (0, latch.step)
