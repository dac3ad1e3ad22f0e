"""A zoomed page and a phone: the same order, nothing side by side that does not fit, and no scroll bar below."""

from typing import Any

import pytest
from playwright.sync_api import Page

from components.settings import MAIN
from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS
from tests.browser.driving import main_slider, settle, title
from tests.browser.test_frame import sideways
from tests.browser.test_stage import box, largest

pytestmark = pytest.mark.browser

# A zoom of 150 or 200 % leaves so many px of a window of 1280x720 or 1440x900.
ZOOMED = {"150 %": (853, 480), "200 %": (640, 360), "150 % desk": (960, 600), "200 % desk": (720, 450)}
PHONE = (390, 844)


def resize(page: Page, size: tuple[int, int]) -> None:
    """Give the page another window."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(700)
    settle(page)


@pytest.mark.parametrize("lesson", SYLLABUS, ids=lambda lesson: lesson.stem)
def test_nothing_overlaps(visit: Any, lesson: Lesson) -> None:
    """Title, sizes, picture: one below the other, in every window. The sizes are on the first screen."""
    page = visit(path="/" if lesson is SYLLABUS[0] else f"/{lesson.stem}")
    for name, size in (ZOOMED | {"phone": PHONE}).items():
        resize(page, size)
        assert sideways(page) <= 0, name
        heading, sizes, drawn = box(title(page)), box(page.locator(".st-key-sizes")), largest(page)
        assert heading["y"] + heading["height"] <= sizes["y"] + 1, name
        assert sizes["y"] + sizes["height"] <= drawn["y"] + 1, name
        for slider in MAIN:
            assert box(main_slider(page, slider))["y"] < size[1], name
        question = box(page.locator(f".st-key-predict_{lesson.stem}"))
        beside = question["x"] >= drawn["x"] + drawn["width"] - 10
        below = question["y"] >= drawn["y"] + drawn["height"]
        assert beside or below, name
        if size[0] < 700:
            assert below, name


def test_three_sizes_fit_beside_each_other_when_zoomed(visit: Any) -> None:
    """Three rows would push the picture off a low screen. No control is cut. On a phone there are three rows."""
    page = visit()
    for name, size in ZOOMED.items():
        resize(page, size)
        sliders = [box(main_slider(page, slider)) for slider in MAIN]
        assert len({slider["y"] for slider in sliders}) == 1, name
        assert box(page.locator(".st-key-sizes"))["height"] < 100, name
        cut = page.locator(".st-key-sizes .name").evaluate_all(
            "names => names.filter(n => n.scrollWidth > n.clientWidth).length"
        )
        assert not cut, name
    resize(page, PHONE)
    assert len({box(main_slider(page, slider))["y"] for slider in MAIN}) == len(MAIN)
