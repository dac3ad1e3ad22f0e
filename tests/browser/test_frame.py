"""The page as a whole: it fits a phone, and people who cannot see it or use a mouse can work with it."""

from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from components.ui.syllabus import SYLLABUS
from tests.browser.driving import alert, answer, chart, failure, main_slider, pixels, settle, step_to

pytestmark = pytest.mark.browser


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    overhang: int = page.evaluate("""() => {
      const main = document.querySelector("[data-testid=stMain]");
      return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth);
    }""")
    return overhang


FULL = "answers=true&mistake=New+start&seq_len=60&hidden_size=40&num_layers=2&bidirectional=true&signal=sine"


def test_it_fits_a_phone(visit, server):
    """At 390 px nothing scrolls sideways, the menu is closed, and the sizes and the picture can be seen at once."""
    page = visit(viewport={"width": 390, "height": 844})
    for query, steps in (("", 5), (FULL, 60)):
        if query:
            page.goto(f"{server.url}/?{query}")
            settle(page)
        pixels(page)
        expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
        expect(main_slider(page, "seq_len")).to_be_in_viewport()
        expect(chart(page)).to_be_in_viewport()
        step_to(page, "End", steps)
        for summary in page.get_by_role("main").locator("summary").all():
            summary.press("Enter")
        page.get_by_role("tab", name="Numbers").press("Enter")
        expect(page.get_by_test_id("stDataFrame").last).to_be_visible()
        settle(page)
        assert sideways(page) <= 0


# Faults of Streamlit itself: a rule, and the elements that may break it. The comment says why the app cannot mend it.
EXCEPTED = (
    # A code block scrolls inside a <pre> without a tabindex. In Chromium the keyboard can still reach it.
    ("scrollable-region-focusable", "[data-testid=stCode] > pre"),
    # Streamlit decides the colours of keywords, strings and comments in code. No theme option changes them.
    ("color-contrast", "[data-testid=stCode] .token"),
    # The label of a greyed out control may be faint, but Streamlit does not mark the label as disabled.
    ("color-contrast", "[data-testid=stElementContainer]:has(:disabled) [data-testid=stWidgetLabel] p"),
)


@pytest.mark.parametrize("lesson", SYLLABUS, ids=lambda lesson: lesson.stem)
def test_axe_finds_nothing_serious(visit, lesson):
    """With answers, a mistake, a step and tables shown, axe finds nothing serious, in the light and the dark theme."""
    first = lesson is SYLLABUS[0]
    page = visit(
        "answers=true&mistake=New+start" if first else "answers=true",
        path="/" if first else f"/{lesson.stem}",
    )
    if first:
        expect(failure(page, "Not the same.")).to_be_visible()
        pixels(page)
        step_to(page, "End", 5)
    for summary in page.locator("summary").all():
        if not summary.evaluate("summary => summary.parentElement.open"):
            summary.press("Enter")
    settle(page)
    expect_nothing_serious(page)


def test_axe_can_read_what_stands_before_an_answer(visit):
    """The question, what is locked, a link that was not followed, and a wrong answer's notice, in light and in dark."""
    contrast = {"runOnly": ["color-contrast"]}
    page = visit("seq_len=999&answers=false&live_topic=Loop+and+call")
    expect(alert(page, "Answer the question")).to_be_visible()
    expect(alert(page, "Some parts of this link could not be used")).to_be_visible()
    found = serious(page, contrast)
    into(page, "dark")
    found += serious(page, contrast)
    answer(page, "different, and the difference grows with every step")
    expect(alert(page, "No.")).to_be_visible()
    found += serious(page, contrast)
    into(page, "light")
    found += serious(page, contrast)
    assert not found, "\n".join(found)


def expect_nothing_serious(page: Page) -> None:
    """Axe finds nothing serious, in the light and the dark theme."""
    show_all(page)
    found = serious(page)
    into(page, "dark")
    show_all(page)
    # A theme changes only colours.
    found += serious(page, {"runOnly": ["color-contrast"]})
    assert not found, "\n".join(found)


def into(page: Page, color_scheme: Literal["light", "dark"]) -> None:
    """Change the theme, and wait until the page has it."""
    paper = background(page)
    page.emulate_media(color_scheme=color_scheme)
    page.wait_for_function(f"{BACKGROUND} !== paper".replace("paper", repr(paper)))
    settle(page)


BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


def background(page: Page) -> str:
    """The background colour of the page."""
    colour: str = page.evaluate(BACKGROUND)
    return colour


# To measure the contrast of each word of a long program takes most of the time, so axe passes over what is excepted.
# Its own settings for that know only ids and simple selectors.
PREPARE = """excepted => {
  for (const [id, selector] of excepted) {
    const rule = axe._audit.rules.find((rule) => rule.id === id), { matches } = rule;
    rule.matches = function (node, ...rest) {
      return !node.matches(selector) && matches.call(this, node, ...rest);
    };
  }
}"""
RUN = """async (options) => {
  const { violations } = await axe.run(document, options);
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ target, html, any }) =>
      `${id}: ${target} ${html.slice(0, 200)} ${any.map(({ message }) => message).join("; ")}`));
}"""


def serious(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """What axe calls serious or critical, without the exceptions."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(PREPARE, EXCEPTED)
    # Passed rules are not reported, because on a long page this takes most of the time.
    found: list[str] = page.evaluate(RUN, {"resultTypes": ["violations"]} | (options or {}))
    return found


def show_all(page: Page) -> None:
    """Make the window as tall as the page, because axe only checks the contrast of what is visible."""
    height = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
    page.set_viewport_size({"width": 1280, "height": height + 200})
    page.wait_for_function(
        "height => document.querySelector('[data-testid=stMain]').clientHeight >= height", arg=height
    )
    page.wait_for_function("document.getAnimations().every(animation => animation.playState !== 'running')")
