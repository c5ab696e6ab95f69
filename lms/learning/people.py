"""Who may do what, whose learning they may see, and what strangers may call somebody.

In: the roles a person holds at an instant. Out: yes or no, or the scopes in which it is yes. Fetching
rows for a scope is `store.people`; here is the whole table of roles and permissions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person does. Everyone learns, so learner is a role nobody needs to be given."""

    LEARNER = "learner"
    MENTOR = "mentor"
    FACILITATOR = "facilitator"
    VENUE_LEAD = "venue-lead"
    ORGANISATION_LEAD = "organisation-lead"
    SAFEGUARDING_LEAD = "safeguarding-lead"
    FUNDER = "funder"
    ADMINISTRATOR = "administrator"


class ScopeKind(StrEnum):
    """How far a role reaches."""

    SITE = "site"
    PROGRAMME = "programme"
    ORGANISATION = "organisation"
    VENUE = "venue"
    GROUP = "group"


class Permission(StrEnum):
    """What can be allowed, `resource:action`."""

    AREA_ADD = "area:add"
    AUDIT_READ = "audit:read"
    CODE_GIVE = "code:give"
    COMPLAINT_ANSWER = "complaint:answer"
    CONCERN_READ = "concern:read"
    CONTACT_LOG = "contact:log"
    GROUP_ADD = "group:add"
    GROUP_CHANGE = "group:change"
    GROUP_READ = "group:read"
    LEARNER_EXPORT = "learner:export"
    MEETING_RUN = "meeting:run"
    MEMBER_ADD = "member:add"
    ORGANISATION_ADD = "organisation:add"
    MESSAGE_READ = "message:read"
    MESSAGE_WRITE = "message:write"
    OWN_LEARN = "own:learn"
    PAIRING_CHANGE = "pairing:change"
    PAIRING_READ = "pairing:read"
    PERSON_ERASE = "person:erase"
    PERSON_INVITE = "person:invite"
    PERSON_MERGE = "person:merge"
    PERSON_READ = "person:read"
    PLACEMENT_CHANGE = "placement:change"
    PROGRAMME_CHANGE = "programme:change"
    PROGRAMME_READ = "programme:read"
    REPORT_EXPORT = "report:export"
    ROLE_END = "role:end"
    ROLE_GIVE = "role:give"
    TASK_SIGN = "task:sign"
    VENUE_CHANGE = "venue:change"


_GROUP_WORK = frozenset(
    {
        Permission.OWN_LEARN,
        Permission.CODE_GIVE,
        Permission.CONTACT_LOG,
        Permission.GROUP_READ,
        Permission.MEETING_RUN,
        Permission.MEMBER_ADD,
        Permission.MESSAGE_READ,
        Permission.MESSAGE_WRITE,
        Permission.PERSON_MERGE,
        Permission.TASK_SIGN,
    }
)
"""What whoever runs a club does with those who come to it."""

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.LEARNER: frozenset({Permission.OWN_LEARN}),
    Role.MENTOR: frozenset({Permission.OWN_LEARN, Permission.MESSAGE_WRITE, Permission.PAIRING_READ}),
    Role.FACILITATOR: _GROUP_WORK
    | {Permission.GROUP_ADD, Permission.GROUP_CHANGE, Permission.PAIRING_CHANGE, Permission.PLACEMENT_CHANGE},
    Role.VENUE_LEAD: _GROUP_WORK,
    Role.ORGANISATION_LEAD: _GROUP_WORK
    | {
        Permission.AUDIT_READ,
        Permission.GROUP_ADD,
        Permission.GROUP_CHANGE,
        Permission.PAIRING_CHANGE,
        Permission.PERSON_INVITE,
        Permission.PERSON_READ,
        Permission.PLACEMENT_CHANGE,
        Permission.PROGRAMME_READ,
        Permission.ROLE_END,
        Permission.ROLE_GIVE,
        Permission.VENUE_CHANGE,
    },
    Role.SAFEGUARDING_LEAD: frozenset(
        {Permission.OWN_LEARN, Permission.CONCERN_READ, Permission.CONTACT_LOG, Permission.GROUP_READ}
    ),
    Role.FUNDER: frozenset({Permission.OWN_LEARN, Permission.PROGRAMME_READ, Permission.REPORT_EXPORT}),
    Role.ADMINISTRATOR: frozenset(Permission)
    - {Permission.MESSAGE_READ, Permission.MESSAGE_WRITE, Permission.PAIRING_READ},
}

_ALL = frozenset(ScopeKind)
SCOPES: dict[Role, frozenset[ScopeKind]] = {
    Role.LEARNER: frozenset(),
    Role.MENTOR: frozenset({ScopeKind.SITE, ScopeKind.PROGRAMME, ScopeKind.ORGANISATION}),
    Role.FACILITATOR: _ALL - {ScopeKind.SITE},
    Role.VENUE_LEAD: frozenset({ScopeKind.VENUE}),
    Role.ORGANISATION_LEAD: frozenset({ScopeKind.ORGANISATION}),
    Role.SAFEGUARDING_LEAD: frozenset({ScopeKind.SITE, ScopeKind.PROGRAMME, ScopeKind.ORGANISATION}),
    Role.FUNDER: frozenset({ScopeKind.SITE, ScopeKind.PROGRAMME}),
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
class Placed:
    """Where a group stands: what a role must reach to reach it."""

    group_id: int
    organisation_id: int
    venue_id: int | None = None
    programme_id: int | None = None


@dataclass(frozen=True)
class Scope:
    """Where something is allowed: everywhere, or in these organisations, groups, venues and programmes."""

    everywhere: bool = False
    organisations: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    venues: frozenset[int] = frozenset()
    programmes: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or any((self.organisations, self.groups, self.venues, self.programmes))

    def reaches(self, group: Placed) -> bool:
        """Whether a group is in it: by itself, or by its organisation, venue or programme."""
        return (
            self.everywhere
            or group.group_id in self.groups
            or group.organisation_id in self.organisations
            or group.venue_id in self.venues
            or group.programme_id in self.programmes
        )


def may(roles: Iterable[Held], permission: Permission, at_ms: int) -> bool:
    """Whether any role held at an instant allows a thing somewhere. What a learner may, everyone may."""
    if permission in ALLOWED[Role.LEARNER]:
        return True
    return any(held.holds(at_ms) and permission in ALLOWED[held.role] for held in roles)


def scope_of(roles: Iterable[Held], permission: Permission, at_ms: int) -> Scope:
    """Where the roles held at an instant allow a thing."""
    holding = [held for held in roles if held.holds(at_ms) and permission in ALLOWED[held.role]]

    def of(kind: ScopeKind) -> frozenset[int]:
        return frozenset(held.scope_id for held in holding if held.scope is kind)

    return Scope(
        everywhere=bool(of(ScopeKind.SITE)),
        organisations=of(ScopeKind.ORGANISATION),
        groups=of(ScopeKind.GROUP),
        venues=of(ScopeKind.VENUE),
        programmes=of(ScopeKind.PROGRAMME),
    )


NAMELESS = "A learner"
"""For somebody with nothing in her name that could be shown."""
_INSIDE = frozenset("-\u2010\u2011'\u2019\u00b7\u200c\u200d")
"""What may stand inside a first name: Anne-Marie, D'Arcy, Gal·la, and the joiners of some scripts."""


def name_for_others(display_name: str, adult: str) -> str:
    """What a public page calls somebody: her whole name only if she said that she is 18 or over.

    Of everyone else, also who would rather not say, it is the first word: `Lena Brown` is `Lena`, and so
    is `Lena.Brown`. A name written without any space or sign between its parts can't be told apart.
    """
    if adult == "yes" and display_name.strip():
        return display_name
    words = [_trimmed(word) for word in _words(display_name)]
    spelled = (word for word in words if any(map(_is_letter, word)))
    return next(spelled, None) or next(filter(None, _drawn(display_name)), NAMELESS)


def _words(name: str, inside: frozenset[str] = _INSIDE) -> list[str]:
    """The runs of letters, numbers and their marks, and of what may stand inside them."""
    return "".join(c if unicodedata.category(c)[0] in "LNM" or c in inside else " " for c in name).split()


def _is_letter(c: str) -> bool:
    return unicodedata.category(c)[0] in "LN"


def _trimmed(word: str) -> str:
    """A word from its first letter to its last, with the marks on it: none may stick to what is around."""
    while word and not _is_letter(word[0]):
        word = word[1:]
    return word.rstrip("".join(_INSIDE))


def _drawn(name: str) -> list[str]:
    """The words of a name without a letter, such as a flower; nothing in it that can't be seen."""
    seen = (c if c == "\u200d" or unicodedata.category(c)[0] not in "CZ" else " " for c in name)
    words = (word.strip("\u200d") for word in "".join(seen).split())
    return [word for word in words if word and unicodedata.category(word[0])[0] in "PS"]


def answers_to(asked: str, *names: str) -> bool:
    """Whether each word asked for begins a word of somebody's names, case and accents' spelling set aside.

    >>> answers_to("le br", "Lena Brown", "lena.b")
    True
    """
    words = [word for name in names for word in (*_folded(name).split(), *_words(_folded(name), frozenset()))]
    return all(any(word.startswith(begun) for word in words) for begun in _folded(asked).split())


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
