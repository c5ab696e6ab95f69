"""The frameworks: what is in their files, and that nothing else can be named."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date

import pytest

from lms.content.faults import Faults
from lms.content.reading import passages, reading_age
from lms.content.skills import check_skill, frameworks, skill_named
from tests.content.handmade import blocks


def test_the_frameworks_are_those_the_courses_are_judged_by() -> None:
    assert list(frameworks()) == ["bds-2017", "digcomp-2022", "digcomp-2025", "eds-2022"]


def test_the_essential_digital_skills_are_eight_tasks_and_five_categories() -> None:
    skills = frameworks()["eds-2022"].skills
    assert [code for code, skill in skills.items() if skill.group == "Foundation"] == [f"F{n}" for n in range(1, 9)]
    assert [code for code, skill in skills.items() if skill.group == "Categories"] == [
        "COM",
        "INF",
        "TRA",
        "PRO",
        "SAF",
    ]
    assert skills["F7"].title == "Keep sign-in details safe"
    assert skills["SAF"].title == "Being safe and legal online"


def test_the_basic_digital_skills_are_five() -> None:
    assert [it.title for it in frameworks()["bds-2017"].skills.values()] == [
        "Managing information",
        "Communicating",
        "Transacting",
        "Problem solving",
        "Creating",
    ]


@pytest.mark.parametrize(
    ("name", "programming"),
    [("digcomp-2022", "Programming"), ("digcomp-2025", "Computational thinking and programming")],
)
def test_digcomp_has_21_competences_in_five_areas_and_programming_is_one(name: str, programming: str) -> None:
    skills = frameworks()[name].skills
    assert len(skills) == 21
    assert [sum(code.startswith(f"{area}.") for code in skills) for area in range(1, 6)] == [3, 6, 4, 4, 4]
    assert len({skill.group for skill in skills.values()}) == 5
    assert skills["3.4"].title == programming


@pytest.mark.parametrize("name", frameworks())
def test_a_framework_says_whose_it_is_where_it_is_from_and_when_that_was_checked(name: str) -> None:
    framework = frameworks()[name]
    assert framework.name == name
    assert framework.title
    assert framework.version
    assert framework.publisher
    assert framework.notes
    assert all(source.startswith("https://") for source in framework.sources)
    assert date.fromisoformat(framework.checked) <= date(2026, 11, 22)
    for code, skill in framework.skills.items():
        assert re.fullmatch(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*", code), "the code could not be typed in a course"
        assert skill.title
        assert skill.group


def test_every_skill_is_said_in_plain_words_for_whoever_has_it() -> None:
    skills = [skill for framework in frameworks().values() for skill in framework.skills.values()]
    said = {f"I can {skill.plain[0].lower()}{skill.plain[1:]}." for skill in skills}
    age = reading_age(passages([blocks(" ".join(sorted(said)))]))
    assert age is not None
    assert age <= 11
    assert max(len(words.split()) for words in said) <= 14


def test_a_framework_that_could_not_be_confirmed_says_so() -> None:
    assert any(note.startswith("Not fully confirmed") for note in frameworks()["digcomp-2025"].notes)


def test_a_skill_is_found_by_framework_and_code() -> None:
    skill = skill_named("eds-2022/F1")
    assert skill
    assert skill.title == "Turn on a device and sign in"
    assert skill_named("eds-2022/F9") is None
    assert skill_named("eds-2099/F1") is None
    assert skill_named("eds-2022") is None


def test_a_wrong_skill_is_refused_where_it_stands_with_the_right_one_near_it() -> None:
    faults = Faults("m.md")
    assert check_skill(faults, 7, 11, "eds-2022/SAF")
    assert not check_skill(faults, 7, 25, "eds-2022/saf")
    assert not check_skill(faults, 7, 39, "eds-2023/F1")
    assert [str(problem) for problem in faults.problems] == [
        'm.md:7:25: eds-2022 has no skill "saf"; did you mean "SAF"? '
        "It has F1, F2, F3, F4, F5, F6, F7, F8, COM, INF, TRA, PRO, SAF.",
        'm.md:7:39: there is no framework "eds-2023"; did you mean "eds-2022"? '
        "There are bds-2017, digcomp-2022, digcomp-2025, eds-2022.",
    ]
    assert [problem.code for problem in faults.problems] == ["skill-unknown", "framework-unknown"]


def test_the_files_are_read_only_when_a_skill_is_asked_for() -> None:
    asked = "import lms.content.skills as s; print(s.frameworks.cache_info().currsize)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "0"
