"""Back and forward in the history: the page agrees with the address."""

import pytest
from playwright.sync_api import expect

from components.ui.syllabus import SYLLABUS
from tests.browser.driving import alert, caption, go_to, in_address, main_slider, settle, title

pytestmark = pytest.mark.browser

LIVE, WEIGHTS = (next(lesson for lesson in SYLLABUS if lesson.stem == stem) for stem in ("live", "weights"))


def test_back_and_forward_show_the_numbers_of_the_address(visit):
    """A setting was changed on another lesson. After Back it has its old value in slider, address and page."""
    page = visit("seq_len=14", color_scheme="light")  # a tab of its own: another visit's history would be behind it
    go_to(page, WEIGHTS)
    expect(title(page)).to_have_text(WEIGHTS.question)  # a key that is pressed before would belong to the first lesson
    in_address(page, "seq_len=14")
    settle(page)
    for length in (15, 16):
        main_slider(page, "seq_len").press("ArrowRight")
        in_address(page, f"seq_len={length}")
        expect(caption(page)).to_contain_text(f"T = {length} ·")
    settle(page)
    for go, lesson, length in ((page.go_back, LIVE, 14), (page.go_forward, WEIGHTS, 16), (page.go_back, LIVE, 14)):
        go()
        expect(title(page)).to_have_text(lesson.question)
        in_address(page, f"seq_len={length}")
        expect(caption(page)).to_contain_text(f"T = {length} ·")
        settle(page)
        expect(main_slider(page, "seq_len")).to_have_value(str(length))
        expect(caption(page)).to_contain_text(f"T = {length} ·")
    page.reload()
    settle(page)
    expect(caption(page)).to_contain_text("T = 14 ·")


def test_an_address_in_other_words_is_written_once(visit):
    """The page remarks on a spelling that the app does not use, writes its own spelling, and then comes to rest."""
    sent: list[str | bytes] = []
    page = visit("input_size=1e1&seq_len=7", sent=sent)
    page.wait_for_timeout(2000)
    expect(alert(page, "Some parts of this link could not be used.")).to_be_visible()
    main_slider(page, "seq_len").press("ArrowRight")
    in_address(page, "input_size=10", "seq_len=8")
    page.wait_for_timeout(2000)
    settle(page)
    before = len(sent)
    page.wait_for_timeout(2500)
    assert len(sent) <= before + 1, "but for a heartbeat nothing is asked for any more"
    expect(caption(page)).to_contain_text("T = 8 · H = 4 · I = 10")


def test_an_address_that_changes_late_is_written_again(visit):
    """Nothing asks for a script run, and the address has other values than the controls. The controls count."""
    page = visit("seq_len=14&layer=1&num_layers=2")
    for late in ("?seq_len=9&num_layers=2", "?seq_len=14&seq_len=14&layer=1", ""):
        page.evaluate("late => history.replaceState(history.state, '', location.pathname + late)", late)
        in_address(page, "seq_len=14", "layer=1", "num_layers=2")
        settle(page)
        expect(main_slider(page, "seq_len")).to_have_value("14")
        expect(caption(page)).to_contain_text("T = 14 · H = 4 · I = 3 · B = 1 · L = 2")


def test_a_control_in_a_page_counts_too(visit):
    """The address loses the choice of a page, and gets it back; a choice at its default is taken out of the address."""
    page = visit("breakage=Four+axes", path="/shapes")
    page.evaluate("history.replaceState(history.state, '', location.pathname)")
    in_address(page, "breakage=Four+axes")
    settle(page)
    expect(page.get_by_role("radio", name="Four axes")).to_be_checked()
    page.get_by_role("radio", name="Wrong feature size").press("Space")
    in_address(page, "!breakage")
    settle(page)
    page.evaluate("history.replaceState(history.state, '', location.pathname + '?breakage=Four+axes')")
    in_address(page, "!breakage")
    expect(page.get_by_role("radio", name="Wrong feature size")).to_be_checked()


def test_an_open_tab_is_in_the_address(visit):
    """Streamlit does not write a tab that a script opens. A link that names a control in a tab opens that tab."""
    page = visit("reverse=copied", path="/layers")
    opened = page.get_by_role("tab", name="Palindrome")
    expect(opened).to_have_attribute("aria-selected", "true")
    in_address(page, "layers_topic=Palindrome", "reverse=copied")
    page.reload()
    settle(page)
    expect(opened).to_have_attribute("aria-selected", "true")


def test_an_address_that_cannot_be_written_is_given_up(visit):
    """The browser asks for a few script runs, and then for no more."""
    sent: list[str | bytes] = []
    page = visit("seq_len=14", sent=sent)
    page.evaluate(
        """() => {
            history.replaceState(history.state, '', location.pathname + '?seq_len=9');
            history.pushState = history.replaceState = () => {};
        }"""
    )
    before = len(sent)
    page.wait_for_timeout(12_000)
    asked = len(sent) - before
    assert 2 <= asked <= 4, "two script runs and at most two heartbeats"
    expect(caption(page)).to_contain_text("T = 14 ·")
