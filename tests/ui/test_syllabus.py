"""The syllabus and what hangs on it."""

import dataclasses

from components.jobs import JOBS
from components.settings import FIELDS, VIEWS, Settings, meet
from components.ui.syllabus import SYLLABUS, following, named
from tests import ROOT


def test_every_page_has_one_lesson_and_every_lesson_a_page() -> None:
    """Pages and syllabus name the same stems, each once."""
    stems = [lesson.stem for lesson in SYLLABUS]
    assert sorted(stems) == sorted(page.stem for page in (ROOT / "pages").glob("*.py"))
    assert len(set(stems)) == len(stems)


def test_idle_settings_exist() -> None:
    """What a lesson calls idle is a setting or a view."""
    assert [name for lesson in SYLLABUS for name in lesson.idle if name not in FIELDS | VIEWS] == []


def test_no_lesson_needs_what_a_job_fixes_otherwise() -> None:
    """Where `weights` is not idle, every job meets what the lesson needs."""
    for lesson in SYLLABUS:
        for job in JOBS if "weights" not in lesson.idle else ():
            settings = Settings.for_job(job)
            free = tuple((name, value) for name, value in lesson.needs if name not in settings.fixed)
            met, _ = meet(settings, free, lesson.idle)
            # With what is fixed left movable, nothing would have to move.
            drawn = dataclasses.replace(met, weights="drawn")
            assert meet(drawn, lesson.needs) == (drawn, []), (lesson.stem, job)


def test_lessons_follow_each_other() -> None:
    """From the first lesson the way leads through all of them, and then ends."""
    seen = [SYLLABUS[0]]
    while (after := following(seen[-1])) is not None:
        seen.append(after)
    assert seen == list(SYLLABUS)


def test_the_readme_lists_every_lesson() -> None:
    """The README's table has a row for each lesson, with its question."""
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [one.title for one in SYLLABUS if f"| {one.title} | {one.question} |" not in readme] == []


def test_a_lesson_is_found_by_its_stem() -> None:
    """By any stem of the syllabus, and by no other."""
    assert [named(lesson.stem) for lesson in SYLLABUS] == list(SYLLABUS)
    assert named("no_such_lesson") is None


def test_what_a_page_decides_is_a_setting_that_moves_nothing_else() -> None:
    """A setting that a control in the page decides exists, is not idle besides, and is what the page shows."""
    for lesson in SYLLABUS:
        decided = dict(lesson.decides)
        jobs = () if "weights" in lesson.idle else JOBS.values()
        assert decided.keys() <= FIELDS.keys() - {*lesson.idle, *dict(lesson.needs)}
        # The settings are made to fit one another before the page decides; these are the ones that no other depends on.
        assert decided.keys().isdisjoint({"weights", "hidden_size", "proj_size"}.union(*(job.fixed for job in jobs)))
        assert "batch_size" not in decided or "sample" in lesson.idle  # which has been made to fit as well
        shown = lesson.shown(Settings(seq_len=9, batch_size=3))
        assert {name: getattr(shown, name) for name in decided} == decided
    assert dict(named("lengths").decides) == {"seq_len": 7, "batch_size": 5}  # type: ignore[union-attr]
