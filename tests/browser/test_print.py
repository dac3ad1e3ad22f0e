"""A printed page is a worksheet: whole, with its picture and its answers to tick, and with nothing to press."""

import re
from pathlib import Path
from typing import Any

import pytest

from components.ui.lesson import Lesson
from components.ui.syllabus import SYLLABUS
from tests.browser.driving import title

pytestmark = pytest.mark.browser

PICTURE = ".st-key-stage_picture :is([data-testid=stVegaLiteChart], [data-testid=stBidiComponentIsolated])"


@pytest.mark.parametrize("lesson", SYLLABUS, ids=lambda lesson: lesson.stem)
def test_a_page_prints_whole(visit: Any, lesson: Lesson, tmp_path: Path) -> None:
    """Nothing scrolls on paper, and it takes as many sheets as its height needs."""
    page = visit(path="/" if lesson is SYLLABUS[0] else f"/{lesson.stem}", viewport={"width": 794, "height": 1123})
    page.emulate_media(media="print")
    page.wait_for_timeout(1000)
    height = page.evaluate("document.documentElement.scrollHeight")
    clipped = page.evaluate("""[...document.querySelectorAll("[data-testid=stMain], [data-testid=stCode] pre")]
      .filter((part) => part.scrollHeight > part.clientHeight + 2 || part.scrollWidth > part.clientWidth + 2).length""")
    assert clipped == 0
    for gone in ("stHeader", "stButton", "stPageLink", "stDownloadButton"):
        assert not page.get_by_test_id(gone).locator("visible=true").count(), gone
    assert title(page).is_visible()
    assert page.locator(PICTURE).locator("visible=true").count()
    question = page.locator(f".st-key-predict_{lesson.stem}")
    assert question.locator("label:visible").count() >= 3
    assert page.get_by_role("heading", name="Source").is_visible()
    sheets = re.findall(rb"/Type /Page\b(?!s)", page.pdf(format="A4"))
    assert height / 1123 - 0.5 <= len(sheets) <= height / 900 + 1.5
