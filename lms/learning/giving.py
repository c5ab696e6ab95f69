"""Who may give and end which role where, and invite somebody to it.

In: the roles of whoever gives, and a place. Out: yes, or why not. An administrator gives every role everywhere. The
lead of an organisation gives the roles below hers inside it: never her own, never one above, never next door, and
never to herself, which is for `services.roles` to see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lms.learning.people import ALLOWED, SCOPES, Held, Permission, Role, ScopeKind

GIVES: dict[Role, frozenset[Role]] = {
    Role.ADMINISTRATOR: frozenset(role for role, kinds in SCOPES.items() if kinds),
    Role.ORGANISATION_LEAD: frozenset(
        {Role.FACILITATOR, Role.VENUE_LEAD, Role.MENTOR, Role.SAFEGUARDING_LEAD},
    ),
}
"""Which roles each role gives, ends and invites to. A role not named here gives none."""


@dataclass(frozen=True)
class Place:
    """Where a role holds, and the one organisation it is inside of; None: it is wider than one."""

    kind: ScopeKind
    scope_id: int
    organisation_id: int | None = None


class WhyNot(StrEnum):
    """Why a role can't be given."""

    KIND = "kind"
    """The role can't be had for such a place, whoever gives it."""
    ROLE = "role"
    """It is not hers to give anywhere."""
    PLACE = "place"
    """She gives it, but not there."""


def why_not(roles: Iterable[Held], role: Role, place: Place, at_ms: int) -> WhyNot | None:
    """What stands against giving a role for a place at an instant; None: nothing."""
    if place.kind not in SCOPES[role]:
        return WhyNot.KIND
    giving = [held for held in roles if held.holds(at_ms) and role in GIVES.get(held.role, ())]
    if not giving:
        return WhyNot.ROLE
    return None if any(_holds_over(held, place) for held in giving) else WhyNot.PLACE


def may_give(roles: Iterable[Held], role: Role, place: Place, at_ms: int) -> bool:
    """Whether a role can be given, and one given be ended, for a place."""
    return why_not(roles, role, place, at_ms) is None


def gives(roles: Iterable[Held], at_ms: int) -> frozenset[Role]:
    """The roles somebody can give somewhere."""
    return frozenset().union(*(GIVES.get(held.role, frozenset()) for held in roles if held.holds(at_ms)))


def _holds_over(held: Held, place: Place) -> bool:
    """Whether a place is inside the one a role holds for."""
    if held.scope is ScopeKind.SITE:
        return True
    return held.scope is ScopeKind.ORGANISATION and held.scope_id == place.organisation_id


def near_with(permission: Permission) -> tuple[Role, ...]:
    """The roles that may do a thing near somebody: all but whoever runs the site."""
    return tuple(role for role in Role if permission in ALLOWED[role] and role is not Role.ADMINISTRATOR)


def table() -> tuple[tuple[Permission, tuple[Role, ...]], ...]:
    """Every permission with the roles that have it, in the order in which roles are written down."""
    return tuple((it, tuple(role for role in Role if it in ALLOWED[role])) for it in Permission)
