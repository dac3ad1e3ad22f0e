"""The lesson on output and state: mouse and keyboard choose a slot, and its numbers in output are highlighted."""

import base64
import io
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page, expect

from components.charts.scene import WIDTH
from components.lessons.outputs.frames import FOOT, MARGIN, height, outputs_picture
from components.settings import Settings
from tests.browser.driving import answer, chart, expect_new_pixels, in_address, main_slider, pixels, success
from tests.charts.tables import tables

pytestmark = pytest.mark.browser

BOTH = "bidirectional=true&answers=true"


def slot_slider(page: Page) -> Locator:
    """The native range input below the picture."""
    return page.get_by_role("slider", name="Slot", exact=True)


def across(page: Page, x: float) -> float:
    """Pixels from the canvas's left edge to a place in the scene."""
    width = chart(page).evaluate("canvas => canvas.clientWidth")
    return float(MARGIN + x / WIDTH * (width - MARGIN))


def image(page: Page) -> Image.Image:
    """The canvas, when it has stopped changing."""
    return Image.open(io.BytesIO(base64.b64decode(pixels(page).partition(",")[2]))).convert("RGB")


def apart(one: Image.Image, other: Image.Image) -> int:
    """How many pixels differ clearly. Small differences do not count: a redrawn part has other soft edges."""
    shades = ImageChops.difference(one, other).convert("L").point([0] * 40 + [255] * 216)
    return shades.histogram()[255]


def point_at(page: Page, picture: Any, slot: int) -> None:
    """Move the pointer onto a slot's own cells."""
    own = picture.scene.marks[picture.scene.marks["slot"] == slot].iloc[0]
    chart(page).scroll_into_view_if_needed()
    box = chart(page).bounding_box()
    assert box is not None
    x = box["x"] + across(page, (own["x"] + own["x2"]) / 2)
    # Its lowest cell: Streamlit's own buttons come up over the picture's upper right corner.
    page.mouse.move(x, box["y"] + float(own["y2"] - 6), steps=4)


def test_a_slot_highlights_its_numbers_in_output(visit):
    """Only the slots of h_n in the last layer have numbers in output. Mouse and keys work without the server."""
    sent: list[str | bytes] = []
    page = visit(BOTH, path="/outputs", sent=sent)
    picture = tables(outputs_picture(Settings(num_layers=2, bidirectional=True), 0))
    names, said = picture.names, picture.said
    slot_slider(page).wait_for()
    dark = image(page)
    first = picture.scene.words[picture.scene.words["text"] == "h_n"]["x"].iloc[0]
    output = (0, 0, int(across(page, first) - 12), height(2) - FOOT + 16)  # left of h_n, above the words
    at_start = len(sent)

    looked_at = (0, 2, 3, 6)  # slots: a lower layer, the last layer in both directions, a cell state
    seen: dict[int, Image.Image] = {}
    slot_slider(page).focus()
    for number, name in enumerate(names):
        if number:
            slot_slider(page).press("ArrowRight")
        expect(page.locator(".st-key-slot_control output")).to_have_text(name)
        expect(page.locator(".st-key-slot_control [role=status]")).to_have_text(said[number].replace("\n", " ") + ".")
        if number not in looked_at:
            continue
        now = image(page)
        lit = apart(now.crop(output), dark.crop(output)) > 100
        assert lit == ("bit for bit" in said[number]), name
        assert all(apart(now, before) > 100 for before in (dark, *seen.values())), name
        seen[number] = now
    for number in (3, 6, 0):
        point_at(page, picture, number)
        assert apart(image(page), seen[number]) < 100, names[number]

    page.wait_for_timeout(500)  # time in which a message could be sent
    assert len(sent) == at_start


def test_the_picture_is_silent_before_an_answer(visit):
    """Before an answer, pointing changes nothing and there is no Slot control. After it, both work."""
    page = visit(path="/outputs")
    picture = tables(outputs_picture(Settings(num_layers=2), 0))
    before = pixels(page)
    point_at(page, picture, 1)
    assert pixels(page) == before
    expect(slot_slider(page)).to_have_count(0)

    answer(page, "those of the last layer")
    expect(success(page, "Right.")).to_be_visible()
    expect(success(page, "The same numbers, bit for bit.")).to_be_visible()
    expect_new_pixels(page, before)
    rest = pixels(page)
    slot_slider(page).press("ArrowRight")
    expect_new_pixels(page, rest)


def test_the_cut_is_in_the_address_and_stays_in_the_sequence(visit):
    """The cut of the slider is in the address. In a shorter sequence it becomes the last possible cut."""
    page = visit("seq_len=9&cut=7", path="/outputs")
    cut = page.locator(".st-key-cut").get_by_role("slider")
    expect(cut).to_have_attribute("aria-valuetext", "7")
    cut.press("ArrowRight")
    in_address(page, "cut=8")
    expect(success(page, "You need both, h and c.")).to_be_visible()
    main_slider(page, "seq_len").press("ArrowLeft")
    expect(cut).to_have_attribute("aria-valuetext", "7")
    in_address(page, "cut=7", "seq_len=8")
