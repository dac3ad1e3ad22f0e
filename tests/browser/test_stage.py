"""Every lesson in every window: what stands on the first screen, zoomed, on a phone and on paper."""

import io
import re
from typing import Any

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Locator, Page

from components.settings import MAIN
from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS
from tests.browser.driving import main_slider, settle, title
from tests.browser.test_frame import sideways

pytestmark = pytest.mark.browser

SCREENS = {"projector": (1280, 720), "desk": (1440, 900)}
PHONE = (390, 844)
# A zoom of 150 or 200 % leaves so many px of such a window.
ZOOMED = {"150 %": (853, 480), "200 %": (640, 360), "150 % desk": (960, 600), "200 % desk": (720, 450)}
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


def resize(page: Page, size: tuple[int, int]) -> None:
    """Give the page another window, and wait until its charts have the new width: nothing scrolls sideways."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(700)
    settle(page)
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth")


def lightness(page: Page) -> float:
    """The mean lightness of what the window shows, from 0 to 255."""
    return float(ImageStat.Stat(Image.open(io.BytesIO(page.screenshot())).convert("L")).mean[0])


def expect_no_overlap(page: Page, lesson: Lesson) -> None:
    """Title, sizes, picture: one below the other, in every window. The sizes are on the first screen.

    On a phone they are in its upper half, and the picture begins on the first screen, too.
    """
    for name, size in (ZOOMED | {"phone": PHONE}).items():
        resize(page, size)
        assert sideways(page) <= 0, name
        heading, sizes, drawn = box(title(page)), box(page.locator(".st-key-sizes")), largest(page)
        assert heading["y"] + heading["height"] <= sizes["y"] + 1, name
        assert sizes["y"] + sizes["height"] <= drawn["y"] + 1, name
        sliders = [box(main_slider(page, slider)) for slider in MAIN]
        for slider in sliders:
            assert slider["y"] < (PHONE[1] / 2 if size == PHONE else size[1]), name
        if size == PHONE:
            assert drawn["y"] < PHONE[1] * 0.85
        if lesson is SYLLABUS[0]:
            expect_sizes_beside_each_other(page, name, sliders)
        question = box(page.locator(f".st-key-predict_{lesson.stem}"))
        beside = question["x"] >= drawn["x"] + drawn["width"] - 10
        below = question["y"] >= drawn["y"] + drawn["height"]
        assert beside or below, name
        if size[0] < 700:
            assert below, name


def expect_sizes_beside_each_other(page: Page, name: str, sliders: list[dict[str, Any]]) -> None:
    """Three rows would push the picture off a low screen. No control is cut. On a phone there are three rows."""
    rows = {slider["y"] for slider in sliders}
    if name == "phone":
        assert len(rows) == len(MAIN)
        return
    assert len(rows) == 1, name
    assert box(page.locator(".st-key-sizes"))["height"] < 100, name
    cut = page.locator(".st-key-sizes .name").evaluate_all(
        "names => names.filter(n => n.scrollWidth > n.clientWidth).length"
    )
    assert not cut, name


def expect_whole_on_paper(page: Page, lesson: Lesson) -> None:
    """A printed page is a worksheet: whole, with its picture and its answers to tick, and with nothing to press.

    Nothing scrolls on paper, and it takes as many sheets as its height needs.
    """
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")
    page.wait_for_timeout(1000)
    height = page.evaluate("document.documentElement.scrollHeight")
    clipped = page.evaluate("""[...document.querySelectorAll("[data-testid=stMain], [data-testid=stCode] pre")]
      .filter((part) => part.scrollHeight > part.clientHeight + 2 || part.scrollWidth > part.clientWidth + 2).length""")
    assert clipped == 0
    for gone in ("stHeader", "stButton", "stPageLink", "stDownloadButton", "stPopover"):
        assert not page.get_by_test_id(gone).locator("visible=true").count(), gone
    assert title(page).is_visible()
    assert picture(page).locator("visible=true").count()
    question = page.locator(f".st-key-predict_{lesson.stem}")
    assert question.locator("label:visible").count() >= 3
    assert page.get_by_role("heading", name="Source").is_visible()
    sheets = re.findall(rb"/Type /Page\b(?!s)", page.pdf(format="A4"))
    assert height / 1123 - 0.5 <= len(sheets) <= height / 900 + 1.5
    page.emulate_media(media="screen")


@lessons
def test_a_lesson_fits_every_window_and_paper(visit: Any, lesson: Lesson) -> None:
    """Inside the window, unscrolled: the title on one line, the sizes, the picture and the question.

    One visit answers it for all windows.
    """
    page = visit(path="/" if lesson is SYLLABUS[0] else f"/{lesson.stem}")
    for width, height in SCREENS.values():
        resize(page, (width, height))
        assert box(title(page))["height"] < 80, "one line"
        for name in MAIN:
            assert box(main_slider(page, name))["y"] < height / 3
        assert largest(page)["y"] + largest(page)["height"] <= height
        assert largest(page)["width"] > width / 3
        question = box(page.locator(f".st-key-predict_{lesson.stem}"))
        assert question["y"] + question["height"] <= height
        assert question["x"] > largest(page)["x"] + largest(page)["width"] - 10
    expect_no_overlap(page, lesson)
    expect_whole_on_paper(page, lesson)


def test_a_dark_page_is_printed_light(visit: Any) -> None:
    """On paper a page of the dark theme is light, and in the player there is nothing to press but its numbers."""
    page = visit(path="/one_step", color_scheme="dark")
    assert lightness(page) < 70
    page.pdf(format="A4")  # the page hears that it is printed
    page.emulate_media(media="print", color_scheme="dark")
    page.wait_for_timeout(500)
    assert lightness(page) > 200
    for name in ("Play", "Next step", "Previous step"):
        assert not page.get_by_role("button", name=name).count(), name
