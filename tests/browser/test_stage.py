"""The first screen of every lesson: what stands on it without scrolling, and what fits a phone."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from components.settings import MAIN
from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS
from tests.browser.driving import main_slider, settle, title

pytestmark = pytest.mark.browser

SCREENS = {"projector": (1280, 720), "desk": (1440, 900)}
PHONE = (390, 844)
lessons = pytest.mark.parametrize("lesson", SYLLABUS, ids=lambda lesson: lesson.stem)


def box(place: Locator) -> dict[str, Any]:
    """Where an element is, in px: x, y, width and height."""
    found: Any = place.bounding_box()
    assert found, place
    return dict(found)


def picture(page: Page) -> Locator:
    """The first large thing below the sizes: a chart, or a component that draws."""
    return page.locator(
        ".st-key-stage_picture :is([data-testid=stVegaLiteChart], [data-testid=stBidiComponentIsolated])"
    )


def largest(page: Page) -> dict[str, Any]:
    """The box of the largest picture."""
    boxes = [found for place in picture(page).all() if (found := place.bounding_box()) is not None]
    return dict(max(boxes, key=lambda found: found["width"] * found["height"]))


@lessons
def test_the_first_screen_has_controls_picture_and_coach(visit: Any, lesson: Lesson) -> None:
    """Inside the window, unscrolled: the title on one line, the sizes, the picture and the question."""
    page = visit(path="/" if lesson is SYLLABUS[0] else f"/{lesson.stem}")
    for width, height in SCREENS.values():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(700)
        assert box(title(page))["height"] < 80, "one line"
        for name in MAIN:
            assert box(main_slider(page, name))["y"] < height / 3
        assert largest(page)["y"] + largest(page)["height"] <= height
        assert largest(page)["width"] > width / 3
        question = box(page.locator(f".st-key-predict_{lesson.stem}"))
        assert question["y"] + question["height"] <= height
        assert question["x"] > largest(page)["x"] + largest(page)["width"] - 10
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.wait_for_timeout(1000)
    settle(page)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= PHONE[0]
    for name in MAIN:
        assert box(main_slider(page, name))["y"] < PHONE[1] / 2
    assert largest(page)["y"] < PHONE[1] * 0.85
