"""Live training beside other visitors: all are served, a third training waits, and a closed tab frees its place."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from components.training.registry import Registry
from tests.browser.driving import PRINT, caption, current, failure, main_slider, settle, success

pytestmark = pytest.mark.browser

LONG = "answers=true&hidden_size=64"


def button(page: Page, name: str) -> Locator:
    """Train or Stop."""
    return page.get_by_role("button", name=name, exact=True)


def step(page: Page) -> Locator:
    """The line that counts the steps."""
    return page.get_by_text(re.compile(r"^Step \d+ of \d+"))


def said(page: Page, words: str) -> Locator:
    """A line of the page with these words."""
    return current(page).get_by_text(words)


def canvas(page: Page) -> str:
    """The pixels of the curves now."""
    pixels: str = page.locator(".st-key-curves canvas").evaluate(PRINT)
    return pixels


def test_two_train_the_third_waits_and_a_fourth_is_served(visit):
    """Meanwhile a slider moves. A closed tab's place goes to the third at once. Stop and a new setting end a run."""
    first, second, third = (visit(LONG, path="/batches") for _ in range(3))
    for page in (first, second, third):
        button(page, "Train").press("Enter")
        expect(button(page, "Stop")).to_be_enabled()
    expect(said(third, "Two others are training: you are next.")).to_be_visible()
    expect(step(first)).to_be_visible()

    other = visit("seq_len=20")
    main_slider(other, "seq_len").press("ArrowRight")
    expect(caption(other)).to_contain_text("T = 21")
    expect(said(third, "Two others are training: you are next.")).to_be_visible()  # both still train

    closed = time.monotonic()
    first.close()
    expect(step(third)).to_be_visible()
    # The aim is two seconds. Without this the run would end too, because nobody looks at it, but later.
    assert time.monotonic() - closed < Registry().patience - 1
    expect(step(second)).to_be_visible()

    button(third, "Stop").press("Enter")
    expect(said(third, "Ended after")).to_contain_text("you stopped it")
    expect(button(third, "Train")).to_be_enabled()
    main_slider(second, "input_size").press("ArrowRight")
    expect(said(second, "Ended after")).to_contain_text("a setting was changed")


def test_it_trains_to_the_end_and_a_reload_shows_nothing_stale(visit):
    """On a phone, the curves grow while it trains. The check follows by itself. After a reload nothing is trained."""
    page = visit("answers=true", path="/batches", viewport={"width": 390, "height": 844})
    expect(button(page, "Stop")).to_be_disabled()
    page.locator(".st-key-curves canvas").wait_for()
    button(page, "Train").press("Enter")
    expect(step(page)).to_be_visible()
    seen = [canvas(page)]
    verdict = success(page, "Only what is carried").or_(failure(page, "Not what theory"))
    while not verdict.count():
        if (now := canvas(page)) != seen[-1]:
            seen.append(now)
        page.wait_for_timeout(250)
    assert len(seen) > 4
    expect(success(page, "Only what is carried is remembered.")).to_be_visible()
    expect(current(page).get_by_text(re.compile("^Done: "))).to_be_visible()
    expect(button(page, "Train")).to_be_enabled()
    overflow = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth")
    assert overflow <= 0
    page.reload()
    settle(page)
    expect(said(page, "Nothing has been trained yet")).to_be_visible()
    expect(verdict).to_have_count(0)
