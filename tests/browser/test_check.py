"""The check on the live page: it comes after a prediction, passes for the right loop, and fails for every mistake."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from components.lessons.live import LABELS
from components.lessons.live.check.facts import MISTAKES
from tests.browser.driving import alert, answer, current, failure, in_address, settle, success

pytestmark = pytest.mark.browser

LOCKED = "Answer the question"
CODE = "live_topic=Loop+and+call"
MADE = {key: label for key, label in LABELS.items() if key != "none"}


def choices(page: Page) -> Locator:
    """The segmented control of mistakes."""
    return page.get_by_role("radiogroup", name="Make a mistake")


def figures(page: Page) -> str:
    """The table of the check, as text: the digits behind the verdict."""
    return current(page).get_by_role("table").filter(has_text="largest difference").inner_text()


@pytest.mark.parametrize(
    ("query", "mistakes"),
    [
        ("answers=true", [key for key in MADE if key != "forward_loop"]),
        ("answers=true&bidirectional=true", ["forward_loop"]),
    ],
    ids=["one direction", "two directions"],
)
def test_each_mistake_turns_the_verdict_and_the_address_keeps_it(visit, query, mistakes):
    """Without a mistake loop and call agree; with a mistake they differ. The address shows the same elsewhere."""
    page = visit(f"{query}&{CODE}")
    expect(success(page, "The same.")).to_be_visible()
    right = figures(page)
    addresses: dict[str, tuple[str, str]] = {}
    for mistake in mistakes:
        choices(page).get_by_role("radio", name=MADE[mistake]).press("Space")
        verdict = failure(page, "Not the same.")
        expect(verdict.filter(has_text=MISTAKES[mistake].sentence.replace("`", ""))).to_be_visible()
        in_address(page, f"mistake={MADE[mistake].replace(' ', '+')}")
        settle(page)  # the figures stand below the verdict and come after it
        expect(verdict).to_contain_text(re.compile(r"The largest difference is \d"))
        expect(success(page, "The same.")).to_have_count(0)
        wrong = figures(page)
        assert wrong != right
        addresses[page.url] = verdict.inner_text(), wrong
    assert len(addresses) == len(mistakes)

    choices(page).get_by_role("radio", name="No mistake").press("Space")
    expect(success(page, "The same.")).to_be_visible()
    expect(failure(page, "Not the same.")).to_have_count(0)
    in_address(page, "!mistake=")
    settle(page)
    assert figures(page) == right

    other = visit(next(iter(addresses)).partition("?")[2])
    for address, (said, wrong) in addresses.items():
        if other.url != address:
            other.goto(address)
            settle(other)
        expect(failure(other, "Not the same.")).to_be_visible()
        assert failure(other, "Not the same.").inner_text() == said
        assert figures(other) == wrong


def test_a_harmless_mistake_is_called_so_and_the_cost_is_measured_on_demand(visit):
    """Without two directions the forward loop is the right one, and why is said.

    Measure the cost ends with a sentence that has the ratio, and where half of all pairs lie.
    """
    page = visit(f"answers=true&mistake=Forward+loop&{CODE}")
    expect(success(page, "The same, in spite of the mistake.")).to_contain_text("There is only one direction")
    page.get_by_role("button", name="Measure the cost").press("Enter")
    said = current(page).get_by_text(re.compile(r"The loop takes \d+\.\d times as long as the single call"))
    expect(said).to_contain_text(re.compile(r"median of \d+ pairs, half of them between \d+\.\d and \d+\.\d\)"))
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_the_verdict_comes_with_an_answer_or_without_the_question(visit):
    """Before an answer there is no verdict. It comes with *Check*, whatever was passed with the arrow keys before.

    Reference mode shows verdict and answer while it is on; Show me gives the verdict without an answer.
    """
    page = visit(CODE)
    expect(alert(page, LOCKED)).to_be_visible()
    expect(success(page, "The same.")).to_have_count(0)

    for on in (True, False):
        page.get_by_role("switch", name="Reference").press("Space")
        in_address(page, "answers=true" if on else "!answers=")
        expect(success(page, "The same.")).to_have_count(int(on))
        expect(alert(page, LOCKED)).to_have_count(int(not on))
        expect(current(page).get_by_text("The answer: the same, up to rounding.")).to_have_count(int(on))

    answers = page.get_by_role("radiogroup", name="A loop calls the LSTM once for each step").get_by_role("radio")
    texts = answers.all_inner_texts()
    assert len(texts) == 4
    page.locator(".st-key-check_answer button").press("Enter")  # nothing is chosen yet
    settle(page)
    expect(alert(page, LOCKED)).to_be_visible()
    for count in range(4):
        answers.first.press("Space")
        for passed in range(count):
            answers.nth(passed).press("ArrowDown")
        expect(answers.nth(count)).to_be_checked()
        expect(alert(page, LOCKED)).to_be_visible()
        page.locator(".st-key-check_answer button").press("Enter")
        expect(success(page, "Right.") if count == 0 else alert(page, "No.")).to_be_visible()
        expect(success(page, "The same.")).to_be_visible()
        expect(alert(page, LOCKED)).to_have_count(0)
        page.get_by_role("button", name="Ask again").press("Enter")
        expect(alert(page, LOCKED)).to_be_visible()
        settle(page)

    answer(page, "Show me")
    expect(success(page, "The same.")).to_be_visible()
    for start in ("Right.", "No."):
        expect(alert(page, start)).to_have_count(0)
