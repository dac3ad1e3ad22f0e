"""The controls: what a move changes, and that the keyboard is enough to use them."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from components.settings import DEFAULTS, MAIN
from components.ui.syllabus import SYLLABUS
from tests import plain
from tests.browser.driving import (
    caption,
    current,
    expect_new_pixels,
    in_address,
    main_slider,
    open_settings,
    pixels,
    settle,
    step_slider,
)

pytestmark = pytest.mark.browser


def test_a_main_slider_moves_everything(visit):
    """One arrow key changes the score's pixels, the caption, the address and the parameter count, which is torch's.

    Sequence length raised, then Hidden size: the experiment is done and its outcome has both differences.
    """
    page = visit("answers=true")
    sizes = {name: DEFAULTS[name] for name in MAIN}
    still = list(MAIN)
    for name in ("seq_len", "hidden_size", "input_size"):
        before = pixels(page)
        main_slider(page, name).press("ArrowRight")
        sizes[name] += 1
        still.remove(name)
        expect(caption(page)).to_have_text(
            "T = {seq_len} · H = {hidden_size} · I = {input_size} · B = 1 · L = 1 · D = 1 · float32 · seed 1".format(
                **sizes
            )
        )
        in_address(page, f"{name}={sizes[name]}", *(f"!{other}=" for other in still))
        expect_new_pixels(page, before)
        i, h = sizes["input_size"], sizes["hidden_size"]
        total = plain.num_parameters(plain.draw(**sizes))
        if name == "seq_len":
            expect(current(page).get_by_text("(Sequence length raised)")).to_be_visible()
        if name == "hidden_size":
            more = total - plain.num_parameters(plain.draw())
            expect(
                current(page).get_by_text("Sequence length 5 → 6: 1 more columns, 0 more parameters.")
            ).to_contain_text(f"Hidden size 4 → 5: 1 more rows, {more} more parameters.")
        expect(current(page).get_by_text("Watch the number of parameters")).to_contain_text(
            f"4 · {h} · ({i} + {h} + 2) = {total}"
        )
        assert total == 4 * h * (i + h + 2)


def test_what_a_job_fixes_stays_in_its_control_and_in_the_address(visit):
    """A job greys out the settings that it fixes. Without the job, the sizes of the link are back."""
    page = visit("weights=latch&hidden_size=6&initial_state=zeros")
    held = main_slider(page, "hidden_size")
    expect(caption(page)).to_contain_text("H = 2 · I = 3 · B = 1 · L = 1 · D = 1 · latch by hand")
    expect(held).to_be_disabled()
    expect(held).to_have_value("2")
    expect(page.locator(".st-key-sizes").get_by_text("Fixed by latch.").first).to_be_visible()
    main_slider(page, "seq_len").press("ArrowRight")
    expect(caption(page)).to_contain_text("T = 6 · H = 2")
    in_address(page, "weights=latch", "hidden_size=6", "initial_state=zeros", "seq_len=6")
    open_settings(page)
    page.get_by_role("radiogroup", name="Weights").get_by_role("radio", name="sampled").press("Enter")
    expect(caption(page)).to_have_text(
        "T = 6 · H = 6 · I = 3 · B = 1 · L = 1 · D = 1 · h_0, c_0 zeros · float32 · seed 1"
    )
    expect(held).to_have_value("6")
    expect(held).to_be_enabled()
    in_address(page, "hidden_size=6", "initial_state=zeros", "!weights=")
    page.get_by_role("radiogroup", name="Weights").get_by_role("radio", name="delay").press("Enter")
    expect(caption(page)).to_contain_text("T = 6 · H = 4 · I = 1")
    in_address(page, "hidden_size=6", "weights=delay")
    settle(page)


def test_new_draw_draws_a_new_seed(visit):
    """*New draw* changes the seed in the caption and the address, and so the score."""
    page = visit("seed=3")
    before = pixels(page)
    page.get_by_role("button", name="New draw").press("Enter")
    expect(page).not_to_have_url(re.compile("[?&]seed=3(&|$)"))
    expect(caption(page)).not_to_have_text(re.compile("seed 3$"))
    expect_new_pixels(page, before)


# The element with the focus, also inside shadow DOMs. The test sets `data-reached`.
FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.dataset?.reached ?? "";
}"""


def live_controls(page: Page) -> dict[str, Locator]:
    """The controls of the live page in reading order, by their accessible names."""

    def role(kind: str, name: str) -> Locator:
        return page.get_by_role(kind, name=name).first  # type: ignore[arg-type]

    def summary(name: str) -> Locator:
        return page.locator("summary").filter(has_text=name)

    return {
        **{
            f"{name}{rest}": page.locator(".st-key-sizes").get_by_role(kind, name=f"{name}{rest}", exact=True)  # type: ignore[arg-type]
            for name in ("Input size", "Hidden size", "Sequence length")
            for kind, rest in (("spinbutton", " as a number"), ("slider", ""))
        },
        "Step": step_slider(page),
        "New draw": role("button", "New draw"),
        "Copy link": role("button", "Copy link"),
        "Settings": page.locator(".st-key-settings summary"),
        "the first answer": role("radio", "the same, up to rounding"),
        "Check": page.locator(".st-key-check_answer button"),
        "Show me": role("button", "Show me"),
        "Make a mistake": page.get_by_role("radiogroup", name="Make a mistake").get_by_role("radio", name="No mistake"),
        "Numbers": page.get_by_role("tab", name="Numbers"),
        "All units as CSV": role("button", "All units as CSV"),
        "All numbers as .npz": role("button", "All numbers as .npz"),
        "Take it with you": summary("Take it with you"),
        "Python file": role("button", "Python file"),
        "Jupyter notebook": role("button", "Jupyter notebook"),
    }


def test_tab_reaches_every_control_in_reading_order(visit):
    """From the top of the page, Tab alone reaches every control in reading order."""
    page = visit()
    assert SYLLABUS[0].stem == "live"
    for closed in (
        page.get_by_role("tab", name="Numbers"),
        page.locator("summary").filter(has_text="Take it with you"),
    ):
        closed.press("Enter")
        settle(page)
    controls = live_controls(page)
    for name, control in controls.items():
        expect(control, name).to_have_count(1)
        control.evaluate("(element, name) => { element.dataset.reached = name }", name)
    page.get_by_role("link", name="Skip to main content").focus()  # the top of the page
    reached: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate(FOCUSED)
        if name and name not in reached:
            reached.append(name)
        if len(reached) == len(controls):
            break
    assert reached == list(controls)


def test_controls_work_by_keyboard(visit):
    """Enter opens *Settings*, and the space bar turns a switch in it. The address follows."""
    page = visit()
    open_settings(page)
    page.get_by_role("switch", name="Bidirectional").press("Space")
    expect(caption(page)).to_contain_text("D = 2")
    in_address(page, "bidirectional=true")
    settle(page)
