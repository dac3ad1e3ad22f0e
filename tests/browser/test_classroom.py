"""A class in real browsers: a teacher and two students on one server, whose pages are asked many questions."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from components.classroom.plan import read
from components.classroom.process import URL
from tests.browser.driving import caption, free_port, in_address, main_slider, serve, settle
from tests.browser.test_frame import expect_nothing_serious, into, sideways
from tests.classroom import server as redis

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}
GONE = "WebSocket|ERR_CONNECTION"  # what a browser says of a server that has ended


def choices(page: Page) -> Locator:
    """A student's answers."""
    return page.locator("[class*=st-key-vote_]").get_by_role("radio")


def vote(page: Page, number: int) -> None:
    """Choose an answer, and wait until it counts."""
    choices(page).nth(number).check()
    expect(page.get_by_text("Your answer counts.")).to_be_visible()


def bars(page: Page) -> Locator:
    """The bars of the answers, in their order."""
    return page.locator("[class*=st-key-vote_]").get_by_role("img")


def open_room(page: Page) -> str:
    """Open a room as its teacher; its code."""
    page.get_by_role("button", name="Class", exact=True).click()
    page.get_by_role("button", name="Open a room").click()
    dialog = page.get_by_role("dialog", name="Join the class")
    expect(dialog).to_be_visible()
    code: str = dialog.locator(".large").inner_text()
    return code


def steps(page: Page, count: int) -> None:
    """Wait until the page shows so many time steps."""
    expect(caption(page)).to_have_text(re.compile(rf"^T = {count} "))


def test_a_teacher_leads_a_class(visit, server):
    # The teacher opens a room. Her right to lead is nowhere in the address.
    teacher = visit(viewport=DESK, own=True)
    code = open_room(teacher)
    assert re.fullmatch("[A-Z2-9]{6}", code)
    joining = teacher.get_by_role("dialog", name="Join the class")
    expect(joining.locator(".link")).to_have_text(f"{server.url.removeprefix('http://')}/?room={code}")
    assert len(joining.locator("svg path").last.get_attribute("d") or "") > 500
    expect(joining.get_by_text("No name and no account.")).to_be_visible()
    settle(teacher)
    expect_nothing_serious(teacher)
    into(teacher, "light")
    teacher.set_viewport_size(DESK)
    joining.get_by_role("button", name="Go on").click()
    in_address(teacher, f"room={code}")
    assert "lead" not in teacher.url
    bar = teacher.locator(".st-key-classroom .bar")
    box = bar.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 1280)
    assert box["height"] < 56, "the bar has one row"

    # Ann comes with the link, on a phone, and has settings of her own. Ben types the code.
    ann = visit(f"seq_len=7&hidden_size=6&room={code}", viewport=PHONE, own=True)
    expect(ann.get_by_role("region", name="Your class")).to_have_text(re.compile(f"Room {code}"))
    ben = visit(viewport={"width": 1440, "height": 900}, own=True)
    ben.get_by_role("button", name="Class", exact=True).click()
    ben.get_by_label("Or join a room: its code").fill(code.lower())
    ben.get_by_role("button", name="Join", exact=True).click()
    in_address(ben, f"room={code}")
    expect(bar).to_contain_text("2 students here")
    again = bar.get_by_role("button", name="Vote again")
    expect(again).to_be_disabled()
    expect(again).to_have_attribute("title", "Nobody has answered.")

    # They vote. Nobody sees what is right, not even with the switch for reference.
    expect(choices(ann).first).not_to_be_in_viewport()
    answer_it = ann.get_by_role("button", name="Answer it")
    expect(ann.get_by_role("region", name="Your class")).to_contain_text("Your teacher asks a question.")
    answer_it.click()
    expect(choices(ann).first).to_be_in_viewport()
    vote(ann, 1)
    expect(answer_it).to_be_hidden()
    expect(bar).to_contain_text("1 of 2 answered")
    vote(ben, 0)
    expect(bar).to_contain_text("2 of 2 answered")
    ann.get_by_role("switch", name="Reference").press("Space")
    settle(ann)
    for page in (ann, ben, teacher):
        expect(page.get_by_text("The answer:")).to_have_count(0)
    ann.get_by_role("switch", name="Reference").press("Space")
    settle(ann)
    expect(choices(ann).nth(1)).to_be_checked()
    expect(bars(teacher)).to_have_count(0)
    counts = bar.get_by_label("Show counts")
    counts.check()
    assert [bars(teacher).nth(n).get_attribute("aria-label") for n in range(4)] == ["1", "1", "0", "0"]

    # They vote again, and Ann changes her mind. Then all see the result, and why.
    bar.get_by_role("button", name="Show the result").click()
    expect(again).to_be_disabled()
    expect(again).to_have_attribute("title", "The class has seen the result.")
    bar.get_by_role("button", name="Hold back").click()
    again.click()
    expect(ann.get_by_text("talk to your neighbour")).to_be_visible()
    expect(answer_it).to_be_visible()
    expect(counts).not_to_be_checked()
    expect(bars(teacher)).to_have_count(0)
    counts.check()
    expect(again).to_be_disabled()
    vote(ann, 0)
    expect(bar).to_contain_text("Second vote: 1 of 2 answered")
    bar.get_by_role("button", name="Show the result").click()
    for page in (ann, ben):
        expect(page.get_by_text("Right.", exact=True)).to_be_visible()
    expect(teacher.get_by_text("The answer:")).to_be_visible()
    for page in (ann, ben, teacher):
        expect(page.get_by_text("Changed minds: 1.")).to_be_visible()
        settle(page)
        assert bars(page).evaluate_all("bars => bars.map(bar => bar.ariaLabel)")[:4] == [
            "First vote: 1",
            "Second vote: 1",
            "First vote: 1",
            "Second vote: 0",
        ]
    assert sideways(ann) <= 0
    expect_nothing_serious(teacher)
    expect_nothing_serious(ann)
    teacher.set_viewport_size(DESK)
    ann.set_viewport_size(PHONE)
    bar.get_by_role("button", name="Hold back").click()
    expect(ann.get_by_text("Right.", exact=True)).to_have_count(0)
    expect(choices(ann).first).to_be_checked()

    # Ann and Ben follow.
    bar.get_by_label("Students follow me").check()
    line = ann.locator(".st-key-classroom .line")
    expect(line).to_contain_text("following")
    height = line.evaluate("line => line.getBoundingClientRect().height")
    assert height < 32, "the line is slim"
    steps(ann, 5)
    started = time.monotonic()
    main_slider(teacher, "seq_len").press("PageUp")
    steps(ann, 10)
    steps(ben, 10)
    assert time.monotonic() - started < 5, "on a busy machine; on a quiet one it is below a second"
    in_address(ann, "seq_len=10", "!hidden_size", f"room={code}")
    teacher.get_by_role("link", name="Next").first.click()
    expect(ann).to_have_url(re.compile("/notebook[?]"))
    expect(ben).to_have_url(re.compile("/notebook[?]"))
    expect(bar).to_contain_text("0 of 2 answered")
    expect(counts).not_to_be_checked()
    expect(bars(teacher)).to_have_count(0)

    # Ann explores on her own: she stays where she is, and nothing moves her. Then she comes back, and goes again.
    steps(ann, 10)
    settle(ann)
    ann.get_by_role("button", name="Explore on my own").click()
    expect(line).to_contain_text("on your own")
    steps(ann, 10)
    # What she had before she followed waits.
    ann.get_by_role("button", name="My page").click()
    steps(ann, 7)
    in_address(ann, "seq_len=7", "hidden_size=6", f"room={code}")
    expect(ann.get_by_role("button", name="My page")).to_be_hidden()
    settle(ann)
    ann.go_back()
    steps(ann, 10)
    settle(ann)
    main_slider(ann, "hidden_size").press("ArrowRight")
    in_address(ann, "seq_len=10", "hidden_size=5", f"room={code}")
    settle(ann)
    main_slider(teacher, "seq_len").press("ArrowRight")
    steps(ben, 11)
    expect(ann).to_have_url(re.compile("/notebook[?]"))
    in_address(ann, "seq_len=10", "hidden_size=5")
    ann.get_by_role("button", name="Follow again").click()
    steps(ann, 11)
    in_address(ann, "seq_len=11", "!hidden_size")
    ann.get_by_role("button", name="Explore on my own").click()
    expect(line).to_contain_text("on your own")
    steps(ann, 11)

    # Whoever loads the page anew is in the room as before. The teacher leads from another device too.
    ben.goto(f"{server.url}/?room={code}")
    expect(ben).to_have_url(re.compile("/notebook[?]"))
    steps(ben, 11)
    teacher.reload()
    expect(bar).to_contain_text("2 students here")
    teacher.get_by_role("button", name=code).click()
    teacher.get_by_role("button", name="Copy my own link").click()
    expect(teacher.get_by_role("button", name="Copied")).to_be_visible()
    own = teacher.evaluate("navigator.clipboard.readText()")
    assert own.startswith(f"{server.url}/?room={code}#lead=")
    teacher.get_by_role("button", name="Go on").click()
    other = visit(viewport=PHONE, own=True)
    other.goto(own)
    other.reload()
    expect(other.locator(".st-key-classroom .bar")).to_contain_text("2 students here")
    assert "lead" not in other.url
    expect(other).to_have_url(re.compile("/notebook[?]"))
    steps(other, 11)
    main_slider(other, "seq_len").press("ArrowRight")
    for page in (ben, teacher):
        steps(page, 12)
    main_slider(teacher, "seq_len").press("ArrowRight")
    for page in (ben, other):
        steps(page, 13)
    other.close()

    # She closes the room, and everybody goes on alone.
    bar.get_by_role("button", name="Close the room").click()
    teacher.get_by_role("button", name="Close it").click()
    for page in (teacher, ann, ben):
        expect(page.get_by_text("The room is closed, and its answers are gone.")).to_be_visible()
        in_address(page, "!room")
        settle(page)
        expect(page.locator(".st-key-classroom :is(.bar, .line)").locator("visible=true")).to_have_count(0)
    in_address(ann, "seq_len=11")
    expect(ann.get_by_role("button", name="Check")).to_be_visible()


def test_a_lesson_plan_is_stepped_through_built_and_kept(visit, server, tmp_path):
    teacher = visit(viewport=DESK, own=True)
    code = open_room(teacher)
    teacher.get_by_role("button", name="Go on").click()
    bar = teacher.locator(".st-key-classroom .bar")
    bar.get_by_role("button", name="Plan").click()
    planning = teacher.get_by_role("dialog", name="Lesson plan")
    stops = planning.get_by_role("listitem")

    # A ready-made plan. Its stops are reached with the keys of a presenter's remote, and the class follows.
    planning.get_by_label("Ready-made").select_option(label="One question, 15 minutes")
    expect(stops).to_have_count(3)
    expect(stops.nth(2)).to_contain_text("Output and state")
    expect_nothing_serious(teacher)
    into(teacher, "light")
    teacher.set_viewport_size(DESK)
    planning.get_by_role("button", name="Go on").click()
    bar.get_by_label("Students follow me").check()
    ann = visit(f"room={code}", viewport=PHONE, own=True)
    expect(ann.locator(".st-key-classroom .line")).to_contain_text("following")
    teacher.keyboard.press("PageDown")
    expect(bar).to_contain_text("Plan 1 of 3")
    expect(bar.get_by_role("button", name="Plan 1")).to_have_attribute("title", re.compile("^1. The live LSTM: Ask."))
    expect(bar.get_by_role("button", name="Next stop")).to_have_attribute("title", re.compile("^2. The live LSTM: "))
    expect(bar).to_contain_text("0 of 1 answered")
    expect(choices(ann)).to_have_count(4)
    bar.get_by_role("button", name="Show the result").click()
    expect(ann.get_by_text("The answer:")).to_be_visible()
    teacher.keyboard.press("PageDown")
    expect(bar).to_contain_text("Plan 2 of 3")
    in_address(ann, "mistake=New+start", "seq_len=20")
    steps(ann, 20)
    expect(bar.get_by_role("button", name="Vote again")).to_be_hidden()
    settle(teacher)
    teacher.keyboard.press("ArrowRight")
    expect(bar).to_contain_text("Plan 3 of 3")
    expect(ann).to_have_url(re.compile("/outputs[?]"))
    expect(choices(ann)).not_to_have_count(0)
    settle(teacher)
    teacher.keyboard.press("PageDown")
    expect(bar).to_contain_text("Plan 3 of 3")
    teacher.keyboard.press("ArrowLeft")
    expect(bar).to_contain_text("Plan 2 of 3")
    in_address(ann, "mistake=New+start", "seq_len=20")
    settle(teacher)

    # In a slider the arrow keys do what they do there. The keys of the remote step from it, too.
    slider = main_slider(teacher, "seq_len")
    expect(slider).to_have_value("20")
    slider.press("ArrowRight")
    steps(teacher, 21)
    settle(teacher)
    slider.press("PageDown")
    expect(bar).to_contain_text("Plan 3 of 3")
    expect(ann).to_have_url(re.compile("/outputs[?]"))
    settle(teacher)
    teacher.keyboard.press("PageUp")
    expect(bar).to_contain_text("Plan 2 of 3")
    steps(teacher, 20)
    settle(teacher)
    main_slider(teacher, "seq_len").press("ArrowRight")
    steps(teacher, 21)
    settle(teacher)

    # Whoever goes elsewhere with the menu gets the questions again.
    teacher.get_by_role("link", name="Next").first.click()
    expect(bar).to_contain_text("0 of 1 answered")
    expect(choices(ann)).not_to_have_count(0)

    # She builds a plan of her own, and keeps it.
    bar.get_by_role("button", name="Plan 2").click()
    planning.get_by_role("button", name="Add this page").click()
    expect(stops).to_have_count(4)
    stops.nth(3).get_by_role("button", name="earlier").click()
    stops.nth(0).get_by_role("button", name="remove").click()
    stops.nth(1).get_by_label("Question").uncheck()
    with teacher.expect_download() as download:
        planning.get_by_role("button", name="Save as a file").click()
    kept = tmp_path / "plan.json"
    download.value.save_as(kept)
    plan = read(kept.read_text("utf-8"), ["/", "/notebook", "/outputs"])
    assert [(stop.at, stop.question) for stop in plan.stops] == [
        ("/?mistake=New+start&seq_len=20", False),
        ("/notebook?seq_len=21", False),
        ("/outputs", True),
    ]
    planning.get_by_role("button", name="Copy as a link").click()
    expect(planning.get_by_text("The link is copied.")).to_be_visible()
    link = teacher.evaluate("navigator.clipboard.readText()")
    bad = tmp_path / "bad.json"
    bad.write_text('{"stops": [{"at": "https://example.org/"}]}', "utf-8")
    planning.locator("input[type=file]").set_input_files(bad)
    expect(planning.get_by_text("Stop 1 of this lesson plan leads to no page of this dashboard.")).to_be_visible()
    expect(stops).to_have_count(3)
    stops.nth(0).get_by_role("button", name="remove").click()
    planning.locator("input[type=file]").set_input_files(kept)
    expect(stops).to_have_count(3)
    teacher.reload()
    bar.get_by_role("button", name="Plan").click()
    expect(stops).to_have_count(3)

    # A new room in this tab has the plan, and begins before its first stop.
    stops.nth(1).get_by_role("button", name="notebook").first.click()
    expect(bar).to_contain_text("Plan 2 of 3")
    settle(teacher)
    bar.get_by_role("button", name="Close the room").click()
    teacher.get_by_role("button", name="Close it").click()
    in_address(teacher, "!room")
    settle(teacher)
    assert open_room(teacher) != code
    teacher.get_by_role("button", name="Go on").click()
    expect(bar.get_by_role("button", name="Plan", exact=True)).to_be_visible()
    expect(bar.get_by_role("button", name="Stop before")).to_be_disabled()

    # The link brings the plan to another browser.
    other = visit(viewport=DESK, own=True)
    other.goto(link)
    other.reload()  # only what is behind "#" is new
    expect(other.get_by_text("This link has a lesson plan.")).to_be_visible()
    other.get_by_role("button", name="Open a room").click()
    other.get_by_role("button", name="Go on").click()
    other.locator(".st-key-classroom .bar").get_by_role("button", name="Plan").click()
    expect(other.get_by_role("dialog", name="Lesson plan").get_by_role("listitem")).to_have_count(3)
    assert "plan" not in other.url


def test_the_code_can_be_typed_on_a_phone(visit):
    """*Class* is there, also on a lesson with a long line, and neither covers the links nor is covered."""
    teacher = visit(viewport=DESK, own=True)
    code = open_room(teacher)
    ann = visit(path="/lengths", viewport=PHONE, own=True)
    start = ann.get_by_role("button", name="Class", exact=True)
    for name in ("Lesson", "Previous", "Next"):
        ann.locator(".st-key-where").get_by_role("link", name=name).locator("p").click(trial=True, timeout=5000)
    start.click()
    ann.get_by_label("Or join a room: its code").fill(code)
    ann.get_by_role("button", name="Join", exact=True).click()
    in_address(ann, f"room={code}")
    expect(ann.get_by_role("region", name="Your class")).to_contain_text(f"Room {code}")


def test_a_code_that_is_none_is_said_until_a_control_is_moved(visit):
    page = visit("room=AAAAAA&seq_len=7")
    expect(page.get_by_text("There is no room with this code.")).to_be_visible()
    in_address(page, "!room", "seq_len=7")
    page.wait_for_timeout(3000)  # further script runs follow by themselves
    settle(page)
    expect(page.get_by_text("There is no room with this code.")).to_be_visible()
    main_slider(page, "seq_len").press("ArrowRight")
    steps(page, 8)
    expect(page.get_by_text("There is no room with this code.")).to_have_count(0)


def test_two_servers_share_a_room_and_a_restart_loses_nothing(visit, tmp_path, monkeypatch):
    """The rooms are in Redis. The teacher is on one server, which is then replaced, and Ann is on the other."""
    path = redis.executable()
    if path is None:
        pytest.skip(redis.MISSING)
    with redis.running(path) as url:
        monkeypatch.setenv(URL, url)
        port = free_port()
        with serve(tmp_path / "other") as other:
            with serve(tmp_path / "first", port) as first:
                teacher = visit(at=first, viewport=DESK, own=True, excused=GONE)
                code = open_room(teacher)
                teacher.get_by_role("button", name="Go on").click()
                bar = teacher.locator(".st-key-classroom .bar")
                ann = visit(f"room={code}", at=other, viewport=PHONE, own=True, excused=GONE)
                expect(bar).to_contain_text("1 student here")
                expect(choices(ann)).to_have_count(4)
                vote(ann, 2)
                expect(bar).to_contain_text("1 of 1 answered")
                bar.get_by_label("Students follow me").check()
                main_slider(teacher, "seq_len").press("PageUp")
                steps(ann, 10)
            expect(bar).to_contain_text("No connection to the room.")
            with serve(tmp_path / "again", port):
                expect(bar).to_contain_text("1 of 1 answered")
                expect(bar).not_to_contain_text("No connection")
                settle(teacher)
                bar.get_by_role("button", name="Show the result").click()
                expect(ann.get_by_text("No.", exact=True)).to_be_visible()
                main_slider(teacher, "seq_len").press("ArrowRight")
                steps(ann, 11)
                bar.get_by_role("button", name="Close the room").click()
                teacher.get_by_role("button", name="Close it").click()
                in_address(ann, "!room")
                in_address(teacher, "!room")
