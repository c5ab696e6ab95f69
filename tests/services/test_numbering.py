"""A year of edits: whatever an author does, with its lines, every number and letter stays with what it was given to."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.course import Course
from lms.content.freeze import freeze
from lms.content.lock import lock_text, read_lock
from lms.content.names import dated
from lms.content.release import Names, Release
from lms.services.numbering import NamesLost, Place, number_names
from tests.content.handmade import course, frozen, lesson, module, question, reading

START = date(2026, 11, 21)


@dataclass
class Asked:
    """A question as its author has it now. `who` never changes: the test knows it through every rename."""

    who: int
    name: str
    options: list[str]
    right: str
    retitled: int = 0


@dataclass
class Author:
    """Two modules of two lessons each, the lines written so far, and what became of each question."""

    chance: random.Random
    lessons: dict[Place, list[Asked]]
    lines: dict[str, list[str]] = field(default_factory=lambda: {"a": [], "b": []})
    day: date = START
    made: int = 0
    again: set[int] = field(default_factory=set)
    """Those reopened by the next publication."""

    @classmethod
    def at_work(cls, seed: int) -> Author:
        author = cls(random.Random(seed), {(it, name): [] for it in "ab" for name in ("one", "two")})
        for _ in range(6):
            author.add()
        return author

    def line(self, its: str, said: str) -> None:
        self.lines[its].append(f"{self.day} {said}")

    def pick(self) -> tuple[Place, Asked] | None:
        full = [place for place, steps in self.lessons.items() if steps]
        if not full:
            return None
        place = self.chance.choice(full)
        return place, self.chance.choice(self.lessons[place])

    def add(self) -> None:
        self.made += 1
        options = [f"option {self.made} {letter}" for letter in "xyz"]
        asked = Asked(self.made, f"q-{self.made}", options, self.chance.choice(options))
        self.lessons[self.chance.choice(sorted(self.lessons))].append(asked)

    def edit(self) -> None:
        picked = self.pick()
        deeds = [self.rename, self.move, self.shift, self.remove, self.reword, self.reorder, self.remark, self.reopen]
        if picked is None or self.chance.random() < 0.2:
            self.add()
        else:
            self.chance.choice(deeds)(*picked)

    def rename(self, place: Place, asked: Asked) -> None:
        self.made += 1
        self.line(place[0], f"renamed {asked.name} to q-{self.made}")
        asked.name = f"q-{self.made}"

    def move(self, place: Place, asked: Asked) -> None:
        """To the other module."""
        other = "b" if place[0] == "a" else "a"
        self.line(place[0], f"moved {asked.name} to {other}")
        self.lessons[place].remove(asked)
        self.lessons[other, self.chance.choice(("one", "two"))].append(asked)

    def shift(self, place: Place, asked: Asked) -> None:
        """To the other lesson of its module: a split or a merge of lessons is many of these."""
        self.lessons[place].remove(asked)
        self.lessons[place[0], "two" if place[1] == "one" else "one"].append(asked)

    def remove(self, place: Place, asked: Asked) -> None:
        self.line(place[0], f"removed {asked.name}")
        self.lessons[place].remove(asked)

    def reword(self, _: Place, asked: Asked) -> None:
        asked.retitled += 1
        at = self.chance.randrange(3)
        new = f"{asked.options[at]}!"
        asked.right = new if asked.right == asked.options[at] else asked.right
        asked.options[at] = new

    def reorder(self, _: Place, asked: Asked) -> None:
        self.chance.shuffle(asked.options)

    def remark(self, place: Place, asked: Asked) -> None:
        asked.right = self.chance.choice([it for it in asked.options if it != asked.right])
        self.line(place[0], f"remarked {asked.name}")

    def reopen(self, place: Place, asked: Asked) -> None:
        self.line(place[0], f"reopened {asked.name}")
        self.again.add(asked.who)

    def course(self) -> Course:
        return course(*(self._module(it) for it in "ab"))

    def _module(self, its: str):
        made = {
            name: lesson(name, reading(f"read-{name}"), *(_question(it) for it in self.lessons[its, name]))
            for name in ("one", "two")
        }
        return module(its, *made.values(), changes=tuple(self.lines[its]))

    def places(self) -> dict[int, Place]:
        return {it.who: (place[0], it.name) for place, steps in self.lessons.items() for it in steps}


def _question(asked: Asked):
    options = (f"x {it}" if it == asked.right else it for it in asked.options)
    return question(asked.name, *options, title=f"Which? {asked.retitled}")


def published(author: Author, known: Names) -> Release:
    release = frozen(author.course(), known)
    lock = read_lock(lock_text("online-safety", known).encode())
    assert lock.problems == []
    assert frozen(author.course(), lock.names).hash == release.hash, "the lock is the record"
    return release


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.integers(1, 12))
def test_through_a_year_of_edits_numbers_and_letters_stay_with_what_they_were_given_to(seed: int, times: int):
    author = Author.at_work(seed)
    release = published(author, Names())
    known = dict(number_names({}, release).numbers)
    used = {who: letters_of(release, place) for who, place in author.places().items()}
    for _ in range(times):
        before, was = author.places(), known
        author.day += timedelta(days=1)
        author.again.clear()
        author.edit()
        release = published(author, dated(release.names, author.day))
        numbering = number_names(was, release)
        known = written(was, numbering)
        for who, place in author.places().items():
            old = was[before[who]] if who in before else None
            assert (numbering.numbers[place] == old) == (who in before and who not in author.again)
            assert old is None or old in known.values(), "a number once given is never lost"
            letters = letters_of(release, place)
            if who in author.again:
                assert letters.keys().isdisjoint(used[who]), "reopened letters start anew"
            used[who] = used.get(who, {}) | letters
        mine = [numbering.numbers[place] for place in release.plan.steps()]
        assert len(set(mine)) == len(mine)
        assert frozen(author.course(), release.names).acts == (), "each line acts once"


def written(known: dict[Place, int], numbering) -> dict[Place, int]:
    """What the table of names holds after a publication."""
    return known | {place: no for place, (no, _) in numbering.new.items()} | dict(numbering.again)


def letters_of(release: Release, place: Place) -> dict[str, str]:
    """The letters that are shown, with their texts' fingerprints."""
    named = release.names.named[place]
    return {letter: text for letter, text in named.letters.items() if letter not in named.gone}


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_without_its_line_an_edit_that_needs_one_is_refused(seed: int):
    author = Author.at_work(seed)
    release = published(author, Names())
    place, asked = author.pick() or pytest.fail("there are six")
    deed = author.chance.choice([author.rename, author.move, author.remove, author.remark])
    deed(place, asked)
    author.lines = {"a": [], "b": []}
    assert freeze(author.course(), release.names).release is None


def test_a_number_the_record_has_lost_is_told_and_stops_it():
    release = frozen(course(module("a", lesson("one", reading("r")))))
    with pytest.raises(NamesLost, match="a/gone"):
        number_names({("a", "one"): 1, ("a", "r"): 2, ("a", "gone"): 3}, release)
    assert number_names({("a", "one"): 1, ("a", "r"): 2, ("a", "r@3"): 3}, release).new == {}


def test_forty_letters_and_a_number_still_fit():
    name = "n" * 40
    before = frozen(course(module("a", lesson("one", reading(name)))))
    made = course(module("a", lesson("one", reading(name)), changes=(f"2026-11-21 reopened {name}",)))
    numbering = number_names({("a", "one"): 1, ("a", name): 123456}, frozen(made, before.names))
    ((place, (number, _)),) = [it for it in numbering.new.items() if "@" in it[0][1]]
    assert (len(place[1]), place[1][-7:], number) == (40, "@123456", 123456)
