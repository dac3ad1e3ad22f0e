"""A measurement runs beside the pages: they stay usable, and each press measures again."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from components.training.registry import Registry
from tests.browser.driving import caption, current, main_slider, open_settings, settle

pytestmark = pytest.mark.browser

# So large that a measurement takes all of its time.
LARGE = "seq_len=200&hidden_size=128&batch_size=16&num_layers=4&bidirectional=true"
SMALL = "seq_len=9"
CODE = "live_topic=Loop+and+call"


def button(page: Page, name: str) -> Locator:
    """A button of the page."""
    return page.get_by_role("button", name=name, exact=True)


def progress(page: Page) -> Locator:
    """The line that counts the pairs."""
    return current(page).get_by_text(re.compile(r"^Pair \d+ of \d+"))


def figure(page: Page) -> Locator:
    """The sentence with the ratio."""
    return current(page).get_by_text(re.compile(r"The loop takes [\d.]+ times as long"))


def test_a_measurement_leaves_the_page_usable_and_a_second_one_waits(visit):
    """Meanwhile the visitor can change the view. Another visitor is served, and waits. Then the figure comes."""
    page = visit(f"{LARGE}&{CODE}")
    expect(button(page, "Stop measuring")).to_be_disabled()
    button(page, "Measure the cost").press("Enter")
    expect(progress(page)).to_be_visible()
    expect(button(page, "Measure the cost")).to_be_disabled()

    other = visit(f"{SMALL}&{CODE}")
    button(other, "Measure the cost").press("Enter")
    waits = current(other).get_by_text("One other is measuring: you are next.")
    expect(waits.or_(figure(other)).first).to_be_visible()  # the first measurement may have ended already
    open_settings(page)
    page.locator(".st-key-layer").get_by_role("slider").press("ArrowRight")  # changes no number
    expect(figure(page)).to_be_visible()
    expect(button(page, "Stop measuring")).to_be_disabled()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(figure(other)).to_be_visible()
    expect(current(other).get_by_text("Measured on this server in processor time, for T = 9")).to_be_visible()

    button(page, "Measure the cost").press("Enter")
    expect(progress(page)).to_be_visible()
    expect(figure(page)).to_have_count(0)
    main_slider(page, "seq_len").press("ArrowLeft")
    expect(caption(page)).to_contain_text("T = 199")
    ended = r"The last measurement was ended after \d+ of \d+ pairs: a setting was changed\."
    expect(current(page).get_by_text(re.compile(ended))).to_be_visible()
    expect(figure(page)).to_have_count(0)
    expect(button(page, "Measure the cost")).to_be_enabled()


BUTTONS = [
    ("", "Measure the cost", "for T = 5"),
    ("lengths?lengths_topic=What+padding+costs&", "Measure packing against padding", "for lengths"),
    ("batches?batches_topic=Without+detach&", "Measure the time", "for chunks of"),
]


def test_on_a_phone_each_is_measured_and_a_reload_shows_nothing_stale(visit, server):
    """Nothing scrolls sideways; a reload is a new visit, which has no figure."""
    page = visit(f"answers=true&{CODE}", viewport={"width": 390, "height": 844})
    for path, press, found in BUTTONS:
        if path:
            page.goto(f"{server.url}/{path}answers=true")
            settle(page)
        button(page, press).press("Enter")
        said = current(page).get_by_text(f"Measured on this server in processor time, {found}")
        expect(said).to_be_visible()
        expect(button(page, press)).to_be_enabled()
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0
        page.reload()
        settle(page)
        expect(button(page, press)).to_be_visible()
        expect(said).to_have_count(0)


def test_stop_ends_it_and_the_curves_of_a_training_keep_their_canvas(visit):
    """A measurement is stopped. A training is stopped, and its chart keeps its canvas. Another tab ends a training."""
    page = visit(f"answers=true&{LARGE}", path="/batches")
    canvas = page.locator(".st-key-curves canvas")
    canvas.wait_for()
    canvas.evaluate("canvas => { canvas.dataset.mark = 'first' }")
    button(page, "Train").press("Enter")
    expect(current(page).get_by_text(re.compile(r"^Step \d+ of \d+"))).to_be_visible()
    button(page, "Stop").press("Enter")
    expect(current(page).get_by_text(re.compile(r"Ended after \d+ of \d+ steps: you stopped it\."))).to_be_visible()
    assert canvas.evaluate("canvas => canvas.dataset.mark") == "first"

    button(page, "Train").press("Enter")
    expect(current(page).get_by_text(re.compile(r"^Step \d+ of \d+"))).to_be_visible()
    page.get_by_role("tab", name="Without detach").click()
    button(page, "Measure the time").press("Enter")
    expect(button(page, "Stop measuring")).to_be_enabled()
    button(page, "Stop measuring").press("Enter")
    ended = re.compile(r"Ended after \d+ of \d+ pairs: you stopped it\.")
    expect(current(page).get_by_text(ended)).to_be_visible()
    page.wait_for_timeout(1000 * (Registry().patience + 1))
    page.get_by_role("tab", name="Train it").click()
    ended = re.compile(r"Ended after \d+ of \d+ steps: nobody was looking at it\.")
    expect(current(page).get_by_text(ended)).to_be_visible()
