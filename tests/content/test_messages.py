"""The page of each message: its wrong example brings that message and no other, its right one brings none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lms.cli.reference import messages_page
from lms.content.compile import compile as compile_course
from lms.content.differences import disagreements
from lms.content.freeze import freeze
from lms.content.lock import known_names
from lms.content.naming import mend_all
from lms.content.problems import Problem, Severity
from lms.content.release import Names
from lms.content.strict import WARNINGS
from tests.content.casefiles import TODAY
from tests.content.codefinder import codes, unreadable
from tests.content.pagefiles import FOLDER, Page, all_pages

PAGES = all_pages()
GUARDS = {"link-unpublished", "markup", "picture-missing", "rate-unpublished", "unsafe"}
"""Nothing an author can type brings these: another message comes first."""

SHOWN = [page for page in PAGES if page.code not in GUARDS]
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
shown = pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.code)


def said(files: dict[str, bytes], known: Names) -> tuple[Problem, ...]:
    """All that is said of a course about to be published where these names are known."""
    compiled = compile_course(files, TODAY, run_code=True)
    if compiled.course is None:
        return compiled.problems
    lock = known_names(files, compiled.course.course)
    if lock.problems:
        return (*compiled.problems, *lock.problems)
    frozen = freeze(compiled.course, known if known.named else lock.names)
    differ = disagreements(lock, known, [frozen.release.names]) if known.named and frozen.release else []
    return (*compiled.problems, *frozen.problems, *differ)


def names_before(page: Page) -> Names:
    """The names that were published before, where the page tells of them."""
    names = Names()
    for heading in ("Published first", "Published before"):
        if heading in page.examples:
            compiled = compile_course(page.files(heading), TODAY)
            assert compiled.course, compiled.problems
            release = freeze(compiled.course, names).release
            assert release
            names = release.names
    return names


def errors(problems: Sequence[Problem]) -> list[str]:
    return sorted({problem.code for problem in problems if problem.severity is Severity.ERROR})


@shown
def test_what_a_page_calls_wrong_brings_its_message_and_no_other_fault(page: Page) -> None:
    assert "Wrong" in page.examples
    problems = said(page.files("Wrong"), names_before(page))
    mine = [problem for problem in problems if problem.code == page.code]
    assert mine, [str(problem) for problem in problems]
    assert set(errors(problems)) <= {page.code}, [str(problem) for problem in problems]
    is_warning = all(problem.severity is Severity.WARNING for problem in mine)
    assert is_warning == ("This is a warning" in page.text)


@shown
def test_what_a_page_calls_right_has_no_fault_and_not_that_message(page: Page) -> None:
    assert "Right" in page.examples
    problems = said(page.files("Right"), names_before(page))
    assert errors(problems) == [], [str(problem) for problem in problems]
    assert page.code not in {problem.code for problem in problems}


MENDED = [page for page in SHOWN if "`lms names --write`" in page.text]


@pytest.mark.parametrize("page", MENDED, ids=lambda page: page.code)
def test_what_a_page_says_is_mended_for_its_reader_is_mended(page: Page) -> None:
    files = page.files("Wrong")
    mended = files | {path: made.data for path, made in mend_all(files).items()}
    assert page.code not in {problem.code for problem in said(mended, Names())}


@pages
def test_a_page_starts_with_its_message_in_words_and_says_what_it_means(page: Page) -> None:
    title, empty, first = page.text.split("\n")[:3]
    assert title.startswith("# ")
    assert not title.endswith(".")
    assert empty == ""
    assert first
    assert not first.startswith(("#", "-", "```", "~~~"))
    assert all(len(line) <= 140 for line in page.text.splitlines())


def test_a_course_can_be_strict_about_each_warning_there_is() -> None:
    warnings = {page.code for page in PAGES if "This is a warning" in page.text}
    assert warnings | {"name-missing"} == set(WARNINGS), "name it in lms/content/strict.py, too"


def test_every_message_has_a_page() -> None:
    assert unreadable() == [], "type the code of each message where it is noted"
    known = codes()
    assert len(known) > 200
    assert known - {page.code for page in PAGES} == set(), "write docs/messages/CODE.md for each, like the others there"


def test_every_page_is_that_of_a_message() -> None:
    assert {page.code for page in PAGES} - codes() == set()


def test_the_index_names_every_page() -> None:
    assert (FOLDER / "README.md").read_text("utf-8") == messages_page(FOLDER), "run `make docs`"
