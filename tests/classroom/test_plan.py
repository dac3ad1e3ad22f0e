import json
import re
from urllib.parse import parse_qsl

import pytest

from components.classroom.plan import LARGEST, MOST, Plan, PlanError, Stop, read, ready_made
from components.classroom.room import clean_address
from components.ui.syllabus import MAP, SYLLABUS
from tests.pages.app import assert_stands, texts, visit

PATHS = ["/", *(f"/{lesson.stem}" for lesson in (*SYLLABUS[1:], MAP))]
PLAN = Plan("Monday", (Stop("/", True, 5, "Talk."), Stop("/one_step?step=3", False), Stop("/lessons", False)))
STOPS = [(json.loads(text)["title"], stop) for text in ready_made() for stop in read(text, PATHS).stops]


def test_a_plan_is_read_as_it_was_written():
    assert read(PLAN.written(), PATHS) == PLAN


def test_what_is_left_out_has_a_usual_value():
    assert read('{"stops": [{"at": "/"}]}', PATHS) == Plan("", (Stop("/", True, 0, ""),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("\x00", "not JSON"),
        ("[" * 20_000, "not JSON"),
        ("[]", "no stops"),
        ("null", "no stops"),
        ('{"stops": []}', "no stops"),
        ('{"stops": {}}', "no stops"),
        ('{"stops": [7]}', "Stop 1"),
        ('{"stops": [{"at": "/"}, {}]}', "Stop 2"),
        ('{"stops": [{"at": "/nowhere"}]}', "no page"),
        ('{"stops": [{"at": "https://evil.org/"}]}', "no page"),
        ('{"stops": [{"at": "//evil.org"}]}', "no page"),
        ('{"stops": [{"at": "javascript:alert(1)"}]}', "no page"),
        ('{"stops": [{"at": 7}]}', "no page"),
        ('{"stops": [{"at": "/", "question": "yes"}]}', "question or a time"),
        ('{"stops": [{"at": "/", "minutes": true}]}', "question or a time"),
        ('{"stops": [{"at": "/", "minutes": -1}]}', "question or a time"),
        ('{"stops": [{"at": "/", "minutes": 1e9}]}', "question or a time"),
        (json.dumps({"stops": [{"at": "/"}] * (MOST + 1)}), f"at most {MOST}"),
        (" " * (LARGEST + 1), "too large"),
    ],
)
def test_a_bad_file_gets_a_sentence(text, said):
    with pytest.raises(PlanError, match=re.escape(said)) as error:
        read(text, PATHS)
    assert str(error.value).endswith(".")


def test_words_are_short_and_in_one_line():
    plan = read(json.dumps({"title": "a\n b" * 200, "stops": [{"at": "/", "note": 7}]}), PATHS)
    assert len(plan.title) == 200
    assert "\n" not in plan.title
    assert plan.stops[0].note == ""


def test_there_are_three_ready_made_plans_of_15_45_and_90_minutes():
    plans = [read(text, PATHS) for text in ready_made()]
    minutes = [sum(stop.minutes for stop in plan.stops) for plan in plans]
    assert minutes == [15, 45, 90]
    assert all(f"{time} minutes" in plan.title for time, plan in zip(minutes, plans, strict=True))
    assert all(any(stop.question for stop in plan.stops) for plan in plans)


@pytest.mark.parametrize(("title", "stop"), STOPS, ids=lambda value: getattr(value, "at", ""))
def test_each_stop_of_them_opens_without_a_remark(title, stop):
    path, _, query = stop.at.partition("?")
    lesson = next((lesson for lesson in SYLLABUS if f"/{lesson.stem}" == path), SYLLABUS[0])
    app = visit(lesson, dict(parse_qsl(query)))
    assert_stands(app)
    assert not [text for text in texts(app, "warning") if "could not be used" in text], title
    assert clean_address(stop.at) == stop.at
    assert stop.note
