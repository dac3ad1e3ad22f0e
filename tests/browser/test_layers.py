"""The lesson on layers: keys highlight the path of a slot without the server, and the grid follows its controls."""

import base64
import io
import re

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from components.lessons.layers.frames import structure
from tests.browser.driving import answer, expect_new_pixels, finding, in_address, main_slider, pixels, success
from tests.charts.tables import tables

pytestmark = pytest.mark.browser


def image(page: Page) -> Image.Image:
    """The first grid, when it has stopped changing."""
    return Image.open(io.BytesIO(base64.b64decode(pixels(page).partition(",")[2]))).convert("RGB")


def ink(before: Image.Image, now: Image.Image, top: int, bottom: int) -> int:
    """How much darker a band of the picture has become, summed over its pixels. Below 0 it has become paler."""
    a, b = (one.crop((0, top, one.width, bottom)).convert("L") for one in (before, now))
    darker, paler = ImageChops.subtract(a, b), ImageChops.subtract(b, a)
    return sum(n * count for n, count in enumerate(darker.histogram())) - sum(
        n * count for n, count in enumerate(paler.histogram())
    )


def test_a_slot_highlights_what_it_was_computed_from(visit):
    """For each slot, by keys: its own row and the rows below become darker, the others paler. Nothing is sent."""
    sent: list[str | bytes] = []
    page = visit("answers=true", path="/layers", sent=sent)
    cells = tables(structure(2, 5)).cells
    slider = page.get_by_role("slider", name="Slot", exact=True)
    slider.wait_for()
    rest = image(page)
    at_start = len(sent)
    slider.focus()
    output = page.locator(".st-key-row_control output")
    told = page.locator(".st-key-row_control [role=status]")
    for slot in range(4):
        slider.press("ArrowRight")
        expect(output).to_have_text(f"h_n[{slot}], c_n[{slot}]")
        expect(told).to_contain_text(f"{slot // 2} · 2 + {slot % 2} = {slot}: layer {slot // 2}")
        expect(told).to_contain_text(re.compile(rf"h_n\[{slot}\] is \(2, 4\)"))
        now = image(page)
        lit = {0: {0}, 1: {1}, 2: {0, 1, 2}, 3: {0, 1, 3}}[slot]
        for row in range(4):
            band = cells[cells["text"] == f"h_n[{row}]"].iloc[0]
            grown = ink(rest, now, int(band["y"]) + 1, int(band["y2"]))
            assert (grown > 0) == (row in lit), (slot, row, grown)
    slider.press("Home")
    expect(output).to_have_text("none")
    page.wait_for_timeout(300)  # time in which a message could be sent
    assert len(sent) == at_start


def test_the_change_waits_for_an_answer_and_follows_its_controls(visit):
    """After an answer the grid is shaded. Step, module and reverse weights are in the address. Each check follows."""
    page = visit(path="/layers")
    charts = page.get_by_test_id("stVegaLiteChart").locator("canvas")
    expect(charts).to_have_count(1)
    before = pixels(page)
    answer(page, "layer 0: forward from that step on, reverse up to it; in the layers above: every h")
    expect(
        success(
            page, "In layer 0 each direction moves on one side only. In the layers above it can move at every step."
        )
    ).to_be_visible()
    expect_new_pixels(page, before)
    expect(charts).to_have_count(1)
    step = page.locator(".st-key-step").get_by_role("slider")
    step.press("Home")
    expect(success(page, "Where the change cannot reach, nothing moves.")).to_be_visible()
    in_address(page, "step=1")
    page.get_by_role("radio", name="GRU", exact=True).click()
    in_address(page, "kind=GRU")
    page.get_by_role("tab", name="Palindrome").click()
    in_address(page, "layers_topic=Palindrome")
    expect(finding(page, "Not the same in both directions.")).to_be_visible()
    page.get_by_role("radio", name="copied", exact=True).click()
    expect(finding(page, "The same in both directions up to layer 0, but not in layer 1.")).to_be_visible()
    page.get_by_role("radio", name="copied, halves swapped", exact=True).click()
    expect(success(page, "The same in both directions, in every layer.")).to_be_visible()
    before = pixels(page)
    main_slider(page, "seq_len").press("ArrowRight")
    expect_new_pixels(page, before)


def test_a_link_to_a_palindrome_opens_its_tab(visit):
    """A link from before there were tabs has no tab. Another tab takes the control and its value out of the address."""
    page = visit("answers=true&reverse=copied", path="/layers")
    expect(finding(page, "The same in both directions up to layer 0, but not in layer 1.")).to_be_visible()
    in_address(page, "layers_topic=Palindrome", "reverse=copied")
    page.get_by_role("tab", name="Dropout").click()
    expect(success(page, "Dropout never reaches")).to_be_visible()
    in_address(page, "layers_topic=Dropout", "!reverse=")
