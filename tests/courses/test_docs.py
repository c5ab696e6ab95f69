"""The guides for facilitators: every example in them is compiled, and what they promise is tried."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from lms.content.compile import compile as compile_course
from lms.content.freeze import Frozen, freeze
from lms.content.release import Names
from lms.content.settings import COURSE as COURSE_SETTINGS
from lms.content.settings import MODULE as MODULE_SETTINGS

GUIDES = Path(__file__).parent.parent.parent / "docs" / "facilitators"
GUIDE = (GUIDES / "first-module.md").read_text("utf-8")
TODAY = date(2026, 11, 22)

MODULE = "library-card.md"
_FENCE = re.compile(r"^```(\S+) ?(.*)\n((?:.*\n)*?)```$", re.MULTILINE)


def examples(language: str, what: str) -> list[str]:
    """The fenced examples of the guide whose first line says so: ```` ```markdown step ````."""
    return [text for first, rest, text in _FENCE.findall(GUIDE) if (first, rest) == (language, what)]


def written() -> dict[str, bytes]:
    """The files the guide writes, by their paths inside the course's folder."""
    found = {rest: text for first, rest, text in _FENCE.findall(GUIDE) if first == "markdown" and "/" in rest}
    return {path.partition("/")[2]: text.encode() for path, text in found.items()}


def said(files: dict[str, bytes], known: Names | None = None) -> list[str]:
    """Everything the compiler and the press say of a course."""
    compiled = compile_course(files, today=TODAY)
    problems = compiled.problems
    if compiled.course is not None:
        problems += freeze(compiled.course, known or Names()).problems
    return [str(problem) for problem in problems]


def published(files: dict[str, bytes]) -> Frozen:
    compiled = compile_course(files, today=TODAY)
    assert compiled.course is not None, compiled.problems
    return freeze(compiled.course)


def known_names() -> Names:
    release = published(written()).release
    assert release is not None
    return release.names


def rewritten(old: str, new: str) -> dict[str, bytes]:
    """The guide's course with something changed in its module."""
    files = written()
    text = files[MODULE].decode()
    assert old in text, old
    return {**files, MODULE: text.replace(old, new).encode()}


def step_of(name: str) -> str:
    """A whole step of the guide's module, heading included."""
    text = written()[MODULE].decode()
    found = re.search(rf"^###[^\n]*\{{#{name}\}}\n(?:(?!#).*\n)*", text, re.MULTILINE)
    assert found, name
    return found[0]


def test_the_course_of_the_guide_compiles_without_a_fault_or_a_warning():
    assert said(written()) == []


@pytest.mark.parametrize("step", examples("markdown", "step"))
def test_each_kind_of_step_in_the_guide_compiles(step):
    lesson = f"\n## Another lesson {{#another}}\n- Skills: eds-2022/F6\n\n{step}\n## Quiz:"
    assert said(rewritten("\n## Quiz:", lesson)) == []


def test_the_guide_shows_every_kind_that_is_supported():
    steps = "".join(examples("markdown", "step"))
    shown = set(re.findall(r"^### (\w+(?: again)?):", steps, re.MULTILINE))
    assert shown == {"Question", "Rate", "Rate again"}


def test_the_fault_in_the_guide_is_told_in_the_words_of_the_guide():
    (fault,) = examples("markdown", "refused")
    (words,) = examples("text", "")
    assert any(problem.endswith(words.strip()) for problem in said(rewritten(step_of("quiz-cost"), fault)))


@pytest.mark.parametrize(("part", "settings"), [("a module", MODULE_SETTINGS), ("a course", COURSE_SETTINGS)])
def test_the_guide_lists_every_setting(part, settings):
    table = GUIDE.partition(f"### Settings of {part}")[2].partition("\n##")[0]
    first_cells = " ".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| `"))
    assert sorted(re.findall(r"`([a-z-]+)", first_cells)) == sorted(settings)


def changed_as_the_guide_says(lines: str) -> dict[str, bytes]:
    """One step renamed, one moved to a module of its own, one removed; `lines` stand in the settings."""
    files = rewritten("badge: Card holder\n", f"badge: Card holder\n{lines}")
    text = files[MODULE].decode().replace("{#q-print}", "{#q-printing}")
    text = text.replace(step_of("q-weeks"), "").replace(step_of("more"), "")
    second = (
        f"---\nmodule: second-visit\nlang: en\n---\n# Your second visit\n\n## Again {{#again}}\n{step_of('q-weeks')}"
    )
    order = files["course.md"].replace(b"  - library-card\n", b"  - library-card\n  - second-visit\n")
    return {**files, MODULE: text.encode(), "second-visit.md": second.encode(), "course.md": order}


def errors(files: dict[str, bytes], known: Names) -> list[str]:
    compiled = compile_course(files, today=TODAY)
    assert compiled.course is not None, compiled.problems
    return [problem.code for problem in freeze(compiled.course, known).problems]


def test_the_lines_of_changes_in_the_guide_do_what_they_say():
    (lines,) = examples("yaml", "changes")
    assert errors(changed_as_the_guide_says(lines), known_names()) == []


def test_without_those_lines_publishing_stops_and_tells_which_names():
    compiled = compile_course(changed_as_the_guide_says(""), today=TODAY)
    assert compiled.course is not None
    told = " ".join(str(problem) for problem in freeze(compiled.course, known_names()).problems)
    assert all(f'"{name}"' in told for name in ("q-print", "q-weeks", "more"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A card opens the whole library to you", "A card opens every door of the library"),
        ("Go to the library with her phone", "Walk to the library with her phone"),
        ("  > Not quite. Some letters have to be printed.\n", ""),
        ("- [ ] Write it by hand", "- [ ] Write it with a pen"),
        ("- Hint: Which of these costs nothing?", "- Hint: One of these costs nothing."),
        ("# Get a library card", "# Your library card"),
        (step_of("more"), step_of("more") + "### One thing more {#one-more}\nThe library has a kettle.\n"),
        ("- Minutes: 4\n", "- Minutes: 5\n- Optional: yes\n"),
        ("- Ask: 2\n- Pass: 2", "- Ask: 3\n- Pass: 2"),
    ],
)
def test_what_the_guide_calls_free_to_change_is_published(old, new):
    assert errors(rewritten(old, new), known_names()) == []


def test_a_step_that_moves_to_another_lesson_of_its_module_needs_no_line():
    text = written()[MODULE].decode().replace(step_of("more"), "")
    moved = text.replace(step_of("how-long"), step_of("more") + step_of("how-long"))
    assert errors({**written(), MODULE: moved.encode()}, known_names()) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("- Answer: renew*\n", "- Answer: renew*\n- Answer: extend*\n", "name-meaning"),
        ("- Number: 3\n", "- Number: 4\n", "name-meaning"),
        ("- [ ] Hide it\n", "- [ ] Hide it\n- [ ] Lose it\n", "name-meaning"),
        ("- [ ] Hide it\n", "", "name-meaning"),
        ("{#rate-before}\n", "{#rate-before}\n1. No\n2. Yes\n", "name-meaning"),
        ("### More than books {#more}", "### Rate: More than books? {#more}", "name-kind"),
    ],
)
def test_what_the_guide_says_needs_a_new_name_is_refused(old, new, code):
    assert code in errors(rewritten(old, new), known_names())


def listed_as_not_supported() -> list[str]:
    part = GUIDE.partition("## Not supported yet")[2]
    return re.findall(r"`(\w+:|\w+)`", " ".join(re.findall(r"^- .*$", part, re.MULTILINE)))


@pytest.mark.parametrize("word", [word for word in listed_as_not_supported() if word.endswith(":")])
def test_a_kind_the_guide_calls_not_supported_is_refused_as_such(word):
    files = rewritten(step_of("more"), f"### {word} More {{#more}}\nText.\n")
    assert any("not supported yet" in problem for problem in said(files))


@pytest.mark.parametrize("line", ["corrected more", "remarked q-print", "reopened more"])
def test_a_line_of_changes_the_guide_calls_not_supported_is_refused_as_such(line):
    assert line.split()[0] in "".join(listed_as_not_supported()) + GUIDE.partition("## Not supported yet")[2]
    files = rewritten("badge: Card holder\n", f"badge: Card holder\nchanges:\n  - 2026-11-22 {line}\n")
    assert any("not supported yet" in problem for problem in said(files))


def test_translations_and_videos_are_refused_as_not_supported():
    files = {**written(), "library-card.cy.md": b"---\nmodule: library-card\nlang: cy\n---\n# Cerdyn\n"}
    assert any("not supported yet" in problem for problem in said(files))
    video = rewritten("You can use a computer", "[Make a card](card.mp4). You can use a computer")
    assert any("not supported yet" in problem for problem in said({**video, "card.mp4": b""}))
