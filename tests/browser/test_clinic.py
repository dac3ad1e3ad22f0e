"""The clinic: a fault is found with the keyboard alone, a link leads to a case, and a reload keeps what was found."""

import pytest
from playwright.sync_api import Locator, Page, expect

from components.lessons.clinic.cases.show import SAID
from components.lessons.clinic.program import number_of
from tests.browser.driving import alert, answer, current, failure, in_address, settle, success

pytestmark = pytest.mark.browser
CASE = "Boiler"


def button(page: Page, name: str) -> Locator:
    return current(page).get_by_role("button", name=name, exact=True)


def choose(page: Page, name: str) -> None:
    """Choose the answer of a question that begins so, with the keyboard."""
    page.get_by_role("radio", name=name).first.focus()
    page.keyboard.press("Space")


def test_a_fault_is_found_with_the_keyboard(visit):
    """A probe, a wrong line, the right one, a wrong reason, the right one, and both programs beside each other."""
    said = SAID[CASE]
    page = visit(f"case={CASE}", path="/clinic")
    answer(page, "only that the number that it calls its loss falls")
    expect(success(page, "Right.")).to_be_visible()

    page.get_by_role("combobox", name="Examine it with a probe").focus()
    page.keyboard.type("four samples")
    page.keyboard.press("Enter")
    settle(page)
    button(page, "Run the probe").press("Enter")
    expect(failure(page, "Failed.")).to_contain_text("On four samples the loss goes from")

    button(page, "Point at the line").press("Enter")
    in_address(page, f"case={CASE}", "clinic_view=Program")
    code = current(page).get_by_test_id("stCode").first
    expect(code).to_contain_text("print(f")  # the last line
    assert code.evaluate(
        "it => [it, ...it.querySelectorAll('*')].every(e => e.scrollHeight <= e.clientHeight + 4 || !e.clientHeight)"
    )
    start = next(iter(said.lines))
    choose(page, f"{number_of(CASE, start)}: ")
    button(page, "Point at it").press("Enter")
    expect(alert(page, f"No. Line {number_of(CASE, start)} does its work.")).to_be_visible()
    choose(page, f"{number_of(CASE, said.wrong)}: ")
    button(page, "Point at it").press("Enter")
    expect(success(page, f"Line {number_of(CASE, said.wrong)} is wrong.")).to_be_visible()
    choose(page, "the rate is too small")
    button(page, "That is why").press("Enter")
    expect(alert(page, "No.")).to_be_visible()
    choose(page, "(N, 1) minus (N)")
    button(page, "That is why").press("Enter")
    expect(success(page, f"Line {number_of(CASE, said.wrong)}:")).to_be_visible()

    button(page, "Run both").press("Enter")
    table = current(page).get_by_role("row", name="spread of the predictions")
    expect(table.get_by_role("cell")).to_have_count(3)
    in_address(page, f"case={CASE}", "clinic_view=Run")

    page.reload()
    settle(page)
    expect(success(page, f"Line {number_of(CASE, said.wrong)}:")).to_be_visible()

    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 300)")
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 100")
    button(page, f"Go on: {said.akin} looks like it").press("Enter")
    in_address(page, f"case={said.akin}", "!clinic_view")
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")
