"""Links: the first one starts the whole app, a hostile one does no harm, and a copied one shows the same page."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from components.settings import Settings
from components.ui.syllabus import SYLLABUS
from tests.browser.driving import (
    Server,
    alert,
    caption,
    expect_shell,
    free_port,
    in_address,
    main_slider,
    serve,
    settle,
)

pytestmark = pytest.mark.browser

FIRST = SYLLABUS[0]
# The first lesson by both its addresses, and three of the rest: a page file begins as every other one does, which
# tests/pages/test_pages.py sees to, and what follows runs with the shell around it.
COLD = [("/", FIRST)] + [(f"/{SYLLABUS[place].stem}", SYLLABUS[place]) for place in (0, 1, len(SYLLABUS) // 2, -1)]


@pytest.fixture(scope="module")
def port() -> int:
    """The same for all: the browser has compiled the scripts of this address."""
    return free_port()


@pytest.fixture
def fresh(tmp_path: Path, port: int) -> Iterator[Server]:
    """A process in which nobody has opened the app. Request it before `visit`: pages must close before their server."""
    with serve(tmp_path / "log", port) as running:
        yield running


@pytest.mark.parametrize(("path", "lesson"), COLD, ids=[path for path, _ in COLD])
def test_a_deep_link_wakes_the_whole_app(fresh, visit, path, lesson):
    """The first request to a new process may be the address of any lesson: it gets its shell and its settings."""
    # The first lesson has the empty address. For Streamlit its stem is no page: it says so and shows the first lesson.
    excused = "page that you have requested does not seem to exist" if path == f"/{FIRST.stem}" else ""
    page = visit("seq_len=20&hidden_size=8", path=path, at=fresh, excused=excused)
    expect_shell(page, lesson.question)
    expect(main_slider(page, "seq_len")).to_have_value("20")
    expect(main_slider(page, "hidden_size")).to_have_value("8")
    shown = lesson.shown(Settings(seq_len=20, hidden_size=8))
    expect(caption(page)).to_contain_text(f"T = {shown.seq_len} · H = 8 · I = 3")
    icons = page.evaluate("[...document.querySelectorAll('link[rel*=icon]')].map(link => link.href)")
    assert icons, "the tab has no icon"
    assert all(icon.startswith(("data:", fresh.url)) for icon in icons), icons


UNFOLLOWED = "Some parts of this link could not be used."
ARABIC_FIVE = "\u0665"  # a digit to Python's int() and to a regular expression's \\d
HOSTILE = {
    "nonsense": (
        {
            "hidden_size": "abc",
            "seq_len": "-5",
            "input_size": "nan",
            "seed": "<script>alert(1)</script>",
            "mistake": "zzz",
            "foo": "1",
            "proj_size": "9",
        },
        [
            "hidden_size=abc is not a whole number from 1 to 128; 4 is used instead.",
            "seq_len=-5 is not a whole number from 1 to 200; 5 is used instead.",
            "input_size=nan is not a whole number from 1 to 64; 3 is used instead.",
            "seed=<script>alert(1)</script> is not a whole number from 0 to 9999; 1 is used instead.",
            r"mistake=zzz is not one of No mistake, .*; No mistake is used instead\.",
            "foo is not a setting and is ignored.",
        ],
        "T = 5 · H = 4 · I = 3 · B = 1 · L = 1 · D = 1 · P = 3 · float32 · seed 1",
    ),
    "beyond all numbers": (
        {"hidden_size": "9" * 400, "seed": "9" * 400, "batch_size": "inf", "num_layers": "1e999"},
        [
            r"hidden_size=9{20,}… is not a whole number from 1 to 128; 4 is used instead\.",
            r"seed=9{20,}… is not a whole number from 0 to 9999; 1 is used instead\.",
            "batch_size=inf is not a whole number from 1 to 16; 1 is used instead.",
            "num_layers=1e999 is not a whole number from 1 to 4; 1 is used instead.",
        ],
        "T = 5 · H = 4 · I = 3 · B = 1 · L = 1 · D = 1 · float32 · seed 1",
    ),
    "nothing": (
        {"hidden_size": "", "dtype": "", "mistake": "", "": "1"},
        [
            "hidden_size= is not a whole number from 1 to 128; 4 is used instead.",
            "dtype= is not one of float32, float64; float32 is used instead.",
            r"mistake= is not one of No mistake, .*; No mistake is used instead\.",
            "an empty value is not a setting and is ignored.",
        ],
        "T = 5 · H = 4 · I = 3 · B = 1 · L = 1 · D = 1 · float32 · seed 1",
    ),
    "other spellings": (
        [
            ("seq_len", ARABIC_FIVE),
            ("hidden_size", "12.7"),
            ("input_size", "1e1"),
            ("batch_size", "2"),
            ("batch_size", "2"),
        ],
        [
            f"seq_len={ARABIC_FIVE} is not a whole number from 1 to 200; 5 is used instead.",
            "hidden_size=12.7 is not a whole number from 1 to 128; 12 is used instead.",
            "input_size=1e1 is not a whole number from 1 to 64; 10 is used instead.",
            "batch_size is given 2 times; 1 is used.",
        ],
        "T = 5 · H = 12 · I = 10 · B = 1 · L = 1 · D = 1 · float32 · seed 1",
    ),
}


@pytest.mark.parametrize(("query", "remarks", "used"), HOSTILE.values(), ids=HOSTILE)
def test_a_link_that_makes_no_sense_is_answered(visit, query, remarks, used):
    """The page names each value that it cannot use, and what it uses instead. Nothing is executed, nothing breaks."""
    page = visit(urlencode(query))
    expect_shell(page, FIRST.question)
    expect(caption(page)).to_have_text(used)
    remarked = alert(page, UNFOLLOWED).get_by_role("listitem")
    patterns = [re.compile(r if "\\." in r else re.escape(r)) for r in remarks]
    expect(remarked).to_have_text(patterns)
    if "proj_size" in dict(query):
        expect(alert(page, "Projection size 9 is not below Hidden size 4: 3 is used instead.")).to_be_visible()


def test_copy_link_copies_an_address_that_can_be_used(visit):
    """*Copy link* copies the address with every setting, and says so. Opened, the address causes no remark."""
    page = visit("hidden_size=6&bidirectional=true&dtype=float64&mistake=New+start&c_range=5&direction=reverse")
    main_slider(page, "seq_len").press("ArrowRight")
    settings = "T = 6 · H = 6 · I = 3 · B = 1 · L = 1 · D = 2 · float64 · seed 1"
    expect(caption(page)).to_have_text(settings)
    in_address(page, "hidden_size=6", "seq_len=6", "direction=reverse")
    page.get_by_role("button", name="Copy link").press("Enter")
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()

    page.goto(copied)
    settle(page)
    expect(caption(page)).to_have_text(settings)
    expect(alert(page, UNFOLLOWED)).to_have_count(0)
    assert page.url == copied
