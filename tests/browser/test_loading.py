"""The first visitor of a new process sees the lesson's name while torch is still being imported, and no file's name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from components.ui.lesson import Lesson
from components.ui.loading import WORDS
from components.ui.syllabus import SYLLABUS
from tests.browser.driving import Server, caption, expect_shell, main_slider, serve, settle, title

pytestmark = pytest.mark.browser

# Python runs this file when it starts. Torch is executed only when a file is there. (A finder that waits would stop the
# imports of all threads.)
HELD_BACK = """
import importlib.machinery, pathlib, sys, time

class HeldBack:
    def find_spec(self, name, path=None, target=None):
        if name != "torch":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        load = spec.loader.exec_module
        def late(module):
            while not pathlib.Path({gate!r}).exists():
                time.sleep(0.05)
            load(module)
        spec.loader.exec_module = late
        return spec

sys.meta_path.insert(0, HeldBack())
"""
# Every text that a menu has had so far.
MENUS = """
window.menus = new Set();
setInterval(() => {
  for (const part of document.querySelectorAll("nav *, [data-testid=stSidebarNav] *, [data-testid=stTopNav] *")) {
    menus.add(part.textContent.trim());
  }
}, 20);
"""


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """The file without which torch is not imported."""
    return tmp_path / "gate"


@pytest.fixture
def waiting(gate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A new process that cannot import torch yet."""
    (tmp_path / "sitecustomize.py").write_text(HELD_BACK.format(gate=str(gate)), "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with serve(tmp_path / "log", cold=True) as server:
        yield server
        gate.touch()  # otherwise the server would wait for its thread


@pytest.mark.parametrize("lesson", [SYLLABUS[0], SYLLABUS[-1]], ids=lambda lesson: lesson.stem)
def test_the_lesson_has_its_name_before_torch_is_there(
    waiting: Server, gate: Path, desk: BrowserContext, lesson: Lesson
) -> None:
    """The question, the sizes, the menu with the lessons' titles, and a line on what is going on."""
    page: Any = desk.new_page()
    page.add_init_script(MENUS)
    page.goto(f"{waiting.url}/{'' if lesson is SYLLABUS[0] else lesson.stem}?seq_len=20")
    expect(title(page)).to_have_text(lesson.question.replace("`", ""))
    expect(page.get_by_text(WORDS)).to_be_visible()
    expect(main_slider(page, "seq_len")).to_be_visible()
    expect(page.get_by_test_id("stTopNav")).to_contain_text(SYLLABUS[0].section)
    gate.touch()
    settle(page)
    expect_shell(page, lesson.question)
    expect(page.get_by_text(WORDS)).to_have_count(0)
    expect(main_slider(page, "seq_len")).to_have_value("20")
    expect(caption(page)).to_contain_text("T = 20")
    names = {name for lesson in SYLLABUS for name in (lesson.stem, lesson.stem.replace("_", " "))} | {"dashboard"}
    assert names.isdisjoint(page.evaluate("[...menus]"))
    page.close()
