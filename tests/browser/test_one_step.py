"""The player, by keyboard: it shows torch's numbers, explains each of them down to its start, and asks no server."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from components.lstm.build import build
from components.settings import Settings
from tests import plain
from tests.browser.driving import alert, answer, expect_numbers, in_address, main_slider, settle, success
from tests.lstm.equations import equations

pytestmark = pytest.mark.browser

PATH = "/one_step"
UNFOLLOWED = "Some parts of this link could not be used."


def time_slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Time step", exact=True)


def at_step(page: Page, t: int, steps: int) -> None:
    expect(page.locator(".st-key-player output[for=step]")).to_have_text(f"t = {t} of {steps}")


def number(page: Page, name: str) -> Locator:
    """A number in the picture, by the words before it."""
    return page.locator(".st-key-player .stage").get_by_role("button", name=re.compile(f"^{re.escape(name)}: "))


def panel(page: Page) -> Locator:
    return page.locator(".st-key-player .panel")


def term(page: Page, name: str) -> Locator:
    """A number in the open panel, by its symbol."""
    return panel(page).locator(".terms").get_by_role("button", name=re.compile(f"^{re.escape(name)}"))


def done(page: Page, task: str) -> Locator:
    """What the page confirms of a task; hidden while it is not done."""
    return page.locator(f".st-key-tasks [data-task={task}] .done")


def low(t: int) -> str:
    return "".join(chr(0x2080 + int(digit)) for digit in str(t))


def expect_picture(page: Page, found: plain.Numbers, t: int, before: int, unit: int) -> None:
    """Check that every number in the picture is the number of the equations."""
    now = {lane: values[unit] for lane, values in found[t].items() if lane != "x"}
    c_before = found[before]["c"][unit]
    names = {f"c at step {before}, the memory before": c_before, f"c at step {t}, the memory": now["c"]}
    names |= {
        f"{gate}, the {what} gate": now[gate]
        for gate, what in zip("ifgo", ("input", "forget", "cell", "output"), strict=True)
    }
    names |= {
        "f times the memory before: what is kept": now["f"] * c_before,
        "i times g: what is written": now["i"] * now["g"],
    }
    names[f"h at step {t}, number {unit}"] = now["h"]
    for name, value in names.items():
        label = number(page, name).get_attribute("aria-label")
        assert label is not None
        expect_numbers([label.rpartition(": ")[2]], [value])


def test_keys_move_through_time_and_every_number_is_torch_s(visit):
    """Arrows, Home, End, buttons and Play send no frame. Then a number is followed to x_1 and back."""
    sent: list[str | bytes] = []
    page = visit("answers=true", path=PATH, sent=sent)
    found = plain.numbers(plain.draw())
    first = max(range(4), key=lambda n: abs(found[0]["c"][n]))  # where the initial memory can be seen
    other = first + 1
    at_step(page, 1, 5)
    at_start = len(sent)
    expect_picture(page, found, 1, 0, first)
    time_slider(page).press("End")
    at_step(page, 5, 5)
    expect_picture(page, found, 5, 4, first)
    page.get_by_role("button", name="Previous step").press("Enter")
    at_step(page, 4, 5)
    number(page, "c at step 4, the memory").press("ArrowLeft")
    at_step(page, 3, 5)
    page.get_by_role("slider", name="Unit", exact=True).press("ArrowRight")
    expect_picture(page, found, 3, 2, other)
    time_slider(page).press("Space")
    play = page.locator(".st-key-player #play")
    expect(play).to_have_accessible_name("Pause")
    at_step(page, 5, 5)
    expect(play).to_have_accessible_name("Play")
    expect(page.locator(".st-key-player [role=status]")).to_contain_text(f"Step 5 of 5, unit {other}")

    time_slider(page).press("Home")
    time_slider(page).press("ArrowRight")
    at_step(page, 2, 5)
    number(page, "pre-activation of f").press("Enter")
    expect(panel(page).get_by_role("heading")).to_be_focused()
    expect(panel(page)).to_contain_text("torch: " + f"{found[2]['f'][other]:.4f}".replace("-", "\u2212"))
    expect(panel(page).locator(".same")).to_contain_text("the same")
    total = panel(page).locator(".total td").first.inner_text()
    z = float(total.replace("\u2212", "-"))
    assert abs(1 / (1 + 2.718281828459045**-z) - found[2]["f"][other]) < 1e-4
    # h of unit 3 at step 1, then its gate, then an input of step 1. The picture follows.
    term(page, f"h{low(1)}[3]").press("Enter")
    at_step(page, 1, 5)
    expect_picture(page, found, 1, 0, 3)
    term(page, f"o{low(1)}[3]").press("Enter")
    term(page, f"x{low(1)}[2]").press("Enter")
    expect(panel(page)).to_contain_text(f"{found[1]['x'][2]:.4f}".replace("-", "\u2212"))
    expect(panel(page)).to_contain_text("Nothing in the cell made it.")
    expect(done(page, "origin")).to_contain_text("4 numbers")
    for _ in range(3):
        page.get_by_role("button", name="Back").press("Enter")
    expect(page.get_by_role("button", name="Back")).to_have_count(0)
    at_step(page, 2, 5)
    expect(panel(page).get_by_role("heading")).to_contain_text(f"f{low(2)}[{other}]")
    assert len(sent) == at_start

    # The address has the step and the unit. Another setting keeps them and changes the numbers.
    in_address(page, "step=2", f"unit={other}")
    main_slider(page, "seq_len").press("ArrowRight")
    at_step(page, 2, 6)
    in_address(page, "step=2", f"unit={other}", "seq_len=6")
    expect_picture(page, plain.numbers(plain.draw(seq_len=6)), 2, 1, other)


def test_a_task_is_done_by_opening_a_number_and_by_no_button(visit):
    """The buttons only set what a task needs. The number that shows it ticks it, and the tick outlives a reload."""
    page = visit("answers=true", path=PATH)
    kept = number(page, "f times the memory before: what is kept")
    kept.press("Enter")
    expect(done(page, "idle")).to_be_hidden()  # c_0 is drawn
    page.get_by_role("button", name="Start from zeros").press("Enter")
    in_address(page, "initial_state=zeros")
    expect(kept.locator("b")).to_have_text("0.0000")
    expect(done(page, "idle")).to_be_hidden()
    kept.press("Enter")
    expect(done(page, "idle")).to_contain_text("nothing to keep")
    page.get_by_role("button", name="Take the latch").press("Enter")
    at_step(page, 1, 20)
    latch = Settings.for_job("latch", seq_len=20)
    c = equations(latch, build(latch), 0, 0, 0)["c"][:, 0].tolist()
    t = next(t for t in range(2, 21) if abs(c[t - 1]) > 0.5 and abs(c[t - 1] - c[t - 2]) < 1e-6)
    for _ in range(t - 1):
        time_slider(page).press("ArrowRight")
    at_step(page, t, 20)
    expect(done(page, "stays")).to_be_hidden()
    number(page, f"c at step {t}, the memory").press("Enter")
    expect(done(page, "stays")).to_contain_text(f"At step {t} c of unit 0")
    page.reload()
    settle(page)
    for task, ticked in (("idle", True), ("stays", True), ("origin", False)):
        expect(page.locator(f".st-key-tasks [data-task={task}] .mark")).to_have_text("\u2713" if ticked else "\u25cb")


def test_a_link_opens_the_step_of_a_reverse_direction(visit):
    """A link with layer, sample, step and unit: the previous state is at t + 1, and *Next step* goes to t - 1."""
    deep: dict[str, Any] = {"num_layers": 2, "bidirectional": True, "batch_size": 2}
    query = "num_layers=2&bidirectional=true&batch_size=2&layer=1&direction=reverse&sample=1&step=4&unit=2"
    page = visit(f"{query}", path=PATH)
    at_step(page, 4, 5)
    expect(alert(page, UNFOLLOWED)).to_have_count(0)
    kept = number(page, "f times the memory before: what is kept")
    expect(kept).to_have_count(1)
    assert kept.locator("b").inner_text() == "?"
    answer(page, "nine tenths of it stay")
    expect(success(page, "The equations give torch's numbers.")).to_be_visible()
    expect(kept.locator("b")).not_to_have_text("?")
    found = plain.numbers(plain.draw(**deep), layer=1, direction=1, sample=1)
    expect_picture(page, found, 4, 5, 2)
    page.get_by_role("button", name="Next step").press("Enter")
    at_step(page, 3, 5)
    expect_picture(page, found, 3, 4, 2)
    lane = page.locator(".st-key-player .lane svg")
    box = lane.bounding_box()
    assert box is not None
    lane.click(position={"x": box["width"] * 0.9, "y": box["height"] / 2})
    expect(page.locator(".st-key-player output[for=unit]")).to_contain_text("3 (4 units: 0")
    expect_picture(page, found, 3, 4, 3)
    in_address(page, "step=3", "unit=3")


def test_it_fits_a_phone_and_remarks_on_a_wrong_link(visit):
    """At 390 px nothing scrolls sideways. A step beyond the sequence becomes the last step, and the page says so."""
    page = visit(
        "answers=true&step=9&unit=x&num_layers=2&bidirectional=true&layer=1",
        path=PATH,
        viewport={"width": 390, "height": 844},
    )
    at_step(page, 5, 5)
    said = alert(page, UNFOLLOWED)
    expect(said).to_contain_text("step=9 does not fit here; 5 is used instead.")
    c_0 = build(Settings(num_layers=2, bidirectional=True)).hx[1][2, 0]  # of layer 1, forward
    expect(said).to_contain_text(f"unit=x is not a whole number from 0 to 127; {c_0.abs().argmax()} is used instead.")
    number(page, "g, the cell gate").press("Enter")
    expect(panel(page).locator(".terms tr")).to_have_count(10)
    page.locator(".st-key-player summary").press("Enter")
    expect(page.locator(".st-key-player .step tbody tr")).to_have_count(14)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    inside = page.locator(".st-key-player .stage").evaluate("""stage => {
      const room = stage.getBoundingClientRect();
      return [...stage.querySelectorAll("button")].map(button => button.getBoundingClientRect()).every(box =>
        !box.width || (box.left >= room.left - 1 && box.right <= room.right + 1 && box.height >= 24));
    }""")
    assert inside


def test_another_address_of_the_page_moves_the_player(visit):
    """As in a class that follows its teacher, and after Back. The step may be beyond the sequence that is shown."""
    page = visit(path="/one_step")
    at_step(page, 1, 5)
    page.evaluate(
        "history.pushState(null, '', '/one_step?seq_len=20&step=18'); dispatchEvent(new PopStateEvent('popstate'))"
    )
    at_step(page, 18, 20)
    page.evaluate(
        "history.pushState(null, '', '/one_step?seq_len=20&step=7'); dispatchEvent(new PopStateEvent('popstate'))"
    )
    at_step(page, 7, 20)
    in_address(page, "seq_len=20", "step=7")
    settle(page)
    for step, steps in ((18, 20), (1, 5)):
        page.go_back()
        at_step(page, step, steps)
        settle(page)
