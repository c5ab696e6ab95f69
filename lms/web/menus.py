"""The links at the foot of every page, and the tabs of staff: what this person can go to."""

from __future__ import annotations

from collections.abc import Sequence

from lms.learning.people import Permission
from lms.web.signed import Me

Links = Sequence[tuple[str, str]]

VISITOR: Links = (("Courses", "/"), ("Sign in", "/sign-in"), ("Sign up", "/sign-up"), ("Join a group", "/join"))
LEARNER: Links = (("Today", "/"), ("My learning", "/me"), ("Settings", "/me/settings"))
STAFF: Sequence[tuple[Permission, str, str]] = (
    (Permission.GROUP_READ, "My groups", "/teach"),
    (Permission.PAIRING_READ, "My learners", "/mentor"),
    (Permission.REPORT_EXPORT, "Reports", "/funder"),
    (Permission.PERSON_READ, "People", "/admin"),
)


def menu(me: Me | None) -> Links:
    """Where someone can go from anywhere, signed in or not."""
    if me is None:
        return VISITOR
    return (*LEARNER, *((words, href) for permission, words, href in STAFF if me.may(permission)))


def start_of(me: Me) -> str:
    """Where signing in leads: staff to their first tab, everyone else to what to do next."""
    return next((href for permission, _words, href in reversed(STAFF) if me.may(permission)), "/")
