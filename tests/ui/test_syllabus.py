"""The syllabus, and the places that must agree with it."""

import dataclasses

from components.jobs import JOBS
from components.settings import FIELDS, VIEWS, Settings, meet
from components.ui.syllabus import OTHER, SYLLABUS, following, named, number, preceding
from tests import ROOT


def test_every_page_has_one_lesson_and_every_lesson_a_page() -> None:
    """Pages and syllabus name the same stems, each once; the pages that are no lessons have no lesson's name."""
    stems = [lesson.stem for lesson in (*OTHER, *SYLLABUS)]
    assert sorted(stems) == sorted(page.stem for page in (ROOT / "pages").glob("*.py"))
    assert len(set(stems)) == len(stems)


def test_idle_settings_exist() -> None:
    """Every idle name of a lesson is a setting or a view."""
    assert [name for lesson in SYLLABUS for name in lesson.idle if name not in FIELDS | VIEWS] == []


def test_no_lesson_needs_what_a_job_fixes_otherwise() -> None:
    """If `weights` is not idle in a lesson, every job meets what the lesson needs."""
    for lesson in SYLLABUS:
        for job in JOBS if "weights" not in lesson.idle else ():
            settings = Settings.for_job(job)
            free = tuple((name, value) for name, value in lesson.needs if name not in settings.fixed)
            met, _ = meet(settings, free, lesson.idle)
            # Even without the job's limits, the lesson would change nothing.
            drawn = dataclasses.replace(met, weights="sampled")
            assert meet(drawn, lesson.needs) == (drawn, []), (lesson.stem, job)


def test_lessons_follow_each_other() -> None:
    """From the first lesson, `following` leads through all lessons and then ends."""
    seen = [SYLLABUS[0]]
    while (lesson := following(seen[-1])) is not None:
        seen.append(lesson)
    assert seen == list(SYLLABUS)
    assert [preceding(lesson) for lesson in SYLLABUS] == [None, *SYLLABUS[:-1]]
    assert [number(lesson) for lesson in SYLLABUS] == [*range(1, len(SYLLABUS) + 1)]


def test_the_map_has_what_it_shows() -> None:
    """Each lesson says how long it takes, and builds on few lessons, all of them earlier. No two have a task alike."""
    for lesson in SYLLABUS:
        assert 5 <= lesson.minutes <= 30
        assert len(lesson.after) <= 2
        assert {*lesson.after} <= {other.stem for other in SYLLABUS[: number(lesson) - 1]}
        assert bool(lesson.after) == (lesson is not SYLLABUS[0])
    tasks = [task for lesson in SYLLABUS for task in lesson.tasks]
    assert len({*tasks}) == len(tasks)


def test_the_readme_lists_every_lesson() -> None:
    """The README's table has a row for each lesson, with its question."""
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [lesson.title for lesson in SYLLABUS if f"| {lesson.title} | {lesson.question} |" not in readme] == []


def test_a_lesson_is_found_by_its_stem() -> None:
    """Every stem of the syllabus finds its lesson, and no other stem finds one."""
    assert [named(lesson.stem) for lesson in SYLLABUS] == list(SYLLABUS)
    assert named("no_such_lesson") is None


def test_what_a_page_decides_is_a_setting_that_moves_nothing_else() -> None:
    """A setting that a control in the page decides exists, is not idle, and has the decided value on the page."""
    for lesson in SYLLABUS:
        decided = dict(lesson.decides)
        jobs = () if "weights" in lesson.idle else JOBS.values()
        assert decided.keys() <= FIELDS.keys() - {*lesson.idle, *dict(lesson.needs)}
        # `settle` runs before the page decides. So no other setting may depend on a decided one.
        assert decided.keys().isdisjoint({"weights", "hidden_size", "proj_size"}.union(*(job.fixed for job in jobs)))
        assert "batch_size" not in decided or "sample" in lesson.idle  # `sample` depends on the batch size
        shown = lesson.shown(Settings(seq_len=9, batch_size=3))
        assert {name: getattr(shown, name) for name in decided} == decided
    assert dict(named("lengths").decides) == {"seq_len": 7, "batch_size": 5}  # type: ignore[union-attr]
