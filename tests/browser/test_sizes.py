"""The sizes above a page: drag, keys, buttons and typing; and the picture that follows the hand."""

import math
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from components.settings import FIELDS, MAIN, Whole
from tests.browser.driving import PRINT, caption, chart, in_address, main_slider, pixels, settle

pytestmark = pytest.mark.browser

# Notes every picture of the score, until `STOP` is called.
WATCH = f"""() => {{
  const print = {PRINT};
  const find = () => document.querySelector("[data-testid=stVegaLiteChart] canvas");
  window.pictures = [print(find())];
  window.canvas = find();
  window.watching = setInterval(() => {{
    const now = find()?.width ? print(find()) : null;
    if (now && now !== window.pictures.at(-1)) window.pictures.push(now);
  }}, 15);
}}"""
STOP = """() => {
  clearInterval(window.watching);
  const same = window.canvas === document.querySelector("[data-testid=stVegaLiteChart] canvas");
  return [window.pictures.length - 1, same];
}"""


def place(page: Page, name: str, value: int) -> tuple[float, float]:
    """Where the thumb of a size is at a value, in px: the scale is logarithmic."""
    field = FIELDS[name]
    assert isinstance(field, Whole)
    box: Any = main_slider(page, name).bounding_box()
    low, high, at = (math.log(number + 2) for number in (field.low, field.high, value))
    return box["x"] + box["width"] * (at - low) / (high - low), box["y"] + box["height"] / 2


def number(page: Page, name: str) -> Any:
    """The field to type a size into."""
    return page.locator(".st-key-sizes").get_by_label(f"{FIELDS[name].label} as a number")


def drag(page: Page, name: str, values: list[int], pause: int = 60) -> None:
    """Press at the first value and move over all others. The button stays down."""
    page.mouse.move(*place(page, name, values[0]))
    page.mouse.down()
    for value in values[1:]:
        page.mouse.move(*place(page, name, value))
        page.wait_for_timeout(pause)


def test_the_picture_follows_a_drag_and_the_last_value_counts(visit):
    """Pictures change while the button is down, in the same canvas. The address follows when it is let go."""
    page = visit("answers=true&hidden_size=8")
    pixels(page)
    page.evaluate(WATCH)
    drag(page, "seq_len", list(range(5, 21)), pause=120)
    changes, same = page.evaluate(STOP)
    assert changes >= 3
    assert same
    in_address(page, "!seq_len")
    expect(number(page, "seq_len")).to_have_value("20")
    page.mouse.up()
    in_address(page, "seq_len=20")
    expect(caption(page)).to_contain_text("T = 20 · H = 8")
    after = pixels(page)
    page.reload()
    settle(page)
    assert pixels(page) == after


def test_a_drag_back_to_where_it_began_shows_the_first_picture_again(visit, subtests):
    """Slow or quick, there and back: settings, address and pixels are those from before."""
    page = visit("hidden_size=6&seq_len=9")
    before = pixels(page)
    for pause in (0, 15, 150):
        with subtests.test(pause=pause):
            drag(page, "seq_len", [9, 12, 18, 30, 18, 12, 9], pause)
            page.mouse.up()
            page.wait_for_timeout(500)
            settle(page)
            in_address(page, "seq_len=9")
            expect(caption(page)).to_contain_text("T = 9 · H = 6")
            assert pixels(page) == before


def test_a_drag_at_the_largest_settings_ends_where_it_is_let_go(visit):
    """Previews are slow there, and some are skipped."""
    page = visit("hidden_size=128&input_size=64&seq_len=200")
    chart(page).wait_for()
    drag(page, "hidden_size", [128, 120, 100, 90, 70, 64], pause=30)
    page.mouse.up()
    value = number(page, "hidden_size").input_value()
    in_address(page, f"hidden_size={value}")
    expect(caption(page)).to_contain_text(f"T = 200 · H = {value}")
    settle(page)
    expect(number(page, "hidden_size")).to_have_value(value)


def keys_move_a_size_by_one_by_five_and_to_its_ends(page: Page) -> None:
    """As a native slider does, but in steps that fit small numbers."""
    number(page, "seq_len").fill("9")
    number(page, "seq_len").press("Enter")
    slider = main_slider(page, "seq_len")
    expect(slider).to_have_value("9")
    for key, value in (
        ("ArrowRight", 10),
        ("ArrowLeft", 9),
        ("PageUp", 14),
        ("PageDown", 9),
        ("End", 200),
        ("Home", 1),
    ):
        slider.press(key)
        expect(slider).to_have_value(str(value))
        expect(caption(page)).to_contain_text(f"T = {value} ·")
        settle(page)
    in_address(page, "seq_len=1")


def keys_in_quick_succession_all_count(page: Page) -> None:
    """Thirty presses with no pause between them: the value is thirty more, in slider, caption and address."""
    slider = main_slider(page, "seq_len")
    slider.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("35")
    expect(caption(page)).to_contain_text("T = 35 ·")
    in_address(page, "seq_len=35")
    settle(page)


def the_buttons_step_and_repeat(page: Page) -> None:
    """A click is one step. While a button is held, it goes on."""
    more = page.get_by_role("button", name="Hidden size: one more")
    more.click()
    expect(caption(page)).to_contain_text("H = 5 ·")
    more.hover()
    page.mouse.down()
    page.wait_for_timeout(1000)
    page.mouse.up()
    value = int(number(page, "hidden_size").input_value())
    assert value >= 8
    expect(caption(page)).to_contain_text(f"H = {value} ·")
    in_address(page, f"hidden_size={value}")
    main_slider(page, "hidden_size").press("Home")
    expect(page.get_by_role("button", name="Hidden size: one less")).to_be_disabled()


def a_number_can_be_typed_and_a_wrong_one_is_explained(page: Page) -> None:
    """What is not a whole number in the limits becomes the nearest one, or the old one, and the page says so."""
    field = number(page, "seq_len")
    said = page.locator(".st-key-sizes").get_by_role("status")
    for typed, value, wrong in (
        ("17", 17, False),
        ("1000", 200, True),
        ("2.6", 3, True),
        ("", 3, True),
        ("4", 4, False),
    ):
        field.fill(typed)
        field.press("Enter")
        expect(field).to_have_value(str(value))
        if wrong:
            expect(said).to_have_text(f"Sequence length is a whole number from 1 to 200: {value} is used.")
        else:
            expect(said).to_have_count(0)
        expect(caption(page)).to_contain_text(f"T = {value} ·")
        settle(page)
    in_address(page, "seq_len=4")


def small_numbers_have_room(page: Page) -> None:
    """From 1 to 12 neighbouring values are at least three px apart, so that a mouse can hit each of them."""
    for name in MAIN:
        places = [place(page, name, value)[0] for value in range(1, 13)]
        assert min(b - a for a, b in pairwise(places)) >= 3
        x, y = place(page, name, 4)
        page.mouse.click(x, y)
        expect(number(page, name)).to_have_value("4")
    expect(caption(page)).to_contain_text("T = 4 · H = 4 · I = 4")


def test_keys_typing_clicks_and_buttons_move_a_size(visit, subtests):
    """One visitor tries them all, one after the other."""
    page = visit()
    for way in (
        keys_in_quick_succession_all_count,
        a_number_can_be_typed_and_a_wrong_one_is_explained,
        small_numbers_have_room,
        keys_move_a_size_by_one_by_five_and_to_its_ends,
        the_buttons_step_and_repeat,
    ):
        with subtests.test(way.__name__):
            way(page)


def test_the_page_shows_what_it_uses(visit):
    """A lesson that needs more shows its own value, and the visitor's own comes back on another page."""
    page = visit("seq_len=5", path="/memory")
    expect(number(page, "seq_len")).to_have_value("12")
    expect(page.get_by_text("This lesson needs 12 or more.")).to_be_visible()
    main_slider(page, "seq_len").press("ArrowRight")
    expect(caption(page)).to_contain_text("T = 13 ·")
    in_address(page, "seq_len=13")
