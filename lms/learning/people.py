"""Who may do what, and whose learning they may see.

In: the roles a person holds at an instant. Out: yes or no, or the scopes in which it is yes. Fetching
rows for a scope is `store.people`; here is the whole table of roles and permissions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person does. Everyone learns, so learner is a role nobody needs to be given."""

    LEARNER = "learner"
    MENTOR = "mentor"
    FACILITATOR = "facilitator"
    FUNDER = "funder"
    ADMINISTRATOR = "administrator"


class ScopeKind(StrEnum):
    """How far a role reaches."""

    SITE = "site"
    ORGANISATION = "organisation"
    GROUP = "group"


class Permission(StrEnum):
    """What can be allowed, `resource:action`."""

    CODE_GIVE = "code:give"
    GROUP_ADD = "group:add"
    GROUP_READ = "group:read"
    LEARNER_EXPORT = "learner:export"
    ORGANISATION_ADD = "organisation:add"
    OWN_LEARN = "own:learn"
    PAIRING_READ = "pairing:read"
    PERSON_INVITE = "person:invite"
    PERSON_READ = "person:read"
    REPORT_EXPORT = "report:export"
    ROLE_END = "role:end"
    ROLE_GIVE = "role:give"


ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.LEARNER: frozenset({Permission.OWN_LEARN}),
    Role.MENTOR: frozenset({Permission.OWN_LEARN, Permission.PAIRING_READ}),
    Role.FACILITATOR: frozenset(
        {Permission.OWN_LEARN, Permission.GROUP_READ, Permission.GROUP_ADD, Permission.CODE_GIVE}
    ),
    Role.FUNDER: frozenset({Permission.OWN_LEARN, Permission.REPORT_EXPORT}),
    Role.ADMINISTRATOR: frozenset(Permission) - {Permission.PAIRING_READ},
}

SCOPES: dict[Role, frozenset[ScopeKind]] = {
    Role.LEARNER: frozenset(),
    Role.MENTOR: frozenset({ScopeKind.SITE, ScopeKind.ORGANISATION}),
    Role.FACILITATOR: frozenset({ScopeKind.ORGANISATION, ScopeKind.GROUP}),
    Role.FUNDER: frozenset({ScopeKind.SITE}),
    Role.ADMINISTRATOR: frozenset({ScopeKind.SITE}),
}
"""How far each role can be given."""


@dataclass(frozen=True)
class Held:
    """A role a person holds, from an instant until one (None: until it is ended)."""

    role: Role
    scope: ScopeKind
    scope_id: int
    starts_ms: int
    ends_ms: int | None

    def holds(self, at_ms: int) -> bool:
        return self.starts_ms <= at_ms and (self.ends_ms is None or at_ms < self.ends_ms)


@dataclass(frozen=True)
class Scope:
    """Where something is allowed: everywhere, or in these organisations and groups."""

    everywhere: bool = False
    organisations: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.organisations) or bool(self.groups)


def may(roles: Iterable[Held], permission: Permission, at_ms: int) -> bool:
    """Whether any role held at an instant allows a thing somewhere. What a learner may, everyone may."""
    if permission in ALLOWED[Role.LEARNER]:
        return True
    return any(held.holds(at_ms) and permission in ALLOWED[held.role] for held in roles)


def scope_of(roles: Iterable[Held], permission: Permission, at_ms: int) -> Scope:
    """Where the roles held at an instant allow a thing."""
    holding = [held for held in roles if held.holds(at_ms) and permission in ALLOWED[held.role]]
    return Scope(
        everywhere=any(held.scope is ScopeKind.SITE for held in holding),
        organisations=frozenset(held.scope_id for held in holding if held.scope is ScopeKind.ORGANISATION),
        groups=frozenset(held.scope_id for held in holding if held.scope is ScopeKind.GROUP),
    )
