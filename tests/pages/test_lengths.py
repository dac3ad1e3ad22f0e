"""The lesson on lengths: the line decides T and B only on this page, and every figure is torch's."""

import dataclasses
import json
import re
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from components.lessons.lengths import LONGEST, TOPICS, USUAL
from components.lessons.lengths.facts import Priced, faults, four_ways, packed, poisoned
from components.lessons.lengths.line.facts import Lengths, block, corpus, draw, read, wasted, written
from components.lessons.lengths.show import _costs
from components.lstm.build import build
from components.lstm.cost import Cost
from components.settings import Settings
from components.training.registry import Desk
from components.ui.figures import figure
from components.ui.furniture import SHOW_ME
from components.ui.syllabus import SYLLABUS
from tests.charts.specs import datasets
from tests.lstm.strategies import limit, settings_id
from tests.pages.app import answer, answers_of, assert_stands, done, linked, table, texts, visit
from tests.training.test_registry import until

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
steady = examples(deadline=None, derandomize=True, max_examples=20)

LENGTHS = next(lesson for lesson in SYLLABUS if lesson.stem == "lengths")
CASES: list[tuple[Settings, Lengths]] = [
    (Settings(), USUAL),
    (Settings(bidirectional=True, num_layers=2, seed=4), (2, 9, 4)),
    (Settings(bidirectional=True, batch_first=True, proj_size=2, dtype="float64"), (5, 5, 5)),
    (Settings(hidden_size=32), (200, 3, 1, 9)),
    (Settings(), (1,)),
]
cases = pytest.mark.parametrize(("settings", "lengths"), CASES, ids=[settings_id(settings) for settings, _ in CASES])


def open_lengths(
    settings: Settings | None = None, line: Lengths | str | None = None, topic: str = TOPICS[0], **view: Any
) -> AppTest:
    """A new session on the page, with the tab `topic` open."""
    link = linked(settings or Settings(), **view) | {"lengths_topic": topic}
    if line is not None:
        link["lengths"] = line if isinstance(line, str) else written(line)
    return visit(LENGTHS, link)


def sized(settings: Settings, lengths: Lengths) -> Settings:
    return dataclasses.replace(settings, seq_len=max(lengths), batch_size=len(lengths))


def said(app: AppTest) -> str:
    return "\n".join(texts(app, "markdown"))


def sizes_of(app: AppTest) -> tuple[int, int]:
    """T and B of the batch on the page: how many `batch_sizes` there are, and the first of them."""
    (written_sizes,) = re.findall(r"\*\*`batch_sizes`\*\* = \[(.*?)\]", said(app))
    sizes = [int(size) for size in written_sizes.split(", ")]
    return len(sizes), sizes[0]


def told_of_faults(app: AppTest) -> list[tuple[str, ...]]:
    """Of each kind of wrong lengths: its name, what torch says, and what the check says."""
    return re.findall(r"^- \*\*(.*?):\*\* .*?\n  torch: (.*?)  \n  `checked_lengths`: (.*?)$", said(app), re.MULTILINE)


# The line


@cases
def test_the_line_decides_t_and_b_here_alone(settings: Settings, lengths: Lengths) -> None:
    """The batch has the lengths' sizes. The sliders keep the visitor's sizes, and the next page uses them."""
    own = dataclasses.replace(settings, seq_len=9, batch_size=2)
    app = open_lengths(own, lengths)
    assert_stands(app)
    assert sizes_of(app) == (max(lengths), len(lengths))
    assert app.slider(key="seq_len").disabled
    assert (app.session_state["seq_len"], app.session_state["batch_size"]) == (9, 2)
    app.session_state["settings"] = True
    app.run()
    assert any("Decided in the page: Sequence length, Batch size." in text for text in texts(app, "caption"))
    app.switch_page("pages/live.py").run()
    assert (app.session_state["seq_len"], app.session_state["batch_size"]) == (9, 2)
    assert not app.slider(key="seq_len").disabled


@pytest.mark.parametrize(
    ("line", "left", "used"),
    [
        ("7,0,2", "`0`: left out, because a sequence has at least one step.", "Used: `7,2`."),
        ("7,-1,2,-4", "`-1`, `-4`: left out", "Used: `7,2`."),
        (
            "3.9,4",
            "`3.9`: left out, because a length is a whole number, and this page does not round it.",
            "Used: `4`.",
        ),
        ("201,4", "`201`: left out, because a sequence has at most 200 steps here.", "Used: `4`."),
        ("٣,4", "`٣`: left out, because only the digits 0 to 9 are read", "Used: `4`."),
        ("four", "`four`: left out, because it is not a whole number", "Used instead: `7,2,5,5,1`."),
        ("<script>alert(1)</script>`,4", "`<script>alert(1)</sc`: left out", "Used: `4`."),
        (",".join(["3"] * 18), "`3`, `3`: left out, because a batch has at most 16 sequences", "Used: `3,3"),
        (",".join("x" * 9), "`x`, `x`, `x`, `x`, `x`, `x` and 3 more: left out", "Used instead:"),
        ("", "**The line has no length that can be used.**", "Used instead: `7,2,5,5,1`."),
    ],
)
def test_what_is_not_used_is_said_and_so_is_what_is(line: str, left: str, used: str) -> None:
    app = open_lengths(line=USUAL)
    app.text_input(key="lengths").set_value(line).run()
    assert_stands(app)
    (warning,) = texts(app, "warning")
    assert left in warning
    assert used in warning
    assert sizes_of(app) == (max(read(line).lengths), len(read(line).lengths))


@steady
@given(line=st.one_of(st.text(max_size=LONGEST), st.lists(st.integers(-3, 210), max_size=20).map(written)))
def test_any_line_stands(line: str) -> None:
    """The page stands for a line from a link. It has the sizes of the lengths in it, and names what it left out."""
    app = open_lengths(line=line, answers=True)
    assert_stands(app)
    used = read(app.session_state["lengths"] or "")
    assert sizes_of(app) == (max(used.lengths), len(used.lengths))
    assert any("left out" in one or "no length" in one for one in texts(app, "warning")) == bool(
        used.left_out or used.usual
    )


def test_draws_are_the_seed_s_one_after_another() -> None:
    app = open_lengths(Settings(seed=5))
    for number in range(2):
        next(button for button in app.button if button.label == "Draw").click().run()
        assert_stands(app)
        assert app.session_state["lengths"] == written(draw(8, 6, 24, 5 + number))
        assert texts(app, "warning") == []
    app.slider(key="input_size").set_value(4).run()
    app.session_state["seed"] = 9
    app.run()
    next(button for button in app.button if button.label == "Draw").click().run()
    assert app.session_state["lengths"] == written(draw(8, 6, 24, 9))


# What is shown


def test_nothing_is_told_before_an_answer() -> None:
    """Before an answer there is no verdict, table or NaN. Every answer but one is wrong; each opens the result."""
    for topic in ("Packing", "NaN in the padding"):
        app = open_lengths(topic=topic)
        assert table(app, "what is read") == table(app, "NaN") == []
        assert texts(app, "success") == []
        assert done(app) == {}
    for one in answers_of(app):
        app = answer(open_lengths(), one)
        right = one.startswith("the state after its padding")
        assert any(text.startswith("**No.** ") for text in texts(app, "warning")) != right
        assert any(text.startswith("**Right.**") for text in texts(app, "success")) == right
        assert any(text.startswith("**Packed gives the result of each") for text in texts(app, "success"))
        assert table(app, "what is read")


def test_the_picture_keeps_its_form_when_it_is_answered() -> None:
    """The same specification, so the browser keeps its canvas, and the picture has the same height."""
    app = open_lengths()
    before = app.get("vega_lite_chart")[0].proto.spec
    assert answer(app, SHOW_ME).get("vega_lite_chart")[0].proto.spec == before


def by_torch(settings: Settings, lengths: Lengths) -> tuple[dict[str, list[float]], float]:
    """The difference between each way and each sequence alone, and the tolerance, by plain calls of `nn.LSTM`.

    First comes what is read as the result, then the outputs at the sequences' own steps: a number for each direction.
    """
    module, inputs, (h_0, c_0) = build(settings)
    time = int(settings.batch_first)
    sequences = [one[:length] for one, length in zip(inputs.unbind(1 - time), lengths, strict=True)]
    padded = pad_sequence(sequences, batch_first=settings.batch_first)
    packing = pack_padded_sequence(padded, torch.tensor(lengths), settings.batch_first, enforce_sorted=False)
    starts = [(h_0[:, b : b + 1], c_0[:, b : b + 1]) for b in range(len(lengths))]
    with torch.no_grad():
        alone = [module(x, (h[:, 0], c[:, 0])) for x, (h, c) in zip(sequences, starts, strict=True)]
        single = [module(x.unsqueeze(1 - time), start)[0] for x, start in zip(sequences, starts, strict=True)]
        whole = module(padded, (h_0, c_0))[0]
        unpacked, _ = pad_packed_sequence(module(packing, (h_0, c_0))[0], settings.batch_first)
    outputs = {
        "padded, last column": whole.unbind(1 - time),
        "padded, own last step": whole.unbind(1 - time),
        "packed": unpacked.unbind(1 - time),
        "one at a time": [one.squeeze(1 - time) for one in single],
    }
    width, found = settings.output_size, {}
    for name, several in outputs.items():
        read, own = [], []
        for output, (truth, _), length in zip(several, alone, lengths, strict=True):
            end = len(output) - 1 if name == "padded, last column" else length - 1
            read.append((output[end, :width] - truth[-1, :width]).abs().max())
            if settings.bidirectional:
                read.append((output[0, width:] - truth[0, width:]).abs().max())
            own.append((output[:length] - truth).abs().unflatten(1, (-1, width)).amax(dim=(0, 2)))
        found[name] = [max(read).item(), *torch.stack(own).amax(dim=0).tolist()]
    return found, max(limit(c_n) for _, (_, c_n) in alone)


@cases
def test_figures_are_what_torch_gives(settings: Settings, lengths: Lengths) -> None:
    """The table equals plain calls. The verdicts, NaN, wrong lengths and waste are those of the facts."""
    used = sized(settings, lengths)
    tabs = {topic: open_lengths(settings, lengths, answers=True, topic=topic) for topic in TOPICS}
    app = tabs["Packing"]
    found = four_ways(used, lengths)
    apart_by_way, rounding = by_torch(used, lengths)
    rows = table(app, "what is read")
    assert [row[0] for row in rows] == list(apart_by_way)
    for row, wanted in zip(rows, apart_by_way.values(), strict=True):
        for cell, difference in zip(row[1:], wanted, strict=True):
            assert ("the same" in cell) == (difference <= rounding)
            assert difference <= rounding or f"differs by {figure(difference)}" in cell
    equal = min(lengths) == max(lengths)
    good = texts(app, "success")
    assert any(one.startswith("**All four are the same.**") for one in good) == equal
    assert any(one.startswith("**Packed gives the result of each sequence alone.**") for one in good) == (not equal)
    assert texts(app, "error") == []
    if used.bidirectional and not equal:
        own = found.ways[1].output[:, 1]
        total = sum(length for length in lengths if length < max(lengths))
        assert f"at {int((own > found.tolerance).sum())} of {total} steps of the shorter sequences" in said(app)
    assert f"**`batch_sizes`** = {list(packed(lengths).batch_sizes)}" in said(app)
    nan = poisoned(used, lengths)
    counts = [re.sub(r"\D", "", row[1].replace("none", "0")) for row in table(tabs["NaN in the padding"], "NaN")]
    expected = [nan.padded, nan.product, nan.where, nan.filled, nan.packed]
    assert counts == ([] if equal else [str(count) for count in expected])
    told = told_of_faults(tabs["Wrong lengths"])
    for (what, by_torch_said, checked), fault in zip(told, faults(used, lengths), strict=True):
        assert what == fault.what
        assert by_torch_said == (f"**no error**, {fault.found}" if fault.silent else f"`{fault.found}`")
        assert checked.endswith(fault.checked or "cannot know")
    made, costs = corpus(used.seed), said(tabs["What padding costs"])
    assert f"**{wasted(made.random):.0%}** of all places" in costs
    assert f"In the batch above, {wasted([block(lengths)]):.0%} are." in costs
    for tab in tabs.values():
        assert_stands(tab)
        for chart in tab.get("vega_lite_chart"):
            assert {dataset.name for dataset in chart.proto.datasets} == datasets(json.loads(chart.proto.spec))
            assert not re.search(r"\d", chart.proto.alt)


def test_a_broken_packing_turns_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A red message appears if packed differs from each sequence alone, and if it reads the padding."""
    import components.lessons.lengths.show as ui

    settings = sized(Settings(), USUAL)
    right, nan = four_ways(settings, USUAL), poisoned(settings, USUAL)
    ways = [dataclasses.replace(way, read=way.read + 0.5 * (way.name == "packed")) for way in right.ways]
    monkeypatch.setattr(ui, "four_ways", lambda *_: dataclasses.replace(right, ways=tuple(ways)))
    monkeypatch.setattr(ui, "poisoned", lambda *_: dataclasses.replace(nan, packed=3))
    wrong = texts(open_lengths(answers=True, topic="NaN in the padding"), "error")
    assert any(
        text.startswith("**Packed does not give the result of each sequence alone.**") and "0.5" in text
        for text in wrong
    )
    assert any(text.startswith("**Packed reads the padding.**") and "3 of 140" in text for text in wrong)


def test_the_specification_stays_when_numbers_change() -> None:
    app = open_lengths(answers=True)
    before = [chart.proto.spec for chart in app.get("vega_lite_chart")]
    app.slider(key="hidden_size").set_value(9).run()
    app.text_input(key="lengths").set_value("3,9,9,4,2").run()
    assert [chart.proto.spec for chart in app.get("vega_lite_chart")] == before


# What to try


def test_the_attempts_are_recognised() -> None:
    """The page recognises each by its numbers: none at the defaults, and none because a button was pressed."""
    app = open_lengths(answers=True)
    assert done(app) == {}
    next(button for button in app.button if button.label == "Turn Bidirectional on").click().run()
    assert done(app) == {}
    app.text_input(key="lengths").set_value("60 7 50").run()
    both = sized(Settings(bidirectional=True), (60, 7, 50))
    found = four_ways(both, (60, 7, 50))
    wrong = (found.ways[1].output[2, :, :50] > found.tolerance).any(dim=0)
    assert not wrong[0]
    assert wrong[-1]
    outcome = done(app)["How far does the padding reach?"]
    assert outcome.startswith(f"Sample 2 has 50 of 60 steps. {int(wrong.sum())} of its own steps")
    app.text_input(key="lengths").set_value("4,4,4").run()
    assert list(done(app)) == ["A batch that padding cannot harm"]
    app.text_input(key="lengths").set_value("100,1,1,1,1,1,1,1").run()
    assert list(done(app)) == ["Nearly all padding"]


def test_the_cost_is_measured_on_a_button_and_says_when_packing_does_not_pay(desks: dict[str, Desk]) -> None:
    """It measures only on request. Then there is a ratio with quartiles for each batch, and slower ones are named."""
    app = open_lengths(line="3,1", topic="What padding costs")
    assert table(app, "time packed") == []
    app.button(key="packing").click().run()
    run = desks["packing"].run
    assert run is not None
    until(lambda: not run.live)
    app.run()
    assert_stands(app)
    rows = table(app, "time packed")
    assert [row[0].split()[0] for row in rows] == ["this", "32", "1"]
    assert [rows[0][1], rows[2][1]] == ["33%", "89%"]
    for name, _, ratio in rows:
        assert re.fullmatch(r"\*\*[\d.]+\*\* \([\d.]+ to [\d.]+\)", ratio)
        median, low, high = map(float, re.findall(r"[\d.]+", ratio))
        assert low <= median <= high
        slower = re.search(r"\*slower\* for: (.*?)\.", said(app))
        assert (slower is not None and name in slower[1]) == (low > 1)
    assert "Measured on this server in processor time, for lengths 3, 1 · T = 3" in said(app)
    assert table(app.run(), "time packed") == rows
    app.text_input(key="lengths").set_value("3,2").run()
    assert table(app, "time packed") == []


def test_a_measurement_of_known_times_is_told() -> None:
    """A batch is slower only if three quarters of its pairs are slower. The same holds for faster."""
    made = {"a": (1.2, 1.1, 1.3), "b": (0.9, 0.8, 1.1), "c": (0.5, 0.4, 0.6)}
    told = _costs([Priced(name, 0.5, Cost(30, 1, 1, *ratios)) for name, ratios in made.items()])
    assert "Packing is *slower* for: a. Packing is faster for: c." in told
    assert "| b | 50% | **0.90** (0.80 to 1.10) |" in told
