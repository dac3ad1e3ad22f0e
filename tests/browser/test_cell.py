"""The player's arithmetic, without a page: the browser computes from the bytes that the app sends, like torch."""

import base64
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from components.lessons.one_step.frames import opening, packed
from components.lessons.one_step.player import show as player
from components.lstm.build import build
from components.settings import Settings
from tests.lstm.equations import equations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning"),
]

SCRIPT = (Path(player.__file__).parent / "cell.js").read_text("utf-8")
# Everything that the cell says of some references: their numbers and explanations.
ASK = """async ([script, bytes, refs]) => {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const { unpack } = await import(url);
  const raw = Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0));
  const odd = new Uint8Array(raw.length + 1);
  odd.set(raw, 1);  // as it arrives: not at a multiple of four
  const cell = unpack(odd.subarray(1));
  const kept = refs.map(([kind, t, n, skip]) => {
    const of = cell.ref(kind, t, n);
    const said = { name: cell.name(of), value: cell.value(of), rank: cell.rank(t, n) };
    return { ...said, explained: cell.explain(of, skip ?? 0), found: Object.keys(cell.found(of)) };
  });
  return kept;
}"""
CASES = [
    (Settings(), 0, 0, 0),
    (Settings(num_layers=2, bidirectional=True, batch_size=3, seq_len=4, seed=7, bias=False), 1, 1, 2),
    (Settings(proj_size=2, hidden_size=11, input_size=5, batch_size=2, batch_first=True), 0, 0, 1),
    (Settings(proj_size=3, num_layers=2, bidirectional=True, dtype="float64", initial_state="zeros"), 1, 1, 0),
    (Settings(seq_len=200, hidden_size=128, input_size=64), 0, 0, 0),
    (Settings.for_job("latch", seq_len=20), 0, 0, 0),
]
cases = pytest.mark.parametrize(("settings", "layer", "direction", "sample"), CASES, ids=lambda one: str(one)[:12])


@pytest.fixture(scope="module")
def page(browser: Browser):
    with browser.new_context() as context:
        yield context.new_page()


@cases
def test_a_visit_begins_at_the_largest_initial_memory(
    page: Page, settings: Settings, layer: int, direction: int, sample: int
) -> None:
    """The browser and the server choose the same unit: that of torch's largest |c_0|."""
    script = ASK.replace("const kept = refs", "return cell.opening;\n  const kept = refs")
    data = base64.b64encode(packed(settings, layer, direction, sample, 2)).decode()
    c_0 = build(settings).hx[1][layer * settings.num_directions + direction, sample]
    assert (
        page.evaluate(script, [SCRIPT, data, []]) == c_0.abs().argmax() == opening(settings, layer, direction, sample)
    )


def ask(page: Page, data: bytes, refs: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """What the cell says of each reference, (kind, t, n) or (kind, t, n, skip)."""
    answer: list[dict[str, Any]] = page.evaluate(ASK, [SCRIPT, base64.b64encode(data).decode(), refs])
    return answer


def weight(module: Any, name: str) -> float:
    """The number of a parameter, by its name on the page: weight_hh_l0_reverse[9, 2]."""
    match = re.fullmatch(r"(\w+)\[(\d+)(?:, (\d+))?\]", name)
    assert match is not None, name
    parameter = getattr(module, match[1]).detach().double()
    return float(parameter[int(match[2])] if match[3] is None else parameter[int(match[2]), int(match[3])])


@cases
def test_every_sum_is_torch_s(page, settings, layer, direction, sample):
    """For gates, c and h: each term is a parameter of the module times a number, and their sum is torch's number."""
    setup = build(settings)
    found = equations(settings, setup, layer, direction, sample)
    past = 1 if direction else -1

    def known(kind: str, t: int, n: int) -> float:
        if 1 <= t <= settings.seq_len:
            return float(found[kind][t - 1, n])
        return float(found[f"{kind}_0"][n])

    steps = sorted({1, 2, settings.seq_len})
    units = sorted({0, settings.hidden_size // 2, settings.hidden_size - 1})
    refs = [(kind, t, n) for kind in "ifgoc" for t in steps for n in units]
    refs += [("h", t, n) for t in steps for n in sorted({0, settings.output_size - 1})]
    near = 2e-6 * max(1, float(found["c"].abs().max()), float(found["c_0"].abs().max()))
    for (kind, t, n), said in zip(refs, ask(page, packed(settings, layer, direction, sample, 2), refs), strict=True):
        explained, expected = said["explained"], known(kind, t, n)
        assert said["value"] == pytest.approx(expected, abs=near)
        assert explained["check"]["same"]
        assert explained["check"]["torch"] == said["value"]
        assert explained["check"]["result"] == pytest.approx(expected, abs=near)
        sizes = [abs(term["value"]) for term in explained["terms"]]
        rest = explained.get("rest") or {"count": 0, "value": 0.0}
        assert explained["total"] == pytest.approx(sum(term["value"] for term in explained["terms"]) + rest["value"])
        if kind == "c":
            (f, before), (i, g) = (
                [(x["ref"]["kind"], x["ref"]["t"], x["value"]) for x in term["factors"]] for term in explained["terms"]
            )
            assert [f[:2], before[:2], i[:2], g[:2]] == [("f", t), ("c", t + past), ("i", t), ("g", t)]
            assert before[2] == pytest.approx(known("c", t + past, n), abs=near)
            continue
        if kind == "h" and not settings.proj_size:
            continue
        count = settings.hidden_size if kind == "h" else found["x"].shape[1] + settings.output_size + 2 * settings.bias
        assert len(sizes) == min(count, 8)
        assert rest["count"] == count - len(sizes)
        assert sizes == sorted(sizes, reverse=True)
        for term in explained["terms"]:
            first, *others = term["factors"]
            product = weight(setup.module, first["name"])
            assert first["value"] == pytest.approx(product, abs=1e-6)
            for other in others:
                of = other["ref"]
                if of["kind"] == "shown":
                    number = known("o", t, of["n"]) * math.tanh(known("c", t, of["n"]))
                else:
                    assert of["t"] == (t + past if of["kind"] == "h" else t)
                    number = known(of["kind"], of["t"], of["n"])
                assert other["value"] == pytest.approx(number, abs=near)
                product *= number
            assert term["value"] == pytest.approx(product, abs=near)
        if kind in "ifgo":
            squeezed = math.tanh(explained["total"]) if kind == "g" else 1 / (1 + math.exp(-explained["total"]))
            assert explained["curve"]["value"] == pytest.approx(squeezed, abs=1e-9)


def test_terms_beyond_the_eighth_come_in_turn(page):
    """Over all pages every term is named once. On each page, the terms and the two rests add up to the total."""
    data = packed(Settings(hidden_size=20, input_size=7), 0, 0, 0, 2)
    pages = [one["explained"] for one in ask(page, data, [("i", 2, 3, skip) for skip in (0, 8, 16, 24)])]
    names = [term["factors"][0]["name"] for one in pages for term in one["terms"]]
    assert len(names) == len(set(names)) == 7 + 20 + 2
    for one in pages:
        parts = [term["value"] for term in one["terms"]]
        parts += [one[side]["value"] for side in ("larger", "rest") if one[side]]
        assert sum(parts) == pytest.approx(one["total"], abs=1e-12)


def test_a_wrong_number_is_marked(page):
    """With one parameter wrong by a thousandth, only its own gate differs from torch."""
    data = bytearray(packed(Settings(), 0, 0, 0, 2))
    numbers = np.frombuffer(data, "<f4")[8:]
    place = 5 * 3 + 4 * 5 * 4 + 2 * 6 * 4 + (4 + 2) * 3  # weight_ih_l0[6, 0]: unit 2 of f
    assert numbers[place] == weight(build(Settings()).module, "weight_ih_l0[6, 0]")
    numbers[place] += 1e-3
    refs = [(kind, 3, n) for kind in "ifgoc" for n in range(4)]
    wrong = [
        ref
        for ref, said in zip(refs, ask(page, bytes(data), refs), strict=True)
        if not said["explained"]["check"]["same"]
    ]
    assert wrong == [("f", 3, 2)]


def test_trails_end_at_inputs_and_initial_states(page):
    """These have no terms, and say what they are. The rank orders numbers by their size."""
    settings = Settings(bidirectional=True)
    forward, backward = (packed(settings, 0, direction, 0, 2) for direction in (0, 1))
    for data, start in ((forward, 0), (backward, 6)):
        ends = ask(page, data, [("x", 1, 2), ("c", start, 1), ("h", start, 1)])
        assert all("leaf" in end["explained"] and "terms" not in end["explained"] for end in ends)
        assert [end["name"] for end in ends][1:] == [f"c{chr(0x2080 + start)}[1]", f"h{chr(0x2080 + start)}[1]"]
    said = ask(page, forward, [("c", 2, n) for n in range(4)])
    order = sorted(range(4), key=lambda n: -abs(said[n]["value"]))
    assert [order.index(n) + 1 for n in range(4)] == [one["rank"] for one in said]


def test_what_tasks_ask_for_is_found_in_the_numbers(page):
    """`idle` is where the state starts from zeros. `stays` is where torch's c does not move and is not 0."""
    for state in ("sampled", "zeros"):
        settings = Settings(initial_state=state)
        refs = [(kind, t, n) for kind in ("kept", "c") for t in range(1, 6) for n in range(4)]
        said = ask(page, packed(settings, 0, 0, 0, 2), refs)
        found = {ref: one["found"] for ref, one in zip(refs, said, strict=True) if one["found"]}
        assert found == ({} if state == "sampled" else {("kept", 1, n): ["idle"] for n in range(4)})
    settings = Settings.for_job("latch", seq_len=20)
    c = equations(settings, build(settings), 0, 0, 0)["c"]
    refs = [("c", t, n) for t in range(2, 21) for n in range(settings.hidden_size)]
    said = ask(page, packed(settings, 0, 0, 0, 2), refs)
    for (_, t, n), one in zip(refs, said, strict=True):
        stays = abs(float(c[t - 1, n] - c[t - 2, n])) < 1e-6 and abs(float(c[t - 1, n])) > 0.5
        assert one["found"] == (["stays"] if stays else []), (t, n)
    assert any(one["found"] for one in said)
