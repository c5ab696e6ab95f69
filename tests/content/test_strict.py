"""`strict:` of a course: which warnings stop it, wherever it is looked at."""

from __future__ import annotations

import pytest

from lms.content.compile import compile as compile_course
from lms.content.freeze import freeze
from lms.content.problems import Severity
from lms.services import compiling
from tests.content.casefiles import TODAY

MODULE = b"---\nmodule: m\nlang: en\n---\n# Module\n## Lesson {#l}\nSee [here](https://example.org).\n"
WELSH = b"---\ncourse: c\nlang: cy\n---\n# Cwrs\n"


def course(strict: str, **more: bytes) -> dict[str, bytes]:
    settings = f"strict: {strict}\n" if strict else ""
    return {
        "course.md": f"---\ncourse: c\nlang: en\norder: m\n{settings}---\n# Course\n".encode(),
        "m.md": MODULE,
    } | more


def judged(files: dict[str, bytes], strict: bool = False) -> dict[str, Severity]:
    return {it.code: it.severity for it in compiling.check(files, TODAY, strict=strict)}


def test_a_warning_stops_nothing_by_itself() -> None:
    files = course("")
    assert set(judged(files).values()) == {Severity.WARNING}
    assert compile_course(files, TODAY).course


@pytest.mark.parametrize("code", ["link-vague", "no-skills"])
def test_a_warning_that_a_course_names_stops_it_and_no_other_does(code: str) -> None:
    found = judged(course(code))
    assert [it for it, severity in found.items() if severity is Severity.ERROR] == [code]
    assert compile_course(course(code), TODAY).course is None


def test_all_of_them_are_errors_for_a_course_that_says_so_and_for_one_run() -> None:
    always, once = judged(course("All")), judged(course(""), strict=True)
    assert always == once
    assert set(always.values()) == {Severity.ERROR}


def test_a_course_can_wait_for_its_translations() -> None:
    files = {path: data.replace(b"[here]", b"[This page]") for path, data in course("").items()}
    translated = files | {"course.cy.md": WELSH}
    assert judged(translated)["translation-missing"] is Severity.WARNING
    waiting = translated | {"course.md": course("translation-missing")["course.md"]}
    assert judged(waiting)["translation-missing"] is Severity.ERROR
    compiled = compile_course(waiting, TODAY)
    assert compiled.course
    assert freeze(compiled.course).release is None
