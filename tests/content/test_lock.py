"""`names.lock`: the record as a text, the same bytes for the same record, and true words for a bad line."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.differences import disagreements
from lms.content.lock import known_names, lock_text, read_lock
from lms.content.names import dated
from lms.content.plan import Kind
from lms.content.release import Made, Named, Names
from tests.content.handmade import course, frozen, lesson, module, question, rate, reading, refusals

PRINT = st.text("0123456789abcdef", min_size=16, max_size=16)
NAME = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)
LETTER = st.from_regex(r"[a-z]{1,2}", fullmatch=True)
DAY = st.dates(date(2020, 1, 1), date(2099, 12, 31)).map(date.isoformat)
PLACE = st.tuples(NAME, NAME)
MADE = st.dictionaries(st.sampled_from(["cy", "ur", "pt-BR"]), st.builds(Made, PRINT, PRINT, PRINT), min_size=1)
TEXT = st.just(("", "")) | st.tuples(NAME, st.just("")) | st.tuples(st.sampled_from(["glossary.md", "facts.md"]), NAME)
STEP_KINDS = [kind.value for kind in Kind if kind is not Kind.LESSON]
LINE = st.builds(lambda day, verb, name: f"{day} {verb} {name}", DAY, st.sampled_from(["removed", "remarked"]), NAME)


@st.composite
def named(draw: st.DrawFn) -> Named:
    """A name as any publication may have left it."""
    is_lesson = draw(st.booleans())
    letters = draw(st.dictionaries(NAME if is_lesson else LETTER, PRINT, max_size=5))
    some = (
        st.lists(st.sampled_from(sorted(letters)), unique=True).map(tuple) if letters and not is_lesson else st.just(())
    )
    return Named(
        kind="lesson" if is_lesson else draw(st.sampled_from(STEP_KINDS)),
        meaning=draw(PRINT),
        wording=draw(PRINT),
        letters=letters,
        gone=draw(some),
        removed=draw(st.booleans()),
        choices=draw(some),
        since=draw(st.just("") | DAY),
        reopened=draw(st.integers(0, 3)),
        translations=draw(st.just({}) | MADE),
    )


@st.composite
def records(draw: st.DrawFn) -> Names:
    known = draw(st.dictionaries(PLACE, named(), min_size=1, max_size=6))
    olds = [place for place in draw(st.lists(PLACE, max_size=3)) if place not in known]
    earlier = {old: draw(st.sampled_from(sorted(known))) for old in olds}
    done = draw(st.lists(st.builds(lambda its, line: f"{its}: {line}", NAME, LINE), unique=True, max_size=4))
    return Names(known, earlier, tuple(done), draw(st.dictionaries(TEXT, MADE, max_size=2)))


@given(records(), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_a_record_comes_back_as_it_was_whatever_a_system_does_to_line_ends(names: Names, end: str, bom: bool) -> None:
    text = lock_text("online-safety", names)
    lock = read_lock(("\ufeff" * bom + text.replace("\n", end)).encode())
    assert lock.problems == []
    assert (lock.course, lock.names.named, lock.names.earlier) == ("online-safety", names.named, names.earlier)
    assert lock.names.texts == names.texts
    assert [list(it.letters) for it in lock.names.named.values()] == [
        list(names.named[place].letters) for place in lock.names.named
    ]
    assert set(lock.names.done) == set(names.done)
    assert lock_text(lock.course, lock.names) == text


@given(records(), st.randoms(use_true_random=False))
def test_the_same_record_is_the_same_bytes_in_whatever_order_it_was_made(names: Names, chance: random.Random) -> None:
    places, old, done, told = list(names.named), list(names.earlier), list(names.done), list(names.texts)
    for listed in (places, old, done, told):
        chance.shuffle(listed)
    texts = {it: names.texts[it] for it in told}
    turned = Names({it: names.named[it] for it in places}, {it: names.earlier[it] for it in old}, tuple(done), texts)
    assert lock_text("c", turned) == lock_text("c", names)


@given(records(), st.data())
def test_no_line_however_it_was_spoilt_is_read_as_something_else_or_without_a_word(
    names: Names, data: st.DataObject
) -> None:
    text = lock_text("c", names)
    at = data.draw(st.integers(text.index("\n") + 1, len(text) - 1))
    spoilt = text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 5)) :]
    lock = read_lock(spoilt.encode("utf-8", "replace"))
    for problem in lock.problems:
        assert problem.file == "names.lock"
        assert problem.line >= 1
        assert problem.column >= 1
        assert str(problem).isprintable()
        assert problem.message.endswith(".")
        assert problem.instead


def small() -> Names:
    made = course(module("safety", lesson("strong", reading("length"), question("q", "x long", "short"), rate("r"))))
    return dated(frozen(made).names, date(2026, 11, 21))


def test_a_lock_is_one_line_a_name_that_a_person_can_read() -> None:
    first, second, *names = lock_text("online-safety", small()).splitlines()
    assert first.startswith("# Written by lms")
    assert second == "course online-safety"
    assert [line.split()[:4] for line in names] == [
        ["name", "safety/length", "reading", "2026-11-21"],
        ["name", "safety/q", "question", "2026-11-21"],
        ["name", "safety/r", "rate", "2026-11-21"],
        ["name", "safety/strong", "lesson", "2026-11-21"],
    ]
    assert " letters=a:" in names[1]
    assert " steps=length:" in names[3]


def test_a_course_is_frozen_after_its_lock_as_after_the_record_itself() -> None:
    names = small()
    lock = known_names({"names.lock": lock_text("online-safety", names).encode()}, "online-safety")
    turned = course(module("safety", lesson("strong", reading("length"), question("q", "short", "x long"), rate("r"))))
    assert frozen(turned, lock.names) == frozen(turned, names)
    gone = course(module("safety", lesson("strong", question("q", "x long", "short"), rate("r"))))
    assert 'the step "length" was published and is gone.' in refusals(gone, lock.names)[0]


def test_drafts_are_not_in_the_lock() -> None:
    made = course(module("safety", lesson("strong")), drafts=(module("later", lesson("soon")),))
    assert "later" not in lock_text("online-safety", frozen(made).names)


GOOD = "course c\nname m/a reading 2026-11-21 meaning=0000000000000000 wording=1111111111111111\n"
CY = "cy=0000000000000000,1111111111111111,2222222222222222"
A = "meaning=0000000000000000 wording=1111111111111111"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("nome m/b reading - " + A, '3:1: "nome" starts no line of names.lock.'),
        ("name m/b reading 21.11.2026 " + A, "3:18: this line about a name can't be read."),
        ("name m-b reading - " + A, "3:6: this line about a name can't be read."),
        ("name m/b poem - " + A, "3:10: this line about a name can't be read."),
        ("name m/b reading - " + A + " words", "3:70: this line about a name can't be read."),
        ("name m/b reading - " + A + " letters=a", '3:70: "letters=a" is no part of a name\'s line.'),
        (
            "name m/b reading - " + A + " steps=a:0000000000000000",
            '3:70: "steps=a:0000000000000000" is no part of a name',
        ),
        ("name m/b reading - meaning=0000000000000000", "3:1: this line about a name is not whole."),
        ("name m/b reading - " + A + " gone=a", "3:1: this line about a name is not whole."),
        ("name m/a reading - " + A, '3:1: "m/a" stands here twice, first on line 2.'),
        ("was m/b m/c", '3:5: "m/b" became "m/c", which stands nowhere.'),
        ("was m/a m/a", '3:5: "m/a" is a name and an earlier name.'),
        ("was m/b", "3:5: this line about an earlier name can't be read."),
        ("done m removed a", "3:6: this line of `changes` can't be read."),
        ("text m/ cy=1,2,3", "3:6: this line about a translated text can't be read."),
        ("text a.md/b " + CY, "3:6: this line about a translated text can't be read."),
        ("text m/ " + CY + "\ntext m/ " + CY, '4:6: "m/" stands here twice.'),
        ("course d", "3:8: a second course is named."),
        ("<<<<<<< HEAD", "3:1: two versions of this file were merged and not joined."),
    ],
)
def test_a_bad_line_is_told_with_its_place(typed: str, expected: str) -> None:
    problems = read_lock((GOOD + typed + "\n").encode()).problems
    assert [str(problem).startswith(f"names.lock:{expected}") for problem in problems] == [True], problems


def test_what_two_versions_both_say_of_a_name_is_not_told_beside_that_they_were_not_joined() -> None:
    both = GOOD.splitlines()[1]
    marked = f"course c\n<<<<<<< HEAD\n{both}\n=======\n{both}\n>>>>>>> theirs\n"
    assert {problem.code for problem in read_lock(marked.encode()).problems} == {"lock-merge"}


def test_a_file_that_is_no_lock_at_all_is_told() -> None:
    assert "not UTF-8" in str(read_lock(b"\xff\xfe").problems[0])
    assert "which course" in str(read_lock(b"").problems[0])


def test_the_lock_of_a_copied_course_is_told_to_go() -> None:
    lock = known_names({"names.lock": GOOD.encode()}, "d")
    assert str(lock.problems[0]) == (
        'names.lock:1:1: this file is of the course "c", and the folder holds "d". '
        "Delete it: a copied course starts afresh."
    )


def test_a_lock_may_be_behind_or_ahead_and_be_of_other_words_but_not_say_what_was_never_so() -> None:
    site = small()
    lock = read_lock(lock_text("online-safety", site).encode())
    assert disagreements(lock, site, ()) == []
    q = site.named["safety", "q"]
    other_words = Names({**site.named, ("safety", "q"): replace(q, wording="f" * 16)})
    moved_on = Names({**site.named, ("safety", "q"): replace(q, meaning="f" * 16)})
    assert disagreements(lock, other_words, ()) == []
    assert disagreements(lock, moved_on, [site]) == []
    assert [str(it) for it in disagreements(lock, moved_on, ())] == [
        'names.lock:4:1: this file and this site disagree on "safety/q": what is right in it. '
        "If this site is right, write the file anew with `lms names --lock --write`; if not, publish on the site it is "
        "of."
    ]
    without = Names({place: it for place, it in site.named.items() if place[1] != "q"})
    assert "on this site it never was" in str(disagreements(lock, without, ())[0])
    removed = Names({**site.named, ("safety", "q"): replace(q, removed=True)})
    assert "on this site it is removed" in str(disagreements(lock, removed, ())[0])
    kind = Names({**site.named, ("safety", "q"): replace(q, kind="order")})
    assert "is of the kind question in this file, and of the kind order on this site" in str(
        disagreements(lock, kind, ())[0]
    )
    letters = Names({**site.named, ("safety", "q"): replace(q, letters={"b": "0" * 16})})
    assert "the letters of its parts" in str(disagreements(lock, letters, ())[0])
