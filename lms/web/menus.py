"""The links at the foot of every page, and the tabs of staff: what this person can go to."""

from __future__ import annotations

from collections.abc import Sequence

from lms.learning.people import Permission
from lms.web.saying import Words, _
from lms.web.signed import Me

Links = Sequence[tuple[Words, str]]

VISITOR: Links = (
    (_("Courses"), "/"),
    (_("Sign in"), "/sign-in"),
    (_("Sign up"), "/sign-up"),
    (_("Join a group"), "/join"),
    (_("Size and colours"), "/looks"),
)
LEARNER: Links = ((_("Today"), "/"), (_("My learning"), "/me"), (_("Settings"), "/me/settings"))
GUEST: Links = (*LEARNER, (_("Keep my place"), "/sign-up"))
STAFF: Sequence[tuple[Permission, Words, str]] = (
    (Permission.GROUP_READ, _("My groups"), "/teach"),
    (Permission.PAIRING_READ, _("My learners"), "/mentor"),
    (Permission.PROGRAMME_READ, _("Programmes"), "/teach/programmes"),
    (Permission.REPORT_EXPORT, _("Reports"), "/funder"),
    (Permission.PERSON_READ, _("People"), "/admin"),
)


def menu(me: Me | None) -> Links:
    """Where someone can go from anywhere, signed in or not."""
    if me is None:
        return VISITOR
    if me.guest:
        return GUEST
    return (*LEARNER, *((words, href) for permission, words, href in STAFF if me.may(permission)))


def start_of(me: Me) -> str:
    """Where signing in leads: staff to what they do here, everyone else to what to do next.

    To the people only who runs the site: the lead of an organisation has clubs, and comes to their page.
    """
    if me.may(Permission.ORGANISATION_ADD):
        return "/admin"
    seldom = ("/admin", "/teach/programmes")
    daily = ((permission, href) for permission, _said, href in reversed(STAFF) if href not in seldom)
    return next((href for permission, href in daily if me.may(permission)), "/")
