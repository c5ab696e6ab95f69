"""Looking at a course: every fault at once, whichever part of the program finds it, and none that only follows."""

from __future__ import annotations

from datetime import date

import pytest

from lms.content.lock import LOCK, lock_text
from lms.services.compiling import CourseFaulty, check, compile_release

TODAY = date(2026, 11, 22)
Files = dict[str, str]

COURSE = """---
course: safety
lang: en
order: [passwords, backups]
---
# Staying safe
"""
PASSWORDS = """---
module: passwords
lang: en
---
# Passwords

## Strong passwords {#strong}
- Skills: eds-2022/F7

### Rate: Can you do it? {#rate-before}
- Skills: eds-2022/F7

### Why length matters {#length}
Three words beat one clever one.

### Question: Which is strongest? {#q-strong}
- [ ] password123
- [x] purple-kettle-home
"""
BACKUPS = """---
module: backups
lang: en
---
# Backups

## Two copies {#copies}
- Skills: eds-2022/F7

### Question: How many copies? {#q-copies}
- Number: 2

### Task: Make a copy {#t-copy}
- [ ] I made one

### Rate again: And now? {#rate-after}
- Same as: passwords/rate-before
"""
WELSH = """---
module: backups
lang: cy
---
# Copïau

## Dau gopi {#copies}

### Question: Sawl copi? {#q-copies}

### Task: Gwna gopi {#t-copy}
- [ ] Gwnes i un
"""
COURSE_WELSH = "---\ncourse: safety\nlang: cy\n---\n# Cadw'n ddiogel\n"
WHOLE = {
    "course.md": COURSE,
    "passwords.md": PASSWORDS,
    "backups.md": BACKUPS,
    "backups.cy.md": WELSH,
    "course.cy.md": COURSE_WELSH,
}


def published(**changed: str) -> Files:
    """The course and its names.lock."""
    files = WHOLE | changed
    names = compile_release("safety", encoded(files), TODAY).names
    return files | {LOCK: lock_text("safety", names)}


def encoded(files: Files) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


def edited(files: Files, path: str, *pairs: tuple[str, str]) -> Files:
    text = files[path]
    for was, now in pairs:
        assert was in text
        text = text.replace(was, now)
    return files | {path: text}


def told(files: Files, strict: bool = False) -> list[tuple[str, str]]:
    """(file, code) of every error, in the order they are told."""
    found = check(encoded(files), TODAY, strict=strict)
    assert list(found) == sorted(found), "problems come in the order of files and lines"
    return [(it.file, it.code) for it in found if it.severity == "error"]


def warned(files: Files) -> set[tuple[str, str]]:
    return {(it.file, it.code) for it in check(encoded(files), TODAY) if it.severity == "warning"}


NO_TICK = ("- [x] purple", "- [ ] purple")
"""A fault in a module, which then can't be read whole."""
LOST = ("{#t-copy}", "{#t-two}")
"""A published name is gone."""
OTHER_KIND = ("### Task: Gwna gopi {#t-copy}\n- [ ] Gwnes i un", "### Reflect: Gwna gopi {#t-copy}")
"""In Welsh a step is of another kind than in English."""
DEAD_LINK = ("Three words", "[Three](more.md) words")


def test_a_fault_in_one_module_hides_no_lost_name_of_another() -> None:
    files = edited(edited(published(), "passwords.md", NO_TICK), "backups.md", LOST)
    assert told(files) == [("backups.md", "name-gone"), ("passwords.md", "no-right-option")]


def test_a_fault_in_one_module_hides_no_translation_of_another_that_does_not_fit() -> None:
    files = edited(edited(published(), "passwords.md", NO_TICK), "backups.cy.md", OTHER_KIND)
    assert told(files) == [("backups.cy.md", "translation-kind"), ("passwords.md", "no-right-option")]


def test_a_lost_name_hides_no_translation_that_does_not_fit_in_the_same_module_either() -> None:
    lost = ("{#q-copies}", "{#q-two}")
    files = edited(edited(published(), "backups.md", lost), "backups.cy.md", OTHER_KIND)
    assert told(files) == [("backups.cy.md", "translation-kind"), ("backups.md", "name-gone")]


def test_a_dead_link_hides_nothing_of_its_own_module() -> None:
    files = edited(published(), "passwords.md", DEAD_LINK, ("{#q-strong}", "{#q-best}"))
    assert told(files) == [("passwords.md", "name-gone"), ("passwords.md", "file-missing")]


def test_a_warning_that_is_an_error_hides_nothing() -> None:
    files = edited(
        edited(published(), "passwords.md", ("- Skills: eds-2022/F7\n\n### Rate", "\n### Rate")), "backups.md", LOST
    )
    assert ("passwords.md", "no-skills") in told(files, strict=True)
    assert ("backups.md", "name-gone") in told(files, strict=True)


def test_a_fault_of_names_lock_is_told_beside_those_of_the_modules() -> None:
    files = edited(published(), "passwords.md", NO_TICK)
    files = edited(files, LOCK, ("course safety", "course safety\nnonsense here"))
    assert told(files) == [(LOCK, "lock-line"), ("passwords.md", "no-right-option")]


def test_a_lock_of_another_course_is_told_beside_the_faults_of_the_modules() -> None:
    files = edited(published(), "passwords.md", NO_TICK)
    files = edited(files, LOCK, ("course safety", "course other"))
    assert told(files) == [(LOCK, "lock-course"), ("passwords.md", "no-right-option")]


def test_nothing_of_a_module_with_faults_is_called_gone_and_no_rate_of_it_unpublished() -> None:
    """Its names are in names.lock, and a Rate again in another module repeats one of its Rates."""
    files = edited(published(), "passwords.md", NO_TICK, ("{#length}", "{#long}"))
    assert told(files) == [("passwords.md", "no-right-option")]


@pytest.mark.parametrize("data", ["no settings\n", "---\nmodule: Pass Words\nlang: en\n---\n# Passwords\n"])
def test_a_module_whose_name_cannot_be_read_may_be_any_that_was_published(data: str) -> None:
    files = published() | {"passwords.md": data}
    assert {file for file, _ in told(files)} == {"passwords.md"}


def test_what_moves_to_a_module_with_faults_is_not_called_gone() -> None:
    """With its line and without: who is half-way through moving a step sees the fault alone."""
    moving = edited(published(), "backups.md", ("### Task: Make a copy {#t-copy}\n- [ ] I made one\n", ""))
    moving = edited(moving, "passwords.md", NO_TICK, ("## Strong", "## Strong"))
    moving |= {"passwords.md": moving["passwords.md"] + "\n### Task: Make a copy {#t-copy}\n- [ ] I made one\n"}
    assert told(moving) == [("passwords.md", "no-right-option")]
    line = ("lang: en\n", "lang: en\nchanges:\n  - 2026-11-21 moved t-copy to passwords\n")
    assert told(edited(moving, "backups.md", line)) == [("passwords.md", "no-right-option")]


def test_what_comes_from_a_module_with_faults_has_not_left_it_without_a_line() -> None:
    """It stands in another module now, and the line about it is in a file that can't be read whole."""
    task = "### Task: Make a copy {#t-copy}\n- [ ] I made one\n"
    line = ("lang: en\n", "lang: en\nchanges:\n  - 2026-11-21 moved t-copy to passwords\n")
    moved = edited(published(), "backups.md", (task, ""), line, ("- Number: 2", "- Number: two"))
    moved |= {"passwords.md": moved["passwords.md"] + "\n" + task}
    assert told(moved) == [("backups.md", "number-form")]


def test_a_line_that_moves_to_a_module_with_faults_is_not_refused_for_it() -> None:
    line = ("lang: en\n", "lang: en\nchanges:\n  - 2026-11-21 moved t-copy to passwords\n")
    files = edited(published(), "backups.md", line, ("### Task: Make a copy {#t-copy}\n- [ ] I made one\n", ""))
    assert told(files | {"passwords.md": "nothing"}) == [("passwords.md", "settings-missing")]
    assert {file for file, _ in told(edited(files, "course.md", ("order: [passwords, backups]\n", "")))} == {
        "course.md"
    }


def test_the_translation_of_a_module_with_faults_is_not_held_against_it() -> None:
    files = edited(published(), "backups.md", ("- Number: 2", "- Number: two"))
    assert told(edited(files, "backups.cy.md", OTHER_KIND)) == [("backups.md", "number-form")]


def test_a_translation_with_faults_is_not_called_missing_and_hides_no_lost_name() -> None:
    files = edited(published(), "backups.cy.md", ("## Dau", "##Dau"))
    files = edited(files, "backups.md", LOST)
    assert told(files) == [("backups.cy.md", "heading-space"), ("backups.md", "name-gone")]
    assert warned(files) == {("passwords.md", "translation-missing")}


def test_what_a_translation_lacks_is_not_counted_while_a_name_is_lost() -> None:
    """Who mends the name has mended its translation, too."""
    files = edited(published(), "backups.md", LOST)
    assert warned(files) == {("passwords.md", "translation-missing")}


def test_a_fault_in_course_md_hides_no_lost_name_and_no_module_is_called_unpublished() -> None:
    files = edited(edited(published(), "course.md", ("backups]", "backups, nowhere]")), "backups.md", LOST)
    assert told(files) == [("backups.md", "name-gone"), ("course.md", "order-unknown")]


def test_without_a_course_md_what_stands_in_the_files_is_told_all_the_same() -> None:
    files = edited(published(), "passwords.md", NO_TICK)
    del files["course.md"]
    assert told(files) == [("course.md", "course-missing"), ("passwords.md", "no-right-option")]


def test_a_course_that_is_to_be_frozen_is_refused_for_all_of_it_at_once() -> None:
    files = edited(edited(published(), "passwords.md", NO_TICK), "backups.md", LOST)
    with pytest.raises(CourseFaulty) as faulty:
        compile_release("safety", encoded(files), TODAY)
    assert [it.code for it in faulty.value.problems if it.severity == "error"] == ["name-gone", "no-right-option"]


def test_looked_at_a_second_time_it_is_told_the_same() -> None:
    """What is kept of the modules that have no fault is used again."""
    files, kept = edited(edited(published(), "passwords.md", NO_TICK), "backups.md", LOST), dict[str, bytes]()
    first = check(encoded(files), TODAY, cache=kept)
    assert first == check(encoded(files), TODAY, cache=kept) == check(encoded(files), TODAY)
    assert told(published()) == []


# What a message about names says to type


def instead(files: Files) -> dict[str, str]:
    """Code -> what to type instead, of every error."""
    return {it.code: it.instead for it in check(encoded(files), TODAY) if it.severity == "error"}


RATE = "### Rate: Can you do it? {#rate-before}\n- Skills: eds-2022/F7\n\n"


def test_a_line_that_moves_to_no_module_says_which_there_are() -> None:
    line = ("lang: en\n", "lang: en\nchanges:\n  - 2026-11-21 moved t-copy to bakcups\n")
    assert instead(edited(published(), "passwords.md", line)) == {"moved-unknown": "There are backups."}


def test_a_line_that_moves_to_a_draft_says_which_modules_are_published() -> None:
    line = ("lang: en\n", "lang: en\nchanges:\n  - 2026-11-21 moved length to later\n")
    files = edited(published(), "passwords.md", line)
    files |= {"later.md": "---\nmodule: later\nlang: en\n---\n# Later\n\n## Soon {#soon}\nWords.\n"}
    assert instead(files)["change-module"].endswith(" Published are backups.")


def test_another_kind_of_step_is_offered_a_name_that_is_free() -> None:
    files = edited(
        published(), "backups.md", ("### Task: Make a copy {#t-copy}\n- [ ] I made one", "### Reflect: Copy {#t-copy}")
    )
    del files["backups.cy.md"]
    assert instead(files) == {
        "name-kind": "Give it a new name, such as {#t-copy-2}, and add a line to `changes`: the date, "
        "then `removed t-copy`."
    }


@pytest.mark.parametrize(
    ("same_as", "says"),
    [("passwords/rate-before", "Type rate-before."), ("pass/rate-before", "Type rate-before.")],
)
def test_a_rate_that_moved_to_the_module_of_the_rate_again_is_found_there(same_as: str, says: str) -> None:
    files = edited(published(), "passwords.md", (RATE, ""))
    again = ("### Rate again: And now? {#rate-after}\n- Same as: passwords/rate-before", RATE.rstrip())
    last = f"\n### Rate again: And now? {{#rate-after}}\n- Same as: {same_as}\n"
    files = edited(files, "backups.md", again)
    files |= {"backups.md": files["backups.md"] + last}
    assert instead(files)["same-as-unknown"] == says


def test_a_rate_that_moved_to_another_module_is_found_there() -> None:
    files = edited(published(), "passwords.md", (RATE, "### Rate again: Now? {#again}\n- Same as: rate-before\n\n"))
    files = edited(
        files,
        "backups.md",
        (
            "## Two copies {#copies}\n- Skills: eds-2022/F7\n\n",
            f"## Two copies {{#copies}}\n- Skills: eds-2022/F7\n\n{RATE}",
        ),
    )
    assert instead(files)["same-as-unknown"] in (
        "Type rate-before.",
        "It stands in another module: type backups/rate-before.",
    )
    found = [
        it.instead for it in check(encoded(files), TODAY) if it.code == "same-as-unknown" and it.file == "passwords.md"
    ]
    assert found == ["It stands in another module: type backups/rate-before."]


@pytest.mark.parametrize("order", ["[passwords, backups]", "[sign-in, backups]"])
def test_a_module_that_only_got_another_name_is_told_to_take_its_old_one_back_and_nothing_else(order: str) -> None:
    """Whether or not the order in course.md calls it by its new name; a Rate of it is repeated in another module."""
    files = edited(published(), "passwords.md", ("module: passwords", "module: sign-in"))
    files = edited(files, "course.md", ("[passwords, backups]", order))
    assert told(files) == [("passwords.md", "name-left")]
    assert instead(files) == {"name-left": "Type module: passwords. Its title and its file may be called anything."}
    assert not [code for _, code in warned(files) if code == "draft"]


QUIZ = """
## Quiz: Check {#quiz}
- Pass: 1

### Question: How many? {#q-a}
- Number: 2

### Question: How few? {#q-b}
- Number: 1
"""


def test_a_quiz_that_is_gone_is_told_to_take_its_questions_with_it() -> None:
    files = published(**{"backups.md": BACKUPS + QUIZ}) | {"backups.md": BACKUPS}
    assert told(files) == [("backups.md", "name-gone")] * 3
    says = [it for it in check(encoded(files), TODAY) if it.message.startswith("the quiz")]
    assert [it.instead for it in says] == [
        "Put it back, or add lines to `changes`, each with the date: `removed quiz`, and one such line "
        "for each of its questions."
    ]
    lines = "".join(f"  - 2026-11-21 removed {name}\n" for name in ("quiz", "q-a", "q-b"))
    assert told(edited(files, "backups.md", ("lang: en\n", f"lang: en\nchanges:\n{lines}"))) == []
