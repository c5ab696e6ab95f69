"""The courses that come with this: their quizzes lead back to a lesson, and each begins with a short module."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from lms.content.compile import compile as compile_course
from lms.content.freeze import freeze
from lms.content.plan import CoursePlan
from lms.content.release import Release

COURSES = sorted(path for path in (Path(__file__).parents[2] / "courses").iterdir() if (path / "course.md").exists())


def published(folder: Path) -> Release:
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    compiled = compile_course(files, today=date(2026, 11, 22))
    assert compiled.course is not None
    release = freeze(compiled.course).release
    assert release is not None
    return release


def lessons(plan: CoursePlan, module: str) -> set[str]:
    found = plan.module(module)
    assert found is not None
    return {f"/courses/{plan.course}/{module}/{lesson.name}" for lesson in found.lessons}


@pytest.mark.parametrize("folder", COURSES, ids=[path.name for path in COURSES])
def test_every_quiz_question_leads_back_to_one_lesson_of_its_module(folder: Path):
    release = published(folder)
    for module in release.plan.modules:
        asked = module.quiz.questions if module.quiz else ()
        for question in asked:
            explains = " ".join(release.keys[module.module, question.name].explains)
            linked = set(re.findall(r'href="([^"?#]*)', explains))
            assert len(linked & lessons(release.plan, module.module)) == 1, (module.module, question.name)


@pytest.mark.parametrize("folder", COURSES, ids=[path.name for path in COURSES])
def test_the_first_module_is_the_shortest_and_takes_twelve_minutes_with_its_quiz(folder: Path):
    first, *others = published(folder).plan.modules
    assert first.minutes <= 12
    assert all(first.minutes < other.minutes for other in others)
    assert first.quiz
    assert first.badge
