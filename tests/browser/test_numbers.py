"""The numbers on the page, step by step, compared with plain torch."""

import csv
import io
import itertools
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests import plain
from tests.browser.driving import (
    caption,
    chart,
    current,
    expect_new_pixels,
    expect_numbers,
    in_address,
    main_slider,
    pixels,
    step_to,
)

pytestmark = pytest.mark.browser

DEEP: dict[str, Any] = {"num_layers": 2, "bidirectional": True, "batch_size": 2}
DEEP_QUERY = "num_layers=2&bidirectional=true&batch_size=2"


def expect_table(rows: list[list[str]], found: dict[str, list[float]]) -> None:
    """Check the table of the Step control: one row for each unit or feature. A missing number is an empty cell."""
    assert len(rows) >= max(map(len, found.values()))
    for row, (_, *cells) in enumerate(rows):
        expect_numbers(cells, [dict(enumerate(found.get(lane, []))).get(row) for lane in plain.LANES])


def test_step_by_step_the_numbers_are_torch_s(visit):
    """At every step the table under the score holds what the equations give; t = 0 is the drawn state.

    The step chosen stays where it is when a setting changes; its numbers are the new ones.
    """
    page = visit()
    pixels(page)
    found = plain.numbers(plain.draw())
    for t in range(1, 6):
        expect_table(step_to(page, "ArrowRight", t), found[t])
    expect_table(step_to(page, "End", 5), found[5])
    expect_table(step_to(page, "Home", 0), found[0])
    for t in range(1, 4):
        step_to(page, "ArrowRight", t)
    main_slider(page, "hidden_size").press("ArrowRight")
    expect(page.locator(".st-key-step_control tbody tr")).to_have_count(5)
    expect(page.locator(".st-key-step_control output")).to_have_text("t = 3")
    found = plain.numbers(plain.draw(hidden_size=5))
    step_to(page, "ArrowRight", 4)
    expect_table(step_to(page, "ArrowLeft", 3), found[3])


def test_the_reverse_direction_of_an_upper_layer_is_torch_s_on_the_page_and_in_files(visit, subtests):
    """One visit of two layers and two directions: step by step, as CSV, and all of it as npz."""
    page = visit(f"{DEEP_QUERY}&seed=7&layer=1&direction=reverse&sample=1")
    pixels(page)
    for part in (the_steps_are_torch_s, the_csv_has_all_numbers_that_are_shown, the_npz_is_the_whole_trace):
        with subtests.test(part.__name__):
            part(page)


def the_steps_are_torch_s(page: Page) -> None:
    """x is the output of the layer below, and the initial state is at T + 1."""
    found = plain.numbers(plain.draw(**DEEP, seed=7), layer=1, direction=1, sample=1)
    step_to(page, "End", 6)
    expect_table(step_to(page, "ArrowLeft", 5), found[5])
    expect_table(step_to(page, "Home", 1), found[1])
    expect_table(step_to(page, "ArrowRight", 2), found[2])
    expect_table(step_to(page, "End", 6), found[6])


def test_stepping_outlines_the_step_and_asks_the_server_nothing(visit):
    """Keys and mouse move the outline without sending a frame. A main slider does send frames."""
    sent: list[str | bytes] = []
    page = visit(sent=sent)
    before = pixels(page)
    at_start = len(sent)

    step_to(page, "ArrowRight", 1)
    expect_new_pixels(page, before)
    first = pixels(page)
    for t in range(2, 6):
        step_to(page, "ArrowRight", t)
    expect_new_pixels(page, first)
    last = pixels(page)

    chart(page).scroll_into_view_if_needed()
    box = chart(page).bounding_box()
    assert box is not None
    top = max(box["y"], 0)  # the chart may be taller than the window
    page.mouse.move(box["x"] + box["width"] * 0.4, top + 64, steps=4)
    expect_new_pixels(page, last)

    page.wait_for_timeout(500)  # time in which a message could be sent
    assert len(sent) == at_start
    main_slider(page, "seq_len").press("ArrowRight")
    expect(caption(page)).to_contain_text("T = 6")
    assert len(sent) > at_start


def test_c_beyond_its_range_is_said_and_the_next_range_drawn(visit):
    """Where |c| exceeds 2 the page says how far it reaches; the button draws a range that holds it."""
    reaches = {seed: plain.reach(plain.numbers(plain.draw(hidden_size=8, seed=seed))) for seed in range(40)}
    seed, reach = next((seed, reach) for seed, reach in reaches.items() if 2.1 < reach < 4.9)
    page = visit(f"hidden_size=8&seed={seed}")
    said = page.get_by_role("button", name=f"c reaches {reach:.2f} here: show −5 … 5")
    expect(said).to_be_visible()
    before = pixels(page)
    said.press("Enter")
    in_address(page, "c_range=5")
    expect(said).to_have_count(0)
    expect_new_pixels(page, before)


def test_the_largest_sizes_are_shown_page_by_page(visit):
    """At 64 features, 128 units and 200 steps some of the units are shown, and the pager shows others. Torch agrees."""
    page = visit("input_size=64&hidden_size=128&seq_len=200")
    expect(current(page).get_by_text("Shown: units 0 to 4 of 128")).to_be_visible()
    before = pixels(page)
    page.locator(".st-key-units").get_by_role("button", name="Page 2", exact=True).press("Enter")
    expect(current(page).get_by_text("Shown: units 5 to 9 of 128, features 5 to 9 of 64")).to_be_visible()
    in_address(page, "units=2")
    expect_new_pixels(page, before)
    step_to(page, "End", 200)
    expect(page.locator(".st-key-step_control tbody tr").first).to_contain_text("5")
    found = plain.numbers(plain.draw(input_size=64, hidden_size=128, seq_len=200))[199]
    rows = step_to(page, "ArrowLeft", 199)
    assert [row[0] for row in rows] == [str(unit) for unit in range(5, 10)]
    expect_table(rows, {lane: found[lane][5:10] for lane in plain.LANES})


def taken(page: Page, button: str) -> tuple[str, bytes]:
    """Press a download button below the table; the name and the content of the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).press("Enter")
    return download.value.suggested_filename, download.value.path().read_bytes()


def open_table(page: Page) -> None:
    page.get_by_role("tab", name="Numbers").press("Enter")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def the_csv_has_all_numbers_that_are_shown(page: Page) -> None:
    """The file has every number of the layer, direction and sample that are shown, and they are torch's."""
    open_table(page)
    name, text = taken(page, "All units as CSV")
    assert name == "unrolled_units.csv"
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    found, seen = plain.numbers(plain.draw(**DEEP, seed=7), 1, 1, 1), 0
    for row in rows:
        for lane in plain.LANES:
            if row[lane]:
                place = int(row["feature" if lane == "x" else "unit"])
                assert float(row[lane]) == pytest.approx(found[int(row["t"])][lane][place], abs=2e-6), row
                seen += 1
    assert seen == sum(len(lane) for lanes in found.values() for lane in lanes.values())


def the_npz_is_the_whole_trace(page: Page) -> None:
    """The file has every gate and state of every layer, direction and sample, and they are torch's."""
    name, file = taken(page, "All numbers as .npz")
    assert name == "unrolled_trace.npz"
    with np.load(io.BytesIO(file)) as arrays:
        lanes = {lane: arrays[lane] for lane in "ifgoch"}
    drawn = plain.draw(**DEEP, seed=7)
    for layer, direction, sample in itertools.product((0, 1), (0, 1), (0, 1)):
        found = plain.numbers(drawn, layer, direction, sample)
        for lane, array in lanes.items():
            wanted = [found[t][lane] for t in range(1, 6)]
            assert array[layer, direction, :, sample] == pytest.approx(np.array(wanted), abs=2e-6), lane
