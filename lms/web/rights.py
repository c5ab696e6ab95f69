"""Who may do what: the one table of roles and permissions, in words, for whoever gives roles."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response

from lms.learning.giving import GIVES, table
from lms.learning.people import SCOPES, Permission, Role, ScopeKind
from lms.web.naming import PERMISSION_SAID, SCOPE_SAID, role_said
from lms.web.pages import page
from lms.web.saying import Words
from lms.web.signed import allow

pages = Blueprint("rights", __name__)


@dataclass(frozen=True)
class Given:
    """A role, for what it can be given, and who gives it."""

    role: Words
    places: tuple[Words, ...]
    by: tuple[Words, ...]


@pages.get("/admin/rights")
@allow(Permission.ROLE_GIVE)
def rights() -> Response:
    """What each role may do, where it can hold, and who gives it."""
    rows = tuple((PERMISSION_SAID[it], tuple(map(role_said, _but_everyone(roles)))) for it, roles in table())
    given = tuple(
        Given(
            role_said(role),
            tuple(SCOPE_SAID[kind] for kind in ScopeKind if kind in SCOPES[role]),
            tuple(role_said(by) for by in Role if role in GIVES.get(by, ())),
        )
        for role in Role
        if SCOPES[role]
    )
    return page("admin/rights.html", rows=rows, given=given, staff=True, tab="/admin")


def _but_everyone(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """Nobody, for what a learner may: everyone is one."""
    return () if Role.LEARNER in roles else roles
