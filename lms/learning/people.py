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
    COMPLAINT_ANSWER = "complaint:answer"
    GROUP_ADD = "group:add"
    GROUP_READ = "group:read"
    LEARNER_EXPORT = "learner:export"
    ORGANISATION_ADD = "organisation:add"
    OWN_LEARN = "own:learn"
    PAIRING_READ = "pairing:read"
    PERSON_ERASE = "person:erase"
    PERSON_INVITE = "person:invite"
    PERSON_MERGE = "person:merge"
    PERSON_READ = "person:read"
    REPORT_EXPORT = "report:export"
    ROLE_END = "role:end"
    ROLE_GIVE = "role:give"


ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.LEARNER: frozenset({Permission.OWN_LEARN}),
    Role.MENTOR: frozenset({Permission.OWN_LEARN, Permission.PAIRING_READ}),
    Role.FACILITATOR: frozenset(
        {
            Permission.OWN_LEARN,
            Permission.GROUP_READ,
            Permission.GROUP_ADD,
            Permission.CODE_GIVE,
            Permission.PERSON_MERGE,
        }
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

    def reaches(self, group_id: int, organisation_id: int) -> bool:
        """Whether a group of an organisation is in it."""
        return self.everywhere or organisation_id in self.organisations or group_id in self.groups


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
