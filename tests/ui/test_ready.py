"""A process is ready when torch is loaded and the first page has run once without an error."""

import asyncio
from collections.abc import Iterator

import pytest

from components.ui import loading, ready
from components.ui.ready import Warming
from components.ui.syllabus import SYLLABUS


class Page:
    """Stands for Streamlit's runtime: counts the runs of the page, and ends each with the next of `outcomes`."""

    def __init__(self, *outcomes: bool | Exception) -> None:
        self._outcomes: Iterator[bool | Exception] = iter(outcomes)
        self.runs = 0

    def instance(self) -> "Page":
        return self

    async def does_script_run_without_error(self) -> tuple[bool, str]:
        self.runs += 1
        await asyncio.sleep(0)  # it takes at least one turn of the loop
        outcome = next(self._outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome, ""


@pytest.fixture
def page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Page:
    page = Page(*request.param)
    monkeypatch.setattr(ready, "Runtime", page)
    monkeypatch.setattr(loading, "is_over", lambda: True)
    return page


async def asked(warming: Warming, times: int) -> list[str]:
    """The answers to questions one after another. Between two of them a run of the page can end."""
    states = []
    for _ in range(times):
        states.append(warming.state())
        await asyncio.sleep(0.01)
    return states


@pytest.mark.parametrize("page", [[True]], indirect=True)
def test_it_is_ready_when_the_page_has_run_once(page: Page) -> None:
    assert asyncio.run(asked(Warming(), 4)) == ["running the first page", "ok", "ok", "ok"]
    assert page.runs == 1


@pytest.mark.parametrize("page", [[True]], indirect=True)
def test_nothing_runs_before_torch_is_loaded(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "is_over", lambda: False)
    assert asyncio.run(asked(Warming(), 3)) == ["loading PyTorch"] * 3
    assert page.runs == 0


@pytest.mark.parametrize("page", [[False, ValueError("broken"), True]], indirect=True)
def test_a_page_that_fails_is_tried_again(page: Page) -> None:
    assert asyncio.run(asked(Warming(), 5)) == ["running the first page"] * 3 + ["ok"] * 2
    assert page.runs == 3


@pytest.mark.parametrize("page", [[True]], indirect=True)
def test_many_questions_at_once_start_one_run(page: Page) -> None:
    async def at_once() -> list[str]:
        warming = Warming()
        return [warming.state() for _ in range(50)] + await asked(warming, 2)

    states = asyncio.run(at_once())
    assert states == ["running the first page"] * 51 + ["ok"]
    assert page.runs == 1


def test_no_page_has_the_path() -> None:
    assert ready.ROUTE.path.strip("/") not in {lesson.stem for lesson in SYLLABUS} | {"lessons"}
