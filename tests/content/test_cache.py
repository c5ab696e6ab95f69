"""What was read before may be kept: it never changes what comes out."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content import cache as kept
from lms.content import modules, sealed
from lms.content.burden import MOST_BYTES
from lms.content.compile import compile as compile_course
from lms.content.compiled import compiled_json
from lms.content.course import Lesson, Module, Quiz, Step
from lms.content.freeze import freeze
from lms.content.release import Names, Release
from lms.content.tree import LessonTree, QuizTree, StepTree, Tree
from lms.services.compiling import read_folder
from lms.services.kept import KEPT_SECONDS, KeptFiles, cache_folder
from tests.content.casefiles import all_cases

NOTHING = Names()
COURSES = Path(__file__).parents[2] / "courses"
COURSE = b"---\ncourse: c\nlang: en\norder: one, two\n---\n# Course\n"
MODULE = "---\nmodule: {0}\nlang: en\n---\n# {0}\n\n## Lesson {{#lesson}}\n\nSome words.\n{1}"
RATES = "\n### Rate: How sure? {#before}\n\n1. Not\n2. A bit\n3. Very\n"
AGAIN = "\n### Rate again: And now? {#after}\n\n- Same as: one/before\n"


def small(first: str = RATES, second: str = AGAIN) -> dict[str, bytes]:
    return {
        "course.md": COURSE,
        "one.md": MODULE.format("one", first).encode(),
        "two.md": MODULE.format("two", second).encode(),
    }


def same(files: dict[str, bytes], store: dict[str, bytes], known: Names = NOTHING) -> None:
    """Compiled with the cache and without it: the same problems, and the same release to the last byte."""
    with_cache, without = compile_course(files, cache=store), compile_course(files)
    assert with_cache.problems == without.problems
    assert (with_cache.course is None) == (without.course is None)
    if with_cache.course and without.course:
        first, second = freeze(with_cache.course, known, with_cache.shelf), freeze(without.course, known)
        assert first.problems == second.problems
        if first.release and second.release:
            assert compiled_json(first.release) == compiled_json(second.release)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of the modules that are read, as they are."""
    found: list[str] = []
    whole = modules.read_sections
    monkeypatch.setattr(modules, "read_sections", lambda ms, after: found.append(ms.source.file) or whole(ms, after))
    return found


def test_a_second_compile_reads_only_the_module_that_changed(read: list[str]) -> None:
    store: dict[str, bytes] = {}
    compile_course(small(), cache=store)
    assert read == ["one.md", "two.md"]
    read.clear()
    compile_course(small(second="\nMore words."), cache=store)
    assert read == ["two.md"]
    read.clear()
    compile_course(small(), cache=store)
    assert read == []


@pytest.mark.parametrize("course", ["online-safety", "social-media", "coding-basics"])
def test_our_own_courses_come_out_of_the_cache_as_they_went_in(course: str) -> None:
    files, store = read_folder(COURSES / course), {}
    same(files, store)
    same(files, store)


@pytest.mark.parametrize("case", list(all_cases()), ids=lambda case: case.id)
def test_every_fault_is_told_again_from_the_cache(case) -> None:
    store: dict[str, bytes] = {}
    first = compile_course(case.files, cache=store)
    again = compile_course(case.files, cache=store)
    assert first.problems == again.problems == compile_course(case.files).problems


CUTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.floats(0, 1),
        st.integers(0, 400),
        st.sampled_from(
            [
                "",
                "\n",
                "- ",
                "## A {#a}\n",
                "### Question: B {#b}\n- [x] c\n- [ ] d\n",
                "[e](two.md#after)",
                "<p>",
                "\u202e",
                "|",
            ]
        ),
    ),
    max_size=4,
)


@settings(max_examples=40)
@given(st.lists(CUTS, min_size=1, max_size=4))
def test_any_edits_give_the_same_with_the_cache_and_without(edits: list) -> None:
    files, store = small(), {}
    paths = sorted(files)
    same(files, store)
    for edit in edits:
        for which, where, length, instead in edit:
            text = files[paths[which]].decode()
            at = int(where * len(text))
            files[paths[which]] = (text[:at] + instead + text[at + length :]).encode()
        same(files, store)


def test_a_module_is_held_against_the_others_each_time() -> None:
    store: dict[str, bytes] = {}
    linked = "\nSee [there](two.md#after).\n"
    same(small(first=RATES + linked), store)
    gone = small(first=RATES + linked, second="")
    same(gone, store)
    assert [it.code for it in compile_course(gone, cache=store).problems if it.file == "one.md"][-1:] == ["link-name"]


def test_a_picture_that_grew_heavy_is_warned_of_though_its_module_is_the_same() -> None:
    store: dict[str, bytes] = {}
    files = small(first="\n![A lock](lock.svg)\n") | {"lock.svg": b"<svg/>"}
    same(files, store)
    files["lock.svg"] = b"<svg/>" + b" " * MOST_BYTES
    same(files, store)
    assert "lesson-heavy" in {it.code for it in compile_course(files, cache=store).problems}


def test_a_module_in_the_language_of_its_course_follows_the_course() -> None:
    store: dict[str, bytes] = {}
    files = small(first="", second="")
    files["one.md"] = files["one.md"].replace(b"lang: en\n", b"")
    same(files, store)
    same(files | {"course.md": COURSE.replace(b"lang: en", b"lang: cy")}, store)


def test_another_compiler_shares_nothing(monkeypatch: pytest.MonkeyPatch, read: list[str]) -> None:
    store: dict[str, bytes] = {}
    compile_course(small(), cache=store)
    read.clear()
    monkeypatch.setattr(kept, "compiler_digest", lambda: b"another")
    compile_course(small(), cache=store)
    assert read == ["one.md", "two.md"]


def test_every_file_of_the_compiler_is_part_of_what_it_is() -> None:
    names = [name for name, _ in sealed._sources(sealed.files("lms.content"), "")]
    assert {"blocks.py", "words.py", "course.schema.json"} < set(names)
    assert any(name.startswith("frameworks/") for name in names)
    assert not any("__pycache__" in name for name in names)


@pytest.mark.parametrize("seed", range(12))
def test_spoilt_and_missing_entries_are_read_anew(seed: int) -> None:
    chance = random.Random(seed)
    store: dict[str, bytes] = {}
    same(small(), store)
    assert {key.partition(".")[2] for key in store} == {"", "body", "names", "pressed", "pages"}
    for key in sorted(store):
        data = bytearray(store[key])
        at = chance.randrange(len(data))
        what = chance.choice(("flip", "cut", "empty", "gone", "keep", "other"))
        if what == "gone":
            del store[key]
        elif what != "keep":
            data[at] ^= 1 << chance.randrange(8)
            other = store.get(chance.choice(sorted(store)), b"")
            store[key] = {"flip": bytes(data), "cut": bytes(data[:at]), "empty": b"", "other": other}[what]
    same(small(), store)


def test_what_is_kept_has_every_field_of_what_it_keeps() -> None:
    """A field that is added to a step must be kept too."""
    assert set(StepTree.__match_args__) - {"sort"} == {it.name for it in fields(Step)}
    assert set(LessonTree.__match_args__) == {it.name for it in fields(Lesson)}
    assert set(QuizTree.__match_args__) == {it.name for it in fields(Quiz)}
    light = {"module", "file", "lang", "badge", "leave", "care", "changes"}
    assert set(Tree.__match_args__) | light == {it.name for it in fields(Module)}


# --- pages ----------------------------------------------------------------------------------------

READS = """
### A step {#step}

Mind the [lock](glossary.md#lock), says [the fact](facts.md#keys). See [there](two.md#after).

![A lock](lock.svg)

### Question: Which? {#which}

- [x] This
- [ ] That
"""
AFTER = "\n### After {#after}\n\nMore of it.\n"
GLOSSARY = b"# Words\n\n## Lock {#lock}\n\nIt has a [key](glossary.md#key).\n\n## Key {#key}\n\nIt opens.\n"
FACTS = (
    b"# Facts\n\n## Keys {#keys}\n\nMost have one.\n\n- Source: https://www.example.org/keys\n- Checked: 2026-09-01\n"
    b"- Review: 2027-09-01\n"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>'


def linked(**changed: bytes) -> dict[str, bytes]:
    """A module that shows what stands in every other file of its course."""
    files = small(READS, AFTER) | {"glossary.md": GLOSSARY, "facts.md": FACTS, "lock.svg": SVG}
    return files | {name.replace("_", "."): data for name, data in changed.items()}


def released(files: dict[str, bytes], store: dict[str, bytes] | None, known: Names = NOTHING) -> Release:
    compiled = compile_course(files, cache=store)
    assert compiled.course, compiled.problems
    release = freeze(compiled.course, known, compiled.shelf).release
    assert release
    return release


def pressed(store: dict[str, bytes]) -> set[str]:
    return {key for key in store if key.endswith(".pressed")}


def test_only_the_module_that_changed_is_pressed_again() -> None:
    store: dict[str, bytes] = {}
    released(linked(), store)
    first = dict(store)
    released(linked(), store)
    assert store == first
    released(linked(two_md=linked()["two.md"] + b"\nAnd more.\n"), store)
    assert len(pressed(store) - pressed(first)) == 1
    assert {key: store[key] for key in first} == first


@pytest.mark.parametrize(
    "changed",
    [
        {"glossary_md": GLOSSARY.replace(b"has a", b"has got a")},
        {"glossary_md": GLOSSARY.replace(b"It opens.", b"It turns.")},
        {"facts_md": FACTS.replace(b"Most have", b"Some have")},
        {"facts_md": FACTS.replace(b"Checked: 2026-09-01", b"Checked: 2026-10-01")},
        {"lock_svg": SVG.replace(b"0 0 9 9", b"0 0 7 9")},
        {"lock_svg": SVG.replace(b"</svg>", b" </svg>")},
        {"two_md": small(second="\n## Later {#later}\n" + AFTER)["two.md"]},
        {"course_md": COURSE.replace(b"course: c", b"course: d")},
    ],
    ids=["term", "term-of-term", "fact", "fact-date", "size", "picture", "moved", "course"],
)
def test_a_page_is_made_anew_when_something_it_shows_changed_elsewhere(changed: dict[str, bytes]) -> None:
    store: dict[str, bytes] = {}
    before = released(linked(), store)
    after = released(linked(**changed), store)
    assert compiled_json(after) == compiled_json(released(linked(**changed), None))
    assert (after.pages["one", "lesson"], after.plan) != (before.pages["one", "lesson"], before.plan)
    assert compiled_json(released(linked(), store)) == compiled_json(before)


def test_a_link_to_a_module_that_is_taken_out_of_the_order_is_told() -> None:
    store: dict[str, bytes] = {}
    files = linked(one_md=small(first="\nSee [there](two.md).\n")["one.md"])
    same(files, store)
    same(files | {"course.md": COURSE.replace(b"one, two", b"one")}, store)


def test_names_are_judged_anew_when_their_record_changed() -> None:
    store: dict[str, bytes] = {}
    first = released(linked(), store)
    turned = linked(one_md=linked()["one.md"].replace(b"[x] This\n- [ ] That", b"[ ] This\n- [x] That"))
    assert compile_course(turned, cache=store).course
    released(turned, store)
    refused = compile_course(turned, cache=store)
    assert refused.course
    problems = freeze(refused.course, first.names, refused.shelf).problems
    assert [it.code for it in problems] == ["name-meaning"]
    swapped = linked(one_md=linked()["one.md"].replace(b"- [x] This\n- [ ] That", b"- [ ] That\n- [x] This"))
    new, old = (released(swapped, store, known) for known in (NOTHING, first.names))
    assert compiled_json(new) == compiled_json(released(swapped, None))
    assert compiled_json(old) == compiled_json(released(swapped, None, first.names)) != compiled_json(new)


def test_what_a_line_of_changes_did_is_done_with_the_cache_as_without() -> None:
    store: dict[str, bytes] = {}
    first = released(linked(), store)
    line = b"changes:\n  - 2026-11-21 renamed which to what\n---\n# one"
    files = linked(one_md=linked()["one.md"].replace(b"---\n# one", line).replace(b"{#which}", b"{#what}"))
    for _ in range(2):
        assert compiled_json(released(files, store, first.names)) == compiled_json(released(files, None, first.names))


@settings(max_examples=40)
@given(st.lists(CUTS, min_size=1, max_size=3), st.booleans())
def test_any_edits_of_linked_files_give_the_same_pages(edits: list, published: bool) -> None:
    files, store = linked(), {}
    known = released(files, store).names if published else NOTHING
    paths = sorted(files)
    for edit in edits:
        for which, where, length, instead in edit:
            path = paths[(which * 2 + len(instead)) % len(paths)]
            at = int(where * len(files[path]))
            files[path] = files[path][:at] + instead.encode() + files[path][at + length % 40 :]
        same(files, store, known)


# --- files ----------------------------------------------------------------------------------------

KEY = "0" * 64


def test_a_file_that_is_kept_comes_back_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    files = KeptFiles(folder, time.time())
    files[KEY] = b"kept"
    assert KeptFiles(folder, time.time())[KEY] == b"kept"
    assert (list(files), len(files)) == ([KEY], 1)
    assert oct(folder.stat().st_mode)[-3:] == "700"
    assert oct((folder / KEY).stat().st_mode)[-3:] == "600"
    del files[KEY]
    assert files.get(KEY) is None


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    files = KeptFiles(tmp_path / "file", time.time())
    files[KEY] = b"kept"
    assert files.get(KEY) is None
    assert compile_course(small(), cache=files).course


def test_a_key_is_never_a_path(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    files = KeptFiles(tmp_path / "cache", time.time())
    assert files.get("../secret") is None
    with pytest.raises(KeyError):
        files["../secret"] = b"y"


def test_what_nobody_asked_for_in_a_month_goes(tmp_path: Path) -> None:
    now = time.time()
    files = KeptFiles(tmp_path, now)
    for key in (KEY, "1" * 64):
        files[key] = b"kept"
        os.utime(tmp_path / key, (now - KEPT_SECONDS + 60,) * 2)
    assert files[KEY]
    later = KeptFiles(tmp_path, now + 120)
    later.sweep()
    assert list(later) == [KEY]


def test_the_folder_is_where_a_users_programs_keep_such_things() -> None:
    assert cache_folder(Path("/home/a"), "") == Path("/home/a/.cache/lms/modules")
    assert cache_folder(Path("/home/a"), "/var/tmp/c") == Path("/var/tmp/c/lms/modules")
    assert cache_folder(Path("/home/a"), "relative") == Path("/home/a/.cache/lms/modules")


def test_another_process_finds_what_one_has_kept(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from lms.content.compile import compile as c; "
        "from lms.services.kept import KeptFiles; from tests.content.test_cache import small; "
        "k = KeptFiles(Path(sys.argv[1]), time.time()); before = set(k); c(small(), cache=k); "
        "print(len(before), len(k))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    found = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(2)]
    assert found == [["0", "4"], ["4", "4"]]


def test_what_was_asked_for_longest_ago_goes_where_there_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    files = KeptFiles(tmp_path, now)
    for age, key in enumerate((KEY, "1" * 64, "2" * 64)):
        files[key] = b"kept"
        os.utime(tmp_path / key, (now - age,) * 2)
    monkeypatch.setattr("lms.services.kept.MOST_BYTES", 8)
    files.sweep()
    assert list(files) == [KEY, "1" * 64]


def test_a_folder_that_others_can_write_to_is_not_believed(tmp_path: Path) -> None:
    """Pages are made of what is kept: whoever could write there could write into them."""
    KeptFiles(tmp_path, 0.0)[KEY] = b"kept"
    tmp_path.chmod(0o770)
    assert KeptFiles(tmp_path, 0.0).get(KEY) is None
    KeptFiles(tmp_path, 0.0)["1" * 64] = b"planted"
    assert not (tmp_path / ("1" * 64)).exists()
