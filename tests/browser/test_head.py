"""The frame around every page: where the visitor is, the map, the examples, reference mode, the title of the tab."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from components.settings import DEFAULTS
from components.ui.syllabus import MAP, SYLLABUS
from tests.browser.driving import (
    answer,
    caption,
    current,
    expect_shell,
    in_address,
    main_slider,
    settle,
    title,
)
from tests.browser.test_frame import expect_nothing_serious

pytestmark = pytest.mark.browser


def line(page: Page) -> Locator:
    """The line above the title."""
    return page.locator(".st-key-where")


def follow_link(page: Page, name: str | re.Pattern[str], place: Locator | None = None) -> None:
    """Follow a link with the keyboard."""
    (place or line(page)).get_by_role("link", name=name, exact=isinstance(name, str)).press("Enter")


def choose(page: Page, label: str) -> None:
    """Choose an example in the menu with the keyboard, by how its label begins."""
    settle(page)
    page.locator(".st-key-example button").press("Enter")
    page.get_by_role("menuitem", name=label).press("Enter")


def test_the_neighbours_and_the_map_are_one_step_away(visit):
    """Each page says which lesson it is, and leads to its neighbours with its settings. The tab's title follows."""
    page = visit("seq_len=9&hidden_size=6")
    for name, place in (("Next", 1), ("Next", 2), ("Previous", 1), ("Previous", 0)):
        follow_link(page, name)
        lesson = SYLLABUS[place]
        expect_shell(page, lesson.question)
        expect(line(page).get_by_role("link", name=f"Lesson {place + 1} of {len(SYLLABUS)}")).to_be_visible()
        in_address(page, "seq_len=9", "hidden_size=6")
        expect(page).to_have_title(f"{lesson.title} · Unrolled")
        settle(page)
    follow_link(page, f"Lesson 1 of {len(SYLLABUS)}")
    expect(title(page)).to_have_text(MAP.question)
    expect(page).to_have_title(f"{MAP.title} · Unrolled")
    in_address(page, "seq_len=9", "hidden_size=6")
    settle(page)
    follow_link(page, re.compile(SYLLABUS[-1].title), page.locator(f".st-key-card_{SYLLABUS[-1].stem}"))
    expect_shell(page, SYLLABUS[-1].question)
    in_address(page, "seq_len=9", "hidden_size=6")
    expect(main_slider(page, "hidden_size")).to_have_value("6")


def test_the_map_knows_what_was_done(visit):
    """An answer is on the map, also after a reload. The next lesson is the one to go on with. It fits a phone."""
    page = visit()
    answer(page, "the same, up to rounding")
    page.get_by_test_id("stTopNav").get_by_role("link", name=MAP.title).press("Enter")
    for _ in range(2):
        expect(title(page)).to_have_text(MAP.question)
        expect(page.locator(".st-key-card_live").get_by_text("answered")).to_be_visible()
        expect(page.locator(f".st-key-card_{SYLLABUS[1].stem}").get_by_text("Go on here")).to_be_visible()
        settle(page)
        page.reload()
        settle(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


def test_an_example_is_as_a_link(visit):
    """It sets all settings. The controls have them, and the address has those that are no default, and no others."""
    page = visit("seq_len=14&c_range=5&dtype=float64")
    for label, parts, said in (
        (
            "One pulse",
            ("signal=pulse", "initial_state=zeros", "seq_len=30", "hidden_size=8", "!dtype", "!c_range"),
            "T = 30 · H = 8 · I = 3 · B = 1 · L = 1 · D = 1 · h_0, c_0 zeros · pulse input · float32 · seed 1",
        ),
        ("Latch", ("weights=latch", "seq_len=30", "!signal", "!hidden_size"), "latch by hand"),
        (
            "Two directions",
            ("bidirectional=true", "direction=reverse", "seq_len=8", "!weights"),
            "T = 8 · H = 4 · I = 3 · B = 1 · L = 1 · D = 2",
        ),
        (
            "Reset",
            tuple(f"!{name}" for name in DEFAULTS),
            "T = 5 · H = 4 · I = 3 · B = 1 · L = 1 · D = 1 · float32 · seed 1",
        ),
    ):
        choose(page, label)
        expect(caption(page)).to_contain_text(said)
        in_address(page, *parts)
        settle(page)
        expect(main_slider(page, "seq_len")).to_have_value(caption(page).inner_text().split()[2])


def test_reference_mode(visit):
    """It is on on every page, and a link has it. *Copy link* leaves it out; a second button takes it along."""
    page = visit("seq_len=9")
    switch = line(page).get_by_role("switch", name="Reference")
    with_answers = page.get_by_role("button", name="with answers")
    expect(page.get_by_role("button", name="Check")).to_be_visible()
    expect(with_answers).to_have_count(0)
    switch.press("Space")
    in_address(page, "answers=true", "seq_len=9")
    expect(current(page).get_by_text("The answer:")).to_be_visible()
    for button, ending in (("Copy link", "?seq_len=9"), ("with answers", "?answers=true&seq_len=9")):
        page.get_by_role("button", name=button).press("Enter")
        expect(page.get_by_role("button", name="Link copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()").endswith(ending)
        expect(page.get_by_role("button", name=button)).to_be_visible()
    settle(page)
    follow_link(page, "Next")
    expect_shell(page, SYLLABUS[1].question)
    in_address(page, "answers=true")
    expect(switch).to_be_checked()
    expect(current(page).get_by_text("The answer:")).to_be_visible()
    settle(page)
    switch.press("Space")
    in_address(page, "!answers", "seq_len=9")
    expect(page.get_by_role("button", name="Check")).to_be_visible()
    expect(with_answers).to_have_count(0)


TITLES = """() => {
  window.titles = [document.title];
  const note = () => window.titles.push(document.title);
  new MutationObserver(note).observe(document.head, { childList: true, subtree: true, characterData: true });
}"""


def test_the_title_of_the_tab_does_not_flicker(visit):
    """It changes once with the lesson, and not at all when a slider moves."""
    page = visit()
    page.evaluate(TITLES)
    main_slider(page, "seq_len").press("ArrowRight")
    expect(caption(page)).to_contain_text("T = 6")
    settle(page)
    follow_link(page, "Next")
    expect_shell(page, SYLLABUS[1].question)
    settle(page)
    seen = list(dict.fromkeys(page.evaluate("window.titles")))
    assert seen == [f"{lesson.title} · Unrolled" for lesson in SYLLABUS[:2]]


def test_an_example_leaves_the_controls_of_the_page(visit):
    """A mistake that was made on purpose stays made, in the address too."""
    page = visit("answers=true")
    page.get_by_role("radio", name="Only h carried").press("Space")
    in_address(page, "mistake=Only+h+carried")
    choose(page, "A long run")
    in_address(page, "seq_len=20", "hidden_size=8", "mistake=Only+h+carried", "answers=true")
    settle(page)
    expect(page.get_by_role("radio", name="Only h carried")).to_be_checked()
    expect(caption(page)).to_contain_text("T = 20 · H = 8")
    in_address(page, "seq_len=20", "hidden_size=8", "mistake=Only+h+carried", "answers=true")


def test_the_line_is_slim(visit):
    """One row above the title, on a phone too, on the lesson with the longest number."""
    lesson = SYLLABUS[9]
    page = visit(path=f"/{lesson.stem}")
    for width, height in ((1280, 720), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(700)
        row = [line(page).get_by_role("link", name=name, exact=True) for name in ("Previous", "Next")]
        row += [line(page).get_by_role("link", name="Lesson 10 of"), line(page).get_by_text("Reference")]
        boxes = [place.bounding_box() for place in row]
        middles = [box["y"] + box["height"] / 2 for box in boxes if box]
        assert len(middles) == len(row)
        assert max(middles) - min(middles) < 6
        first = title(page).bounding_box()
        assert first
        assert max(middles) < first["y"] < 110


def test_the_map_can_be_read_by_all(visit):
    """Axe finds nothing serious on it, in the light and the dark theme."""
    page = visit(path=f"/{MAP.stem}")
    expect_nothing_serious(page)
