"""The numbers to ring: the same wherever they stand, one for each nation, none past the day to check it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COURSES = ROOT / "courses"
NATIONS = ("england", "wales", "scotland", "northern-ireland")
TEXTS = [*sorted(COURSES.rglob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = sorted((ROOT / "lms" / "web" / "templates").rglob("*.html"))
WRONG_ON_PURPOSE = "0300 123 2041"
"""In the message that tells of a number that is not the fact's."""

_READ = re.compile(r"(?<![\w.])0\d{2,4}(?: \d{2,4}){2,3}(?![\w.])")
_LINKED = re.compile(r"\[([^\]]+)\]\((?:tel|sms):([^)]+)\)")
_RUNG = re.compile(r'href="(?:tel|sms):(\d+)"')


@dataclass(frozen=True)
class Fact:
    """An entry of a `facts.md`, as its author typed it."""

    name: str
    numbers: frozenset[str]
    nations: frozenset[str]
    review: date


def facts(course: str) -> list[Fact]:
    text = (COURSES / course / "facts.md").read_text("utf-8")
    return [_fact(entry) for entry in text.split("\n## ")[1:]]


def _fact(entry: str) -> Fact:
    said = dict(re.findall(r"^- (\w+): (.+)$", entry, re.MULTILINE))
    nations = frozenset(said["Nation"].split(", ")) if "Nation" in said else frozenset()
    name = entry.partition("{#")[2].partition("}")[0]
    return Fact(name, frozenset(it for _, it in _LINKED.findall(entry)), nations, date.fromisoformat(said["Review"]))


def numbers_of(course: str, nation: str) -> set[str]:
    """What a course gives to ring in one nation alone."""
    return {it for fact in facts(course) if fact.nations == {nation} for it in fact.numbers}


def settings(path: Path) -> str:
    return path.read_text("utf-8").split("---\n")[1]


KNOWN = {it for fact in facts("online-safety") for it in fact.numbers}


@pytest.mark.parametrize("course", ["online-safety", "social-media"])
def test_no_number_to_ring_is_past_the_day_it_was_to_be_checked_again(course):
    """It fails on the day when a person has to look: see docs/facilitators/facts.md."""
    today = datetime.now(UTC).date()
    assert [fact.name for fact in facts(course) if fact.numbers and fact.review < today] == []


def test_a_number_that_is_read_is_the_one_that_is_rung():
    linked = [it for path in TEXTS for it in _LINKED.findall(path.read_text("utf-8")) if it[0][0].isdigit()]
    assert len(linked) > 15
    assert [it for it in linked if it[0].replace(" ", "") != it[1]] == []


def test_every_number_in_courses_docs_and_pages_is_one_of_the_facts():
    for path in (*TEXTS, *PAGES):
        text = path.read_text("utf-8")
        found = {it.replace(" ", "") for it in _READ.findall(text) if it != WRONG_ON_PURPOSE}
        assert found | set(_RUNG.findall(text)) <= KNOWN, path


@pytest.mark.parametrize("nation", NATIONS)
def test_each_nation_has_its_own_line_and_every_course_gives_the_same(nation):
    assert numbers_of("social-media", nation)
    assert numbers_of("social-media", nation) <= numbers_of("online-safety", nation)


@pytest.mark.parametrize("nation", NATIONS)
def test_get_help_now_has_for_each_nation_somebody_to_talk_to_and_somebody_for_money(nation):
    named = set(re.findall(r"^  - ([a-z0-9-]+)$", settings(COURSES / "online-safety" / "course.md"), re.MULTILINE))
    shown = [fact for fact in facts("online-safety") if fact.name in named and nation in fact.nations]
    assert all(fact.numbers for fact in shown)
    assert len(shown) == 2


def test_every_module_of_online_safety_can_be_left_at_once():
    order = re.findall(
        r"^  - ([a-z-]+)$", settings(COURSES / "online-safety" / "course.md").split("completed:")[0], re.M
    )
    assert len(order) > 1
    assert all("\nleave: yes\n" in settings(COURSES / "online-safety" / f"{module}.md") for module in order)
