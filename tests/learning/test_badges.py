"""Which badge is earned by what."""

from __future__ import annotations

import json

import pytest

from lms.content.plan import BadgePlan
from lms.learning.badges import COURSE, LONGEST_NAME, badge_says, earned_by
from lms.learning.progress import Outcome
from tests.learning.plans import Learner, course, lesson, module, release


@pytest.mark.parametrize(
    ("outcome", "badge"),
    [
        (Outcome("started"), None),
        (Outcome("lesson", "12"), None),
        (Outcome("module", "mail"), "mail"),
        (Outcome("course"), COURSE),
    ],
)
def test_modules_and_the_course_earn_a_badge_and_nothing_else_does(outcome, badge):
    assert earned_by(outcome) == badge


def test_lena_earns_each_badge_once():
    lena = Learner(release(module("mail", lesson("links", "why")), module("money", lesson("bank", "look"))))
    told = lena.read("mail/why", "mail/why", "money/look", "mail/why", "money/look")
    badges = [earned_by(outcome) for folded in told for outcome in folded.outcomes]
    assert sorted(badge for badge in badges if badge is not None) == [COURSE, "mail", "money"]


def test_a_modules_badge_stands_for_what_its_lessons_teach_and_a_courses_for_all_of_it():
    plan = course(
        module(
            "mail", lesson("links", "why", skills=("eds-2022/E1",)), lesson("files", "how", skills=("eds-2022/A2",))
        ),
        module("money", lesson("bank", "look", skills=("eds-2022/D1", "eds-2022/E1"))),
    )
    skills = {name: json.loads(badge_says(plan, name, BadgePlan("Keeper", ""))["skills"]) for name in ("mail", COURSE)}
    assert skills == {"mail": ["eds-2022/A2", "eds-2022/E1"], COURSE: ["eds-2022/A2", "eds-2022/D1", "eds-2022/E1"]}


def test_a_badge_called_by_a_very_long_heading_has_a_name_that_every_store_and_wallet_takes():
    plan = course(module("one", lesson("a")))
    said = badge_says(plan, "one", BadgePlan("Water " * 100, "0" * 64))
    assert len(said["name"]) == LONGEST_NAME
    assert said["name"].startswith("Water Water")
    assert said["name"].endswith("…")
    assert badge_says(plan, "one", BadgePlan("W" * LONGEST_NAME, "0" * 64))["name"] == "W" * LONGEST_NAME
