"""Which badge is earned by what."""

from __future__ import annotations

import pytest

from lms.learning.badges import COURSE, earned_by
from lms.learning.progress import Outcome
from tests.learning.plans import Learner, lesson, module, release


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
