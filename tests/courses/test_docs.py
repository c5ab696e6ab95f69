"""The guides for facilitators: every example in them is compiled, and what they promise is tried."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from lms.cli import main
from lms.content.compile import compile as compile_course
from lms.content.freeze import Frozen, freeze
from lms.content.naming import mend_all
from lms.content.release import Names
from lms.content.settings import COURSE as COURSE_SETTINGS
from lms.content.settings import MODULE as MODULE_SETTINGS
from lms.content.words import IN_A_STEP, OWNED
from tests.web.kinds import FILM

DOCS = Path(__file__).parent.parent.parent / "docs"
GUIDES, PICTURES = DOCS / "facilitators", DOCS / "pictures"
GUIDE = (GUIDES / "first-module.md").read_text("utf-8")
TODAY = date(2026, 11, 22)

MODULE = "library-card.md"
_FENCE = re.compile(r"^(`{3,})([^\s`]+) ?(.*)\n((?:.*\n)*?)\1$", re.MULTILINE)


def examples(language: str, what: str, page: str = GUIDE) -> list[str]:
    """The fenced examples of a page whose first line says so: ```` ```markdown step ````."""
    return [text for _, first, rest, text in _FENCE.findall(page) if (first, rest) == (language, what)]


def written() -> dict[str, bytes]:
    """The files the guide writes, each put together from its pieces, and the drawing it gives away."""
    found: dict[str, str] = {}
    for _, first, rest, text in _FENCE.findall(GUIDE):
        if first == "markdown" and "/" in rest:
            path = rest.partition("/")[2]
            found[path] = found.get(path, "") + text
    texts = {path: text.encode() for path, text in found.items()}
    return {**texts, "card.svg": (PICTURES / "card.svg").read_bytes()}


def filmed() -> dict[str, bytes]:
    """A video, and the captions the guide writes for it."""
    (captions,) = examples("text", "phrase.en.vtt")
    return {"phrase.mp4": FILM, "phrase.en.vtt": captions.encode()}


def with_step(step: str) -> dict[str, bytes]:
    """The guide's course with one of its examples in a lesson of its own."""
    lesson = f"\n## Another lesson {{#another}}\n- Skills: eds-2022/F6\n\n{step}\n## Quiz:"
    return {**rewritten("\n## Quiz:", lesson), **(filmed() if "phrase.mp4" in step else {})}


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
    assert said(with_step(step)) == []


def test_the_guide_shows_every_kind_that_is_supported():
    steps = "".join(examples("markdown", "step"))
    shown = set(re.findall(r"^### (\w+(?: again)?):", steps, re.MULTILINE))
    kinds = {"Question", "Order", "Match", "Gaps", "Reflect", "Task", "Code", "Rate", "Rate again"}
    assert shown == kinds


def test_the_fault_in_the_guide_is_told_in_the_words_of_the_guide(tmp_path, monkeypatch, capsys):
    (fault,) = examples("markdown", "refused")
    (words,) = examples("text", "refused")
    folder = tmp_path / "our-library"
    folder.mkdir()
    for path, data in rewritten(step_of("quiz-cost"), f"{fault}\n").items():
        (folder / path).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "our-library"]) == 1
    assert capsys.readouterr().out == words


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
        ("\n### How long", "- Minutes: 5\n- Optional: yes\n\n### How long"),
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
        ("### More than books {#more}", "### Rate: More than books? {#more}", "name-kind"),
    ],
)
def test_what_the_guide_says_needs_a_line_or_a_new_name_is_refused(old, new, code):
    assert code in errors(rewritten(old, new), known_names())


def test_the_points_of_a_rate_can_not_change_under_its_name():
    (rate,) = [step for step in examples("markdown", "step") if "Rate again" in step]
    release = published(with_step(rate)).release
    assert release is not None
    assert "name-meaning" in errors(with_step(rate.replace("3. Fine", "3. Good")), release.names)


def test_a_file_is_called_otherwise_without_a_line():
    files = written()
    files["my-card.md"] = files.pop(MODULE)
    assert errors(files, known_names()) == []


def test_a_module_is_hidden_by_taking_it_out_of_the_order():
    second = b"---\nmodule: second-visit\nlang: en\n---\n# Again\n\n## Back {#back}\nBring it back.\n"
    course = written()["course.md"].replace(b"  - library-card\n", b"  - second-visit\n")
    assert errors({**written(), "course.md": course, "second-visit.md": second}, known_names()) == []


def test_a_lesson_is_split_by_a_heading_and_needs_no_line():
    split = "## Keep it longer {#keep}\n- Skills: eds-2022/F6\n\n" + step_of("q-renew")
    assert errors(rewritten(step_of("q-renew"), split), known_names()) == []


def test_two_lessons_become_one_with_the_line_of_the_guide():
    above = "## Borrow a book {#borrow}\n- Skills: eds-2022/F6\n\n"
    assert errors(rewritten(above, ""), known_names()) == ["name-gone"]
    text = rewritten(above, "")[MODULE].decode()
    line = "badge: Card holder\nchanges:\n  - 2026-11-22 removed borrow\n"
    files = {**written(), MODULE: text.replace("badge: Card holder\n", line).encode()}
    assert errors(files, known_names()) == []
    compiled = compile_course(files, today=TODAY)
    assert compiled.course is not None
    release = freeze(compiled.course, known_names()).release
    assert release is not None
    assert not release.names.named["library-card", "q-weeks"].removed


def test_what_a_phone_did_is_mended_as_the_guide_shows():
    (pasted,) = examples("markdown", "pasted")
    (mended,) = examples("markdown", "mended")
    assert mend_all({MODULE: pasted.encode()})[MODULE].data.decode() == mended


def test_a_translation_begins_as_the_guide_says():
    settings = "---\nmodule: library-card\nlang: cy\n---\n"
    assert settings in (GUIDES / "translate.md").read_text("utf-8").replace("passwords", "library-card")
    begun = f"{settings}# Cerdyn\nCroeso.\n"
    told = [
        it for it in said({**written(), "library-card.cy.md": begun.encode()}) if it.startswith("library-card.cy.md")
    ]
    assert len(told) == 1, told
    assert ' texts in "en"; not translated: ' in told[0]


def test_every_setting_the_guide_has_translators_leave_out_is_refused_in_a_translation():
    part = (GUIDES / "translate.md").read_text("utf-8").partition("Leave out everything")[2].partition("`lms check`")[0]
    assert set(re.findall(r"`([A-Z][a-z -]+)`", part)) == {word.value for word in IN_A_STEP - OWNED}
