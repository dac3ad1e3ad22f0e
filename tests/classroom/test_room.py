import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.classroom.room import CODE, LETTERS, Poll, Room, clean_address, new_code, read_code, tally

ROOM = Room("ABCDEF", "secret", 5.0, 3, True, "/one_step?step=2", "one_step", {"one_step": Poll(4, 2, True)})


def test_a_room_is_read_as_it_was_written():
    assert Room.read(ROOM.written()) == ROOM


def test_a_room_of_a_newer_app_can_be_read():
    assert Room.read(ROOM.written()[:-1] + ', "colour": "red"}') == ROOM


def test_codes_are_many_and_have_no_letters_that_look_alike():
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(CODE.fullmatch(code) for code in codes)
    assert len(LETTERS) ** 6 > 8e8
    assert not set("ILO01") & set(LETTERS)


@pytest.mark.parametrize("typed", ["ABCDEF", "abcdef", " abc def ", "abc-def"])
def test_a_code_is_read_as_people_type_it(typed):
    assert read_code(typed) == "ABCDEF"


@pytest.mark.parametrize("typed", ["", "ABCDE", "ABCDEFG", "ABCDE0", "ABCDE\u0130", "*", "A" * 10_000, "AB/../"])
def test_anything_else_is_no_code(typed):
    assert read_code(typed) == ""


def test_only_the_secret_leads():
    assert ROOM.leads("secret")
    assert not any(map(ROOM.leads, ("", "secre", "secrets", "Secret", "sécret")))


@pytest.mark.parametrize(
    ("address", "clean"),
    [
        ("/", "/"),
        ("/one_step?step=2&seq_len=9", "/one_step?step=2&seq_len=9"),
        ("/views?line=x.view(B,+T,+I)", "/views?line=x.view%28B%2C+T%2C+I%29"),
        ("/?room=ABCDEF&teach=x&answers=true&plan=y&seq_len=3", "/?seq_len=3"),
        ("/?seq_len=3#fragment", "/?seq_len=3"),
        ("/?seq_len=", "/?seq_len="),
    ],
)
def test_students_get_the_teacher_s_lesson_and_settings(address, clean):
    assert clean_address(address) == clean


@pytest.mark.parametrize(
    "address",
    [
        "//evil.org/",
        "https://evil.org/",
        "javascript:alert(1)",
        "/../etc",
        "/a/b",
        "/\\evil.org",
        "",
        "live",
        "/?x=" + "1" * 2000,
        "http://[",
    ],
)
def test_no_address_leads_out_of_the_app(address):
    assert clean_address(address) == ""


@given(st.text(max_size=60))
def test_what_is_left_of_any_text_is_a_path_of_this_app(text):
    clean = clean_address(text)
    assert clean == "" or (clean.startswith("/") and not clean.startswith(("//", "/\\")))
    assert clean_address(clean) == clean


def test_answers_are_counted_by_round():
    first, second = {"a": 0, "b": 1, "c": 1}, {"a": 1, "b": 1, "d": 0}
    told = tally(3, [first, second])
    assert told.rounds == ((1, 2, 0), (1, 2, 0))
    assert told.changed == 1, "a has changed; b has not; c has answered once, and so has d"


def test_nobody_has_changed_in_the_first_round():
    assert tally(2, [{"a": 1}]).changed == 0
